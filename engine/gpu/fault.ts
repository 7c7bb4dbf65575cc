/** Whether a GPU computes rightly: there are drivers that do not, without a word. */
import * as tf from "../../deps/tfjs.ts";
import { type Sample, SAMPLES } from "./_samples.ts";

/** The numbers of a sample, or why there are none. */
type Numbers = ArrayLike<number> | Error;

/** Computes samples on one backend of TensorFlow.js. */
type Compute = (samples: readonly Sample[]) => Promise<readonly Numbers[]>;

/** How far numbers may be from the CPU's, of the largest among them: sums have other orders. */
const TOLERANCE = 1e-3;

/**
 * Compares what TensorFlow.js's WebGPU backend computes with the CPU's. Leaves that backend current.
 *
 * @returns What is wrong, as the end of a sentence that begins with the GPU's name: "computes a 3×3
 * convolution wrongly (0.2 where 1.3 is right)"; undefined where all is right.
 */
export const findFault = (
  reference: Compute = computing("cpu"),
  tested: Compute = computing("webgpu"),
): Promise<string | undefined> => compare(SAMPLES, reference, tested);

async function compare(
  samples: readonly Sample[],
  reference: Compute,
  tested: Compute,
): Promise<string | undefined> {
  const right = await reference(samples), found = await tested(samples);
  for (const [i, { what }] of samples.entries()) {
    const expected = right[i], got = found[i];
    if (expected instanceof Error) throw expected;
    if (got instanceof Error) return `cannot compute ${what} (${got.message.split("\n")[0]})`;
    const at = furthest(got, expected);
    if (at !== undefined) {
      return `computes ${what} wrongly (${short(got[at])} where ${short(expected[at])} is right)`;
    }
  }
  return undefined;
}

/** Where numbers are furthest from the right ones, if they are too far; NaN is. */
function furthest(got: ArrayLike<number>, right: ArrayLike<number>): number | undefined {
  let largest = 0, worst = 0, at: number | undefined;
  for (let i = 0; i < right.length; i++) largest = Math.max(largest, Math.abs(right[i]));
  for (let i = 0; i < right.length; i++) {
    const distance = Math.abs(got[i] - right[i]);
    if (distance <= Math.max(worst, TOLERANCE * largest)) continue;
    at = i;
    if (Number.isNaN(distance)) break;
    worst = distance;
  }
  return at;
}

const short = (number: number) => String(Number(number.toPrecision(4)));

/** Computes on a backend, all at once: on a GPU each reading waits for all before it. */
const computing = (backend: string): Compute => async (samples) => {
  await tf.setBackend(backend);
  return await Promise.all(samples.map(async ({ compute }) => {
    let made: tf.Tensor | undefined;
    try {
      made = tf.tidy(compute);
      return await made.data();
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    } finally {
      made?.dispose();
    }
  }));
};
