/** ONNX models: exports of PyTorch against PyTorch itself, names, sizes, outputs, numbers. */
import assert from "node:assert/strict";
import * as tf from "../../deps/tfjs.ts";
import { readSafetensors } from "../../core/safetensors.ts";
import { logit } from "../../engine/objectives.ts";
import { useBackend } from "../../engine/runtime.ts";
import { attribute, loadImage, loadModel, type Model, visualize } from "../../mod.ts";
import { type OnnxModel, type Tensor, Type } from "../_support/onnx.ts";
import { conv, load, pooled, refused, root, small, weight } from "./_onnx.ts";

const fixtures = new URL("../fixtures/onnx/", import.meta.url);
const names = ({ network }: Model) => network.graph.modules.map(({ name }) => name);
const ops = ({ network }: Model) => network.graph.nodes.map(({ op }) => op);

/** ‖a − b‖ / ‖b‖ */
function apart(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let error = 0, size = 0;
  for (let i = 0; i < b.length; i++) {
    error += (a[i] - b[i]) ** 2;
    size += b[i] ** 2;
  }
  return Math.sqrt(error / size);
}

/** `[channels, pixels]` as `[pixels, channels]`. */
const channelsLast = (x: Float32Array) =>
  x.map((_, i) => x[(i % 3) * (x.length / 3) + Math.floor(i / 3)]);

const networks = [...Deno.readDirSync(fixtures)].map(({ name }) => name)
  .filter((name) => name.endsWith(".onnx")).sort();

for (const name of networks) {
  Deno.test(`PyTorch's ${name}: logits, gradient, a batch`, async () => {
    await useBackend("wasm");
    const model = await loadModel(new URL(name, fixtures).pathname), { network } = model;
    const { tensors, metadata } = readSafetensors(
      await Deno.readFile(new URL(name.replace("onnx", "safetensors"), fixtures)),
      name,
    );
    const [x, logits, gradient] = ["x", "logits", "gradient"].map((key) => tensors.get(key)!);
    assert.equal(model.labels.length, logits.length);
    assert.equal(model.scores, "softmax");
    const [, height, width] = x.shape;
    const image = tf.tensor4d(channelsLast(x), [1, height, width, 3]);
    const found = await network.gradient(image, logit(Number(metadata.class)));
    assert.ok(apart(await found.taps.logits.data(), logits) < 3e-6);
    assert.ok(apart(await found.gradients.input.data(), channelsLast(gradient)) < 3e-6);
    const two = tf.concat([tf.zerosLike(image), image]) as tf.Tensor4D;
    const both = await (await network.logits(two)).data();
    assert.ok(apart(both.subarray(logits.length), logits) < 3e-6);
    tf.dispose([image, two, found.value, found.gradients, found.taps]);
    network.dispose();
  });
}

Deno.test("layers are called as PyTorch calls its modules", async () => {
  const at = (name: string) => loadModel(new URL(`${name}.onnx`, fixtures).pathname);
  const residual = await at("residual_unfolded");
  assert.deepEqual(
    names(residual).filter((name) => /^(conv1|bn1|layer2|fc)/.test(name)),
    [
      ...["conv1", "bn1", "layer2", "layer2.0", "layer2.0.conv1", "layer2.0.bn1", "layer2.0.relu"],
      ...["layer2.0.conv2", "layer2.0.bn2", "layer2.0.downsample", "layer2.0.downsample.0"],
      ...["layer2.0.downsample.1", "layer2.0.add", "layer2.0.relu_1", "fc"],
    ],
  );
  assert.equal(residual.network.layer("layer2[0]"), "layer2.0.relu_1");
  const vit = await at("vit");
  assert.ok(names(vit).includes("encoder.layers.encoder_layer_1.mlp.3"));
  assert.ok(names(vit).includes("encoder.layers.encoder_layer_1.ln_2"));
  // an op that numbers are only moved by is no layer
  assert.ok(!names(vit).some((name) => /transpose|permute/.test(name)));
});

Deno.test("the newer exporter's layers are called by what it says of the nodes' modules", async () => {
  const model = await loadModel(new URL("residual_dynamo.onnx", fixtures).pathname);
  assert.deepEqual(
    names(model).filter((name) => /^(conv1|relu|layer2|avgpool|fc)/.test(name)),
    [
      ...["conv1", "relu", "layer2", "layer2.0", "layer2.0.conv1", "layer2.0.relu"],
      ...["layer2.0.conv2", "layer2.0.downsample", "layer2.0.downsample.0", "layer2.0.add"],
      ...["layer2.0.relu_1", "avgpool", "fc"],
    ],
  );
  // what is in a convolution's weights is understood
  assert.equal(model.network.layer("layer2.0.bn1"), "layer2.0.conv1");
  assert.equal(model.network.layer("node_add_2"), "layer2.0.add");
});

