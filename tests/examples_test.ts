/** The examples run as they stand; the documentation shows them. */
import assert from "node:assert/strict";
import { LEAVING, notebook, runExample, runNotebook, withServer } from "../docs/_scripts.ts";
import { tf } from "../kit.ts";
import {
  attribute,
  decodeImage,
  gradCam,
  GraphBuilder,
  judge,
  loadImage,
  loadModel,
  loadPlugin,
  type Model,
  Network,
  type Technique,
  useBackend,
  UserError,
  values,
} from "../mod.ts";

const root = new URL("../", import.meta.url);

/** What each prints; `demo.ts` takes too long. */
const PRINTS: Readonly<Record<string, RegExp>> = {
  "along_training.ts":
    /^untrained: \w+, 1\d %\n1 epoch: \w+, \d\d %\n4 epochs: \w+, \d\d %\n20 epochs: butterfly, 9\d %$/,
  "ask.ts":
    /^layer3 is 1,16,16,64\nthe logit of cat is [\d.]+\nits gradient at layer3 is 1,16,16,64$/,
  "dream_video.ts": /^12 frames, dream_video\.gif$/,
  "explain.ts": /^cat-4\.png: cat, then \w+\nsaliency: .*\ngrad-cam: .*\nintegrated-gradients: .*$/,
  "folder_to_csv.ts":
    /^picture,class,probability,within mask\n("(\w+)-\d+\.png","\2",0\.9\d+,0\.\d{3}\n?){6}$/,
  "objective.ts": /^cat rather than \w+, by [\d.]+\nobjective\.png$/,
  "saved_runs.ts":
    /^Grad-CAM: 8,8, shown as 64,64\n[^]*\nphosphene grad-cam [^]*\nthe same map: true$/,
  "segmentation.ts":
    /^Grad-CAM of cat at row 3, column 4 > 99\.9.*\nGrad-CAM of fish at row 12, column 4 > 99\.9.*$/,
  "targets.ts": /^20 classes of a softmax\ncat − \w+ \d+\.\d\d\nmean of cat and \w+ -?\d+\.\d\d$/,
  "turns.ts":
    /^saliency on wasm, grad-cam on wasm\n(\d+ of 200 masks; the network says cat\n)+done: RISE/,
  "two_networks.ts":
    /^phosphene-resnet: snail, 9.*\nphosphene-vgg: snail, 9.*\ntheir maps are 0\.\d\d apart on average, of at most 1$/,
  "which_layer.ts": /^act1: (\d+ % of the map is on the eyes\n?(layer\d: )?){5}$/,
  "wrong_reason.ts":
    /^butterfly-12: right, [^]*\ncat-4: wrong: snail, [^]*\nfish-8: right, but by itself (?!fish)\w+, 0\.[^]*\nsnail-3: right, [^]*$/,
};

/** Techniques and a family to plug in, and a server: they are run below. */
const ELSEWHERE = [
  "plugin_agreement.ts",
  "plugin_metric.ts",
  "plugin_model.ts",
  "plugin_sobol.ts",
  "plugin_technique.ts",
  "server.ts",
];

const names: string[] = [];
for await (const { name } of Deno.readDir(new URL("examples/", root))) {
  if (name.endsWith(".ts")) names.push(name);
}

Deno.test("every example is run here", () => {
  assert.deepEqual(names.sort(), [...Object.keys(PRINTS), ...ELSEWHERE, "demo.ts"].sort());
});

Deno.test("examples are short, import the two entries alone, and the page shows them", async () => {
  const page = await Deno.readTextFile(new URL("docs/_examples.md", root));
  const most: Readonly<Record<string, number>> = {
    "demo.ts": 105,
    "plugin_agreement.ts": 64,
    "plugin_metric.ts": 29,
    "plugin_model.ts": 34,
    "plugin_sobol.ts": 59,
    "plugin_technique.ts": 47,
  };
  for (const name of names) {
    const text = await Deno.readTextFile(new URL(`examples/${name}`, root));
    assert.ok(text.trimEnd().split("\n").length <= (most[name] ?? 40), name);
    const imported = [...text.matchAll(/\bfrom "([^"]+)"/g)].map(([, from]) => from);
    assert.ok(imported.every((from) => /^\.\.\/(mod|kit)\.ts$/.test(from)), `${name}: ${imported}`);
    if (name in LEAVING) assert.ok(page.includes(`<!-- show examples/${name} -->`), name);
  }
});

for (const [name, prints] of Object.entries(PRINTS)) {
  Deno.test(`examples/${name} does what it says`, async () => {
    const { printed, files } = await runExample(name);
    assert.match(printed, prints);
    const extension = LEAVING[name];
    const file = name.replace(/ts$/, extension), left = extension ? [file] : [];
    assert.deepEqual([...files.keys()], left);
    if (!extension) return;
    if (extension === "csv") {
      assert.equal(new TextDecoder().decode(files.get(file)), `${printed}\n`);
    } else assert.ok((await decodeImage(files.get(file)!)).width >= 64);
  });
}

