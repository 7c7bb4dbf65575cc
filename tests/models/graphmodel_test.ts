/** Graph-models as whole files: names, outputs, formats of weights, and files that are none. */
import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { UserError } from "../../core/errors.ts";
import { useBackend } from "../../engine/runtime.ts";
import { tfjsGraph } from "../../models/graphmodel/mod.ts";
import { adapterFor, architectureOf, loadModel } from "../../models/mod.ts";
import type { Model } from "../../run/model.ts";
import { bool, float, GraphModel, int, ints, text, texts, type } from "../_support/graph_model.ts";

const root = await Deno.makeTempDir({ prefix: "graph-models-" });
Deno.test.afterAll(() => Deno.remove(root, { recursive: true }));
const folder = () => Deno.makeTempDir({ dir: root });
await useBackend("cpu");

const SCOPE = "StatefulPartitionedCall/model";
const OUTPUTS = { scores: "Identity:0", features: "features:0" };
const ONE = { scores: "Identity:0" };

/** A small classifier as a converter writes it: fused layers, scopes, a signature. */
function classifier(): GraphModel {
  const g = new GraphModel([-1, -1, -1, 3]), weights = { strides: ints(1, 2, 2, 1) };
  const conv = g.node(
    "_FusedConv2D",
    ["x", g.fresh([3, 3, 3, 8], -1, 1, `${SCOPE}/conv/kernel`), g.fresh([8])],
    {
      ...weights,
      padding: text("SAME"),
      dilations: ints(1, 1, 1, 1),
      fused_ops: texts("BiasAdd", "Relu6"),
      num_args: int(1),
    },
    `${SCOPE}/conv_relu/Relu6`,
  );
  const sum = g.node(
    "AddV2",
    [conv, g.node("Sigmoid", [conv], {}, `${SCOPE}/block/gate/Sigmoid`)],
    {},
    `${SCOPE}/block/add`,
  );
  const axes = g.constant([2], [1, 2], "int32", `${SCOPE}/pool/axes`);
  const pool = g.node("Mean", [sum, axes], { keep_dims: bool(false) }, `${SCOPE}/pool/Mean`);
  g.node("Identity", [pool, "^x"], {}, "features");
  const scores = g.node(
    "_FusedMatMul",
    [pool, g.fresh([8, 3]), g.fresh([3])],
    { fused_ops: texts("BiasAdd"), num_args: int(1) },
    `${SCOPE}/scores/BiasAdd`,
  );
  g.node("Identity", [g.node("Softmax", [scores], {}, `${SCOPE}/scores/Softmax`)], {}, "Identity");
  return g;
}

const picture = (height: number, width: number, channels = 3) =>
  tf.randomUniform([1, height, width, channels], 0, 1, "float32", 5) as tf.Tensor4D;

async function numbers(tensor: tf.Tensor): Promise<number[]> {
  return [...await tensor.data()];
}

function near(found: readonly number[], expected: readonly number[], most = 1e-5) {
  assert.equal(found.length, expected.length);
  found.forEach((n, i) => assert.ok(Math.abs(n - expected[i]) < most, `${found} are ${expected}`));
}

const logits = async ({ network }: Model, x: tf.Tensor4D) => await numbers(await network.logits(x));

Deno.test("a classifier: its layers have names, its end is logits, any size is taken", async () => {
  const g = classifier(), at = await folder();
  const path = await g.write(at, g.json(OUTPUTS));
  const model = await loadModel(path), { network } = model, { graph } = network;
  assert.equal(model.title, "TensorFlow.js graph-model");
  assert.equal(model.scores, "softmax");
  assert.deepEqual(graph.input.shape, [null, null, 3]);
  assert.deepEqual(model.inputSize, { width: 224, height: 224 });
  assert.deepEqual(graph.nodes.map(({ name }) => name), [
    "conv_relu.linear",
    "conv_relu",
    "block.gate",
    "block.add",
    "pool",
    "scores.BiasAdd",
  ]);
  for (const name of ["conv_relu", `${SCOPE}/conv_relu/Relu6`]) {
    assert.equal(network.layer(name), "conv_relu");
  }
  for (const name of ["Identity", `${SCOPE}/scores/Softmax`, "scores.Softmax"]) {
    assert.equal(network.layer(name), "scores.BiasAdd");
  }
  const theirs = await g.load(OUTPUTS), x = picture(20, 17);
  near(
    await numbers(tf.softmax(await network.logits(x))),
    await numbers(theirs.execute(x, "Identity") as tf.Tensor),
  );
  assert.deepEqual((await architectureOf(path)).graph, graph);
  assert.deepEqual((await loadModel(at)).network.graph, graph);
});

