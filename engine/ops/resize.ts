/**
 * Resizing: a product with a matrix along the height and one along the width, back with the matrices
 * turned over. Attributes: `size` [height, width] or `factor` [rows, columns], which need not be
 * whole; and `grid`, where a pixel of the output lies on the input:
 * - `half-pixel`: pixels have their centres at ½, 1½, …: TensorFlow 2, Keras, PyTorch's
 *   `align_corners=False` and `nearest-exact`;
 * - `corners`: the outermost pixels' centres fall together: `align_corners=True`;
 * - `asymmetric`: the first pixels begin together: TensorFlow.js, TensorFlow 1, PyTorch's `nearest`.
 */
import * as tf from "../../deps/tfjs.ts";
import { values } from "../../core/values.ts";
import type { Attributes } from "../graph.ts";
import { alongBoth } from "./_along.ts";
import type { Op, Shape, Traits } from "./op.ts";

type Grid = "half-pixel" | "corners" | "asymmetric";

/** How one axis is resized. */
interface Axis {
  readonly count: number;
  readonly size: number;
  /** Input pixels that a pixel of the output is apart from the next. */
  readonly step: number;
  readonly grid: Grid;
}

function axisOf({ size, factor, grid = "half-pixel" }: Attributes, input: Shape, at: 0 | 1): Axis {
  const count = input.at(at - 3)!, by = (factor as Shape | undefined)?.[at];
  const to = by === undefined ? (size as Shape)[at] : Math.floor(count * by);
  const step = grid === "corners"
    ? to > 1 ? (count - 1) / (to - 1) : 0
    // PyTorch and ONNX go by the factor that was asked for, not by the one that came of it
    : by === undefined
    ? count / to
    : 1 / by;
  return { count, size: to, step, grid: grid as Grid };
}

/** Places on the input, in pixels from the first one's centre. */
const places = ({ size, step, grid }: Axis) =>
  Array.from({ length: size }, (_, i) => grid === "half-pixel" ? (i + 0.5) * step - 0.5 : i * step);

/** `[size, count]`: how much of each pixel of the input is in a pixel of the output. */
type Mix = (axis: Axis) => Float32Array;

/** The two nearest pixels, the nearer one counting more; at the ends, the outermost alone. */
const linear: Mix = (axis) => {
  const shares = new Float32Array(axis.size * axis.count), last = axis.count - 1;
  places(axis).forEach((place, i) => {
    const at = Math.min(last, Math.max(0, place)), first = Math.floor(at);
    shares[i * axis.count + first] += 1 - (at - first);
    if (at > first) shares[i * axis.count + first + 1] += at - first;
  });
  return shares;
};

/** Rounding in the last place must not lead to the pixel before. */
const TINY = 1e-6;

/** The nearest pixel; half way between two, the one that TensorFlow and PyTorch take. */
const nearest: Mix = (axis) => {
  const shares = new Float32Array(axis.size * axis.count), last = axis.count - 1;
  const half = axis.grid === "asymmetric" ? 0 : 0.5;
  places(axis).forEach((place, i) => {
    const at = Math.max(0, Math.min(last, Math.floor(place + half + TINY)));
    shares[i * axis.count + at] = 1;
  });
  return shares;
};

function matrix(mix: Mix, axis: Axis): tf.Tensor2D {
  const shape: [number, number] = [axis.size, axis.count];
  return tf.tensor2d(values(mix(axis), shape), shape);
}

const resizing = (mix: Mix, traits: Traits): Op => ({
  traits,
  shape([input], { attrs }) {
    if (input.length !== 3) throw new Error(`[${input.join(", ")}] is no picture to resize`);
    const [height, width] = [axisOf(attrs, input, 0).size, axisOf(attrs, input, 1).size];
    if (!(height >= 1 && width >= 1)) throw new Error(`nothing of the picture would be left`);
    return [height, width, input[2]];
  },
  forward: ([x], { attrs }) =>
    alongBoth(
      x,
      matrix(mix, axisOf(attrs, x.shape, 0)),
      matrix(mix, axisOf(attrs, x.shape, 1)),
    ),
  backward: (dy, { attrs, inputShapes: [input] }) => [
    alongBoth(
      dy,
      tf.transpose(matrix(mix, axisOf(attrs, input, 0))),
      tf.transpose(matrix(mix, axisOf(attrs, input, 1))),
    ),
  ],
});

/** Between the four nearest pixels. */
export const resizeBilinear: Op = resizing(linear, {
  nature: "linear",
  averages: true,
  sign: "kept",
});

/** The nearest pixel; whole factors are faster by `upsampleNearest`. */
export const resizeNearest: Op = resizing(nearest, { nature: "routed", sign: "kept" });
