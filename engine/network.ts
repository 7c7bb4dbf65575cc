/** A graph with its numbers, ready to be run forward and backward. */
import * as tf from "@tensorflow/tfjs-core";
import { UserError } from "../core/errors.ts";
import type { Values } from "../core/values.ts";
import { type Graph, INPUT, resolveLayer } from "./graph.ts";
import { share } from "./_share.ts";
import { ParameterStore } from "./parameters.ts";
import { Pass } from "./pass.ts";
import { plan, type Step } from "./plan.ts";
import { PLAIN, type Rules } from "./rules.ts";
import type { Objective } from "./objectives.ts";
import { summarize } from "./summary.ts";
import "./gradients/gradients.js"; // what differentiates objectives: the core package has none

export interface ForwardOptions {
  /** Layers whose values are wanted; default: the logits. The pass runs no further than they need. */
  readonly taps?: readonly string[];
  /** Keep what a backward pass from the taps will read. Default false. */
  readonly gradient?: boolean;
  /** Where that backward pass will end: layers, or `"input"`. Default `["input"]`. */
  readonly to?: readonly string[];
  /** The rules of that backward pass. Default: plain gradients. */
  readonly rules?: Rules;
  /** false runs every node by itself, batch-norm unfolded. Default true. */
  readonly fuse?: boolean;
  readonly signal?: AbortSignal;
}

/** What {@link Network.gradient} gives; all tensors belong to the caller. */
export interface Gradient {
  /** The objective, a scalar. */
  readonly value: tf.Scalar;
  /** Asked-for layer (as it was written) → gradient of the objective, shaped as the layer. */
  readonly gradients: Readonly<Record<string, tf.Tensor>>;
  /** Objective's layers and `also` → value. */
  readonly taps: Readonly<Record<string, tf.Tensor>>;
}

/**
 * A network with frozen weights. Images are `[batch, height, width, channels]` in the network's
 * normalized space.
 */
export class Network {
  readonly parameters: ParameterStore;
  readonly #plans = new Map<string, readonly Step[]>();
  readonly #checked = new Set<string>();

  constructor(
    readonly graph: Graph,
    host: ReadonlyMap<string, Values>,
    readonly name = "the network",
  ) {
    this.parameters = new ParameterStore(graph, host);
  }

  /** The node that a layer's name means. @throws UserError for an unknown one. */
  layer(name: string): string {
    return resolveLayer(this.graph, name, this.name);
  }

  /** `[height, width, channels]` or `[features]` of a layer for one picture of a size. */
  shapeOf(layer: string, height: number, width: number): readonly number[] {
    const node = this.layer(layer);
    return node === INPUT
      ? [height, width, this.graph.input.shape[2]]
      : summarize(this.graph, height, width, node, this.name).at(-1)!.shape;
  }

