/** What an entry of the op table is, and what it is given. */
import type * as tf from "../../deps/tfjs.ts";
import type { Values } from "../../core/values.ts";
import type { Attributes, Node } from "../graph.ts";
import type { Activation } from "../kernels/mod.ts";
import type { Window } from "./window.ts";

/** `[height, width, channels]` or `[features]`: the batch is left out. */
export type Shape = readonly number[];

/** A node's parameters, on the host and on the backend. */
export interface Parameters {
  /** Whether there is one of that role: a convolution may have no `bias`. */
  has(role: string): boolean;
  /** Its shape in the engine's layout. */
  shape(role: string): Shape;
  /** The numbers on the host, in the engine's layout. */
  values(role: string): Values;
  /** The numbers on the backend; made once, kept until the network is disposed. */
  tensor(role: string): tf.Tensor;
  /** Something made from parameters (a rotated kernel), likewise made once, in a `tf.tidy`, and kept. */
  derived(key: string, make: () => Values | tf.Tensor): tf.Tensor;
}

/** One use of an op. */
export interface Call {
  /** The node that uses it. */
  readonly node: Node;
  /** The node's attributes. */
  readonly attrs: Attributes;
  /** The parameters by their roles. */
  readonly params: Parameters;
  /**
   * Whether each number must be right by itself, also a small one beside large ones, as where something
   * is divided by it. Default false.
   */
  readonly apart?: boolean;
}

/** What is known when an op is run backward. */
export interface BackwardCall extends Call {
  /** Shapes of the inputs, batch first. */
  readonly inputShapes: readonly (readonly number[])[];
  /** Shape of the output, batch first. */
  readonly outputShape: readonly number[];
  /** Present where the rule `reads` inputs. */
  readonly inputs?: readonly tf.Tensor[];
  /** Present where the rule `reads` the output. */
  readonly output?: tf.Tensor;
  /** A gradient that another branch has left at the input; a rule with `accumulates` adds to it. */
  readonly into?: tf.Tensor;
}

/** How a gradient (or a relevance) at an op's output becomes one at each of its inputs. */
export interface Rule {
  /** What executors know it by (`guided`, `deconvnet`); they leave a nameless one to the steps. */
  readonly name?: string;
  /** What must be kept from the forward pass. */
  readonly reads?: { readonly inputs?: boolean; readonly output?: boolean };
  /** Whether `backward` adds `into` to its (one) result itself and disposes of it. */
  readonly accumulates?: (call: Call) => boolean;
  /** Shapes as the inputs; one tensor for each input. Runs inside a `tf.tidy`. */
  backward(dy: tf.Tensor, call: BackwardCall): readonly tf.Tensor[];
}

/**
 * How an op's output follows from its inputs:
 * - `weighted`: linear, with a parameter `kernel` of its own and perhaps a `bias`;
 * - `linear`: linear all the same, with fixed weights (a sum, a mean);
 * - `routed`: every number of the output is one of the inputs', moved or chosen;
 * - `elementwise`: a function of one number each, of the one input;
 * - `product`: its inputs multiplied, number by number;
 * - `other`: none of these (a softmax, a norm by the input's own statistics).
 */
export type Nature = "weighted" | "linear" | "routed" | "elementwise" | "product" | "other";

/** What an op is, for those who choose by it: fusion, relevance, default layers, batches, readers. */
export interface Traits {
  /** How its output follows from its inputs. */
  readonly nature: Nature;
  /** Whether its window slides over a picture (`weighted`). */
  readonly convolution?: boolean;
  /** How many of the kernel's last axes count output channels (`weighted`); default 1. */
  readonly outputAxes?: number;
  /** Whether the kernel's last axis counts input channels, behind the output's (`weighted`). */
  readonly outputFirst?: boolean;
  /** Whether it rectifies: what guided backprop and DeconvNet change. */
  readonly rectifies?: boolean;
  /** `never-negative`, or `kept`: never negative where no input is. Left out: any. */
  readonly sign?: "never-negative" | "kept";
  /** Whether branches meet in it, number by number, of one shape or broadcast to one. */
  readonly joins?: boolean;
  /** Which of its inputs' numbers it chooses, comparing them (`routed`): of a maximum the greatest. */
  readonly chooses?: "greatest" | "least";
  /** Whether it puts zeros beside its inputs' numbers (`routed`). */
  readonly inserts?: boolean;
  /** Whether it moves numbers to another place or channel within the picture (`routed`). */
  readonly reorders?: boolean;
  /** Whether every number of the output is a mean of inputs, weighted perhaps (`linear`). */
  readonly averages?: boolean;
  /** Whether it belongs to a classifier's head: the picture is pooled or flattened, or gone already. */
  readonly head?: boolean;
  /** Whether it lets shares through where it is a factor: from 0 to 1, each number by itself. */
  readonly gates?: boolean;
  /** What it makes of logits at the end of a network. */
  readonly scores?: "softmax" | "sigmoid";
  /** Whether it makes the logarithm of that. */
  readonly logarithm?: boolean;
  /** Roles of its parameters that were observed, not learnt. */
  readonly observed?: readonly string[];
  /** A `slope` and a `shift` for each channel, which a weighted op before it can take over. */
  readonly affine?: (params: Parameters, attrs: Attributes) => Affine;
}

/** `y = slope·x + shift` for each channel. */
export interface Affine {
  /** `[channels]` */
  readonly slope: Values;
  /** `[channels]` */
  readonly shift: Values;
}

/** Through which windows an op sees its inputs, all of one height and width. */
export interface Reach {
  /** Where they lie. */
  readonly window: Window;
  /** What is beyond the inputs. Default 0. */
  readonly border?: number;
  /**
   * What the op is told on a piece of the inputs that some of the windows just cover, of which it then
   * makes what these give. Default: what it is told on the whole.
   */
  readonly attrs?: Attributes;
}

/** An entry of the op table: all that the engine knows about an op. Its plain backward is a {@link Rule}. */
export interface Op extends Rule {
  /** What it is. */
  readonly traits: Traits;
  /** How many inputs it takes; left out: one. `several` is one or more. */
  readonly inputs?: 2 | "several";
  /** Roles of the parameters that it cannot do without; left out: none. */
  readonly needs?: readonly string[];
  /** Shape of the output; throws a plain Error where the inputs do not fit. */
  shape(inputs: readonly Shape[], call: ShapeCall): Shape;
  /** Multiply-adds of one forward pass for one picture; 0 where left out. */
  cost?(inputs: readonly Shape[], output: Shape, call: ShapeCall): number;
  /** Runs inside a `tf.tidy`. `activation` is given only to ops with `fuses`. */
  forward(inputs: readonly tf.Tensor[], call: Call, activation?: Activation): tf.Tensor;
  /**
   * Through which windows the places of a picture see the inputs, where each does alike and through no
   * other. Left out: each sees its own place, of an op that is elementwise or joins branches of one
   * height and width; of another op, who knows.
   */
  reach?(inputs: readonly Shape[], call: ShapeCall): Reach | undefined;
  /** Activations that `forward` applies by itself when asked. */
  readonly fuses?: readonly Activation[];
}

/** What shape and cost may look at: no numbers. */
export interface ShapeCall {
  /** The node's attributes. */
  readonly attrs: Attributes;
  /** The shapes of its parameters, by role. */
  readonly params: Readonly<Record<string, Shape>>;
}
