/** What an author may claim of an attribution beyond the contract: looked at where it is asked for. */
import * as tf from "../deps/tfjs.ts";
import { UserError } from "../core/errors.ts";
import { fieldOfRole } from "../core/options.ts";
import { random } from "../core/random.ts";
import { type Values, values } from "../core/values.ts";
import { Network } from "../engine/network.ts";
import { fromStateDict } from "../models/_torch.ts";
import { type AttributionRun, execute, finish } from "../run/execute.ts";
import { explainedBy } from "../run/explained.ts";
import type { Model } from "../run/model.ts";
import { show } from "../run/predict.ts";
import type { Check } from "./check.ts";
import { distance, expect } from "./expect.ts";
import { modelOf, picture, type Small } from "./networks.ts";
import { quickOptions } from "./running.ts";
import { spreadOf, synthetic, syntheticState } from "./synthetic.ts";
import type { TechniqueCase } from "./technique.ts";

/** Two maps that differ by less, as a share of their size, are the same. */
const SAME = 0.02;
/** How far an approximation may be off, as a share. */
const NEAR = 0.05;
/** Length of a small step, as a share of the picture's. */
const STEP = 1e-3;

/** Runs an attribution on a small network. */
async function run({ technique, small }: TechniqueCase, model: Model, more: object = {}) {
  if (technique.kind !== "attribution") {
    throw new UserError("this is claimed of attributions alone");
  }
  const options = { ...quickOptions(technique, small), ...more };
  const image = picture(small.width, small.height);
  return await finish(execute(technique, { model, image, options })) as AttributionRun;
}

/** The score of what a run explained, for inputs `[height, width, channels]` of the network. */
async function scoresOf(run: AttributionRun, inputs: readonly Values[]): Promise<number[]> {
  const target = explainedBy(run.target)!;
  const scores: number[] = [];
  for (const input of inputs) {
    const one = tf.tensor4d(input, [1, ...input.shape] as [number, number, number, number]);
    const logits = await run.model.network.logits(one);
    const [score] = target.scores(values(await logits.data<"float32">(), logits.shape));
    scores.push(score);
    tf.dispose([one, logits]);
  }
  return scores;
}

/** What the network was shown, as numbers. */
function inputOf(run: AttributionRun): Values {
  const { input } = show(run.seen, run.model);
  const numbers = values(Float32Array.from(input.dataSync()), input.shape.slice(1));
  input.dispose();
  return numbers;
}

const sum = (numbers: ArrayLike<number>) => Array.from(numbers).reduce((a, b) => a + b, 0);

/** The same network, its last layer with other weights. */
function randomized({ network }: Model, { width, height }: Small): Model {
  const { graph } = network, state = syntheticState(graph);
  const last = [...state.keys()].filter((name) => name.endsWith(".weight")).at(-1)!;
  const { shape, length } = state.get(last)!;
  state.set(last, values(synthetic("other", length, spreadOf(last, shape)), shape));
  const other = new Network(graph, fromStateDict(graph, state, network.name), network.name);
  return modelOf(other, width, height);
}

/** Each by the name that it is asked for by. */
export const PROPERTIES: Readonly<Record<string, Check<TechniqueCase>>> = {
  "finite-differences": {
    name: "the attribution is the gradient of the score, as small steps show it",
    async look(subject) {
      const { attribution, ...found } = await run(subject, subject.model);
      const input = inputOf(found as AttributionRun), stream = random("finite differences");
      expect(
        `${attribution.shape}` === `${input.shape}`,
        `the attribution is [${attribution.shape}], the input [${input.shape}]`,
      );
      for (let direction = 0; direction < 3; direction++) {
        const way = stream.normalValues(input.shape), size = Math.hypot(...way);
        const step = STEP * Math.hypot(...input) / size;
        const moved = (by: number) => values(input.map((v, i) => v + by * way[i]), input.shape);
        const [up, down] = await scoresOf(found as AttributionRun, [moved(step), moved(-step)]);
        const slope = (up - down) / (2 * step);
        const told = sum(attribution.map((v, i) => v * way[i]));
        const scale = Math.hypot(...attribution) * size / Math.sqrt(input.length);
        expect(
          Math.abs(told - slope) <= NEAR * Math.max(Math.abs(slope), scale),
          `along a direction the score grows by ${slope}, the attribution says ${told}`,
        );
      }
    },
  },
  "completeness": {
    name: "the attribution adds up to the change of the score from an input of zeros",
    async look(subject) {
      const found = await run(subject, subject.model), input = inputOf(found);
      const nothing = values(new Float32Array(input.length), input.shape);
      const [score, without] = await scoresOf(found, [input, nothing]);
      const total = sum(found.attribution), change = score - without;
      expect(
        Math.abs(total - change) <= NEAR * Math.abs(change),
        `it adds up to ${total}, and the score changes by ${change}`,
      );
    },
  },
  "class-sensitivity": {
    name: "another class gets another map",
    async look(subject) {
      const { technique, model } = subject, field = fieldOfRole(technique.options, "class");
      expect(field, "no option has the role `class`");
      const [a, b] = [
        await run(subject, model, { [field.name]: 0 }),
        await run(subject, model, { [field.name]: 1 }),
      ];
      const apart = distance(a.map, b.map);
      expect(apart > SAME, `the maps of two classes differ by ${(100 * apart).toFixed(2)} %`);
    },
  },
  "randomization": {
    name: "a last layer of other weights gets another map (Adebayo et al. 2018)",
    async look(subject) {
      const { technique, small, model } = subject, other = randomized(model, small);
      const field = fieldOfRole(technique.options, "class"), of = field ? { [field.name]: 0 } : {};
      try {
        const [a, b] = [await run(subject, model, of), await run(subject, other, of)];
        const apart = distance(b.map, a.map);
        expect(apart > SAME, `the maps differ by ${(100 * apart).toFixed(2)} %`);
      } finally {
        other.network.dispose();
      }
    },
  },
};
