/**
 * Kernels as compute shaders, run by TensorFlow.js's WebGPU backend. Its MaxPoolGrad gives dy to
 * the last maximum of a window and finds it through `mix`, which WGSL does not promise to be exact;
 * its pooling gradients find windows by a float division that may round either way.
 */
import type * as tf from "../../deps/tfjs.ts";
import { grouped } from "./_groups.ts";
import type { Activation, Kernels } from "./kernels.ts";
import { opKernels } from "./_ops.ts";
import type { AvgPoolSpec, PoolSpec } from "./pool.ts";
import { type ConvSpec, isSmall } from "./conv.ts";
import { dispatch, limited, type Shader } from "./_shader.ts";
import {
  checkConv,
  checkDepthToSpace,
  checkFloat,
  checkPooled,
  checkSame,
  checkScatter,
} from "./_tensors.ts";
import { FEW, webgpuDense } from "./_webgpu_dense.ts";
import { webgpuDepthwise } from "./_webgpu_depthwise.ts";

/** The kernels on `backend`, a WebGPUBackend. */
export function webgpuKernels(backend: object): Kernels {
  const run = <T extends tf.Tensor>(shader: Shader) => dispatch<T>(backend, shader);
  const few = webgpuDense(backend);
  return {
    ...opKernels,
    name: "wgsl",

    conv2d: grouped((x, kernel, spec, bias, activation) => {
      if (!(spec.exact ?? isSmall(spec)) && isUsual(spec, x.shape)) {
        return opKernels.conv2d(x, kernel, spec, bias, activation);
      }
      checkConv(x, spec);
      const { strides, dilations, pad, size, kernel: [, , , channels] } = spec;
      return run({
        name: ["conv2d", bias ? "bias" : "", activation ?? "linear"].join("_"),
        inputs: { x, kernel, ...(bias && { bias }) },
        shape: [x.shape[0], ...size, channels],
        uniforms: {
          strides: [...strides],
          dilations: [...dilations],
          corner: [pad.top, pad.left],
          nothing: [0, 0],
        },
        value: compensatedSum(bias ? "bias[at.w]" : "0.0", activation),
      });
    }),

    ...webgpuDepthwise(backend),

    dense: (x, ...rest) => (x.shape[0] <= FEW ? few : opKernels).dense(x, ...rest),

    denseGrad: (dy, matrix) => (dy.shape[0] <= FEW ? few : opKernels).denseGrad(dy, matrix),

    reluGrad(dy, y) {
      checkSame(dy, y);
      const value = "return select(0.0, dy[index], y[index] > 0.0);";
      return run({ name: "reluGrad", inputs: { dy, y }, shape: dy.shape, value });
    },

    clipGrad(dy, y, low, high) {
      checkSame(dy, y);
      const value = `
        let inside = y[index] > uniforms.low.x && y[index] < uniforms.high.x;
        return select(0.0, dy[index], inside);`;
      const floats = { low: [low, 0], high: [high, 0] };
      return run({ name: "clipGrad", inputs: { dy, y }, shape: dy.shape, floats, value });
    },

    addRelu(a, b) {
      checkSame(a, b);
      const value = "return max(a[index] + b[index], 0.0);";
      return run({ name: "addRelu", inputs: { a, b }, shape: a.shape, value });
    },

    scatter(z, shape, stride, into) {
      checkScatter(z, shape, stride, into);
      const result = run<tf.Tensor4D>({
        name: into ? "scatter_into" : "scatter",
        inputs: { z, ...(into && { into }) },
        shape: [z.shape[0], ...shape, z.shape[3]],
        uniforms: { strides: stride },
        value: `
          let at = getCoordsFromIndex(index);
          let place = at.yz / uniforms.strides;
          let pixel = (at.x * uniforms.zShape.y + place.x) * uniforms.zShape.z + place.y;
          let isOn = all(place * uniforms.strides == at.yz);
          let sum = select(0.0, z[pixel * uniforms.zShape.w + at.w], isOn);
          return sum${into ? " + into[index]" : ""};`,
      });
      into?.dispose();
      return result;
    },

    depthToSpace(z, block, height, width) {
      checkDepthToSpace(z, block, height, width);
      return run({
        name: "depthToSpace",
        inputs: { z },
        shape: [z.shape[0], height, width, z.shape[3] / block ** 2],
        uniforms: { block: [block, block] },
        value: `
          let at = getCoordsFromIndex(index);
          let place = at.yz / uniforms.block;
          let phase = at.yz - place * uniforms.block;
          let pixel = (at.x * uniforms.zShape.y + place.x) * uniforms.zShape.z + place.y;
          let part = phase.x * uniforms.block.y + phase.y;
          return z[pixel * uniforms.zShape.w + part * uniforms.outShape.w + at.w];`,
      });
    },

    maxPoolGrad(dy, x, y, spec) {
      checkFloat(x);
      checkPooled(dy, x.shape, spec);
      checkPooled(y, x.shape, spec);
      return run({
        name: "maxPoolGrad",
        inputs: { dy, x, y },
        shape: x.shape,
        uniforms: geometry(spec),
        value: overWindows(`
          var first = x[index] == y[window];
          for (var r = max(start.x, 0); first && r <= at.y; r++) {
            let end = select(min(start.y + uniforms.extent.y, uniforms.outShape.z), at.z, r == at.y);
            for (var c = max(start.y, 0); first && c < end; c++) {
              first = x[index + ((r - at.y) * uniforms.outShape.z + c - at.z) * channels] != y[window];
            }
          }
          sum += select(0.0, dy[window], first);`),
      });
    },

    avgPoolGrad(dy, shape, spec) {
      const input = [dy.shape[0], ...shape, dy.shape[3]];
      checkPooled(dy, input, spec);
      return run({
        name: "avgPoolGrad",
        inputs: { dy },
        shape: input,
        uniforms: { ...geometry(spec), ...border(spec) },
        value: overWindows(`
          let end = min(start + uniforms.extent, uniforms.outShape.yz + uniforms.after);
          let counted = end - max(start, -uniforms.before);
          sum += dy[window] / f32(counted.x * counted.y);`),
      });
    },
  };
}