Deno.test("PyTorch's by way of ONNX have their channels ahead, before and behind", async () => {
  const g = new GraphModel([1, 3, 8, 6]);
  const last = g.node("Transpose", ["x", g.list(0, 2, 3, 1)]);
  const conv = g.node("Conv2D", [last, g.fresh([3, 3, 3, 4])], {
    strides: ints(1, 1, 1, 1),
    dilations: ints(1, 1, 1, 1),
    padding: text("VALID"),
  });
  const ahead = g.node("Transpose", [conv, g.list(0, 3, 1, 2)]);
  g.node("Identity", [ahead], {}, "maps");
  const flat = g.node("Reshape", [ahead, g.list(-1, 96)]);
  g.node("MatMul", [flat, g.fresh([96, 5])], {}, "scores");
  const at = await folder(), path = await g.write(at), theirs = await g.load();
  const model = await loadModel(path, { output: "scores" });
  const x = picture(8, 6), turned = tf.transpose(x, [0, 3, 1, 2]);
  assert.deepEqual(model.network.graph.input.shape, [8, 6, 3]);
  near(await logits(model, x), await numbers(theirs.execute(turned, "scores") as tf.Tensor));
  // a map of scores has its channels last, as the engine has them
  const maps = await loadModel(path, { output: "maps" });
  assert.deepEqual(maps.network.shapeOf("logits", 8, 6), [6, 4, 4]);
  const map = theirs.execute(turned, "maps") as tf.Tensor;
  near(await logits(maps, x), await numbers(tf.transpose(map, [0, 2, 3, 1])));
});

Deno.test("gray pictures without an axis for their one channel", async () => {
  const g = new GraphModel([-1, 4, 5]), flat = g.node("Reshape", ["x", g.list(-1, 20)]);
  g.node("MatMul", [flat, g.fresh([20, 3])], {}, "scores");
  const model = await loadModel(await g.write(await folder())), x = picture(4, 5, 1);
  assert.deepEqual(model.network.graph.input.shape, [4, 5, 1]);
  const theirs = (await g.load()).execute(tf.reshape(x, [1, 4, 5]), "scores") as tf.Tensor;
  near(await logits(model, x), await numbers(theirs));
});

Deno.test("another output is chosen by its name, or by what the signature calls it", async () => {
  const g = classifier(), path = await g.write(await folder(), g.json(OUTPUTS));
  const theirs = await g.load(OUTPUTS), x = picture(16, 16);
  const expected = await numbers(theirs.execute(x, "features") as tf.Tensor);
  near(await logits(await loadModel(path, { output: "features" }), x), expected);
  const scores = await logits(await loadModel(path), x);
  near(await logits(await loadModel(path, { output: "scores" }), x), scores);
  await assert.rejects(loadModel(path, { output: "scroes" }), /has no output "scroes"; nearest/);
});

Deno.test("weights may be halves, or integers of 8 or 16 bits", async () => {
  const x = picture(16, 16), whole = classifier();
  const plain = await logits(await loadModel(await whole.write(await folder())), x);
  const kinds = { uint8: [Uint8Array, 255], uint16: [Uint16Array, 65535], float16: [] } as const;
  for (const [dtype, [array, most]] of Object.entries(kinds)) {
    const g = classifier(), bytes = g.bytes(), all: Uint8Array[] = [];
    let at = 0;
    for (const spec of g.weights) {
      const count = spec.shape.reduce((a: number, b: number) => a * b, 1);
      const own = bytes.slice(at, at += 4 * count);
      const list = spec.dtype === "int32"
        ? new Int32Array(own.buffer)
        : new Float32Array(own.buffer);
      // sizes too are quantized by converters
      const min = Math.min(...list), scale = (Math.max(...list) - min || 1) / (most ?? 1);
      if (dtype !== "float16") spec.quantization = { dtype, min, scale };
      else if (spec.dtype === "float32") spec.quantization = { dtype };
      const stored = array
        ? array.from([...list].map((n) => Math.round((n - min) / scale)))
        : spec.dtype === "float32"
        ? Float16Array.from(list)
        : list;
      all.push(new Uint8Array(stored.buffer));
    }
    const joined = new Uint8Array(await new Blob(all as BlobPart[]).arrayBuffer());
    const path = await g.write(await folder(), g.json(), joined);
    near(await logits(await loadModel(path), x), plain, dtype === "uint8" ? 0.1 : 2e-3);
  }
});

