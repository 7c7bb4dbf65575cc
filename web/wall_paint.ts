/** Maps as colours over a picture, in the browser. */
import { contours } from "../deps/d3_contour.ts";

/** A map as it is painted. */
export interface WallMap {
  readonly width: number;
  readonly height: number;
  /** 0..1, row by row; NaN where it is not finite. */
  readonly map: Float32Array;
  /** Whether 0.5 is zero. */
  readonly diverging: boolean;
  /** Raw values where the map is 0 and 1. */
  readonly low?: number;
  readonly high?: number;
}

/** The raw values that the ends of the colours stand for. */
export interface Ends {
  readonly low: number;
  readonly high: number;
}

/** The raw value of a map's number; the number itself, where the map has no scale. */
export const rawOf = ({ low, high }: Partial<Ends>, v: number): number =>
  low === undefined || high === undefined ? v : low + v * (high - low);

/** One scale for several maps, signed or not; nothing where none of them has one. */
export function commonEnds(maps: readonly WallMap[]): Ends | undefined {
  let low = Infinity, high = -Infinity;
  for (const map of maps) {
    if (map.low === undefined || map.high === undefined) continue;
    low = Math.min(low, map.low);
    high = Math.max(high, map.high);
  }
  if (low > high) return undefined;
  if (!maps.some(({ diverging }) => diverging)) return { low, high };
  const most = Math.max(Math.abs(low), Math.abs(high));
  return { low: -most, high: most };
}

/** A map on another scale than its own, clipped to 0..1. */
export function rescaled(map: WallMap, ends: Ends | undefined): Float32Array {
  const span = ends ? ends.high - ends.low : 0;
  if (!ends || map.low === undefined || span <= 0) return map.map;
  return map.map.map((v) => Math.min(1, Math.max(0, (rawOf(map, v) - ends.low) / span)));
}

/** How much a number of a map counts: its distance from zero. */
export const weightOf = (v: number, diverging: boolean): number =>
  diverging ? Math.abs(2 * v - 1) : v;

/**
 * The weight that the strongest `share` (0..1) of a map reaches. Ties are let through together; what
 * has no weight never is.
 */
export function cutOf({ map, diverging }: WallMap, share: number): number {
  if (share >= 1) return 0;
  const weights = map.map((v) => weightOf(v, diverging)).filter(Number.isFinite).sort();
  const kept = Math.max(1, Math.round(weights.length * share));
  return Math.max(weights[weights.length - kept] ?? 0, Number.MIN_VALUE);
}

export interface PaintOptions {
  /** Colours from 0 to 1, red, green and blue of each. */
  readonly table: Uint8ClampedArray;
  /** Numbers that weigh less are clear. */
  readonly cut: number;
  /** How much of the picture below is covered, 0..1. */
  readonly strength: number;
  /** Whether zero of a signed map is clear, as in a run's overlay. */
  readonly sheer: boolean;
}

/** Red, green, blue and alpha of each number; what is not finite is magenta. */
export function painted(
  { map, diverging }: Pick<WallMap, "map" | "diverging">,
  { table, cut, strength, sheer }: PaintOptions,
): Uint8ClampedArray<ArrayBuffer> {
  const data = new Uint8ClampedArray(map.length * 4), last = table.length / 3 - 1;
  for (let i = 0; i < map.length; i++) {
    const v = map[i], at = i * 4;
    if (Number.isNaN(v)) {
      data.set([255, 0, 255, 255 * strength], at);
      continue;
    }
    const weight = weightOf(v, diverging), color = 3 * Math.round(v * last);
    data[at] = table[color];
    data[at + 1] = table[color + 1];
    data[at + 2] = table[color + 2];
    data[at + 3] = weight < cut ? 0 : 255 * strength * (sheer && diverging ? weight : 1);
  }
  return data;
}

/** A point of an outline, in the map's pixels. */
type Point = readonly [x: number, y: number];

/** Lines around what weighs at least `cut`. */
export function outline(map: WallMap, cut: number): readonly (readonly Point[])[] {
  const weights = Array.from(map.map, (v) => Number.isNaN(v) ? 0 : weightOf(v, map.diverging));
  const [shape] = contours().size([map.width, map.height]).thresholds([cut])(weights);
  return shape.coordinates.flat();
}
