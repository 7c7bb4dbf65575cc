/**
 * The rules of layer-wise relevance propagation. Unit j of a linear layer has the value
 * `z_j = Σᵢ z_ij + b_j`, input i's contribution being `z_ij = xᵢ w_ij`. A rule shares j's relevance out
 * among its contributions: `Rᵢ = Σⱼ z_ij · weight_j`, one weight for the positive ones and one for
 * the negative. What the bias contributes stays with the bias.
 */
import * as tf from "../deps/tfjs.ts";
import { op } from "../engine/ops/mod.ts";
import type { BackwardCall, Parameters, Rule } from "../engine/ops/op.ts";

/** What a denominator is kept away from zero by. */
export const STABILIZER = 1e-6;

/** z + ε·sign(z), with sign(0) = 1. */
function stabilize(z: tf.Tensor, epsilon = STABILIZER): tf.Tensor {
  const positive = tf.cast(tf.greaterEqual(z, 0), "float32");
  return tf.add(z, tf.sub(tf.mul(positive, 2 * epsilon), epsilon));
}

const PARTS = {
  whole: (w: tf.Tensor) => w,
  positive: (w: tf.Tensor) => tf.relu(w),
  negative: (w: tf.Tensor) => tf.minimum(w, 0),
  magnitude: (w: tf.Tensor) => tf.abs(w),
};

type Kernel = keyof typeof PARTS;

/** A layer's parameters with a part of its kernel, and no bias. */
function withKernel(params: Parameters, kernel: Kernel): Parameters {
  const part = PARTS[kernel];
  let deriving = false;
  return {
    has: (role) => role !== "bias" && params.has(role),
    shape: params.shape,
    values: params.values,
    tensor: (role) => deriving ? params.tensor(role) : part(params.tensor(role)),
    // What an op derives from a kernel (rotated, in phases) is its numbers in other places. So it is
    // derived from the whole kernel, which plain gradients need as well, and the part is taken then:
    // to keep all parts of all kernels would take several times the memory of the weights.
    derived(key, make) {
      deriving = true;
      try {
        return part(params.derived(key, make));
      } finally {
        deriving = false;
      }
    },
  };
}

/** Some of the contributions to each unit of a layer. */
interface Contributions {
  /** Their sum at each unit, with the bias's. */
  readonly total: tf.Tensor;
  readonly bias?: tf.Tensor;
  /** For each of the layer's inputs, `Rᵢ = Σⱼ z_ij · weight_j`. */
  times(weight: tf.Tensor): readonly tf.Tensor[];
}

interface Term {
  readonly inputs: readonly tf.Tensor[];
  readonly kernel: Kernel;
}

const sum = (tensors: readonly tf.Tensor[]) => tensors.reduce((a, b) => tf.add(a, b));

/** A linear layer in one picture, to be asked for its contributions. */
class Layer {
  readonly #call: BackwardCall;
  readonly #unsigned: boolean;

  /** @param unsigned Whether no input is ever negative. */
  constructor(call: BackwardCall, unsigned: boolean) {
    this.#call = call;
    this.#unsigned = unsigned;
  }

