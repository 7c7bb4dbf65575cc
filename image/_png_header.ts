/** A PNG's header: its size, and how its samples are stored. */
import { checkSize, Unreadable, viewOf } from "./_picture.ts";

export const GREY = 0, RGB = 2, PALETTE = 3, GREY_ALPHA = 4, RGBA = 6;
/** Samples a pixel. */
export const CHANNELS: Record<number, number> = {
  [GREY]: 1,
  [RGB]: 3,
  [PALETTE]: 1,
  [GREY_ALPHA]: 2,
  [RGBA]: 4,
};
const DEPTHS: Record<number, number[]> = {
  [GREY]: [1, 2, 4, 8, 16],
  [RGB]: [8, 16],
  [PALETTE]: [1, 2, 4, 8],
  [GREY_ALPHA]: [8, 16],
  [RGBA]: [8, 16],
};

export interface Header {
  width: number;
  height: number;
  depth: number;
  colour: number;
  interlaced: boolean;
}

export const bitsPerPixel = ({ depth, colour }: Header): number => depth * CHANNELS[colour];

/** Reads it. */
export function readHeader(body: Uint8Array): Header {
  if (body.length !== 13) throw new Unreadable("its header is malformed");
  const view = viewOf(body);
  const [depth, colour, compression, filter, interlace] = body.subarray(8);
  if (!DEPTHS[colour]?.includes(depth) || compression !== 0 || filter !== 0 || interlace > 1) {
    throw new Unreadable("its header is malformed");
  }
  const width = view.getUint32(0), height = view.getUint32(4);
  checkSize(width, height);
  return { width, height, depth, colour, interlaced: interlace === 1 };
}
