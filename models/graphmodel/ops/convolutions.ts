/** Convolutions: kernels of TensorFlow's are the engine's own, number by number. */
import type { Padding } from "../../../engine/builder.ts";
import type { Call, Converter, Converters } from "../../onnx/call.ts";
import type { Constant } from "../../onnx/constants.ts";
import { arranged } from "../../onnx/layout.ts";
import { type Live, type Value, view } from "../../onnx/values.ts";
import { asIs, type Parameter } from "../../onnx/parameter.ts";
import { callOf, listIn } from "../said.ts";
import { activated } from "./activations.ts";

/** A picture's axes, in the engine's order. */
export const PICTURE = [1, 2, 3] as const;

/** The node of a picture `[1, H, W, C]`. */
export function picture(call: Call, live: Live): string {
  if (live.shape.length !== 4 || live.shape[0] !== 1) {
    call.fail(`it reads [${live.shape.join(", ")}]; only pictures, [1, H, W, C], are supported`);
  }
  return arranged(call.writer, live, PICTURE.map((axis) => [axis]));
}

/** A picture as a node gives it. */
export const pictureOf = (call: Call, node: string): Live =>
  view(node, [1, ...call.writer.shapeOf(node)], PICTURE);

/** Only the order of axes that a browser computes in. */
export function refuseChannelsFirst(call: Call): void {
  const format = call.text("data_format", "NHWC");
  if (format !== "NHWC") call.fail(`its data_format is "${format.slice(0, 20)}", not NHWC`);
}

/** Height and width of a list of four. */
export function pair(call: Call, name: string): [number, number] {
  const list = call.ints(name),
    [batch, height, width, channels] = list?.length ? list : [1, 1, 1, 1];
  const fits = [height, width].every((n) => Number.isSafeInteger(n) && n >= 1 && n <= 2 ** 16);
  if (!fits || batch !== 1 || channels !== 1) {
    call.fail(`its ${name} are [${list?.slice(0, 9).join(", ")}]`, undefined, "bad-file");
  }
  return [height, width];
}

/** What lies around a picture. */
export function padding(call: Call): Padding {
  const kind = call.text("padding", "VALID");
  if (kind === "VALID") return [0, 0, 0, 0];
  if (kind === "SAME") return "same";
  const pads = call.ints("explicit_paddings") ?? [];
  const fits = pads.length === 8 && pads.every((n) => Number.isSafeInteger(n) && n >= 0) &&
    pads.every((n, i) => n <= 2 ** 16 && (n === 0 || i > 1 && i < 6));
  if (kind !== "EXPLICIT" || !fits) {
    call.fail(`its padding is "${kind.slice(0, 20)}" of [${pads}]`, undefined, "bad-file");
  }
  return [pads[2], pads[3], pads[4], pads[5]];
}

function kernelOf(call: Call): Constant {
  const kernel = call.constant(1);
  if (kernel.shape.length !== 4 || kernel.data.length === 0) {
    call.fail(`its kernel is [${kernel.shape.join(", ")}]`, undefined, "bad-file");
  }
  return kernel;
}

/** An operator and its kernel, ready to be written. */
export interface Layer {
  readonly op: string;
  readonly node: string;
  readonly attrs: Readonly<Record<string, unknown>>;
  readonly kernel: Parameter;
  readonly outputs: number;
}

/** How a convolution's window moves. */
const windowAttrs = (call: Call) => ({
  strides: pair(call, "strides"),
  pad: padding(call),
  dilations: pair(call, "dilations"),
});

function plainConv(call: Call): Layer {
  refuseChannelsFirst(call);
  const node = picture(call, call.live(0)), kernel = kernelOf(call), [, , own, out] = kernel.shape;
  const channels = call.writer.shapeOf(node)[2], groups = channels / own;
  if (!Number.isInteger(groups) || out % groups) {
    call.fail(
      `its kernel [${kernel.shape.join(", ")}] does not fit ${channels} channels`,
      undefined,
      "bad-file",
    );
  }
  const attrs = { ...windowAttrs(call), ...(groups > 1 ? { groups } : {}) };
  return { op: "conv2d", node, attrs, kernel: asIs(kernel), outputs: out };
}

