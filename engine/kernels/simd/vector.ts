// deno-lint-ignore-file
// @ts-nocheck AssemblyScript, not TypeScript: `deno task kernels` compiles it.
/* What the kernels share; the compiler inlines it. */

/** Four numbers from `at`, or one and zeros. */
export function get<T>(at: usize): v128 {
  return isVector<T>() ? v128.load(at) : v128.load32_zero(at);
}

/** Puts as many at `at`. */
export function set<T>(at: usize, value: v128): void {
  if (isVector<T>()) v128.store(at, value);
  else v128.store_lane<f32>(at, value, 0);
}

/** Adds as many numbers to those at `at`. */
export function addTo<T>(at: usize, value: v128): void {
  set<T>(at, f32x4.add(get<T>(at), value));
}

/** sum + x · y, rounded once where the machine does so in one instruction. */
export function plusProduct(sum: v128, x: v128, y: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(x, y, sum);
  return f32x4.add(sum, f32x4.mul(x, y));
}

/** x, at least `low` and at most `high`; NaN stays NaN. */
export function limited(x: v128, low: v128, high: v128): v128 {
  return f32x4.pmin(f32x4.pmax(x, low), high);
}
