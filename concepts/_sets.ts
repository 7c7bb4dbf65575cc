/** What the classifiers of a concept find, and those of sets that are drawn by chance. */
import type { Random } from "../core/random.ts";
import { breathe } from "../engine/breathe.ts";
import { drawn, drawRuns } from "./_draws.ts";
import {
  type Direction,
  directionOf,
  type Products,
  type Response,
  responseTo,
  type Slopes,
} from "./_scores.ts";

/** What the runs of a set found: of each class, in the order of the slopes. */
export interface Found {
  readonly accuracy: number;
  readonly responses: readonly Response[];
}

const mean = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0) / numbers.length;

const meanOf = (responses: readonly Response[]): Response => ({
  score: mean(responses.map(({ score }) => score)),
  sensitivity: mean(responses.map(({ sensitivity }) => sensitivity)),
});

/** How sets are looked at. */
export interface Looking {
  readonly runs: number;
  readonly size: number;
  readonly permutations: number;
  readonly random: Random;
  readonly signal?: AbortSignal;
  onProgress?(step: number, of: number): void;
}

/** A concept, and what it is held against. */
export interface Compared extends Found {
  /** The runs' own scores, of each class. */
  readonly scores: readonly (readonly number[])[];
  /** The runs' directions. */
  readonly directions: readonly Direction[];
  /** Sets drawn by chance. */
  readonly chance: readonly Found[];
}

const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

/**
 * Looks at a concept and at sets drawn by chance in the same way.
 *
 * @param products Of the concept's pictures, which come first, and of the random ones.
 * @param concept How many are the concept's.
 * @param slopes Of each class.
 */
export async function compareSets(
  products: Products,
  concept: number,
  slopes: readonly Slopes[],
  { runs, size, permutations, random, signal, onProgress }: Looking,
): Promise<Compared> {
  const all = numbers(0, products.count);
  const look = (set: readonly number[], name: string) => {
    const inside = new Set(set), stream = random.fork(name);
    const others = all.filter((picture) => !inside.has(picture));
    const directions = drawRuns(set, others, { runs, size, random: stream })
      .map((run) => directionOf(products, run));
    const responses = slopes.map((own) => directions.map((one) => responseTo(own, one)));
    return { directions, responses, accuracy: mean(directions.map(({ accuracy }) => accuracy)) };
  };
  const own = look(numbers(0, concept), "concept"), chance: Found[] = [];
  for (let i = 0; i < permutations; i++) {
    const set = drawn(all, concept, random.fork(`set ${i}`));
    const { accuracy, responses } = look(set, `runs ${i}`);
    chance.push({ accuracy, responses: responses.map(meanOf) });
    onProgress?.(i + 1, permutations);
    await breathe(signal);
  }
  return {
    ...own,
    responses: own.responses.map(meanOf),
    scores: own.responses.map((responses) => responses.map(({ score }) => score)),
    chance,
  };
}