Deno.test("older exports' layers are called after their weights, others after nodes or values", async () => {
  const model = await load({
    nodes: [
      conv("Conv_0", "x", "1", "features.0.weight"),
      { op: "Relu", name: "Relu_1", inputs: ["1"], outputs: ["2"] },
      conv("", "2", "Plus30_Output", "w"),
      conv("Conv_3", "Plus30_Output", "4", "shared.weight"),
      conv("Conv_4", "4", "5", "shared.weight"),
      { op: "GlobalAveragePool", name: "pool[0]", inputs: ["5"], outputs: ["y"] },
    ],
    weights: [
      weight("features.0.weight", 4, 3, 1, 1),
      weight("w", 4, 4, 1, 1),
      weight("shared.weight", 4, 4, 1, 1),
    ],
  });
  assert.deepEqual(names(model), [
    ...["features", "features.0", "Relu_1", "Plus30_Output", "Conv_3", "Conv_4", "pool.0"],
  ]);
  assert.equal(model.network.layer("Conv_0"), "features.0");
});

Deno.test("the picture is the model's size, or of any", async () => {
  const fixed = await load(small);
  assert.deepEqual(fixed.network.graph.input.shape, [8, 8, 3]);
  assert.deepEqual(fixed.preprocess.resize, { width: 8, height: 8 });
  const open = await load({ ...small, inputs: { x: ["n", "c", "h", "w"] } });
  assert.deepEqual(open.network.graph.input.shape, [null, null, 3]);
  assert.deepEqual(open.inputSize, { width: 224, height: 224 });
  const flat = await load({
    nodes: [
      small.nodes[0],
      { op: "Flatten", inputs: ["1"], outputs: ["2"] },
      { op: "Gemm", inputs: ["2", "fc"], outputs: ["y"] },
    ],
    weights: [...small.weights!, weight("fc", 4 * 30 * 30, 5)],
    inputs: { x: [1, 3, "h", "w"] },
  });
  // the one size for which the matrix fits
  assert.deepEqual(flat.network.graph.input.shape, [32, 32, 3]);
});

Deno.test("TensorFlow's pictures have their channels last, drawings have one", async () => {
  const last = await load({
    nodes: [
      { op: "Mul", inputs: ["x", "s"], outputs: ["0"] },
      { op: "Transpose", inputs: ["0"], outputs: ["t"], attrs: { perm: [0, 3, 1, 2] } },
      { ...small.nodes[0], inputs: ["t", "w"] },
      ...small.nodes.slice(1),
    ],
    weights: [...small.weights!, { name: "s", shape: [], data: [1 / 255] }],
    inputs: { x: ["n", 20, 30, 3] },
  });
  assert.deepEqual(last.network.graph.input.shape, [20, 30, 3]);
  assert.equal(last.preprocess.range, 255, "what is divided by 255 is given 0 to 255");
  assert.ok(!ops(last).includes("permute"));
  const gray = await load({
    ...small,
    weights: [weight("w", 4, 1, 3, 3)],
    inputs: { x: [1, 1, 28, 28] },
  });
  assert.equal(gray.preprocess.channelOrder, "gray");
});

Deno.test("of several outputs the first with scores is taken, or the one that is named", async () => {
  const model: OnnxModel = {
    nodes: [
      ...small.nodes.slice(0, 2),
      pooled("2", "pool"),
      {
        op: "Softmax",
        name: "probabilities",
        inputs: ["pool"],
        outputs: ["y"],
        attrs: { axis: 1 },
      },
      { op: "NonMaxSuppression", inputs: ["2"], outputs: ["boxes"] },
    ],
    weights: small.weights,
    outputs: ["boxes", "2", "y", "pool"],
  };
  const found = await load(model);
  assert.equal(found.labels.length, 4);
  assert.equal(found.scores, "softmax");
  assert.ok(!ops(found).includes("softmax"), "a final softmax is left out");
  const map = await load(model, { output: "2" });
  assert.deepEqual(map.network.shapeOf(map.network.graph.output, 8, 8), [6, 6, 4]);
  assert.equal(map.loaded!.output, "2");
  await assert.rejects(load(model, { output: "pol" }), /has no output "pol"; nearest: "pool"/);
  await assert.rejects(load(model, { output: "boxes" }), /NonMaxSuppression/);
  await assert.rejects(
    loadModel("phosphene-resnet", { output: "a" }),
    /Cannot take the output "a"/,
  );
});

Deno.test("names of classes may lie in the metadata", async () => {
  const python = `{0: 'cat', 1: "dog's", 2: 'x, y', 3: 'it\\'s'}`;
  assert.deepEqual((await load({ ...small, metadata: { names: python } })).labels, [
    ...["cat", "dog's", "x, y", "it's"],
  ]);
  const listed = await load({ ...small, metadata: { classes: "a, b, c, d" } });
  assert.deepEqual(listed.labels, ["a", "b", "c", "d"]);
  const json = await load({ ...small, metadata: { labels: '["a", "b"]' } });
  assert.equal(json.labels[0], "class 0", "as many as there are classes, or none");
});

