/** Smooth relatives of ReLU, as `engine/ops/smooth.ts` has them. */
import { add, asFloat, inside, mul, sloped, sub } from "./_pointwise.ts";
import type { NativeOp } from "./op.ts";
import type { Writer } from "./writer.ts";

const times = (to: Writer, x: string, factor: number) => mul(to, x, to.float(factor));
const plus = (to: Writer, x: string, term: number) => add(to, x, to.float(term));

/** `above` where x is positive, elsewhere `below`. */
const either = (to: Writer, x: string, above: string, below: string) =>
  to.node("Where", [to.node("Greater", [x, to.float(0)]), above, below]);

export const elu: NativeOp = sloped(
  (to, x, { attrs: { alpha } }) => to.node("Elu", [x], { alpha: { float: alpha as number } }),
  (to, x, y, { attrs: { alpha } }) => either(to, x, to.float(1), plus(to, y, alpha as number)),
);

export const softplus: NativeOp = sloped(
  (to, x) => to.node("Softplus", [x]),
  (to, x) => to.node("Sigmoid", [x]),
);

const bent = (to: Writer, x: string) => to.node("Tanh", [to.node("Softplus", [x])]);

export const mish: NativeOp = sloped(
  (to, x) => mul(to, x, bent(to, x)),
  (to, x) => {
    const t = bent(to, x), rise = sub(to, to.float(1), mul(to, t, t));
    return add(to, t, mul(to, mul(to, x, to.node("Sigmoid", [x])), rise));
  },
);

const ROOT = Math.sqrt(2 / Math.PI), CUBIC = 0.044715;

/** 2Φ(x) − 1 of the normal distribution. */
const normal = (to: Writer, x: string) => to.node("Erf", [times(to, x, Math.SQRT1_2)]);

/** The same by tanh, nearly. */
function nearlyNormal(to: Writer, x: string): string {
  const cubic = plus(to, times(to, mul(to, x, x), CUBIC), 1);
  return to.node("Tanh", [times(to, mul(to, x, cubic), ROOT)]);
}

/** How steep {@link normal} is: twice the density. */
const density = (to: Writer, x: string) =>
  times(to, to.node("Exp", [times(to, mul(to, x, x), -0.5)]), ROOT);

/** How steep {@link nearlyNormal} is. */
function nearDensity(to: Writer, x: string): string {
  const t = nearlyNormal(to, x), rate = plus(to, times(to, mul(to, x, x), 3 * CUBIC), 1);
  return mul(to, times(to, rate, ROOT), sub(to, to.float(1), mul(to, t, t)));
}

export const gelu: NativeOp = sloped(
  (to, x, { attrs: { approximate } }) => {
    const share = approximate ? nearlyNormal(to, x) : normal(to, x);
    return mul(to, times(to, x, 0.5), plus(to, share, 1));
  },
  (to, x, _y, { attrs: { approximate } }) => {
    const share = approximate ? nearlyNormal(to, x) : normal(to, x);
    const bend = mul(to, x, approximate ? nearDensity(to, x) : density(to, x));
    return times(to, add(to, plus(to, share, 1), bend), 0.5);
  },
);

/** Between `low` and `high`. */
export const clip: NativeOp = sloped(
  (to, x, { attrs: { low, high } }) =>
    to.node("Clip", [x, to.float(low as number), to.float(high as number)]),
  (to, x, _y, { attrs: { low, high } }) =>
    asFloat(to, inside(to, x, low as number, high as number)),
);
