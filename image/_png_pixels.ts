/** From a PNG's rows to colours. */
import { onWhite, type Picture, Unreadable } from "./_picture.ts";
import { CHANNELS, GREY_ALPHA, type Header, PALETTE, RGBA } from "./_png_header.ts";

/** What the levels of a PNG stand for. */
export interface Meaning {
  readonly header: Header;
  /** Three bytes a colour. */
  readonly palette: Uint8Array;
  /** Alphas of the palette's colours, or the one colour that stands for nothing. */
  readonly transparency?: Uint8Array;
}

/** Paints a row of pixels, each `step` bytes of the picture behind the last. */
export type Paint = (row: Uint8Array, count: number, at: number, step: number) => void;

/** What paints the rows of a picture. */
export function painter({ header, palette, transparency }: Meaning, { data }: Picture): Paint {
  const { depth, colour } = header, channels = CHANNELS[colour];
  const alphaAt = colour === GREY_ALPHA || colour === RGBA ? channels - 1 : 0;
  const grey = channels < 3;
  if (colour === PALETTE) return paletted(header, palette, transparency, data);
  if (depth < 8) {
    // as a palette of all its levels
    const levels = 2 ** depth, clear = transparency?.[0] === 0 ? transparency[1] : undefined;
    const greys = Uint8Array.from(
      { length: 3 * levels },
      (_, i) => Math.floor(i / 3) * 255 / (levels - 1),
    );
    const alphas = Uint8Array.from({ length: levels }, (_, level) => level === clear ? 0 : 255);
    return paletted(header, greys, alphas, data);
  }
  const size = depth / 8, pixel = channels * size;
  const green = grey ? 0 : size, blue = grey ? 0 : 2 * size, alpha = alphaAt * size;
  // compared at its full depth
  const clear = transparency && alphaAt === 0
    ? Array.from({ length: pixel }, (_, i) => transparency[size === 2 ? i : 2 * i + 1])
    : undefined;
  // a colour that an 8-bit sample cannot have
  const isNever = clear && size === 1 &&
    clear.some((_, i) => transparency![2 * i] !== 0);
  return (row, count, at, step) => {
    for (let i = 0, from = 0; i < count; i++, from += pixel, at += step) {
      let opacity = alphaAt ? row[from + alpha] : 255;
      if (clear && !isNever && clear.every((byte, k) => byte === row[from + k])) opacity = 0;
      if (opacity === 255) {
        data[at] = row[from];
        data[at + 1] = row[from + green];
        data[at + 2] = row[from + blue];
      } else {
        data[at] = onWhite(row[from], opacity);
        data[at + 1] = onWhite(row[from + green], opacity);
        data[at + 2] = onWhite(row[from + blue], opacity);
      }
    }
  };
}

/** Paints numbers of colours, of 1 to 8 bits. */
function paletted(
  { depth }: Header,
  palette: Uint8Array,
  alphas: Uint8Array | undefined,
  data: Uint8ClampedArray,
): Paint {
  const colours = palette.map((level, i) => onWhite(level, alphas?.[Math.floor(i / 3)] ?? 255));
  const mask = 2 ** depth - 1;
  return (row, count, at, step) => {
    for (let i = 0, bit = 0; i < count; i++, bit += depth, at += step) {
      const from = 3 * (row[bit >> 3] >> 8 - depth - (bit & 7) & mask);
      if (from >= colours.length) throw new Unreadable("it uses a colour not in its palette");
      data[at] = colours[from];
      data[at + 1] = colours[from + 1];
      data[at + 2] = colours[from + 2];
    }
  };
}
