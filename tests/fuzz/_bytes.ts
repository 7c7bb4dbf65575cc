/** Damage to bytes, of whatever format. */
import type { Random } from "../../core/random.ts";
import { concat } from "../../image/_picture.ts";

/** Numbers that lengths and offsets lie with, in one to eight bytes. */
const LIES: readonly number[][] = [
  [0],
  [1],
  [0x7f],
  [0x80],
  [0xff],
  [0, 0],
  [0xff, 0xff],
  [0xff, 0x7f],
  [0, 0, 0, 0],
  [0xff, 0xff, 0xff, 0xff],
  [0xff, 0xff, 0xff, 0x7f],
  [0x7f, 0xff, 0xff, 0xff],
  [0, 0, 0, 0x40],
  [0x40, 0, 0, 0],
  [0, 0, 0, 0, 1, 0, 0, 0],
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x1f, 0],
];

/** Bytes with one more fault, by a method picked at random. */
export function damaged(random: Random, bytes: Uint8Array): Uint8Array {
  if (bytes.length === 0) return bytes;
  const place = () => random.integer(0, bytes.length - 1);
  const [from, to] = [place(), place()].sort((a, b) => a - b);
  const copy = bytes.slice();
  switch (random.integer(0, 7)) {
    case 0:
      copy[from] ^= 1 << random.integer(0, 7);
      return copy;
    case 1:
      copy[from] = random.integer(0, 255);
      return copy;
    case 2:
      return bytes.slice(0, from);
    case 3: {
      const lie = random.pick(LIES);
      copy.set(lie.slice(0, bytes.length - from), from);
      return copy;
    }
    case 4: // lost
      return concat([bytes.subarray(0, from), bytes.subarray(to)]);
    case 5: { // doubled, a few times
      const again = Array(random.integer(1, 8)).fill(bytes.subarray(from, to));
      return concat([bytes.subarray(0, to), ...again, bytes.subarray(to)]);
    }
    case 6: // moved
      copy.copyWithin(place(), from, to);
      return copy;
    default:
      return concat([
        bytes.subarray(0, from),
        new Uint8Array(random.integer(1, 64)),
        bytes.subarray(from),
      ]);
  }
}

/** Bytes with a few faults. */
export function muchDamaged(random: Random, bytes: Uint8Array): Uint8Array {
  for (let n = random.integer(1, 3); n > 0; n--) bytes = damaged(random, bytes);
  return bytes;
}
