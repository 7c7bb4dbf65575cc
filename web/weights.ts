/** Which numbers a gallery's models have: only a model that is loaded can tell. */
import { UserError } from "../core/errors.ts";
import type { Explainer } from "./explainer.ts";
import type { ModelChoice } from "./model_choice.ts";

export class Weights {
  readonly #known = new Map<string, string>();

  /** @param explainer what loads models; without one, nothing becomes known */
  constructor(readonly explainer: Explainer | undefined) {}

  /** The SHA-256 of a model's weights, if it was asked for before. */
  known(id: string): string | undefined {
    return this.#known.get(id);
  }

  /** The SHA-256 of a model's weights; nothing where it cannot be loaded. */
  async of(model: ModelChoice): Promise<string | undefined> {
    const known = this.#known.get(model.id);
    if (known !== undefined || !this.explainer) return known;
    try {
      for await (const news of this.explainer.ask({ kind: "weights", model })) {
        if (news.type === "weights") this.#known.set(model.id, news.sha256);
      }
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
    }
    return this.#known.get(model.id);
  }
}
