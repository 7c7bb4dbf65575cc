/**
 * What convolutions have in common. Backward is again a convolution: of the output's gradient with the
 * kernel rotated by 180° and its channels exchanged, prepared once. Strides:
 * - square stride s: the s² phases of the input's gradient are one stride-1 convolution with s²·in
 *   outputs, then a depth-to-space; or, where a backend can lay them between each other, a convolution
 *   each, with only the taps that it has;
 * - 1×1 kernels: a convolution, then a scatter to every s-th pixel, into the other branch's gradient
 *   where there is one (a ResNet's shortcut);
 * - dilated kernels, unequal strides and groups: the gradient is spread out with zeros first.
 */
import type * as tf from "../../deps/tfjs.ts";
import { type Arrangement, type ConvSpec, kernels, rotated } from "../kernels/mod.ts";
import type { Attributes } from "../graph.ts";
import { convolve } from "./_filter.ts";
import { offsets, phased, phasesApart } from "./phases.ts";
import { placeWindow, type Window } from "./window.ts";
import type { BackwardCall, Call, Parameters, Shape, ShapeCall } from "./op.ts";

/** How many groups an op's attributes ask for; 1 where they do not say. */
export const groupsOf = ({ groups }: Attributes): number => (groups as number | undefined) ?? 1;

/** Where a convolution's windows lie on an input. */
export const windowOf = (call: { attrs: Call["attrs"] }, kernel: Shape, input: Shape): Window =>
  placeWindow(call.attrs, [kernel[0], kernel[1]], input.at(-3)!, input.at(-2)!);

/** Where the first window of a stride-1 convolution with a rotated kernel begins. */
export const turnedCorner = (kernel: Shape, { dilations, pad }: Window) => ({
  top: (kernel[0] - 1) * dilations[0] - pad.top,
  left: (kernel[1] - 1) * dilations[1] - pad.left,
});

/** Spreads a gradient over every `strides`-th pixel, zeros between. */
export function spread(dy: tf.Tensor4D, strides: readonly [number, number]): tf.Tensor4D {
  if (strides[0] === 1 && strides[1] === 1) return dy;
  const [, h, w] = dy.shape;
  return kernels().scatter(dy, [(h - 1) * strides[0] + 1, (w - 1) * strides[1] + 1], [...strides]);
}

/** Whether each output is one pixel's: a window that lies in the padding is none's. */
const isPointwise = (kernel: Shape, { pad }: Window) =>
  kernel[0] === 1 && kernel[1] === 1 && Math.max(pad.top, pad.bottom, pad.left, pad.right) === 0;

/** Input channels from which on phases fill the panels that kernels work in, each by itself. */
const APART = 8;

/** Gradient at the input of a convolution with the kernel of `params` (whatever its bias). */
export function convInputGradient(
  dy: tf.Tensor4D,
  call: Pick<BackwardCall, "attrs" | "inputShapes" | "into" | "apart">,
  params: Omit<Parameters, "has">,
): tf.Tensor4D {
  const groups = groupsOf(call.attrs), input = call.inputShapes[0];
  const [kh, kw, depth, out] = params.shape("kernel"), shape = [kh, kw, depth, out / groups];
  const window = windowOf(call, shape, input), { strides, dilations, pad } = window;
  const size = [input[1], input[2]] as const, [s] = strides;
  /** A convolution of stride 1 with the kernel in another arrangement. */
  const by = (
    x: tf.Tensor4D,
    key: string,
    arrangement: Arrangement,
    spec: Pick<ConvSpec, "size"> & Partial<ConvSpec>,
  ) => {
    const [rows, columns, from, to] = arrangement.shape, plain = [1, 1] as const;
    return convolve(x, { params, key, arrangement }, {
      kernel: [rows, columns, from, groups * to],
      ...{ strides: plain, dilations: plain, pad: { top: 0, left: 0 }, groups, apart: call.apart },
      ...spec,
    });
  };
  const turned = rotated(shape);
  if (groups === 1 && s > 1 && s === strides[1] && Math.max(...dilations) === 1) {
    if (isPointwise(shape, window)) {
      const z = by(dy, "rotated", turned, { size: [dy.shape[1], dy.shape[2]] });
      return kernels().scatter(z, [...size], [s, s], call.into as tf.Tensor4D | undefined);
    }
    const { interleave } = kernels();
    if (interleave && shape[2] >= APART) {
      const parts = phasesApart(shape, s, pad, size).map(({ arrangement, pad, size }, i) =>
        arrangement && Math.min(...size) > 0
          ? by(dy, `phase ${i} of ${s}, ${window.pad.top}, ${window.pad.left}`, arrangement, {
            pad,
            size,
          })
          : undefined
      );
      return interleave(parts, s, [dy.shape[0], ...size, shape[2]]);
    }
    const { top, left } = pad, phases = phased(shape, s, top, left);
    const blocks = [Math.ceil(size[0] / s), Math.ceil(size[1] / s)] as const;
    const corner = {
      top: -offsets(shape[0], s, top).first,
      left: -offsets(shape[1], s, left).first,
    };
    const packed = by(dy, `phased:${s},${top},${left}`, phases, { size: blocks, pad: corner });
    return kernels().depthToSpace(packed, s, ...size);
  }
  const corner = turnedCorner(shape, window);
  return by(spread(dy, strides), "rotated", turned, { size, pad: corner, dilations });
}

/** Shape of a convolution's output. @throws Error where its input is no picture. */
export function spatialShape(inputs: readonly Shape[], call: ShapeCall, channels: number): Shape {
  const [input] = inputs, { kernel } = call.params;
  if (input.length !== 3) {
    throw new Error(`a convolution needs a picture, not [${input.join(", ")}]`);
  }
  return [...windowOf(call, kernel, input).out, channels];
}
