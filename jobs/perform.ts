/** Does tasks in this program, one after another. */
import type { Model } from "../run/model.ts";
import { UserError } from "../core/errors.ts";
import { loadModel } from "../models/mod.ts";
import type { ModelChoice, Tools } from "./kind.ts";
import { kinds } from "./kinds/mod.ts";
import type { Task } from "./task.ts";

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

/** One who does tasks, and keeps the last model at hand. */
export class Performer {
  #last?: { readonly key: string; readonly model: Model };

  /** @param ready models that are loaded already; they are not disposed. */
  constructor(readonly ready: readonly Model[] = []) {}

  /** Does a task; what is told of its result. @throws what its kind says. */
  async perform(task: Task, tools: Omit<Tools, "model">): Promise<unknown> {
    const model = (choice: ModelChoice) => this.#model(choice, tools);
    return await kinds.get(task.kind).perform(task.input, { ...tools, model });
  }

  async #model(choice: ModelChoice, { signal, at }: Omit<Tools, "model">): Promise<Model> {
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
