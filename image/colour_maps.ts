/** How numbers become colours: the registry of colour maps. */
import { Registry } from "../core/registry.ts";

/** Red, green and blue, 0..255 each. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** A colour map: a way from 0..1 to colours. */
export interface ColourMap {
  /** Kebab case; what an attribution names as its `colors`. */
  readonly id: string;
  /** What people read of it. */
  readonly title: string;
  /** Whether 0.5 is zero and has a colour of its own, for signed maps. */
  readonly diverging: boolean;
  /** Gives the colour of each number of 0..1. */
  scale(): ((t: number) => Rgb) | Promise<(t: number) => Rgb>;
}

/** Reads `rgb(r, g, b)` and `#rrggbb`. */
function rgbOf(color: string): Rgb {
  const numbers = color.startsWith("#")
    ? [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16))
    : color.match(/\d+/g)!.map(Number);
  return [numbers[0], numbers[1], numbers[2]];
}

/**
 * Every colour map there is, by id.
 *
 * @example
 * ```ts
 * const colourOf = await colourMaps.get("perceptual").scale();
 * colourOf(0.5); // [188, 55, 84]
 * ```
 */
export const colourMaps: Registry<ColourMap> = new Registry<ColourMap>("colour map").addOwn([
  {
    id: "gray",
    title: "Black to white",
    diverging: false,
    scale: () => (t) => [255 * t, 255 * t, 255 * t],
  },
  {
    id: "perceptual",
    title: "Dark to bright through hues of even steps (Inferno)",
    diverging: false,
    async scale() {
      const { interpolateInferno } = await import("../deps/d3_scale_chromatic.ts");
      return (t) => rgbOf(interpolateInferno(t));
    },
  },
  {
    id: "diverging",
    title: "Blue through white to red",
    diverging: true,
    async scale() {
      const { interpolateRdBu } = await import("../deps/d3_scale_chromatic.ts");
      return (t) => rgbOf(interpolateRdBu(1 - t));
    },
  },
]);

/** Whether a colour map has zero in its middle. */
export const isDiverging = (id: string): boolean => colourMaps.get(id).diverging;