  #contributions(terms: readonly Term[], bias?: tf.Tensor): Contributions {
    const { backward, forward } = op(this.#call.node.op);
    const uses = terms.map(({ inputs, kernel }) => {
      const params = withKernel(this.#call.params, kernel);
      // what is divided by each unit's own total needs that one to be right
      const call = { ...this.#call, inputs, params, apart: true };
      return { inputs, call };
    });
    const contributed = sum(uses.map(({ inputs, call }) => forward(inputs, call)));
    return {
      total: bias ? tf.add(contributed, bias) : contributed,
      bias,
      times(weight) {
        const given = uses.map(({ inputs, call }) =>
          backward(weight, call).map((g, i) => tf.mul(g, inputs[i]))
        );
        return given[0].map((_, i) => sum(given.map((relevances) => relevances[i])));
      },
    };
  }

  get #bias() {
    const { params } = this.#call;
    return params.has("bias") ? params.tensor("bias") : undefined;
  }

  get hasKernel() {
    return this.#call.params.has("kernel");
  }

  all(): Contributions {
    return this.#contributions([{ inputs: this.#call.inputs!, kernel: "whole" }], this.#bias);
  }

  #signed(kernels: readonly [Kernel, Kernel], bias?: tf.Tensor) {
    const [x] = this.#call.inputs!;
    const terms = [tf.relu(x), ...(this.#unsigned ? [] : [tf.minimum(x, 0)])];
    return this.#contributions(terms.map((x, i) => ({ inputs: [x], kernel: kernels[i] })), bias);
  }

  positive(): Contributions {
    return this.#signed(["positive", "negative"], this.#bias && tf.relu(this.#bias));
  }

  negative(): Contributions {
    return this.#signed(["negative", "positive"], this.#bias && tf.minimum(this.#bias, 0));
  }

  /** |z_ij| */
  magnitudes(): Contributions {
    return this.#contributions([
      { inputs: this.#call.inputs!.map((x) => tf.abs(x)), kernel: "magnitude" },
    ]);
  }

  /** Contributions counted from the end of a box `low ≤ x ≤ high` where each is least: all positive. */
  above({ low, high }: Box): Contributions {
    const [x] = this.#call.inputs!;
    return this.#contributions([
      { inputs: [tf.sub(x, low)], kernel: "positive" },
      { inputs: [tf.sub(x, high)], kernel: "negative" },
    ]);
  }
}

/** Least and greatest values that a layer's input can have, each shaped as the input. */
export interface Box {
  readonly low: tf.Tensor;
  readonly high: tf.Tensor;
}

/** How a unit's relevance is shared: contributions, and their weight at each unit. */
type Share = (
  relevance: tf.Tensor,
  layer: Layer,
) => readonly (readonly [Contributions, weight: tf.Tensor])[];

/** ε (Bach et al. 2015, eq. 58): `weight = R / (z + ε·sign z)`. */
export const epsilonRule = (epsilon: number): Share => (relevance, layer) => {
  const all = layer.all();
  return [[all, tf.div(relevance, stabilize(all.total, epsilon))]];
};

/**
 * αβ (Bach et al. 2015, eq. 60), β = α − 1: `α·R / z⁺` for positive contributions, `−β·R / z⁻` for
 * negative ones, each with the bias's part of that sign. α = 1 is the z⁺ rule.
 */
export const alphaBetaRule = (alpha: number): Share => (relevance, layer) => {
  const positive = layer.positive();
  const up = tf.div(tf.mul(relevance, alpha), stabilize(positive.total));
  if (alpha === 1) return [[positive, up]];
  const negative = layer.negative();
  const down = tf.div(tf.mul(relevance, 1 - alpha), stabilize(negative.total));
  return [[positive, up], [negative, down]];
};

/** z⁺ (Montavon et al. 2017, Deep Taylor Decomposition): in proportion to the positive contributions. */
export const zPlusRule: Share = alphaBetaRule(1);

/**
 * γ (Montavon et al. 2019; for units below zero, Andéol et al. 2021): contributions of the unit's own
 * sign count 1 + γ times.
 */
export const gammaRule = (gamma: number): Share => (relevance, layer) => {
  const positive = layer.positive(), negative = layer.negative();
  const z = tf.add(positive.total, negative.total);
  const above = tf.cast(tf.greaterEqual(z, 0), "float32");
  const up = tf.add(tf.mul(above, gamma), 1);
  const down = tf.sub(2 + gamma, up);
  const total = tf.add(tf.mul(up, positive.total), tf.mul(down, negative.total));
  const weight = tf.div(relevance, stabilize(total));
  return [[positive, tf.mul(up, weight)], [negative, tf.mul(down, weight)]];
};

/**
 * z^B (Montavon et al. 2017): in proportion to `xᵢ w_ij − low w⁺_ij − high w⁻_ij`, for pixels, which
 * lie between two known values. Knows no bias.
 */
