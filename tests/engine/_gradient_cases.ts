/** A function of tensors for each kernel that has a gradient, and its gradient by the tape in use. */
import * as tf from "../../deps/tfjs.ts";

/** Numbers that a case starts from. */
interface Input {
  readonly shape: number[];
  readonly values: Float32Array;
}

export interface Case {
  /** Kernel whose gradient it is about. */
  readonly kernel: string;
  /** The kernel, and what is particular. */
  readonly name: string;
  readonly inputs: readonly Input[];
  readonly f: (...inputs: tf.Tensor[]) => tf.Tensor;
  /** Why all of TensorFlow.js is not asked: it has no such gradient, or another one. */
  readonly alone?: string;
}

/** Numbers in an interval, the same each time, none twice, and none near 0, where many have corners. */
function* numbers(seed: number, min: number, max: number): Generator<number, never> {
  for (let i = 1;; i++) {
    const value = min + (max - min) * ((seed * 0.327 + i * 0.6180339887498949) % 1);
    if (Math.abs(value) > 0.02) yield value;
  }
}

const sized = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** Input numbers between two bounds. */
function at(shape: number[], min = -2, max = 2, seed = sized(shape)): Input {
  const source = numbers(seed, min, max);
  return { shape, values: Float32Array.from({ length: sized(shape) }, () => source.next().value) };
}

const all: Case[] = [];
const names = new Map<string, number>();

type Fn = Case["f"];

function add(kernel: string, inputs: readonly Input[], f: Fn, alone?: string): void {
  const count = (names.get(kernel) ?? 0) + 1;
  names.set(kernel, count);
  all.push({ kernel, name: `${kernel} ${count}`, inputs, f, alone });
}

const NONE = "it has none", FAILS = "it fails";

// arithmetic: as large as each other, and each broadcast
const pairs = (min: number, max: number) => [
  [at([2, 3], min, max, 1), at([2, 3], min, max, 2)],
  [at([2, 3], min, max, 3), at([3], min, max, 4)],
  [at([1, 3], min, max, 5), at([4, 2, 1], min, max, 6)],
  [at([], min, max, 7), at([2, 2], min, max, 8)],
];
type Two = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;
const binary: [string, Two, number, number, string?][] = [
  [tf.Add, tf.add, -2, 2],
  [tf.Sub, tf.sub, -2, 2],
  [tf.Multiply, tf.mul, -2, 2],
  [tf.RealDiv, tf.div, 0.5, 2],
  [tf.RealDiv, tf.div, -2, -0.5],
  [tf.SquaredDifference, tf.squaredDifference, -2, 2],
  [tf.Maximum, tf.maximum, -2, 2],
  [tf.Minimum, tf.minimum, -2, 2],
  [tf.Mod, tf.mod, 0.55, 3],
  [tf.Atan2, tf.atan2, -2, 2],
  [tf.Pow, tf.pow, 0.5, 2],
  [tf.FloorDiv, tf.floorDiv, 0.6, 3, "it takes the slope of a plain division"],
  ...[tf.equal, tf.notEqual, tf.greater, tf.greaterEqual, tf.less, tf.lessEqual].map((
    f,
    i,
  ): [string, Two, number, number, string] => [
    [tf.Equal, tf.NotEqual, tf.Greater, tf.GreaterEqual, tf.Less, tf.LessEqual][i],
    (a, b) => tf.mul(tf.cast(f(a, b), "float32"), a),
    -2,
    2,
    NONE,
  ]),
];
const unbroadcast = [tf.SquaredDifference, tf.Maximum, tf.Minimum];
for (const [kernel, f, min, max, alone] of binary) {
  pairs(min, max).forEach((inputs, i) => {
    const fails = i > 0 && unbroadcast.includes(kernel) ? FAILS : undefined;
    add(kernel, inputs, f as Fn, alone ?? fails);
  });
}
add(tf.Pow, [at([7])], (x) => tf.pow(x, 2));
add(tf.Pow, [at([7])], (x) => tf.pow(x, 3));
add(tf.AddN, [at([3]), at([3], 0, 1), at([3], 1, 2)], (...x) => tf.addN(x));
add(tf.Multiply, [at([5])], (x) => tf.mul(x, x));
for (const [kernel, f] of [[tf.LogicalAnd, tf.logicalAnd], [tf.LogicalOr, tf.logicalOr]] as const) {
  add(
    kernel,
    [at([9])],
    (x) => tf.mul(x, tf.cast(f(tf.greater(x, -1), tf.less(x, 1)), "float32")),
    NONE,
  );
}

