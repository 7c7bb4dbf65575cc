// deno-lint-ignore-file
// @ts-nocheck AssemblyScript, not TypeScript: `deno task kernels` compiles it.
/*
 * The inner loops of a convolution: addresses are bytes, and nothing but what arguments point to is
 * touched.
 *
 * Where the engine checks each access to memory, as Deno's does, the checks cost more than the
 * products. Hence the packing: `multiply` then has two addresses to step and to check, and they and
 * the memory's size stay in registers.
 */
import { limited, plusProduct } from "./vector.ts";

/**
 * Packs a block of each window as `multiply` reads it: for every six windows, [numbers, 6].
 *
 * @param windows the addresses of the windows, the last one repeated to a multiple of six
 * @param count how many windows, without the repeated ones
 * @param offset where in a window the block begins
 * @param runs how many pieces of `run` bytes, `step` apart, the block has
 */
export function pack(
  windows: usize,
  count: i32,
  offset: usize,
  runs: i32,
  run: usize,
  step: usize,
  to: usize,
): void {
  const back = step - run;
  for (; count > 0; count -= 6, windows += 24) {
    let w0: usize = load<u32>(windows) + offset, w1: usize = load<u32>(windows, 4) + offset;
    let w2: usize = load<u32>(windows, 8) + offset, w3: usize = load<u32>(windows, 12) + offset;
    let w4: usize = load<u32>(windows, 16) + offset, w5: usize = load<u32>(windows, 20) + offset;
    for (let r = runs; r > 0; r--) {
      const end = w0 + run, wide = w0 + (run & ~15);
      for (; w0 < wide; to += 96) {
        const a = v128.load(w0), b = v128.load(w1), c = v128.load(w2);
        const d = v128.load(w3), e = v128.load(w4), f = v128.load(w5);
        const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5), AB = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
        const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5), CD = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
        const ef = v128.shuffle<f32>(e, f, 0, 4, 1, 5), EF = v128.shuffle<f32>(e, f, 2, 6, 3, 7);
        v128.store(to, v128.shuffle<f64>(ab, cd, 0, 2));
        v128.store(to, v128.shuffle<f64>(ef, ab, 0, 3), 16);
        v128.store(to, v128.shuffle<f64>(cd, ef, 1, 3), 32);
        v128.store(to, v128.shuffle<f64>(AB, CD, 0, 2), 48);
        v128.store(to, v128.shuffle<f64>(EF, AB, 0, 3), 64);
        v128.store(to, v128.shuffle<f64>(CD, EF, 1, 3), 80);
        w0 += 16, w1 += 16, w2 += 16, w3 += 16, w4 += 16, w5 += 16;
      }
      for (; w0 < end; to += 24) {
        store<f32>(to, load<f32>(w0)), store<f32>(to, load<f32>(w1), 4);
        store<f32>(to, load<f32>(w2), 8), store<f32>(to, load<f32>(w3), 12);
        store<f32>(to, load<f32>(w4), 16), store<f32>(to, load<f32>(w5), 20);
        w0 += 4, w1 += 4, w2 += 4, w3 += 4, w4 += 4, w5 += 4;
      }
      w0 += back, w1 += back, w2 += back, w3 += back, w4 += back, w5 += back;
    }
  }
}

/**
 * Eight output channels of a convolution, or their part that a block of its windows gives: for each
 * window, y = limited(from + Σ window · panel). Six windows by eight channels are what the sixteen
 * registers of x86 hold.
 *
 * @param windows as `pack` leaves them
 * @param count how many windows
 * @param panel [numbers, 8] weights, `bytes` in all
 * @param from what to add, `fromPixel` bytes from pixel to pixel: a bias (0) or earlier blocks' y
 * @param pixel bytes of a pixel of y
 * @param columns how many of the eight channels y has
 * @param lowest what smaller results become; −∞ before the last block
 * @param highest what greater results become; ∞ before the last block
 */
export function multiply(
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
  const low = f32x4.splat(lowest), high = f32x4.splat(highest), zero = f32x4.splat(0);
  for (; count > 0; count -= 6) {
    let s0 = zero, s1 = zero, s2 = zero, s3 = zero, s4 = zero, s5 = zero;
    let t0 = zero, t1 = zero, t2 = zero, t3 = zero, t4 = zero, t5 = zero;
    let w = panel;
    for (const end = panel + bytes; w < end; w += 16) {
      const left = v128.load(w);
      w += 16; // a step rather than an offset, which would be one more limit to check against
      const right = v128.load(w);
      let x = v128.load_splat<f32>(windows);
      s0 = plusProduct(s0, x, left), t0 = plusProduct(t0, x, right), windows += 4;
      x = v128.load_splat<f32>(windows);
      s1 = plusProduct(s1, x, left), t1 = plusProduct(t1, x, right), windows += 4;
      x = v128.load_splat<f32>(windows);
      s2 = plusProduct(s2, x, left), t2 = plusProduct(t2, x, right), windows += 4;
      x = v128.load_splat<f32>(windows);
      s3 = plusProduct(s3, x, left), t3 = plusProduct(t3, x, right), windows += 4;
      x = v128.load_splat<f32>(windows);
      s4 = plusProduct(s4, x, left), t4 = plusProduct(t4, x, right), windows += 4;
      x = v128.load_splat<f32>(windows);
      s5 = plusProduct(s5, x, left), t5 = plusProduct(t5, x, right), windows += 4;
    }
    put(y, from, s0, t0, columns, low, high), y += pixel, from += fromPixel;
    if (count > 1) put(y, from, s1, t1, columns, low, high), y += pixel, from += fromPixel;
    if (count > 2) put(y, from, s2, t2, columns, low, high), y += pixel, from += fromPixel;
    if (count > 3) put(y, from, s3, t3, columns, low, high), y += pixel, from += fromPixel;
    if (count > 4) put(y, from, s4, t4, columns, low, high), y += pixel, from += fromPixel;
    if (count > 5) put(y, from, s5, t5, columns, low, high), y += pixel, from += fromPixel;
  }
}

/** Adds `from` to one pixel's eight sums, s and then t, limits them and writes `columns` of them. */
function put(
  y: usize,
  from: usize,
  s: v128,
  t: v128,
  columns: i32,
  low: v128,
  high: v128,
): void {
  if (columns === 8) {
    v128.store(y, limited(f32x4.add(s, v128.load(from)), low, high));
    v128.store(y, limited(f32x4.add(t, v128.load(from, 16)), low, high), 16);
  } else putSome(y, from, s, t, columns, low, high);
}

/** As `put`, one by one: neither `from` nor y need have all eight. */
function putSome(
  y: usize,
  from: usize,
  s: v128,
  t: v128,
  columns: i32,
  low: v128,
  high: v128,
): void {
  for (; columns > 0; columns--, y += 4, from += 4) {
    v128.store_lane<f32>(y, limited(f32x4.add(s, v128.load32_zero(from)), low, high), 0);
    s = v128.shuffle<f32>(s, t, 1, 2, 3, 4);
    t = v128.shuffle<f32>(t, t, 1, 2, 3, 0);
  }
}
