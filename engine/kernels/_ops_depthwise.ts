/** Convolutions of each channel on its own, from TensorFlow.js's own operations. */
import * as tf from "../../deps/tfjs.ts";
import type { ConvSpec } from "./conv.ts";
import type { Kernels } from "./kernels.ts";
import type { Padding } from "./pool.ts";
import { checkDepthwise } from "./_tensors.ts";

/** Puts zeros around a picture; then takes rows and columns away where negative. */
function frame(x: tf.Tensor4D, { top, bottom, left, right }: Padding): tf.Tensor4D {
  const sides = [[top, bottom], [left, right]];
  const [rows, columns] = sides.map((side) => side.map((n) => Math.max(0, n)));
  const padded = Math.max(...rows, ...columns) === 0
    ? x
    : tf.pad(x, [[0, 0], rows as [number, number], columns as [number, number], [0, 0]]);
  if (Math.min(top, bottom, left, right) >= 0) return padded;
  const [batch, h, w, channels] = padded.shape, cut = (n: number) => Math.max(0, -n);
  const size = [h - cut(top) - cut(bottom), w - cut(left) - cut(right)];
  return tf.slice(padded, [0, cut(top), cut(left), 0], [batch, ...size, channels]);
}

/** The frame in which windows see `size` pixels. */
function windowed(
  x: tf.Tensor4D,
  { kernel, strides, dilations, pad: { top, left }, size }: ConvSpec,
): tf.Tensor4D {
  const [bottom, right] = [0, 1].map((axis) => {
    const reach = (size[axis] - 1) * strides[axis] + (kernel[axis] - 1) * dilations[axis] + 1;
    return reach - x.shape[axis + 1] - [top, left][axis];
  });
  return frame(x, { top, left, bottom, right });
}

/** Every `strides`-th pixel is one of x, zeros between. */
type Spread = (x: tf.Tensor4D, strides: readonly [number, number]) => tf.Tensor4D;

/** The kernels; `spread` is how a backend puts zeros between pixels. */
export function opDepthwise(spread: Spread): Pick<Kernels, "depthwise" | "depthwiseGrad"> {
  const spreadTaps = (kernel: tf.Tensor4D, dilations: readonly [number, number]) => {
    const [kh, kw, channels, multiplier] = kernel.shape;
    const wide = spread(tf.reshape(kernel, [1, kh, kw, channels * multiplier]), dilations);
    return tf.reshape<tf.Rank.R4>(wide, [wide.shape[1], wide.shape[2], channels, multiplier]);
  };
  return {
    depthwise(x, kernel, spec, bias, activation) {
      checkDepthwise(x, spec);
      const { strides, dilations } = spec;
      // TensorFlow.js knows strides or dilations, not both at once
      const both = Math.max(...strides) > 1 && Math.max(...dilations) > 1;
      return tf.tidy(() => {
        const image = windowed(x, spec), taps = both ? spreadTaps(kernel, dilations) : kernel;
        const apart: [number, number] = both ? [1, 1] : [...dilations];
        const y = tf.depthwiseConv2d(image, taps, [...strides], "valid", "NHWC", apart);
        const sum = bias ? tf.add<tf.Tensor4D>(y, bias) : y;
        return activation ? tf[activation](sum) : sum;
      });
    },

    depthwiseGrad(dy, kernel, [height, width], spec) {
      const { kernel: [kh, kw, channels, multiplier], strides, dilations, pad } = spec;
      return tf.tidy(() => {
        const wide = strides[0] === 1 && strides[1] === 1 ? dy : spread(dy, strides);
        // each channel of the output has a kernel of its own
        const all = channels * multiplier;
        const taps = tf.reverse(tf.reshape(kernel, [kh * kw, all]), 0);
        const turned = tf.reshape(taps, [kh, kw, all, 1]) as tf.Tensor4D;
        const framed = windowed(wide, {
          kernel: [kh, kw, all, 1],
          strides: [1, 1],
          dilations,
          pad: {
            top: (kh - 1) * dilations[0] - pad.top,
            left: (kw - 1) * dilations[1] - pad.left,
          },
          size: [height, width],
        });
        const each = tf.depthwiseConv2d(framed, turned, 1, "valid", "NHWC", [...dilations]);
        if (multiplier === 1) return each;
        const [batch] = dy.shape;
        return tf.sum(tf.reshape(each, [batch, height, width, channels, multiplier]), 4);
      });
    },
  };
}
