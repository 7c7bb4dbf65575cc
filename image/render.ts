/** From maps to pictures: colours, and the map over the picture. */
import { colourMaps, isDiverging } from "./colour_maps.ts";
import type { Picture } from "./mod.ts";
import type { Values } from "../core/values.ts";

/** The id of a colour map: of the library's own `gray`, `perceptual` or `diverging`, or a plugin's. */
export type Colors = "gray" | "perceptual" | "diverging" | (string & Record<never, never>);

/** The raw values that the two ends of a map stand for. */
export interface Scale {
  /** What the map's 0 stands for. */
  readonly low: number;
  /** What the map's 1 stands for. */
  readonly high: number;
}

/** `count` colours of a map from its lowest to its highest, `r, g, b` each. */
async function palette(colors: Colors, count = 256): Promise<Uint8ClampedArray> {
  const colourOf = await colourMaps.get(colors).scale();
  const table = new Uint8ClampedArray(count * 3);
  for (let level = 0; level < count; level++) table.set(colourOf(level / (count - 1)), level * 3);
  return table;
}

/** A few colours of a map, as pages write them, for its colour bar. */
export async function stopsOf(colors: Colors, count = 17): Promise<readonly string[]> {
  const table = await palette(colors, count);
  const hex = (at: number) =>
    `#${
      [...table.subarray(3 * at, 3 * at + 3)].map((n) => n.toString(16).padStart(2, "0")).join("")
    }`;
  return Array.from({ length: count }, (_, at) => hex(at));
}

/** What stands for a number that is not finite: in no palette. */
const NOT_FINITE = [255, 0, 255];

/**
 * Paints a map `[height, width]` of 0..1; what is not finite is magenta.
 *
 * @throws UserError for a colour map that there is not.
 * @example
 * ```ts
 * const { map, colors } = await attribute("saliency", { model, image });
 * await Deno.writeFile("map.png", await encodePng(await paint(map, colors)));
 * ```
 */
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
 *
 * @throws RangeError where the sizes differ.
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
 * @param painted {@link paint} of the map, of the picture's size.
 * @throws RangeError where the sizes differ.
 * @example
 * ```ts
 * const { map, colors, seen } = await attribute("saliency", { model, image });
 * const over = overlay(seen, await paint(map, colors), { map, colors, strength: 0.5 });
 * ```
 */
export function overlay(
  picture: Picture,
  painted: Picture,
  { map, colors, strength }: { map: Values; colors: Colors; strength: number },
): Picture {
  if (!isDiverging(colors)) return blend(picture, painted, strength);
  const share = (v: number) =>
    Number.isNaN(v) ? strength : strength * Math.min(1, Math.abs(2 * v - 1));
  return blend(picture, painted, map.map(share));
}
