/** Each of TensorFlow's operators that is read, in a graph of its own. */
import { bool, float, GraphModel, int, ints, text, texts, type } from "../_support/graph_model.ts";

/** A graph, from its input `x` of `[1, 6, 5, 4]` on; returns the node that is compared. */
export interface Case {
  readonly name: string;
  readonly write: (g: GraphModel) => string;
  /** Pictures between 0.3 and 1.3, not between −1 and 1. */
  readonly positive?: boolean;
  /** TensorFlow.js has no gradient of it. */
  readonly forwardOnly?: boolean;
}

const SHAPE = [6, 5, 4] as const;
const [, , CHANNELS] = SHAPE;

const same = {
  strides: ints(1, 2, 2, 1),
  padding: text("SAME"),
  data_format: text("NHWC"),
  dilations: ints(1, 1, 1, 1),
};
const valid = { strides: ints(1, 1, 1, 1), padding: text("VALID"), dilations: ints(1, 2, 1, 1) };
const pooling = { ksize: ints(1, 3, 2, 1), ...same };

/** An op on the picture alone. */
const unary = (op: string, positive = false): Case => ({
  name: op,
  positive,
  write: (g) => g.node(op, ["x"]),
});
/** On the picture and a constant, on two that follow from it, and the constant first. */
const binary = (op: string, positive = false): Case[] => [
  {
    name: `${op} with a constant`,
    positive,
    write: (g) => g.node(op, ["x", g.fresh([4], 0.5, 2)]),
  },
  {
    name: `${op} of branches`,
    positive,
    write: (g) => g.node(op, ["x", g.node("Exp", ["x"])]),
  },
];
/** A constant behind the picture's sum, as numbers. */
const constant = (name: string, write: (g: GraphModel) => string): Case => ({
  name,
  write: (g) => g.node("AddV2", ["x", g.node("Cast", [write(g)], { DstT: type("DT_FLOAT") })]),
});
const compare = (op: string) =>
  constant(op, (g) => g.node(op, [g.fresh([4]), g.constant([4], [0, 2, -2, 0])]));

/** A convolution with what is fused into it. */
const fused = (op: string, activation: string, ...further: string[]): Case => ({
  name: `${op} with ${activation}`,
  write(g) {
    const depthwise = op.includes("Depthwise");
    const kernel = depthwise ? g.fresh([3, 3, CHANNELS, 2]) : g.fresh([3, 2, CHANNELS, 8]);
    const alpha = activation === "Prelu" ? [g.fresh([8], 0.1, 0.5)] : [];
    return g.node(op, ["x", kernel, g.fresh([8]), ...alpha], {
      ...same,
      fused_ops: texts("BiasAdd", activation, ...further),
      num_args: int(1 + alpha.length),
      leakyrelu_alpha: float(0.3),
    });
  },
});
const flat = (g: GraphModel) => g.node("Reshape", ["x", g.list(1, -1)]);
const FLAT = 6 * 5 * 4;

const dense = (activation: string): Case => ({
  name: `_FusedMatMul with ${activation}`,
  write: (g) =>
    g.node("_FusedMatMul", [flat(g), g.fresh([FLAT, 7], -0.2, 0.2), g.fresh([7])], {
      fused_ops: texts("BiasAdd", activation),
      num_args: int(1),
    }),
});
const reduced = (op: string, axes: number[], keep: boolean): Case => ({
  name: `${op} over ${axes}${keep ? ", kept" : ""}`,
  write: (g) => g.node(op, ["x", g.list(...axes)], { keep_dims: bool(keep) }),
});
const resized = (op: string, corners: boolean, centers: boolean, to: number[]): Case => ({
  name: `${op} to ${to}, ${corners ? "corners" : centers ? "centers" : "plain"}`,
  write: (g) =>
    g.node(op, ["x", g.list(...to)], {
      align_corners: bool(corners),
      half_pixel_centers: bool(centers),
    }),
  forwardOnly: true,
});

