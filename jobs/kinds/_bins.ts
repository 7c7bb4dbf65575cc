/**
 * A histogram of numbers of any size, which histograms of parts add up to: bins grow with the numbers,
 * four to an octave, from 2⁻¹⁶ to 2¹⁶ on either side of zero, which has one of its own. What is smaller
 * or larger falls into the last one.
 */

const OCTAVES = 32, EACH = 4, LOWEST = -16;
const HALF = OCTAVES * EACH;

/** How many there are: negative numbers' from the largest on, zero's, positive ones'. */
export const BINS = 2 * HALF + 1;
/** The one of zero alone. */
export const ZERO_BIN = HALF;

/** Bin of the sign, the exponent and the first two bits of a float's fraction. */
const table = Uint16Array.from({ length: 2 ** 11 }, (_, bits) => {
  const negative = bits >= 2 ** 10, exponent = (bits >> 2 & 0xff) - 127;
  const at = Math.max(0, Math.min(HALF - 1, (exponent - LOWEST) * EACH + (bits & 3)));
  return negative ? HALF - 1 - at : HALF + 1 + at;
});

/** Adds `[…, channels]` numbers to a histogram `[channels, BINS]`. */
export function count(numbers: Float32Array, channels: number, histogram: Float32Array): void {
  const bits = new Uint32Array(numbers.buffer, numbers.byteOffset, numbers.length);
  for (let i = 0, c = 0; i < numbers.length; i++) {
    const bin = numbers[i] === 0 ? HALF : table[bits[i] >>> 21];
    histogram[c * BINS + bin]++;
    if (++c === channels) c = 0;
  }
}

/** The smallest number of a bin, and the one behind its largest; zero's are 0. The last bins also hold
 * what is smaller than they begin, but for zero, and what is larger than they end. */
export function edgesOf(bin: number): readonly [from: number, to: number] {
  if (bin === HALF) return [0, 0];
  if (bin < HALF) {
    const [from, to] = edgesOf(2 * HALF - bin);
    return [-to, -from];
  }
  const edge = (at: number) =>
    at === 0 ? 0 : 2 ** (LOWEST + Math.floor(at / EACH)) * (1 + (at % EACH) / EACH);
  return [edge(bin - HALF - 1), edge(bin - HALF)];
}
