/** Half-precision numbers (IEEE 754 binary16), by their bits: `Float16Array` is not everywhere yet. */

/** What each of the 65536 halves means; made when the first is read. */
let meanings: Float32Array | undefined;

const meaningOf = (_: unknown, bits: number): number => {
  const exponent = bits >> 10 & 31, mantissa = bits & 1023, sign = bits >> 15 ? -1 : 1;
  if (exponent === 31) return mantissa ? NaN : sign * Infinity;
  return exponent ? sign * (1 + mantissa / 1024) * 2 ** (exponent - 15) : sign * mantissa / 2 ** 24;
};

/** The numbers that halves mean, exactly. */
export function fromHalves(halves: Uint16Array): Float32Array<ArrayBuffer> {
  const table = meanings ??= Float32Array.from({ length: 2 ** 16 }, meaningOf);
  const numbers = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) numbers[i] = table[halves[i]];
  return numbers;
}

/** The nearest halves, of two that are as near the even one; what is beyond ±65504 is infinite. */
export function toHalves(numbers: Float32Array): Uint16Array<ArrayBuffer> {
  const halves = new Uint16Array(numbers.length), bits = new Uint32Array(numbers.slice().buffer);
  for (let i = 0; i < numbers.length; i++) {
    const sign = bits[i] >>> 31 << 15, size = Math.abs(numbers[i]);
    const exponent = Math.max(-14, (bits[i] >>> 23 & 255) - 127);
    // a double this large has no smaller digits than the last that a half has: adding it rounds
    const unit = 2 ** (exponent - 10), large = unit * 2 ** 52;
    const digits = (size + large - large) / unit;
    halves[i] = sign |
      (size !== size ? 0x7e00 : size >= 65520 ? 0x7c00 : (exponent + 14) * 1024 + digits); // digits of 1024 and more raise the exponent
  }
  return halves;
}
