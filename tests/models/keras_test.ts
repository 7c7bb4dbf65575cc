/** Layers-models as TensorFlow.js itself writes and runs them, and files that are none. */
import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import * as tf from "@tensorflow/tfjs";
import { UserError } from "../../core/errors.ts";
import type { Model } from "../../run/model.ts";
import { useBackend } from "../../engine/runtime.ts";
import { logit, type Objective } from "../../engine/objectives.ts";
import { inOrder, type Use } from "../../models/keras/_order.ts";
import { tfjs } from "../../models/keras/mod.ts";
import { loadModel } from "../../models/mod.ts";
import fc from "../_support/property.ts";
import { absence, hasShared, own, type Reference, shared } from "../_support/reference.ts";

/** ‖a − b‖ / ‖b‖ */
function relativeError(a: ArrayLike<number>, b: ArrayLike<number>): number {
  assert.equal(a.length, b.length);
  let difference = 0, whole = 0;
  for (let i = 0; i < b.length; i++) {
    difference += (a[i] - b[i]) ** 2;
    whole += b[i] ** 2;
  }
  return Math.sqrt(difference / (whole || 1));
}

const root = await Deno.makeTempDir({ prefix: "layers-models-" });
Deno.test.afterAll(() => Deno.remove(root, { recursive: true }));
const folder = () => Deno.makeTempDir({ dir: root });

/** What a test may change before a model is written. */
type Files = { json: Record<string, unknown>; shards: Uint8Array[] };

/** Writes a model as a `model.json` and two shards; returns the path of the former. */
async function write(model: tf.LayersModel, change: (files: Files) => void = () => {}) {
  const at = await folder();
  await model.save(tf.io.withSaveHandler(async (artifacts) => {
    const bytes = new Uint8Array(tf.io.concatenateArrayBuffers([artifacts.weightData!].flat()));
    const half = bytes.length >> 1;
    const files: Files = {
      json: {
        format: artifacts.format,
        modelTopology: artifacts.modelTopology,
        weightsManifest: [{
          paths: ["group1-shard1of2.bin", "group1-shard2of2.bin"],
          weights: artifacts.weightSpecs,
        }],
      },
      shards: [bytes.slice(0, half), bytes.slice(half)],
    };
    files.json = JSON.parse(JSON.stringify(files.json));
    change(files);
    await Deno.writeTextFile(`${at}/model.json`, JSON.stringify(files.json));
    for (const [i, shard] of files.shards.entries()) {
      await Deno.writeFile(`${at}/group1-shard${i + 1}of2.bin`, shard);
    }
    return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } };
  }));
  return `${at}/model.json`;
}

/** The settings of a layer in a `model.json`, to be changed. */
// deno-lint-ignore no-explicit-any -- a path into JSON that the test itself has written
function layerConfig(json: any, name: string): Record<string, unknown> {
  // deno-lint-ignore no-explicit-any -- likewise
  return json.modelTopology.config.layers.find((l: any) => l.config.name === name).config;
}

/** Gives a model weights that leave no bias, scale or statistic at its neutral value. */
function randomize(model: tf.LayersModel): tf.LayersModel {
  let seed = 1;
  for (const weight of model.weights) {
    const positive = /variance|gamma/.test(weight.originalName);
    const fanIn = weight.shape.slice(0, -1).reduce((a, b) => a! * b!, 1)!;
    const reach = weight.shape.length > 1 ? Math.sqrt(3 / fanIn) : 0.3;
    weight.write(
      positive
        ? tf.randomUniform(weight.shape as number[], 0.5, 1.5, "float32", seed++)
        : tf.randomUniform(weight.shape as number[], -reach, reach, "float32", seed++),
    );
  }
  return model;
}

const numbers = async (x: tf.Tensor) => await x.data() as Float32Array;
const apply = (model: tf.LayersModel, x: tf.Tensor) =>
  model.apply(x, { training: false }) as tf.Tensor;

/** A number that every output takes part in: Σ i · output i. */
const weighed = (outputs: tf.Tensor) => tf.sum(tf.mul(outputs, tf.range(1, outputs.shape[1]! + 1)));

/**
 * Compares our reading of a model with TensorFlow.js's: every layer's value, the output, and the
 * gradient at the picture.
 *
 * @param finish What the model does to the logits at its end.
 * @param differentiable false where TensorFlow.js's own gradient is missing (a product without
 * bias, a batch-norm without scale or offset, a dilated convolution) or wrong (an average over
 * padding, an upsampling): then its forward pass must rise along a small step as ours says.
 */
async function compare(
  model: tf.LayersModel,
  finish: (logits: tf.Tensor) => tf.Tensor,
  { change, differentiable = true }: {
    change?: (files: Files) => void;
    differentiable?: boolean;
  } = {},
) {
  await useBackend("cpu");
  randomize(model);
  const [, height, width] = model.inputs[0].shape;
  const x = tf.randomUniform([2, height ?? 12, width ?? 10, 3], 0, 1, "float32", 7) as tf.Tensor4D;
  const ours = await tfjs.load(await write(model, change), {});
  const { network } = ours;
  for (const layer of model.layers) {
    for (let use = 0; use < layer.inboundNodes.length; use++) {
      // a model inside begins with a use on its own
      const within = layer instanceof tf.LayersModel ? 1 : 0;
      if (use < within) continue;
      const name = use > within ? `${layer.name}_${use - within}` : layer.name;
      const outputs = layer.getOutputAt(use) as tf.SymbolicTensor;
      const theirs = apply(tf.model({ inputs: model.inputs, outputs }), x);
      const pass = await network.forward(x, { taps: [name] });
      let value = pass.value(name);
      if (outputs === model.outputs[0]) value = finish(value);
      assert.deepEqual(value.shape, theirs.shape, name);
      const error = relativeError(await numbers(value), await numbers(theirs));
      assert.ok(error < 1e-5, `${name} is ${error} off`);
      pass.dispose();
    }
  }
  // differentiated through the softmax that the graph leaves out, so that both mean the same
  const objective: Objective = {
    layers: ["logits"],
    value: (read) => weighed(finish(read("logits"))),
  };
  const { value, gradients } = await network.gradient(x, objective);
  const score = (x: tf.Tensor) => weighed(apply(model, x));
  assert.ok(relativeError(await numbers(value), await numbers(score(x))) < 1e-5);
  if (differentiable) {
    const theirs = tf.grad(score)(x);
    const error = relativeError(await numbers(gradients.input), await numbers(theirs));
    assert.ok(error < 1e-4, `the gradient is ${error} off`);
  } else {
    // partly uphill, that the rise stands out from rounding
    const unit = (t: tf.Tensor) => tf.div(t, tf.norm(t));
    const sideways = unit(tf.randomNormal(x.shape, 0, 1, "float32", 3));
    const step = tf.mul(tf.add(unit(gradients.input), sideways), 0.005);
    const rise = tf.div(tf.sub(score(tf.add(x, step)), score(tf.sub(x, step))), 2);
    const [told, found] = [tf.sum(tf.mul(gradients.input, step)), rise];
    const error = relativeError(await numbers(told), await numbers(found));
    assert.ok(error < 2e-3, `the gradient is ${error} off`);
  }
  return ours;
}

const { layers } = tf;
type Symbolic = tf.SymbolicTensor;
const softmax = (x: tf.Tensor) => tf.softmax(x);

