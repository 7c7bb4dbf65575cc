/** Functions of numbers one by one on the memory of TensorFlow.js's WebAssembly backend. */
import type * as tf from "../../deps/tfjs.ts";
import type { Kernels } from "./kernels.ts";
import { type Machine, TOUCH } from "./_machine.ts";
import { checkFloat, checkSame } from "./_tensors.ts";

/** Bytes of a part, as simd/elements.ts and simd/smooth.ts have it. */
const CHUNK = 262144;
/** Multiply-adds that take as long as an exponential. */
const SMOOTH = 64;

/** The names of what is computed here. */
type Elements =
  | ("reluGrad" | "clipGrad" | "add" | "addRelu")
  | ("swish" | "swishGrad" | "gelu" | "geluGrad");

const bytes = (x: tf.Tensor) => 4 * x.size;

/** How many parts there are of what goes over a tensor's numbers. */
export const chunks = (x: tf.Tensor): number => Math.ceil(bytes(x) / CHUNK);

/** The kernels, by simd/elements.ts and simd/smooth.ts. */
export function simdElements(m: Machine): Pick<Kernels, Elements> {
  const { at } = m;
  /** y = max(a + b, lowest). */
  const sum = (a: tf.Tensor, b: tf.Tensor, lowest: number) => {
    checkSame(a, b);
    const y = m.output(a.shape);
    m.run("add", [at(a), at(b), at(y), lowest, bytes(y)], chunks(y), TOUCH * y.size);
    return y;
  };
  /** dy where y is above `low` and not at or above `high`. */
  const between = (dy: tf.Tensor, y: tf.Tensor, low: number, high: number) => {
    checkSame(dy, y);
    const dx = m.output(dy.shape), numbers = [at(dy), at(y), at(dx), low, high, bytes(dx)];
    m.run("clipGrad", numbers, chunks(dx), TOUCH * dx.size);
    return dx;
  };
  /** A function of each number, and its backward from its input. */
  const pointwise = (name: string, x: tf.Tensor) => {
    checkFloat(x);
    const y = m.output(x.shape);
    m.run(name, [at(x), at(y), bytes(y)], chunks(y), SMOOTH * y.size);
    return y;
  };
  const pointwiseGrad = (name: string, dy: tf.Tensor, x: tf.Tensor) => {
    checkSame(dy, x);
    const dx = m.output(x.shape);
    m.run(name, [at(dy), at(x), at(dx), bytes(dx)], chunks(dx), SMOOTH * dx.size);
    return dx;
  };
  return {
    reluGrad: (dy, y) => between(dy, y, 0, NaN),
    clipGrad: between,

    swish: (x) => pointwise("swish", x),
    swishGrad: (dy, x) => pointwiseGrad("swishGrad", dy, x),
    gelu: (x) => pointwise("gelu", x),
    geluGrad: (dy, x) => pointwiseGrad("geluGrad", dy, x),

    add: (a, b) => sum(a, b, -Infinity),
    addRelu: (a, b) => sum(a, b, 0),
  };
}