// functions of one number
type One = (x: tf.Tensor) => tf.Tensor;
const unary: [string, One, number?, number?, string?][] = [
  [tf.Identity, tf.clone],
  [tf.Neg, tf.neg],
  [tf.Abs, tf.abs],
  [tf.Square, tf.square],
  [tf.Sqrt, tf.sqrt, 0.5, 3],
  [tf.Rsqrt, tf.rsqrt, 0.5, 3],
  [tf.Reciprocal, tf.reciprocal, -3, -0.5],
  [tf.ClipByValue, (x) => tf.clipByValue(x, -0.7, 1.1)],
  [tf.Exp, tf.exp],
  [tf.Expm1, tf.expm1],
  [tf.Log, tf.log, 0.5, 4],
  [tf.Log1p, tf.log1p, -0.5, 3],
  [tf.Erf, tf.erf],
  [tf.Sin, tf.sin],
  [tf.Cos, tf.cos],
  [tf.Tan, tf.tan, -1, 1],
  [tf.Asin, tf.asin, -0.8, 0.8],
  [tf.Acos, tf.acos, -0.8, 0.8],
  [tf.Atan, tf.atan],
  [tf.Sinh, tf.sinh],
  [tf.Cosh, tf.cosh],
  [tf.Tanh, tf.tanh],
  [tf.Asinh, tf.asinh],
  [tf.Acosh, tf.acosh, 1.3, 4],
  [tf.Atanh, tf.atanh, -0.8, 0.8],
  [tf.Relu, tf.relu],
  [tf.Relu6, tf.relu6, -3, 9],
  [tf.LeakyRelu, (x) => tf.leakyRelu(x, 0.3)],
  [tf.Elu, tf.elu],
  [tf.Selu, tf.selu],
  [tf.Sigmoid, tf.sigmoid],
  [tf.Softplus, tf.softplus],
  [tf.Sign, tf.sign],
  [tf.Step, (x) => tf.step(x, 0.2)],
  [tf.Floor, tf.floor],
  [tf.Ceil, tf.ceil],
  [tf.Round, tf.round],
  [tf.ZerosLike, tf.zerosLike],
  [tf.OnesLike, tf.onesLike],
  [tf.Cast, (x) => tf.cast(x, "int32"), -5, 5, "it takes a slope of 1"],
  ...[tf.isNaN, tf.isInf, tf.isFinite].map((f, i): [string, One, number, number, string] => [
    [tf.IsNan, tf.IsInf, tf.IsFinite][i],
    (x) => tf.mul(x, tf.cast(f(x), "float32")),
    -2,
    2,
    FAILS,
  ]),
  [
    tf.LogicalNot,
    (x) => tf.mul(x, tf.cast(tf.logicalNot(tf.greater(x, 0)), "float32")),
    -2,
    2,
    NONE,
  ],
];
for (const [kernel, f, min, max, alone] of unary) add(kernel, [at([3, 5], min, max)], f, alone);
add(tf.Prelu, [at([2, 3, 4]), at([4], 0.1, 0.5)], tf.prelu as Fn);
add(tf.Prelu, [at([2, 3, 4]), at([3, 1], -0.5, 0.5)], tf.prelu as Fn);
add(tf.Softmax, [at([3, 5])], (x) => tf.softmax(x));
add(tf.Softmax, [at([2, 2, 3])], (x) => tf.log(tf.softmax(x)));
add(tf.OneHot, [at([4], 0.2, 2.8)], (x) => tf.oneHot(tf.cast(x, "int32"), 3), NONE);

