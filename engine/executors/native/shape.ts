/** Ops that move numbers without computing any. */
import { channelsFirst, channelsLast } from "./layout.ts";
import { fitted, framed, spread } from "./_frame.ts";
import type { NativeOp } from "./op.ts";

export const identity: NativeOp = {
  forward: (_to, [x]) => x,
  backward: (_to, dy) => [dy],
};

/** To another shape, in the engine's order. */
export const reshape: NativeOp = {
  forward(to, [x], { inputShapes: [shape], outputShape }) {
    const row = channelsLast(to, x, shape);
    const y = to.node("Reshape", [row, to.ints(-1, ...outputShape)]);
    return channelsFirst(to, y, outputShape);
  },
  backward(to, dy, { inputShapes: [shape], outputShape }) {
    const row = channelsLast(to, dy, outputShape);
    return [channelsFirst(to, to.node("Reshape", [row, to.ints(-1, ...shape)]), shape)];
  },
};

export const flatten: NativeOp = reshape;

type Four = readonly [number, number, number, number];

export const zeroPad: NativeOp = {
  forward(to, [x], { attrs }) {
    const [top, bottom, left, right] = attrs.pad as Four;
    return framed(to, x, { top, bottom, left, right });
  },
  backward(to, dy, { attrs }) {
    const [top, bottom, left, right] = attrs.pad as Four;
    return [framed(to, dy, { top: -top, bottom: -bottom, left: -left, right: -right })];
  },
};

export const crop: NativeOp = {
  forward(to, [x], { attrs }) {
    const [top, bottom, left, right] = attrs.crop as Four;
    return framed(to, x, { top: -top, bottom: -bottom, left: -left, right: -right });
  },
  backward(to, dy, { attrs }) {
    const [top, bottom, left, right] = attrs.crop as Four;
    return [framed(to, dy, { top, bottom, left, right })];
  },
};

/** Every `stride`-th pixel, zero channels before and behind. */
export const shortcutA: NativeOp = {
  forward(to, [x], { attrs }) {
    const stride = attrs.stride as number, [before, after] = attrs.channels as [number, number];
    const end = 2 ** 31 - 1;
    const small = to.node("Slice", [
      x,
      to.ints(0, 0),
      to.ints(end, end),
      to.ints(2, 3),
      to.ints(stride, stride),
    ]);
    return to.node("Pad", [small, to.ints(0, before, 0, 0, 0, after, 0, 0)]);
  },
  backward(to, dy, { attrs, inputShapes: [[h, w, c]], outputShape: [oh, ow] }) {
    const stride = attrs.stride as number, [before, after] = attrs.channels as [number, number];
    const own = to.node("Pad", [dy, to.ints(0, -before, 0, 0, 0, -after, 0, 0)]);
    const wide = spread(to, own, [c, oh, ow], [stride, stride]);
    return [fitted(to, wide, [oh * stride, ow * stride], [h, w])];
  },
};
