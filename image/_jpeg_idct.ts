/**
 * The inverse cosine transform of 8×8 blocks in whole numbers, after Loeffler, Ligtenberg and
 * Moschytz (ICASSP 1989): the one that libjpeg takes, so that the samples are the same.
 */

const BITS = 13;
const fix = (x: number) => Math.round(x * 2 ** BITS);
const F0_298 = fix(0.298631336), F0_390 = fix(0.390180644), F0_541 = fix(0.541196100);
const F0_765 = fix(0.765366865), F0_899 = fix(0.899976223), F1_175 = fix(1.175875602);
const F1_501 = fix(1.501321110), F1_847 = fix(1.847759065), F1_961 = fix(1.961570560);
const F2_053 = fix(2.053119869), F2_562 = fix(2.562915447), F3_072 = fix(3.072711026);

/** Bits below the point that the first pass keeps. */
const KEPT = 2;

const work = new Int32Array(64);
/** The eight results of a pass. */
const out = new Int32Array(8);

/** Transforms eight values; the results, in {@link out}, lie `BITS` bits higher. */
function transform(
  v0: number,
  v1: number,
  v2: number,
  v3: number,
  v4: number,
  v5: number,
  v6: number,
  v7: number,
): void {
  const even = (v2 + v6) * F0_541;
  const e2 = even - v6 * F1_847, e3 = even + v2 * F0_765;
  const e0 = (v0 + v4) * (1 << BITS), e1 = (v0 - v4) * (1 << BITS);
  const a0 = e0 + e3, a3 = e0 - e3, a1 = e1 + e2, a2 = e1 - e2;
  const odd = (v7 + v3 + v5 + v1) * F1_175;
  const z1 = (v7 + v1) * -F0_899, z2 = (v5 + v3) * -F2_562;
  const z3 = (v7 + v3) * -F1_961 + odd, z4 = (v5 + v1) * -F0_390 + odd;
  const b0 = v7 * F0_298 + z1 + z3, b1 = v5 * F2_053 + z2 + z4;
  const b2 = v3 * F3_072 + z2 + z3, b3 = v1 * F1_501 + z1 + z4;
  out[0] = a0 + b3;
  out[7] = a0 - b3;
  out[1] = a1 + b2;
  out[6] = a1 - b2;
  out[2] = a2 + b1;
  out[5] = a2 - b1;
  out[3] = a3 + b0;
  out[4] = a3 - b0;
}

const COLUMN = BITS - KEPT, COLUMN_HALF = 1 << COLUMN - 1;
const ROW = BITS + KEPT + 3, ROW_HALF = 1 << ROW - 1;

/**
 * Transforms a block of coefficients, in rows, times their steps, into 64 samples.
 *
 * @param plane where the samples go, from `at` on, in rows of `stride`
 */
export function inverse(
  block: Int16Array,
  steps: Uint16Array,
  plane: Uint8ClampedArray,
  at: number,
  stride: number,
): void {
  for (let x = 0; x < 8; x++) {
    const v0 = block[x] * steps[x];
    const v1 = block[x + 8], v2 = block[x + 16], v3 = block[x + 24], v4 = block[x + 32];
    const v5 = block[x + 40], v6 = block[x + 48], v7 = block[x + 56];
    if ((v1 | v2 | v3 | v4 | v5 | v6 | v7) === 0) {
      const level = v0 << KEPT;
      for (let i = x; i < 64; i += 8) work[i] = level;
      continue;
    }
    transform(
      v0,
      v1 * steps[x + 8],
      v2 * steps[x + 16],
      v3 * steps[x + 24],
      v4 * steps[x + 32],
      v5 * steps[x + 40],
      v6 * steps[x + 48],
      v7 * steps[x + 56],
    );
    for (let i = 0; i < 8; i++) work[x + 8 * i] = out[i] + COLUMN_HALF >> COLUMN;
  }
  for (let y = 0; y < 64; y += 8, at += stride) {
    transform(
      work[y],
      work[y + 1],
      work[y + 2],
      work[y + 3],
      work[y + 4],
      work[y + 5],
      work[y + 6],
      work[y + 7],
    );
    for (let i = 0; i < 8; i++) plane[at + i] = 128 + (out[i] + ROW_HALF >> ROW);
  }
}

/** The same where all coefficients but the first are zero. */
export function inverseFlat(
  level: number,
  plane: Uint8ClampedArray,
  at: number,
  stride: number,
): void {
  const sample = 128 + ((level << KEPT) + (1 << KEPT + 2) >> KEPT + 3);
  for (let y = 0; y < 8; y++, at += stride) {
    for (let i = at; i < at + 8; i++) plane[i] = sample;
  }
}