// reductions: all, one axis from the end, several, kept
const axes: [number | number[] | undefined, boolean][] = [
  [undefined, false],
  [-1, false],
  [0, true],
  [[0, 2], false],
  [[2, 1], true],
];
for (const [axis, keep] of axes) {
  const x = at([2, 3, 4]);
  add(tf.Sum, [x], (x) => tf.sum(x, axis, keep));
  add(tf.Mean, [x], (x) => tf.mean(x, axis, keep));
  add(tf.Max, [x], (x) => tf.max(x, axis, keep));
  add(tf.Min, [x], (x) => tf.min(x, axis, keep));
  add(tf.Prod, [at([2, 3, 2])], (x) => tf.prod(x, axis, keep), axis === -1 ? FAILS : undefined);
  add(tf.Exp, [x], (x) => tf.logSumExp(x, axis, keep));
  const large = (x: tf.Tensor) => tf.greater(x, 0);
  const scored = (x: tf.Tensor, found: tf.Tensor) => tf.mul(tf.cast(found, "float32"), tf.sum(x));
  add(tf.All, [x], (x) => scored(x, tf.all(large(x), axis, keep)), NONE);
  add(tf.Any, [x], (x) => scored(x, tf.any(large(x), axis, keep)), NONE);
}
const withZeros = { shape: [3, 3], values: Float32Array.of(1, 2, 3, 0, 2, 3, 0, 0, 3) };
add(tf.Prod, [withZeros], (x) => tf.prod(x, 1));
add(tf.Sum, [at([2, 3])], (x) => tf.norm(x));
add(tf.Sum, [at([2, 3, 4])], (x) => tf.norm(x, 1, 2));
for (const [kernel, f] of [[tf.ArgMax, tf.argMax], [tf.ArgMin, tf.argMin]] as const) {
  add(kernel, [at([3, 4])], (x) => tf.mul(tf.cast(f(x, 1), "float32"), tf.sum(x, 1)), FAILS);
}
add(tf.TopK, [at([3, 6])], (x) => tf.topk(x, 3).values, NONE);
for (const [exclusive, reverse] of [[false, false], [true, false], [false, true], [true, true]]) {
  add(tf.Cumsum, [at([2, 3, 4])], (x) => tf.cumsum(x, 1, exclusive, reverse), FAILS);
  add(tf.Cumsum, [at([2, 3])], (x) => tf.cumsum(x, 1, exclusive, reverse));
}
add(tf.Cumsum, [at([2, 5])], (x) => tf.cumsum(x, 1));
for (const [a, b] of [[false, false], [true, false], [false, true], [true, true]]) {
  const left = a ? [3, 2] : [2, 3], right = b ? [4, 3] : [3, 4];
  add(tf.BatchMatMul, [at(left), at(right)], (x, y) => tf.matMul(x, y, a, b));
  add(tf.BatchMatMul, [at([2, ...left]), at([2, ...right])], (x, y) => tf.matMul(x, y, a, b));
  add(
    tf.BatchMatMul,
    [at([2, ...left]), at(right)],
    (x, y) => tf.matMul(x, tf.expandDims(y), a, b),
    FAILS,
  );
}
add(tf.BatchMatMul, [at([1, 2, 2, 3])], (x) => { // a Gram matrix
  const rows = tf.reshape(x, [4, 3]);
  return tf.div(tf.matMul(rows, rows, true), 4);
});
add(
  tf.BatchMatMul,
  [at([2, 3]), at([3, 4]), at([4])],
  (a, b, bias) =>
    tf.fused.matMul({ a: a as tf.Tensor2D, b: b as tf.Tensor2D, bias, activation: "relu" }),
);

