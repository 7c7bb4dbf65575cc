/** What an attribution explains: a class, one of a place, or classes weighed against each other. */
import * as tf from "../deps/tfjs.ts";
import { UserError } from "../core/errors.ts";
import { sizeOf, type Values } from "../core/values.ts";
import { LOGITS } from "../engine/graph.ts";
import type { Objective } from "../engine/objectives.ts";
import { loadImage, type Picture, resize } from "../image/mod.ts";
import { findClass } from "./classes.ts";
import type { Model } from "./model.ts";
import { columnOf, type Outputs, probabilities, refuseMap } from "./outputs.ts";
import {
  type ClassAt,
  describeTarget,
  parseTarget,
  type TargetTerm,
  writeTarget,
} from "./_target_text.ts";

export { type ClassAt, parseTarget, type TargetTerm };

/**
 * What to explain: a class by number or name, a text as `--target` takes it, or terms, whose scores
 * are added up.
 *
 * @example
 * ```ts
 * const targets: TargetRequest[] = [
 *   ...[3, "tabby", "tabby - lynx", "mean(tabby, lynx)", "3@12:20", "3@mask.png"],
 *   [{ class: "tabby" }, { class: "lynx", weight: -1 }],
 *   { class: 3, at: [12, 20] },
 *   { class: 3, mask: "mask.png" },
 * ];
 * ```
 */
export type TargetRequest = number | string | TargetTerm | readonly TargetTerm[];

/** A class that is part of what is explained. */
interface Term {
  readonly index: number;
  readonly weight: number;
  /** Share of each place, in rows; absent where there is one. */
  readonly places?: Float64Array;
}

/** What is explained: a sum over the outputs, each times its weight. */
export interface Explained {
  readonly terms: readonly Term[];
  /** In words: a class's name, `cat − dog`. */
  readonly label: string;
  /** Whether it is one whole class. */
  readonly plain: boolean;
  /** As text that `target` takes, as it was given; absent where there is none (a mask without a file). */
  readonly expression?: string;
  /** Its weights, one for each of the network's outputs, shaped as these, `[1, …]`; inside a `tf.tidy`. */
  weights(outputs: tf.Tensor): tf.Tensor;
  /** The sum over a batch, so that every picture's gradient is its own. */
  readonly objective: Objective;
  /** The numbers of the place that is looked at first, of one picture: the mean over a mask. */
  there(outputs: Values): Float32Array;
  /** Of each picture of a batch, from its outputs `[batch, …]`. */
  scores(outputs: Values): Float64Array;
  /** Likewise its probability, weighed as the score; undefined where scores have none. */
  probabilities(outputs: Values): Float64Array | undefined;
}

/** Makes what is explained of its terms. */
function explained(
  outputs: Outputs,
  terms: readonly Term[],
  about: Pick<Explained, "label" | "plain" | "expression">,
): Explained {
  const { count, places } = outputs, spots = sizeOf(places), size = spots * count;
  const shares = new Float32Array(size);
  for (const { index, weight, places } of terms) {
    const { at, sign } = columnOf(outputs, index);
    for (let spot = 0; spot < spots; spot++) {
      shares[spot * count + at] += sign * weight * (places ? places[spot] : 1);
    }
  }
  const used = [...shares.keys()].filter((i) => shares[i] !== 0);
  const each = (data: Values, of: (numbers: Float32Array) => number) =>
    Float64Array.from(
      { length: data.length / size },
      (_, i) => of(data.subarray(i * size, (i + 1) * size)),
    );
  const weights = ({ shape }: tf.Tensor) => tf.tensor(shares, [1, ...shape.slice(1)]);
  return {
    ...about,
    terms,
    weights,
    objective: {
      layers: [LOGITS],
      value: (read) => tf.sum(tf.mul(read(LOGITS), weights(read(LOGITS)))),
    },
    there: (data) =>
      Float32Array.from({ length: count }, (_, i) => {
        const shares = terms[0].places ?? Float64Array.of(1);
        return shares.reduce(
          (sum, share, spot) => share ? sum + share * data[spot * count + i] : sum,
          0,
        );
      }),
    scores: (data) =>
      each(data, (numbers) => used.reduce((sum, i) => sum + shares[i] * numbers[i], 0)),
    probabilities(data) {
      if (outputs.scores === "linear") return undefined;
      return each(data, (numbers) => {
        let sum = 0;
        for (let spot = 0; spot < spots; spot++) {
          const all = probabilities(outputs, numbers.subarray(spot * count, (spot + 1) * count))!;
          for (const { index, weight, places } of terms) {
            sum += weight * (places ? places[spot] : 1) * all[index];
          }
        }
        return sum;
      });
    },
  };
}

