/** Convolutions of each channel on its own. */
import * as tf from "../../deps/tfjs.ts";
import { spatialShape, spread, turnedCorner, windowOf } from "./_conv.ts";
import type { Pad, Window } from "./window.ts";
import type { Op } from "./op.ts";

/** Rotates every channel's own kernel: `[kh, kw, in, multiplier]` → `[kh, kw, in·multiplier, 1]`. */
function rotatedDepthwise(kernel: tf.Tensor): tf.Tensor {
  const [kh, kw, cin, multiplier] = kernel.shape as [number, number, number, number];
  const taps = tf.reverse(tf.reshape(kernel, [kh * kw, cin * multiplier]), 0);
  return tf.reshape(taps, [kh, kw, cin * multiplier, 1]);
}

/** Puts zeros around a picture; takes rows and columns away where negative. */
function frame(x: tf.Tensor4D, { top, bottom, left, right }: Pad): tf.Tensor4D {
  const cut = (n: number) => Math.max(0, -n), add = (n: number) => Math.max(0, n);
  const [batch, h, w, channels] = x.shape;
  const [rows, columns] = [h - cut(top) - cut(bottom), w - cut(left) - cut(right)];
  const whole = rows === h && columns === w;
  const seen = whole
    ? x
    : tf.slice(x, [0, cut(top), cut(left), 0], [batch, rows, columns, channels]);
  return Math.max(top, bottom, left, right) <= 0
    ? seen
    : tf.pad(seen, [[0, 0], [add(top), add(bottom)], [add(left), add(right)], [0, 0]]);
}

function depthwise(
  x: tf.Tensor4D,
  filter: tf.Tensor,
  { strides, dilations, pad }: Pick<Window, "strides" | "dilations" | "pad">,
) {
  const kernel = filter as tf.Tensor4D;
  return tf.depthwiseConv2d(frame(x, pad), kernel, [...strides], "valid", "NHWC", [...dilations]);
}

/** Each channel convolved on its own; kernel `[kh, kw, in, multiplier]`. */
export const depthwiseConv2d: Op = {
  traits: { nature: "weighted", convolution: true, outputAxes: 2 },
  needs: ["kernel"],
  shape: (inputs, call) =>
    spatialShape(inputs, call, call.params.kernel[2] * call.params.kernel[3]),
  cost: (_, output, { params: { kernel } }) =>
    output[0] * output[1] * output[2] * kernel[0] * kernel[1],
  forward([x], { attrs, params }) {
    const window = windowOf({ attrs }, params.shape("kernel"), x.shape);
    const y = depthwise(x as tf.Tensor4D, params.tensor("kernel"), window);
    return params.has("bias") ? tf.add(y, params.tensor("bias")) : y;
  },
  backward(dy, { attrs, params, inputShapes }) {
    const kernel = params.shape("kernel"), input = inputShapes[0];
    const window = windowOf({ attrs }, kernel, input);
    const wide = spread(dy as tf.Tensor4D, window.strides);
    const { top, left } = turnedCorner(kernel, window), { dilations } = window;
    const pad = {
      top,
      left,
      bottom: input[1] + (kernel[0] - 1) * dilations[0] - wide.shape[1] - top,
      right: input[2] + (kernel[1] - 1) * dilations[1] - wide.shape[2] - left,
    };
    const filter = params.derived("rotated", () => rotatedDepthwise(params.tensor("kernel")));
    const g = depthwise(wide, filter, { strides: [1, 1], dilations, pad });
    const [b, h, w] = g.shape;
    return [kernel[3] === 1 ? g : tf.sum(tf.reshape(g, [b, h, w, kernel[2], kernel[3]]), 4)];
  },
};
