/** Orientation, as EXIF and XMP give it: which way up a camera was held. */
import { ascii, blank, type Picture, viewOf } from "./_picture.ts";

const ORIENTATION = 0x0112, LONG = 4;

/** What a format may say of a picture's orientation, by the places that say it. */
export interface Metadata {
  exif?: Uint8Array;
  xmp?: string;
}

const sensible = (orientation: number) =>
  orientation >= 1 && orientation <= 8 ? orientation : undefined;

/** The orientation, 1..8: EXIF's, or else XMP's, or else upright. */
export const orientationOf = ({ exif, xmp }: Metadata): number =>
  exif && fromExif(exif) || xmp && fromXmp(xmp) || 1;

/**
 * Reads the orientation from EXIF data (a TIFF header and its first directory). Data that says
 * nothing, or nothing sensible, gives nothing: broken metadata is no reason to refuse a picture.
 */
function fromExif(exif: Uint8Array): number | undefined {
  // some encoders keep the prefix that JPEG needs
  if (ascii(exif.subarray(0, 6)) === "Exif\0\0") exif = exif.subarray(6);
  const view = viewOf(exif);
  if (exif.length < 8) return undefined;
  const little = view.getUint16(0) === 0x4949;
  if (!little && view.getUint16(0) !== 0x4d4d) return undefined;
  const directory = view.getUint32(4, little);
  if (directory + 2 > exif.length) return undefined;
  const entries = view.getUint16(directory, little);
  for (let i = 0; i < entries; i++) {
    const entry = directory + 2 + 12 * i;
    if (entry + 12 > exif.length) return undefined;
    if (view.getUint16(entry, little) !== ORIENTATION) continue;
    const isLong = view.getUint16(entry + 2, little) === LONG;
    return sensible(isLong ? view.getUint32(entry + 8, little) : view.getUint16(entry + 8, little));
  }
  return undefined;
}

/** Reads `tiff:Orientation`, an attribute or an element, from XMP. */
function fromXmp(xmp: string): number | undefined {
  return sensible(Number(/tiff:Orientation(?:\s*=\s*["']|>)\s*([1-8])\b/.exec(xmp)?.[1]));
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