Deno.test("a Sequential gives what TensorFlow.js gives, layer by layer", async () => {
  const { network } = await compare(
    tf.sequential({
      name: "plain",
      layers: [
        layers.zeroPadding2d({ padding: [[1, 2], [3, 0]], inputShape: [13, 12, 3], name: "pad" }),
        layers.conv2d({ filters: 5, kernelSize: [3, 2], activation: "relu", name: "conv1" }),
        layers.batchNormalization({ name: "bn1" }),
        layers.maxPooling2d({ poolSize: [2, 3], strides: [2, 1], name: "max" }),
        layers.dropout({ rate: 0.5, name: "drop" }),
        layers.conv2d({
          filters: 6,
          kernelSize: 3,
          strides: 2,
          padding: "same",
          name: "conv2",
        }),
        layers.batchNormalization({ epsilon: 0.1, name: "bn2" }),
        layers.reLU({ maxValue: 6, name: "relu6" }),
        layers.upSampling2d({ size: [2, 3], name: "up" }),
        layers.cropping2D({ cropping: [[1, 0], [0, 2]], name: "crop" }),
        layers.averagePooling2d({ poolSize: 3, strides: 2, padding: "same", name: "average" }),
        layers.flatten({ name: "flat" }),
        layers.dense({ units: 7, activation: "relu", name: "hidden" }),
        layers.dense({ units: 3, name: "classes" }),
        layers.activation({ activation: "softmax", name: "probabilities" }),
      ],
    }),
    softmax,
    { differentiable: false },
  );
  const { graph } = network;
  assert.equal(graph.output, "classes");
  assert.equal(graph.nodes.at(-1)!.op, "dense");
  assert.equal(network.layer("probabilities"), "classes");
  assert.equal(graph.nodes.find((n) => n.name === "conv1")!.op, "relu");
  assert.equal(graph.nodes.find((n) => n.name === "conv1.linear")!.op, "conv2d");
});

Deno.test("depthwise and separable convolutions, dilation, a last layer with softmax", async () => {
  const { network } = await compare(
    tf.sequential({
      layers: [
        layers.depthwiseConv2d({
          kernelSize: 3,
          depthMultiplier: 2,
          strides: 2,
          padding: "same",
          activation: "relu6",
          inputShape: [12, 11, 3],
          name: "depthwise",
        }),
        layers.separableConv2d({
          filters: 5,
          kernelSize: [2, 3],
          depthMultiplier: 2,
          padding: "same",
          activation: "selu",
          name: "separable",
        }),
        layers.conv2d({
          filters: 4,
          kernelSize: 2,
          dilationRate: 2,
          useBias: false,
          name: "dilated",
        }),
        layers.batchNormalization({ scale: false, name: "shifted" }),
        layers.dense({ units: 4, activation: "tanh", name: "pixelwise" }),
        layers.batchNormalization({ center: false, name: "scaled" }),
        layers.globalAveragePooling2d({ name: "pool" }),
        layers.dense({ units: 4, activation: "softmax", name: "classes" }),
      ],
    }),
    softmax,
    {
      // TensorFlow.js forgets to write it
      change: ({ json }) => (layerConfig(json, "separable").depth_multiplier = 2),
      differentiable: false,
    },
  );
  for (const name of ["classes", "classes.linear", "logits"]) {
    assert.equal(network.layer(name), "classes");
  }
  assert.equal(network.graph.nodes.at(-1)!.op, "dense");
  assert.deepEqual(network.shapeOf("separable.depthwise", 12, 11), [6, 6, 12]);
});

/** The picture of a functional model. */
const picture = (shape: (number | null)[] = [8, 9, 3]) => tf.input({ shape, name: "picture" });

/** Applies a layer. */
const on = (layer: tf.layers.Layer, ...inputs: Symbolic[]) =>
  layer.apply(inputs.length === 1 ? inputs[0] : inputs) as Symbolic;

Deno.test("every activation, as a layer and within one", async () => {
  const names = [
    "relu",
    "relu6",
    "sigmoid",
    "tanh",
    "elu",
    "selu",
    "swish",
    "softplus",
    "softsign",
    "hardSigmoid",
    "softmax",
    "gelu",
    "gelu_new",
    "mish",
    "logSoftmax",
    "linear",
    // TensorFlow.js's types know fewer than it does
  ] as unknown as readonly ["relu"];
  const x = picture([4, 5, 3]);
  const branches = names.flatMap((activation) => [
    on(layers.activation({ activation, name: `layer_${activation}` }), x),
    on(layers.conv2d({ filters: 2, kernelSize: 1, activation, name: `within_${activation}` }), x),
  ]);
  branches.push(
    on(layers.leakyReLU({ alpha: 0.2, name: "leaky" }), branches[1]),
    on(layers.elu({ name: "elu" }), x),
    on(layers.reLU({ name: "relu" }), x),
    on(layers.reLU({ maxValue: 0.5, name: "capped" }), x),
    on(layers.thresholdedReLU({ theta: 0.4, name: "threshold" }), x),
    on(layers.prelu({ sharedAxes: [1, 2], name: "prelu" }), branches[1]),
    on(layers.prelu({ name: "prelu_whole" }), branches[1]),
    on(layers.softmax({ axis: -1, name: "softmax" }), x),
  );
  const pooled = on(
    layers.globalMaxPooling2d({ name: "pool" }),
    on(layers.concatenate(), ...branches),
  );
  const output = on(layers.dense({ units: 4, activation: "sigmoid", name: "scores" }), pooled);
  await compare(tf.model({ inputs: x, outputs: output }), (x) => tf.sigmoid(x));
});

Deno.test("branches, shared layers, models within the model, an input of any size", async () => {
  const x = picture([null, null, 3]);
  const shared = layers.conv2d({ filters: 4, kernelSize: 3, padding: "same", activation: "relu" });
  shared.name = "shared";
  const first = on(layers.conv2d({ filters: 4, kernelSize: 1, name: "first" }), x);
  const once = on(shared, first), twice = on(shared, once), thrice = on(shared, twice);
  const merged = [
    on(layers.add({ name: "add" }), once, twice, thrice),
    on(layers.multiply({ name: "multiply" }), once, twice),
    on(layers.average({ name: "average" }), once, twice, first),
    on(layers.maximum({ name: "maximum" }), once, thrice),
  ];
  const together = on(layers.concatenate({ axis: -1, name: "concat" }), ...merged);
  const inner = tf.sequential({
    name: "inner",
    layers: [
      layers.conv2d({ filters: 3, kernelSize: 3, inputShape: [null, null, 16], name: "conv" }),
      layers.batchNormalization({ name: "bn" }),
    ],
  });
  const picked = tf.input({ shape: [null, null, 3], name: "picked" });
  const branch = on(layers.conv2d({ filters: 3, kernelSize: 1, name: "mix" }), picked);
  const residual = tf.model({
    inputs: picked,
    outputs: on(layers.add({ name: "sum" }), branch, picked),
    name: "residual",
  });
  const deep = on(residual, on(residual, on(inner, together)));
  const pooled = on(layers.globalAveragePooling2d({ name: "pool" }), deep);
  const reshaped = on(layers.reshape({ targetShape: [1, 1, 3], name: "reshape" }), pooled);
  const last = on(layers.conv2d({ filters: 5, kernelSize: 1, name: "scores" }), reshaped);
  const scores = on(layers.reshape({ targetShape: [-1], name: "flat" }), last);
  const output = on(layers.softmax({ name: "softmax" }), scores);
  const { network, inputSize } = await compare(tf.model({ inputs: x, outputs: output }), softmax);
  assert.equal(network.graph.output, "flat");
  assert.equal(network.layer("softmax"), "flat");
  assert.deepEqual(inputSize, { width: 224, height: 224 });
  assert.equal(network.layer("picture"), "input");
  const listed = network.graph.modules.map((m) => m.name);
  for (const name of ["shared", "shared_2", "inner", "inner.bn", "residual_1.mix"]) {
    assert.ok(listed.includes(name), name);
  }
  assert.equal(network.graph.parameters.has("residual/mix/kernel"), true);
  assert.equal(network.graph.parameters.has("shared_1/kernel"), false);
});

