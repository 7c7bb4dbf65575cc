/**
 * A function of tensors, recorded while it runs, so that the way back can be walked later: what
 * TensorFlow.js's own `grads` does in one go, which leaves no room to ask a network in between.
 */
import * as tf from "../../deps/tfjs.ts";
import { UserError } from "../../core/errors.ts";
import { gradients } from "./kinds.ts";

/** What TensorFlow.js notes of a kernel that ran. */
interface Note {
  readonly kernelName: string;
  readonly inputs: Readonly<Record<string, tf.Tensor>>;
  readonly outputs: readonly tf.Tensor[];
  readonly saved?: tf.Tensor[];
  readonly gradient?: (
    dys: readonly (tf.Tensor | undefined)[],
  ) => Record<string, () => tf.Tensor>;
}

/** The part of TensorFlow.js's state that says whether it takes notes, and where. */
interface Taking {
  activeTape?: Note[];
  gradientDepth: number;
}

const withoutGradient = (op: string) =>
  new UserError(
    `The objective uses TensorFlow.js's op ${op}, which has no gradient here. These have: ` +
      `${gradients.map(({ kernelName }) => kernelName).sort().join(", ")}. Importing ` +
      `@tensorflow/tfjs beside adds all that TensorFlow.js has; tf.customGrad takes one of your own.`,
    { code: "unsupported" },
  );

/** TensorFlow.js's error that says what a backend cannot do on the way back, as ours; any other as it is. */
function explained(error: unknown): unknown {
  const message = error instanceof Error ? error.message : "";
  const [, kernel, backend] = message.match(/Kernel '(\w+)' not registered for backend '(\w+)'/) ??
    [];
  if (!kernel) return error;
  return new UserError(
    `The objective's gradient needs TensorFlow.js's op ${kernel}, which its backend ${backend} ` +
      `does not have; another backend may.`,
    { code: "unsupported", cause: error },
  );
}

/** A function's value, and the way back from it. */
export interface Recorded {
  /** It belongs to the caller. */
  readonly value: tf.Tensor;
  /**
   * The gradients at the places that the function was evaluated at, where that at its value is known.
   *
   * @param dy Shaped as the value.
   * @returns Tensors that belong to the caller; zeros where the value does not depend on a place.
   * @throws UserError where an op on the way has no gradient, or nothing leads back.
   */
  back(dy: tf.Tensor): tf.Tensor[];
  /** Frees what the way back needs. */
  dispose(): void;
}

/** Runs a function, and takes notes of the kernels that it runs. */
function noted(f: () => tf.Tensor): { value: tf.Tensor; notes: Note[] } {
  const state = tf.engine().state as unknown as Taking;
  const { activeTape: outer, gradientDepth: depth } = state, notes: Note[] = [];
  [state.activeTape, state.gradientDepth] = [notes, 1];
  try {
    return { value: tf.tidy(f), notes };
  } catch (error) {
    free(notes);
    throw error;
  } finally {
    [state.activeTape, state.gradientDepth] = [outer, depth];
  }
}

const free = (notes: readonly Note[]): void => tf.dispose(notes.map(({ saved }) => saved ?? []));

/** Tensors that depend on places, by their ids, and the notes of what made them. */
function dependent(notes: readonly Note[], at: readonly tf.Tensor[]) {
  const reached = new Set(at.map(({ id }) => id));
  const through = notes.filter(({ inputs, outputs }) => {
    const leads = Object.values(inputs).some(({ id }) => reached.has(id));
    if (leads) { for (const { id } of outputs) reached.add(id); }
    return leads;
  });
  return { reached, through };
}

/** The gradient at each tensor, by its id, that a walk back from a value comes to. */
function walkedBack(
  { reached, through }: ReturnType<typeof dependent>,
  value: tf.Tensor,
  dy: tf.Tensor,
): Map<number, tf.Tensor> {
  if (!reached.has(value.id)) {
    throw new UserError(
      "What was computed does not depend on what it was given: a way that leads through " +
        "`dataSync` or `data`, or through other places, has no gradient. TensorFlow.js's ops lead back.",
      { code: "unsupported" },
    );
  }
  const found = new Map([[value.id, dy]]);
  for (const { kernelName, inputs, outputs, gradient } of through.toReversed()) {
    const dys = outputs.map(({ id }) => found.get(id));
    if (dys.every((dy) => dy === undefined)) continue;
    if (!gradient) throw withoutGradient(kernelName);
    const ways = gradient(dys);
    for (const [name, { id }] of Object.entries(inputs)) {
      if (!reached.has(id)) continue;
      const now = tf.tidy(ways[name]), before = found.get(id);
      found.set(id, before ? tf.add(before, now) : now);
    }
  }
  return found;
}

/**
 * Runs a function of tensors, and records it.
 *
 * @throws what the function throws.
 */
export function record(
  f: (values: readonly tf.Tensor[]) => tf.Tensor,
  at: readonly tf.Tensor[],
): Recorded {
  // as a tensor of its own, also where it is one of those that were given
  const { value, notes } = noted(() => tf.clone(f(at))), way = dependent(notes, at);
  return {
    value,
    back: (dy) => {
      try {
        return tf.tidy(() => {
          const found = walkedBack(way, value, dy);
          return at.map((place) => tf.clone(found.get(place.id) ?? tf.zerosLike(place)));
        });
      } catch (error) {
        throw explained(error);
      }
    },
    dispose: () => free(notes),
  };
}

/**
 * A scalar function of tensors, and its gradient at each.
 *
 * @throws UserError where the function uses an op that has no gradient.
 */
export function valueAndGrads(
  f: (values: readonly tf.Tensor[]) => tf.Tensor,
  at: readonly tf.Tensor[],
): { value: tf.Scalar; grads: tf.Tensor[] } {
  const recorded = record(f, at), value = recorded.value as tf.Scalar;
  try {
    return { value, grads: tf.tidy(() => recorded.back(tf.onesLike(value))) };
  } catch (error) {
    value.dispose();
    throw error;
  } finally {
    recorded.dispose();
  }
}