// shape
add(tf.Reshape, [at([2, 6])], (x) => tf.reshape(x, [3, 4]));
add(tf.Reshape, [at([2, 1, 3])], (x) => tf.squeeze(x));
add(tf.ExpandDims, [at([2, 3])], (x) => tf.expandDims(x, 1));
add(tf.Transpose, [at([2, 3, 4])], (x) => tf.transpose(x, [2, 0, 1]));
add(tf.Reverse, [at([2, 3, 4])], (x) => tf.reverse(x, [0, 2]));
add(tf.Reverse, [at([2, 3, 4])], (x) => tf.reverse(x, -2));
for (const axis of [0, 1, -1]) {
  const other = [2, 3, 4].map((n, i) => i === (axis + 3) % 3 ? 2 * n : n);
  add(tf.Concat, [at([2, 3, 4]), at(other)], (x, y) => tf.concat([x, y, x], axis));
  add(tf.Pack, [at([2, 3]), at([2, 3], 0, 1)], (x, y) => tf.stack([x, y, x], axis));
  add(tf.SplitV, [at([2, 4, 6])], (x) => {
    const [first, second] = tf.split(x, 2, axis);
    return tf.mul(first, tf.square(second));
  });
  add(tf.Unpack, [at([3, 3, 4])], (x) => {
    const [first, , third] = tf.unstack(x, axis);
    return tf.mul(first, third);
  });
}
add(tf.SplitV, [at([2, 6])], (x) => tf.split(x, [1, 2, 3], 1)[2]);
add(tf.Slice, [at([3, 4, 2])], (x) => tf.slice(x, [1, 0, 1], [2, 3, 1]));
add(tf.Slice, [at([5])], (x) => tf.slice(x, 2));
add(tf.Slice, [at([3, 4])], (x) => tf.slice(x, [1, 1], [-1, 2]));
const strided: [number[], number[], number[], number?, number?, number?][] = [
  [[0, 1], [4, 5], [2, 2]],
  [[3, 4], [0, 1], [-1, -2]],
  [[0, 0], [0, 0], [1, 3], 3, 3],
  [[1, 0], [2, 5], [1, 1], 0, 0],
];
for (const [begin, end, strides, ...masks] of strided) {
  add(
    tf.StridedSlice,
    [at([4, 5])],
    (x) => tf.stridedSlice(x, begin, end, strides, ...masks),
    NONE,
  );
}
add(
  tf.StridedSlice,
  [at([4, 5])],
  (x) => tf.stridedSlice(x, [2, 1], [3, 4], [1, 1], 0, 0, 0, 0, 1),
  NONE,
);
add(
  tf.StridedSlice,
  [at([4, 5])],
  (x) => tf.stridedSlice(x, [0, 0, 1], [4, 1, 5], [2, 1, 2], 0, 0, 0, 2),
  NONE,
);
add(
  tf.StridedSlice,
  [at([1, 5])], // an axis of one place
  (x) => tf.stridedSlice(x, [0, 1], [1, 4], [1, 1]),
  NONE,
);
const few = () => tf.tensor1d([2, 0, 2, 1], "int32");
for (const axis of [0, 1, 2]) add(tf.GatherV2, [at([3, 4, 3])], (x) => tf.gather(x, few(), axis));
add(tf.GatherV2, [at([3, 4])], (x) => tf.gather(x, tf.tensor2d([[2, 0], [2, 1]], [2, 2], "int32")));
const each = () => tf.tensor2d([[2, 0], [2, 2]], [2, 2], "int32");
add(tf.GatherV2, [at([2, 3, 4])], (x) => tf.gather(x, each(), 1, 1));
add(tf.GatherV2, [at([2, 2, 3])], (x) => tf.gather(x, each(), 2, 1), FAILS);
add(tf.GatherV2, [at([3])], (x) => tf.gather(x, tf.argMax(x)), FAILS);
const corners = () => tf.tensor2d([[2, 0], [1, 1], [2, 0]], [3, 2], "int32");
add(tf.GatherNd, [at([3, 2, 2])], (x) => tf.gatherND(x, corners()), NONE);
add(tf.ScatterNd, [at([3, 2])], (x) => tf.scatterND(corners(), x, [3, 2, 2]), NONE);
const chosen = () => tf.tensor2d([1, 0, 0, 1, 1, 0], [2, 3], "bool");
add(tf.Select, [at([2, 3]), at([2, 3], 0, 1)], (x, y) => tf.where(chosen(), x, y));
add(tf.Select, [at([2, 3]), at([], 0, 1)], (x, y) => tf.where(chosen(), x, y));
add(tf.Select, [at([2, 3])], (x) => tf.where(tf.greater(x, 0), x, tf.mul(x, 0.2)), NONE);
add(tf.Tile, [at([2, 3])], (x) => tf.tile(x, [3, 2]));
add(tf.Tile, [at([2, 1, 2])], (x) => tf.tile(x, [1, 4, 3]));
add(tf.Tile, [at([3, 1])], (x) => tf.broadcastTo(x, [2, 3, 4]));
add(tf.PadV2, [at([2, 3])], (x) => tf.pad(x, [[1, 0], [2, 3]], 0.5));
const WRONG = "it leaves out what is mirrored";
for (const mode of ["reflect", "symmetric"] as const) {
  add(tf.MirrorPad, [at([3, 4])], (x) => tf.mirrorPad(x, [[2, 1], [0, 3]], mode), WRONG);
  add(
    tf.MirrorPad,
    [at([1, 3, 4, 2])],
    (x) => tf.mirrorPad(x, [[0, 0], [1, 2], [2, 2], [0, 0]], mode),
    WRONG,
  );
}

