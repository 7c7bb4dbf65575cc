// deno-lint-ignore-file
// @ts-nocheck AssemblyScript, not TypeScript: `deno task kernels` compiles it.
/* The inner loop of a small convolution: as product.ts's `multiply`, but summed in doubles. */

/** As `multiply` of product.ts, three times as slow; the whole window in one block. */
export function multiplyExact(
  windows: usize,
  count: i32,
  panel: usize,
  bytes: usize,
  from: usize,
  fromPixel: usize,
  y: usize,
  pixel: usize,
  columns: i32,
  lowest: f32,
  highest: f32,
): void {
  const low = f64x2.splat(lowest), high = f64x2.splat(highest);
  // Two windows by four channels at a time: eight sums, and what they are made of, fit the registers.
  for (; count > 0; count -= 6, windows += (bytes >> 5) * 24) {
    for (let pair = 0; pair < 6 && pair < count; pair += 2) {
      for (let half = 0; half < 2 && half * 4 < columns; half++) {
        let s0 = f64x2.splat(0), s1 = s0, s2 = s0, s3 = s0;
        let at = windows + (<usize> pair << 2);
        for (let w = panel + (<usize> half << 4), end = w + bytes; w < end; w += 32, at += 24) {
          const four = v128.load(w);
          const left = f64x2.promote_low_f32x4(four);
          const right = f64x2.promote_low_f32x4(v128.shuffle<f64>(four, four, 1, 1));
          let x = f64x2.splat(<f64> load<f32>(at));
          s0 = f64x2.add(s0, f64x2.mul(x, left));
          s1 = f64x2.add(s1, f64x2.mul(x, right));
          x = f64x2.splat(<f64> load<f32>(at, 4));
          s2 = f64x2.add(s2, f64x2.mul(x, left));
          s3 = f64x2.add(s3, f64x2.mul(x, right));
        }
        const to = y + <usize> pair * pixel + (<usize> half << 4);
        const add = from + <usize> pair * fromPixel + (<usize> half << 4);
        const some = min(4, columns - half * 4);
        finish(to, add, s0, s1, some, low, high);
        if (pair + 1 < count) finish(to + pixel, add + fromPixel, s2, s3, some, low, high);
      }
    }
    y += 6 * pixel, from += 6 * fromPixel;
  }
}

/** Adds what there is to add, limits and rounds once, and writes `some` of four sums. */
function finish(y: usize, from: usize, s: v128, t: v128, some: i32, low: v128, high: v128): void {
  for (; some > 0; some--, y += 4, from += 4) {
    const sum = f64x2.add(s, f64x2.splat(<f64> load<f32>(from)));
    const limited = f64x2.pmin(f64x2.pmax(sum, low), high);
    store<f32>(y, <f32> f64x2.extract_lane(limited, 0));
    s = v128.shuffle<f64>(s, t, 1, 2);
    t = v128.shuffle<f64>(t, t, 1, 0);
  }
}
