/** Whether the network would rather have its pictures prepared in another way. */
import { shareOf } from "../core/bootstrap.ts";
import { meanOf } from "../core/correlation.ts";
import type { Node } from "../engine/graph.ts";
import { runtime, useBackend } from "../engine/runtime.ts";
import { loadImage } from "../image/mod.ts";
import type { Model } from "../run/model.ts";
import { outputsOf } from "../run/outputs.ts";
import { rankClasses, show } from "../run/predict.ts";
import { preprocessOf } from "../run/preprocess.ts";
import type { Prediction } from "../run/technique.ts";
import { alternatives } from "./alternatives.ts";
import type { Prepared } from "./data.ts";
import { driftOf, Moments, normalizers } from "./drift.ts";

/** So many pictures tell. */
const MOST = 40;
/** Fewer answers that are right or wrong say nothing of a preparation. */
const FEWEST = 8;

/** A picture's file, and its class, where that is known. */
export interface Known {
  readonly path: string;
  readonly class?: string;
}

/** Those to ask about, evenly from the whole list: folders may be in the order of their classes. */
function someOf(pictures: readonly Known[]): readonly Known[] {
  const known = pictures.filter(({ class: own }) => own !== undefined);
  const all = known.length >= FEWEST ? known : pictures, every = Math.max(1, all.length / MOST);
  return Array.from(
    { length: Math.min(MOST, all.length) },
    (_, i) => all[Math.floor(i * every)],
  );
}

/** What is found of one way of preparing pictures. */
class Found {
  #right = 0;
  #known = 0;
  readonly #confidence: number[] = [];
  readonly #moments: Moments[] = [];

  answer({ label, probability }: Prediction, own: string | undefined): void {
    if (own !== undefined) {
      this.#known++;
      if (label === own) this.#right++;
    }
    if (probability !== undefined) this.#confidence.push(probability);
  }

  /** What the n-th of the first batch-norm layers was given. */
  given(n: number, numbers: Float32Array, channels: number): void {
    (this.#moments[n] ??= new Moments(channels)).add(numbers);
  }

  result(how: string, model: Model, layers: readonly Node[]): Prepared {
    return {
      how,
      ...(this.#known >= FEWEST && { accuracy: shareOf(this.#right, this.#known) }),
      ...(this.#confidence.length > 0 && { confidence: meanOf(this.#confidence) }),
      drift: this.#moments.map((found, n) => driftOf(model, layers[n], found)),
    };
  }
}

/**
 * What the network says of some of the pictures, prepared as the model has it and otherwise, and how far
 * they are then from those of its training.
 */
export async function preparations(
  model: Model,
  pictures: readonly Known[],
  { signal, onProgress }: {
    readonly signal: AbortSignal;
    readonly onProgress: (step: number, of: number) => void;
  },
): Promise<readonly Prepared[]> {
  const layers = normalizers(model);
  const own = preprocessOf(model), some = someOf(pictures), backend = await useBackend();
  const ways = [{ how: "as the model says", preprocess: own }, ...alternatives(own)]
    .map((way) => ({ ...way, found: new Found() }));
  const { network } = model, { output } = network.graph;
  const inputs = layers.map(({ inputs: [input] }) => input);
  for (const [n, known] of some.entries()) {
    const image = await loadImage(known.path);
    for (const { preprocess, found } of ways) {
      await runtime.inTurn(async () => {
        const { input, picture } = show(image, { ...model, preprocess });
        const pass = await network.forward(input, { taps: [...inputs, output], signal });
        for (const [i, layer] of inputs.entries()) {
          const value = pass.value(layer);
          found.given(i, await value.data<"float32">(), value.shape.at(-1)!);
        }
        const scores = await pass.value(output).data<"float32">();
        found.answer(rankClasses(outputsOf(model, picture), scores)[0], known.class);
        pass.dispose();
      }, { backend, signal });
    }
    onProgress(n + 1, some.length);
  }
  return ways.map(({ how, found }) => found.result(how, model, layers));
}