Deno.test("a file under another name is known by what it holds, and an address by its end", async () => {
  const g = classifier(), at = await folder(), path = await g.write(at);
  await Deno.copyFile(path, `${at}/network`);
  assert.equal((await adapterFor(`${at}/network`)).id, "tfjs-graph");
  const x = picture(16, 16), plain = await logits(await loadModel(path), x);
  near(await logits(await loadModel(`${at}/network`), x), plain);
  const answers = async (request: Request) =>
    new Response(await Deno.readFile(at + new URL(request.url).pathname));
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, answers);
  near(await logits(await loadModel(`http://127.0.0.1:${server.addr.port}/model.json`), x), plain);
  await assert.rejects(tfjsGraph.load(path, { weights: "other.bin" }), /it has its own/);
});

Deno.test("what lies beside it is heard: labels, Teachable Machine's metadata", async () => {
  const g = classifier(), at = await folder(), path = await g.write(at, g.json(ONE));
  await Deno.writeTextFile(`${at}/labels.txt`, "ant\nbee\ncat\n");
  assert.deepEqual((await loadModel(path)).labels, ["ant", "bee", "cat"]);
  const metadata = { tmVersion: "2.4", labels: ["a", "b", "c"], imageSize: 96 };
  await Deno.writeTextFile(`${at}/metadata.json`, JSON.stringify(metadata));
  const { labels, preprocess, inputSize } = await loadModel(path);
  assert.deepEqual(labels, ["a", "b", "c"]);
  assert.deepEqual(inputSize, { width: 96, height: 96 });
  assert.deepEqual([preprocess.mean, preprocess.std], [[0.5, 0.5, 0.5], [0.5, 0.5, 0.5]]);
});

Deno.test("a placeholder with a default is its default; pictures of levels up to 255 are known", async () => {
  const g = new GraphModel([-1, 8, 6, 1]);
  const isTraining = g.node("PlaceholderWithDefault", [g.scalar(1 / 255)], {}, "learning");
  g.node("Mul", ["x", isTraining], {}, "rescaled");
  g.node("Reshape", ["rescaled", g.list(-1, 48)], {}, "flat");
  const model = await loadModel(await g.write(await folder()));
  assert.equal(model.preprocess.range, 255);
  assert.deepEqual(model.inputSize, { width: 6, height: 8 });
  const x = picture(8, 6, 1);
  near(await logits(model, x), (await numbers(x)).map((n) => n / 255));
});

// deno-lint-ignore no-explicit-any -- JSON that the tests themselves have written
type Loose = any;

const nodeOf = (json: Loose, op: string) =>
  json.modelTopology.node.find((node: Loose) => node.op === op);

