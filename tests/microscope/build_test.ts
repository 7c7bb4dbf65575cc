/** A microscope's figures against a pass over each picture alone, and what is done again. */
import assert from "node:assert/strict";
import * as tf from "../../deps/tfjs.ts";
import { encodePng, loadImage, loadModel, logit, type Model, useBackend } from "../../mod.ts";
import { grayOne, modelOf } from "../../conformance/networks.ts";
import { syntheticNetwork } from "../../conformance/synthetic.ts";
import { GraphBuilder } from "../../engine/builder.ts";
import { INPUT } from "../../engine/graph.ts";
import { choiceOf, type FileChoice } from "../../jobs/kind.ts";
import { own } from "../../jobs/hands.ts";
import { runTasks } from "../../jobs/run.ts";
import { buildMicroscope } from "../../microscope/build.ts";
import { layerSchema, microscopeSchema, picturesSchema } from "../../microscope/data.ts";
import { layersOf } from "../../microscope/layers.ts";
import type { MicroscopePlan } from "../../microscope/plan.ts";
import { platform } from "../../platform/mod.ts";
import { show } from "../../run/predict.ts";
import { CLASSES, draw } from "../../world/scene.ts";

const PICTURES = 130, BAD = 7;

const root = await Deno.makeTempDir();
addEventListener("unload", () => Deno.removeSync(root, { recursive: true }));

async function file(name: string, bytes: Uint8Array): Promise<FileChoice> {
  const path = `${root}/${name}`;
  await Deno.writeFile(path, bytes);
  return { name, path, sha256: await platform.sha256(bytes) };
}

const pictures = await Promise.all(
  Array.from({ length: PICTURES }, async (_, i) => {
    const scene = draw({ class: CLASSES[i % 20], seed: i, size: 64, difficulty: "normal" });
    return await file(
      `${i}.png`,
      i === BAD ? new TextEncoder().encode("no picture") : await encodePng(scene.picture),
    );
  }),
);

/** Makes a microscope in this program; how many tasks were done. */
async function made(
  model: Model,
  plan: Pick<MicroscopePlan, "layers" | "out"> & Partial<MicroscopePlan>,
) {
  const { signal } = new AbortController();
  let done = 0;
  const data = await buildMicroscope({
    ...{ model, pictures, images: new Map(), seed: 0, signal, onProgress() {} },
    async perform(_what, tasks, results) {
      const failed: string[] = [];
      const count = await runTasks(tasks, {
        ...{ hands: [own(model)], results, signal },
        hear: (event) => event.type === "failed" && void failed.push(event.label),
      });
      done += count.done;
      return failed;
    },
    ...plan,
  });
  const json = (path: string) => JSON.parse(Deno.readTextFileSync(`${plan.out}/${path}`));
  return {
    ...{ data: microscopeSchema.parse(data), done },
    pictures: picturesSchema.parse(json("pictures.json")),
    layer: (slug: string) => layerSchema.parse(json(`layers/${slug}.json`)).channels,
  };
}

/** Every value of layers on every picture, one picture at a time. */
async function everything(model: Model, layers: readonly string[]) {
  const all: { picture: number; values: Map<string, Float32Array> }[] = [];
  for (const [picture, { path }] of pictures.entries()) {
    if (picture === BAD) continue;
    const { input } = show(await loadImage(path), model);
    const pass = await model.network.forward(input, { taps: layers });
    const values = new Map<string, Float32Array>();
    for (const layer of layers) values.set(layer, await pass.value(layer).data<"float32">());
    tf.dispose(input);
    pass.dispose();
    all.push({ picture, values });
  }
  return all;
}

