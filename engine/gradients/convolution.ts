/** Gradients of convolutions, and of the mean of windows, which is one. */
import * as tf from "../../deps/tfjs.ts";
import { fromInput, gradient, run } from "./gradient.ts";

type Size = readonly [number, number];

/** Zeros between the rows and columns of a picture, so that it has every `strides`-th. */
function spread(dy: tf.Tensor, [down, across]: Size): tf.Tensor4D {
  const [batch, h, w, channels] = dy.shape;
  const rows = tf.reshape(dy, [batch * h, 1, w * channels]);
  const high = tf.pad(rows, [[0, 0], [0, down - 1], [0, 0]]);
  const columns = tf.reshape(high, [batch * h * down, w, 1, channels]);
  const wide = tf.pad(columns, [[0, 0], [0, 0], [0, across - 1], [0, 0]]);
  const whole = tf.reshape(wide, [batch, h * down, w * across, channels]);
  const size = [batch, (h - 1) * down + 1, (w - 1) * across + 1, channels];
  return tf.slice(whole, 0, size) as tf.Tensor4D;
}

/**
 * The gradient at a convolution's input: a convolution of the output's gradient, spread out by the
 * strides, with the kernel rotated by 180° and its channels exchanged. The backends' own kernels
 * for it know no dilations, and WebAssembly has none for the depthwise one.
 */
function atInput(
  dy: tf.Tensor,
  x: tf.Tensor,
  filter: tf.Tensor,
  attrs: tf.Conv2DAttrs,
  depthwise: boolean,
): tf.Tensor {
  if (attrs.dataFormat === "NCHW") {
    const [last, first] = [[0, 2, 3, 1], [0, 3, 1, 2]];
    const inputs = [tf.transpose(dy, last), tf.transpose(x, last)] as const;
    const dx = atInput(...inputs, filter, { ...attrs, dataFormat: "NHWC" }, depthwise);
    return tf.transpose(dx, first);
  }
  const [batch, height, width, channels] = x.shape;
  const [kh, kw, , out] = filter.shape;
  const info = tf.backend_util.computeConv2DInfo(
    [batch, height, width, channels],
    filter.shape as [number, number, number, number],
    attrs.strides,
    attrs.dilations,
    attrs.pad,
    attrs.dimRoundingMode,
    depthwise,
  );
  const { strideHeight, strideWidth, dilationHeight, dilationWidth, padInfo } = info;
  const wide = spread(dy, [strideHeight, strideWidth]);
  const { top, left } = padInfo;
  const over = [(kh - 1) * dilationHeight, (kw - 1) * dilationWidth];
  const framed = tf.pad(wide, [
    [0, 0],
    [over[0], Math.max(0, top + height - wide.shape[1])],
    [over[1], Math.max(0, left + width - wide.shape[2])],
    [0, 0],
  ]);
  const turned = tf.reverse(filter, [0, 1]), begin = [0, top, left, 0];
  const dilations: [number, number] = [dilationHeight, dilationWidth];
  if (!depthwise) {
    const kernel = tf.transpose(turned, [0, 1, 3, 2]) as tf.Tensor4D;
    const dx = tf.conv2d(framed, kernel, 1, "valid", "NHWC", dilations);
    return tf.slice(dx, begin, x.shape);
  }
  // every channel of the output has a kernel of its own; those of one input's channel are summed
  const kernel = tf.reshape(turned, [kh, kw, channels * out, 1]) as tf.Tensor4D;
  const each = tf.depthwiseConv2d(framed, kernel, 1, "valid", "NHWC", dilations);
  const seen = tf.slice(each, begin, [batch, height, width, channels * out]);
  return tf.sum(tf.reshape(seen, [batch, height, width, channels, out]), 4);
}

const convolution = (kernelName: string, atFilter: string, depthwise: boolean): tf.GradConfig =>
  gradient<tf.Conv2DAttrs>(
    kernelName,
    { inputs: ["x", "filter"] },
    ([dy], [x, filter], attrs) => ({
      x: () => atInput(dy, x, filter, attrs, depthwise),
      filter: () => run(atFilter, { x, dy }, { ...attrs, filterShape: filter.shape }),
    }),
  );

/**
 * Each window's mean is of those pixels that lie in the picture, at the border too, which the
 * backends' own kernels do not heed.
 */
function ofMeans(dy: tf.Tensor, x: tf.Tensor, attrs: tf.AvgPoolAttrs): tf.Tensor {
  const { filterSize, strides, pad, dimRoundingMode } = attrs;
  const [kh, kw] = typeof filterSize === "number" ? [filterSize, filterSize] : filterSize;
  const [, height, width, channels] = x.shape;
  const whole = tf.ones<tf.Rank.R4>([1, height, width, 1]);
  const window = tf.ones<tf.Rank.R4>([kh, kw, 1, 1]);
  const seen = tf.depthwiseConv2d(whole, window, strides, pad, "NHWC", 1, dimRoundingMode);
  const windows = { strides, pad, dimRoundingMode, dilations: 1, dataFormat: "NHWC" } as const;
  return atInput(tf.div(dy, seen), x, tf.fill([kh, kw, channels, 1], 1), windows, true);
}

export const convolutions: readonly tf.GradConfig[] = [
  convolution(tf.Conv2D, tf.Conv2DBackpropFilter, false),
  convolution(tf.DepthwiseConv2dNative, tf.DepthwiseConv2dNativeBackpropFilter, true),
  // the transposed convolution is linear in its input, whose gradient is the plain one
  gradient<tf.Conv2DBackpropInputAttrs>(
    tf.Conv2DBackpropInput,
    { inputs: ["dy", "filter"] },
    ([dy], [x, filter], attrs) => ({
      dy: () => run(tf.Conv2D, { x: dy, filter }, { ...attrs, dilations: 1 }),
      filter: () =>
        run(tf.Conv2DBackpropFilter, { x: dy, dy: x }, { ...attrs, filterShape: filter.shape }),
    }),
  ),
  fromInput(tf.AvgPool, ofMeans),
];
