/** How a gradient is written down, and what many of them have in common. */
import * as tf from "../../deps/tfjs.ts";

/** What a kernel's gradient reads beside the gradients of its outputs. */
interface Saves {
  /** Inputs, by their names. */
  readonly inputs?: readonly string[];
  /** Which output, after the inputs. Default: none. */
  readonly output?: number;
}

type Tensors = readonly tf.Tensor[];

/** The gradient at each input of a kernel, by its name; worked out only where it is wanted. */
type Gradients = Readonly<Record<string, () => tf.Tensor>>;

/**
 * The gradient of a kernel.
 *
 * @param pull Gradients of the outputs, what was saved, the kernel's attributes → gradients at the
 * inputs. Each is a tensor of its own: TensorFlow.js frees it.
 */
export function gradient<Attrs>(
  kernelName: string,
  { inputs = [], output = -1 }: Saves,
  pull: (dys: Tensors, saved: Tensors, attrs: Attrs) => Gradients,
): tf.GradConfig {
  return {
    kernelName,
    inputsToSave: [...inputs],
    outputsToSave: Array.from({ length: output + 1 }, (_, i) => i === output),
    // the registry does not say which attributes belong to which kernel
    gradFunc: (dy, saved, attrs) => pull([dy].flat(), saved, attrs as unknown as Attrs),
  };
}

/** The gradient of a kernel whose inputs are a list. */
export function gradientOfList<Attrs>(
  kernelName: string,
  pull: (dy: tf.Tensor, inputs: Tensors, index: number, attrs: Attrs) => tf.Tensor,
): tf.GradConfig {
  const list = gradient<Attrs>(
    kernelName,
    {},
    ([dy], inputs, attrs) =>
      Object.fromEntries(inputs.map((_, i) => [i, () => pull(dy, inputs, i, attrs)])),
  );
  return { ...list, saveAllInputs: true };
}

/** y = f(x), its gradient from x. */
export const fromInput = <Attrs>(
  kernelName: string,
  dx: (dy: tf.Tensor, x: tf.Tensor, attrs: Attrs) => tf.Tensor,
): tf.GradConfig =>
  gradient<Attrs>(
    kernelName,
    { inputs: ["x"] },
    ([dy], [x], attrs) => ({ x: () => dx(dy, x, attrs) }),
  );

/** y = f(x), its gradient from y. */
export const fromOutput = (
  kernelName: string,
  dx: (dy: tf.Tensor, y: tf.Tensor) => tf.Tensor,
): tf.GradConfig => gradient(kernelName, { output: 0 }, ([dy], [y]) => ({ x: () => dx(dy, y) }));

/** Sums a gradient over what its input was broadcast along. */
export function sumTo(dy: tf.Tensor, shape: readonly number[]): tf.Tensor {
  const added = dy.rank - shape.length;
  const axes = dy.shape.flatMap((n, i) => i < added || shape[i - added] !== n ? [i] : []);
  return tf.reshape(axes.length ? tf.sum(dy, axes) : dy, [...shape]);
}

/** A gradient where a condition holds, 0 elsewhere, also where it is not finite. */
export const where = (condition: tf.Tensor, dy: tf.Tensor): tf.Tensor =>
  tf.where(condition, dy, tf.zerosLike(dy));

/** A backend's own kernel for a gradient. */
export const run = (kernel: string, inputs: tf.NamedTensorMap, attrs: object): tf.Tensor =>
  tf.engine().runKernel(kernel, inputs, { ...attrs });