/** Branches of several shapes; TensorFlow.js has no gradient of an extreme that is broadcast. */
async function compareBroadcast(extremes: boolean) {
  const x = picture([6, 5, 3]);
  const conv = (name: string, filters: number, from: Symbolic, more: object = {}) =>
    on(layers.conv2d({ filters, kernelSize: 1, name, ...more }), from);
  const features = conv("features", 4, x, { activation: "swish" });
  const pooled = on(layers.globalAveragePooling2d({ name: "pool" }), features);
  const squeezed = on(layers.reshape({ targetShape: [1, 1, 4], name: "squeezed" }), pooled);
  const channels = conv("channels", 4, squeezed, { activation: "sigmoid" });
  const places = conv("places", 1, features, { activation: "tanh" });
  const merged = [
    on(layers.multiply({ name: "excited" }), features, channels),
    on(layers.multiply({ name: "placed" }), places, features),
    on(layers.multiply({ name: "by_vector" }), features, pooled),
    on(layers.multiply({ name: "only_together" }), places, channels, pooled),
    on(layers.add({ name: "added" }), pooled, features),
    on(layers.average({ name: "average" }), features, places),
    ...(extremes
      ? [
        on(layers.maximum({ name: "maximum" }), channels, features),
        on(layers.minimum({ name: "minimum" }), features, channels),
      ]
      : []),
  ];
  const together = on(layers.concatenate({ name: "concat" }), ...merged);
  const output = on(
    layers.dense({ units: 3, name: "scores" }),
    on(layers.globalMaxPooling2d({ name: "end" }), together),
  );
  const model = tf.model({ inputs: x, outputs: output });
  const { network } = await compare(model, (x) => x, { differentiable: !extremes });
  assert.deepEqual(network.shapeOf("only_together", 6, 5), [6, 5, 4]);
}

Deno.test("branches that are broadcast, as in a squeeze-and-excite block", async () => {
  await compareBroadcast(false);
  await compareBroadcast(true);
});

Deno.test("transposed convolutions, bilinear upsampling, permuted axes, layer normalization", async () => {
  const x = picture([6, 5, 3]);
  const geometries = [[3, 2, "same"], [3, 2, "valid"], [2, 3, "same"], [1, 2, "valid"], [
    4,
    1,
    "same",
  ]];
  const up = geometries.map(([kernelSize, strides, padding], i) =>
    on(
      layers.conv2dTranspose(
        {
          filters: 2,
          kernelSize,
          strides,
          padding,
          useBias: i % 2 === 0,
          activation: i ? "linear" : "relu",
          name: `up_${i}`,
        } as Parameters<typeof layers.conv2dTranspose>[0],
      ),
      x,
    )
  );
  const bilinear = on(
    layers.upSampling2d({ size: [2, 3], interpolation: "bilinear", name: "bilinear" }),
    x,
  );
  const normal = on(layers.layerNormalization({ name: "normal" }), up[0]);
  const whole = on(layers.layerNormalization({ axis: [1, 2, 3], name: "whole" }), up[1]);
  const turned = on(layers.permute({ dims: [2, 3, 1], name: "turned" }), normal);
  const ends = [...up, bilinear, whole, turned].map((end) =>
    on(layers.flatten(), on(layers.averagePooling2d({ poolSize: 2, padding: "valid" }), end))
  );
  const output = on(layers.dense({ units: 3, name: "scores" }), on(layers.concatenate(), ...ends));
  const { network } = await compare(tf.model({ inputs: x, outputs: output }), (x) => x, {
    differentiable: false,
  });
  assert.deepEqual(network.shapeOf("turned", 6, 5), [10, 2, 12]);
});

Deno.test("a log-softmax at the end is left out like a softmax", async () => {
  const { network, scores } = await compare(
    tf.sequential({
      layers: [
        layers.flatten({ inputShape: [3, 3, 3] }),
        layers.dense({
          units: 4,
          activation: "logSoftmax" as "softmax",
          name: "classes",
        }),
      ],
    }),
    (x) => tf.logSoftmax(x),
  );
  assert.equal(scores, "softmax");
  assert.equal(network.graph.nodes.at(-1)!.op, "dense");
});

Deno.test("gray pictures without an axis for their one channel", async () => {
  await useBackend("cpu");
  const theirs = randomize(tf.sequential({
    layers: [
      layers.flatten({ inputShape: [4, 5] }),
      layers.dense({ units: 3, activation: "softmax" }),
    ],
  }));
  const { network, preprocess } = await tfjs.load(await write(theirs), {});
  assert.deepEqual(network.graph.input.shape, [4, 5, 1]);
  assert.equal(preprocess.channelOrder, "gray");
  assert.ok(!network.graph.modules.some(({ name }) => name === "plane"));
  const x = tf.randomUniform([2, 4, 5, 1], 0, 1, "float32", 7) as tf.Tensor4D;
  const found = await numbers(tf.softmax(await network.logits(x)));
  const expected = await numbers(apply(theirs, tf.reshape(x, [2, 4, 5])));
  assert.ok(relativeError(found, expected) < 1e-6);
});

/** What a layer of Keras's that TensorFlow.js does not have makes of a picture, or of a stored one. */
async function applied(
  config: Loose,
  keras_version: string,
  picture: tf.Tensor4D,
  weights: Readonly<Record<string, tf.Tensor>> = {},
): Promise<tf.Tensor> {
  await useBackend("cpu");
  const path = await write(
    tf.sequential({
      layers: [
        layers.activation({
          activation: "linear",
          inputShape: picture.shape.slice(1),
          name: "layer",
        }),
      ],
    }),
    (files) => {
      const json = files.json as Loose, [layer] = json.modelTopology.config.layers;
      json.modelTopology.keras_version = keras_version;
      layer.class_name = config.class_name;
      Object.assign(layer.config, config);
      delete layer.config.class_name;
      if (config.class_name !== "Activation") delete layer.config.activation;
      json.weightsManifest[0].weights = Object.entries(weights).map(([name, { shape }]) => ({
        name: `layer/${name}`,
        shape,
        dtype: "float32",
      }));
      const bytes = Object.values(weights).flatMap((w) => [
        ...new Uint8Array((w.dataSync() as Float32Array).slice().buffer),
      ]);
      files.shards = [Uint8Array.from(bytes), new Uint8Array()];
    },
  );
  const { network } = await tfjs.load(path, {});
  const pass = await network.forward(picture, { taps: ["layer"] });
  return pass.value("layer");
}

