/** How much each pixel of an attribution matters, for what puts pixels in order. */
import { type Values, values } from "../core/values.ts";
import { isDiverging } from "../image/colour_maps.ts";
import { upsample } from "../image/upsample.ts";
import { channelSum, maxMagnitude, rangeOf, unsignedMap } from "./maps.ts";
import type { AttributionResult } from "./technique.ts";

/** Of each pixel of the input, `[height, width]`. */
export interface Importance {
  readonly importance: Values;
  /** Whether it is below zero where something speaks against the target; else it is 0..1. */
  readonly signed: boolean;
}

/**
 * The map of an attribution before anything of it was clipped for the eye: of one that is painted
 * around zero the sum over its channels, raw; of another 0..1.
 */
export function importanceOf(
  { attribution, map, colors, scale }: Pick<
    AttributionResult,
    "attribution" | "map" | "colors" | "scale"
  >,
): Importance {
  const [height, width] = map.shape;
  const whole = (own: Values) =>
    own.shape[0] === height && own.shape[1] === width ? own : upsample(own, height, width);
  if (isDiverging(colors)) return { importance: whole(channelSum(attribution)), signed: true };
  const own = attribution.shape.length === 2 ? attribution : maxMagnitude(attribution);
  const clipped = scale !== undefined && rangeOf(own)[1] > scale.high;
  return { importance: clipped ? unsignedMap(whole(own)).map : finite(map), signed: false };
}

/** Numbers that are none are as unimportant as can be. */
const finite = (map: Values): Values =>
  map.every(Number.isFinite) ? map : values(map.map((v) => Number.isFinite(v) ? v : 0), map.shape);