Deno.test("examples/server.ts explains a picture, and tells what is none", async () => {
  await withServer(async (address) => {
    assert.match(address, /^http:\/\/127\.0\.0\.1:\d+\/$/);
    const body = await Deno.readFile(new URL("examples/images/cat-4.png", root));
    const answer = await fetch(address, { method: "POST", body });
    assert.equal(answer.headers.get("x-class"), "cat");
    const model = await loadModel("phosphene-resnet");
    const run = await attribute(gradCam, { model, image: await decodeImage(body) });
    assert.deepEqual((await decodeImage(await answer.bytes())).data, (await run.overlay()).data);
    model.network.dispose();
    const refused = await fetch(address, { method: "POST", body: "no picture" });
    assert.equal(refused.status, 400);
    assert.match(await refused.text(), /it looks like text/);
    const asked = await fetch(address);
    assert.deepEqual([asked.status, await asked.text()], [405, "POST a picture.\n"]);
  });
});

Deno.test("examples/notebook.ipynb is a notebook whose cells run, and show what they end with", async () => {
  const { nbformat, nbformat_minor, metadata, cells } = await notebook();
  assert.deepEqual([nbformat, nbformat_minor], [4, 5]);
  assert.equal((metadata.kernelspec as { name: string }).name, "deno");
  assert.equal(new Set(cells.map(({ id }) => id)).size, cells.length);
  assert.ok(cells.every(({ outputs = [] }) => outputs.length === 0));
  const shown = await runNotebook();
  const media = shown.map((cell) =>
    cell && Object.keys(cell).find((type) => type.includes("image"))
  );
  assert.deepEqual(media, ["image/png", null, ...new Array(3).fill("image/png"), "image/gif"]);
});

/** The one technique of an example. */
async function pluggedIn(name: string): Promise<Technique> {
  const { techniques: [technique] } = await loadPlugin(new URL(`examples/${name}`, root).href);
  return technique;
}

Deno.test("examples/plugin_technique.ts: the sign of saliency's gradient", async () => {
  await useBackend("cpu");
  const model = await loadModel("phosphene-resnet");
  const image = await loadImage(new URL("examples/images/cat-4.png", root));
  const sign = await attribute(await pluggedIn("plugin_technique.ts"), { model, image });
  const saliency = await attribute("saliency", { model, image });
  assert.deepEqual(sign.attribution, saliency.attribution);
  const sums = sign.map.map((_, i) =>
    saliency.attribution.slice(3 * i, 3 * i + 3).reduce((a, b) => a + b)
  );
  assert.deepEqual([...sign.map], [...sums].map((sum) => (1 + Math.sign(sum)) / 2));
  model.network.dispose();
});

Deno.test("examples/plugin_metric.ts: how few pixels hold half of an attribution", async () => {
  await useBackend("cpu");
  const model = await loadModel("phosphene-resnet");
  const image = await loadImage(new URL("examples/images/cat-4.png", root));
  const { metrics: [half] } = await loadPlugin(new URL("examples/plugin_metric.ts", root).href);
  const run = await attribute("input-x-gradient", { model, image });
  for (const share of [0.5, 0.9]) {
    const { value } = await judge(run, half, { share });
    const amounts = Array.from({ length: 64 * 64 }, (_, i) => {
      const [r, g, b] = run.attribution.slice(3 * i, 3 * i + 3);
      return Math.abs(r + g + b);
    }).sort((a, b) => b - a);
    const held = (count: number) => amounts.slice(0, count).reduce((a, b) => a + b, 0);
    const count = Math.round(value * amounts.length), all = held(amounts.length);
    assert.ok(held(count) >= share * all - 1e-3 && held(count - 2) < share * all, `${count}`);
  }
  assert.equal((await judge(run, "half")).value, (await judge(run, half)).value);
  model.network.dispose();
});

Deno.test("examples/plugin_agreement.ts: the product of two maps, and no others", async () => {
  await useBackend("cpu");
  const model = await loadModel("phosphene-resnet");
  const image = await loadImage(new URL("examples/images/cat-4.png", root));
  const agreement = await pluggedIn("plugin_agreement.ts");
  const [both, cam, saliency] = [
    await attribute(agreement, { model, image }),
    await attribute("grad-cam", { model, image }),
    await attribute("saliency", { model, image }),
  ];
  assert.deepEqual([...both.attribution], [...cam.map.map((v, i) => v * saliency.map[i])]);
  for (const [first, reason] of [["agreement", /run itself/], ["lrp", /signed/]] as const) {
    await assert.rejects(attribute(agreement, { model, image, options: { first } }), (error) => {
      assert.ok(error instanceof UserError && error.option === "first");
      assert.match(error.message, reason);
      return true;
    });
  }
  model.network.dispose();
});