Deno.test("layers and settings that only Keras has", async (t) => {
  await useBackend("cpu");
  const x = tf.randomNormal([2, 4, 5, 3], 0, 3, "float32", 5) as tf.Tensor4D;
  const check = async (found: tf.Tensor, expected: tf.Tensor) => {
    assert.deepEqual(found.shape, expected.shape);
    assert.ok(relativeError(await numbers(found), await numbers(expected)) < 1e-5);
  };
  const activations: Record<string, [version: string, (x: tf.Tensor) => tf.Tensor]> = {
    hard_sigmoid: ["3.4.0", (x) => tf.div(tf.relu6(tf.add(x, 3)), 6)],
    hard_silu: ["3.4.0", (x) => tf.mul(x, tf.div(tf.relu6(tf.add(x, 3)), 6))],
    leaky_relu: ["3.4.0", (x) => tf.leakyRelu(x, 0.2)],
    celu: ["3.4.0", (x) => tf.elu(x)],
    hard_tanh: ["3.4.0", (x) => tf.clipByValue(x, -1, 1)],
    exponential: ["2.15.0", (x) => tf.exp(x)],
  };
  for (const [activation, [version, expected]] of Object.entries(activations)) {
    await t.step(`${activation} of ${version}`, async () =>
      await check(
        await applied({ class_name: "Activation", activation }, version, x),
        expected(x),
      ));
  }
  await t.step("hard_sigmoid of Keras 2 has another slope", async () =>
    await check(
      await applied({ class_name: "Activation", activation: "hard_sigmoid" }, "2.15.0", x),
      tf.clipByValue(tf.add(tf.mul(x, 0.2), 0.5), 0, 1),
    ));
  await t.step("a ReLU with all that it can have", async () => {
    const config = { class_name: "ReLU", max_value: 2, negative_slope: 0.25, threshold: 0.5 };
    const below = tf.mul(tf.sub(x, 0.5), 0.25), above = tf.minimum(x, 2);
    await check(await applied(config, "2.15.0", x), tf.where(tf.greater(x, 0.5), above, below));
  });
  // a picture of three columns shows where pixels lie: 0, 3, 6 → halves
  const columns = tf.tensor4d([0, 0, 0, 3, 3, 3, 6, 6, 6], [1, 1, 3, 3]);
  const row = (...numbers: number[]) =>
    tf.tensor4d(numbers.flatMap((n) => [n, n, n]), [1, 1, numbers.length, 3]);
  const upsampling = { class_name: "UpSampling2D", size: [1, 2], interpolation: "bilinear" };
  const resizing = { class_name: "Resizing", height: 1, width: 5, interpolation: "bilinear" };
  await t.step("Keras's pixels have centres, TensorFlow.js's begin together", async () => {
    const centres = row(0, 0.75, 2.25, 3.75, 5.25, 6), begins = row(0, 1.5, 3, 4.5, 6, 6);
    await check(await applied(upsampling, "2.15.0", columns), centres);
    await check(await applied(upsampling, "tfjs-layers 4.22.0", columns), begins);
    await check(await applied(resizing, "3.4.0", columns), row(0, 1.2, 3, 4.8, 6));
    await check(await applied(resizing, "tfjs-layers 4.22.0", columns), row(0, 1.5, 3, 4.5, 6));
    const nearest = { ...resizing, interpolation: "nearest" };
    await check(await applied(nearest, "3.4.0", columns), row(0, 0, 3, 6, 6));
    const { resizeBilinear, resizeNearestNeighbor } = tf.image;
    for (const [height, width] of [[7, 3], [1, 9]]) {
      const size = { height, width }, to: [number, number] = [height, width];
      const [keras, tensorflowjs] = ["3.4.0", "tfjs-layers 4.22.0"].map(
        (version) => async (interpolation: string) =>
          await applied({ ...resizing, ...size, interpolation }, version, x),
      );
      await check(await keras("bilinear"), resizeBilinear(x, to, false, true));
      await check(await keras("nearest"), resizeNearestNeighbor(x, to, false, true));
      await check(await tensorflowjs("bilinear"), resizeBilinear(x, to, true));
      await check(await tensorflowjs("nearest"), resizeNearestNeighbor(x, to, true));
    }
  });
  await t.step("groups of channels", async () => {
    for (const groups of [3, 1]) {
      const kernel = tf.randomNormal([2, 2, 3 / groups, 6], 0, 1, "float32", 2);
      const config = { class_name: "Conv2D", filters: 6, kernel_size: [2, 2], groups };
      const parts = tf.split(x, groups, 3) as tf.Tensor4D[];
      const kernels = tf.split(kernel, groups, 3) as tf.Tensor4D[];
      const expected = tf.concat(parts.map((p, i) => tf.conv2d(p, kernels[i], 1, "valid")), 3);
      const found = await applied({ ...config, use_bias: false }, "2.15.0", x, { kernel });
      await check(found, expected);
    }
    const wide = tf.randomNormal([1, 3, 3, 3], 0, 1, "float32", 3) as tf.Tensor4D;
    const odd = { class_name: "Conv2D", filters: 4, kernel_size: [2, 2], groups: 2 };
    await assert.rejects(applied(odd, "2.15.0", wide), /3 channels in and 4 out .* 2 groups/);
  });
  await t.step("the padding of a transposed convolution's output", async () => {
    const kernel = tf.randomNormal([3, 3, 2, 3], 0, 1, "float32", 2) as tf.Tensor4D;
    for (
      const [padding, extra, size] of [["same", 0, [7, 9]], ["same", 1, [8, 10]], [
        "valid",
        1,
        [10, 12],
      ]] as const
    ) {
      const config = { class_name: "Conv2DTranspose", filters: 2, kernel_size: [3, 3] };
      const more = { strides: [2, 2], padding, output_padding: extra, use_bias: false };
      // as Keras hands it on: the size that it has worked out, and the word for the padding
      const expected = tf.conv2dTranspose(x, kernel, [2, ...size, 2], 2, padding);
      await check(await applied({ ...config, ...more }, "2.15.0", x, { kernel }), expected);
    }
  });
  await t.step("group normalization", async () => {
    const gamma = tf.tensor1d([0.5, 1, 2]), beta = tf.tensor1d([1, 0, -1]);
    const { mean, variance } = tf.moments(x, [1, 2], true);
    const normal = tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 1e-3)));
    const config = { class_name: "GroupNormalization", groups: -1 };
    await check(
      await applied(config, "3.4.0", x, { gamma, beta }),
      tf.add(tf.mul(normal, gamma), beta),
    );
  });
});

/** A small model that works, to be broken. */
const sound = () =>
  randomize(tf.sequential({
    layers: [
      layers.conv2d({ filters: 2, kernelSize: 3, inputShape: [6, 6, 3], name: "conv" }),
      layers.flatten({ name: "flat" }),
      layers.dense({ units: 2, name: "scores" }),
    ],
  }));

/** The logits of a model on a gray picture. */
async function logitsOf({ network, inputSize: { width, height } }: Model): Promise<Float32Array> {
  const logits = await network.logits(tf.fill([1, height, width, 3], 0.5) as tf.Tensor4D);
  return await numbers(logits);
}

// deno-lint-ignore no-explicit-any -- paths into JSON that the tests themselves have written
type Loose = any;

