/** Writes nodes into a graph: knows every value's shape, and where parameters come from. */
import { UserError } from "../../core/errors.ts";
import { sizeOf } from "../../core/values.ts";
import { GraphBuilder } from "../../engine/builder.ts";
import { type Attributes, type Graph, INPUT, LOGITS } from "../../engine/graph.ts";
import { shapeAfter } from "../../engine/ops/mod.ts";
import { FreeNames } from "../_free_names.ts";
import { MAX_ALL_NUMBERS, MAX_NUMBERS } from "../_limits.ts";
import { MAX_FOLDED } from "./_limits.ts";
import type { Fail } from "./file.ts";
import type { Parameter } from "./parameter.ts";

/** A graph, and where its numbers come from. */
export interface Written {
  readonly graph: Graph;
  readonly parameters: ReadonlyMap<string, Parameter>;
}

/** Writes one graph. */
export class Writer {
  readonly #net: GraphBuilder;
  readonly #fail: Fail;
  readonly #shapes = new Map<string, readonly number[]>();
  readonly #parameters = new Map<string, Parameter>();
  readonly #names = new FreeNames(INPUT, LOGITS);
  /** Nodes that only move numbers: what they do to what → their name. */
  readonly #helpers = new Map<string, string>();
  #numbers = 0;
  #folded = 0;
  /** The node of the file that is being written, for messages. */
  at = "";
  /** The name that nodes beside the main one are called after. */
  #owner = "node";

  constructor(
    input: Graph["input"]["shape"],
    readonly size: readonly [height: number, width: number],
    fail: Fail,
  ) {
    this.#net = new GraphBuilder(input);
    this.#fail = fail;
    this.#shapes.set(INPUT, [...size, input[2]]);
  }

  /** Gives up on the node that is being written. */
  readonly fail: Fail = (reason, cause, code = "unsupported") =>
    this.#fail(`${this.at}: ${reason}`, cause, code);

  /** Begins to write a node of the file, whose layer has a name. */
  begin(at: string, name: string): void {
    this.at = at;
    this.#owner = name;
  }

  /** Shape of a node's value, the batch left out. */
  shapeOf(node: string): readonly number[] {
    return this.#shapes.get(node)!;
  }

  /** A name that is not taken: `conv`, `conv_1`, … */
  freeName(name: string): string {
    return this.#names.free(name);
  }

  /** Counts numbers that are worked out while the model is loaded. */
  fold(count: number): void {
    this.#folded += count;
    if (!(this.#folded <= MAX_FOLDED)) {
      this.fail(`its constants have more than ${MAX_FOLDED} numbers`, undefined, "bad-file");
    }
  }

  /** Adds the node that a layer's name means. */
  add(
    name: string,
    opName: string,
    inputs: readonly string[],
    attrs: Attributes = {},
    params: Readonly<Record<string, Parameter>> = {},
  ): string {
    const named = Object.entries(params).map(([role, parameter]) => {
      const key = `${name}/${role}`;
      this.#parameters.set(key, parameter);
      return [role, [key, parameter.shape] as const] as const;
    });
    const shapes = Object.fromEntries(named.map(([role, [, shape]]) => [role, shape]));
    let shape: readonly number[];
    try {
      const given = inputs.map((input) => this.shapeOf(input));
      shape = shapeAfter(opName, given, { attrs, params: shapes });
    } catch (error) {
      if (error instanceof UserError) throw error;
      return this.fail((error as Error).message, error, "bad-file");
    }
    const size = sizeOf(shape);
    this.#numbers += size;
    if (!(size <= MAX_NUMBERS && this.#numbers <= MAX_ALL_NUMBERS)) {
      this.fail(
        `its output is [${shape.join(", ")}]; ${MAX_NUMBERS} numbers are the limit, and ` +
          `${MAX_ALL_NUMBERS} for all nodes`,
        undefined,
        "bad-file",
      );
    }
    this.#shapes.set(name, shape);
    return this.#net.add(name, opName, inputs, attrs, Object.fromEntries(named));
  }

  /**
   * Adds a node beside the one that is being written, of which no layer's name is made unless `name`
   * is given; one that does the same to the same is used again.
   */
  helper(
    opName: string,
    inputs: readonly string[],
    attrs: Attributes = {},
    name?: string,
    params: Readonly<Record<string, Parameter>> = {},
  ): string {
    const key = JSON.stringify([opName, inputs, attrs]);
    const known = Object.keys(params).length ? undefined : this.#helpers.get(key);
    if (known) return known;
    const node = this.add(
      this.freeName(name ?? `${this.#owner}.${opName}`),
      opName,
      inputs,
      attrs,
      params,
    );
    if (name === undefined) this.#net.unlisted(node);
    this.#helpers.set(key, node);
    return node;
  }

  /** Another name for a node, in the list of layers. */
  module(name: string, node: string): void {
    if (node === INPUT) this.#net.alias(name, INPUT);
    else this.#net.module(this.freeName(name), node);
  }

  /** A name that is understood but not listed. */
  alias(name: string, node: string): void {
    if (!this.#names.has(name)) this.#net.alias(name, node);
  }

  /** Where the next layer will be listed. */
  mark(): number {
    return this.#net.mark();
  }

  /** A name for what was added since a mark. */
  container(name: string, from: number, node: string): void {
    if (this.#names.has(name)) return;
    this.#names.take(name);
    this.#net.container(name, from, node);
  }

  build(output: string): Written {
    return { graph: this.#net.build(output), parameters: this.#parameters };
  }
}
