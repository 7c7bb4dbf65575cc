/** The kernels from TensorFlow.js's own operations, arranged so that they are right on "cpu". */
import * as tf from "../../deps/tfjs.ts";
import type { Kernels } from "./kernels.ts";
import { arrange, type ConvSpec } from "./conv.ts";
import { checkCutOut, pixelsOf, windowsShape } from "./_cut_out.ts";
import { grouped, stacked } from "./_groups.ts";
import { opDepthwise } from "./_ops_depthwise.ts";
import { opSmooth } from "./_ops_smooth.ts";
import { exactPadding, type Padding, type PoolSpec, windowCounts } from "./pool.ts";
import {
  checkConv,
  checkDense,
  checkDepthToSpace,
  checkFloat,
  checkPooled,
  checkSame,
  checkScatter,
} from "./_tensors.ts";

type ExplicitPadding = [[0, 0], [number, number], [number, number], [0, 0]];

/** Kernels on any backend whose MaxPoolGrad and AvgPoolGrad are right, as on "cpu". */
export const opKernels: Kernels = {
  name: "tensorflow.js",
  ...opSmooth,
  ...opDepthwise((x, strides) => {
    const [, h, w] = x.shape;
    const shape: [number, number] = [(h - 1) * strides[0] + 1, (w - 1) * strides[1] + 1];
    return opKernels.scatter(x, shape, [...strides]);
  }),

  convWay: () => "direct",

  convKernel(source, options = {}) {
    const { arrangement, groups = 1 } = options;
    if (groups > 1) return stacked(opKernels.convKernel, source, options);
    if (!arrangement) return tf.tensor(source, [...source.shape]);
    const numbers = new Float32Array(arrangement.shape.reduce((a, b) => a * b));
    arrange(source, arrangement, arrangement.shape[3], numbers);
    return tf.tensor(numbers, [...arrangement.shape]);
  },

  conv2d: grouped((x, kernel, spec, bias, activation) => {
    checkConv(x, spec);
    const strides: [number, number] = [...spec.strides],
      dilations: [number, number] = [
        ...spec.dilations,
      ];
    return tf.tidy(() => {
      const { image, pad } = cut(x, spec);
      const filter = kernel as tf.Tensor4D;
      return tf.fused.conv2d({ x: image, filter, strides, dilations, pad, bias, activation });
    });
  }),

  dense(x, matrix, bias, activation) {
    checkDense(x, matrix, 0);
    const y = tf.fused.matMul({ a: x, b: matrix, bias, activation: activation ?? "linear" });
    return y as tf.Tensor2D;
  },

  denseGrad(dy, matrix) {
    checkDense(dy, matrix, 1);
    // (matrix · dyᵀ)ᵀ is fast where a product with a transposed matrix is not.
    return tf.tidy(() => tf.transpose(tf.matMul(matrix, tf.transpose(dy))));
  },

  reluGrad(dy, y) {
    checkSame(dy, y);
    // Not dy · step(y): 0 · ∞ is not 0.
    return tf.tidy(() => tf.where(tf.greater(y, 0), dy, tf.zerosLike(dy)));
  },

  add(a, b) {
    checkSame(a, b);
    return tf.add(a, b);
  },

  clipGrad(dy, y, low, high) {
    checkSame(dy, y);
    return tf.tidy(() => {
      const inside = tf.logicalAnd(tf.greater(y, low), tf.less(y, high));
      return tf.where(inside, dy, tf.zerosLike(dy));
    });
  },

  addRelu(a, b) {
    checkSame(a, b);
    return tf.tidy(() => tf.relu(tf.add(a, b)));
  },

  affine: (x, slope, shift, activation) =>
    tf.tidy(() => {
      const scaled = tf.mul(x, slope), y = shift ? tf.add(scaled, shift) : scaled;
      return activation ? tf[activation](y) : y;
    }),

  concat: (parts) => tf.concat([...parts], -1),
  split: (x, sizes) => tf.split(x, [...sizes], -1),

  scatter(z, shape, stride, into) {
    checkScatter(z, shape, stride, into);
    const [batch, h, w, channels] = z.shape;
    const [sh, sw] = stride;
    const result = tf.tidy(() => {
      const pixels = tf.reshape(z, [batch * h, w, 1, channels]);
      const wide = tf.pad(pixels, [[0, 0], [0, 0], [0, sw - 1], [0, 0]]);
      const rows = tf.reshape(wide, [batch * h, 1, w * sw, channels]);
      const high = tf.pad(rows, [[0, 0], [0, sh - 1], [0, 0], [0, 0]]);
      const all = tf.reshape(high, [batch, h * sh, w * sw, channels]) as tf.Tensor4D;
      const image = crop(all, shape);
      return into ? tf.add(image, into) as tf.Tensor4D : image;
    });
    into?.dispose();
    return result;
  },

  depthToSpace(z, block, height, width) {
    checkDepthToSpace(z, block, height, width);
    return tf.tidy(() =>
      crop(block === 1 ? tf.clone(z) : tf.depthToSpace(z, block, "NHWC"), [height, width])
    );
  },

  cutOut(pictures, window) {
    checkCutOut(pictures, window);
    const { base, patches, corners } = pictures, channels = base.shape[3];
    return tf.tidy(() => {
      const list = (x: tf.Tensor) => tf.reshape(x, [-1, channels]);
      const pixels = tf.concat([list(base), tf.fill([1, channels], window.border), list(patches)]);
      const taken = pixelsOf({ base: base.shape, patches: patches.shape }, corners, window);
      const windows = tf.gather(pixels, tf.tensor1d(taken, "int32"));
      return tf.reshape(windows, windowsShape(pictures, window)) as tf.Tensor4D;
    });
  },

  maxPool(x, spec) {
    checkFloat(x);
    return run("MaxPool", { x }, attributes(spec, exactPadding(spec, imageOf(x))));
  },

  maxPoolGrad(dy, x, y, spec) {
    checkPooled(dy, x.shape, spec);
    checkPooled(y, x.shape, spec);
    const attrs = attributes(spec, exactPadding(spec, imageOf(x)));
    return run("MaxPoolGrad", { dy, input: x, output: y }, attrs);
  },

  avgPool(x, spec) {
    checkFloat(x);
    const whole = exactPadding(spec, imageOf(x));
    if (!spec.countPadding) return run("AvgPool", { x }, attributes(spec, whole));
    return tf.tidy(() => {
      // Padding that counts becomes zeros of the image; what hangs over it stays padding.
      const { top, left } = whole;
      const bottom = Math.min(whole.bottom, spec.pad.bottom);
      const right = Math.min(whole.right, spec.pad.right);
      const image = tf.pad(x, [[0, 0], [top, bottom], [left, right], [0, 0]]);
      const over = { top: 0, left: 0, bottom: whole.bottom - bottom, right: whole.right - right };
      return run("AvgPool", { x: image }, attributes(spec, over));
    });
  },

  avgPoolGrad(dy, shape, spec) {
    const [batch, rows, columns, channels] = dy.shape;
    const input = [batch, ...shape, channels];
    checkPooled(dy, input, spec);
    return tf.tidy(() => {
      // TensorFlow.js divides by all of a window also where padding fills part of it.
      const whole = spec.filter[0] * spec.filter[1];
      const scale = windowCounts(spec, shape).map((count) => whole / count);
      const even = scale.every((factor) => factor === 1);
      const scaled = even ? dy : tf.mul(dy, tf.tensor4d(scale, [1, rows, columns, 1]));
      const attrs = attributes(spec, exactPadding(spec, shape));
      // The kernel takes no more of its input than the shape.
      return run("AvgPoolGrad", { dy: scaled, input: tf.zeros(input) }, attrs);
    });
  },
};