const layers: Case[] = [
  {
    name: "Conv2D of stride 2",
    write: (g) => g.node("Conv2D", ["x", g.fresh([3, 2, CHANNELS, 3])], same),
  },
  {
    name: "Conv2D, dilated",
    forwardOnly: true,
    write: (g) => g.node("Conv2D", ["x", g.fresh([2, 2, CHANNELS, 3])], valid),
  },
  {
    name: "Conv2D, explicitly padded",
    write: (g) =>
      g.node("Conv2D", ["x", g.fresh([3, 3, CHANNELS, 3])], {
        strides: ints(1, 1, 1, 1),
        padding: text("EXPLICIT"),
        explicit_paddings: ints(0, 0, 1, 2, 0, 1, 0, 0),
        dilations: ints(1, 1, 1, 1),
      }),
  },
  ...["Relu", "Relu6", "Elu", "LeakyRelu", "Prelu", "Sigmoid"].map((a) => fused("_FusedConv2D", a)),
  ...["Relu", "Relu6", "Prelu"].map((a) => fused("FusedDepthwiseConv2dNative", a)),
  ...["DepthwiseConv2d", "DepthwiseConv2dNative"].map((op): Case => ({
    name: op,
    write: (g) => g.node(op, ["x", g.fresh([3, 3, CHANNELS, 2])], same),
  })),
  ...["SAME", "VALID"].map((pad): Case => ({
    name: `Conv2DBackpropInput, ${pad}`,
    write: (g) => {
      const sizes = pad === "SAME" ? [1, 12, 9, 3] : [1, 13, 11, 3];
      const attr = { strides: ints(1, 2, 2, 1), padding: text(pad) };
      const inputs = [g.list(...sizes), g.fresh([3, 3, 3, CHANNELS]), "x"];
      return g.node("Conv2DBackpropInput", inputs, attr);
    },
  })),
  ...["Relu", "Elu"].map(dense),
  {
    name: "MatMul, transposed",
    write: (g) =>
      g.node("MatMul", [flat(g), g.fresh([3, FLAT], -0.2, 0.2)], { transpose_b: bool(true) }),
  },
  ...["BatchMatMul", "BatchMatMulV2"].map((op): Case => ({
    name: op,
    write: (g) => {
      const rows = g.node("Reshape", ["x", g.list(1, 30, 4)]);
      const scores = g.node(op, [rows, rows], { adj_x: bool(true), adj_y: bool(false) });
      return g.node(op, [rows, scores], { adj_y: bool(true) });
    },
  })),
  ...["FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3"].map((op): Case => ({
    name: op,
    write: (g) =>
      g.node(op, ["x", g.fresh([4]), g.fresh([4]), g.fresh([4]), g.fresh([4], 0.5, 2)], {
        epsilon: float(0.01),
        is_training: bool(false),
      }),
  })),
  {
    name: "LRN",
    write: (g) =>
      g.node("LRN", ["x"], {
        depth_radius: int(1),
        bias: float(1.5),
        alpha: float(0.3),
        beta: float(0.6),
      }),
  },
  { name: "MaxPool", write: (g) => g.node("MaxPool", ["x"], pooling) },
  { name: "AvgPool", write: (g) => g.node("AvgPool", ["x"], pooling), forwardOnly: true },
  {
    name: "DepthToSpace",
    write: (g) => g.node("DepthToSpace", ["x"], { block_size: int(2), data_format: text("NHWC") }),
    forwardOnly: true,
  },
  ...["ResizeBilinear", "ResizeNearestNeighbor"].flatMap((op) => [
    resized(op, false, false, [12, 10]),
    resized(op, false, true, [12, 10]),
    resized(op, true, false, [11, 9]),
    resized(op, false, true, [9, 8]),
    resized(op, false, false, [9, 8]),
  ]),
];