Deno.test("examples/plugin_model.ts: PyTorch's logits, and its classes", async () => {
  const { models: [family] } = await loadPlugin(new URL("examples/plugin_model.ts", root).href);
  // of `net` in examples/models/make.py, in double precision, for sin(i / 400) in this order
  const pytorch = [-4.3202698, -0.9053909, 1.7664476, -0.2343961, -0.5207513, 1.1002821];
  const wave = Float32Array.from({ length: 32 * 32 * 3 }, (_, i) => Math.sin(i / 400));
  for (const backend of ["cpu", "wasm"] as const) {
    await useBackend(backend);
    const model = await family.load("tiny-cnn", {});
    assert.equal(model.weights.source, "tiny-cnn.pth", "not where this machine has it");
    const image = tf.tensor4d(wave, [1, 32, 32, 3]), logits = await model.network.logits(image);
    const found = await logits.data();
    pytorch.forEach((logit, i) => assert.ok(Math.abs(found[i] - logit) < 1e-5, `${found}`));
    tf.dispose([image, logits]);
    model.network.dispose();
  }
});

/** A network of one number, a function of the four pixels of a grey picture. */
function functionOfFour(
  build: (net: GraphBuilder) => string,
  parameters: Record<string, number[]>,
) {
  const net = new GraphBuilder([2, 2, 1]), graph = net.build(build(net));
  const host = new Map(
    [...graph.parameters].map(([name, shape]) => [
      name,
      values(Float32Array.from(parameters[name]), shape),
    ]),
  );
  const plain = { resize: null, crop: null, interpolation: "bilinear", range: 1 } as const;
  return {
    id: "of-four",
    title: "A function of four pixels",
    network: new Network(graph, host),
    preprocess: { ...plain, mean: [0], std: [1], channelOrder: "gray" },
    inputSize: { width: 2, height: 2 },
    labels: ["f"],
    scores: "linear",
    weights: { sha256: "", source: "test" },
  } satisfies Model;
}

Deno.test("examples/plugin_sobol.ts: total indices, as sums over all of a fine grid say", async () => {
  await useBackend("cpu");
  const weights = [1, 2, -3, 0.5, 0, 1, 1, -2]; // two hidden numbers of four pixels
  const model = functionOfFour((net) => {
    const hidden = net.conv("conv", "input", { in: 1, out: 2, kernel: 2, bias: false });
    return net.dense("fc", net.globalAvgPool("pool", net.relu("relu", hidden)), 2, 1);
  }, {
    // [kh, kw, in, out]
    "conv.weight": [0, 1, 2, 3].flatMap((pixel) => [weights[pixel], weights[4 + pixel]]),
    "fc.weight": [1, -0.5],
    "fc.bias": [0.25],
  });
  const pixels = [200, 90, 120, 255];
  const f = (masks: readonly number[]) => {
    const x = masks.map((m, i) => m * pixels[i] / 255);
    const hidden = (at: number) =>
      Math.max(0, x.reduce((sum, v, i) => sum + v * weights[at + i], 0));
    return 0.25 + hidden(0) - 0.5 * hidden(4);
  };

  // S_i = E[Var(f | all but i)] / Var(f), over the middles of 16 steps of each mask
  const steps = 16, middles = Array.from({ length: steps }, (_, i) => (i + 0.5) / steps);
  const all = middles.flatMap((a) =>
    middles.flatMap((b) => middles.flatMap((c) => middles.map((d) => [a, b, c, d])))
  );
  const mean = (of: readonly number[]) => of.reduce((sum, v) => sum + v, 0) / of.length;
  const variance = (of: readonly number[]) => mean(of.map((v) => v * v)) - mean(of) ** 2;
  const total = variance(all.map(f));
  const expected = [0, 1, 2, 3].map((i) =>
    mean(
      all.filter((masks) => masks[i] === middles[0])
        .map((masks) => variance(middles.map((m) => f(masks.with(i, m))))),
    ) / total
  );

  const data = Uint8ClampedArray.from(pixels.flatMap((v) => [v, v, v]));
  const technique = await pluggedIn("plugin_sobol.ts");
  const image = { width: 2, height: 2, data }, seed = 1;
  const estimate = async (designs: number) =>
    (await attribute(technique, { model, image, options: { grid: 2, designs }, seed })).attribution;
  assert.deepEqual(await estimate(10), await estimate(10));
  const found = await estimate(4000);
  assert.deepEqual(found.shape, [2, 2]);
  expected.forEach((index, i) =>
    assert.ok(Math.abs(found[i] - index) < 0.04, `${[...found]} rather than ${expected}`)
  );
  assert.ok(Math.max(...expected) > 0.3 && expected.some((index) => index < 0.2), `${expected}`);
  model.network.dispose();
});
