/** From a TIFF's samples to colours. */
import { onWhite, type Picture, printed, Unreadable } from "./_picture.ts";
import { type Piece, rowLength } from "./_tiff_data.ts";
import { CHANNELS, type Layout } from "./_tiff_layout.ts";

/** What paints a piece's rows into the picture; samples of 16 bits keep their high byte. */
export function painter(
  layout: Layout,
  picture: Picture,
): (piece: Piece, planes: readonly Uint8Array[]) => void {
  const { samples, planar } = layout;
  const levels = new Uint8Array(picture.width * samples), paint = pixels(layout);
  return ({ x, y, width, height }, planes) => {
    const columns = Math.min(width, picture.width - x), length = rowLength(layout, width);
    for (let j = 0; j < Math.min(height, picture.height - y); j++) {
      planes.forEach((rows, plane) => {
        const row = rows.subarray(j * length, (j + 1) * length);
        const count = planar ? columns : columns * samples;
        unpack(row, layout, count, levels, plane, planar ? samples : 1);
      });
      paint(levels, columns, picture.data, 3 * ((y + j) * picture.width + x));
    }
  };
}

/**
 * Spreads a row's samples into one byte each: the high one of 16 bits; fewer bits than 8 are spread
 * over 0..255, but for the numbers of a palette.
 */
function unpack(
  row: Uint8Array,
  { bits, little, colours }: Layout,
  count: number,
  to: Uint8Array,
  at: number,
  step: number,
): void {
  if (bits >= 8) {
    const size = bits / 8, high = little ? size - 1 : 0;
    for (let i = 0; i < count; i++, at += step) to[at] = row[size * i + high];
    return;
  }
  const most = (1 << bits) - 1, scale = colours === 3 ? 1 : 255 / most;
  for (let i = 0, bit = 0; i < count; i++, bit += bits, at += step) {
    to[at] = (row[bit >> 3] >> 8 - bits - (bit & 7) & most) * scale;
  }
}

/** What paints one row of so many pixels, from the levels of all samples. */
function pixels({ colours, samples, alpha, palette, bits }: Layout) {
  const channels = CHANNELS[colours], size = 1 << bits;
  const from = palette.map((level) => level >> 8);
  return (levels: Uint8Array, count: number, to: Uint8ClampedArray, at: number): void => {
    for (let i = 0, end = i + count * samples; i < end; i += samples, at += 3) {
      const first = levels[i];
      if (colours === 2) {
        to[at] = first;
        to[at + 1] = levels[i + 1];
        to[at + 2] = levels[i + 2];
      } else if (colours === 5) {
        const light = 255 - levels[i + 3];
        for (let k = 0; k < 3; k++) to[at + k] = printed(levels[i + k], light);
      } else if (colours === 3) {
        if (first >= size) throw new Unreadable("it uses a colour not in its palette");
        for (let k = 0; k < 3; k++) to[at + k] = from[k * size + first];
      } else to[at] = to[at + 1] = to[at + 2] = colours === 0 ? 255 - first : first;
      if (alpha === 0) continue;
      const opacity = levels[i + channels];
      for (let k = at; k < at + 3; k++) {
        to[k] = alpha === 1 ? to[k] + 255 - opacity : onWhite(to[k], opacity);
      }
    }
  };
}