Deno.test("what Keras 2 and 3 write differently", async (t) => {
  await useBackend("cpu");
  const expected = await logitsOf(await tfjs.load(await write(sound()), {}));
  const loads = async (change: (json: Loose, files: Files) => void) => {
    const path = await write(sound(), (files) => change(files.json, files));
    assert.deepEqual(await logitsOf(await tfjs.load(path, {})), expected);
  };
  await t.step("model_config, and weights behind a scope, with :0", () =>
    loads((json) => {
      json.modelTopology = { keras_version: "2.2.4-tf", model_config: json.modelTopology };
      for (const w of json.weightsManifest[0].weights) w.name = `sequential/${w.name}:0`;
    }));
  await t.step(
    "a Sequential that is just its layers",
    () => loads((json) => (json.modelTopology.config = json.modelTopology.config.layers)),
  );
  await t.step("batch_shape, an InputLayer, a wrapped activation", () =>
    loads((json) => {
      const { config } = json.modelTopology, [conv] = config.layers;
      const batch_shape = conv.config.batch_input_shape;
      delete conv.config.batch_input_shape;
      conv.config.activation = { class_name: "function", config: "linear" };
      config.layers.unshift({ class_name: "InputLayer", config: { name: "in", batch_shape } });
    }));
  await t.step("functional, with keras_history", () =>
    loads((json) => {
      const { config } = json.modelTopology;
      const batch_shape = config.layers[0].config.batch_input_shape;
      let before = "in";
      for (const layer of config.layers) {
        const keras_history = [before, 0, 0];
        const tensor = { class_name: "__keras_tensor__", config: { keras_history } };
        layer.inbound_nodes = [{ args: [tensor], kwargs: {} }];
        before = layer.name = layer.config.name;
      }
      config.layers.unshift({ class_name: "InputLayer", config: { name: "in", batch_shape } });
      config.input_layers = ["in", 0, 0];
      config.output_layers = [before, 0, 0];
      json.modelTopology.class_name = "Functional";
      config.layers.reverse(); // the order of the list does not matter
    }));
});

Deno.test("settings that TensorFlow.js cannot write", async () => {
  await useBackend("cpu");
  const model = tf.sequential({
    layers: [
      layers.activation({ activation: "relu", inputShape: [5, 4, 3], name: "rescaling" }),
      layers.activation({ activation: "relu", name: "normalization" }),
      layers.reLU({ name: "leaky" }),
      layers.elu({ name: "elu" }),
      layers.globalAveragePooling2d({ name: "pool" }),
      layers.conv2d({ filters: 3, kernelSize: 1, name: "scores" }),
      layers.flatten({ name: "flat" }),
    ].slice(0, 5),
  });
  const path = await write(model, ({ json }) => {
    const list = (json as Loose).modelTopology.config.layers as Loose[];
    list[0].class_name = "Rescaling";
    Object.assign(list[0].config, { scale: 1 / 255, offset: [-0.5, 0, 0.5] });
    list[1].class_name = "Normalization";
    Object.assign(list[1].config, { axis: [-1], mean: [0, 0, 0.1], variance: [4, 4, 4] });
    list[2].config.negative_slope = 0.5;
    list[3].config.alpha = 2;
    list[4].config.keepdims = true;
    list.push({ class_name: "Flatten", config: { name: "flat" } });
  });
  const { network, preprocess } = await tfjs.load(path, {});
  assert.equal(preprocess.range, 255);
  const x = tf.fill([1, 5, 4, 3], 51) as tf.Tensor4D;
  const found = await numbers(await network.logits(x));
  const leaky = (v: number) => (v < 0 ? v / 2 : v);
  const elu = (v: number) => (v < 0 ? 2 * Math.expm1(v) : v);
  const expected = [0.2 - 0.5, 0.2, 0.7 - 0.1].map((v) => elu(leaky(v / 2)));
  assert.ok(relativeError(found, expected) < 1e-6);
  assert.deepEqual(network.shapeOf("pool", 5, 4), [1, 1, 3]);
});

Deno.test("a model's file may be named by its URL", async () => {
  const path = await write(tf.sequential({
    layers: [layers.flatten({ inputShape: [3, 3, 3] }), layers.dense({ units: 4 })],
  }));
  const { network, loaded } = await loadModel(pathToFileURL(path));
  assert.deepEqual(network.shapeOf("logits", 3, 3), [4]);
  assert.equal(loaded?.id, pathToFileURL(path).href);
});

Deno.test("weights as float16, uint8 and uint16", async () => {
  await useBackend("cpu");
  const model = sound();
  const stored = { float16: Float16Array, uint8: Uint8Array, uint16: Uint16Array };
  for (
    const quantization of [
      { dtype: "float16", min: 0, scale: 1 },
      { dtype: "uint8", min: -2, scale: 4 / 255 },
      { dtype: "uint16", min: -2, scale: 4 / 65535 },
    ] as const
  ) {
    const { dtype, min, scale } = quantization;
    const integer = dtype !== "float16";
    const codes = model.getWeights().map((weight) => {
      const exact = (weight.dataSync() as Float32Array).map((v) => (v - min) / scale);
      return stored[dtype].from(integer ? exact.map(Math.round) : exact);
    });
    const path = await write(model, (files) => {
      const [group] = files.json.weightsManifest as Loose[];
      for (const spec of group.weights) {
        spec.quantization = integer ? quantization : { dtype };
      }
      const bytes = codes.flatMap((c) => [...new Uint8Array(c.buffer)]);
      files.shards = [Uint8Array.from(bytes.slice(0, 5)), Uint8Array.from(bytes.slice(5))];
    });
    const decoded = sound();
    decoded.setWeights(codes.map((code, i) => {
      const numbers = Array.from(code, (c) => c * scale + min);
      return tf.tensor(numbers, model.weights[i].shape as number[]);
    }));
    const [ours, theirs] = await Promise.all(
      [path, await write(decoded)].map((p) => tfjs.load(p, {})),
    );
    assert.ok(relativeError(await logitsOf(ours), await logitsOf(theirs)) < 1e-6, dtype);
  }
});

Deno.test("Teachable Machine's metadata: names, side, the middle square, x/127.5 - 1", async () => {
  const path = await write(sound()), at = path.slice(0, path.lastIndexOf("/"));
  const metadata = {
    tfjsVersion: "1.7.4",
    tmVersion: "2.4.7",
    packageName: "@teachablemachine/image",
    labels: ["Cat", "Dog"],
    imageSize: 6,
  };
  const tell = (json: unknown) => Deno.writeTextFile(`${at}/metadata.json`, JSON.stringify(json));
  await tell(metadata);
  await Deno.writeTextFile(`${at}/labels.txt`, "0 Cat\n1 Dog\n");
  const { labels, preprocess } = await tfjs.load(path, {});
  assert.deepEqual(labels, ["Cat", "Dog"]);
  const { resize, crop, mean, std, range } = preprocess;
  assert.deepEqual([resize, crop, range, mean, std], [
    6,
    6,
    1,
    [0.5, 0.5, 0.5],
    [0.5, 0.5, 0.5],
  ]);
  // declared otherwise, and metadata of somebody else
  assert.deepEqual((await tfjs.load(path, { preprocess: { mean: [0] } })).preprocess.mean, [
    0,
    0,
    0,
  ]);
  await tell({ labels: ["a", "b"], imageSize: 6 });
  const other = await tfjs.load(path, {});
  assert.deepEqual(other.labels, ["Cat", "Dog"], "from labels.txt, without its numbers");
  assert.deepEqual(other.preprocess.mean, [0, 0, 0]);
});

