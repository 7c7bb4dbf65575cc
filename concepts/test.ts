/**
 * Concepts (TCAV, Kim et al. 2018, Interpretability Beyond Feature Attribution): whether a network's
 * score of a class answers to what people see in some pictures. A linear classifier tells the
 * concept's pictures from random ones by a layer's activation; its normal points to the concept; and
 * the score is the share of the class's pictures whose logit rises that way.
 */
import { namesIn, parseOptions } from "../core/options.ts";
import { random } from "../core/random.ts";
import { type Values, values } from "../core/values.ts";
import { lastConvolutionalLayer } from "../engine/layers.ts";
import { checkModel } from "../run/given.ts";
import { type Activations, activationsOf, rowsOf } from "./_activations.ts";
import { diagnoseAll, diagnoseScore } from "./_diagnosis.ts";
import { type Gradients, gradientsOf, slopesOf } from "./_gradients.ts";
import { checkConcepts, classesOf, type NamedClass } from "./_request.ts";
import { centred, gram, type Rows } from "./_rows.ts";
import type { Direction } from "./_scores.ts";
import { type Compared, compareSets, type Looking } from "./_sets.ts";
import { corrected, oneSided, quantile, twoSided } from "./_significance.ts";
import type { ConceptDirection, ConceptReport, ConceptRequest, ConceptScore } from "./data.ts";
import { conceptOptions } from "./options.ts";

/** Sets drawn by chance, where one thing is tested. */
const PERMUTATIONS = 499;
/** How far below the level the smallest p should lie, over all tests together. */
const BELOW = 5;

/** As many sets as it takes for the smallest two-sided p to lie well below the level. */
const permutationsFor = (tests: number, level: number) =>
  Math.max(PERMUTATIONS, Math.ceil(2 * tests * BELOW / level) - 1);

/** The mean of the runs' directions, each of length 1, made of length 1 itself. */
function vectorOf(
  directions: readonly Direction[],
  rows: readonly Float32Array[],
  { shape, pool }: Rows,
): Values {
  const sum = new Float64Array(rows[0].length);
  for (const { pictures, coefficients, length } of directions) {
    if (length === 0) continue;
    pictures.forEach((picture, i) => {
      const share = coefficients[i] / length, row = rows[picture];
      for (let at = 0; at < sum.length; at++) sum[at] += share * row[at];
    });
  }
  const length = Math.sqrt(sum.reduce((all, v) => all + v * v, 0)) || 1;
  return values(Float32Array.from(sum, (v) => v / length), pool ? [sum.length] : shape);
}

/** Inner products of a layer's rows, but for those of one concept with another. */
const productsOf = ({ all }: Rows, group: readonly number[], rest: number, signal?: AbortSignal) =>
  gram(all, (a, b) => group[a] === group[b] || group[a] === rest || group[b] === rest, signal);

/** Compares a concept, the group of the first number, with the random pictures, the second one's. */
async function compareIn(
  products: Float64Array,
  group: readonly number[],
  groups: readonly [concept: number, rest: number],
  gradients: readonly Gradients[],
  looking: Looking,
): Promise<{ pictures: readonly number[]; compared: Compared }> {
  const [own, rest] = groups.map((of) => [...group.keys()].filter((row) => group[row] === of));
  const pictures = [...own, ...rest], count = pictures.length;
  const between = new Float64Array(count * count);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < count; j++) {
      between[i * count + j] = products[pictures[i] * group.length + pictures[j]];
    }
  }
  const { own: centre, square } = centred(between);
  const slopes = gradients.map((gradient) => slopesOf(gradient, pictures, square));
  return {
    pictures,
    compared: await compareSets({ count, own: centre }, own.length, slopes, looking),
  };
}

/** How often classifiers of sets drawn by chance do as well. */
function pOfAccuracy({ accuracy, chance }: Compared, places: number) {
  const p = oneSided(accuracy, chance.map(({ accuracy }) => accuracy));
  return { p, corrected: corrected(p, places) };
}

/** How many of a concept's pictures are among the random ones. */
function sharedWith({ group, names }: Activations, concept: number, random: number): number {
  const known = new Set(names.filter((name, i) => group[i] === random && name !== undefined));
  return names.filter((name, i) => group[i] === concept && known.has(name)).length;
}

/** What one concept's comparison says of each class. */
function scoresOf(
  compared: Compared,
  direction: ConceptDirection,
  classes: readonly NamedClass[],
  gradients: readonly Gradients[],
  { tests, level }: { readonly tests: number; readonly level: number },
): ConceptScore[] {
  return classes.map(({ index, label }, at) => {
    const found = compared.responses[at];
    const chance = compared.chance.map(({ responses }) => responses[at]);
    const numbers = chance.map(({ score }) => score), p = twoSided(found, chance);
    const { lengths, alike } = gradients[at];
    const score = {
      layer: direction.layer,
      concept: direction.concept,
      class: { index, label },
      ...found,
      scores: compared.scores[at],
      chance: {
        mean: numbers.reduce((a, b) => a + b, 0) / numbers.length,
        low: quantile(numbers, 0.025),
        high: quantile(numbers, 0.975),
      },
      p,
      corrected: corrected(p, tests),
      significant: corrected(p, tests) <= level,
    };
    const still = lengths.filter((length) => length === 0).length / lengths.length;
    return { ...score, diagnosis: diagnoseScore(score, direction, { level, alike, still }) };
  });
}