for (const id of ["phosphene-resnet", "phosphene-vgg"]) {
  Deno.test(`${id}: the best pictures, spreads and companions are those of a pass over each alone`, async () => {
    await useBackend("wasm");
    const model = await loadModel(id), layers = layersOf(model).slice(1, 4);
    const { data, layer, pictures: entries } = await made(model, {
      ...{ layers, out: `${root}/${id}` },
    });
    assert.deepEqual([data.pictures, data.bad.map(({ name }) => name)], [PICTURES - 1, [
      `${BAD}.png`,
    ]]);
    const all = await everything(model, layers.map(({ name }) => name));
    for (const { name, slug, channels, size: [rows, columns] } of layers) {
      const found = layer(slug), places = rows * columns;
      assert.equal(found.length, channels);
      const of = (values: Float32Array, c: number) => values.filter((_, i) => i % channels === c);
      const means: Float64Array[] = [];
      for (let c = 0; c < channels; c++) {
        const own = all.map(({ picture, values }) => ({ picture, map: of(values.get(name)!, c) }));
        const best = own.map(({ picture, map }) => {
          const value = Math.max(...map), place = map.indexOf(value);
          return { picture, value, place: [Math.floor(place / columns), place % columns] };
        }).sort((a, b) => b.value - a.value || a.picture - b.picture).slice(0, 9);
        assert.deepEqual(
          found[c].top.map(({ picture, value, place }) => ({ picture, value, place })),
          best,
          `${name} ${c}`,
        );
        means.push(Float64Array.from(own, ({ map }) => map.reduce((a, b) => a + b, 0) / places));
        for (const { from, to, count } of found[c].histogram) {
          const lies = (n: number) =>
            from === to
              ? n === 0
              : to <= 0
              ? n > from && n <= to && n < 0
              : n >= from && n < to && n > 0;
          const within = own.reduce((sum, { map }) => sum + map.filter(lies).length, 0);
          assert.equal(count, within, `${name} ${c}: from ${from} to ${to}`);
        }
        const counted = found[c].histogram.reduce((sum, { count }) => sum + count, 0);
        assert.equal(counted, all.length * places);
      }
      const mean = (x: Float64Array) => x.reduce((a, b) => a + b, 0) / x.length;
      const covariance = (x: Float64Array, y: Float64Array) => {
        const [mx, my] = [mean(x), mean(y)];
        return x.reduce((sum, v, i) => sum + (v - mx) * (y[i] - my), 0) / x.length;
      };
      for (let c = 0; c < channels; c += 5) {
        const own = Math.sqrt(covariance(means[c], means[c]));
        assert.ok(Math.abs(found[c].mean - mean(means[c])) < 1e-5 * (1 + Math.abs(found[c].mean)));
        assert.ok(Math.abs(found[c].deviation - own) < 1e-4 * (own + 1e-3), `${name} ${c}`);
        for (const { channel, correlation } of found[c].nearest) {
          const other = Math.sqrt(covariance(means[channel], means[channel]));
          const expected = covariance(means[c], means[channel]) / (own * other);
          assert.ok(Math.abs(correlation - expected) < 1e-3, `${name} ${c} ${channel}`);
        }
        const sorted = found[c].nearest.map(({ correlation }) => correlation);
        assert.deepEqual(sorted, sorted.toSorted((a, b) => b - a));
      }
    }
    const shown = new Set(
      layers.flatMap(({ slug }) =>
        layer(slug).flatMap(({ top }) => top.map(({ picture }) => picture))
      ),
    );
    entries.forEach(({ seen, excites }, i) => {
      assert.equal(seen, shown.has(i), `${i}`);
      assert.equal(excites.length, i === BAD ? 0 : layers.length);
    });
    model.network.dispose();
  });
}

