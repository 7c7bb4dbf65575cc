/** A TIFF's first directory: numbers by their tags. */
import { Unreadable, viewOf } from "./_picture.ts";

/** What a directory says. */
export interface Tags {
  readonly little: boolean;
  /** The numbers of a tag; none where it is missing. */
  values(tag: number): number[];
}

/** Bytes of a number by its type: bytes, shorts and longs; others are passed over. */
const BYTES: Readonly<Record<number, number>> = { 1: 1, 3: 2, 4: 4 };

export function readDirectory(bytes: Uint8Array): Tags {
  const view = viewOf(bytes), little = bytes[0] === 0x49;
  const need = (end: number) => {
    if (end > bytes.length) throw new Unreadable("it is cut off");
  };
  need(8);
  const start = view.getUint32(4, little);
  need(start + 2);
  const count = view.getUint16(start, little);
  need(start + 2 + 12 * count);
  const places = new Map<number, number>();
  for (let i = count - 1; i >= 0; i--) { // the first of a tag counts
    const at = start + 2 + 12 * i;
    places.set(view.getUint16(at, little), at);
  }
  const values = (tag: number): number[] => {
    const at = places.get(tag);
    if (at === undefined) return [];
    const size = BYTES[view.getUint16(at + 2, little)], length = view.getUint32(at + 4, little);
    if (!size) return [];
    const from = size * length <= 4 ? at + 8 : view.getUint32(at + 8, little);
    need(from + size * length);
    return Array.from({ length }, (_, i) => {
      const place = from + size * i;
      if (size === 1) return bytes[place];
      return size === 2 ? view.getUint16(place, little) : view.getUint32(place, little);
    });
  };
  return { little, values };
}
