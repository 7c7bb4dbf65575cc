/** Pooling on the memory of TensorFlow.js's WebAssembly backend, by simd/pool.ts. */
import type * as tf from "../../deps/tfjs.ts";
import type { Kernels } from "./kernels.ts";
import { type Machine, TOUCH } from "./_machine.ts";
import { type AvgPoolSpec, poolSize, type PoolSpec } from "./pool.ts";
import { checkFloat, checkPooled } from "./_tensors.ts";

/** Channels of a part of the way back, as simd/pool.ts has it. */
const SOME_CHANNELS = 16;

/** The names of what is computed here. */
type Pools = "maxPool" | "maxPoolGrad" | "avgPool" | "avgPoolGrad";

export function simdPools(m: Machine): Pick<Kernels, Pools> {
  const { at } = m;
  return {
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
