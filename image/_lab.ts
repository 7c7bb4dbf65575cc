/** CIELAB: colours as far apart as they look. */
import type { Picture } from "./_picture.ts";

/** sRGB's levels as light (IEC 61966-2-1), 0..1. */
const LIGHT = Float64Array.from({ length: 256 }, (_, level) => {
  const share = level / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
});

/** What X, Y and Z are made of, as shares of the white of daylight (D65). */
const MATRIX = [
  [0.4124564 / 0.95047, 0.3575761 / 0.95047, 0.1804375 / 0.95047],
  [0.2126729, 0.7151522, 0.072175],
  [0.0193339 / 1.08883, 0.119192 / 1.08883, 0.9503041 / 1.08883],
] as const;

const BEND = 6 / 29;
const bent = (share: number) =>
  share > BEND ** 3 ? Math.cbrt(share) : share / (3 * BEND ** 2) + 4 / 29;

/** Each pixel's lightness (0..100) and its a* and b*, `height · width · 3` numbers (CIE 1976). */
export function labOf({ data }: Picture): Float64Array {
  const lab = new Float64Array(data.length);
  for (let at = 0; at < data.length; at += 3) {
    const [x, y, z] = MATRIX.map(([r, g, b]) =>
      bent(r * LIGHT[data[at]] + g * LIGHT[data[at + 1]] + b * LIGHT[data[at + 2]])
    );
    lab[at] = 116 * y - 16;
    lab[at + 1] = 500 * (x - y);
    lab[at + 2] = 200 * (y - z);
  }
  return lab;
}