/**
 * Whether TensorFlow.js can convolve so: not with strides and dilations at once, and not where all
 * windows lie beside the image (it then gives no bias, or NaN).
 */
function isUsual({ kernel, strides, dilations, pad, size }: ConvSpec, [, h, w]: number[]): boolean {
  if (Math.max(...strides) > 1 && Math.max(...dilations) > 1) return false;
  return [[h, pad.top], [w, pad.left]].every(([image, before], axis) => {
    const reach = (size[axis] - 1) * strides[axis] + (kernel[axis] - 1) * dilations[axis] + 1;
    return before < reach && -before < image;
  });
}

const rounded = (value: string) => `bitcast<f32>(bitcast<i32>(${value}) ^ uniforms.nothing.x)`;

/**
 * A convolution's sum, with what rounding takes from each product and each addition added at the
 * end (Ogita, Rump, Oishi 2005, "Accurate sum and dot product"). A compiler that takes sums for
 * exact would find that nothing is lost: what it must not look through is combined with a zero that
 * it does not know.
 */
const compensatedSum = (offset: string, activation?: Activation) => `
  let at = getCoordsFromIndex(index);
  let first = at.yz * uniforms.strides - uniforms.corner;
  let depth = uniforms.xShape.w;
  let channels = uniforms.outShape.w;
  var sum = 0.0;
  var lost = 0.0;
  for (var i = 0; i < uniforms.kernelShape.x; i++) {
    let row = first.x + i * uniforms.dilations.x;
    if (row < 0 || row >= uniforms.xShape.y) { continue; }
    for (var j = 0; j < uniforms.kernelShape.y; j++) {
      let column = first.y + j * uniforms.dilations.y;
      if (column < 0 || column >= uniforms.xShape.z) { continue; }
      let pixel = ((at.x * uniforms.xShape.y + row) * uniforms.xShape.z + column) * depth;
      let tap = (i * uniforms.kernelShape.y + j) * depth * channels + at.w;
      for (var d = 0; d < depth; d++) {
        let a = x[pixel + d];
        let b = kernel[tap + d * channels];
        let product = ${rounded("a * b")};
        let total = ${rounded("sum + product")};
        let added = ${rounded("total - sum")};
        lost += fma(a, b, -product) + ((sum - (total - added)) + (product - added));
        sum = total;
      }
    }
  }
  return ${limited(`sum + lost + ${offset}`, activation)};`;

const geometry = ({ filter, strides, pad }: PoolSpec) => ({
  extent: filter,
  strides,
  corner: [pad.top, pad.left],
});

/** How much of the padding counts in an average. */
const border = ({ pad, countPadding }: AvgPoolSpec) => ({
  before: countPadding ? [pad.top, pad.left] : [0, 0],
  after: countPadding ? [pad.bottom, pad.right] : [0, 0],
});

/**
 * Sums `term` over the windows that hold a pixel: `at` [batch, row, column, channel] is the pixel,
 * `start` the window's first row and column in the image, `window` its index in dy.
 */
const overWindows = (term: string) => `
  let at = getCoordsFromIndex(index);
  let channels = uniforms.outShape.w;
  let inside = at.yz + uniforms.corner;
  let low = max((inside - uniforms.extent + uniforms.strides) / uniforms.strides, vec2<i32>(0));
  let high = min(inside / uniforms.strides, uniforms.dyShape.yz - 1);
  var sum = 0.0;
  for (var i = low.x; i <= high.x; i++) {
    for (var j = low.y; j <= high.y; j++) {
      let start = vec2<i32>(i, j) * uniforms.strides - uniforms.corner;
      let window = ((at.x * uniforms.dyShape.y + i) * uniforms.dyShape.z + j) * channels + at.w;
      ${term}
    }
  }
  return sum;`;
