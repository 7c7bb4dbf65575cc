/** Layers-models: a topology and a manifest changed by their own grammar. */
import type { Random } from "../../core/random.ts";
import { tfjs } from "../../models/keras/mod.ts";
import { muchDamaged } from "./_bytes.ts";
import { memoryDisk } from "./_disk.ts";
import { changedJson, several } from "./_json.ts";
import { refusal, type Target } from "./_target.ts";

// deno-lint-ignore no-explicit-any -- JSON that this file itself has written
type Loose = any;

const SIDE = 6;
const weight = (name: string, ...shape: number[]) => ({ name, shape, dtype: "float32" });
const of = (class_name: string, name: string, config: object, from?: string) => ({
  class_name,
  name,
  config: structuredClone({ name, ...config }),
  inbound_nodes: from === undefined ? [] : [[[from, 0, 0, {}]]],
});
const input = { batch_input_shape: [null, SIDE, SIDE, 3] };
const conv = { filters: 4, kernel_size: [3, 3], activation: "relu" };
const weights = [
  weight("conv/kernel", 3, 3, 3, 4),
  weight("conv/bias", 4),
  weight("norm/gamma", 4),
  weight("norm/beta", 4),
  weight("norm/moving_mean", 4),
  weight("norm/moving_variance", 4),
  weight("scope/scores/kernel", 4, 2),
  weight("scope/scores/bias", 2),
];
const model = (modelTopology: object) => ({
  format: "layers-model",
  modelTopology,
  weightsManifest: [{ paths: ["a.bin", "b.bin"], weights }],
});
const layers = [
  of("Conv2D", "conv", conv, "in"),
  of("BatchNormalization", "norm", {}, "conv"),
  of("ReLU", "act", {}, "norm"),
  of("Dropout", "drop", {}, "act"),
  of("Add", "sum", {}, "drop"),
  of("GlobalAveragePooling2D", "pool", {}, "sum"),
  of("Dense", "scores", { units: 2, activation: "softmax" }, "pool"),
];
layers[4].inbound_nodes = [[["drop", 0, 0, {}], ["norm", 0, 0, {}]]] as Loose;
const functional = (inside: object[], name = "m", out = "scores") => ({
  class_name: "Functional",
  name,
  config: {
    name,
    layers: [of("InputLayer", "in", input), ...inside],
    input_layers: [["in", 0, 0]],
    output_layers: [[out, 0, 0]],
  },
});
const node = (op: string, name: string, input: string[], attr: object = {}) => ({
  name,
  op,
  input,
  attr: structuredClone(attr),
});
const list = (...i: number[]) => ({ list: { i: i.map(String) } });
/** The same weights, read by TensorFlow's operators. */
const nodes = [
  node("Placeholder", "x", [], {
    shape: { shape: { dim: [-1, SIDE, SIDE, 3].map((size) => ({ size: String(size) })) } },
  }),
  ...weights.map(({ name }) => node("Const", name, [])),
  node("_FusedConv2D", "c", ["x", "conv/kernel", "conv/bias"], {
    strides: list(1, 2, 2, 1),
    padding: { s: btoa("SAME") },
    fused_ops: { list: { s: ["BiasAdd", "Relu"].map(btoa) } },
  }),
  node("FusedBatchNormV3", "n", [
    "c",
    ...["gamma", "beta", "moving_mean", "moving_variance"].map((name) => `norm/${name}`),
  ], { epsilon: { f: 0.001 } }),
  node("Shape", "shape", ["n"]),
  node("StridedSlice", "s", ["n", "shape", "shape", "shape"], { begin_mask: { i: "15" } }),
  node("MaxPool", "p", ["n"], {
    ksize: list(1, 3, 3, 1),
    strides: list(1, 1, 1, 1),
    padding: { s: btoa("VALID") },
  }),
  node("Squeeze", "q", ["p"], { squeeze_dims: list(1, 2) }),
  node("MatMul", "m", ["q", "scope/scores/kernel"]),
  node("BiasAdd", "b", ["m", "scope/scores/bias"]),
  node("Softmax", "out", ["b"]),
];
const seeds: Loose[] = [
  {
    ...model({ node: nodes }),
    format: "graph-model",
    signature: { outputs: { scores: { name: "out:0" } } },
  },
  model({
    class_name: "Sequential",
    config: {
      name: "s",
      layers: [
        of("Rescaling", "scale", { ...input, scale: 0.5, offset: [0, 1, 2] }),
        of("Conv2D", "conv", conv),
        of("BatchNormalization", "norm", {}),
        of("ZeroPadding2D", "zero", { padding: [[1, 0], [0, 1]] }),
        of("MaxPooling2D", "max", { pool_size: 2 }),
        of("GlobalAveragePooling2D", "pool", {}),
        of("Dense", "scores", { units: 2 }),
      ],
    },
  }),
  model({ keras_version: "2.4", model_config: functional(layers) }),
  model({
    model_config: functional([
      { ...functional(layers.slice(0, 4), "inner", "drop"), inbound_nodes: [[["in", 0, 0, {}]]] },
      of("GlobalAveragePooling2D", "pool", {}, "inner"),
      of("Dense", "scores", { units: 2 }, "pool"),
    ]),
  }),
];