/** 1, −2, 0.5 and 3 in each form. */
const FORMS: Readonly<Record<string, Omit<Tensor, "shape">>> = {
  "a list": { data: [1, -2, 0.5, 3] },
  "raw": { raw: new Uint8Array(new Float32Array([1, -2, 0.5, 3]).buffer) },
  "doubles": { type: Type.DOUBLE, data: [1, -2, 0.5, 3] },
  "raw doubles": {
    type: Type.DOUBLE,
    raw: new Uint8Array(new Float64Array([1, -2, 0.5, 3]).buffer),
  },
  "half precision": { type: Type.FLOAT16, data: [0x3c00, 0xc000, 0x3800, 0x4200] },
  "raw half precision": {
    type: Type.FLOAT16,
    raw: new Uint8Array(new Uint16Array([0x3c00, 0xc000, 0x3800, 0x4200]).buffer),
  },
  "bfloat16": { type: Type.BFLOAT16, data: [0x3f80, 0xc000, 0x3f00, 0x4040] },
};

/** Four numbers, added to each pixel's mean. */
const shifted = (tensor: Tensor): OnnxModel => ({
  nodes: [...small.nodes.slice(0, 2), pooled("2", "3"), {
    op: "Add",
    name: "shift",
    inputs: ["3", "four"],
    outputs: ["y"],
  }],
  weights: [...small.weights!, tensor],
});

for (const [form, tensor] of Object.entries(FORMS)) {
  Deno.test(`weights may be written as ${form}`, async () => {
    const model = await load(shifted({ name: "four", shape: [1, 4, 1, 1], ...tensor }));
    const node = model.network.graph.nodes.find(({ name }) => name === "shift")!;
    const numbers = model.network.parameters.of(node).values("offset");
    assert.deepEqual([...numbers], [1, -2, 0.5, 3]);
  });
}

Deno.test("large weights are whole at whatever byte of the file they begin", async () => {
  const wide = Float32Array.from({ length: 3 * 1801 }, (_, i) => i);
  for (const name of ["w", "w2", "w_3", "w__4", "w___5"]) { // each a byte further on
    const model = await load({
      nodes: [
        pooled("x", "1"),
        { op: "Flatten", inputs: ["1"], outputs: ["2"] },
        { op: "Gemm", name: "fc", inputs: ["2", name], outputs: ["y"], attrs: { transB: 1 } },
      ],
      weights: [
        { name: "before", shape: [1], data: [1] },
        { name, shape: [1801, 3], raw: new Uint8Array(wide.buffer) },
        { name: "behind", shape: [1], data: [1] },
      ],
    });
    const node = model.network.graph.nodes.find(({ name }) => name === "fc")!;
    const kernel = model.network.parameters.of(node).values("kernel");
    assert.deepEqual(kernel.shape, [3, 1801]);
    assert.ok(kernel.every((n, i) => n === 3 * (i % 1801) + Math.floor(i / 1801)), name);
  }
});

Deno.test("weights may lie beside the model, and nowhere else", async () => {
  const at = (external: Record<string, string>) =>
    shifted({ name: "four", shape: [1, 4, 1, 1], external });
  const bytes = new Uint8Array(new Float32Array([9, 1, -2, 0.5, 3]).buffer);
  await Deno.mkdir(`${root}/data`);
  await Deno.writeFile(`${root}/data/weights.bin`, bytes);
  const location = "data/weights.bin";
  const model = await load(at({ location, offset: "4", length: "16" }));
  const node = model.network.graph.nodes.find(({ name }) => name === "shift")!;
  assert.deepEqual([...model.network.parameters.of(node).values("offset")], [1, -2, 0.5, 3]);
  await refused(at({ location, offset: "8" }), /16 bytes from byte 8 of .*, which has 20/);
  await refused(at({ location, offset: "-4" }), /from byte -4/);
  await refused(at({ location, length: "12" }), /12 bytes from byte 0 .*; it needs 16/);
  await refused(at({ location: "none.bin" }), /"none\.bin" cannot be read: there is no such file/);
  for (const path of ["../weights.bin", "/etc/passwd", "a/../../b", "C:\\x", ""]) {
    await refused(at({ location: path }), /which is not beside the model/);
  }
  await refused(at({}), /lies in nothing|lies in undefined|not beside/);
});

Deno.test("techniques work on it", async () => {
  const model = await loadModel(new URL("residual.onnx", fixtures).pathname);
  const picture = await loadImage(new URL("../../examples/images/cat-4.png", import.meta.url));
  for (const id of ["saliency", "grad-cam", "guided-backprop", "lrp"]) {
    const { attribution } = await attribute(id, { model, image: picture });
    assert.ok(attribution.some((n) => n !== 0) && attribution.every(Number.isFinite), id);
  }
  const dream = await visualize("deepdream", {
    model,
    image: picture,
    options: { layer: "layer1", channel: 3, steps: 3 },
  });
  assert.ok(dream);
});
