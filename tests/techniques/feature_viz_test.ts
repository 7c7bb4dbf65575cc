/** Feature visualization: what its options make of it, and what a plugin adds to it. */
import assert from "node:assert/strict";
import * as tf from "../../deps/tfjs.ts";
import { smallNetworks } from "../../conformance/mod.ts";
import { UserError } from "../../core/errors.ts";
import { sizeOf, values } from "../../core/values.ts";
import { GraphBuilder } from "../../engine/builder.ts";
import { INPUT } from "../../engine/graph.ts";
import { Network } from "../../engine/network.ts";
import { channelMean, scaled } from "../../engine/objectives.ts";
import type { Rules } from "../../engine/rules.ts";
import { useBackend } from "../../engine/runtime.ts";
import { loadModel } from "../../models/mod.ts";
import type { Model } from "../../run/model.ts";
import { predict } from "../../run/predict.ts";
import { commandOf } from "../../run/command.ts";
import { execute } from "../../run/execute.ts";
import { loadPlugin } from "../../run/plugins/mod.ts";
import { deepdream, featureViz, visualize } from "../../techniques/mod.ts";
import type { FeatureVizOptions } from "../../techniques/options.ts";
import { parseObjective } from "../../visualize/mod.ts";
import { redirectRules } from "../../visualize/redirect.ts";

const [small] = smallNetworks, { layer, channel } = small;
const QUICK = { layer, channel, steps: 12, saveEvery: 6, transforms: "jitter(2)", size: "24x20" };

async function made(options: Partial<FeatureVizOptions> = {}, model: Model = small.model()) {
  await useBackend("wasm");
  const run = await visualize(featureViz, { model, options: { ...QUICK, ...options } });
  model.network.dispose();
  return run;
}

/** An objective of images `[n·(width + gap), …]` in one row, each by itself again. */
async function objectiveOf(text: string, run: Awaited<ReturnType<typeof made>>, count: number) {
  const model = small.model(), [height, whole, channels] = run.image.shape;
  const width = (whole + 4) / count - 4,
    batch = new Float32Array(count * height * width * channels);
  for (let n = 0; n < count; n++) {
    for (let y = 0; y < height; y++) {
      const from = (y * whole + n * (width + 4)) * channels;
      const row = run.image.subarray(from, from + width * channels);
      batch.set(row, (n * height + y) * width * channels);
    }
  }
  const x = tf.tensor4d(batch, [count, height, width, channels]);
  const { value, gradients, taps } = await model.network.gradient(x, parseObjective(text, model));
  const [number] = await value.data();
  tf.dispose([x, value, gradients, taps]);
  model.network.dispose();
  return number;
}

Deno.test("what is asked for grows, what is disliked falls, and frames are kept", async () => {
  for (const parameterization of ["fourier", "pixels"]) {
    const grown = await made({ parameterization, transforms: "none" });
    assert.ok(grown.losses.at(-1)! < grown.losses[0], parameterization);
    assert.deepEqual(grown.frames.map(({ step }) => step), [6, 12]);
    assert.deepEqual(grown.image.shape, [20, 24, 3]);
    assert.equal(grown.figures!.objective, `channel(${layer}, ${channel})`);
    const fallen = await made({ parameterization, transforms: "none", negative: true });
    const text = `channel(${layer}, ${channel})`;
    assert.ok(await objectiveOf(text, grown, 1) > await objectiveOf(text, fallen, 1));
  }
});

Deno.test("one who watches sees at each step what a run that kept that step would have kept", async () => {
  await useBackend("wasm");
  const source = { width: 24, height: 20, data: new Uint8ClampedArray(24 * 20 * 3).fill(90) };
  for (const technique of [featureViz, deepdream]) {
    const options = technique === featureViz ? QUICK : { layer, channel, steps: 12, size: "24x20" };
    const image = technique === deepdream ? source : undefined;
    const model = small.model(), kept = { model, image, options: { ...options, saveEvery: 1 } };
    const { frames } = await visualize(technique, kept as never);
    const steps = execute(technique, { model, image, options: { ...options, saveEvery: 100 } });
    let next = await steps.next(), watched = 0;
    for (; !next.done; next = await steps.next()) {
      const { step, preview } = next.value;
      assert.deepEqual(await preview!(), frames[step - 1].picture);
      watched++;
    }
    assert.equal(watched, 12);
    model.network.dispose();
  }
});

Deno.test("what one network was asked for, another one recognizes", async () => {
  await useBackend("wasm");
  const model = await loadModel("phosphene-vgg"), other = await loadModel("phosphene-resnet");
  const options = { steps: 48, size: "64x64", saveEvery: 48 };
  for (const name of ["house", "fish", "spiral"]) {
    const objective = `logit(${name})`;
    const { final } = await visualize(featureViz, { model, options: { objective, ...options } });
    assert.equal((await predict(other, final))[0].label, name);
  }
  model.network.dispose();
  other.network.dispose();
});

Deno.test("several images of one channel differ more where that counts", async () => {
  const text = `diversity(${layer})`, steps = 30;
  const alike = await made({ diversity: 3, diversityWeight: 0, steps });
  const apart = await made({ diversity: 3, diversityWeight: 100, steps });
  assert.deepEqual(alike.image.shape, [20, 3 * 24 + 2 * 4, 3]);
  assert.equal(apart.figures!.images, 3);
  assert.ok(await objectiveOf(text, apart, 3) < await objectiveOf(text, alike, 3));
});

