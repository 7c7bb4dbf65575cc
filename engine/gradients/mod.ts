/**
 * How objectives are differentiated. TensorFlow.js records the kernels that an objective runs and
 * walks them back, but its core package knows the gradient of none: they are here, by kind, written
 * from the mathematics. Importing this registers those that nobody has registered before; what is
 * registered later, as by importing all of TensorFlow.js, takes their place.
 */
import * as tf from "../../deps/tfjs.ts";
import { UserError } from "../../core/errors.ts";
import { activations } from "./activations.ts";
import { arithmetic } from "./arithmetic.ts";
import { convolutions } from "./convolution.ts";
import { elementwise } from "./elementwise.ts";
import { reductions } from "./reductions.ts";
import { resize } from "./resize.ts";
import { shape } from "./shape.ts";
import { spatial } from "./spatial.ts";
import { steps } from "./steps.ts";

/** The gradients that there are. */
export const gradients: readonly tf.GradConfig[] = [
  ...[arithmetic, elementwise, activations, steps],
  ...[reductions, shape, convolutions, spatial, resize],
].flat();

for (const config of gradients) {
  if (!tf.getGradient(config.kernelName)) tf.registerGradient(config);
}

/** TensorFlow.js's errors that say what cannot be differentiated, as ours; any other as it is. */
function explained(error: unknown): unknown {
  const message = error instanceof Error ? error.message : "";
  const details = { code: "unsupported", cause: error } as const;
  const [, op] = message.match(/gradient function not found for (\S+)\./) ?? [];
  if (op) {
    const names = gradients.map(({ kernelName }) => kernelName).sort();
    return new UserError(
      `The objective uses TensorFlow.js's op ${op}, which has no gradient here. These have: ` +
        `${names.join(", ")}. Importing @tensorflow/tfjs beside adds all that TensorFlow.js has; ` +
        `tf.customGrad takes one of your own.`,
      details,
    );
  }
  const [, kernel, backend] = message.match(/Kernel '(\w+)' not registered for backend '(\w+)'/) ??
    [];
  if (kernel) {
    return new UserError(
      `The objective's gradient needs TensorFlow.js's op ${kernel}, which its backend ${backend} ` +
        `does not have; another backend may.`,
      details,
    );
  }
  return error;
}

/** Frees what was recorded of a function whose walk back has failed: TensorFlow.js does not. */
function freeTape(): void {
  const { state } = tf.engine();
  if (state.gradientDepth > 0 || !state.activeTape) return; // it belongs to a gradient around this
  for (const { saved } of state.activeTape) tf.dispose(saved ?? []);
}

/**
 * Runs what TensorFlow.js differentiates. It frees what it saves for the gradient only where the
 * function returns, so an error is let out afterwards.
 */
function differentiated<R>(
  f: (values: readonly tf.Tensor[]) => tf.Tensor,
  run: (f: (...values: tf.Tensor[]) => tf.Tensor) => R,
): { result: R; value: tf.Tensor } {
  let value: tf.Tensor | undefined, result: R | undefined;
  let failure: { readonly error: unknown } | undefined;
  try {
    result = run((...values) => {
      try {
        return value = f(values);
      } catch (error) {
        failure = { error };
        return value = tf.addN(values.map((value) => tf.sum(value)));
      }
    });
  } catch (error) {
    freeTape();
    value?.dispose();
    if (!failure) throw explained(error);
  }
  if (!failure) return { result: result!, value: value! };
  tf.dispose([value ?? [], result as tf.TensorContainer ?? []]);
  throw failure.error;
}

/**
 * A scalar function of tensors, and its gradient at each.
 *
 * @throws UserError where the function uses an op that has no gradient.
 */
export function valueAndGrads(
  f: (values: readonly tf.Tensor[]) => tf.Tensor,
  at: tf.Tensor[],
): { value: tf.Scalar; grads: tf.Tensor[] } {
  const { result, value } = differentiated(f, (f) => tf.valueAndGrads(f)(at).grads);
  return { value: value as tf.Scalar, grads: result };
}

/**
 * The gradient at each of several tensors, where that at a function's result is known.
 *
 * @param dy Shaped as the result.
 * @throws UserError where the function uses an op that has no gradient.
 */
export function pullback(
  f: (values: readonly tf.Tensor[]) => tf.Tensor,
  at: tf.Tensor[],
  dy: tf.Tensor,
): tf.Tensor[] {
  // where `f` fails, what stands for its result has another shape: that error is not the one to tell
  return differentiated(f, (f) => tf.grads(f)(at, dy)).result;
}
