/** Convolutions. */
import { sizeOf } from "../../../core/values.ts";
import type { Padding } from "../../../engine/builder.ts";
import type { Constant, Unread } from "../constants.ts";
import type { Call, Converters } from "../call.ts";
import { arranged } from "../layout.ts";
import { isLive, type Live, PICTURE, pictureOf, type Value } from "../values.ts";
import { asIs, type Parameter } from "../parameter.ts";

/** The node of a picture `[1, C, H, W]`, as the engine has pictures. */
export function picture(call: Call, live: Live): string {
  if (live.shape.length !== 4 || live.shape[0] !== 1) {
    call.fail(`it reads [${live.shape.join(", ")}]; only pictures, [1, C, H, W], are supported`);
  }
  return arranged(call.writer, live, PICTURE.map((axis) => [axis]));
}

/** Two whole numbers from `least` up. */
export function pair(call: Call, name: string, or: number, least: number): [number, number] {
  const [a, b, ...more] = call.ints(name) ?? [or, or];
  const fits = [a, b].every((n) => Number.isSafeInteger(n) && n >= least && n <= 2 ** 16);
  if (!fits || more.length) {
    call.fail(`its ${name} is [${[a, b, ...more].join(", ")}]`, undefined, "bad-file");
  }
  return [a, b];
}

interface Sliding {
  readonly kernel: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
}

/** The padding around a picture: explicit, or by the size that the output is to have. */
export function padding(call: Call, node: string, sliding: Sliding): Padding {
  const auto = call.text("auto_pad", "NOTSET");
  if (auto === "VALID") return [0, 0, 0, 0];
  if (auto === "SAME_UPPER") return "same";
  if (auto === "SAME_LOWER") {
    const size = call.writer.shapeOf(node);
    const sides = [0, 1].map((axis) => {
      const { kernel, strides, dilations } = sliding, extent = (kernel[axis] - 1) * dilations[axis];
      const out = Math.ceil(size[axis] / strides[axis]);
      const total = Math.max(0, (out - 1) * strides[axis] + extent + 1 - size[axis]);
      return [total - (total >> 1), total >> 1];
    });
    return [sides[0][0], sides[0][1], sides[1][0], sides[1][1]];
  }
  if (auto !== "NOTSET") call.fail(`its auto_pad is "${auto}"`, undefined, "bad-file");
  const pads = call.ints("pads") ?? [0, 0, 0, 0];
  const fits = pads.length === 4 && pads.every((n) => Number.isSafeInteger(n) && n <= 2 ** 16);
  if (!fits) call.fail(`its pads are [${pads.slice(0, 9).join(", ")}]`, undefined, "bad-file");
  if (pads.some((n) => n < 0)) call.fail("its pads are negative, which is not supported");
  return [pads[0], pads[2], pads[1], pads[3]];
}

/** A convolution's weight, which must be a constant of four axes. */
function weightOf(call: Call): Constant | Unread {
  const given = call.weight(1), weight = isLive(given) ? call.constant(1) : given;
  if (weight.shape.length !== 4 || sizeOf(weight.shape) === 0) {
    call.fail(`its weight is [${weight.shape.join(", ")}]; only convolutions of pictures work`);
  }
  const kernel = call.ints("kernel_shape");
  if (kernel && kernel.join() !== weight.shape.slice(2).join()) {
    call.fail(
      `its kernel_shape is [${kernel.join(", ")}], and its weight [${weight.shape.join(", ")}]`,
      undefined,
      "bad-file",
    );
  }
  return weight;
}

function biasOf(call: Call, channels: number): Record<string, Parameter> {
  const bias = call.optional(2);
  if (!bias) return {};
  if (bias.shape.join() !== `${channels}`) {
    call.fail(
      `its bias is [${bias.shape.join(", ")}], not [${channels}]`,
      undefined,
      "bad-file",
    );
  }
  return { bias: asIs(bias) };
}

/** A kernel whose axes are those of the weight in another order, under a shape. */
const kernelOf = (
  weight: Constant | Unread,
  order: readonly number[],
  shape?: readonly number[],
): Parameter => {
  const own = shape ?? order.map((axis) => weight.shape[axis]);
  return { shape: own, of: weight, moved: { sizes: weight.shape, order } };
};

function conv(call: Call): Value {
  const node = picture(call, call.live(0)), weight = weightOf(call);
  const [out, own, kh, kw] = weight.shape, groups = call.int("group", 1);
  const channels = call.writer.shapeOf(node)[2];
  if (!(groups >= 1) || out % groups || own * groups !== channels) {
    call.fail(
      `its weight [${weight.shape.join(", ")}] in ${groups} groups does not fit ${channels} ` +
        `channels`,
      undefined,
      "bad-file",
    );
  }
  const strides = pair(call, "strides", 1, 1), dilations = pair(call, "dilations", 1, 1);
  const pad = padding(call, node, { kernel: [kh, kw], strides, dilations });
  const attrs = { strides, pad, dilations }, bias = biasOf(call, out);
  if (groups > 1 && own === 1) {
    // [out, 1, kh, kw]: the outputs of a channel are next to each other
    const shape = [kh, kw, channels, out / channels];
    const kernel = kernelOf(weight, [2, 3, 0, 1], shape);
    const made = call.add("depthwiseConv2d", [node], attrs, { kernel, ...bias });
    return pictureOf(made, call.writer.shapeOf(made));
  }
  const kernel = kernelOf(weight, [2, 3, 1, 0]);
  const grouped = groups > 1 ? { ...attrs, groups } : attrs;
  const made = call.add("conv2d", [node], grouped, { kernel, ...bias });
  return pictureOf(made, call.writer.shapeOf(made));
}

function convTranspose(call: Call): Value {
  const node = picture(call, call.live(0)), weight = weightOf(call);
  const [, out, kh, kw] = weight.shape;
  call.only("group", 1);
  const strides = pair(call, "strides", 1, 1), dilations = pair(call, "dilations", 1, 1);
  let outputPadding = pair(call, "output_padding", 0, 0);
  let pad = padding(call, node, { kernel: [kh, kw], strides, dilations });
  const size = call.writer.shapeOf(node), auto = call.text("auto_pad", "NOTSET");
  const asked = call.ints("output_shape")?.slice(-2) ??
    (pad === "same" || auto === "SAME_LOWER" ? strides.map((s, i) => s * size[i]) : undefined);
  if (asked) {
    // ONNX: what is too much is cut off, half at each side
    const cuts = [0, 1].map((axis) =>
      strides[axis] * (size[axis] - 1) + outputPadding[axis] +
      ([kh, kw][axis] - 1) * dilations[axis] + 1 - asked[axis]
    );
    if (cuts.some((n) => n < 0)) {
      call.fail(`its output of [${asked.join(", ")}] is larger than what it makes`);
    }
    const before = cuts.map((n) => auto === "SAME_UPPER" ? n >> 1 : n - (n >> 1));
    pad = [before[0], cuts[0] - before[0], before[1], cuts[1] - before[1]];
  }
  outputPadding = [...outputPadding];
  const attrs = { strides, pad, dilations, outputPadding };
  const params = { kernel: kernelOf(weight, [2, 3, 1, 0]), ...biasOf(call, out) };
  const made = call.add("convTranspose2d", [node], attrs, params);
  return pictureOf(made, call.writer.shapeOf(made));
}

export const convolutions: Converters = { Conv: conv, ConvTranspose: convTranspose };
