/** Ops that look at each place of a picture by itself, at all of its channels. */
import type { Op, Shape } from "./op.ts";
import { ownPlace, type Window } from "./window.ts";

/** The reach of such an op, that leaves places where they are. */
export const eachPlace: NonNullable<Op["reach"]> = ([[height, width]]) => ({
  window: ownPlace(height, width),
});

/**
 * Each place of a picture that got a frame, [top, bottom, left, right], sees its own of before; a negative
 * frame is cut off.
 */
export function framed([height, width]: Shape, frame: readonly number[]): Window {
  const [top, bottom, left, right] = frame;
  return {
    ...ownPlace(height + top + bottom, width + left + right),
    pad: { top, bottom, left, right },
  };
}