const numbers: Case[] = [
  ...["Relu", "Relu6", "Elu", "Selu", "Sigmoid", "Tanh", "Softplus", "Erf", "Exp", "Abs", "Neg"]
    .map((op) => unary(op)),
  ...["Log", "Sqrt", "Rsqrt", "Square", "Reciprocal"].map((op) => unary(op, true)),
  ...["Softmax", "LogSoftmax"].map((op): Case => ({ name: op, write: (g) => g.node(op, ["x"]) })),
  { name: "LeakyRelu", write: (g) => g.node("LeakyRelu", ["x"], { alpha: float(0.3) }) },
  { name: "Prelu", write: (g) => g.node("Prelu", ["x", g.fresh([4], 0.1, 0.5)]) },
  {
    name: "ClipByValue",
    write: (g) => g.node("ClipByValue", ["x", g.scalar(-0.4), g.scalar(0.6)]),
  },
  ...["Add", "AddV2", "Sub", "Mul", "Maximum", "Minimum", "SquaredDifference"].flatMap((op) =>
    binary(op)
  ),
  ...["RealDiv", "Div"].flatMap((op) => binary(op, true)),
  { name: "Sub from a constant", write: (g) => g.node("Sub", [g.scalar(1), "x"]) },
  { name: "Maximum of a number and it", write: (g) => g.node("Maximum", [g.scalar(0.1), "x"]) },
  { name: "BiasAdd", write: (g) => g.node("BiasAdd", ["x", g.fresh([4])]) },
  { name: "AddN", write: (g) => g.node("AddN", ["x", g.node("Exp", ["x"]), "x"]) },
  { name: "Pow", positive: true, write: (g) => g.node("Pow", ["x", g.scalar(1.5)]) },
  ...["Mean", "Sum", "Max"].flatMap((op) => [
    reduced(op, [1, 2], false),
    reduced(op, [1, 2], true),
    reduced(op, [-1], true),
    reduced(op, [3, 1], false),
  ]),
];

const parts: Case[] = [
  { name: "Slice", write: (g) => g.node("Slice", ["x", g.list(0, 1, 0, 1), g.list(1, 3, -1, 2)]) },
  {
    name: "StridedSlice",
    forwardOnly: true,
    write: (g) =>
      g.node(
        "StridedSlice",
        ["x", g.list(0, 1, 0, -3), g.list(0, -1, 3, 0), g.list(1, 2, 1, 1)],
        { begin_mask: int(5), end_mask: int(9) },
      ),
  },
  {
    name: "StridedSlice of one row, an axis put in",
    forwardOnly: true,
    write: (g) =>
      g.node("StridedSlice", ["x", g.list(0, -1, 0), g.list(0, 0, 0), g.list(1, 1, 1)], {
        begin_mask: int(1),
        end_mask: int(1),
        shrink_axis_mask: int(2),
        new_axis_mask: int(4),
      }),
  },
  {
    name: "StridedSlice with an ellipsis",
    forwardOnly: true,
    write: (g) =>
      g.node("StridedSlice", ["x", g.list(0, 1), g.list(0, 3), g.list(1, 1)], {
        ellipsis_mask: int(1),
      }),
  },
  {
    name: "Split, of which one part is read",
    write: (g) => {
      const split = g.node("Split", [g.scalar(3, "int32"), "x"], { num_split: int(2) });
      return g.node("Neg", [`${split}:1`]);
    },
  },
  {
    name: "SplitV and ConcatV2",
    write: (g) => {
      const axis = g.scalar(1, "int32");
      const split = g.node("SplitV", ["x", g.list(1, 3, 2), axis], { num_split: int(3) });
      return g.node("ConcatV2", [`${split}:2`, split, `${split}:1`, axis], { N: int(3) });
    },
  },
  {
    name: "Unpack and Pack",
    write: (g) => {
      const parts = g.node("Unpack", ["x"], { axis: int(-1), num: int(4) });
      return g.node("Pack", [`${parts}:3`, `${parts}:1`], { axis: int(1) });
    },
  },
  {
    name: "Concat",
    write: (g) =>
      g.node("Concat", [g.scalar(3, "int32"), "x", g.node("Exp", ["x"])], { N: int(2) }),
  },
  {
    name: "Gather",
    write: (g) => g.node("Gather", [g.node("Squeeze", ["x"]), g.list(1, 3, 5)]),
  },
  {
    name: "GatherV2",
    write: (g) => g.node("GatherV2", ["x", g.list(1, 2), g.scalar(3, "int32")]),
  },
  {
    name: "Pad",
    write: (g) => g.node("Pad", ["x", g.constant([4, 2], [0, 0, 1, 2, 0, 1, 0, 0], "int32")]),
  },
  {
    name: "PadV2",
    write: (g) => {
      const pads = g.constant([4, 2], [0, 0, 1, 2, 0, 1, 1, 0], "int32");
      return g.node("PadV2", ["x", pads, g.scalar(0.7)]);
    },
  },
  { name: "Tile by ones", write: (g) => g.node("Tile", ["x", g.list(1, 1, 1, 1)]) },
];

