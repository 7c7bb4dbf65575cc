/** What a JPEG's header says of its picture and its channels. */
import { checkSize, Unreadable, viewOf } from "./_picture.ts";

/** One channel (brightness, a colour difference, an ink), which may be smaller than the picture. */
export interface Channel {
  readonly id: number;
  /** How often it is sampled, of `mostH` and `mostV` across and down. */
  readonly h: number;
  readonly v: number;
  /** Which table its steps are in. */
  readonly table: number;
  /** Its size in samples. */
  readonly width: number;
  readonly height: number;
  /** Its size in blocks of 8×8, and with those that only fill up the last units. */
  readonly across: number;
  readonly down: number;
  readonly stride: number;
  readonly rows: number;
  /** The steps of its coefficients, in rows, from its first scan on. */
  steps?: Uint16Array;
  /** Its coefficients, block by block, in rows; only while a progressive file is read. */
  coefficients?: Int16Array;
  /** For each block of those, whether one but the first is not zero. */
  used?: Uint8Array;
  /** Its samples, in rows of `8 * stride`. */
  samples?: Uint8ClampedArray;
  /**
   * For each coefficient, in zigzag order: how many of its low bits are still to come; −1 where all
   * are.
   */
  readonly missing: Int8Array;
}

export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly progressive: boolean;
  readonly mostH: number;
  readonly mostV: number;
  readonly channels: Channel[];
  /** Blocks of all channels, without those that only fill up. */
  readonly blocks: number;
}

/** Reads the header (SOF0, 1 or 2). */
export function readFrame(body: Uint8Array, progressive: boolean): Frame {
  const count = body[5];
  if (body.length < 6 || body.length < 6 + 3 * count) {
    throw new Unreadable("its header is malformed");
  }
  if (body[0] !== 8) {
    throw new Unreadable(`it has ${body[0]} bits a sample, and only 8 can be read`);
  }
  if (![1, 3, 4].includes(count)) {
    throw new Unreadable(`it has ${count} channels, and only 1, 3 and 4 can be read`);
  }
  const height = viewOf(body).getUint16(1), width = viewOf(body).getUint16(3);
  checkSize(width, height);
  const said = Array.from({ length: count }, (_, i) => {
    const [id, factors, table] = body.subarray(6 + 3 * i);
    // a channel that is alone has nothing to be smaller than
    const [h, v] = count === 1 ? [factors && 1, 1] : [factors >> 4, factors & 15];
    return { id, h, v, table };
  });
  if (said.some(({ h, v, table }) => h < 1 || h > 4 || v < 1 || v > 4 || table > 3)) {
    throw new Unreadable("its header is malformed");
  }
  const mostH = Math.max(...said.map(({ h }) => h)), mostV = Math.max(...said.map(({ v }) => v));
  if (said.some(({ h, v }) => mostH % h || mostV % v)) {
    throw new Unreadable("its channels are sampled in a way that cannot be read; save it anew");
  }
  const channels = said.map(({ id, h, v, table }): Channel => {
    const w = Math.ceil(width * h / mostH), l = Math.ceil(height * v / mostV);
    return {
      id,
      h,
      v,
      table,
      width: w,
      height: l,
      across: Math.ceil(w / 8),
      down: Math.ceil(l / 8),
      stride: h * Math.ceil(width / mostH / 8),
      rows: v * Math.ceil(height / mostV / 8),
      missing: new Int8Array(64).fill(-1),
    };
  });
  const blocks = channels.reduce((sum, { across, down }) => sum + across * down, 0);
  return { width, height, progressive, mostH, mostV, channels, blocks };
}
