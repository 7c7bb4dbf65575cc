/**
 * Convolution in plain JavaScript, its sums in double precision: nearer to the truth than sums that
 * are rounded at each step, which is what keeps a long optimization on the reference's path, and
 * faster than TensorFlow.js's own on this backend.
 */
import * as tf from "../../deps/tfjs.ts";
import type { Kernels } from "./kernels.ts";
import { checkCutOut, cutOut, windowsShape } from "./_cut_out.ts";
import { grouped } from "./_groups.ts";
import { opKernels } from "./_ops.ts";
import { checkConv } from "./_tensors.ts";

/** Adds pixel · kernel tap to the sums of all output channels, for four pixels at once. */
function addTap(
  sums: readonly Float64Array[],
  x: Float32Array,
  from: readonly number[],
  weights: Float32Array,
  at: number,
  depth: number,
): void {
  const [s0, s1, s2, s3] = sums, out = s0.length;
  for (let d = 0; d < depth; d++) {
    const x0 = x[from[0] + d], x1 = x[from[1] + d], x2 = x[from[2] + d], x3 = x[from[3] + d];
    if (x0 === 0 && x1 === 0 && x2 === 0 && x3 === 0) {
      at += out;
      continue;
    }
    for (let o = 0; o < out; o++, at++) {
      const w = weights[at];
      s0[o] += x0 * w;
      s1[o] += x1 * w;
      s2[o] += x2 * w;
      s3[o] += x3 * w;
    }
  }
}

const LANES = 4;

/** What is beyond the image reads zeros: `x` with a pixel of zeros behind it. */
function withZeros(x: Float32Array, depth: number): Float32Array {
  const longer = new Float32Array(x.length + depth);
  longer.set(x);
  return longer;
}

const conv2d: Kernels["conv2d"] = (x, kernel, spec, bias, activation) => {
  checkConv(x, spec);
  const [batch, height, width, depth] = x.shape;
  const { kernel: [rows, columns, , out], strides, dilations, pad, size } = spec;
  const zeros = x.size, image = withZeros(x.dataSync() as Float32Array, depth);
  const weights = kernel.dataSync() as Float32Array, offsets = bias?.dataSync();
  const [low, high] = activation
    ? [0, activation === "relu6" ? 6 : Infinity]
    : [-Infinity, Infinity];
  const y = new Float32Array(batch * size[0] * size[1] * out);
  const sums = Array.from({ length: LANES }, () => new Float64Array(out));
  const from = new Array<number>(LANES);
  const pixels = size[0] * size[1];
  for (let b = 0; b < batch; b++) {
    for (let first = 0; first < pixels; first += LANES) {
      for (const sum of sums) offsets ? sum.set(offsets) : sum.fill(0);
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < columns; j++) {
          for (let lane = 0; lane < LANES; lane++) {
            const pixel = first + lane;
            const r = Math.floor(pixel / size[1]) * strides[0] - pad.top + i * dilations[0];
            const c = (pixel % size[1]) * strides[1] - pad.left + j * dilations[1];
            const inside = r >= 0 && r < height && c >= 0 && c < width;
            from[lane] = inside ? ((b * height + r) * width + c) * depth : zeros;
          }
          addTap(sums, image, from, weights, (i * columns + j) * depth * out, depth);
        }
      }
      for (let lane = 0; lane < LANES && first + lane < pixels; lane++) {
        const to = (b * pixels + first + lane) * out;
        for (let o = 0; o < out; o++) y[to + o] = Math.min(high, Math.max(low, sums[lane][o]));
      }
    }
  }
  return tf.tensor4d(y, [batch, size[0], size[1], out]);
};

/** The kernels of the backend "cpu". */
export const cpuKernels: Kernels = {
  ...opKernels,
  name: "javascript",
  conv2d: grouped(conv2d),

  cutOut(pictures, window) {
    checkCutOut(pictures, window);
    const { base, patches, corners } = pictures, shape = windowsShape(pictures, window);
    const into = new Float32Array(shape.reduce((a, b) => a * b));
    const shapes = { base: base.shape, patches: patches.shape };
    const [from, patch] = [base, patches].map((x) => x.dataSync() as Float32Array);
    cutOut({ base: from, patches: patch, into }, shapes, corners, window);
    return tf.tensor4d(into, shape);
  },
};
