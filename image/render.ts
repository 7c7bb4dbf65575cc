/** From maps to pictures: colours, and the map over the picture. */
import type { Picture } from "./mod.ts";
import type { Values } from "../core/values.ts";

/** How numbers become colours. */
export type Colors =
  /** Black to white. */
  | "gray"
  /** Dark to bright through hues of even steps, for unsigned maps. */
  | "perceptual"
  /** Blue through white to red around 0.5, for signed maps. */
  | "diverging";

/** The raw values that the two ends of a map stand for. */
export interface Scale {
  readonly low: number;
  readonly high: number;
}

/** 256 colours, `r, g, b` each. */
async function palette(colors: Colors): Promise<Uint8ClampedArray> {
  const table = new Uint8ClampedArray(256 * 3);
  if (colors === "gray") return table.map((_, i) => Math.floor(i / 3));
  const { interpolateInferno, interpolateRdBu } = await import("../deps/d3_scale_chromatic.ts");
  for (let level = 0; level < 256; level++) {
    const t = level / 255;
    const color = colors === "perceptual" ? interpolateInferno(t) : interpolateRdBu(1 - t);
    table.set(rgbOf(color), level * 3);
  }
  return table;
}

/** Reads `rgb(r, g, b)` and `#rrggbb`. */
function rgbOf(color: string): number[] {
  if (color.startsWith("#")) return [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));
  return color.match(/\d+/g)!.slice(0, 3).map(Number);
}

/** What stands for a number that is not finite: in no palette. */
const NOT_FINITE = [255, 0, 255];

/** Paints a map `[height, width]` of 0..1; what is not finite is magenta. */
export async function paint(map: Values, colors: Colors): Promise<Picture> {
  const table = await palette(colors), [height, width] = map.shape;
  const data = new Uint8ClampedArray(map.length * 3);
  map.forEach((v, i) => {
    if (Number.isNaN(v)) return data.set(NOT_FINITE, i * 3);
    const level = Math.round(Math.min(1, Math.max(0, v)) * 255) * 3;
    data.set(table.subarray(level, level + 3), i * 3);
  });
  return { width, height, data };
}

/**
 * `(1 − strength)·under + strength·over`, pixel by pixel; both of one size. `strength` is one number
 * of 0..1, or one for each pixel.
 */
export function blend(under: Picture, over: Picture, strength: number | Float32Array): Picture {
  if (under.width !== over.width || under.height !== over.height) {
    throw new RangeError(
      `A picture of ${over.width}×${over.height} does not lie on one of ${under.width}×${under.height}`,
    );
  }
  const data = new Uint8ClampedArray(under.data.length);
  for (let i = 0; i < data.length; i++) {
    const share = typeof strength === "number" ? strength : strength[Math.floor(i / 3)];
    data[i] = (1 - share) * under.data[i] + share * over.data[i];
  }
  return { width: under.width, height: under.height, data };
}

/**
 * Lays a map's colours over the picture that it explains. Zero of a diverging map is colourless, and
 * would only make the picture pale: there the strength grows with the distance from zero.
 *
 * @param painted {@link paint} of the map.
 */
export function overlay(
  picture: Picture,
  painted: Picture,
  { map, colors, strength }: { map: Values; colors: Colors; strength: number },
): Picture {
  if (colors !== "diverging") return blend(picture, painted, strength);
  const share = (v: number) =>
    Number.isNaN(v) ? strength : strength * Math.min(1, Math.abs(2 * v - 1));
  return blend(picture, painted, map.map(share));
}