/** The part of an image that windows see, and how many zeros [before, after] go around it. */
function cut(x: tf.Tensor4D, { kernel, strides, dilations, pad, size }: ConvSpec) {
  const [batch, h, w, channels] = x.shape;
  const [rows, columns] = [[h, pad.top], [w, pad.left]].map(([image, before], axis) => {
    const reach = (size[axis] - 1) * strides[axis] + (kernel[axis] - 1) * dilations[axis] + 1;
    const after = reach - image - before;
    // A rest too short for one more window may stay.
    return [before, after < 0 && after > -strides[axis] ? 0 : after];
  });
  const [top, bottom, left, right] = [...rows, ...columns].map((n) => Math.max(0, -n));
  const image = top + bottom + left + right === 0 ? x : tf.slice(
    x,
    [0, top, left, 0],
    [batch, h - top - bottom, w - left - right, channels],
  );
  const zeros = [rows, columns].map((sides) => sides.map((n) => Math.max(0, n)));
  return { image, pad: [[0, 0], ...zeros, [0, 0]] as ExplicitPadding };
}

const imageOf = (x: tf.Tensor4D): [number, number] => [x.shape[1], x.shape[2]];

const crop = (x: tf.Tensor4D, [h, w]: [number, number]): tf.Tensor4D =>
  x.shape[1] === h && x.shape[2] === w
    ? x
    : tf.slice(x, [0, 0, 0, 0], [x.shape[0], h, w, x.shape[3]]);

function attributes({ filter, strides }: PoolSpec, { top, left, bottom, right }: Padding) {
  const pad = [[0, 0], [top, bottom], [left, right], [0, 0]];
  return { filterSize: filter, strides, pad, dimRoundingMode: "floor" };
}

function run(name: string, inputs: tf.NamedTensorMap, attrs: tf.NamedAttrMap): tf.Tensor4D {
  return tf.engine().runKernel<tf.Tensor4D>(name, inputs, attrs);
}
