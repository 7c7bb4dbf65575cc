/** ONNX models: messages changed by their own grammar, written anew. */
import { toBinary } from "../../deps/protobuf.ts";
import {
  type AttributeProto,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
} from "../../deps/onnx_buf.ts";
import type { Random } from "../../core/random.ts";
import { onnx } from "../../models/onnx/mod.ts";
import { converters } from "../../models/onnx/ops/mod.ts";
import { folds } from "../../models/onnx/fold.ts";
import { looksLikeOnnx } from "../../models/onnx/recognize.ts";
import { onnxMessage, type OnnxModel, type OnnxNode, some, Type } from "../_support/onnx.ts";
import { muchDamaged } from "./_bytes.ts";
import { memoryDisk } from "./_disk.ts";
import { several } from "./_json.ts";
import { refusal, type Target } from "./_target.ts";

const node = (
  op: string,
  inputs: string,
  output: string,
  attrs: OnnxNode["attrs"] = {},
): OnnxNode => ({
  op,
  name: `/block/${output}/${op}`,
  inputs: inputs.split(" "),
  outputs: output.split(" "),
  attrs,
});
const weight = (name: string, ...shape: number[]) => ({ name, shape, data: some(...shape) });
const list = (name: string, ...data: number[]) => ({
  name,
  shape: [data.length],
  type: Type.INT64,
  data,
});

const wide = weight("wide", 160, 30);

/**
 * Whole models: a classifier, a picture taken apart and put together, tokens, numbers worked out, and
 * numbers that are so many that they are left in the file.
 */
const seeds: readonly OnnxModel[] = [
  {
    nodes: [
      node("Conv", "x w b", "c", { strides: [2, 2], pads: [1, 1, 1, 1], group: 1 }),
      node("BatchNormalization", "c s s s v", "n", { epsilon: { float: 1e-3 } }),
      node("Relu", "n", "r"),
      node("MaxPool", "r", "m", { kernel_shape: [2, 2], strides: [2, 2], ceil_mode: 1 }),
      node("Flatten", "m", "f", { axis: 1 }),
      node("Gemm", "f fc", "g", { transB: 1 }),
      node("Softmax", "g", "y", { axis: 1 }),
    ],
    weights: [
      weight("w", 4, 3, 3, 3),
      ...["b", "s", "v"].map((name) => weight(name, 4)),
      weight("fc", 5, 16),
    ],
  },
  {
    nodes: [
      node("Split", "x parts", "a b", { axis: 1 }),
      node("Slice", "a from to axes steps", "s"),
      node("Pad", "s pads", "p"),
      node("Resize", "b  scales", "u", { mode: "nearest" }),
      node("Concat", "p b", "c", { axis: 1 }),
      node("Transpose", "c", "t", { perm: [0, 2, 3, 1] }),
      node("ReduceMean", "t", "q", { axes: [1, 2], keepdims: 0 }),
      node("Mul", "q k", "y"),
    ],
    weights: [
      list("parts", 1, 2),
      list("from", 0, -4),
      list("to", 8, 100),
      list("axes", 2, 3),
      list("steps", 2, 1),
      list("pads", 0, 0, 2, 1, 0, 0, 2, 3),
      weight("k", 1, 3),
      { name: "scales", shape: [4], data: [1, 1, 2, 2] },
    ],
  },
  {
    nodes: [
      node("Shape", "x", "sh"),
      node("Gather", "sh zero", "n", { axis: 0 }),
      node("Unsqueeze", "n zero1", "n1"),
      node("Concat", "n1 rest", "to", { axis: 0 }),
      node("Reshape", "x to", "r"),
      node("Transpose", "r", "t", { perm: [0, 2, 1] }),
      node("MatMul", "t wq", "q"),
      node("Transpose", "q", "qt", { perm: [0, 2, 1] }),
      node("MatMul", "q qt", "a"),
      node("Softmax", "a", "sm", { axis: -1 }),
      node("MatMul", "sm q", "v"),
      node("Add", "v bias", "vb"),
      node("ConstantOfShape", "rest", "co"),
      node("ReduceMax", "vb", "y", { axes: [1], keepdims: 0 }),
    ],
    weights: [
      { name: "zero", shape: [], type: Type.INT64, data: [0] },
      list("zero1", 0),
      list("rest", 3, -1),
      weight("wq", 3, 4),
      weight("bias", 4),
    ],
    inputs: { x: ["n", 3, "h", "w"] },
  },
  {
    nodes: [
      { ...node("Constant", "", "wide"), inputs: [], attrs: { value: { tensor: wide } } },
      node("Conv", "x long", "c", { pads: [1, 1, 1, 1] }),
      node("GlobalAveragePool", "c", "p"),
      node("Flatten", "p", "f", { axis: 1 }),
      node("Identity", "wide", "same"),
      node("Gemm", "f same", "g"),
      node("MatMul", "g last", "m"),
      node("Add", "m shift", "y"),
    ],
    weights: [
      weight("long", 160, 3, 3, 3),
      { name: "last", shape: [30, 300], type: Type.FLOAT16, raw: new Uint8Array(18_000) },
      weight("shift", 1, 300),
    ],
  },
];

