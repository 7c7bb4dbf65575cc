// deno-lint-ignore-file
// @ts-nocheck AssemblyScript, not TypeScript: `deno task kernels` compiles it.
/*
 * Functions of numbers one by one. Addresses and sizes are bytes; part `part` is a piece of CHUNK of
 * them.
 */
/** Bytes of a part; `_elements.ts` counts parts by it. */
const CHUNK: usize = 262144;

/** dx = dy where y > lowest and not y ≥ highest, else 0; a `highest` of NaN is none. */
export function clipGrad(
  dy: usize,
  y: usize,
  dx: usize,
  lowest: f32,
  highest: f32,
  bytes: usize,
  part: i32,
): void {
  const low = f32x4.splat(lowest), high = f32x4.splat(highest);
  let i = <usize> part * CHUNK;
  const end = min(i + CHUNK, bytes), wide = end & ~15;
  for (; i < wide; i += 16) {
    const at = v128.load(y + i);
    const passes = v128.andnot(f32x4.gt(at, low), f32x4.ge(at, high));
    v128.store(dx + i, v128.and(v128.load(dy + i), passes));
  }
  for (; i < end; i += 4) {
    const at = load<f32>(y + i);
    store<f32>(dx + i, at > lowest && !(at >= highest) ? load<f32>(dy + i) : 0);
  }
}

/** y = a + b, at least `lowest`. */
export function add(a: usize, b: usize, y: usize, lowest: f32, bytes: usize, part: i32): void {
  const low = f32x4.splat(lowest);
  let i = <usize> part * CHUNK;
  const end = min(i + CHUNK, bytes), wide = end & ~15;
  for (; i < wide; i += 16) {
    v128.store(y + i, f32x4.pmax(f32x4.add(v128.load(a + i), v128.load(b + i)), low));
  }
  for (; i < end; i += 4) {
    const sum = load<f32>(a + i) + load<f32>(b + i);
    store<f32>(y + i, sum < lowest ? lowest : sum);
  }
}

/** Fills with zeros. */
export function zero(out: usize, bytes: usize, part: i32): void {
  const from = <usize> part * CHUNK;
  memory.fill(out + from, 0, min(CHUNK, bytes - from));
}
