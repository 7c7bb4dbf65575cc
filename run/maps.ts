/** From raw attributions to maps of 0..1. */
import type { Scale } from "../image/render.ts";
import { type Values, values } from "../core/values.ts";

/** Smallest and largest finite number; `[0, 0]` where there is none. */
export function rangeOf(data: Float32Array): [low: number, high: number] {
  let low = Infinity, high = -Infinity;
  for (const v of data) {
    if (!Number.isFinite(v)) continue;
    if (v < low) low = v;
    if (v > high) high = v;
  }
  return low <= high ? [low, high] : [0, 0];
}

/** Whether a map says nothing of any place. */
export function isFlat(map: Float32Array): boolean {
  const [low, high] = rangeOf(map);
  return low === high;
}

/** What is said of a map that is flat. */
export const FLAT = "The map is the same everywhere: it points at no place.";

/** `[height, width, channels]` → `[height, width]`, the largest magnitude over the channels. */
export function maxMagnitude(attribution: Values): Values {
  const [height, width, channels] = attribution.shape;
  const map = new Float32Array(height * width);
  for (let i = 0; i < attribution.length; i++) {
    const at = Math.floor(i / channels);
    map[at] = Math.max(map[at], Math.abs(attribution[i]));
  }
  return values(map, [height, width]);
}

/** `[height, width, channels]` → `[height, width]`, the sum over the channels; a map stays itself. */
export function channelSum(attribution: Values): Values {
  const [height, width, channels = 1] = attribution.shape;
  const sums = new Float64Array(height * width);
  attribution.forEach((v, i) => sums[Math.floor(i / channels)] += v);
  return values(Float32Array.from(sums), [height, width]);
}

/**
 * The number below which `percent` (0..100) of the finite ones lie, interpolated between neighbours;
 * 0 where there is none.
 */
export function percentile(data: Float32Array, percent: number): number {
  const sorted = data.filter(Number.isFinite).sort();
  if (sorted.length === 0) return 0;
  const at = (sorted.length - 1) * percent / 100, below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (at - below);
}

/** A map of 0..1, and the raw values that its two ends stand for. */
export interface ScaledMap {
  /** `[height, width]` of 0..1; NaN where the attribution was not finite. */
  readonly map: Values;
  /** The raw values of 0 and 1. */
  readonly scale: Scale;
}

// What is not finite is NaN in a map too: it is painted in a colour that no scale has.

/**
 * Scales a map by its smallest value and a percentile of it; beyond that it is clipped. A constant
 * map becomes zeros.
 *
 * @param clip Percentile, 0..100; 100 is the largest value.
 * @example
 * ```ts
 * const { attribution } = await attribute("saliency", { model, image });
 * const { map } = unsignedMap(maxMagnitude(attribution), 99);
 * ```
 */
export function unsignedMap(map: Values, clip = 100): ScaledMap {
  const [low, most] = rangeOf(map);
  const cut = percentile(map, clip), high = cut > low ? cut : most, span = high - low;
  const scaled = map.map((v) =>
    !Number.isFinite(v) ? NaN : span > 0 ? Math.min(1, (v - low) / span) : 0
  );
  return { map: values(scaled, map.shape), scale: { low, high } };
}

/**
 * Sums a signed attribution over its channels and scales it around zero, which becomes 0.5: for the
 * colours `diverging`. An attribution of zeros becomes 0.5 everywhere.
 *
 * @param attribution `[height, width, channels]` or `[height, width]`
 * @param clip Percentile of the sums' magnitudes that is drawn in full colour, 0..100; where so many
 * are zero that this is zero too, the largest.
 * @example
 * ```ts
 * const { attribution } = await attribute("input-x-gradient", { model, image });
 * const { map, scale } = signedMap(attribution, 99);
 * const picture = await paint(map, "diverging");
 * ```
 */
export function signedMap(attribution: Values, clip = 100): ScaledMap {
  const sums = channelSum(attribution), magnitudes = sums.map(Math.abs);
  const limit = percentile(magnitudes, clip) || rangeOf(magnitudes)[1];
  const scaled = sums.map((v) =>
    !Number.isFinite(v) ? NaN : limit > 0 ? 0.5 + 0.5 * Math.min(1, Math.max(-1, v / limit)) : 0.5
  );
  return { map: values(scaled, sums.shape), scale: { low: -limit, high: limit } };
}

/** What is wrong with an attribution, in words; nothing where all is well. */
export function diagnose(attribution: Values, map: Values): string[] {
  const notes: string[] = [];
  const broken = attribution.reduce((n, v) => n + (Number.isFinite(v) ? 0 : 1), 0);
  const [low, high] = rangeOf(attribution);
  if (broken > 0) {
    notes.push(`${broken} of ${attribution.length} numbers are not finite: do not trust this map.`);
  } else if (low === 0 && high === 0) {
    notes.push(
      "The attribution is zero everywhere: nothing in this picture moves the score in the way shown (a saturated or dead path, or nothing that speaks for the class).",
    );
  } else if (isFlat(map)) {
    notes.push(FLAT);
  }
  return notes;
}