/** The lists of layers of a model and of those within. */
function* listsIn(value: unknown): Generator<Loose[]> {
  if (typeof value !== "object" || value === null) return;
  const { layers } = value as Loose;
  if (Array.isArray(layers)) yield layers;
  for (const item of Object.values(value)) yield* listsIn(item);
}

const CLASSES = [
  "Flatten",
  "Dense",
  "Rescaling",
  "Add",
  "Reshape",
  "UpSampling2D",
  "Softmax",
  "LSTM",
];

const OPERATORS = [
  ...["Reshape", "ConcatV2", "Add", "Mean", "Transpose", "Slice", "Pad", "Fill", "Range", "Tile"],
  ...["Conv2DBackpropInput", "Split", "Unpack", "Pack", "GatherV2", "ResizeBilinear", "Const"],
];

/** A change that only a graph-model knows. */
function rewiredNodes(random: Random, list: Loose[]): void {
  const one = random.pick(list), other = random.pick(list);
  if (typeof one !== "object" || one === null) return;
  switch (random.integer(0, 4)) {
    case 0:
      return void (one.op = random.pick(OPERATORS));
    case 1:
      return void (one.input = Array(several(random)).fill(other?.name ?? "x"));
    case 2: // a chain, the wrong way round
      for (let n = several(random); n > 0; n--) {
        list.push(node("Relu", `chain${n}`, [n > 1 ? `chain${n - 1}` : "x"]));
      }
      return;
    case 3:
      if (Array.isArray(one.input)) one.input.push(`${other?.name}:${random.integer(0, 3)}`);
      return;
    default:
      if (one.attr?.shape?.shape) one.attr.shape.shape = { dim: [{ size: "2147483647" }] };
      else one.attr = { ...one.attr, axis: { i: random.pick(["-1", "3", "99"]) } };
  }
}

/** A change that only a layers-model, or a graph-model, knows. */
function rewired(random: Random, root: unknown): void {
  const graph = (root as Loose)?.modelTopology?.node;
  if (Array.isArray(graph) && graph.length > 0) return rewiredNodes(random, graph);
  const lists = [...listsIn(root)].filter((list) => list.length > 0);
  if (lists.length === 0) return;
  const list = random.pick(lists), layer = random.pick(list), other = random.pick(list);
  if (typeof layer !== "object" || layer === null) return;
  const manifest = (root as Loose).weightsManifest;
  const calls = (times: number) =>
    Array(times).fill([[random.pick(["in", other?.name ?? "x"]), random.integer(0, 2), 0, {}]]);
  switch (random.integer(0, 9)) {
    case 0:
      return void (layer.inbound_nodes = calls(several(random)));
    case 1: // many more of it
      for (let n = several(random); n > 0; n--) {
        list.push({ ...layer, name: `more${n}`, config: { ...layer.config, name: `more${n}` } });
      }
      return;
    case 2: // a chain, the wrong way round
      for (let n = several(random); n > 0; n--) {
        list.push(of("ReLU", `chain${n}`, {}, n > 1 ? `chain${n - 1}` : "in"));
      }
      return;
    case 3: { // a model within a model, used many times
      const uses = several(random);
      const inner = { ...functional([structuredClone(layer)], "deep", layer.name) };
      return void list.push({ ...inner, inbound_nodes: calls(uses) });
    }
    case 4:
      return void (layer.class_name = random.pick(CLASSES));
    case 5:
      list.reverse();
      return;
    case 6:
      if (layer.config) {
        layer.config.batch_input_shape = [
          null,
          random.pick([1, 6, null, 3000, 2 ** 20]),
          random.pick([1, 6, null, 3000, 2 ** 20]),
          random.pick([3, 3, 3, 1, 4]),
        ];
      }
      return;
    case 7: {
      const paths = manifest?.[0]?.paths;
      if (Array.isArray(paths)) paths.push(random.pick(["a.bin", "./a.bin", "../a.bin", "c.bin"]));
      return;
    }
    case 8: {
      const specs = manifest?.[0]?.weights;
      const spec = Array.isArray(specs) ? random.pick(specs) : undefined;
      if (typeof spec !== "object" || spec === null) return;
      if (random.next() < 0.5) {
        spec.quantization = {
          dtype: random.pick(["uint8", "uint16", "float16"]),
          min: 0,
          scale: 1,
        };
      } else specs.push({ ...spec, name: `x/${spec.name}` });
      return;
    }
    default:
      if (layer.config) {
        layer.config.activation = random.pick(["elu", "softmax", "linear", "toString", {
          config: null,
        }]);
      }
  }
}

const shardBytes = weights.reduce(
  (sum, { shape }) => sum + 4 * shape.reduce((a, b) => a * b, 1),
  0,
);

const disk = memoryDisk({
  "a.bin": new Uint8Array(100),
  "b.bin": new Uint8Array(shardBytes - 100),
  "c.bin": new Uint8Array(64),
});

const target: Target = {
  input(random) {
    const text = changedJson(random, random.pick(seeds), rewired);
    const bytes = new TextEncoder().encode(text);
    return random.next() < 0.05 ? muchDamaged(random, bytes) : bytes;
  },
  async survives(bytes) {
    await disk.ready();
    disk.files.set("model.json", bytes);
    try {
      await tfjs.load("model.json", {});
      return true;
    } catch (error) {
      return refusal(error);
    }
  },
};
export default target;