Deno.test("a strip leads from one objective to another", async () => {
  const from = "logit(0)", to = "logit(1)";
  const strip = await made({ from, to, images: 3, steps: 30, transforms: "none" });
  const at = (text: string, n: number) =>
    objectiveOf(`${text.slice(0, -1)}, batch=${n})`, strip, 3);
  assert.ok(await at(from, 0) > await at(from, 2));
  assert.ok(await at(to, 2) > await at(to, 0));
  assert.equal(strip.figures!.objective, "interpolation(logit(0), logit(1))");
});

Deno.test("penalties of the image see it as it is, and hold it down", async () => {
  const rough = await made({ objective: "logit(0)", transforms: "pad(8), jitter(4)" });
  const smooth = await made({ objective: "logit(0) - 10*tv", transforms: "pad(8), jitter(4)" });
  assert.ok(await objectiveOf("tv", smooth, 1) < 0.5 * await objectiveOf("tv", rough, 1));
  const alone = await made({ objective: "-l2", steps: 40 });
  assert.ok(alone.losses.at(-1)! < alone.losses[0]);
});

Deno.test("where no unit of a layer responds, its gradient goes round the ReLU", async () => {
  await useBackend("wasm");
  const net = new GraphBuilder();
  const conv = net.conv("conv", INPUT, { in: 3, out: 2, kernel: 1 });
  const graph = net.build(net.dense("fc", net.globalAvgPool("pool", net.relu("relu", conv)), 2, 1));
  const network = (bias: number) =>
    new Network(
      graph,
      new Map([...graph.parameters].map(([name, shape]) => {
        const numbers = new Float32Array(sizeOf(shape)).fill(/bias/.test(name) ? bias : 0.5);
        return [name, values(numbers, shape)];
      })),
    );
  const image = tf.ones([2, 2, 2, 3]) as tf.Tensor4D;
  const gradientOf = async (bias: number, sign: number, rules?: Rules) => {
    const asked = network(bias);
    const objective = scaled(channelMean("logits", 0), sign);
    const { value, gradients, taps } = await asked.gradient(image, objective, { rules });
    const numbers = await gradients.input.data();
    tf.dispose([value, gradients, taps]);
    asked.dispose();
    return [...numbers];
  };
  assert.ok((await gradientOf(-50, 1)).every((g) => g === 0), "asleep");
  assert.ok((await gradientOf(-50, 1, redirectRules())).every((g) => g > 0), "woken");
  assert.ok((await gradientOf(-50, -1, redirectRules())).every((g) => g === 0), "not pushed down");
  assert.deepEqual(
    await gradientOf(1, -1, redirectRules()),
    await gradientOf(1, -1),
    "awake: as ever",
  );
  image.dispose();
});

Deno.test("what does not go together is told by option", async () => {
  for (
    const [options, told] of [
      [{ from: "tv" }, /two ends: `from` and `to` go together/],
      [{ objective: "chanel(a)" }, /no objective "chanel"/],
      [{ parameterization: "waves" }, /no parameterization "waves"/],
      [{ transforms: "spin" }, /no transformation "spin"/],
      [{ channel: 9999 }, /Cannot use channel 9999/],
      [{ from: "logit(0)", to: "logit(0) +" }, /should stand here/],
    ] as const
  ) {
    await assert.rejects(made(options), (error) => {
      assert.ok(error instanceof UserError, String(error));
      assert.match(error.message, told);
      return true;
    });
  }
});

Deno.test("a plugin's objective, transformation and parameterization are used by name, and named", async () => {
  const folder = await Deno.makeTempDir(), file = `${folder}/plugin.ts`;
  const kit = new URL("../../kit.ts", import.meta.url).href;
  await Deno.writeTextFile(
    file,
    `import { defineObjective, defineParameterization, definePlugin, defineTransform, tf, z } from "${kit}";
const layer = z.string().describe("Layer");
export default definePlugin({
  objectives: [defineObjective({ id: "brightest", summary: "Its largest number",
    options: z.object({ layer }), make: ({ layer }) => ({ layers: [layer], value: (read) => tf.max(read(layer)) }) }),
  defineObjective({ id: "broken", summary: "Fails", options: z.object({}), make: () => ({ layers: ["logits"],
    value: () => { throw new TypeError("out of luck"); } }) })],
  transforms: [defineTransform({ id: "dim", summary: "Darker", options: z.object({}),
    apply: (image, _, random) => tf.mul(image, random.uniform(0.5, 1)) })],
  parameterizations: [defineParameterization({ id: "flat", title: "Flat", summary: "One colour", options: z.object({}),
    start: ({ batch, height, width, channels }) => ({ parameters: [tf.zeros([batch, 1, 1, channels])],
      image: ([x]) => tf.mul(tf.sigmoid(x), tf.ones([batch, height, width, channels])) }) })],
});
`,
  );
  await loadPlugin(file);
  const options = {
    objective: `brightest(${layer}) - 0.1*tv`,
    transforms: "dim",
    parameterization: "flat",
  };
  const run = await made(options);
  const first = run.image.subarray(0, 3);
  assert.ok(run.image.every((n, i) => Math.abs(n - first[i % 3]) < 1e-5), "one colour");
  assert.match(commandOf(run, { out: "runs" }), new RegExp(`--plugin ${file}`));
  await assert.rejects(
    made({ objective: "broken" }),
    new RegExp(`The objective "broken" of the plugin "${file}" failed: TypeError: out of luck`),
  );
  await Deno.remove(folder, { recursive: true });
});