Deno.test("labels, preprocessing, the hash, an address", async () => {
  await useBackend("cpu");
  const path = await write(sound());
  const at = path.slice(0, path.lastIndexOf("/"));
  const plain = await tfjs.load(path, {});
  assert.deepEqual(plain.labels, ["class 0", "class 1"]);
  const { resize, range, mean } = plain.preprocess;
  assert.deepEqual({ resize, range, mean }, {
    resize: { width: 6, height: 6 },
    range: 1,
    mean: [0, 0, 0],
  });
  const parts = ["model.json", "group1-shard1of2.bin", "group1-shard2of2.bin"];
  const bytes = await Promise.all(parts.map((part) => Deno.readFile(`${at}/${part}`)));
  const whole = await new Blob(bytes).arrayBuffer();
  const sha256 = new Uint8Array(await crypto.subtle.digest("SHA-256", whole)).toHex();
  assert.deepEqual(plain.weights, { sha256, source: path });

  await Deno.writeTextFile(`${at}/class_names.txt`, "cat\ndog\n");
  assert.deepEqual((await tfjs.load(path, {})).labels, ["cat", "dog"]);
  await Deno.writeTextFile(`${at}/labels.json`, '{"0": ["n1", "cow"], "1": ["n2", "hen"]}');
  assert.deepEqual((await tfjs.load(path, {})).labels, ["cow", "hen"]);
  assert.deepEqual((await tfjs.load(path, { labels: ["a", "b"] })).labels, ["a", "b"]);
  await assert.rejects(tfjs.load(path, { labels: ["a"] }), UserError);
  await assert.rejects(tfjs.load(path, { weights: "other.pth" }), UserError);
  const { preprocess } = await tfjs.load(path, { preprocess: { std: [2, 2, 2] } });
  assert.deepEqual(preprocess.std, [2, 2, 2]);

  const answers = (request: Request) => {
    const { pathname, search } = new URL(request.url);
    if (search !== "?token=1") return new Response("no", { status: 403 });
    const index = parts.indexOf(pathname.slice("/a%20b/".length));
    return index < 0
      ? new Response("<html>", { status: 404 })
      : new Response(bytes[index] as Uint8Array<ArrayBuffer>);
  };
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, answers);
  const base = `http://127.0.0.1:${server.addr.port}/a%20b`;
  let received = 0;
  const remote = await tfjs.load(`${base}/model.json?token=1`, {
    onProgress: (bytes) => (received = bytes),
  });
  assert.equal(remote.weights.sha256, sha256);
  assert.equal(received, bytes[1].length + bytes[2].length);
  assert.deepEqual(await logitsOf(remote), await logitsOf(plain));
  await assert.rejects(tfjs.load(`${base}/model.json`, {}), /answered 403/);
  await assert.rejects(tfjs.load(`${base}/none.json?token=1`, {}), /answered 404/);
  const signal = AbortSignal.abort(new DOMException("enough", "AbortError"));
  await assert.rejects(tfjs.load(path, { signal }), { name: "AbortError" });
});

/** What a broken model must be refused with. */
const hostile: Record<string, [RegExp, (json: Loose, files: Files) => void]> = {
  "missing manifest": [/weightsManifest/, (json) => delete json.weightsManifest],
  "graph-model": [/graph-model/, (json) => (json.format = "graph-model")],
  "graph-model's topology": [/graph-model/, (json) => (json.modelTopology = { node: [] })],
  "no model": [/neither a Sequential/, (json) => (json.modelTopology.class_name = "Carrot")],
  "no layers": [/without layers/, (json) => (json.modelTopology.config.layers = [])],
  "a layer that is none": [/for a layer/, (json) => (json.modelTopology.config.layers[1] = 7)],
  "two of a name": [/of one name/, (json) => (layerConfig(json, "flat").name = "conv")],
  "unsupported layers": [/: GRU, LSTM\. Supported are InputLayer, Activation/, (json) => {
    json.modelTopology.config.layers[1].class_name = "LSTM";
    json.modelTopology.config.layers[2].class_name = "GRU";
  }],
  "a layer that JavaScript's objects know": [/constructor/, (json) => {
    json.modelTopology.config.layers[1].class_name = "constructor";
  }],
  "channels first": [/channels_first/, (json) => {
    layerConfig(json, "conv").data_format = "channels_first";
  }],
  "groups": [/3 channels in and 2 out do not make 2 groups/, (json) => {
    layerConfig(json, "conv").groups = 2;
  }],
  "an unknown activation": [/snake; known are linear, relu/, (json) => {
    layerConfig(json, "conv").activation = "snake";
  }],
  "a layer of code": [/Lambda/, (json) => {
    json.modelTopology.config.layers[1].class_name = "Lambda";
  }],
  "an interpolation by more than the nearest": [/"bicubic"; nearest and bilinear/, (json) => {
    json.modelTopology.config.layers[1] = {
      class_name: "UpSampling2D",
      config: { name: "up", interpolation: "bicubic" },
    };
  }],
  "a ReLU that begins below 0": [/a ReLU from -1 to Infinity has a bound below 0/, (json) => {
    json.modelTopology.config.layers[1] = {
      class_name: "ReLU",
      config: { name: "odd", threshold: -1 },
    };
  }],
  "normalization of no axis": [/over the axes \[\]; only the last/, (json) => {
    json.modelTopology.config.layers[1] = {
      class_name: "LayerNormalization",
      config: { name: "norm", axis: [] },
    };
  }],
  "axes that a picture has not": [/has no axes \[0, 1, 3\]/, (json) => {
    json.modelTopology.config.layers[1] = {
      class_name: "Permute",
      config: { name: "turned", dims: [1, 2, 4] },
    };
  }],
  "branches that do not broadcast": [/differ in shape: \[4, 4, 2\] and \[6, 6, 3\]/, (json) => {
    const { config } = json.modelTopology;
    json.modelTopology.class_name = "Functional";
    const [conv, flat, scores] = config.layers, batch_input_shape = [null, 6, 6, 3];
    const add = { class_name: "Add", config: { name: "add" } };
    config.layers = [
      { class_name: "InputLayer", config: { name: "in", batch_input_shape }, inbound_nodes: [] },
      { ...conv, inbound_nodes: [[["in", 0, 0, {}]]] },
      { ...add, inbound_nodes: [[["conv", 0, 0, {}], ["in", 0, 0, {}]]] },
      { ...flat, inbound_nodes: [[["add", 0, 0, {}]]] },
      { ...scores, inbound_nodes: [[["flat", 0, 0, {}]]] },
    ];
    Object.assign(config, { input_layers: ["in", 0, 0], output_layers: ["scores", 0, 0] });
  }],
  "no stride": [/strides is \[0,1\]/, (json) => (layerConfig(json, "conv").strides = [0, 1])],
  "a window larger than the picture": [/"conv" \(Conv2D\).*does not fit/, (json) => {
    layerConfig(json, "conv").dilation_rate = [9, 9];
  }],
  "no channels": [/its input is \[null,6\]; pictures/, (json) => {
    layerConfig(json, "conv").batch_input_shape = [null, 6];
  }],
  "no input shape": [/shape of its input/, (json) => {
    delete layerConfig(json, "conv").batch_input_shape;
  }],
  "a picture beyond all memory": [/too large/, (json) => {
    layerConfig(json, "conv").batch_input_shape = [null, 1e9, 1e9, 3];
  }],
  "padding beyond all memory": [/too large/, (json) => {
    json.modelTopology.config.layers[1] = {
      class_name: "ZeroPadding2D",
      config: { name: "pad", padding: 1e8 },
    };
  }],
  "other units than weights": [/"scores\/kernel" is \[32, 2\], not \[32, 3\]/, (json) => {
    layerConfig(json, "scores").units = 3;
  }],
  "a renamed layer": [/no weight "other\/kernel"; nearest/, (json) => {
    layerConfig(json, "conv").name = "other";
  }],
  "a lying shape": [/bytes of the/, (json) => {
    json.weightsManifest[0].weights.push({ name: "x", shape: [1000], dtype: "float32" });
  }],
  "a shape beyond all memory": [/limit/, (json) => {
    json.weightsManifest[0].weights[0].shape = [1e6, 1e6, 1e6, 1e6];
  }],
  "a negative shape": [/shape/, (json) => (json.weightsManifest[0].weights[0].shape[0] = -3)],
  "a weight of int64": [/number format "int64"/, (json) => {
    json.weightsManifest[0].weights[0].dtype = "int64";
  }],
  "a weight of int32": [/float numbers/, (json) => {
    json.weightsManifest[0].weights[0].dtype = "int32";
  }],
  "quantized as nothing known": [/uint8/, (json) => {
    json.weightsManifest[0].weights[0].quantization = { dtype: "uint4", min: 0, scale: 1 };
  }],
  "a weight twice": [/twice/, (json) => {
    json.weightsManifest[0].weights.push(json.weightsManifest[0].weights[0]);
  }],
  "an unknown weight group": [/group/, (json) => (json.weightsManifest[0] = null)],
  "a missing shard": [/shard9.*no such file/, (json) => {
    json.weightsManifest[0].paths[1] = "shard9.bin";
  }],
  "no shards": [/hold 0 bytes/, (json) => (json.weightsManifest[0].paths = [])],
  "a folder for a shard": [/it is a folder/, (json) => {
    json.weightsManifest[0].paths[1] = ".";
  }],
  "an empty shard": [/broken download/, (_, files) => (files.shards[1] = new Uint8Array())],
  "a shard twice": [/names the shard "group1-shard1of2.bin" more than once/, (json) => {
    json.weightsManifest[0].paths[1] = "group1-shard1of2.bin";
  }],
  "a shard in two groups, by another spelling": [/"\.\/\/group1.*" more than once/, (json) => {
    const path = ".//group1-shard1of2.bin";
    json.weightsManifest.push({ paths: [path], weights: [] });
  }],
  "a version that is no text": [/no weight "conv\/kernel"/, (json) => {
    json.modelTopology.keras_version = { toString: 1 };
    json.weightsManifest[0].weights[0].name = "x";
  }],
  "nested without end": [/JSON/, (json) => {
    for (let n = 0; n < 200; n++) json.modelTopology = { config: [json.modelTopology] };
  }],
  "a name as long as a book": [/layer without a name/, (json) => {
    layerConfig(json, "flat").name = "x".repeat(1e5);
  }],
  "a weight's name as long as a book": [
    /weight without a name \(of 1 to 1000 letters\)/,
    (json) => {
      json.weightsManifest[0].weights[0].name = "x".repeat(1e5);
    },
  ],
  "a weight of many axes": [/has the shape/, (json) => {
    json.weightsManifest[0].weights[0].shape = Array(1e4).fill(1);
  }],
  "as many weights as there is room for": [/70000 weights; 65536 are the limit/, (json) => {
    const { weights } = json.weightsManifest[0];
    for (let n = weights.length; n < 70_000; n++) {
      weights.push({ name: `w${n}`, shape: [], dtype: "bool" });
    }
  }],
  "layers without end": [/more than 20000 layers/, (json) => {
    const { layers } = json.modelTopology.config;
    for (let n = 0; n < 20_000; n++) layers.push({ class_name: "ReLU", config: { name: `r${n}` } });
  }],
  "unsupported layers without end": [/LSTM0, .* and 92 more\. Supported/, (json) => {
    json.modelTopology.config.layers = Array.from({ length: 100 }, (_, n) => (
      { class_name: `LSTM${n}`, config: { name: `r${n}` } }
    ));
  }],
  "a number for each pixel of a large picture": [/works on 12000000 channels/, (json) => {
    json.modelTopology.config.layers = [
      { class_name: "Flatten", config: { name: "f", batch_input_shape: [null, 2000, 2000, 3] } },
      { class_name: "Rescaling", config: { name: "r", scale: 0.1 } },
    ];
  }],
  "a few large values": [/is too large, 67108864 numbers/, (json) => {
    layerConfig(json, "conv").batch_input_shape = [null, 9000, 9000, 3];
  }],
  "many large values": [/more than 2147483648 numbers/, (json) => {
    const shape = { batch_input_shape: [null, 4000, 4000, 3] };
    json.modelTopology.config.layers = Array.from({ length: 50 }, (_, n) => (
      { class_name: "ReLU", config: { name: `r${n}`, ...n === 0 ? shape : {} } }
    ));
  }],
  "a cut shard": [/broken download/, (_, { shards }) => (shards[1] = shards[1].slice(1))],
  "a longer shard": [/more than the expected/, (_, { shards }) => {
    shards[1] = new Uint8Array(shards[1].length + 1);
  }],
};
for (const path of ["../x.bin", "a/../../x.bin", "/etc/passwd", "..\\x", "http://x/y", "C:x", ""]) {
  hostile[`the path "${path}"`] = [/does not lie beside/, (json) => {
    json.weightsManifest[0].paths[1] = path;
  }];
}

