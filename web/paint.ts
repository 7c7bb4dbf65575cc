/**
 * Maps become pictures in the browser: the same colours and the same shares of the picture below as in
 * `overlay.png`, with a scale, a threshold and a strength that can be changed.
 */

/** The raw values that two ends stand for. */
export interface Ends {
  readonly low: number;
  readonly high: number;
}

/** How a map is painted. */
export interface PaintOptions {
  /** `r, g, b` of each of some colours, from the lowest to the highest: {@link paletteOf}. */
  readonly palette: Uint8ClampedArray;
  /** Whether 0.5 is zero: there the picture below is seen whole, away from it less and less. */
  readonly signed?: boolean;
  /** Whether it is, where a map is signed. Default true; false covers all alike, as `map.png` is. */
  readonly sheer?: boolean;
  /**
   * `"own"` spans the palette over the map's 0..1; else over raw values, so that maps that are painted
   * alike can be compared: `own` is what this map's 0 and 1 stand for, `fixed` what the palette's ends
   * shall. Default `"own"`.
   */
  readonly scale?: "own" | { readonly own: Ends; readonly fixed: Ends };
  /** Share of the pixels that is painted, the strongest; the others are clear. 0..1, default all. */
  readonly share?: number;
  /** Opacity of what is strongest, 0..1. Default 1. */
  readonly strength?: number;
}

/** What stands for NaN, as maps have it where a number was not finite: in no palette. */
const NOT_FINITE = [255, 0, 255];

/**
 * Colours as pages write them (`#rrggbb`), as numbers; with more of them between, mixed evenly.
 *
 * @param count how many there shall be
 */
export function paletteOf(stops: readonly string[], count = 256): Uint8ClampedArray {
  const colors = stops.map((stop) => [1, 3, 5].map((at) => parseInt(stop.slice(at, at + 2), 16)));
  const table = new Uint8ClampedArray(count * 3), last = colors.length - 1;
  for (let i = 0; i < count; i++) {
    const at = count > 1 ? last * i / (count - 1) : 0, below = Math.floor(at);
    const above = Math.min(last, below + 1), share = at - below;
    for (let c = 0; c < 3; c++) {
      table[3 * i + c] = colors[below][c] * (1 - share) + colors[above][c] * share;
    }
  }
  return table;
}

/** How far a number is from where nothing is, 0..1. */
const strengthOf = (signed: boolean) => (v: number) =>
  Math.min(1, Math.max(0, signed ? Math.abs(2 * v - 1) : v));

/**
 * The strength that a share of a map's pixels reaches; what is as strong as the last of these is with
 * them. Infinity where none shall.
 */
export function thresholdOf(map: Float32Array, share: number, signed = false): number {
  const strengths = map.filter(Number.isFinite).map(strengthOf(signed)).sort();
  const count = Math.round(share * strengths.length);
  return count > 0 ? strengths[strengths.length - Math.min(count, strengths.length)] : Infinity;
}

/** From a map's 0..1 to the palette's. */
function rescaled(scale: NonNullable<PaintOptions["scale"]>): (v: number) => number {
  if (scale === "own") return (v) => v;
  const { own, fixed } = scale, span = fixed.high - fixed.low;
  if (!(span > 0)) return () => 0;
  return (v) => (own.low + v * (own.high - own.low) - fixed.low) / span;
}

/**
 * Paints a map of 0..1 as red, green, blue and alpha, for a canvas; NaN is magenta.
 *
 * @example
 * ```ts
 * const data = paintMap(map, { palette: paletteOf(["#000000", "#ffffff"]), strength: 0.6 });
 * context.putImageData(new ImageData(data, width, height), 0, 0);
 * ```
 */
export function paintMap(
  map: Float32Array,
  { palette, signed = false, sheer = true, scale = "own", share = 1, strength = 1 }: PaintOptions,
): Uint8ClampedArray<ArrayBuffer> {
  const least = share < 1 ? thresholdOf(map, share, signed) : 0;
  const own = strengthOf(signed), at = rescaled(scale), last = palette.length / 3 - 1;
  const data = new Uint8ClampedArray(map.length * 4);
  for (let i = 0, to = 0; i < map.length; i++, to += 4) {
    if (Number.isNaN(map[i])) {
      data.set(NOT_FINITE, to);
      data[to + 3] = 255 * strength;
      continue;
    }
    if (own(map[i]) < least) continue;
    const v = Math.min(1, Math.max(0, at(map[i]))), color = 3 * Math.round(v * last);
    for (let c = 0; c < 3; c++) data[to + c] = palette[color + c];
    data[to + 3] = 255 * strength * (signed && sheer ? Math.min(1, Math.abs(2 * v - 1)) : 1);
  }
  return data;
}
