/** The kernels of simd*.ts, compiled, on the memory of TensorFlow.js's WebAssembly backend. */
import { module, name } from "./_module.js";
import * as tf from "../../deps/tfjs.ts";
import { UserError } from "../../core/errors.ts";
import type { Kernels } from "./kernels.ts";
import { arrange, panels, unchanged } from "./conv.ts";
import { convolve, PANEL } from "./_conv.ts";
import { opKernels } from "./_ops.ts";
import { type AvgPoolSpec, poolSize, type PoolSpec } from "./pool.ts";
import {
  checkConv,
  checkDense,
  checkDepthToSpace,
  checkFloat,
  checkPooled,
  checkSame,
  checkScatter,
  tensorOf,
} from "./_tensors.ts";

/** What TensorFlow.js's BackendWasm has besides its published interface. */
interface WasmBackend {
  wasm: { asm: { memory: WebAssembly.Memory } };
  makeOutput(shape: number[], dtype: "float32"): tf.TensorInfo;
  getMemoryOffset(dataId: tf.DataId): number;
  refCount(dataId: tf.DataId): number;
}

type Exports = Record<
  | "reluGrad"
  | "addRelu"
  | "zero"
  | "scatter"
  | "depthToSpace"
  | "maxPoolGrad"
  | "avgPoolGrad"
  | "pack"
  | "multiply"
  | "multiplyExact"
  | "product"
  | "productTransposed",
  (...addressesAndSizes: number[]) => void
>;

/** The least and the greatest result of an activation. */
const LIMITS = { linear: [-Infinity, Infinity], relu: [0, Infinity], relu6: [0, 6] } as const;

const made = new WeakMap<object, Kernels>();

/** The kernels on the memory of `backend`, a BackendWasm: one module for each. */
export function simdKernels(backend: object): Kernels {
  let kernels = made.get(backend);
  if (!kernels) made.set(backend, kernels = instantiate(backend, module, name));
  return kernels;
}

/** The kernels of `code`, simd.wasm or relaxed.wasm, on the memory of `host`, a BackendWasm. */
export function instantiate(host: object, code: WebAssembly.Module, name: string): Kernels {
  const backend = host as WasmBackend;
  // The module sees the memory grow; views of its buffer would not, and none are kept.
  const { memory } = backend.wasm.asm, imports = { env: { memory } };
  const module = new WebAssembly.Instance(code, imports).exports as Exports;
  const at = (x: tf.Tensor) => backend.getMemoryOffset(x.dataId) >>> 0;
  const bytes = (x: tf.Tensor) => 4 * x.size;
  const output = <T extends tf.Tensor>(shape: number[]): T => {
    const y = tensorOf<T>(backend.makeOutput(shape, "float32"));
    if (at(y) === 0) { // malloc's word for failure, which TensorFlow.js does not look at
      y.dispose();
      throw new UserError(
        `Cannot make a tensor of ${shape.join("×")} numbers: the 4 GB of the backend "wasm" are ` +
          `full. A smaller image, a smaller batch or the backend "webgpu" would help.`,
      );
    }
    return y;
  };

  return {
    ...opKernels, // forward pooling is XNNPACK's, and right
    name,

    convKernel(source, arrangement = unchanged(source.shape)) {
      const size = arrangement.shape.slice(0, 3).reduce((a, b) => a * b);
      const kernel = output([panels(arrangement, PANEL), size, PANEL]);
      arrange(source, arrangement, PANEL, new Float32Array(memory.buffer, at(kernel), kernel.size));
      return kernel;
    },

    conv2d(x, kernel, spec, bias, activation) {
      checkConv(x, spec);
      const limits = LIMITS[activation ?? "linear"];
      return convolve(
        {
          at,
          output,
          memory,
          pack: module.pack,
          multiply: module.multiply,
          multiplyExact: module.multiplyExact,
        },
        x,
        kernel,
        spec,
        bias,
        limits,
      );
    },

    dense(x, matrix, bias, activation) {
      checkDense(x, matrix, 0);
      const [inputs, outputs] = matrix.shape, [batch] = x.shape;
      const y = output<tf.Tensor2D>([batch, outputs]);
      module.product(at(x), at(matrix), at(y), batch, inputs, outputs);
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
      const dx = output<tf.Tensor2D>([batch, inputs]);
      module.productTransposed(at(dy), at(matrix), at(dx), batch, inputs, outputs);
      return dx;
    },

    reluGrad(dy, y) {
      checkSame(dy, y);
      const dx = output(dy.shape);
      module.reluGrad(at(dy), at(y), at(dx), bytes(dx));
      return dx;
    },

    addRelu(a, b) {
      checkSame(a, b);
      const y = output(a.shape);
      module.addRelu(at(a), at(b), at(y), bytes(y));
      return y;
    },

    scatter(z, shape, stride, into) {
      checkScatter(z, shape, stride, into);
      const [batch, h, w, channels] = z.shape;
      // Reshaped tensors may share the data of `into`; a reshape shares it with the result.
      const alone = into && backend.refCount(into.dataId) === 1;
      const y = alone
        ? tf.reshape<tf.Rank.R4>(into, into.shape)
        : output<tf.Tensor4D>([batch, ...shape, channels]);
      if (!alone) module.zero(at(y), bytes(y));
      module.scatter(at(z), at(y), batch, h, w, ...shape, channels, ...stride);
      const result = into && !alone ? tf.add<tf.Tensor4D>(y, into) : y;
      if (result !== y) y.dispose();
      into?.dispose();
      return result;
    },

    depthToSpace(z, block, height, width) {
      checkDepthToSpace(z, block, height, width);
      const [batch, h, w, blocks] = z.shape;
      const channels = blocks / block ** 2;
      const y = output<tf.Tensor4D>([batch, height, width, channels]);
      module.depthToSpace(at(z), at(y), batch, h, w, block, height, width, channels);
      return y;
    },

    maxPoolGrad(dy, x, y, spec) {
      checkFloat(x);
      checkPooled(dy, x.shape, spec);
      checkPooled(y, x.shape, spec);
      const dx = output<tf.Tensor4D>(x.shape);
      module.maxPoolGrad(at(dy), at(x), at(y), at(dx), ...geometry(x.shape, spec));
      return dx;
    },

    avgPoolGrad(dy, shape, spec) {
      const input = [dy.shape[0], ...shape, dy.shape[3]];
      checkPooled(dy, input, spec);
      const dx = output<tf.Tensor4D>(input);
      module.avgPoolGrad(at(dy), at(dx), ...geometry(input, spec), ...border(spec));
      return dx;
    },
  };
}

/** The sizes that simd.ts's pooling takes, from `batch` to `left`. */
function geometry([batch, h, w, channels]: number[], spec: PoolSpec): number[] {
  const { filter, strides, pad } = spec;
  const pooled = poolSize(spec, [h, w]);
  return [batch, h, w, ...pooled, channels, ...filter, ...strides, pad.top, pad.left];
}

/** ... and from `bottom` to `border`, which only averages have. */
const border = ({ pad, countPadding }: AvgPoolSpec) => [pad.bottom, pad.right, +countPadding];
