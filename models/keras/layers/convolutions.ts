/** Convolutions and Dense. */
import { shown } from "../files.ts";
import type { LayerCall } from "../writer.ts";
import { withActivation } from "./activations.ts";
import {
  bias,
  channelsOf,
  type Converter,
  type Converters,
  count,
  padding,
  pair,
} from "./settings.ts";

/** How a convolution's window moves. */
const windowAttrs = (call: LayerCall) => ({
  strides: pair(call, "strides", [1, 1]),
  pad: padding(call),
  dilations: pair(call, "dilation_rate", [1, 1]),
});

/** The window of a 1×1 convolution. */
const POINTWISE = { strides: [1, 1], pad: [0, 0, 0, 0], dilations: [1, 1] };

/** Groups of one channel each are a depthwise convolution, whose numbers lie in the same order. */
const conv2d: Converter = (call) => {
  const out = count(call, "filters"), groups = count(call, "groups", 1), cin = channelsOf(call);
  if (cin % groups || out % groups) {
    call.fail(`${cin} channels in and ${out} out do not make ${groups} groups`);
  }
  const size = pair(call, "kernel_size"), stored = [...size, cin / groups, out];
  const single = groups > 1 && groups === cin;
  const shape = single ? [...size, cin, out / cin] : stored;
  const attrs = { ...windowAttrs(call), ...(groups > 1 && !single ? { groups } : {}) };
  return withActivation(
    call,
    (name) =>
      call.writer.add(call, name, single ? "depthwiseConv2d" : "conv2d", call.inputs, attrs, {
        kernel: { role: "kernel", shape, stored },
        ...bias(call, out),
      }),
  );
};

const depthwiseConv2d: Converter = (call) => {
  const cin = channelsOf(call), multiplier = count(call, "depth_multiplier", 1);
  const kernel = [...pair(call, "kernel_size"), cin, multiplier];
  return withActivation(
    call,
    (name) =>
      call.writer.add(call, name, "depthwiseConv2d", call.inputs, windowAttrs(call), {
        kernel: { role: ["depthwise_kernel", "kernel"], shape: kernel },
        ...bias(call, cin * multiplier),
      }),
  );
};

const separableConv2d: Converter = (call) => {
  const cin = channelsOf(call), out = count(call, "filters");
  const middle = cin * count(call, "depth_multiplier", 1);
  const depthwise = [...pair(call, "kernel_size"), cin, middle / cin];
  const between = call.writer.add(
    call,
    `${call.name}.depthwise`,
    "depthwiseConv2d",
    call.inputs,
    windowAttrs(call),
    { kernel: { role: "depthwise_kernel", shape: depthwise } },
  );
  return withActivation(
    call,
    (name) =>
      call.writer.add(call, name, "conv2d", [between], POINTWISE, {
        kernel: { role: "pointwise_kernel", shape: [1, 1, middle, out] },
        ...bias(call, out),
      }),
  );
};

/** On a picture, Keras's Dense works pixel by pixel: a 1×1 convolution. */
const dense: Converter = (call) => {
  const units = count(call, "units"), features = channelsOf(call);
  const isPicture = call.writer.shapeOf(call.inputs[0]).length === 3;
  const attrs = isPicture ? POINTWISE : {};
  return withActivation(
    call,
    (name) =>
      call.writer.add(call, name, isPicture ? "conv2d" : "dense", call.inputs, attrs, {
        kernel: {
          role: "kernel",
          stored: [features, units],
          shape: isPicture ? [1, 1, features, units] : [features, units],
        },
        ...bias(call, units),
      }),
  );
};

/**
 * What a transposed convolution of a kernel and stride cuts off before and after, and what it adds
 * behind, so that its output has the size that Keras gives it.
 */
function transposedFrame(kernel: number, stride: number, same: boolean, extra?: number) {
  const more = extra === undefined
    ? Math.max(stride - kernel, same ? -Infinity : 0)
    : extra - (same ? 2 * (kernel >> 1) : 0);
  const cut = Math.max(0, -more), before = cut >> 1;
  return { pad: [before, cut - before], more: Math.max(0, more) };
}

const conv2dTranspose: Converter = (call) => {
  const dilation = pair(call, "dilation_rate", [1, 1]), given = call.config.output_padding ?? null;
  if (dilation.some((n) => n !== 1)) {
    call.fail(`its dilation_rate is ${shown(dilation)}; only 1 is supported`);
  }
  const extra = given === null ? [] : Array.isArray(given) ? given : [given, given];
  if (
    given !== null && !(extra.length === 2 && extra.every((n) => Number.isSafeInteger(n) && n >= 0))
  ) {
    call.fail(`its output_padding is ${shown(given)}, not one or two whole numbers`);
  }
  const out = count(call, "filters"), kernel = pair(call, "kernel_size");
  const strides = pair(call, "strides", [1, 1]), same = padding(call) === "same";
  const axes = kernel.map((size, i) => transposedFrame(size, strides[i], same, extra[i]));
  return withActivation(
    call,
    (name) =>
      call.writer.add(call, name, "convTranspose2d", call.inputs, {
        strides,
        pad: axes.flatMap(({ pad }) => pad),
        outputPadding: axes.map(({ more }) => more),
      }, {
        kernel: { role: "kernel", shape: [...kernel, out, channelsOf(call)] },
        ...bias(call, out),
      }),
  );
};

/** Layers with a kernel. */
export const weightedLayers: Converters = {
  Conv2D: conv2d,
  Conv2DTranspose: conv2dTranspose,
  Dense: dense,
  DepthwiseConv2D: depthwiseConv2d,
  SeparableConv2D: separableConv2d,
};
