/** Does tasks in this program, one after another. */
import type { Model } from "../run/model.ts";
import { UserError } from "../core/errors.ts";
import { loadModel } from "../models/mod.ts";
import { choiceOf, type ModelChoice, type Tools, type WantedModel } from "./kind.ts";
import { kinds } from "./kinds/mod.ts";
import type { Task } from "./task.ts";
import { Watch, type Watcher } from "./watch.ts";

/**
 * The model that a choice means, named as the choice names it.
 *
 * @param at where its files lie here
 * @throws UserError where it has other numbers by now.
 */
export async function modelFor(
  { id, loaded, weights }: ModelChoice,
  signal: AbortSignal,
  at: Tools["at"] = (path) => path,
): Promise<Model> {
  const { id: named, ...options } = loaded, { weights: file, labels } = options;
  const model = await loadModel(at(named), {
    ...options,
    weights: file === undefined ? undefined : at(file),
    labels: typeof labels === "string" ? at(labels) : labels,
    signal,
  });
  if (model.weights.sha256 === weights.sha256) return { ...model, id, loaded, weights };
  model.network.dispose();
  throw new UserError(
    `The weights of ${id} are not those any more that it had when the work was planned.`,
    { code: "bad-file" },
  );
}

/** What two choices of one model have in common. */
const keyOf = ({ loaded, weights }: Pick<ModelChoice, "loaded" | "weights">) =>
  JSON.stringify([loaded, weights.sha256]);

/** What goes with a task that is done here. */
export interface Given extends Omit<Tools, "model" | "onProgress"> {
  /** Hears how far it has come. */
  onProgress?(step: number, of: number): void;
  /** Sees that instead, and what is made. */
  readonly watcher?: Watcher;
}

/** One who does tasks, and keeps the last model at hand. */
export class Performer {
  #last?: {
    readonly key: string;
    readonly model: Model;
    /** What it was asked for with, where it was not a task that named it. */
    readonly wanted?: string;
  };

  /** @param ready models that are loaded already; they are not disposed. */
  constructor(readonly ready: readonly Model[] = []) {}

  /** Does a task; what is told of its result. @throws what its kind says. */
  async perform(task: Task, { watcher, onProgress, ...given }: Given): Promise<unknown> {
    const model = (choice: ModelChoice) => this.#model(choice, given);
    const { perform } = kinds.get(task.kind), tools = { ...given, model };
    if (!watcher) {
      return await perform(task.input, {
        ...tools,
        onProgress: (step, of) => onProgress?.(step, of),
      });
    }
    const watch = new Watch(watcher);
    try {
      return await perform(task.input, {
        ...tools,
        onProgress: (step, of, made) => watch.show(step, of, made),
      });
    } catch (error) {
      if (given.signal.aborted) await watch.stopped();
      throw error;
    }
  }

  /** What a task says of a model, which is at hand from then on. @throws as `loadModel`. */
  async choose(wanted: WantedModel, signal: AbortSignal): Promise<ModelChoice> {
    const text = JSON.stringify(wanted), { id, ...options } = wanted;
    if (this.#last?.wanted === text) return choiceOf(this.#last.model);
    this.end();
    const model = await loadModel(id, { ...options, signal }), choice = choiceOf(model);
    this.#last = { key: keyOf(choice), model, wanted: text };
    return choice;
  }

  async #model(choice: ModelChoice, { signal, at }: Given): Promise<Model> {
    const key = keyOf(choice);
    const ready = this.ready.find(({ loaded, weights }) =>
      loaded && keyOf({ loaded, weights }) === key
    );
    if (ready) return ready;
    if (this.#last?.key === key) return this.#last.model;
    this.end();
    const model = await modelFor(choice, signal, at);
    this.#last = { key, model };
    return model;
  }

  /** Lets go of what it holds. */
  end(): void {
    this.#last?.model.network.dispose();
    this.#last = undefined;
  }
}