function depthwiseConv(call: Call): Layer {
  refuseChannelsFirst(call);
  const node = picture(call, call.live(0)), kernel = kernelOf(call);
  const [, , channels, times] = kernel.shape;
  if (channels !== call.writer.shapeOf(node)[2]) {
    call.fail(
      `its kernel [${kernel.shape.join(", ")}] does not fit ${
        call.writer.shapeOf(node)[2]
      } channels`,
      undefined,
      "bad-file",
    );
  }
  const outputs = channels * times, attrs = windowAttrs(call);
  return { op: "depthwiseConv2d", node, attrs, kernel: asIs(kernel), outputs };
}

/** What is fused behind a layer: a bias, an activation, and that one's numbers. */
export function fusedInto(call: Call, outputs: number) {
  const ops =
    call.node.attributes.get("fused_ops")?.strings.map((s) => new TextDecoder().decode(s)) ?? [];
  const biased = ops[0] === "BiasAdd", [act, ...more] = biased ? ops.slice(1) : ops;
  if (more.length) call.fail(`${ops.slice(0, 5).join(", ")} are fused into it: too many`);
  const bias = biased ? call.constant(2) : undefined;
  if (bias && bias.data.length !== outputs) {
    call.fail(`its bias is [${bias.shape.join(", ")}], not [${outputs}]`, undefined, "bad-file");
  }
  const params: Record<string, Parameter> = bias ? { bias: asIs(bias, [outputs]) } : {};
  return {
    params,
    activation: act === "Linear" ? undefined : act,
    alpha: act === "Prelu" ? call.constant(biased ? 3 : 2) : undefined,
  };
}

/** `NAME.linear` is what an activation reads that is fused into the layer of that name. */
export function inner(call: Call, activation: string | undefined): Call {
  return activation === undefined
    ? call
    : callOf(call, call.node.op, call.inputs, {}, `${call.name}.linear`);
}

const layer = (describe: (call: Call) => Layer): Converter => (call): Value => {
  const { op, node, attrs, kernel, outputs } = describe(call);
  const { params, activation, alpha } = fusedInto(call, outputs);
  const made = inner(call, activation).add(op, [node], attrs, { kernel, ...params });
  const value = pictureOf(call, made);
  return activation === undefined ? value : activated(call, activation, value, alpha);
};

/** The gradient of a convolution: its input's size is the output's. */
const transposedConv: Converter = (call) => {
  refuseChannelsFirst(call);
  const sizes = listIn(call, 0), kernel = kernelOf(call), [kh, kw, out, channels] = kernel.shape;
  const live = call.live(2), node = picture(call, live), [height, width, own] = live.shape.slice(1);
  if (own !== channels || sizes.length !== 4 || sizes[3] !== out) {
    call.fail(
      `its kernel [${kernel.shape.join(", ")}] does not make [${
        sizes.slice(0, 9).join(", ")
      }] of ` +
        `[${live.shape.join(", ")}]`,
      undefined,
      "bad-file",
    );
  }
  if (pair(call, "dilations").some((n) => n > 1)) call.fail("its kernel is dilated");
  const strides = pair(call, "strides"), kind = padding(call), pads: number[] = [];
  const outputPadding = [0, 1].map((axis) => {
    const whole = ([height, width][axis] - 1) * strides[axis] + [kh, kw][axis];
    const cut = kind === "same" ? Math.max(0, whole - sizes[1 + axis]) : 0;
    const [before, behind] = kind === "same"
      ? [cut >> 1, cut - (cut >> 1)]
      : (kind as readonly number[]).slice(2 * axis, 2 * axis + 2);
    pads.push(before, behind);
    return sizes[1 + axis] - (whole - before - behind);
  });
  if (!outputPadding.every((n, axis) => n >= 0 && n < strides[axis])) {
    call.fail(`its output cannot be [${sizes.join(", ")}]`, undefined, "bad-file");
  }
  const attrs = { strides, pad: pads, dilations: [1, 1], outputPadding };
  return pictureOf(call, call.add("convTranspose2d", [node], attrs, { kernel: asIs(kernel) }));
};

export const convolutions: Converters = {
  Conv2D: layer(plainConv),
  _FusedConv2D: layer(plainConv),
  DepthwiseConv2d: layer(depthwiseConv),
  DepthwiseConv2dNative: layer(depthwiseConv),
  FusedDepthwiseConv2dNative: layer(depthwiseConv),
  Conv2DBackpropInput: transposedConv,
};