export const boxRule = (box: Box): Share => (relevance, layer) => {
  const above = layer.above(box);
  return [[above, tf.div(relevance, stabilize(above.total))]];
};

/** In proportion to the inputs' signed shares: sums of branches and means conserve relevance so. */
export const proportionalRule: Share = epsilonRule(STABILIZER);

const isWhole = (shape: readonly number[], output: readonly number[]) =>
  shape.join() === output.join();

/**
 * A product of a signal with gates hands all relevance to the signal (Arras et al. 2017, for LSTMs):
 * what a gate lets through is taken for a constant. The signal is the one input of the output's
 * size, the others being broadcast to it (a squeeze-and-excite block, a spatial attention); of several
 * such, the one that is no gate by what it is (SiLU written out as x·σ(x)).
 *
 * @param isGate For each input, whether a sigmoid or its like made it.
 * @param unclear Throws, where that leaves no input or several.
 */
export const gateRule = (isGate: readonly boolean[], unclear: () => never): Rule => ({
  backward(relevance, { inputShapes, outputShape }) {
    const whole = inputShapes.flatMap((shape, i) => isWhole(shape, outputShape) ? [i] : []);
    const signals = whole.length > 1 ? whole.filter((i) => !isGate[i]) : whole;
    if (signals.length !== 1) unclear();
    return inputShapes.map((shape, i) =>
      i === signals[0] ? tf.clone(relevance) : tf.zeros([...shape])
    );
  },
});

/** Relevance that got lost on the way, summed over the units of all layers. */
export interface Absorbed {
  /** Kept by the biases. */
  readonly biases: number;
  /** Kept by the stabilizers, or due to evidence of a sign that a unit did not have. */
  readonly rest: number;
}

/** Counts what the layers absorb. Holds tensors: dispose of it. */
export class Ledger {
  readonly #entries: tf.Tensor[] = [];

  note(biases: tf.Tensor, rest: tf.Tensor): void {
    this.#entries.push(tf.keep(tf.stack([tf.sum(biases), tf.sum(rest)])));
  }

  async totals(): Promise<Absorbed> {
    const entries = await Promise.all(this.#entries.map((entry) => entry.data()));
    const total = (at: number) => entries.reduce((all, entry) => all + entry[at], 0);
    return { biases: total(0), rest: total(1) };
  }

  dispose(): void {
    tf.dispose(this.#entries);
  }
}

/** What happens beside the sharing. */
export interface Accounts {
  readonly ledger: Ledger;
  /** Give what a layer absorbs to its inputs, in proportion to the size of their contributions. */
  readonly spread: boolean;
}

/**
 * Makes a backward rule of a way to share.
 *
 * @param share May look at the call, since a convolution's size is only known there.
 * @param unsigned Whether no input is ever negative: spares half of the work.
 */
export const relevanceRule = (
  share: (call: BackwardCall) => Share,
  { ledger, spread }: Accounts,
  unsigned = false,
): Rule => ({
  reads: { inputs: true },
  backward(relevance, call) {
    const layer = new Layer(call, unsigned);
    const parts = share(call)(relevance, layer);
    let given = parts.map(([contributions, weight]) => contributions.times(weight));
    let rest = tf.sub(relevance, sum(parts.map(([{ total }, weight]) => tf.mul(total, weight))));
    let biases: tf.Tensor = sum(
      parts.map(([{ bias }, weight]) => bias ? tf.mul(bias, weight) : tf.zerosLike(weight)),
    );
    if (spread && layer.hasKernel) {
      const magnitudes = layer.magnitudes(), absorbed = tf.add(biases, rest);
      const weight = tf.div(absorbed, stabilize(magnitudes.total));
      given = [...given, magnitudes.times(weight)];
      rest = tf.sub(absorbed, tf.mul(magnitudes.total, weight));
      biases = tf.zerosLike(rest);
    }
    ledger.note(biases, rest);
    return given[0].map((_, i) => sum(given.map((relevances) => relevances[i])));
  },
});
