/** Several maps beside each other: a scale that they share, their raw values, and outlines. */
import { contours } from "../deps/d3_contour.ts";
import { percentile } from "../run/maps.ts";
import type { Ends } from "./paint.ts";

/** A map as a wall shows it. */
export interface WallMap {
  readonly width: number;
  readonly height: number;
  /** 0..1, row by row; NaN where it is not finite. */
  readonly map: Float32Array;
  /** Whether 0.5 is zero. */
  readonly diverging: boolean;
  /** Raw values where the map is 0 and 1; absent where it has no scale. */
  readonly low?: number;
  readonly high?: number;
}

/** The raw values of a map's ends, where it has a scale. */
export const endsOf = ({ low, high }: Pick<WallMap, "low" | "high">): Ends | undefined =>
  low === undefined || high === undefined ? undefined : { low, high };

/** The raw value of a map's number; the number itself, where the map has no scale. */
export function rawOf(map: Pick<WallMap, "low" | "high">, v: number): number {
  const ends = endsOf(map);
  return ends ? ends.low + v * (ends.high - ends.low) : v;
}

/** One scale for several maps; zero stays in the middle where any is signed. Nothing where none has one. */
export function commonEnds(maps: readonly WallMap[]): Ends | undefined {
  const all = maps.flatMap((map) => endsOf(map) ?? []);
  if (all.length === 0) return undefined;
  const low = Math.min(...all.map(({ low }) => low)),
    high = Math.max(...all.map(({ high }) => high));
  if (!maps.some(({ diverging }) => diverging)) return { low, high };
  const most = Math.max(Math.abs(low), Math.abs(high));
  return { low: -most, high: most };
}

/** A map's scale up to a percentile (0..100) of its strengths: a few strong pixels leave the rest dark. */
export function clippedEnds(map: WallMap, percent: number): Ends | undefined {
  const { diverging } = map, strengths = map.map.map((v) => diverging ? Math.abs(2 * v - 1) : v);
  const most = percentile(strengths, percent);
  if (!endsOf(map) || most <= 0) return undefined;
  const high = rawOf(map, diverging ? 0.5 + most / 2 : most);
  return { low: diverging ? -high : rawOf(map, 0), high };
}

/** A point of an outline, in the map's pixels. */
type Point = readonly [x: number, y: number];

/** Lines around what is at least so far from zero, 0..1; none around all there is. */
export function outline(map: WallMap, least: number): readonly (readonly Point[])[] {
  if (least <= 0) return [];
  const strengths = Array.from(
    map.map,
    (v) => Number.isNaN(v) ? 0 : map.diverging ? Math.abs(2 * v - 1) : v,
  );
  const [shape] = contours().size([map.width, map.height]).thresholds([least])(strengths);
  return shape.coordinates.flat();
}
