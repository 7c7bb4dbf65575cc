// deno-lint-ignore-file
// @ts-nocheck AssemblyScript, not TypeScript: `deno task kernels` compiles it.
/*
 * Smooth activations and their backward in one pass over the numbers, as elements.ts. eˣ is Cephes's
 * expf (Moshier), erf the rational function that Eigen and XLA have: both are right to the last bits
 * of single precision.
 */
import { get, plusProduct, set } from "./vector.ts";

const CHUNK: usize = 262144;

/** y = x·σ(x). */
export function swish(x: usize, y: usize, bytes: usize, part: i32): void {
  let i = <usize> part * CHUNK;
  const end = min(i + CHUNK, bytes), wide = end & ~15;
  for (; i < wide; i += 16) set<v128>(y + i, swished(get<v128>(x + i)));
  for (; i < end; i += 4) set<f32>(y + i, swished(get<f32>(x + i)));
}

function swished(x: v128): v128 {
  return f32x4.mul(x, sigmoid(x));
}

/** dx = dy · (σ(x) + x·σ(x)·(1 − σ(x))). */
export function swishGrad(dy: usize, x: usize, dx: usize, bytes: usize, part: i32): void {
  let i = <usize> part * CHUNK;
  const end = min(i + CHUNK, bytes), wide = end & ~15;
  for (; i < wide; i += 16) {
    set<v128>(dx + i, f32x4.mul(get<v128>(dy + i), swishSlope(get<v128>(x + i))));
  }
  for (; i < end; i += 4) {
    set<f32>(dx + i, f32x4.mul(get<f32>(dy + i), swishSlope(get<f32>(x + i))));
  }
}

function swishSlope(x: v128): v128 {
  const s = sigmoid(x), rest = f32x4.sub(f32x4.splat(1), s);
  return f32x4.mul(s, plusProduct(f32x4.splat(1), x, rest));
}

/** y = x·Φ(x), with the normal distribution's Φ. */
export function gelu(x: usize, y: usize, bytes: usize, part: i32): void {
  let i = <usize> part * CHUNK;
  const end = min(i + CHUNK, bytes), wide = end & ~15;
  for (; i < wide; i += 16) set<v128>(y + i, gelued(get<v128>(x + i)));
  for (; i < end; i += 4) set<f32>(y + i, gelued(get<f32>(x + i)));
}

function gelued(x: v128): v128 {
  return f32x4.mul(x, normal(x));
}

/** dx = dy · (Φ(x) + x·φ(x)). */
export function geluGrad(dy: usize, x: usize, dx: usize, bytes: usize, part: i32): void {
  let i = <usize> part * CHUNK;
  const end = min(i + CHUNK, bytes), wide = end & ~15;
  for (; i < wide; i += 16) {
    set<v128>(dx + i, f32x4.mul(get<v128>(dy + i), geluSlope(get<v128>(x + i))));
  }
  for (; i < end; i += 4) {
    set<f32>(dx + i, f32x4.mul(get<f32>(dy + i), geluSlope(get<f32>(x + i))));
  }
}

function geluSlope(x: v128): v128 {
  const density = f32x4.mul(
    f32x4.splat(0.3989422804014327), // 1/√2π
    exp(f32x4.mul(f32x4.mul(x, x), f32x4.splat(-0.5))),
  );
  return f32x4.add(normal(x), f32x4.mul(x, density));
}

/** Φ(x) = (1 + erf(x/√2)) / 2. */
function normal(x: v128): v128 {
  const half = f32x4.splat(0.5);
  return f32x4.add(half, f32x4.mul(half, erf(f32x4.mul(x, f32x4.splat(0.7071067811865476)))));
}

function erf(x: v128): v128 {
  const t = f32x4.pmin(f32x4.pmax(x, f32x4.splat(-4)), f32x4.splat(4)), u = f32x4.mul(t, t);
  let p = f32x4.splat(-2.72614225801306e-10);
  p = plusProduct(f32x4.splat(2.77068142495902e-08), p, u);
  p = plusProduct(f32x4.splat(-2.10102402082508e-06), p, u);
  p = plusProduct(f32x4.splat(-5.69250639462346e-05), p, u);
  p = plusProduct(f32x4.splat(-7.34990630326855e-04), p, u);
  p = plusProduct(f32x4.splat(-2.95459980854025e-03), p, u);
  p = plusProduct(f32x4.splat(-1.60960333262415e-02), p, u);
  let q = f32x4.splat(-1.45660718464996e-05);
  q = plusProduct(f32x4.splat(-2.13374055278905e-04), q, u);
  q = plusProduct(f32x4.splat(-1.68282697438203e-03), q, u);
  q = plusProduct(f32x4.splat(-7.37332916720468e-03), q, u);
  q = plusProduct(f32x4.splat(-1.42647390514189e-02), q, u);
  return f32x4.div(f32x4.mul(t, p), q);
}

/** 1 / (1 + e⁻ˣ). */
function sigmoid(x: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.div(one, f32x4.add(one, exp(f32x4.neg(x))));
}

/** eˣ, between the least and the greatest number that is not 0 or ∞. */
function exp(x: v128): v128 {
  x = f32x4.pmin(f32x4.pmax(x, f32x4.splat(-87.33654)), f32x4.splat(88.37626));
  const n = f32x4.nearest(f32x4.mul(x, f32x4.splat(1.44269504088896341)));
  let r = plusProduct(x, n, f32x4.splat(-0.693359375));
  r = plusProduct(r, n, f32x4.splat(2.12194440e-4));
  let p = f32x4.splat(1.9875691500e-4);
  p = plusProduct(f32x4.splat(1.3981999507e-3), p, r);
  p = plusProduct(f32x4.splat(8.3334519073e-3), p, r);
  p = plusProduct(f32x4.splat(4.1665795894e-2), p, r);
  p = plusProduct(f32x4.splat(1.6666665459e-1), p, r);
  p = plusProduct(f32x4.splat(5.0000001201e-1), p, r);
  p = f32x4.add(plusProduct(r, f32x4.mul(r, r), p), f32x4.splat(1));
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  return f32x4.mul(p, power);
}
