/** When trials show that the network goes by a place. */
import type { Shortcut, Trial } from "./data.ts";

/** Fewer changed answers are no shortcut worth the name. */
const LEAST = 0.15;

/** Whether more answers follow than any change of this size makes follow. */
export const isBeyond = ({ share, control }: Trial): boolean =>
  share.low > Math.max(control.high, LEAST);

/** Whether trials show that a place gives a class away: both covers agree, or it does so elsewhere. */
export const isProven = ({ covered, pasted }: Pick<Shortcut, "covered" | "pasted">): boolean =>
  Object.values(covered).every(isBeyond) || isBeyond(pasted);