// pictures
type Picture = tf.Tensor4D;
type Pad = "same" | "valid" | [[0, 0], [number, number], [number, number], [0, 0]];
const convolutions: [number | [number, number], Pad, number][] = [
  [1, "same", 1],
  [2, "same", 1],
  [[2, 3], "valid", 1],
  [2, [[0, 0], [1, 2], [0, 1], [0, 0]], 1],
  [1, "same", 2],
  [1, "valid", 3],
];
for (const [strides, pad, dilation] of convolutions) {
  const filter = at([3, 2, 2, 3], -1, 1);
  const kernel = () => tf.tensor4d(filter.values, filter.shape as [number, number, number, number]);
  const alone = dilation > 1 ? FAILS : undefined;
  const x = at([2, 7, 8, 2]);
  add(
    tf.Conv2D,
    [x],
    (x) => tf.conv2d(x as Picture, kernel(), strides, pad, "NHWC", dilation),
    alone,
  );
  add(
    tf.DepthwiseConv2dNative,
    [x],
    (x) => tf.depthwiseConv2d(x as Picture, kernel(), strides, pad, "NHWC", dilation),
    alone,
  );
}
const turned = at([3, 3, 2, 4], -1, 1);
add(
  tf.Conv2DBackpropInput,
  [at([1, 3, 4, 4])],
  (x) =>
    tf.conv2dTranspose(
      x as Picture,
      tf.tensor4d(turned.values, [3, 3, 2, 4]),
      [1, 6, 8, 2],
      2,
      "same",
    ),
);
for (const [size, strides, pad] of [[2, 2, "valid"], [3, 2, "same"], [3, 1, 1]] as const) {
  const x = at([2, 6, 7, 2]);
  const alone = pad === "valid" ? undefined : "it counts the padding";
  add(tf.AvgPool, [x], (x) => tf.avgPool(x as Picture, size, strides, pad), alone);
  add(tf.MaxPool, [x], (x) => tf.maxPool(x as Picture, size, strides, pad));
}
for (const [corners, half] of [[false, false], [true, false], [false, true]]) {
  for (const size of [[7, 5], [2, 3]] as [number, number][]) {
    const x = [at([2, 4, 4, 2])];
    add(
      tf.ResizeBilinear,
      x,
      (x) => tf.image.resizeBilinear(x as Picture, size, corners, half),
      half ? "its kernels for the gradient know no half pixels" : undefined,
    );
    add(
      tf.ResizeNearestNeighbor,
      x,
      (x) => tf.image.resizeNearestNeighbor(x as Picture, size, corners, half),
      "its cpu kernel for the gradient is wrong",
    );
  }
}
add(tf.LRN, [at([1, 2, 2, 5])], (x) => tf.localResponseNormalization(x as Picture, 2, 1, 0.7, 0.6));
const channels = () => at([3], 0.5, 2);
add(
  tf.FusedBatchNorm,
  [at([2, 2, 2, 3]), at([3]), channels(), at([3], 1, 2), at([3], -1, 1)],
  (x, mean, variance, scale, offset) =>
    tf.batchNorm(x, mean, variance, offset, scale, 1e-2) as tf.Tensor,
);
add(tf.SpaceToBatchND, [at([1, 4, 5, 2])], (x) => tf.spaceToBatchND(x, [2, 3], [[0, 0], [0, 1]]));
add(tf.BatchToSpaceND, [at([6, 2, 2, 1])], (x) => tf.batchToSpaceND(x, [2, 3], [[0, 1], [1, 0]]));
add(tf.DepthToSpace, [at([1, 2, 3, 8])], (x) => tf.depthToSpace(x as Picture, 2), NONE);

