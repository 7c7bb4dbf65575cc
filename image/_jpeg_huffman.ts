/** Huffman codes of JPEG, and the bits they are read from. */
import { Unreadable } from "./_picture.ts";

/** A code of up to 16 bits. */
export interface Huffman {
  /** By the next {@link LOOK} bits: `length << 8 | symbol`; 0 where the code is longer. */
  readonly look: Uint16Array;
  /** The largest code of each length; −1 where there is none. */
  readonly most: Int32Array;
  /** What to add to a code of each length for its symbol's place. */
  readonly shift: Int32Array;
  readonly symbols: Uint8Array;
}

/** How many bits are looked up at once. */
const LOOK = 9;

/**
 * Makes a code from how many symbols each length (1..16) has, and the symbols in order.
 *
 * @throws Unreadable where a length has more codes than there are.
 */
export function huffman(counts: Uint8Array, symbols: Uint8Array): Huffman {
  const look = new Uint16Array(1 << LOOK);
  const most = new Int32Array(17).fill(-1), shift = new Int32Array(17);
  let code = 0, place = 0;
  for (let length = 1; length <= 16; length++, code <<= 1) {
    const count = counts[length - 1];
    if (code + count > 1 << length) throw new Unreadable("its Huffman tables are malformed");
    shift[length] = place - code;
    for (let i = 0; i < count; i++, code++, place++) {
      if (length > LOOK) continue;
      const free = LOOK - length;
      look.fill(length << 8 | symbols[place], code << free, (code + 1) << free);
    }
    if (count) most[length] = code - 1;
  }
  return { look, most, shift, symbols };
}

/** What is left between the last code of a segment and the marker after it. */
export interface Rest {
  /** Whether the bits that fill up the last byte are ones, as they have to be. */
  readonly filled: boolean;
  /** The whole bytes after it. */
  readonly bytes: number[];
}

/** The coded data of one segment, bit by bit; beyond its end there are zeros. */
export class Bits {
  private buffer = 0;
  private count = 0;
  /** How many of the bits in the buffer were made up. */
  private made = 0;

  constructor(
    private readonly bytes: Uint8Array,
    private at: number,
    private readonly end: number,
  ) {}

  /** Another reader at the same place. */
  copy(): Bits {
    const copy = new Bits(this.bytes, this.at, this.end);
    copy.buffer = this.buffer;
    copy.count = this.count;
    copy.made = this.made;
    return copy;
  }

  /** Whether more was read than there is. */
  get overrun(): boolean {
    return this.made > this.count;
  }

  /** Whether nothing is left but the ones that fill up the last byte. */
  get ended(): boolean {
    const left = this.count - this.made, ones = (1 << left) - 1;
    return this.at >= this.end && left >= 0 && left < 8 &&
      (this.buffer >>> this.made & ones) === ones;
  }

  private next(): number {
    const { bytes, end } = this;
    if (this.at >= end) return -1;
    const byte = bytes[this.at++];
    if (byte !== 0xff) return byte;
    while (bytes[this.at] === 0xff && this.at < end) this.at++; // fill bytes
    if (this.at >= end) return -1;
    this.at++; // the zero after it
    return 0xff;
  }

  private fill(): void {
    while (this.count <= 24) {
      const byte = this.next();
      if (byte < 0) this.made += 8;
      this.buffer = this.buffer << 8 | (byte < 0 ? 0 : byte);
      this.count += 8;
    }
  }

  /** The next bits, 1..16, as a number. */
  take(count: number): number {
    if (this.count < count) this.fill();
    this.count -= count;
    return this.buffer >>> this.count & (1 << count) - 1;
  }

  /** A number of so many bits (0..15) that can be negative: the lower half stands below zero. */
  signed(size: number): number {
    if (size === 0) return 0;
    const value = this.take(size);
    return value < 1 << size - 1 ? value - (1 << size) + 1 : value;
  }

  /** @throws Unreadable where the bits are no code. */
  symbol({ look, most, shift, symbols }: Huffman): number {
    if (this.count < 16) this.fill();
    const found = look[this.buffer >>> this.count - LOOK & (1 << LOOK) - 1];
    if (found) {
      this.count -= found >> 8;
      return found & 255;
    }
    for (let length = LOOK + 1; length <= 16; length++) {
      const code = this.buffer >>> this.count - length & (1 << length) - 1;
      if (code > most[length]) continue;
      this.count -= length;
      return symbols[code + shift[length]];
    }
    throw new Unreadable("its pixel data is damaged");
  }

  /** Ends the segment. */
  rest(): Rest {
    const real = Math.max(0, this.count - this.made);
    const odd = real & 7;
    const ones = (1 << odd) - 1;
    const filled = (this.buffer >>> this.count - odd & ones) === ones;
    const bytes: number[] = [];
    for (let left = real - odd; left > 0; left -= 8) {
      bytes.push(this.buffer >>> this.made + left - 8 & 255);
    }
    for (let byte; (byte = this.next()) >= 0;) bytes.push(byte);
    return { filled, bytes };
  }
}