/** The share that a mask's brightness gives each place of the outputs; together 1. */
function sharesOf(mask: Picture | Values, [height, width]: readonly number[]): Float64Array {
  const refuse = (reason: string) =>
    new UserError(`Cannot explain a mask: ${reason}.`, { code: "bad-option", option: "target" });
  let shares: Float64Array;
  if ("shape" in mask) {
    if (`${mask.shape}` !== `${[height, width]}`) {
      throw refuse(
        `its shape is [${mask.shape.join(", ")}], the network's map is [${height}, ${width}]`,
      );
    }
    shares = Float64Array.from(mask);
  } else {
    const { data } = resize(mask, width, height, "bilinear");
    shares = Float64Array.from(
      { length: height * width },
      (_, i) => data[3 * i] + data[3 * i + 1] + data[3 * i + 2],
    );
  }
  const total = shares.reduce((a, b) => a + b, 0);
  if (!shares.every((share) => share >= 0 && Number.isFinite(share)) || total <= 0) {
    throw refuse("nothing in it is above zero, or some of it is below");
  }
  return shares.map((share) => share / total);
}

/** The shares of the places that a term means; undefined where there is only one. */
async function placesOf(
  { at, mask }: ClassAt,
  { places }: Outputs,
): Promise<Float64Array | undefined> {
  if (at === undefined && mask === undefined) return undefined;
  const refuse = (reason: string) =>
    new UserError(`Cannot explain a place: ${reason}.`, { code: "bad-option", option: "target" });
  if (places.length === 0) throw refuse("the network gives one list of scores for the picture");
  if (mask !== undefined) {
    const picture = typeof mask === "string" ? await loadImage(mask) : mask;
    return sharesOf(picture, places.length === 2 ? places : [1, places[0]]);
  }
  const fits = at!.length === places.length &&
    at!.every((n, i) => Number.isInteger(n) && n >= 0 && n < places[i]);
  if (!fits) {
    throw refuse(
      `[${at!.join(", ")}] is not in the network's map, whose rows and columns are ` +
        `${places.map((n) => `0 to ${n - 1}`).join(" and ")}`,
    );
  }
  const shares = new Float64Array(sizeOf(places));
  shares[at!.reduce((index, n, i) => index * places[i] + n, 0)] = 1;
  return shares;
}

/**
 * Works out what a request means to a model.
 *
 * @throws UserError for a class, a place or a mask that the model does not have, and for a class
 * without a place where scores belong to places.
 */
export async function targetOf(
  model: Model,
  outputs: Outputs,
  request: TargetRequest,
): Promise<Explained> {
  const { classes } = outputs, find = (name: number | string) => findClass(classes, name, model.id);
  const wanted = typeof request === "string"
    ? parseTarget(request, (name) => isClass(name, find))
    : typeof request === "number"
    ? [{ class: request }]
    : "class" in request
    ? [request]
    : request;
  if (wanted.length === 0) {
    throw new UserError("There is nothing to explain: the target has no class.", {
      code: "bad-option",
      option: "target",
    });
  }
  const terms: Term[] = [];
  for (const term of wanted) {
    const index = find(term.class), { weight = 1 } = term;
    const places = await placesOf(term, outputs);
    if (!places) refuseMap(outputs, model.id, `explain "${classes[index]}"`);
    terms.push({ index, weight, places });
  }
  const [{ weight, places }] = terms, indices = terms.map(({ index }) => index);
  return explained(outputs, terms, {
    label: describeTarget(wanted, indices.map((index) => classes[index])),
    plain: terms.length === 1 && weight === 1 && !places,
    expression: typeof request === "string" ? request.trim() : writeTarget(wanted, indices),
  });
}

function isClass(name: string, find: (name: string) => number): boolean {
  try {
    find(name);
    return true;
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}

/** One whole class as what is explained. */
export const classTarget = (outputs: Outputs, index: number): Explained =>
  explained(outputs, [{ index, weight: 1 }], {
    label: outputs.classes[index],
    plain: true,
  });
