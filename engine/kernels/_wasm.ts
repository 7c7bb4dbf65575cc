/** The kernels of simd/, compiled, on the memory of TensorFlow.js's WebAssembly backend. */
import * as modules from "./_module.js";
import * as tf from "../../deps/tfjs.ts";
import type { Pool, Thrift } from "../threads/pool.ts";
import type { Kernels } from "./kernels.ts";
import { arrange, panels, unchanged } from "./conv.ts";
import { convolve, LIMITS, PANEL } from "./_conv.ts";
import { simdDepthwise } from "./_depthwise.ts";
import { partOf } from "./_groups.ts";
import { type Machine, machine } from "./_machine.ts";
import { opKernels } from "./_ops.ts";
import { type AvgPoolSpec, poolSize, type PoolSpec } from "./pool.ts";
import { convolveByTiles, suitsWinograd, winogradKernel } from "./_winograd.ts";
import {
  checkConv,
  checkDense,
  checkDepthToSpace,
  checkFloat,
  checkPooled,
  checkSame,
  checkScatter,
} from "./_tensors.ts";

/** Bytes of a part of what goes number by number, as simd/elements.ts has it. */
const CHUNK = 262144;
/** Numbers of a part of a product with a matrix, as simd/dense.ts has it. */
const SOME_NUMBERS = 256;
/** Channels of a part of pooling's backward, as simd/pool.ts has it. */
const SOME_CHANNELS = 16;
/** Multiply-adds that take as long as reading and writing a number. */
const TOUCH = 8;
/** ... and as computing an exponential. */
const SMOOTH = 64;

interface Made {
  readonly kernels: Kernels;
  readonly pool?: Pool;
}

const made = new WeakMap<object, Made>();

function of(backend: object): Made {
  let found = made.get(backend);
  if (!found) {
    const { wasm } = backend as { wasm: { asm: { memory: WebAssembly.Memory } } };
    const isShared = !(wasm.asm.memory.buffer instanceof ArrayBuffer);
    found = instantiate(backend, isShared ? modules.shared : modules.module, modules.name);
    made.set(backend, found);
  }
  return found;
}

/** The kernels on the memory of `backend`, a BackendWasm: one module for each. */
export const simdKernels = (backend: object): Kernels => of(backend).kernels;

/** The threads of these; undefined where memory is not shared. */
export const threadPool = (backend: object): Pool | undefined => of(backend).pool;

/**
 * The kernels of `code`, a module of build.ts for memory that is shared or for one that is not, on the
 * memory of `host`, a BackendWasm.
 */
export function instantiate(
  host: object,
  code: WebAssembly.Module,
  name: string,
  thrift?: Thrift,
): Made {
  const m = machine(host, code, thrift);
  return { kernels: { ...opKernels, name, ...kernelsOn(m) }, pool: m.pool };
}

const bytes = (x: tf.Tensor) => 4 * x.size;

