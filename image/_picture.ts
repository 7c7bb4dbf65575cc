/** The 8-bit RGB picture and what every decoder shares: the size limit, the error, white paper. */

/** An 8-bit RGB picture, row-major, three bytes a pixel. */
export interface Picture {
  /** In pixels. */
  readonly width: number;
  /** In pixels. */
  readonly height: number;
  /** `height · width · 3` levels, 0..255: red, green and blue of each pixel, row after row. */
  readonly data: Uint8ClampedArray;
}

/** The most pixels a picture may have, read or resized to: 64 million. */
export const MAX_PIXELS = 64_000_000;

/** A picture's bytes cannot be decoded, and why: `decodeImage` says so with the picture's name. */
export class Unreadable extends Error {
  override name = "Unreadable";
}

/** Refuses a size from a header before anything is allocated for it. */
export function checkSize(width: number, height: number): void {
  if (width < 1 || height < 1) throw new Unreadable(`its header says ${width}×${height} pixels`);
  if (width * height > MAX_PIXELS) {
    throw new Unreadable(
      `its header says ${width}×${height} pixels, and the limit is ${MAX_PIXELS / 1e6} million ` +
        `(${width * height / 1e6} million found); scale it down first`,
    );
  }
}

/** What any file may unpack to, in bytes, and how many more for each of its own. */
const FREE_YIELD = 40e6, YIELD = 400;

/**
 * Refuses a small file that would unpack to far more than pictures do, before any time is spent on
 * it.
 *
 * @param unpacked in bytes, as they are stored or, if that is more, as pixels
 */
export function checkYield(
  { width, height }: { width: number; height: number },
  unpacked: number,
  { length }: Uint8Array,
): void {
  if (Math.max(unpacked, width * height) <= FREE_YIELD + YIELD * length) return;
  throw new Unreadable(
    `its header says ${width}×${height} pixels, more than its ${length} bytes can hold of a ` +
      "picture; save it anew, or smaller",
  );
}

/** A black picture to fill. */
export function blank(width: number, height: number): Picture {
  return { width, height, data: new Uint8ClampedArray(width * height * 3) };
}

/** One level of a colour with this alpha (0..255) on white paper, rounded. */
export const onWhite = (level: number, alpha: number): number =>
  quotient(level * alpha + 255 * (255 - alpha) + 127);

/** How often 255 goes into a whole number below 65535. */
const quotient = (n: number) => n + 1 + (n >> 8) >> 8;

/** One level of an ink (0..255) on paper that black leaves so much light of, as Pillow rounds it. */
export const printed = (ink: number, light: number): number => {
  const product = ink * light + 128;
  return light - ((product >> 8) + product >> 8);
};

/** Lays RGBA bytes over white, or takes them as opaque. */
export function overWhite(
  rgba: ArrayLike<number>,
  width: number,
  height: number,
  opaque = false,
): Picture {
  const picture = blank(width, height);
  const { data } = picture;
  for (let from = 0, to = 0; to < data.length; from += 4, to += 3) {
    const alpha = opaque ? 255 : rgba[from + 3];
    if (alpha === 255) {
      data[to] = rgba[from];
      data[to + 1] = rgba[from + 1];
      data[to + 2] = rgba[from + 2];
      continue;
    }
    data[to] = onWhite(rgba[from], alpha);
    data[to + 1] = onWhite(rgba[from + 1], alpha);
    data[to + 2] = onWhite(rgba[from + 2], alpha);
  }
  return picture;
}

/** A big- or little-endian view of bytes where they lie. */
export const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** A few bytes as text, one character a byte. */
export const ascii = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

/** Any number of bytes as text, UTF-8. */
export const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** A picture on white paper of another size, so far from the left and the top; it must fit. */
export function onPaper(
  { width, height, data }: Picture,
  left: number,
  top: number,
  paper: { width: number; height: number },
): Picture {
  const picture = blank(paper.width, paper.height);
  picture.data.fill(255);
  for (let y = 0; y < height; y++) {
    const row = data.subarray(3 * y * width, 3 * (y + 1) * width);
    picture.data.set(row, 3 * ((top + y) * paper.width + left));
  }
  return picture;
}

/** Parts one behind the other. */
export function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
