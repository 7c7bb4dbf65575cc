// deno-lint-ignore-file
// @ts-nocheck AssemblyScript, not TypeScript: `deno task kernels` compiles it.
/*
 * Products of few vectors with a matrix as it lies in memory, each row read once: at memory's speed,
 * and without a copy of what may be hundreds of megabytes. Sizes are counts of numbers.
 */
import { get, plusProduct, set } from "./vector.ts";

/** Numbers of y that are a part; `_dense.ts` counts parts by it. */
const SOME: usize = 256;

/** y [batch, columns] = x [batch, rows] · matrix [rows, columns]. */
export function product(
  x: usize,
  matrix: usize,
  y: usize,
  batch: usize,
  rows: usize,
  columns: usize,
  part: usize,
): void {
  const row = columns << 2, first = part * (SOME << 2), end = min(row, first + (SOME << 2));
  for (let b: usize = 0; b < batch; b++) memory.fill(y + b * row + first, 0, end - first);
  for (let r: usize = 0; r < rows; r++, matrix += row) {
    for (let b: usize = 0; b < batch; b++) {
      const factor = v128.load_splat<f32>(x + ((b * rows + r) << 2)), to = y + b * row;
      let c = first;
      for (; c + 16 <= end; c += 16) addTimes<v128>(to + c, factor, matrix + c);
      for (; c < end; c += 4) addTimes<f32>(to + c, factor, matrix + c);
    }
  }
}

function addTimes<T>(to: usize, factor: v128, at: usize): void {
  set<T>(to, plusProduct(get<T>(to), factor, get<T>(at)));
}

/** y [batch, rows] = x [batch, columns] · matrixᵀ, with matrix [rows, columns]. */
export function productTransposed(
  x: usize,
  matrix: usize,
  y: usize,
  batch: usize,
  rows: usize,
  columns: usize,
  part: usize,
): void {
  const row = columns << 2, first = part * SOME, end = min(rows, first + SOME);
  matrix += first * row;
  for (let r = first; r < end; r++, matrix += row) {
    for (let b: usize = 0; b < batch; b++) {
      const at = x + b * row;
      let s = f32x4.splat(0), t = s; // two, since an addition waits for the one before
      let c: usize = 0;
      for (; c + 32 <= row; c += 32) {
        s = plusProduct(s, get<v128>(at + c), get<v128>(matrix + c));
        t = plusProduct(t, get<v128>(at + c + 16), get<v128>(matrix + c + 16));
      }
      for (; c < row; c += 4) s = plusProduct(s, get<f32>(at + c), get<f32>(matrix + c));
      s = f32x4.add(s, t);
      s = f32x4.add(s, v128.shuffle<f32>(s, s, 2, 3, 0, 1));
      s = f32x4.add(s, v128.shuffle<f32>(s, s, 1, 0, 3, 2));
      set<f32>(y + ((b * rows + r) << 2), s);
    }
  }
}
