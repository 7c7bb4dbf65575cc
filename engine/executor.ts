/** What a pass shall compute, and what computes it. */
import type * as tf from "../deps/tfjs.ts";
import type { BackendName } from "./backends.ts";
import type { ParameterStore } from "./parameters.ts";
import type { Step } from "./plan.ts";
import type { Rules } from "./rules.ts";

/** What a pass shall compute. Made by `Network.forward`. */
export interface Plan {
  /** In order; from the given values to the last tap. The same list for the same taps. */
  readonly steps: readonly Step[];
  /** The network's numbers: what an executor makes of them is freed with them. */
  readonly parameters: ParameterStore;
  /** The nodes whose values are given: the image (`"input"`), or values in the middle. */
  readonly given: ReadonlySet<string>;
  /** Layer as the caller wrote it → node. */
  readonly taps: ReadonlyMap<string, string>;
  /** Where gradients will end, likewise; empty for a pass that only goes forward. */
  readonly to: ReadonlyMap<string, string>;
  /** How they go back. */
  readonly rules: Rules;
}

/**
 * A pass over a network: the values of its taps, and the way back from them. It owns its tensors:
 * dispose of it.
 */
export interface Pass {
  /** The value of a tapped layer; it belongs to the pass. */
  value(layer: string): tf.Tensor;
  /**
   * Runs backward from gradients at tapped layers to where the pass was told to go, freeing what it
   * has used.
   *
   * @param seeds Tapped layer → gradient there, shaped as the layer; they stay the caller's.
   * @param retain Keep everything, so that `backward` can be called again. Default false.
   * @returns Layer → gradient (zeros where none arrives); the tensors belong to the caller.
   */
  backward(
    seeds: Readonly<Record<string, tf.Tensor>>,
    options?: { readonly retain?: boolean },
  ): Promise<Record<string, tf.Tensor>>;
  /** Frees all that the pass still holds. */
  dispose(): void;
}

/** A way to run plans. No technique knows which one runs its own. */
export interface Executor {
  readonly id: string;
  /** The backend that must be in use for it; left out: any. */
  readonly backend?: BackendName;
  /** Whether it can run a plan: its ops, its rules (known by their names), its sizes. */
  can(plan: Plan): boolean;
  /**
   * Runs a plan forward.
   *
   * @param given Node → value, for each that the plan says; they stay the caller's.
   * @throws the signal's reason once it is aborted, here and in `backward`.
   */
  start(
    plan: Plan,
    given: ReadonlyMap<string, tf.Tensor>,
    signal?: AbortSignal,
  ): Promise<Pass>;
}