Deno.test("what is broken is refused with words", async (t) => {
  await useBackend("cpu");
  const model = sound();
  for (const [name, [message, change]] of Object.entries(hostile)) {
    await t.step(name, async () => {
      const path = await write(model, (files) => change(files.json, files));
      await assert.rejects(tfjs.load(path, {}), (error: unknown) => {
        assert.ok(error instanceof UserError, String(error));
        assert.match(error.message, message);
        return true;
      });
    });
  }
  const at = await folder();
  for (
    const [text, message] of [["{", /JSON/], ["<html>", /web page/], ["[]", /object/]] as const
  ) {
    await Deno.writeTextFile(`${at}/model.json`, text);
    await assert.rejects(tfjs.load(`${at}/model.json`, {}), message);
    await assert.rejects(async () => await tfjs.architecture(`${at}/model.json`), UserError);
  }
  await assert.rejects(tfjs.load(`${at}/none.json`, {}), /there is no such file/);
});

Deno.test("several inputs or outputs, and circles, are refused", async () => {
  const x = picture(), y = tf.input({ shape: [8, 9, 3], name: "other" });
  const scores = on(layers.globalAveragePooling2d({ name: "pool" }), x);
  const both = tf.model({ inputs: [x, y], outputs: on(layers.add(), x, y) });
  await assert.rejects(tfjs.load(await write(both), {}), /2 inputs and 1 outputs/);
  const twins = tf.model({ inputs: x, outputs: [scores, on(layers.softmax(), scores)] });
  await assert.rejects(tfjs.load(await write(twins), {}), /1 inputs and 2 outputs/);
  const circle = await write(tf.model({ inputs: x, outputs: scores }), ({ json }) => {
    (json as Loose).modelTopology.config.layers[1].inbound_nodes = [[["pool", 0, 0, {}]]];
  });
  await assert.rejects(tfjs.load(circle, {}), UserError);
});

/** A functional model of layers that each read one. */
const functional = (layers: [name: string, reads: string[], model?: Loose][], out: string) => ({
  class_name: "Functional",
  config: {
    layers: [
      { class_name: "InputLayer", name: "in", config: { batch_input_shape: [null, 2, 2, 3] } },
      ...layers.map(([name, reads, model]) => ({
        ...model ?? { class_name: "ReLU", config: {} },
        name,
        inbound_nodes: reads.map((from) => [[from, 0, 0, {}]]),
      })),
    ],
    input_layers: [["in", 0, 0]],
    output_layers: [[out, 0, 0]],
  },
});

async function written(modelTopology: Loose): Promise<string> {
  const at = await folder();
  const json = { modelTopology, weightsManifest: [{ paths: [], weights: [] }] };
  await Deno.writeTextFile(`${at}/model.json`, JSON.stringify(json));
  return `${at}/model.json`;
}