  #plan(taps: ReadonlySet<string>, fuse: boolean): readonly Step[] {
    const key = JSON.stringify([fuse, ...[...taps].sort()]);
    let steps = this.#plans.get(key);
    if (!steps) this.#plans.set(key, steps = plan(this.graph, this.parameters, taps, fuse));
    return steps;
  }

  /** Works the shapes out once for each picture size and depth, so that a misfit is told before it runs. */
  #checkShapes(height: number, width: number, stops: ReadonlySet<string>): void {
    for (const stop of stops) {
      const key = `${height}×${width}:${stop}`;
      if (stop === INPUT || this.#checked.has(key)) continue;
      summarize(this.graph, height, width, stop, this.name);
      this.#checked.add(key);
    }
  }

  /**
   * Runs forward as far as the taps need. The pass owns its tensors: dispose of it.
   *
   * @throws UserError for an unknown layer or a picture that the network does not accept.
   */
  async forward(image: tf.Tensor4D, options: ForwardOptions = {}): Promise<Pass> {
    const [, height, width, channels] = image.shape;
    const [fixedHeight, fixedWidth, wanted] = this.graph.input.shape;
    if (
      channels !== wanted || (fixedHeight ?? height) !== height || (fixedWidth ?? width) !== width
    ) {
      throw new UserError(
        `${this.name} takes pictures of ${fixedWidth ?? "any width"}×${
          fixedHeight ?? "any height"
        } ` +
          `with ${wanted} channels; this one is ${width}×${height} with ${channels}.`,
      );
    }
    const names = options.taps ?? [this.graph.output];
    const taps = new Map(names.map((name) => [name, this.layer(name)]));
    const to = (options.to ?? [INPUT]).map((name) => [name, this.layer(name)] as const);
    // where gradients end is tapped too: nothing may be fused across it
    const stops = new Set([...taps.values(), ...to.map(([, node]) => node)]);
    this.#checkShapes(height, width, stops);
    const pass = new Pass({
      steps: this.#plan(stops, options.fuse ?? true),
      taps,
      to: options.gradient ? new Map(to) : new Map(),
      rules: options.rules ?? PLAIN,
      signal: options.signal,
    });
    try {
      await pass.run(image);
    } catch (error) {
      pass.dispose();
      throw error;
    }
    return pass;
  }

  /**
   * The value of an objective and its gradient at the image (or at `to`).
   *
   * @param also Further layers whose values are wanted.
   */
  async gradient(
    image: tf.Tensor4D,
    objective: Objective,
    options: Omit<ForwardOptions, "taps" | "gradient"> & { readonly also?: readonly string[] } = {},
  ): Promise<Gradient> {
    const layers = [...new Set(objective.layers)];
    const wanted = [...new Set([...layers, ...(options.also ?? [])])];
    const pass = await this.forward(image, { ...options, taps: wanted, gradient: true });
    try {
      const at = layers.map((layer) => pass.value(layer));
      const read = (values: readonly tf.Tensor[]) => (layer: string) => {
        const i = layers.indexOf(layer);
        if (i < 0) throw new Error(`The objective reads "${layer}" but does not name it in layers`);
        return values[i];
      };
      const { value, grads } = valueAndGrads((values) => objective.value(read(values)), at);
      try {
        const seeds = Object.fromEntries(layers.map((layer, i) => [layer, grads[i]]));
        const gradients = await pass.backward(seeds);
        const taps = Object.fromEntries(wanted.map((layer) => [layer, share(pass.value(layer))]));
        return { value, gradients, taps };
      } catch (error) {
        value.dispose();
        throw error;
      } finally {
        tf.dispose(grads);
      }
    } finally {
      pass.dispose();
    }
  }

  /** Logits `[batch, classes]`; the tensor belongs to the caller. */
  async logits(image: tf.Tensor4D, signal?: AbortSignal): Promise<tf.Tensor2D> {
    const pass = await this.forward(image, { signal });
    const logits = share(pass.value(this.graph.output)) as tf.Tensor2D;
    pass.dispose();
    return logits;
  }

  /** Frees what the network holds on the backend; it may be used again. */
  dispose(): void {
    this.parameters.dispose();
  }
}

/**
 * A scalar function of tensors, and its gradient at each. TensorFlow.js frees what it saves for the
 * gradient only where the function returns, so an error is let out afterwards.
 */
function valueAndGrads(
  f: (values: readonly tf.Tensor[]) => tf.Tensor,
  at: tf.Tensor[],
): { value: tf.Scalar; grads: tf.Tensor[] } {
  let failure: { readonly error: unknown } | undefined;
  const result = tf.valueAndGrads((...values: tf.Tensor[]) => {
    try {
      return f(values) as tf.Scalar;
    } catch (error) {
      failure = { error };
      return tf.addN(values.map((value) => tf.sum(value)));
    }
  })(at);
  if (!failure) return { value: result.value as tf.Scalar, grads: result.grads };
  tf.dispose([result.value, result.grads]);
  throw failure.error;
}