/** What a broken model must be refused with. */
const hostile: Record<string, [RegExp, (json: Loose, g: GraphModel) => void]> = {
  "no nodes": [/has no nodes/, (json) => (json.modelTopology.node = [])],
  "a node that is none": [/without a name or an operator: 7/, (json) => {
    json.modelTopology.node[1] = 7;
  }],
  "two of a name": [/two nodes "Identity"/, (json) => nodeOf(json, "AddV2").name = "Identity"],
  "inputs that are no names": [/reads 7/, (json) => (nodeOf(json, "AddV2").input = 7)],
  "unknown operators, all at once": [
    /not supported: Fft \("[^"]*"\), Snake \("[^"]*"\)/,
    (json) => {
      nodeOf(json, "Sigmoid").op = "Fft";
      nodeOf(json, "Softmax").op = "Snake";
    },
  ],
  "operators that JavaScript's objects know": [/not supported: constructor/, (json) => {
    nodeOf(json, "Sigmoid").op = "constructor";
  }],
  "control flow": [/control flow, which is not supported: Merge \("loop"\)/, (json) => {
    const add = nodeOf(json, "AddV2");
    json.modelTopology.node.push({ name: "loop", op: "Merge", input: [add.input[0], "again"] });
    json.modelTopology.node.push({ name: "again", op: "NextIteration", input: ["loop"] });
    add.input = ["loop", "loop"];
  }],
  "a circle": [/read each other in a circle/, (json) => {
    nodeOf(json, "AddV2").input[1] = nodeOf(json, "Mean").name;
  }],
  "a function of its own": [/calls a function of its own/, (json) => {
    json.modelTopology.library = { function: [{ signature: { name: "Softmax" } }] };
  }],
  "a value of nobody": [/"nobody" is read, but nothing gives it/, (json) => {
    nodeOf(json, "AddV2").input[1] = "nobody";
  }],
  "an output of nobody": [/output "scores" is no node: "nobody"/, (json) => {
    json.signature = { outputs: { scores: { name: "nobody:0" } } };
  }],
  "missing weights, all at once": [/lacks the numbers of "[^"]+", "[^"]+"/, (json) => {
    json.weightsManifest = [{ paths: [], weights: [] }];
  }],
  "a hundred thousand outputs": [/1000 outputs of a node/, (json) => {
    nodeOf(json, "AddV2").input[1] += ":100000";
  }],
  "an output that an operator has not": [/its output 3 is not supported/, (json) => {
    nodeOf(json, "AddV2").input[1] += ":2";
  }],
  "channels first": [/data_format is "NCHW"/, (json) => {
    nodeOf(json, "_FusedConv2D").attr.data_format = text("NCHW");
  }],
  "strides of the batch": [/strides are \[2, 1, 1, 1\]/, (json) => {
    nodeOf(json, "_FusedConv2D").attr.strides = ints(2, 1, 1, 1);
  }],
  "no stride": [/strides are \[1, 0, 1, 1\]/, (json) => {
    nodeOf(json, "_FusedConv2D").attr.strides = ints(1, 0, 1, 1);
  }],
  "padding of another kind": [/padding is "HALF"/, (json) => {
    nodeOf(json, "_FusedConv2D").attr.padding = text("HALF");
  }],
  "an unknown activation": [/"Snake" is fused into it/, (json) => {
    nodeOf(json, "_FusedConv2D").attr.fused_ops = texts("BiasAdd", "Snake");
  }],
  "a normalization that is fused": [/"FusedBatchNorm" is fused into it/, (json) => {
    nodeOf(json, "_FusedConv2D").attr.fused_ops = texts("FusedBatchNorm");
  }],
  "channels that do not fit": [/does not fit 5 channels/, (json) => {
    nodeOf(json, "Placeholder").attr.shape.shape.dim[3].size = "5";
  }],
  "no picture": [/\[\?, 3\]; pictures, \[batch, height, width, channels\]/, (json) => {
    nodeOf(json, "Placeholder").attr.shape.shape.dim.splice(1, 2);
  }],
  "two pictures": [/it has 2 inputs \("x", "y"\)/, (json) => {
    json.modelTopology.node.push({ ...structuredClone(nodeOf(json, "Placeholder")), name: "y" });
    nodeOf(json, "AddV2").input[1] = "y";
  }],
  "a picture beyond all memory": [/numbers are the limit/, (json) => {
    for (const n of [1, 2]) nodeOf(json, "Placeholder").attr.shape.shape.dim[n].size = "60000";
  }],
};

for (const [name, [reason, change]] of Object.entries(hostile)) {
  Deno.test(`refused: ${name}`, async () => {
    const g = classifier(), json = structuredClone(g.json(ONE));
    change(json, g);
    const path = await g.write(await folder(), json);
    await assert.rejects(loadModel(path), (error) => {
      assert.ok(error instanceof UserError, String(error));
      assert.match(error.message, reason);
      return true;
    });
  });
}

Deno.test("constants that would be larger than all memory are refused", async () => {
  const g = new GraphModel([1, 4, 4, 1]);
  const big = g.node("Fill", [g.list(65536, 65536), g.scalar(1)]);
  const mean = g.node("Mean", [big, g.list(0, 1)], { keep_dims: bool(false) });
  g.node("Cast", [g.node("Mul", ["x", mean])], { DstT: type("DT_FLOAT") });
  await assert.rejects(loadModel(await g.write(await folder())), /its constants have more than/);
});

Deno.test("a mirrored padding is refused", async () => {
  const g = new GraphModel([1, 4, 4, 1]);
  g.node("MirrorPad", ["x", g.constant([4, 2], [0, 0, 1, 1, 1, 1, 0, 0], "int32")], {
    mode: text("REFLECT"),
    unused: float(1),
  });
  await assert.rejects(loadModel(await g.write(await folder())), /not supported: MirrorPad/);
});