const shapes: Case[] = [
  ...["Identity", "StopGradient", "Snapshot"].map((op) => unary(op)),
  {
    name: "IdentityN",
    write: (g) => {
      const both = g.node("IdentityN", [g.node("Exp", ["x"]), g.node("Abs", ["x"])]);
      return g.node("Sub", [both, `${both}:1`]);
    },
  },
  {
    name: "Reshape by its own Shape",
    write: (g) => {
      const shape = g.node("Shape", ["x"]);
      const [one, two] = [g.list(1), g.list(2)];
      const height = g.node("StridedSlice", [shape, one, two, one], { shrink_axis_mask: int(1) });
      const wide = g.node("Mul", [height, g.scalar(2, "int32")]);
      const wanted = g.node("Pack", [g.scalar(1, "int32"), wide, g.scalar(-1, "int32")]);
      return g.node("Reshape", ["x", wanted]);
    },
  },
  {
    name: "Transpose, ExpandDims and Squeeze",
    write: (g) => {
      const moved = g.node("Transpose", ["x", g.list(0, 3, 1, 2)]);
      const more = g.node("ExpandDims", [moved, g.scalar(-1, "int32")]);
      return g.node("Squeeze", [more], { squeeze_dims: ints(0) });
    },
  },
  constant("Rank", (g) => g.node("Rank", ["x"])),
  constant("Size", (g) => g.node("Size", ["x"])),
  constant("Fill", (g) => g.node("Fill", [g.list(5, 4), g.scalar(0.3)])),
  constant(
    "Range",
    (g) => g.node("Range", [0, 8, 2].map((n) => g.scalar(n, "int32")), { Tidx: type("DT_INT32") }),
  ),
  constant("BroadcastTo", (g) => g.node("BroadcastTo", [g.fresh([4]), g.list(6, 5, 4)])),
  constant("Tile", (g) => g.node("Tile", [g.fresh([1, 2]), g.list(5, 2)])),
  ...["Min", "Prod"].map((op) => constant(op, (g) => g.node(op, [g.fresh([5, 4]), g.list(0)]))),
  ...["Floor", "Ceil", "Round"].map((op) => constant(op, (g) => g.node(op, [g.fresh([4], -3, 3)]))),
  ...["FloorDiv", "FloorMod", "Mod"].map((op) =>
    constant(op, (g) => g.node(op, [g.list(5, 8, 9, 14), g.list(2, 3, 3, 5)]))
  ),
  ...["Equal", "Greater", "GreaterEqual", "Less", "LessEqual"].map(compare),
  ...["LogicalAnd", "LogicalOr"].map((op) =>
    constant(op, (g) => {
      const [a, b] = [[0, 1, 0, 1], [0, 0, 1, 1]].map((bits) => g.constant([4], bits, "bool"));
      return g.node(op, [a, b]);
    })
  ),
  constant("LogicalNot", (g) => g.node("LogicalNot", [g.constant([4], [0, 1, 0, 1], "bool")])),
  ...["Select", "SelectV2"].map((op) =>
    constant(
      op,
      (g) => g.node(op, [g.constant([4], [0, 1, 0, 1], "bool"), g.fresh([4]), g.fresh([4])]),
    )
  ),
];

export const cases: readonly Case[] = [...layers, ...numbers, ...parts, ...shapes];

/** The graph of a case; its output is scaled, so that no softmax is at its end. */
export function graphOf({ write }: Case): { readonly g: GraphModel; readonly output: string } {
  const g = new GraphModel([-1, ...SHAPE]), end = write(g);
  return { g, output: g.node("Mul", [end, g.scalar(1.5)], {}, "end") };
}
