/** One scan of a JPEG: coded data into coefficients (progressive) or samples (all else). */
import type { Channel, Frame } from "./_jpeg_frame.ts";
import { Bits, type Huffman } from "./_jpeg_huffman.ts";
import { inverse, inverseFlat } from "./_jpeg_idct.ts";
import { Unreadable } from "./_picture.ts";

/** Where the coefficients of a block stand, in rows, in the order in which they are written. */
// deno-fmt-ignore
export const ZIGZAG = new Uint8Array([
   0,  1,  8, 16,  9,  2,  3, 10, 17, 24, 32, 25, 18, 11,  4,  5,
  12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13,  6,  7, 14, 21, 28,
  35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51,
  58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
]);

/** A channel's part in a scan. */
export interface Part {
  readonly channel: Channel;
  readonly dc?: Huffman;
  readonly ac?: Huffman;
}

export interface Scan {
  readonly parts: readonly Part[];
  /** First and last coefficient, in zigzag order, and the bits below those that are sent. */
  readonly from: number;
  readonly to: number;
  readonly high: number;
  readonly low: number;
  /** Units between two restarts; 0 where there is none. */
  readonly restart: number;
}

const damaged = (how: string) => new Unreadable(`its pixel data is damaged (${how})`);

/** The largest size of a number that 8-bit samples can need. */
const MOST_BITS = 11;
/** And of a block's mean, times 8: a quarter more than black and white have. */
const MOST_LEVEL = 1280;

/** Decodes one block: `at` is its first coefficient's place, or its first sample's. */
type Block = (bits: Bits, part: Part, index: number, at: number) => void;

/**
 * Reads a scan, whose coded data lies in `bytes` from `at` to `end`, with the restart markers in it.
 *
 * @throws Unreadable where it is not whole: a code that is none, too little data, restarts that are
 * not in their order, data left over that is no padding.
 */
export function readScan(
  frame: Frame,
  scan: Scan,
  bytes: Uint8Array,
  at: number,
  end: number,
): void {
  const decode = decoder(frame, scan);
  const { parts } = scan, [alone] = parts;
  const single = parts.length === 1;
  const unitsAcross = single ? alone.channel.across : Math.ceil(frame.width / frame.mostH / 8);
  const unitsDown = single ? alone.channel.down : Math.ceil(frame.height / frame.mostV / 8);
  const blockAt = frame.progressive
    ? ({ stride }: Channel, x: number, y: number) => 64 * (y * stride + x)
    : ({ stride }: Channel, x: number, y: number) => 64 * y * stride + 8 * x;
  let stop = segmentEnd(bytes, at, end), bits = new Bits(bytes, at, stop), restarts = 0;
  for (let y = 0, unit = 0; y < unitsDown; y++) {
    for (let x = 0; x < unitsAcross; x++, unit++) {
      if (scan.restart && unit && unit % scan.restart === 0) {
        finish(bits, decode, scan);
        if (stop === end || bytes[stop + 1] !== 0xd0 + (restarts++ & 7)) {
          throw damaged("a restart marker is missing");
        }
        at = stop + 2;
        stop = segmentEnd(bytes, at, end);
        bits = new Bits(bytes, at, stop);
        decode.restart();
      }
      if (single) decode.block(bits, alone, 0, blockAt(alone.channel, x, y));
      else {
        for (let i = 0; i < parts.length; i++) {
          const { channel } = parts[i];
          for (let j = 0; j < channel.v; j++) {
            for (let k = 0; k < channel.h; k++) {
              const place = blockAt(channel, x * channel.h + k, y * channel.v + j);
              decode.block(bits, parts[i], i, place);
            }
          }
        }
      }
    }
    if (bits.overrun) throw damaged("it ends too early");
  }
  finish(bits, decode, scan);
  // some encoders write a restart marker behind the last unit too
  while (stop < end && stop + 2 === segmentEnd(bytes, stop + 2, end)) stop += 2;
  if (stop < end) throw damaged("it goes on behind the last pixel");
}

/** The place of the next marker, or `end`. */
function segmentEnd(bytes: Uint8Array, at: number, end: number): number {
  for (; (at = bytes.indexOf(0xff, at)) >= 0 && at + 1 < end; at++) {
    const next = bytes[at + 1];
    if (next !== 0 && next !== 0xff) return at;
  }
  return end;
}

/**
 * Ends a segment. Data that goes on behind it may be harmless, as some cameras pad it; or it is what
 * remains where a damaged code put the decoder out of step. Harmless it is where all bytes are
 * alike, or where the last byte before is filled up as it has to be and the rest makes no blocks.
 */
function finish(bits: Bits, decoder: Decoder, scan: Scan): void {
  if (bits.overrun) throw damaged("it ends too early");
  const { filled, bytes } = bits.copy().rest();
  if (bytes.every((byte) => byte === bytes[0])) return;
  if (!filled || goesOn(bits, decoder, scan)) throw damaged(`${bytes.length} bytes are left over`);
}

