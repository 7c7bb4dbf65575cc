/** Small pictures of what excites channels: what the best places are made of, nine to a channel. */
import { cut, encodePng, type Picture, resize } from "../image/mod.ts";
import type { ChannelEntry, TopEntry } from "./data.ts";

/** Pixels of one crop's side, and of the lines between them. */
export const CELL = 72, LINE = 2;
/** Crops in a row. */
export const COLUMNS = 3;

/** Pixels of a side of a channel's nine. */
export const SIDE = COLUMNS * CELL + (COLUMNS - 1) * LINE;
/** What is around a crop that is no square, and where there are fewer than nine. */
const PAPER = 238;

/** Lays the crops of a channel on a square, the best first, row by row. */
export class Crops {
  readonly #data = new Uint8ClampedArray(3 * SIDE * SIDE).fill(PAPER);

  /** Puts what a place of a picture is made of into a cell, as large as it fits. */
  put(cell: number, seen: Picture, { rows, columns }: Pick<TopEntry, "rows" | "columns">): void {
    const size = { width: columns[1] - columns[0], height: rows[1] - rows[0] };
    if (size.width === 0 || size.height === 0) return;
    const scale = CELL / Math.max(size.width, size.height);
    const width = Math.max(1, Math.round(size.width * scale));
    const height = Math.max(1, Math.round(size.height * scale));
    const part = cut(seen, { left: columns[0], top: rows[0], ...size });
    const { data } = resize(part, width, height, scale > 1 ? "nearest" : "bilinear");
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
      const known = uses.get(picture);
      if (known) known.push([channel, cell]);
      else uses.set(picture, [[channel, cell]]);
    })
  );
  return uses;
}
