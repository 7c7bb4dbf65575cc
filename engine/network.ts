/** A graph with its numbers, ready to be run forward and backward. */
import * as tf from "../deps/tfjs.ts";
import { UserError } from "../core/errors.ts";
import type { Values } from "../core/values.ts";
import type { Pass, Plan } from "./executor.ts";
import { valueAndGrads } from "./gradients/mod.ts";
import { type Graph, INPUT, resolveLayer } from "./graph.ts";
import { share } from "./_share.ts";
import { ParameterStore } from "./parameters.ts";
import { plan, type Step } from "./plan.ts";
import { PLAIN, type Rules } from "./rules.ts";
import { runtime } from "./runtime.ts";
import type { Objective } from "./objectives.ts";
import { type NodeSummary, summarize, summarizeFrom } from "./summary.ts";

/** How {@link Network.forward} runs, and what it keeps. */
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
  /** Stops between two ops. */
  readonly signal?: AbortSignal;
}

/** How {@link Network.gradient} goes forward and back. */
export interface GradientOptions extends Omit<ForwardOptions, "taps" | "gradient"> {
  /** Further layers whose values are wanted. */
  readonly also?: readonly string[];
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
 *
 * @example
 * ```ts
 * model.network.graph.modules.map(({ name }) => name); // the layers that can be asked for
 * model.network.shapeOf("layer4", 224, 224); // [7, 7, 512]
 * ```
 */
export class Network {
  /** Its numbers, on the host and on the backends. */
  readonly parameters: ParameterStore;
  readonly #plans = new Map<string, readonly Step[]>();
  readonly #checked = new Set<string>();

  /**
   * Puts a graph and its numbers together.
   *
   * @param host Each parameter's numbers, in the engine's layout.
   * @param name What messages call it.
   * @throws Error where a parameter of the graph is missing or has another shape.
   */
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

  #steps(
    taps: ReadonlySet<string>,
    given: ReadonlySet<string>,
    fuse: boolean,
  ): readonly Step[] {
    const key = JSON.stringify([fuse, [...taps].sort(), [...given].sort()]);
    let steps = this.#plans.get(key);
    if (!steps) {
      this.#plans.set(key, steps = plan(this.graph, this.parameters, taps, fuse, given));
    }
    return steps;
  }

  /**
   * The values that a pass to the logits makes for one picture of a size, in order: where ops are
   * fused, the last one's.
   */
  values(height: number, width: number): readonly NodeSummary[] {
    const { graph } = this;
    const steps = this.#steps(new Set([graph.output]), new Set([INPUT]), true);
    const made = new Set(steps.map(({ output }) => output));
    return summarize(graph, height, width, graph.output, this.name)
      .filter(({ name }) => made.has(name));
  }

  /** Works the shapes out once for each size and depth, so that a misfit is told before it runs. */
  #checkShapes(given: ReadonlyMap<string, tf.Tensor>, stops: ReadonlySet<string>): void {
    const shapes = new Map([...given].map(([name, { shape }]) => [name, shape.slice(1)] as const));
    const key = JSON.stringify([[...shapes], [...stops].sort()]);
    if (this.#checked.has(key)) return;
    summarizeFrom(this.graph, shapes, stops, this.name);
    this.#checked.add(key);
  }

  #checkImage({ shape: [, height, width, channels] }: tf.Tensor): void {
    const [fixedHeight, fixedWidth, wanted] = this.graph.input.shape;
    if (
      channels === wanted && (fixedHeight ?? height) === height && (fixedWidth ?? width) === width
    ) return;
    throw new UserError(
      `${this.name} takes pictures of ${fixedWidth ?? "any width"}×${
        fixedHeight ?? "any height"
      } ` +
        `with ${wanted} channels; this one is ${width}×${height} and has ${channels}.`,
    );
  }

  /**
   * Runs forward as far as the taps need. The pass owns its tensors: dispose of it.
   *
   * @param start The image, or the values of layers to go on from, `[batch, …]`, by their names:
   * whatever the taps need must follow from them.
   * @throws UserError for an unknown layer or a picture that the network does not accept.
   * @throws the signal's reason once it is aborted.
   * @example
   * ```ts
   * const { input } = preprocess(image, model.preprocess);
   * const pixels = tf.tensor4d(input, [1, ...input.shape] as [number, number, number, number]);
   * const pass = await model.network.forward(pixels, { taps: ["layer4"] });
   * pass.value("layer4").shape; // [1, 7, 7, 512]
   * pass.dispose();
   * ```
   */
  async forward(
    start: tf.Tensor4D | Readonly<Record<string, tf.Tensor>>,
    options: ForwardOptions = {},
  ): Promise<Pass> {
    const named = start instanceof tf.Tensor ? { [INPUT]: start } : start;
    const given = new Map(
      Object.entries(named).map(([layer, value]) => [this.layer(layer), value]),
    );
    const image = given.get(INPUT);
    if (image) this.#checkImage(image);
    const names = options.taps ?? [this.graph.output];
    const taps = new Map(names.map((name) => [name, this.layer(name)]));
    const to = (options.to ?? [INPUT]).map((name) => [name, this.layer(name)] as const);
    const ends = options.gradient ? to : [];
    // where gradients end is tapped too: nothing may be fused across it
    const stops = new Set([...taps.values(), ...ends.map(([, node]) => node)]);
    this.#checkShapes(given, stops);
    const nodes = new Set(given.keys());
    const plan: Plan = {
      steps: this.#steps(stops, nodes, options.fuse ?? true),
      parameters: this.parameters,
      given: nodes,
      taps,
      to: new Map(ends),
      rules: options.rules ?? PLAIN,
    };
    return await runtime.start(plan, given, options.signal);
  }

  /**
   * The value of an objective and its gradient at the image (or at `to`).
   *
   * @throws UserError for an unknown layer, a picture that the network does not accept, or an
   * objective without a gradient.
   * @throws the signal's reason once it is aborted.
   * @example
   * ```ts
   * const { input } = preprocess(image, model.preprocess);
   * const pixels = tf.tensor4d(input, [1, ...input.shape] as [number, number, number, number]);
   * const { gradients } = await model.network.gradient(pixels, logit(3));
   * gradients.input.shape; // as the image
   * ```
   */
  gradient(
    image: tf.Tensor4D,
    objective: Objective,
    options: GradientOptions = {},
  ): Promise<Gradient> {
    const { signal } = options;
    return runtime.turn(() => this.#gradient(image, objective, options), { signal });
  }

  async #gradient(
    image: tf.Tensor4D,
    objective: Objective,
    options: GradientOptions,
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

  /**
   * Logits `[batch, classes]`; the tensor belongs to the caller.
   *
   * @param start The image, or the values of layers to go on from, as {@link Network.forward} takes them.
   */
  async logits(
    start: tf.Tensor4D | Readonly<Record<string, tf.Tensor>>,
    signal?: AbortSignal,
  ): Promise<tf.Tensor2D> {
    const pass = await this.forward(start, { signal });
    const logits = share(pass.value(this.graph.output)) as tf.Tensor2D;
    pass.dispose();
    return logits;
  }

  /** Frees what the network holds on the backends; it may be used again. */
  dispose(): void {
    this.parameters.dispose();
  }
}