/** Whether the rest of a segment is whole blocks to its end. */
function goesOn(bits: Bits, decoder: Decoder, { parts }: Scan): boolean {
  const nowhere = parts.map(({ channel, dc, ac }): Part => {
    const coefficients = new Int16Array(64), samples = new Uint8ClampedArray(64);
    const used = new Uint8Array(1);
    return { channel: { ...channel, coefficients, used, samples, stride: 1 }, dc, ac };
  });
  // one channel's blocks follow each other even where the units of several are out of step
  for (let index = 0; index < parts.length; index++) {
    const copy = bits.copy();
    decoder.restart();
    try {
      while (!copy.overrun) {
        if (copy.ended) return true;
        decoder.block(copy, nowhere[index], index, 0);
      }
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
    }
  }
  return false;
}

interface Decoder {
  readonly block: Block;
  restart(): void;
}

function decoder(frame: Frame, scan: Scan): Decoder {
  const { from, to, low } = scan;
  const previous = new Int32Array(scan.parts.length);
  /** How many blocks have nothing more in this band. */
  let idle = 0;
  const restart = () => {
    previous.fill(0);
    idle = 0;
  };

  const difference = (bits: Bits, { channel, dc }: Part, index: number) => {
    const size = bits.symbol(dc!);
    if (size > MOST_BITS) throw damaged("a number is too large");
    const level = previous[index] += bits.signed(size);
    const step = channel.steps![0];
    if (Math.abs(level << low) * step > MOST_LEVEL + 2 * step) {
      throw damaged("a number is too large");
    }
    return level;
  };

  const block = new Int16Array(64);
  const sequential: Block = (bits, part, index, at) => {
    const { samples, stride, steps } = part.channel, ac = part.ac!;
    const level = difference(bits, part, index);
    let last = 0;
    for (let k = 1; k < 64; k++) {
      const symbol = bits.symbol(ac), size = symbol & 15;
      k += symbol >> 4;
      if (size === 0) {
        if (symbol === 0xf0) continue;
        break;
      }
      if (k > 63 || size > MOST_BITS) throw damaged("a block has too many numbers");
      block[ZIGZAG[k]] = bits.signed(size);
      last = k;
    }
    if (last === 0) return inverseFlat(level * steps![0], samples!, at, 8 * stride);
    block[0] = level;
    inverse(block, steps!, samples!, at, 8 * stride);
    block.fill(0);
  };

  const firstDc: Block = (bits, part, index, at) => {
    part.channel.coefficients![at] = difference(bits, part, index) << low;
  };
  const nextDc: Block = (bits, part, _, at) => {
    if (bits.take(1)) part.channel.coefficients![at] |= 1 << low;
  };

  const firstAc: Block = (bits, part, _, at) => {
    if (idle > 0) return void idle--;
    const coefficients = part.channel.coefficients!, ac = part.ac!;
    for (let k = from; k <= to; k++) {
      const symbol = bits.symbol(ac), run = symbol >> 4, size = symbol & 15;
      if (size === 0) {
        if (run < 15) {
          idle = (1 << run) - 1 + (run && bits.take(run));
          return;
        }
        k += 15;
        continue;
      }
      k += run;
      if (k > to || size > MOST_BITS) throw damaged("a block has too many numbers");
      coefficients[at + ZIGZAG[k]] = bits.signed(size) << low;
      part.channel.used![at >> 6] = 1;
    }
  };

  const bit = 1 << low;
  const nextAc: Block = (bits, part, _, at) => {
    const coefficients = part.channel.coefficients!, ac = part.ac!;
    /** Gives a number that is not zero its next bit. */
    const refine = (place: number) => {
      const value = coefficients[place];
      if (bits.take(1) && (value & bit) === 0) coefficients[place] += value > 0 ? bit : -bit;
    };
    let k = from;
    if (idle === 0) {
      for (; k <= to; k++) {
        const symbol = bits.symbol(ac), size = symbol & 15;
        let run = symbol >> 4, value = 0;
        if (size > 1) throw damaged("a number is too large");
        if (size === 1) value = bits.take(1) ? bit : -bit;
        else if (run < 15) {
          idle = (1 << run) + (run && bits.take(run));
          break;
        }
        for (; k <= to; k++) {
          const place = at + ZIGZAG[k];
          if (coefficients[place] !== 0) refine(place);
          else if (--run < 0) break;
        }
        if (value === 0) continue;
        if (k > to) throw damaged("a block has too many numbers");
        coefficients[at + ZIGZAG[k]] = value;
        part.channel.used![at >> 6] = 1;
      }
    }
    if (idle === 0) return;
    idle--;
    if (!part.channel.used![at >> 6]) return;
    for (; k <= to; k++) {
      const place = at + ZIGZAG[k];
      if (coefficients[place] !== 0) refine(place);
    }
  };

  if (!frame.progressive) return { block: sequential, restart };
  if (from === 0) return { block: scan.high ? nextDc : firstDc, restart };
  return { block: scan.high ? nextAc : firstAc, restart };
}
