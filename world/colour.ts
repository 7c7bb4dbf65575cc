/** Lively colours that go together, whatever is painted with them. */
import type { Stream } from "./random.ts";

/** Red, green, blue, each 0..1 (sRGB). */
export type Rgb = readonly [number, number, number];

/** The colours of one thing; which class it is never decides them. */
export interface Palette {
  /** The largest areas, and a darker tone of the same hue. */
  readonly main: Rgb;
  readonly deep: Rgb;
  /** Another hue, of clearly different lightness, and a darker tone of it. */
  readonly second: Rgb;
  readonly secondDeep: Rgb;
  /** A third hue for small parts. */
  readonly accent: Rgb;
  /** Near white and near black, tinted. */
  readonly light: Rgb;
  readonly dark: Rgb;
}

/**
 * A colour of the OKLCH space (Ottosson 2020), clipped to sRGB: `lightness` 0..1, `chroma` 0 (grey)
 * to about 0.3, `hue` in turns.
 */
export function oklch(lightness: number, chroma: number, hue: number): Rgb {
  const a = chroma * Math.cos(2 * Math.PI * hue), b = chroma * Math.sin(2 * Math.PI * hue);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    encode(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    encode(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    encode(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

function encode(linear: number): number {
  const x = Math.min(1, Math.max(0, linear));
  return x <= 0.0031308 ? 12.92 * x : 1.055 * x ** (1 / 2.4) - 0.055;
}

/** How far two colours are apart: 0 to √3. */
export const contrast = (a: Rgb, b: Rgb): number =>
  Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);

/** Draws a palette: every hue as likely as any other. */
export function palette(random: Stream): Palette {
  const hue = random.next();
  const other = hue + random.pick([0.12, 0.33, 0.5, 0.5, 0.67, 0.88]) + random.between(-0.05, 0.05);
  const third = hue + random.pick([0.25, 0.42, 0.58, 0.75]) + random.between(-0.05, 0.05);
  const bright = random.between(0.68, 0.84), dim = random.between(0.42, 0.55);
  const [one, two] = random.chance(0.5) ? [bright, dim] : [dim, bright];
  const chroma = () => random.between(0.12, 0.24);
  const [c1, c2] = [chroma(), chroma()];
  return {
    main: oklch(one, c1, hue),
    deep: oklch(one - 0.16, c1 * 0.9, hue),
    second: oklch(two, c2, other),
    secondDeep: oklch(two - 0.16, c2 * 0.9, other),
    accent: oklch(random.between(0.6, 0.8), chroma(), third),
    light: oklch(random.between(0.92, 0.98), 0.03, random.next()),
    dark: oklch(random.between(0.16, 0.28), 0.05, random.next()),
  };
}

/** A colour at least `apart` from `from`, for a ground on which it is to be seen. */
export function ground(random: Stream, from: Rgb, apart: number): Rgb {
  for (;;) {
    const colour = oklch(random.between(0.25, 0.95), random.between(0, 0.18), random.next());
    if (contrast(colour, from) >= apart) return colour;
  }
}
