/** Activations: functions of one number each. */
import { add, asFloat, inside, masked, mul, sloped, sub } from "./_pointwise.ts";
import type { NativeOp } from "./op.ts";
import type { Writer } from "./writer.ts";

export const relu: NativeOp = masked(
  (to, x) => to.node("Relu", [x]),
  (to, y) => to.node("Greater", [y, to.float(0)]),
);

export const relu6: NativeOp = masked(
  (to, x) => to.node("Clip", [x, to.float(0), to.float(6)]),
  (to, y) => inside(to, y, 0, 6),
);

export const sigmoid: NativeOp = sloped(
  (to, x) => to.node("Sigmoid", [x]),
  (to, _x, y) => mul(to, y, sub(to, to.float(1), y)),
);

export const tanh: NativeOp = sloped(
  (to, x) => to.node("Tanh", [x]),
  (to, _x, y) => sub(to, to.float(1), mul(to, y, y)),
);

/** σ + x·σ·(1 − σ), which is σ + y·(1 − σ). */
export const swish: NativeOp = sloped(
  (to, x) => mul(to, x, to.node("Sigmoid", [x])),
  (to, x, y) => {
    const s = to.node("Sigmoid", [x]);
    return add(to, s, mul(to, y, sub(to, to.float(1), s)));
  },
);

/** `slope`·x + `offset`, between 0 and 1. */
const share = (to: Writer, x: string, slope: number, offset: number) =>
  to.node("Clip", [
    add(to, mul(to, x, to.float(slope)), to.float(offset)),
    to.float(0),
    to.float(1),
  ]);

export const hardSigmoid: NativeOp = sloped(
  (to, x, { attrs: { slope = 0.2, offset = 0.5 } }) =>
    share(to, x, slope as number, offset as number),
  (to, _x, y, { attrs: { slope = 0.2 } }) =>
    mul(to, asFloat(to, inside(to, y, 0, 1)), to.float(slope as number)),
);

export const hardSwish: NativeOp = sloped(
  (to, x) => mul(to, x, share(to, x, 1 / 6, 0.5)),
  (to, x) => {
    const rate = add(to, mul(to, x, to.float(1 / 3)), to.float(0.5));
    const middle = mul(to, asFloat(to, inside(to, x, -3, 3)), rate);
    return add(to, middle, asFloat(to, to.node("GreaterOrEqual", [x, to.float(3)])));
  },
);

export const leakyRelu: NativeOp = sloped(
  (to, x, { attrs: { alpha } }) => to.node("LeakyRelu", [x], { alpha: { float: alpha as number } }),
  (to, x, _y, { attrs: { alpha } }) =>
    to.node("Where", [
      to.node("Greater", [x, to.float(0)]),
      to.float(1),
      to.float(alpha as number),
    ]),
);