function kernelsOn(m: Machine): Omit<Kernels, "name"> {
  const { at } = m;
  const chunks = (x: tf.Tensor) => Math.ceil(bytes(x) / CHUNK);
  /** y = max(a + b, lowest). */
  const sum = (a: tf.Tensor, b: tf.Tensor, lowest: number) => {
    checkSame(a, b);
    const y = m.output(a.shape);
    m.run("add", [at(a), at(b), at(y), lowest, bytes(y)], chunks(y), TOUCH * y.size);
    return y;
  };
  /** dy where y is above `low` and not at or above `high`. */
  const between = (dy: tf.Tensor, y: tf.Tensor, low: number, high: number) => {
    checkSame(dy, y);
    const dx = m.output(dy.shape), numbers = [at(dy), at(y), at(dx), low, high, bytes(dx)];
    m.run("clipGrad", numbers, chunks(dx), TOUCH * dx.size);
    return dx;
  };
  /** A function of each number, and its backward from its input. */
  const pointwise = (name: string, x: tf.Tensor) => {
    checkFloat(x);
    const y = m.output(x.shape);
    m.run(name, [at(x), at(y), bytes(y)], chunks(y), SMOOTH * y.size);
    return y;
  };
  const pointwiseGrad = (name: string, dy: tf.Tensor, x: tf.Tensor) => {
    checkSame(dy, x);
    const dx = m.output(x.shape);
    m.run(name, [at(dy), at(x), at(dx), bytes(dx)], chunks(dx), SMOOTH * dx.size);
    return dx;
  };
  /** Copies `channels` of each pixel, from pixels of `fromStep` numbers to those of `toStep`. */
  const copyChannels = (
    from: number,
    fromStep: number,
    to: number,
    toStep: number,
    channels: number,
    size: number,
  ) => {
    if (size === 0) return;
    const [bytes, pixels] = [4 * channels, size / channels];
    const parts = Math.ceil(pixels / Math.max(Math.floor(CHUNK / bytes), 1));
    const numbers = [from, 4 * fromStep, to, 4 * toStep, bytes, pixels];
    m.run("copyChannels", numbers, parts, TOUCH * size);
  };
  return {
    convWay: (spec) => suitsWinograd(spec) ? "winograd" : "direct",

    convKernel(source, { arrangement, groups = 1, way = "direct" } = {}) {
      const parts = groups === 1
        ? [source]
        : Array.from({ length: groups }, (_, g) => partOf(source, g, groups));
      const arranged = arrangement ?? unchanged(parts[0].shape);
      const size = arranged.shape.slice(0, 3).reduce((a, b) => a * b);
      const count = panels(arranged, PANEL), kernel = m.output([groups * count, size, PANEL]);
      const into = new Float32Array(m.memory.buffer, at(kernel), kernel.size);
      const each = count * size * PANEL;
      parts.forEach((part, g) =>
        arrange(part, arranged, PANEL, into.subarray(g * each, (g + 1) * each))
      );
      if (way === "direct") return kernel;
      const transformed = winogradKernel(m, kernel);
      kernel.dispose();
      return transformed;
    },

    ...simdDepthwise(m),

    conv2d(x, kernel, spec, bias, activation) {
      checkConv(x, spec);
      const limits = LIMITS[activation ?? "linear"];
      return suitsWinograd(spec)
        ? convolveByTiles(m, x, kernel, spec, bias, limits)
        : convolve(m, x, kernel, spec, bias, limits);
    },

    dense(x, matrix, bias, activation) {
      checkDense(x, matrix, 0);
      const [inputs, outputs] = matrix.shape, [batch] = x.shape;
      const y = m.output<tf.Tensor2D>([batch, outputs]);
      const numbers = [at(x), at(matrix), at(y), batch, inputs, outputs];
      m.run("product", numbers, Math.ceil(outputs / SOME_NUMBERS), batch * matrix.size);
      if (!bias && !activation) return y;
      const result = tf.tidy(() => {
        const sum = bias ? tf.add<tf.Tensor2D>(y, bias) : y;
        return activation ? tf[activation](sum) : sum;
      });
      y.dispose();
      return result;
    },

    denseGrad(dy, matrix) {
      checkDense(dy, matrix, 1);
      const [inputs, outputs] = matrix.shape, [batch] = dy.shape;
      const dx = m.output<tf.Tensor2D>([batch, inputs]);
      const numbers = [at(dy), at(matrix), at(dx), batch, inputs, outputs];
      m.run("productTransposed", numbers, Math.ceil(inputs / SOME_NUMBERS), batch * matrix.size);
      return dx;
    },

    reluGrad: (dy, y) => between(dy, y, 0, NaN),
    clipGrad: between,

    swish: (x) => pointwise("swish", x),
    swishGrad: (dy, x) => pointwiseGrad("swishGrad", dy, x),
    gelu: (x) => pointwise("gelu", x),
    geluGrad: (dy, x) => pointwiseGrad("geluGrad", dy, x),

    add: (a, b) => sum(a, b, -Infinity),
    addRelu: (a, b) => sum(a, b, 0),

    affine(x, slope, shift, activation) {
      checkFloat(x, slope);
      const y = m.output(x.shape), channels = slope.size, pixels = x.size / channels;
      const parts = Math.ceil(pixels / Math.max(Math.floor(CHUNK / 4 / channels), 1));
      const numbers = [at(x), at(slope), shift ? at(shift) : 0, at(y), channels, pixels];
      m.run("affine", [...numbers, ...LIMITS[activation ?? "linear"]], parts, TOUCH * x.size);
      return y;
    },

    concat(parts) {
      checkFloat(...parts);
      const sizes = parts.map(({ shape }) => shape.at(-1)!);
      const all = sizes.reduce((a, b) => a + b),
        y = m.output([...parts[0].shape.slice(0, -1), all]);
      let before = 0;
      parts.forEach((part, i) => {
        copyChannels(at(part), sizes[i], at(y) + 4 * before, all, sizes[i], part.size);
        before += sizes[i];
      });
      return y;
    },

    split(x, sizes) {
      checkFloat(x);
      const all = x.shape.at(-1)!;
      let before = 0;
      return sizes.map((size) => {
        const y = m.output([...x.shape.slice(0, -1), size]);
        copyChannels(at(x) + 4 * before, all, at(y), size, size, y.size);
        before += size;
        return y;
      });
    },

    scatter(z, shape, stride, into) {
      checkScatter(z, shape, stride, into);
      const [batch, h, w, channels] = z.shape;
      // Reshaped tensors may share the data of `into`; a reshape shares it with the result.
      const alone = into && m.isAlone(into);
      const y = alone
        ? tf.reshape<tf.Rank.R4>(into, into.shape)
        : m.output<tf.Tensor4D>([batch, ...shape, channels]);
      if (!alone) m.run("zero", [at(y), bytes(y)], chunks(y), TOUCH * y.size);
      const numbers = [at(z), at(y), h, w, ...shape, channels, ...stride];
      m.run("scatter", numbers, batch * h, TOUCH * z.size);
      const result = into && !alone ? tf.add<tf.Tensor4D>(y, into) : y;
      if (result !== y) y.dispose();
      into?.dispose();
      return result;
    },

    depthToSpace(z, block, height, width) {
      checkDepthToSpace(z, block, height, width);
      const [batch, h, w, blocks] = z.shape;
      const channels = blocks / block ** 2;
      const y = m.output<tf.Tensor4D>([batch, height, width, channels]);
      const numbers = [at(z), at(y), h, w, block, height, width, channels];
      m.run("depthToSpace", numbers, batch * height, TOUCH * y.size);
      return y;
    },

    maxPool(x, spec) {
      checkFloat(x);
      const y = m.output<tf.Tensor4D>(pooledShape(x.shape, spec));
      const numbers = [at(x), at(y), ...geometry(x.shape, spec)];
      m.run("maxPool", numbers, y.shape[0] * y.shape[1], TOUCH * x.size);
      return y;
    },

    maxPoolGrad(dy, x, y, spec) {
      checkFloat(x);
      checkPooled(dy, x.shape, spec);
      checkPooled(y, x.shape, spec);
      const dx = m.output<tf.Tensor4D>(x.shape);
      const numbers = [at(dy), at(x), at(y), at(dx), ...geometry(x.shape, spec)];
      m.run("maxPoolGrad", numbers, partsBack(x.shape), TOUCH * x.size);
      return dx;
    },

    avgPool(x, spec) {
      checkFloat(x);
      const y = m.output<tf.Tensor4D>(pooledShape(x.shape, spec));
      const numbers = [at(x), at(y), ...geometry(x.shape, spec), ...border(spec)];
      m.run("avgPool", numbers, y.shape[0] * y.shape[1], TOUCH * x.size);
      return y;
    },

    avgPoolGrad(dy, shape, spec) {
      const input = [dy.shape[0], ...shape, dy.shape[3]];
      checkPooled(dy, input, spec);
      const dx = m.output<tf.Tensor4D>(input);
      const numbers = [at(dy), at(dx), ...geometry(input, spec), ...border(spec)];
      m.run("avgPoolGrad", numbers, partsBack(input), TOUCH * dx.size);
      return dx;
    },
  };
}

const pooledShape = ([batch, h, w, channels]: number[], spec: PoolSpec) => [
  batch,
  ...poolSize(spec, [h, w]),
  channels,
];

const partsBack = ([batch, , , channels]: number[]) => batch * Math.ceil(channels / SOME_CHANNELS);

/** The sizes that simd/pool.ts takes, from `h` to `left`. */
function geometry([, h, w, channels]: number[], spec: PoolSpec): number[] {
  const { filter, strides, pad } = spec;
  const pooled = poolSize(spec, [h, w]);
  return [h, w, ...pooled, channels, ...filter, ...strides, pad.top, pad.left];
}

/** ... and from `bottom` to `border`, which only averages have. */
const border = ({ pad, countPadding }: AvgPoolSpec) => [pad.bottom, pad.right, +countPadding];