const OPS = [...new Set([...converters.keys(), ...folds.keys()]), "Loop", "toString"];
const SIZES = [0, 1, 1, 2, 3, 4, 8, -1, -2, 7, 64, 4096, 2 ** 20, 2 ** 31, 2 ** 53, -(2 ** 31)];
const ODD = ["", "\x1b[2J", "\ud800", "toString", "__proto__", "input", "logits", "x".repeat(2000)];

/** A change that only a model knows. */
function changed(random: Random, model: ModelProto): void {
  const graph = model.graph!, { node: nodes, initializer: weights } = graph;
  if (nodes.length === 0) return;
  const one = () => random.pick(nodes);
  const values = () => [
    "x",
    ...weights.map(({ name }) => name),
    ...nodes.flatMap(({ output }) => output),
  ];
  const size = () => BigInt(random.pick(SIZES));
  switch (random.integer(0, 15)) {
    case 0:
      return void (one().opType = random.pick(OPS));
    case 1: { // reads something else
      const { input } = one();
      if (input.length) input[random.integer(0, input.length - 1)] = random.pick(values());
      return;
    }
    case 2:
      return void one().input.push(random.pick([...values(), ""]));
    case 3:
      return void one().input.pop();
    case 4:
    case 5:
      return changeAttribute(random, one());
    case 6: { // another shape than its numbers have
      if (weights.length === 0) return;
      const { dims } = random.pick(weights);
      if (random.next() < 0.3) dims.push(size());
      else if (dims.length) dims[random.integer(0, dims.length - 1)] = size();
      return;
    }
    case 7: { // other numbers in a list of sizes
      const lists = weights.filter(({ int64Data }) => int64Data.length > 0);
      if (lists.length === 0) return;
      const { int64Data } = random.pick(lists);
      int64Data[random.integer(0, int64Data.length - 1)] = size();
      return;
    }
    case 8: { // many more of it
      const like = one();
      let from = like.output[0];
      for (let n = several(random); n > 0; n--) {
        const output = `more${n}`;
        nodes.push({ ...like, input: [from, ...like.input.slice(1)], output: [output] });
        from = output;
      }
      graph.output[0].name = from;
      return;
    }
    case 9:
      return void nodes.reverse();
    case 10:
      return void nodes.splice(random.integer(0, nodes.length - 1), 1);
    case 11: {
      const dims = graph.input[0]?.type?.value;
      if (dims?.case !== "tensorType") return;
      const all = dims.value.shape?.dim ?? [];
      if (all.length) random.pick(all).value = { case: "dimValue", value: size() };
      return;
    }
    case 12: { // numbers of another type, or elsewhere
      if (weights.length === 0) return;
      const tensor = random.pick(weights);
      tensor.dataType = random.integer(0, 24);
      if (random.next() < 0.3) tensor.rawData = new Uint8Array(random.integer(0, 64));
      return;
    }
    case 13: {
      if (weights.length === 0) return;
      const tensor = random.pick(weights);
      tensor.dataLocation = 1;
      const entry = (key: string, value: string) =>
        ({ $typeName: "onnx.StringStringEntryProto", key, value }) as const;
      tensor.externalData = [
        entry("location", random.pick(["a.bin", "../a.bin", "b.bin", ...ODD])),
        entry("offset", `${random.pick(SIZES)}`),
      ];
      return;
    }
    case 14:
      return void (one().name = random.pick(ODD));
    default: {
      const { output } = one();
      if (output.length) output[0] = random.pick([...values(), ...ODD]);
    }
  }
}

function changeAttribute(random: Random, { attribute }: NodeProto): void {
  if (attribute.length === 0) return;
  const one: AttributeProto = random.pick(attribute);
  const size = () => BigInt(random.pick(SIZES));
  switch (random.integer(0, 4)) {
    case 0:
      one.i = size();
      return;
    case 1:
      if (one.ints.length) one.ints[random.integer(0, one.ints.length - 1)] = size();
      return;
    case 2:
      return void one.ints.push(size());
    case 3:
      one.type = random.integer(0, 14);
      return;
    default:
      one.f = random.pick([0, -1, NaN, Infinity, 1e30]);
      one.s = new TextEncoder().encode(random.pick(["SAME_UPPER", "SAME_LOWER", "linear", ...ODD]));
  }
}

const disk = memoryDisk({ "a.bin": new Uint8Array(600) });

const target: Target = {
  input(random) {
    const model = onnxMessage(random.pick(seeds));
    for (let n = random.integer(1, 3); n > 0; n--) changed(random, model);
    const bytes = toBinary(ModelProtoSchema, model);
    return random.next() < 0.1 ? muchDamaged(random, bytes) : bytes;
  },
  async survives(bytes) {
    await disk.ready();
    disk.files.set("model.onnx", bytes);
    try {
      looksLikeOnnx(bytes.subarray(0, 4096), bytes.length, false);
      await onnx.load("model.onnx", {});
      return true;
    } catch (error) {
      return refusal(error);
    }
  },
};
export default target;
