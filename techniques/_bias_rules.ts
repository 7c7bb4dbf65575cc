/**
 * What each layer's biases add to a score, noted while its gradient goes back. At a point where a
 * network is differentiable, every op is `y = J·x + b`; the score's gradient at y times b is the
 * bias's part. Of a weighted op b is its bias, of a batch-norm its shift, `offset − mean·slope`; of a
 * constant its value; of an activation `y − y′(x)·x`, which is 0 for a ReLU; of a product of n branches `(1 − n)·y`.
 */
import * as tf from "../deps/tfjs.ts";
import { op, opNames } from "../engine/ops/mod.ts";
import type { BackwardCall, Op, Rule } from "../engine/ops/op.ts";
import type { Rules } from "../engine/rules.ts";
import type { Values } from "../core/values.ts";
import { read } from "../engine/read.ts";

/** One layer's part. */
export interface BiasPart {
  /** The layer's name. */
  readonly node: string;
  /** Whether it is a parameter's: a bias, a batch-norm's. */
  readonly learnt: boolean;
  /** Its sum over places and channels: what it adds to the score. */
  readonly sum: number;
  /** Its magnitudes, summed over the channels, `[h, w]`; absent where it has no place in the picture. */
  readonly places?: Values;
  /** How many channels that were. */
  readonly channels: number;
  /** The least magnitude of one number. */
  readonly least: number;
  /** The largest. */
  readonly largest: number;
}

interface Entry {
  readonly node: string;
  readonly learnt: boolean;
  readonly channels: number;
  readonly figures: tf.Tensor;
  readonly places?: tf.Tensor;
}

/** Collects the parts. Holds tensors: dispose of it. */
export class BiasLedger {
  readonly #entries: Entry[] = [];

  /**
   * @param part The bias's part at each number of the layer, batch first.
   * @param shown What its magnitudes are taken of, where that is something else.
   */
  note(node: string, learnt: boolean, part: tf.Tensor, shown = part): void {
    const size = tf.abs(shown), mapped = part.rank === 4;
    this.#entries.push({
      node,
      learnt,
      channels: part.shape.at(-1)!,
      figures: tf.keep(tf.stack([tf.sum(part), tf.min(size), tf.max(size)])),
      places: mapped ? tf.keep(tf.sum(size, -1)) : undefined,
    });
  }

  /** In the order of the network. */
  async parts(): Promise<BiasPart[]> {
    return await Promise.all(
      this.#entries.toReversed().map(async ({ node, learnt, channels, figures, places }) => {
        const [sum, least, largest] = await figures.data();
        const map = places && await read(places);
        return { node, learnt, channels, sum, least, largest, places: map };
      }),
    );
  }

  dispose(): void {
    for (const { figures, places } of this.#entries) {
      tf.dispose([figures, ...places ? [places] : []]);
    }
  }
}

/** dy·y − dx·x, number by number, of an op of one input, as large as its output. */
const implicit = (dy: tf.Tensor, dx: tf.Tensor, { inputs, output }: BackwardCall) =>
  tf.sub(tf.mul(dy, output!), tf.mul(dx, inputs![0]));

function noting(entry: Op, ledger: BiasLedger, gradients: boolean): Rule | undefined {
  const { nature, affine } = entry.traits, { reads, accumulates } = entry;
  const learnt = (dy: tf.Tensor, { node }: BackwardCall, bias: tf.Tensor) =>
    ledger.note(node.name, true, tf.mul(dy, bias), gradients ? dy : undefined);
  if (affine) {
    return {
      reads,
      accumulates,
      backward(dy, call) {
        learnt(dy, call, tf.tensor1d(affine(call.params, call.attrs).shift));
        return entry.backward(dy, call);
      },
    };
  }
  if (nature === "weighted" || nature === "linear") {
    const role = nature === "weighted" ? "bias" : "value";
    return {
      reads,
      accumulates,
      backward(dy, call) {
        if (call.params.has(role)) learnt(dy, call, call.params.tensor(role));
        return entry.backward(dy, call);
      },
    };
  }
  if (nature === "elementwise") {
    return {
      reads: { inputs: true, output: true },
      backward(dy, call) {
        const [dx] = entry.backward(dy, call);
        ledger.note(call.node.name, false, implicit(dy, dx, call));
        return [dx];
      },
    };
  }
  if (nature !== "product") return undefined;
  return {
    reads: { inputs: true, output: true },
    backward(dy, call) {
      const degree = call.inputs!.length;
      ledger.note(call.node.name, false, tf.mul(tf.mul(dy, call.output!), 1 - degree));
      return entry.backward(dy, call);
    },
  };
}

/**
 * The plain gradient everywhere, whose rows note what biases add.
 *
 * @param gradients Whether the magnitudes of learnt biases' parts are those of the gradients alone.
 */
export const biasRules = (ledger: BiasLedger, gradients: boolean): Rules =>
  Object.fromEntries(
    opNames().flatMap((name) => {
      const rule = noting(op(name), ledger, gradients);
      return rule ? [[name, rule] as const] : [];
    }),
  );