export const cases: readonly Case[] = all;

/** Kernels of convolutions have gradients only where a backend has a kernel for them. */
const filters: readonly [string, number[], Two][] = [
  [tf.Conv2D, [1, 5, 6, 2], (x, k) => tf.conv2d(x as Picture, k as Picture, 2, "same")],
  [
    tf.DepthwiseConv2dNative,
    [1, 5, 6, 2],
    (x, k) => tf.depthwiseConv2d(x as Picture, k as Picture, 1, "same"),
  ],
  [
    tf.Conv2DBackpropInput,
    [1, 3, 4, 3],
    (x, k) => tf.conv2dTranspose(x as Picture, k as Picture, [1, 5, 7, 2], 2, "same"),
  ],
];
export const filterCases: readonly Case[] = filters.map(([kernel, shape, f]) => ({
  kernel,
  name: `the filter of ${kernel}`,
  inputs: [at(shape), at([3, 3, 2, 3], -1, 1)],
  f: f as Fn,
}));

/** Weights of a case's outputs in the scalar that is differentiated. */
const weightsOf = (count: number) => at([count], 0.5, 1.5, 11).values;

/** The gradient at each input, one after the other. */
export async function gradientsOf({ inputs, f }: Case): Promise<Float32Array> {
  const xs = inputs.map(({ shape, values }) => tf.tensor(values, shape));
  const grads = tf.tidy(() =>
    tf.grads((...xs: tf.Tensor[]) => {
      const y = tf.reshape(tf.cast(f(...xs), "float32"), [-1]);
      return tf.sum(tf.mul(y, tf.tensor1d(weightsOf(y.size))));
    })(xs)
  );
  const found: number[] = [];
  for (const g of grads) found.push(...await g.data());
  tf.dispose([xs, grads]);
  return Float32Array.from(found);
}

/** The same by central differences. */
export function differencesOf({ inputs, f }: Case, step = 5e-3): Float32Array {
  const score = (moved: readonly Float32Array[]) =>
    tf.tidy(() => {
      const y = f(...moved.map((values, i) => tf.tensor(values, inputs[i].shape))).dataSync();
      const weights = weightsOf(y.length);
      return [...y].reduce((sum, value, i) => sum + value * weights[i], 0);
    });
  const found = inputs.map(({ values }, which) =>
    [...values].map((value, i) => {
      const [above, below] = [step, -step].map((by) => {
        const moved = inputs.map(({ values }) => values.slice());
        moved[which][i] = value + by;
        return { score: score(moved), value: moved[which][i] };
      });
      return (above.score - below.score) / (above.value - below.value);
    })
  );
  return Float32Array.from(found.flat());
}
