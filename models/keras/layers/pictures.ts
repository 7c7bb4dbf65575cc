/** Layers that pool, resize, cut and reshape. */
import { shown } from "../files.ts";
import type { LayerCall } from "../writer.ts";
import {
  channelsOf,
  type Converter,
  type Converters,
  count,
  frame,
  isCount,
  one,
  padding,
  pair,
} from "./settings.ts";

const pool = (op: string): Converter => (call) => {
  const kernel = pair(call, "pool_size", [2, 2]);
  return call.writer.add(call, call.name, op, call.inputs, {
    kernel,
    strides: pair(call, "strides", kernel),
    pad: padding(call),
    ceil: false,
  });
};

const globalPool = (op: string): Converter => (call) => {
  if (call.config.keepdims !== true) return call.writer.add(call, call.name, op, call.inputs);
  const pooled = call.writer.add(call, `${call.name}.pool`, op, call.inputs);
  return call.writer.add(call, call.name, "reshape", [pooled], { shape: [1, 1, channelsOf(call)] });
};

const reshape: Converter = (call) => {
  const found = call.config.target_shape;
  // TensorFlow.js writes an open size as null, Keras as -1
  const shape: unknown[] = Array.isArray(found) ? found.map((n) => n ?? -1) : [];
  const open = shape.filter((n) => n === -1).length;
  if (!shape.length || open > 1 || !shape.every((n) => n === -1 || isCount(n))) {
    call.fail(`its target_shape is ${shown(found)}`);
  }
  return call.writer.add(call, call.name, "reshape", call.inputs, { shape });
};

/** Keras counts axes from 1, behind the batch. */
const permute: Converter = (call) => {
  const { dims } = call.config;
  if (!Array.isArray(dims) || !dims.every(isCount)) return call.fail(`its dims are ${shown(dims)}`);
  return one("permute", () => ({ order: dims.map((axis) => axis - 1) }))(call);
};

/** The resizing op of `config.interpolation`. */
function resizing(call: LayerCall, or: string): "resizeNearest" | "resizeBilinear" {
  const how = call.config.interpolation ?? or;
  if (how === "nearest") return "resizeNearest";
  if (how === "bilinear") return "resizeBilinear";
  return call.fail(`its interpolation is ${shown(how)}; nearest and bilinear are supported`);
}

/** TensorFlow.js's own pixels begin together; Keras's (of TensorFlow 2 on) have centres. */
const upSampling2d: Converter = (call) => {
  const op = resizing(call, "nearest"), factor = pair(call, "size", [2, 2]);
  return op === "resizeNearest"
    ? one("upsampleNearest", () => ({ factor }))(call)
    : one(op, () => ({ factor, grid: call.writer.tfjs ? "asymmetric" : "half-pixel" }))(call);
};

/** TensorFlow.js lets corners fall together where Keras lets pixels have centres. */
const resize: Converter = (call) => {
  const odd = ["crop_to_aspect_ratio", "pad_to_aspect_ratio", "antialias"]
    .find((key) => call.config[key] === true);
  if (odd) call.fail(`its ${odd} is not supported`);
  const size = [count(call, "height"), count(call, "width")];
  const grid = call.writer.tfjs ? "corners" : "half-pixel";
  return one(resizing(call, "bilinear"), () => ({ size, grid }))(call);
};

/** Layers that move numbers, or take them together. */
export const pictureLayers: Converters = {
  AveragePooling2D: pool("avgPool"),
  Cropping2D: one("crop", (call) => ({ crop: frame(call, "cropping") })),
  Flatten: one("flatten"),
  GlobalAveragePooling2D: globalPool("globalAvgPool"),
  GlobalMaxPooling2D: globalPool("globalMaxPool"),
  MaxPooling2D: pool("maxPool"),
  Permute: permute,
  Reshape: reshape,
  Resizing: resize,
  UpSampling2D: upSampling2d,
  ZeroPadding2D: one("zeroPad", (call) => ({ pad: frame(call, "padding") })),
};
