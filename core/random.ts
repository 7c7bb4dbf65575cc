/** Seeded random numbers: the same seed gives the same numbers on every machine and backend. */
import { sizeOf, type Values, values } from "./values.ts";

/** A stream of random numbers; each draw advances it. */
export interface Random {
  /** Uniform in [0, 1), 32 random bits. */
  next(): number;
  /** Uniform in [low, high). */
  uniform(low: number, high: number): number;
  /** Uniform whole number in [low, high] (both ends included). */
  integer(low: number, high: number): number;
  /** Normal distribution (Box and Muller 1958). */
  normal(mean?: number, deviation?: number): number;
  /** Shape filled with uniform numbers in [low, high). */
  uniformValues(shape: readonly number[], low: number, high: number): Values;
  /** Shape filled with normally distributed numbers. */
  normalValues(shape: readonly number[], mean?: number, deviation?: number): Values;
  /** One of the items. */
  pick<T>(items: readonly T[]): T;
  /** An independent stream, named, so that adding a draw in one place changes no other. */
  fork(name: string): Random;
}

/** FNV-1a hash of a text, 32 bits. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h >>> 0;
}

/**
 * Starts the stream of a seed (generator sfc32: Doty-Humphrey's "small fast counter", 32 bits).
 *
 * @example
 * ```ts
 * random(7).next() === random(7).next(); // true
 * ```
 */
export function random(seed: number | string): Random {
  const key = String(seed);
  let a = hash(key), b = hash(key + "/b"), c = hash(key + "/c"), counter = 1;
  let spare: number | undefined;
  const bits = () => {
    const t = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + t | 0;
    return t >>> 0;
  };
  for (let i = 0; i < 12; i++) bits();
  const next = () => bits() / 4294967296;
  const stream: Random = {
    next,
    uniform: (low, high) => low + (high - low) * next(),
    integer: (low, high) => low + Math.floor(next() * (high - low + 1)),
    normal(mean = 0, deviation = 1) {
      if (spare !== undefined) {
        const value = spare;
        spare = undefined;
        return mean + deviation * value;
      }
      const radius = Math.sqrt(-2 * Math.log(1 - next()));
      const angle = 2 * Math.PI * next();
      spare = radius * Math.sin(angle);
      return mean + deviation * radius * Math.cos(angle);
    },
    uniformValues: (shape, low, high) =>
      values(Float32Array.from({ length: sizeOf(shape) }, () => stream.uniform(low, high)), shape),
    normalValues: (shape, mean = 0, deviation = 1) =>
      values(
        Float32Array.from({ length: sizeOf(shape) }, () => stream.normal(mean, deviation)),
        shape,
      ),
    pick: (items) => items[stream.integer(0, items.length - 1)],
    fork: (name) => random(`${key}/${name}`),
  };
  return stream;
}