Deno.test("a model within a model counts at each of its uses", async () => {
  let model = functional([["x", ["in"]]], "x");
  for (let depth = 0; depth < 7; depth++) {
    model = functional([["x", Array(12).fill("in"), model]], "x");
  }
  await assert.rejects(
    tfjs.load(await written(model), {}),
    /more than 20000 layers, or 200000 links/,
  );
  const shared = functional([["x", Array(25_000).fill("in")]], "x");
  await assert.rejects(
    tfjs.load(await written(shared), {}),
    /more than 20000 layers, or 200000 links/,
  );
  const wide = functional([["x", Array(110_000).fill("in")]], "x");
  await assert.rejects(tfjs.load(await written(wide), {}), /read more than 200000 others/);
});

Deno.test("one layer on a picture and on features, and two layers of one weight", async () => {
  await useBackend("cpu");
  const at = await folder(), path = `${at}/model.json`;
  const dense = (name: string, ...reads: string[]) => ({
    class_name: "Dense",
    name,
    config: { units: 2, use_bias: false },
    inbound_nodes: reads.map((from) => [[from, 0, 0, {}]]),
  });
  const pool = { class_name: "GlobalAveragePooling2D", config: {} };
  const save = (model: Loose, name: string, size: number) =>
    Deno.writeTextFile(
      path,
      JSON.stringify({
        modelTopology: model,
        weightsManifest: [{
          paths: ["w.bin"],
          weights: [{ name, shape: [size, 2], dtype: "float32" }],
        }],
      }),
    );
  await Deno.writeFile(`${at}/w.bin`, new Uint8Array(new Float32Array(6).fill(0.5).buffer));
  const twice = functional([["p", ["in"], pool]], "s");
  twice.config.layers.push(dense("s", "in", "p") as Loose);
  await save(twice, "s/kernel", 3);
  await assert.rejects(
    tfjs.load(path, {}),
    /its uses need "s\/kernel" as \[1, 1, 3, 2\] and \[3, 2\]/,
  );

  // of two models inside, each "s" goes by its own name alone: they share a weight, in two shapes
  const inside = (from: Loose) => {
    const model = functional([], "s");
    model.config.layers.push(...from);
    return model;
  };
  const first = inside([dense("s", "in")]);
  const second = inside([
    { ...pool, name: "q", inbound_nodes: [[["in", 0, 0, {}]]] },
    dense("s", "q"),
  ]);
  const both = functional([["p", ["in"], pool]], "sum");
  both.config.layers.push(
    { ...first, name: "a", inbound_nodes: [[["in", 0, 0, {}]]] } as Loose,
    { ...second, name: "b", inbound_nodes: [[["in", 0, 0, {}]]] } as Loose,
    { ...pool, name: "pa", inbound_nodes: [[["a", 1, 0, {}]]] } as Loose,
    {
      class_name: "Add",
      name: "sum",
      config: {},
      inbound_nodes: [[["pa", 0, 0, {}], ["b", 1, 0, {}]]],
    } as Loose,
  );
  await save(both, "s/kernel", 3);
  const { network } = await tfjs.load(path, {});
  assert.deepEqual([...network.graph.parameters.values()], [[1, 1, 3, 2], [3, 2]]);
});

Deno.test("layers in any order are written as those who wait for each other would be", () => {
  /** Again and again through what is left, as it is listed. */
  const slow = (uses: readonly Use[], there: ReadonlySet<string>) => {
    const done = new Set(there), order: number[] = [];
    for (let before = -1; before < order.length;) {
      before = order.length;
      for (const [n, { key, reads }] of uses.entries()) {
        if (order.includes(n) || !reads.every((read) => done.has(read))) continue;
        order.push(n);
        done.add(key);
      }
    }
    return order;
  };
  const key = fc.nat(12).map(String);
  const uses = fc.uniqueArray(fc.record({ key, reads: fc.array(key, { maxLength: 3 }) }), {
    selector: ({ key }) => key,
  });
  fc.assert(fc.property(uses, (uses) => {
    const there = new Set(["0", "1"]), free = uses.filter(({ key }) => !there.has(key));
    assert.deepEqual(inOrder(free, there), slow(free, there));
  }));
});

Deno.test("whatever a model.json says, it is read or refused with words", async () => {
  await useBackend("cpu");
  const path = await write(sound());
  const text = await Deno.readTextFile(path);
  const odd = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom<unknown>(0, -1, 2.5, 1e300, null, "", "same", "Sequential", "relu", [], {}),
  );
  const leaves = JSON.stringify(JSON.parse(text)).match(/"(\w+)":/g)!.length;
  await fc.assert(
    fc.asyncProperty(fc.nat(leaves - 1), odd, async (at, value) => {
      let i = 0;
      const json = JSON.parse(text, function (_key, old) {
        return !Array.isArray(this) && i++ === at ? value : old;
      });
      await Deno.writeTextFile(path, JSON.stringify(json) ?? "");
      try {
        await tfjs.load(path, {});
      } catch (error) {
        assert.ok(error instanceof UserError, `${error}`);
      }
    }),
    { numRuns: 300 },
  );
});

Deno.test("loading and running leaves no tensor behind", async () => {
  await useBackend("cpu");
  const path = await write(sound());
  const before = tf.memory().numTensors;
  const { network } = await tfjs.load(path, {});
  const x = tf.zeros([1, 6, 6, 3]) as tf.Tensor4D;
  const { value, gradients, taps } = await network.gradient(x, logit(1));
  tf.dispose([x, value, ...Object.values(gradients), ...Object.values(taps)]);
  network.dispose();
  assert.equal(tf.memory().numTensors, before);
});

/** Fails where a small VGG of Keras's is not PyTorch's: logits, gradient, activations. */
async function equalsPyTorch(from: Reference, model: string, name: string, side: number) {
  await useBackend("wasm");
  const { network, inputSize, labels } = await tfjs.load(from.path(model), {});
  const tensors = from.tensors(`expected/${name}.safetensors`);
  const { predicted } = from.json<{ predicted: number }>(`expected/${name}.json`);
  assert.deepEqual(inputSize, { width: side, height: side });
  assert.equal(labels.length, 10);
  const input = tensors.get("input")!;
  const picture = tf.tensor(input, input.shape as [number, number, number, number]);
  const tapped = ["relu_1_2", "relu_2_1", "relu_2_2"];
  const { gradients, taps } = await network.gradient(
    tf.transpose(picture, [0, 2, 3, 1]) as tf.Tensor4D,
    logit(predicted),
    { also: ["logits", ...tapped] },
  );
  const near = async (found: tf.Tensor, key: string) => {
    const nchw = found.rank === 4 ? tf.transpose(found, [0, 3, 1, 2]) : found;
    const error = relativeError(await numbers(nchw), tensors.get(key)!);
    assert.ok(error < 1e-4, `${key} is ${error} off`);
  };
  await near(taps.logits, "logits");
  await near(gradients.input, "gradient");
  for (const layer of tapped) await near(taps[layer], `activation.${layer}`);
  assert.equal(network.layer("output"), "output");
}

Deno.test("a model on the disk: logits, gradient and activations are PyTorch's", () =>
  equalsPyTorch(own, "models/keras/model.json", "keras-star", 20));

Deno.test({
  name: `Tiny VGG: logits, gradient and activations are PyTorch's${absence}`,
  ignore: !hasShared,
  fn: () => equalsPyTorch(shared, "models/tinyvgg/model.json", "tinyvgg-koala", 64),
});
