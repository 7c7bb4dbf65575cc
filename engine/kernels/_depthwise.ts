/** Convolutions of each channel on its own, on the memory of TensorFlow.js's WebAssembly backend. */
import type * as tf from "../../deps/tfjs.ts";
import type { ConvSpec } from "./conv.ts";
import { LIMITS } from "./_conv.ts";
import type { Kernels } from "./kernels.ts";
import type { Machine } from "./_machine.ts";
import { checkDepthwise } from "./_tensors.ts";

/** As often as simd/depthwise.ts loads numbers for a multiply-add. */
const LOADS = 3;

/** What simd/depthwise.ts takes, from `h` to `left`, for an image [height, width]. */
const geometry = (
  [h, w]: readonly number[],
  { kernel: [kh, kw, channels, multiplier], strides, dilations, size, pad }: ConvSpec,
) => [h, w, channels, multiplier, kh, kw, ...strides, ...dilations, ...size, pad.top, pad.left];

/** The kernels, by simd/depthwise.ts. */
export function simdDepthwise(m: Machine): Pick<Kernels, "depthwise" | "depthwiseGrad"> {
  const { at } = m;
  return {
    depthwise(x, kernel, spec, bias, activation) {
      checkDepthwise(x, spec);
      const [batch, h, w, channels] = x.shape;
      const { kernel: [kh, kw, , multiplier], size } = spec;
      const y = m.output<tf.Tensor4D>([batch, ...size, channels * multiplier]);
      const numbers = [
        ...[at(x), at(kernel), bias ? at(bias) : 0, at(y)],
        ...geometry([h, w], spec),
        ...LIMITS[activation ?? "linear"],
      ];
      m.run("depthwise", numbers, batch * size[0], LOADS * y.size * kh * kw);
      return y;
    },

    depthwiseGrad(dy, kernel, shape, spec) {
      const { kernel: [kh, kw, channels] } = spec, [batch] = dy.shape;
      const dx = m.output<tf.Tensor4D>([batch, ...shape, channels]);
      const numbers = [at(dy), at(kernel), at(dx), ...geometry(shape, spec)];
      m.run("depthwiseGrad", numbers, batch * shape[0], LOADS * dy.size * kh * kw);
      return dx;
    },
  };
}
