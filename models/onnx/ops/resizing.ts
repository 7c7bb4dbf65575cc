/** Resizing of pictures. */
import type { Call, Converter, Converters } from "../call.ts";
import { pictureOf } from "../values.ts";
import { picture } from "./convolutions.ts";

type Two = readonly [number, number];

/** What a Resize is asked for: sizes, or factors. */
function wanted(call: Call): { readonly size?: Two; readonly factor?: Two } {
  const old = call.opset < 10;
  const list = (n: number) => {
    const constant = call.optional(n);
    return constant && constant.data.length ? Array.from(constant.data) : undefined;
  };
  const upsample = call.node.op === "Upsample" || old || call.opset === 10;
  const scales = (old ? call.floats("scales") : undefined) ?? list(upsample ? 1 : 2);
  const sizes = upsample ? undefined : list(3);
  const axes = call.ints("axes")?.map((axis) => call.axis(axis, 4)) ?? [0, 1, 2, 3];
  const both = (numbers: readonly number[], other: readonly number[]): Two => {
    const all = [...other];
    axes.forEach((axis, i) => all[axis] = numbers[i]);
    if (numbers.length !== axes.length || all[0] !== other[0] || all[1] !== other[1]) {
      call.fail("it does not resize height and width alone");
    }
    return [all[2], all[3]];
  };
  if (sizes) {
    const { shape } = call.live(0);
    // the number of pictures, where one is written down
    const own = axes[0] === 0 && sizes[0] === call.batch ? sizes.with(0, 1) : sizes;
    return { size: both(own, shape) };
  }
  if (!scales) return call.fail("it says neither a size nor a factor", undefined, "bad-file");
  const factor = both(scales, [1, 1, 1, 1]);
  if (!factor.every((n) => n > 0 && n < 1e4)) {
    call.fail(`its factors are [${factor.join(", ")}]`, undefined, "bad-file");
  }
  return { factor };
}

const GRIDS: Readonly<Record<string, string>> = {
  half_pixel: "half-pixel",
  pytorch_half_pixel: "half-pixel",
  align_corners: "corners",
  asymmetric: "asymmetric",
};

/** Which pixel is the nearest, half way between two: the engine's ways, in ONNX's words. */
const NEAREST: Readonly<Record<string, readonly string[]>> = {
  "half-pixel": ["round_prefer_ceil"],
  "corners": ["round_prefer_ceil"],
  "asymmetric": ["floor"],
};

const isWhole = (n: number) => Number.isInteger(n) && n >= 1;

const resize: Converter = (call) => {
  const live = call.live(0), node = picture(call, live), { size, factor } = wanted(call);
  const old = call.opset < 11, mode = call.text("mode", "nearest");
  const transform = old ? "asymmetric" : call.text("coordinate_transformation_mode", "half_pixel");
  const grid = Object.hasOwn(GRIDS, transform) ? GRIDS[transform] : undefined;
  if (!grid) return call.fail(`its coordinate_transformation_mode is "${transform}"`);
  if (mode !== "nearest" && mode !== "linear" && mode !== "bilinear") {
    call.fail(`its mode is "${mode}"; nearest and linear are supported`);
  }
  if (call.int("antialias", 0) === 1) call.fail("it smooths what it makes smaller");
  if (size && call.text("keep_aspect_ratio_policy", "stretch") !== "stretch") {
    call.fail("it keeps the sides' ratio, which is not supported");
  }
  const made = mode === "nearest"
    ? nearest(call, node, grid, size, factor)
    : call.add("resizeBilinear", [node], { ...(size ? { size } : { factor }), grid });
  return pictureOf(made, call.writer.shapeOf(made));
};

function nearest(call: Call, node: string, grid: string, size?: Two, factor?: Two): string {
  const [height, width] = call.writer.shapeOf(node);
  const times = factor ?? [size![0] / height, size![1] / width];
  const rounding = call.opset < 11 ? "floor" : call.text("nearest_mode", "round_prefer_floor");
  // whole factors repeat pixels, half way between two lies none
  const repeats = times.every(isWhole) &&
    (grid === "asymmetric"
      ? rounding === "floor"
      : grid === "half-pixel" && /^round/.test(rounding));
  if (repeats) return call.add("upsampleNearest", [node], { factor: times });
  if (!NEAREST[grid].includes(rounding)) {
    call.fail(`its nearest_mode is "${rounding}" at factors of [${times.join(", ")}]`);
  }
  return call.add("resizeNearest", [node], { ...(size ? { size } : { factor }), grid });
}

export const resizing: Converters = { Resize: resize, Upsample: resize };
