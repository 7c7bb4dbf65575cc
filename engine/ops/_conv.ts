/**
 * What convolutions have in common. Backward is again a convolution: of the output's gradient with the
 * kernel rotated by 180° and its channels exchanged, prepared once. Strides:
 * - square stride s: the s² phases of the input's gradient are one stride-1 convolution with s²·in
 *   outputs, then a depth-to-space;
 * - 1×1 kernels: a convolution, then a scatter to every s-th pixel, into the other branch's gradient
 *   where there is one (a ResNet's shortcut);
 * - dilated kernels and unequal strides: the gradient is spread out with zeros first.
 */
import type * as tf from "../../deps/tfjs.ts";
import { type Arrangement, type ConvSpec, kernels, rotated } from "../kernels/mod.ts";
import { offsets, phased } from "./phases.ts";
import { placeWindow, type Window } from "./window.ts";
import type { BackwardCall, Call, Parameters, Shape, ShapeCall } from "./op.ts";

/** Where a convolution's windows lie on an input. */
export const windowOf = (call: { attrs: Call["attrs"] }, kernel: Shape, input: Shape): Window =>
  placeWindow(call.attrs, [kernel[0], kernel[1]], input.at(-3)!, input.at(-2)!);

/** Where the first window of a stride-1 convolution with a rotated kernel begins. */
export const turnedCorner = (kernel: Shape, { dilations, pad }: Window) => ({
  top: (kernel[0] - 1) * dilations[0] - pad.top,
  left: (kernel[1] - 1) * dilations[1] - pad.left,
});

/** A convolution of stride 1, `size` pixels large. */
function convolve(
  x: tf.Tensor4D,
  filter: tf.Tensor,
  kernel: ConvSpec["kernel"],
  size: readonly [number, number],
  pad: ConvSpec["pad"] = { top: 0, left: 0 },
  dilations: readonly [number, number] = [1, 1],
): tf.Tensor4D {
  return kernels().conv2d(x, filter, { kernel, strides: [1, 1], dilations, pad, size });
}

/** Spreads a gradient over every `strides`-th pixel, zeros between. */
export function spread(dy: tf.Tensor4D, strides: readonly [number, number]): tf.Tensor4D {
  if (strides[0] === 1 && strides[1] === 1) return dy;
  const [, h, w] = dy.shape;
  return kernels().scatter(dy, [(h - 1) * strides[0] + 1, (w - 1) * strides[1] + 1], [...strides]);
}

/** Whether each output is one pixel's: a window that lies in the padding is none's. */
const isPointwise = (kernel: Shape, { pad }: Window) =>
  kernel[0] === 1 && kernel[1] === 1 && Math.max(pad.top, pad.bottom, pad.left, pad.right) === 0;

/** Gradient at the input of a convolution with the kernel of `params` (whatever its bias). */
export function convInputGradient(
  dy: tf.Tensor4D,
  call: Pick<BackwardCall, "attrs" | "inputShapes" | "into">,
  params: Omit<Parameters, "has">,
): tf.Tensor4D {
  const shape = params.shape("kernel"), input = call.inputShapes[0];
  const window = windowOf(call, shape, input), { strides, dilations, pad } = window;
  const size = [input[1], input[2]] as const, [s] = strides;
  const filter = (key: string, arrangement: Arrangement) =>
    params.derived(key, () => kernels().convKernel(params.values("kernel"), arrangement));
  const turned = rotated(shape);
  if (s > 1 && s === strides[1] && Math.max(...dilations) === 1) {
    if (isPointwise(shape, window)) {
      const z = convolve(dy, filter("rotated", turned), turned.shape, [dy.shape[1], dy.shape[2]]);
      return kernels().scatter(z, [...size], [s, s], call.into as tf.Tensor4D | undefined);
    }
    const { top, left } = pad, phases = phased(shape, s, top, left);
    const blocks = [Math.ceil(size[0] / s), Math.ceil(size[1] / s)] as const;
    const corner = {
      top: -offsets(shape[0], s, top).first,
      left: -offsets(shape[1], s, left).first,
    };
    const kernel = filter(`phased:${s},${top},${left}`, phases);
    return kernels().depthToSpace(convolve(dy, kernel, phases.shape, blocks, corner), s, ...size);
  }
  const wide = spread(dy, strides), kernel = filter("rotated", turned);
  return convolve(wide, kernel, turned.shape, size, turnedCorner(shape, window), dilations);
}

/** Shape of a convolution's output. @throws Error where its input is no picture. */
export function spatialShape(inputs: readonly Shape[], call: ShapeCall, channels: number): Shape {
  const [input] = inputs, { kernel } = call.params;
  if (input.length !== 3) {
    throw new Error(`a convolution needs a picture, not [${input.join(", ")}]`);
  }
  return [...windowOf(call, kernel, input).out, channels];
}
