/** From raw attributions to maps of 0..1. */
import { type Values, values } from "./values.ts";

/** Smallest and largest number; `[0, 0]` where there is none. */
export function rangeOf(data: Float32Array): [low: number, high: number] {
  let low = Infinity, high = -Infinity;
  for (const v of data) {
    if (v < low) low = v;
    if (v > high) high = v;
  }
  return low <= high ? [low, high] : [0, 0];
}

/** (v − min) / (max − min); a constant map becomes zeros. */
export function minMax(map: Values): Values {
  const [low, high] = rangeOf(map);
  const span = high - low;
  return values(map.map((v) => (span > 0 ? (v - low) / span : 0)), map.shape);
}

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

/** What is wrong with an attribution, in words; nothing where all is well. */
export function diagnose(attribution: Values, map: Values): string[] {
  const notes: string[] = [];
  const broken = attribution.reduce((n, v) => n + (Number.isFinite(v) ? 0 : 1), 0);
  const [low, high] = rangeOf(attribution);
  if (broken > 0) {
    notes.push(`${broken} of ${attribution.length} numbers are not finite: do not trust this map.`);
  } else if (low === 0 && high === 0) {
    notes.push(
      "The attribution is zero everywhere: nothing in this picture changes the score (a saturated or dead path).",
    );
  } else {
    const [least, most] = rangeOf(map);
    if (least === most) notes.push("The map is constant: it says nothing about where.");
  }
  return notes;
}
