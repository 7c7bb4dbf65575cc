/** A pass over a plan that is recorded, or replayed. */
import * as tf from "../../../deps/tfjs.ts";
import { breathe } from "../../breathe.ts";
import type { Pass, Plan } from "../../executor.ts";
import type { Recording } from "./recording.ts";

export class RecordedPass implements Pass {
  readonly #plan: Plan;
  readonly #recording: Recording;
  readonly #signal?: AbortSignal;
  /** Of the taps, by layer. */
  #values: ReadonlyMap<string, tf.Tensor> = new Map();
  #isSpent = false;
  #isOver = false;

  /** Takes over a recording that is in use for it. */
  constructor(plan: Plan, recording: Recording, signal?: AbortSignal) {
    this.#plan = plan;
    this.#recording = recording;
    this.#signal = signal;
  }

  /** Runs forward; called once. @throws Unrecordable */
  async run(given: ReadonlyMap<string, tf.Tensor>): Promise<void> {
    await breathe(this.#signal);
    this.#values = await this.#recording.forward(this.#plan, given, this.#signal);
  }

  value(layer: string): tf.Tensor {
    this.#check(layer);
    const value = this.#values.get(layer);
    if (!value) throw new Error(`This pass has let go of "${layer}"`);
    return value;
  }

  #check(layer: string): void {
    if (!this.#plan.taps.has(layer)) throw new Error(`"${layer}" was not tapped in this pass`);
  }

  async backward(
    seeds: Readonly<Record<string, tf.Tensor>>,
    { retain = false }: { readonly retain?: boolean } = {},
  ): Promise<Record<string, tf.Tensor>> {
    if (this.#plan.to.size === 0) throw new Error("This pass was not asked to keep for a gradient");
    if (this.#isSpent || this.#isOver) {
      throw new Error("This pass has gone back already: pass retain: true before");
    }
    for (const layer of Object.keys(seeds)) this.#check(layer);
    this.#isSpent = !retain;
    await breathe(this.#signal);
    const from = new Map(Object.entries(seeds));
    return Object.fromEntries(await this.#recording.backward(this.#plan, from, this.#signal));
  }

  dispose(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    tf.dispose([...this.#values.values()]);
    this.#values = new Map();
    this.#recording.letGo();
  }
}
