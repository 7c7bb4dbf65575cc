/** The 8-bit RGB picture and what every decoder shares: the size limit, the error, white paper. */

/** An 8-bit RGB picture, row-major, three bytes a pixel. */
export interface Picture {
  readonly width: number;
  readonly height: number;
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

/** A black picture to fill. */
export function blank(width: number, height: number): Picture {
  return { width, height, data: new Uint8ClampedArray(width * height * 3) };
}

/** One level of a colour with this alpha (0..255) on white paper, rounded. */
export const onWhite = (level: number, alpha: number): number =>
  ((level * alpha + 255 * (255 - alpha) + 127) / 255) | 0;

/** Lays RGBA bytes over white. */
export function overWhite(rgba: ArrayLike<number>, width: number, height: number): Picture {
  const picture = blank(width, height);
  const { data } = picture;
  for (let from = 0, to = 0; to < data.length; from += 4, to += 3) {
    const alpha = rgba[from + 3];
    data[to] = onWhite(rgba[from], alpha);
    data[to + 1] = onWhite(rgba[from + 1], alpha);
    data[to + 2] = onWhite(rgba[from + 2], alpha);
  }
  return picture;
}

/** A big- or little-endian view of bytes where they lie. */
export const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Bytes as text, one character a byte. */
export const ascii = (bytes: Uint8Array): string => String.fromCharCode(...bytes);
