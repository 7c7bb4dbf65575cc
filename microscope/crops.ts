/** Small pictures of what excites channels: what the best places are made of, nine to a channel. */
import { encodePng, type Picture, resize } from "../image/mod.ts";
import type { ChannelEntry, TopEntry } from "./data.ts";

/** Pixels of one crop's side, and of the lines between them. */
export const CELL = 72, LINE = 2;
/** Crops in a row. */
export const COLUMNS = 3;

/** Pixels of a side of a channel's nine. */
export const SIDE = COLUMNS * CELL + (COLUMNS - 1) * LINE;
/** What is around a crop that is no square, and where there are fewer than nine. */
const PAPER = 238;

/** A rectangle of a picture. */
function cut(
  { width, data }: Picture,
  { rows: [top, bottom], columns: [left, right] }: Pick<TopEntry, "rows" | "columns">,
): Picture {
  const w = right - left, h = bottom - top, part = new Uint8ClampedArray(3 * w * h);
  for (let y = 0; y < h; y++) {
    const from = 3 * ((top + y) * width + left);
    part.set(data.subarray(from, from + 3 * w), 3 * w * y);
  }
  return { width: w, height: h, data: part };
}

/** Lays the crops of a channel on a square, the best first, row by row. */
export class Crops {
  readonly #data = new Uint8ClampedArray(3 * SIDE * SIDE).fill(PAPER);

  /** Puts what a place of a picture is made of into a cell, as large as it fits. */
  put(cell: number, seen: Picture, place: Pick<TopEntry, "rows" | "columns">): void {
    const part = cut(seen, place);
    if (part.width === 0 || part.height === 0) return;
    const scale = CELL / Math.max(part.width, part.height);
    const width = Math.max(1, Math.round(part.width * scale));
    const height = Math.max(1, Math.round(part.height * scale));
    const method = scale > 1 ? "nearest" : "bilinear";
    const { data } = resize(part, width, height, method);
    const left = (cell % COLUMNS) * (CELL + LINE) + (CELL - width >> 1);
    const top = Math.floor(cell / COLUMNS) * (CELL + LINE) + (CELL - height >> 1);
    for (let y = 0; y < height; y++) {
      this.#data.set(
        data.subarray(3 * width * y, 3 * width * (y + 1)),
        3 * ((top + y) * SIDE + left),
      );
    }
  }

  encode(): Promise<Uint8Array> {
    return encodePng({ width: SIDE, height: SIDE, data: this.#data });
  }
}

/** Where each picture is needed: picture → the channel and the cell. */
export function usesOf(
  channels: readonly Pick<ChannelEntry, "top">[],
): ReadonlyMap<number, readonly (readonly [channel: number, cell: number])[]> {
  const uses = new Map<number, [number, number][]>();
  channels.forEach(({ top }, channel) =>
    top.forEach(({ picture }, cell) => {
      uses.set(picture, [...uses.get(picture) ?? [], [channel, cell]]);
    })
  );
  return uses;
}
