/** From a network that a file or a family describes to a model. */
import { UserError } from "../core/errors.ts";
import type { Graph } from "../engine/graph.ts";
import { Network } from "../engine/network.ts";
import type { Scores } from "../engine/scores.ts";
import type { Values } from "../core/values.ts";
import { labelsFor, type LoadOptions, type Model } from "../run/model.ts";
import { declared, sizeAfter } from "../run/preprocess.ts";
import { MAX_CLASSES } from "./_limits.ts";

/** A network, its numbers, and what is known of its pictures and classes. */
export interface Described {
  readonly graph: Graph;
  /** The numbers of each parameter, in the engine's layout. */
  readonly parameters: ReadonlyMap<string, Values>;
  /** How it wants its pictures, as far as that is known. */
  readonly preprocess: Parameters<typeof declared>[0];
  /** Names of the classes, where the file has them; by their number where they follow from that. */
  readonly labels?: readonly string[] | ((outputs: number) => readonly string[] | undefined);
  /** What the outputs are; by their number where it can only follow from that. */
  readonly scores?: Scores | ((outputs: number) => Scores);
}

/** The model of a described network; what its user declares goes before what is known. */
export function modelOf(
  id: string,
  title: string,
  { graph, parameters, preprocess, labels, scores }: Described,
  weights: Model["weights"],
  options: LoadOptions,
): Model {
  const network = new Network(graph, parameters, id);
  const spec = declared(preprocess, options.preprocess, graph.input.shape[2], id);
  const inputSize = sizeAfter(spec);
  const outputs = network.shapeOf(graph.output, inputSize.height, inputSize.width).at(-1)!;
  if (outputs > MAX_CLASSES) {
    throw new UserError(
      `Cannot load "${id}": it gives ${outputs} numbers as classes; ${MAX_CLASSES} are the limit.`,
      { code: "bad-file" },
    );
  }
  const known = typeof labels === "function" ? labels(outputs) : labels;
  return {
    id,
    title,
    network,
    preprocess: spec,
    inputSize,
    labels: labelsFor(outputs, options.labels ?? known, id),
    scores: typeof scores === "function" ? scores(outputs) : scores,
    weights,
  };
}

/** Refuses other weights than those that a file has itself. */
export function refuseWeights(id: string, { weights }: LoadOptions, why = "it has its own"): void {
  if (weights === undefined) return;
  throw new UserError(`Cannot load other weights into "${id}": ${why}.`, {
    code: "bad-option",
    option: "weights",
  });
}