Deno.test("votes are mean gradients; images are those of feature-viz; nothing is done twice", async () => {
  await useBackend("wasm");
  const model = await loadModel("phosphene-resnet"), layers = layersOf(model, ["layer4"]);
  const plan = {
    layers,
    images: new Map([["" as const, { steps: 1 }]]),
    out: `${root}/votes`,
    pictures: pictures.slice(20, 28),
  };
  const first = await made(model, plan), found = first.layer("layer4");
  assert.ok(first.done > 128, `${first.done}`);
  const sums = new Map<number, Float64Array>();
  for (const { path } of plan.pictures) {
    const { input } = show(await loadImage(path), model);
    for (const wanted of [0, 7, 19]) {
      const { gradients, value, taps } = await model.network.gradient(input, logit(wanted), {
        to: ["layer4"],
      });
      const data = await gradients.layer4.data(), sum = sums.get(wanted) ?? new Float64Array(128);
      data.forEach((n, i) => sum[i % 128] += n / 8);
      sums.set(wanted, sum);
      tf.dispose([gradients, value, taps]);
    }
    input.dispose();
  }
  let compared = 0;
  found.forEach(({ votes, images }, c) => {
    assert.deepEqual(images, [""]);
    for (const { class: wanted, gradient } of votes) {
      const expected = sums.get(wanted)?.[c];
      if (expected === undefined) continue;
      compared++;
      assert.ok(Math.abs(gradient - expected) < 1e-4 * (1 + Math.abs(expected)), `${c} ${wanted}`);
    }
    const gradients = votes.map(({ gradient }) => gradient);
    assert.deepEqual(gradients, gradients.toSorted((a, b) => b - a));
  });
  assert.ok(compared > 100, `${compared}`);
  const image = await loadImage(`${plan.out}/images/layer4/3.png`);
  assert.deepEqual([image.width, image.height], [64, 64]);
  const crops = await loadImage(`${plan.out}/crops/layer4/3.png`);
  assert.deepEqual([crops.width, crops.height], [220, 220]);

  const again = await made(model, plan);
  assert.equal(again.done, 0);
  assert.deepEqual(again.layer("layer4"), found);
  const more = await made(model, { ...plan, pictures: pictures.slice(20, 29) });
  assert.equal(more.done, 1, "one scan: votes are on the same pictures, and no image is new");
  assert.deepEqual(choiceOf(model).weights, first.data.model.weights);
  model.network.dispose();
});

Deno.test("one output of two names, and scores for every place: the class is the one that they mean", async () => {
  await useBackend("wasm");
  const net = new GraphBuilder([20, 20, 3]);
  const act = net.relu("act", net.conv("conv", INPUT, { in: 3, out: 5, kernel: 3, stride: 2 }));
  const map = syntheticNetwork(
    net.build(net.conv("scores", act, { in: 5, out: 4, kernel: 3 })),
    "map of scores",
  );
  const gray = { ...grayOne.model(), labels: ["no", "yes"], inputSize: { width: 40, height: 40 } };
  const own: Model = { ...modelOf(map, 20, 20), labels: ["a", "b", "c", "d"] };
  for (const [given, layer, folder] of [[gray, "act2", "one"], [own, "act", "map"]] as const) {
    const { width, height } = given.inputSize, size = { width, height };
    const model: Model = {
      ...given,
      preprocess: { ...given.preprocess, resize: size, crop: size },
    };
    const shown = pictures.slice(30, 38), layers = layersOf(model, [layer]);
    const found = await made(model, {
      ...{ layers, out: `${root}/${folder}`, pictures: shown },
    });
    assert.deepEqual(found.data.labels, [...given.labels]);
    // of one output the second name is its own, the first its opposite's
    const columns = given === gray ? [[0, -1], [0, 1]] : [[0, 1], [1, 1], [2, 1], [3, 1]];
    const scoreOf = (logits: tf.Tensor, [at, sign]: number[]) =>
      tf.mul(tf.mean(tf.gather(tf.reshape(logits, [-1, logits.shape.at(-1)!]), at, 1)), sign);
    const sums = columns.map(() => new Float64Array(layers[0].channels));
    for (const [i, { path }] of shown.entries()) {
      const { input } = show(await loadImage(path), model), scores: number[] = [];
      for (const [c, column] of columns.entries()) {
        const value = (read: (layer: string) => tf.Tensor) => scoreOf(read("logits"), column);
        const { value: score, gradients, taps } = await model.network.gradient(
          input,
          { layers: ["logits"], value: (read) => value(read) as tf.Scalar },
          { to: [layer] },
        );
        scores.push((await score.data())[0]);
        const data = await gradients[layer].data();
        data.forEach((n, at) => sums[c][at % sums[c].length] += n / shown.length);
        tf.dispose([score, gradients, taps]);
      }
      input.dispose();
      assert.equal(found.pictures[i].best, scores.indexOf(Math.max(...scores)), `${folder} ${i}`);
    }
    let compared = 0;
    found.layer(layer).forEach(({ votes }, channel) =>
      votes.forEach(({ class: wanted, gradient }) => {
        compared++;
        const expected = sums[wanted][channel];
        assert.ok(
          Math.abs(gradient - expected) < 1e-5 * (1 + Math.abs(expected)),
          `${folder} ${wanted}`,
        );
      })
    );
    assert.ok(compared > 8, `${compared}`);
    model.network.dispose();
  }
});