/**
 * Tests whether the scores of classes answer to concepts, each in each layer.
 *
 * Deviations from the authors' code: the classifiers are logistic regressions, solved to the end,
 * instead of stochastic gradient descent; and significance is told by a permutation test instead of a
 * t-test over runs, which share the concept's pictures and are no independent samples.
 *
 * @throws UserError for a layer or a class that there is not, too few pictures, one that cannot be
 * read (unless `onUnreadable` is there), and more numbers than fit into memory.
 * @throws the signal's reason once it is aborted.
 * @example
 * ```ts
 * const files = (folder: string) =>
 *   [...Deno.readDirSync(folder)].map(({ name }) => `${folder}/${name}`);
 * const { scores } = await testConcepts({
 *   model: await loadModel("resnet50"),
 *   layer: "layer3",
 *   concepts: [{ name: "striped", pictures: files("concepts/striped") }],
 *   random: files("concepts/random"),
 *   classes: [{ class: "zebra", pictures: files("zebras") }],
 * });
 * for (const { concept, score, corrected } of scores) console.log(concept, score, corrected);
 * ```
 */
export async function testConcepts(request: ConceptRequest): Promise<ConceptReport> {
  const { model, concepts, signal, onProgress } = request;
  checkModel(model);
  checkConcepts(concepts);
  const options = parseOptions(conceptOptions, request.options ?? {}, "concepts");
  const classes = classesOf(model, request.classes), { level, pool, runs, seed } = options;
  const wanted = request.layer ?? lastConvolutionalLayer(model.network.graph);
  const layers = rowsOf(model, [...new Set(namesIn(wanted))], pool);
  const places = layers.length * concepts.length, tests = places * classes.length;
  const permutations = options.permutations ?? permutationsFor(tests, level);

  const groups = [
    ...concepts.map(({ name, pictures }) => ({
      of: `pictures of ${name}`,
      option: "concept",
      sources: pictures,
    })),
    { of: "random pictures", option: "random", sources: request.random },
  ];
  const activations = await activationsOf(request, groups, layers), { group } = activations;
  const all = classes.reduce((sum, { pictures }) => sum + pictures.length, 0);
  const gradients: Gradients[][] = [];
  let before = 0;
  for (const one of classes) {
    const shown = (done: number) => onProgress?.("gradients", before + done, all);
    gradients.push(await gradientsOf(request, one, layers, shown));
    before += one.pictures.length;
  }

  const rest = concepts.length, count = (of: number) => group.filter((one) => one === of).length;
  const sizes = concepts.map((_, at) => Math.min(options.size, count(at), count(rest)));
  const scores: ConceptScore[] = [], directions: ConceptDirection[] = [];
  for (const [i, rows] of layers.entries()) {
    const own = gradients.map((layers) => layers[i]);
    const products = await productsOf(rows, group, rest, signal);
    for (const [at, { name }] of concepts.entries()) {
      const done = directions.length * permutations;
      const { pictures, compared } = await compareIn(products, group, [at, rest], own, {
        ...{ runs, size: sizes[at], permutations, signal },
        random: random(seed).fork("concepts"),
        onProgress: (step) =>
          onProgress?.("sets drawn by chance", done + step, places * permutations),
      });
      const direction = {
        ...{ layer: rows.layer, concept: name, accuracy: compared.accuracy },
        ...pOfAccuracy(compared, places),
        vector: vectorOf(compared.directions, pictures.map((picture) => rows.all[picture]), rows),
      };
      directions.push(direction);
      scores.push(...scoresOf(compared, direction, classes, own, { tests, level }));
    }
  }

  const counted = {
    concepts: concepts.map(({ name }, at) => ({ name, pictures: count(at), size: sizes[at] })),
    random: count(rest),
    classes: classes.map(({ index, label }, at) => (
      { index, label, pictures: gradients[at][0].lengths.length }
    )),
  };
  return {
    scores,
    directions,
    pictures: counted,
    tests,
    options: { ...options, permutations },
    diagnosis: diagnoseAll({
      few: [
        ...counted.concepts.map(({ name, pictures }) => [`pictures of ${name}`, pictures] as const),
        ["random pictures", counted.random],
        ...counted.classes.map(({ label, pictures }) =>
          [`pictures of ${label}`, pictures] as const
        ),
      ],
      shared: concepts.map(({ name }, at) => [name, sharedWith(activations, at, rest)]),
      least: corrected(2 / (1 + permutations), tests),
      ...{ level, permutations },
    }),
  };
}
