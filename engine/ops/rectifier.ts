/** Activations in straight pieces, that keep what is positive: ReLU and its relatives. */
import * as tf from "../../deps/tfjs.ts";
import { kernels } from "../kernels/mod.ts";
import type { Attributes } from "../graph.ts";
import { fromInput, fromOutput, inside, NEVER_NEGATIVE } from "./_pointwise.ts";
import type { Op, Parameters, Shape } from "./op.ts";

export const relu: Op = {
  ...fromOutput((x) => tf.relu(x), (y) => tf.step(y), { rectifies: true, ...NEVER_NEGATIVE }),
  backward: (dy, { output }) => [kernels().reluGrad(dy, output!)],
};

/** min(max(x, 0), 6). */
export const relu6: Op = {
  ...fromOutput((x) => tf.relu6(x), (y) => inside(y, 0, 6), { rectifies: true, ...NEVER_NEGATIVE }),
  backward: (dy, { output }) => [kernels().clipGrad(dy, output!, 0, 6)],
};

/** `positive` where a mask is 1, `alpha` where it is 0. */
const either = (positive: tf.Tensor, alpha: tf.Tensor | number) =>
  tf.add(positive, tf.mul(tf.sub(1, positive), alpha));

/** x where positive, `alpha`·x elsewhere. */
export const leakyRelu: Op = fromInput(
  (x, { alpha }) => tf.leakyRelu(x, alpha as number),
  (x, { alpha }) => either(tf.step(x), alpha as number),
);

interface Bounds {
  /** The slope below the threshold. */
  readonly alpha: number;
  readonly threshold: number;
  readonly max: number;
}

/** What an op's attributes leave open is as in a plain ReLU. */
const bounds = ({ alpha = 0, threshold = 0, max = Infinity }: Attributes) =>
  ({ alpha, threshold, max }) as Bounds;

/** min(x, `max`) above the threshold, `alpha`·(x − `threshold`) elsewhere. */
function clipped(x: tf.Tensor, attrs: Attributes): tf.Tensor {
  const { alpha, threshold, max } = bounds(attrs);
  const above = tf.cast(tf.greater(x, threshold), "float32");
  const kept = tf.mul(max < Infinity ? tf.minimum(x, max) : x, above);
  return alpha === 0 ? kept : tf.add(kept, tf.mul(tf.minimum(tf.sub(x, threshold), 0), alpha));
}

function clippedSlope(x: tf.Tensor, attrs: Attributes): tf.Tensor {
  const { alpha, threshold, max } = bounds(attrs);
  const above = tf.cast(tf.greater(x, threshold), "float32");
  const within = max < Infinity ? tf.mul(above, tf.cast(tf.less(x, max), "float32")) : above;
  return alpha === 0 ? within : tf.add(within, tf.mul(tf.sub(1, above), alpha));
}

/** Keras's ReLU with `threshold` or `max`, from 0 up: x between them, `max` above, 0 below. */
export const clippedRelu: Op = {
  ...fromInput(clipped, clippedSlope, { rectifies: true, ...NEVER_NEGATIVE }),
  shape([input], { attrs }) {
    const { threshold, max } = bounds(attrs);
    if (threshold < 0 || max < 0) {
      throw new Error(`a ReLU from ${threshold} to ${max} has a bound below 0`);
    }
    return input;
  },
};

/** The same with a slope: `alpha`·(x − `threshold`) below the threshold. */
export const clippedLeakyRelu: Op = fromInput(clipped, clippedSlope);

/** The slopes, with as many axes as what they are for. */
const slopesFor = (x: tf.Tensor, params: Parameters) => {
  const alpha = params.tensor("alpha"), { shape } = alpha;
  return tf.reshape(alpha, [...new Array<number>(x.rank - shape.length).fill(1), ...shape]);
};

/** Fits where each axis has the input's size or 1; fewer axes are the last ones. */
const fits = (alpha: Shape, input: Shape) =>
  alpha.length <= input.length &&
  alpha.every((n, i) => n === 1 || n === input[input.length - alpha.length + i]);

/**
 * x where positive, α·x elsewhere (He et al. 2015). Parameter `alpha`: one for all, `[1]`, one for
 * each channel, `[channels]`, or any shape that broadcasts to the input's.
 */
export const prelu: Op = {
  traits: { nature: "elementwise" },
  needs: ["alpha"],
  shape([input], { params: { alpha } }) {
    if (!fits(alpha, input)) {
      throw new Error(`slopes of [${alpha.join(", ")}] do not fit [${input.join(", ")}]`);
    }
    return input;
  },
  reads: { inputs: true },
  forward: ([x], { params }) => tf.add(tf.relu(x), tf.mul(tf.minimum(x, 0), slopesFor(x, params))),
  backward: (dy, { inputs, params }) => {
    const [x] = inputs!;
    return [tf.mul(dy, either(tf.step(x), slopesFor(x, params)))];
  },
};
