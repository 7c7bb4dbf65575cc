/** EXIF orientation: which way up a camera was held. */
import { blank, type Picture, viewOf } from "./_picture.ts";

const ORIENTATION = 0x0112;

/**
 * Reads the orientation, 1..8, from EXIF data (a TIFF header and its first directory). Data that
 * says nothing, or nothing sensible, means 1, upright: broken metadata is no reason to refuse a
 * picture.
 */
export function readOrientation(exif: Uint8Array): number {
  const view = viewOf(exif);
  if (exif.length < 8) return 1;
  const little = view.getUint16(0) === 0x4949;
  if (!little && view.getUint16(0) !== 0x4d4d) return 1;
  const directory = view.getUint32(4, little);
  if (directory + 2 > exif.length) return 1;
  const entries = view.getUint16(directory, little);
  for (let i = 0; i < entries; i++) {
    const entry = directory + 2 + 12 * i;
    if (entry + 12 > exif.length) return 1;
    if (view.getUint16(entry, little) !== ORIENTATION) continue;
    const orientation = view.getUint16(entry + 8, little);
    return orientation >= 1 && orientation <= 8 ? orientation : 1;
  }
  return 1;
}

/** Turns and mirrors a stored picture so that it stands as its orientation (1..8) says. */
export function orient(picture: Picture, orientation: number): Picture {
  if (orientation === 1) return picture;
  const { width: w, height: h, data } = picture;
  const last = w * h - 1;
  // The stored pixel shown at the top left, and the steps to its neighbours right and below.
  const [start, right, down] = [
    [0, 1, w],
    [w - 1, -1, w],
    [last, -1, -w],
    [last - w + 1, 1, -w],
    [0, w, 1],
    [last - w + 1, -w, 1],
    [last, -w, -1],
    [w - 1, w, -1],
  ][orientation - 1];
  const turned = orientation > 4 ? blank(h, w) : blank(w, h);
  let to = 0;
  for (let y = 0; y < turned.height; y++) {
    for (let x = 0; x < turned.width; x++) {
      const from = 3 * (start + x * right + y * down);
      turned.data[to++] = data[from];
      turned.data[to++] = data[from + 1];
      turned.data[to++] = data[from + 2];
    }
  }
  return turned;
}
