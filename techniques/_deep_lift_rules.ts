/**
 * The rules of DeepLIFT (Shrikumar et al. 2017). A pass of two images, the picture and its baseline,
 * goes back once; what is handed back are multipliers: of each number, the change of the score that it
 * accounts for, by its own change from the baseline. They are the same for both images, and an op hands
 * on `m_x` with `Σ m_x·(x − x′) = Σ m_y·(y − y′)`.
 */
import * as tf from "../deps/tfjs.ts";
import type { Node } from "../engine/graph.ts";
import { op, opNames } from "../engine/ops/mod.ts";
import type { BackwardCall, Op, Rule } from "../engine/ops/op.ts";
import type { Rules } from "../engine/rules.ts";
import { QUADRATURES } from "./_quadrature.ts";

/** Changes no larger have no quotient: the slope halfway is taken. */
const STILL = 1e-6;
/** How many points of the line between baseline and picture, where an op is none of the simple ones. */
const POINTS = 10;

/** Of a tensor for picture and baseline, that of each, with a batch of 1. */
function halves(both: tf.Tensor): [picture: tf.Tensor, baseline: tf.Tensor] {
  const [first, second] = tf.split(both, 2, 0);
  return [first, second];
}

const twice = (one: tf.Tensor) => tf.concat([one, one], 0);

/** An op's own gradient at other inputs, one of each. */
function gradientAt(
  entry: Op,
  dy: tf.Tensor,
  inputs: readonly tf.Tensor[],
  call: BackwardCall,
): readonly tf.Tensor[] {
  const inputShapes = inputs.map(({ shape }) => shape);
  const output = entry.forward(inputs, call);
  return entry.backward(dy, { ...call, inputs, output, inputShapes, outputShape: output.shape });
}

const between = ([picture, baseline]: readonly tf.Tensor[], share = 0.5) =>
  tf.add(baseline, tf.mul(tf.sub(picture, baseline), share));

/** `given / change`, and `other` where there is no change to speak of. */
function perChange(given: tf.Tensor, change: tf.Tensor, other: tf.Tensor): tf.Tensor {
  const still = tf.lessEqual(tf.abs(change), STILL);
  return tf.where(still, other, tf.div(given, tf.where(still, tf.onesLike(change), change)));
}

/** Rescale, of a function of one number: m_x = m_y · (y − y′) / (x − x′). */
const rescaleRule = (entry: Op): Rule => ({
  reads: { inputs: true, output: true },
  backward(multipliers, call) {
    const ends = halves(call.inputs![0]), [dy] = halves(multipliers);
    const [middle] = gradientAt(entry, dy, [between(ends)], call);
    const given = tf.mul(dy, tf.sub(...halves(call.output!)));
    return [twice(perChange(given, tf.sub(...ends), middle))];
  },
});

/**
 * Of what chooses the greatest (as Captum has it for max-pooling) or the least: where the picture's is
 * beyond the baseline's, the one that is chosen in the picture accounts for the change, else the one
 * that was chosen in the baseline. Either has itself changed at least as much.
 */
const choiceRule = (entry: Op): Rule => ({
  reads: { inputs: true, output: true },
  backward(multipliers, call) {
    const [dy] = halves(multipliers), [y, before] = halves(call.output!);
    const beyond = (entry.traits.chooses === "least" ? tf.minimum : tf.maximum)(y, before);
    const changes = tf.concat([tf.sub(beyond, before), tf.sub(y, beyond)], 0);
    const shares = entry.backward(tf.mul(multipliers, changes), call);
    const ends = call.inputs!.map(halves);
    const middle = gradientAt(entry, dy, ends.map((two) => between(two)), call);
    return shares.map((share, i) => {
      const given = tf.add(...halves(share));
      return twice(perChange(given, tf.sub(...ends[i]), middle[i]));
    });
  },
});

/**
 * Of several numbers together: the mean of the gradients on the line from baseline to picture, which for
 * one number is rescale. Exact for polynomials up to degree `2·points`: a product of two factors
 * needs one point.
 */
const lineRule = (entry: Op, points: number): Rule => ({
  reads: { inputs: true },
  backward(multipliers, call) {
    const [dy] = halves(multipliers), ends = call.inputs!.map(halves);
    const line = QUADRATURES["gauss-legendre"](points);
    const gradients = line.points.map((share) =>
      gradientAt(entry, dy, ends.map((two) => between(two, share)), call)
    );
    return ends.map((_, i) =>
      twice(
        gradients.map((at, k) => tf.mul(at[i], line.weights[k])).reduce((a, b) => tf.add(a, b)),
      )
    );
  },
});

/** The rule of an op, in a node; undefined where its plain gradient is the multiplier. */
function ruleOf(entry: Op, { inputs }: Node): Rule | undefined {
  const { nature, chooses, affine } = entry.traits;
  if (nature === "elementwise") return affine ? undefined : rescaleRule(entry);
  if (nature === "product") return lineRule(entry, Math.ceil(inputs.length / 2));
  if (nature === "other") return lineRule(entry, POINTS);
  return chooses ? choiceRule(entry) : undefined;
}

/** The rows for every op, when they are asked for: plugins add ops. */
export const deepLiftRules = (): Rules =>
  Object.fromEntries(opNames().map((name) => [name, (node: Node) => ruleOf(op(name), node)]));
