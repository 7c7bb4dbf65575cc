/** What is known of a gallery's models without loading them. */
import { UserError } from "../core/errors.ts";
import { optionFields } from "../core/options.ts";
import { LOGITS } from "../engine/graph.ts";
import { Network } from "../engine/network.ts";
import { architectureOf, models as registered } from "../models/mod.ts";
import { type Architecture, labelsFor, type Model } from "../run/model.ts";
import { objectives, parseObjective } from "../visualize/mod.ts";
import { inLabels } from "./_say.ts";
import { type Argument, type Callable, scan, type Vocabulary } from "./completion.ts";
import type { ModelChoice } from "./model_choice.ts";

/** A model without its numbers. */
interface Outline {
  /** It knows its layers and their shapes, and cannot be run. */
  readonly model: Model;
  /** Whether its classes have the names that they will have once it is loaded. */
  readonly named: boolean;
}

/** Ids of the models that may be opened: what a file names is not believed, for it may name any file. */
export const openable = (models: readonly ModelChoice[]): Set<string> =>
  new Set([...models.map(({ id }) => id), ...[...registered].flatMap((m) => m.models)]);

/** A model's architecture, where that can be told without loading it. */
export async function architectureIfKnown(id: string): Promise<Architecture | undefined> {
  try {
    return await architectureOf(id);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

function outlineOf(choice: ModelChoice, architecture: Architecture): Outline {
  const { id, scores, weights } = choice, { graph, inputSize, preprocess } = architecture;
  const network: Network = Object.assign(Object.create(Network.prototype), { graph, name: id });
  const outputs = network.shapeOf(LOGITS, inputSize.height, inputSize.width).at(-1)!;
  // weights of the user's may be for other classes than the architecture's usual ones
  const labels = choice.labels ?? (weights === undefined ? architecture.labels : undefined);
  return {
    model: {
      id,
      title: id,
      network,
      preprocess,
      inputSize,
      labels: labelsFor(outputs, labels, id),
      scores: scores ?? (outputs === 1 ? "sigmoid" : undefined),
      weights: { sha256: "", source: "" },
    },
    named: labels !== undefined,
  };
}

/** The objectives that there are, plugins' too, as words. */
const callables = (): Callable[] =>
  [...objectives].map(({ id, summary, options }) => ({
    id,
    summary,
    takes: optionFields(options).map(({ name, description, required, role, choices }) => ({
      name,
      description,
      required,
      role,
      choices,
    })),
  }));

/** Whether an argument may be the path of a file: what has no other meaning, and is no list. */
function mayBePath({ thing, field, text }: Argument): boolean {
  if (!thing || !field || field.choices || /^(\[|$)/.test(text)) return false;
  const { type } = optionFields(objectives.get(thing.id).options)
    .find(({ name }) => name === field.name) ?? { type: "number" };
  return type === "string" && field.role !== "layer" && field.role !== "class";
}

/** Reads each model's architecture once. */
export class Outlines {
  readonly #outlines = new Map<string, Promise<Outline | undefined>>();

  constructor(readonly models: readonly ModelChoice[]) {}

  /** Undefined where nothing is known of it before it is loaded. */
  #outline(choice: ModelChoice): Promise<Outline | undefined> {
    let outline = this.#outlines.get(choice.id);
    if (!outline) {
      outline = architectureIfKnown(choice.id)
        .then((architecture) => architecture && outlineOf(choice, architecture))
        .catch((error) => {
          if (error instanceof UserError) return undefined;
          throw error;
        });
      this.#outlines.set(choice.id, outline);
    }
    return outline;
  }

  /** The names of the layers of all models. */
  async layers(): Promise<string[]> {
    const outlines = await Promise.all(this.models.map((choice) => this.#outline(choice)));
    const modules = outlines.flatMap((outline) => outline?.model.network.graph.modules ?? []);
    return [...new Set(modules.map(({ name }) => name))];
  }

  /** The words that an objective for a model can be made of, as far as they are known. */
  async words(choice: ModelChoice): Promise<Vocabulary> {
    const outline = await this.#outline(choice);
    return {
      objectives: callables(),
      layers: outline?.model.network.graph.modules.map(({ name }) => name) ?? [],
      classes: outline?.named ? outline.model.labels : [],
    };
  }

  /**
   * What is wrong with an objective for a model, in the sentence that its run would end with; undefined
   * where nothing is, or where only the run can tell: nothing is computed and no file is read.
   */
  async fault(choice: ModelChoice, text: string): Promise<string | undefined> {
    const outline = await this.#outline(choice);
    if (!outline || scan(text, callables()).complete.some(mayBePath)) return undefined;
    try {
      parseObjective(text, outline.model);
    } catch (error) {
      if (!(error instanceof UserError)) return undefined; // it wants what only a loaded model has
      if (error.code === "unknown-class" && !outline.named) return undefined;
      return inLabels(error);
    }
  }
}
