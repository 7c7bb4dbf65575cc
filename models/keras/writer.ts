/** Writes Keras layers into a graph: knows every node's shape and where each parameter comes from. */
import { nearestHint, UserError } from "../../core/errors.ts";
import { sizeOf, type Values, values } from "../../core/values.ts";
import { GraphBuilder } from "../../engine/builder.ts";
import { type Attributes, type Graph, INPUT } from "../../engine/graph.ts";
import { shapeAfter } from "../../engine/ops/mod.ts";
import { FreeNames } from "../_free_names.ts";
import { DEFAULT_SIDE, MAX_ALL_NUMBERS, MAX_NUMBERS } from "../_limits.ts";
import { MAX_LAYERS, MAX_LINKS } from "./_limits.ts";
import type { Fail, Json, KerasFile, WeightSpec } from "./files.ts";

/** Where a parameter comes from. */
export interface WeightRole {
  /** What Keras calls the weight, `LAYER/ROLE` in the manifest; of several, the first that is there. */
  readonly role: string | readonly string[];
  /** In the engine's layout. */
  readonly shape?: readonly number[];
  /** In Keras's layout, where that differs: the same numbers in the same order. */
  readonly stored?: readonly number[];
  /** Numbers that the topology gives itself; no weight is read. */
  readonly constant?: Float32Array;
}

/** One use of a layer. */
export interface LayerCall {
  readonly className: string;
  /** The node that will give what Keras calls the layer's output. */
  readonly name: string;
  /** The layer's name, behind those of the models it is in: its weights go by it, in all uses. */
  readonly path: readonly string[];
  readonly config: Json;
  readonly inputs: readonly string[];
  readonly writer: GraphWriter;
  /** Gives up on the layer. */
  readonly fail: Fail;
}

/** Numbers that a topology gives itself: one for each channel, or for each of a picture's pixels. */
const MAX_CONSTANTS = 2 ** 22;
/** Scopes around a weight's name. */
const MAX_SCOPES = 16;

/** A graph, and where its numbers are. */
export interface LayersGraph {
  readonly graph: Graph;
  /** Parameter → name of the weight in the manifest. */
  readonly weights: ReadonlyMap<string, string>;
  /** Parameter → numbers from the topology. */
  readonly constants: ReadonlyMap<string, Values>;
}

/** Writes layers into a graph; knows the shape of every node, and where parameters come from. */
export class GraphWriter {
  readonly keras3: boolean;
  /** Whether TensorFlow.js itself has written the model, not its converter. */
  readonly tfjs: boolean;
  readonly #net: GraphBuilder;
  readonly #specs: ReadonlyMap<string, WeightSpec>;
  readonly #shapes = new Map<string, readonly number[]>();
  readonly #parameters = new Map<string, readonly number[]>();
  readonly #weights = new Map<string, string>();
  readonly #constants = new Map<string, Values>();
  readonly #names = new FreeNames(INPUT);
  /** Weights by what their names end in, behind a scope; null where several do. */
  readonly #scoped: ReadonlyMap<string, WeightSpec | null>;
  readonly #fail: Fail;
  #layers = 0;
  #links = 0;
  #numbers = 0;
  #given = 0;

  constructor(file: KerasFile, input: [number | null, number | null, number], fail: Fail) {
    this.#net = new GraphBuilder(input);
    this.#specs = new Map(
      [...file.specs].map(([name, spec]) => [name.replace(/:\d+$/, ""), spec]),
    );
    this.#scoped = scopedSpecs(this.#specs);
    this.#fail = fail;
    const { keras_version: version } = file.topology;
    this.keras3 = typeof version === "string" && version.startsWith("3.");
    this.tfjs = typeof version === "string" && version.startsWith("tfjs");
    const [height, width, channels] = input;
    this.#shape(INPUT, [height ?? DEFAULT_SIDE, width ?? DEFAULT_SIDE, channels], "its input");
  }

  /** `[height, width, channels]` or `[features]` of a node, at the input's (or the default) size. */
  shapeOf(node: string): readonly number[] {
    return this.#shapes.get(node)!;
  }

  #shape(node: string, shape: readonly number[], what: string): void {
    const size = sizeOf(shape);
    if (!(size <= MAX_NUMBERS)) {
      this.#fail(
        `${what} is [${shape.join(", ")}]: that is too large, ${MAX_NUMBERS} numbers are the limit`,
      );
    }
    this.#numbers += size;
    if (this.#numbers > MAX_ALL_NUMBERS) {
      this.#fail(`the outputs of its layers have more than ${MAX_ALL_NUMBERS} numbers`);
    }
    this.#shapes.set(node, shape);
  }

  /** The picture without the axis of its one channel. */
  plane(height: number, width: number): string {
    const name = this.#net.add(this.freeName("plane"), "reshape", [INPUT], {
      shape: [height, width],
    });
    this.#net.unlisted(name);
    this.#shape(name, [height, width], "its input");
    return name;
  }

  /** Counts one more use of a layer: a model within models is written at each of its uses. */
  count(links: number): void {
    this.#layers++;
    this.#links += links;
    if (this.#layers > MAX_LAYERS || this.#links > MAX_LINKS) {
      this.#fail(`it has more than ${MAX_LAYERS} layers, or ${MAX_LINKS} links between them`);
    }
  }

  /** Room for numbers that the topology gives itself. */
  constant({ fail }: LayerCall, length: number): Float32Array {
    this.#given += length;
    if (this.#given > MAX_CONSTANTS) {
      fail(`it works on ${length} channels; ${MAX_CONSTANTS} numbers are the limit`);
    }
    return new Float32Array(length);
  }

  /** The name of a further use: `conv`, `conv_1`, … */
  freeName(name: string): string {
    return this.#names.free(name);
  }

  /** Another name for a node. */
  name(name: string, node: string): string {
    if (node === INPUT) this.#net.alias(name, INPUT);
    else this.#net.module(name, node);
    return node;
  }

  /** Adds a node; `params` say where its parameters come from. */
  add(
    call: LayerCall,
    name: string,
    opName: string,
    inputs: readonly string[],
    attrs: Attributes = {},
    params: Readonly<Record<string, WeightRole>> = {},
  ): string {
    if (this.#shapes.has(name)) call.fail(`its part "${name}" has the name of another layer`);
    const bound = Object.fromEntries(
      Object.entries(params).map(([role, weight]) => [role, this.#bind(call, weight)]),
    );
    for (const [parameter, shape] of Object.values(bound)) {
      // a Dense works on pictures and on features, but one layer not on both
      const before = this.#parameters.get(parameter) ?? shape;
      if (`${before}` !== `${shape}`) {
        call.fail(
          `its uses need "${parameter}" as [${before.join(", ")}] and [${shape.join(", ")}]`,
        );
      }
      this.#parameters.set(parameter, shape);
    }
    const shapes = Object.fromEntries(
      Object.entries(bound).map(([role, [, shape]]) => [role, shape]),
    );
    try {
      const inputShapes = inputs.map((input) => this.shapeOf(input));
      const shape = shapeAfter(opName, inputShapes, { attrs, params: shapes });
      this.#shape(name, shape, `the output of "${name}"`);
    } catch (error) {
      if (error instanceof UserError) throw error;
      call.fail((error as Error).message, error);
    }
    return this.#net.add(name, opName, inputs, attrs, bound);
  }

  /** The name and shape of a parameter, its weight found in the manifest. */
  #bind(call: LayerCall, weight: WeightRole): [string, readonly number[]] {
    const roles = [weight.role].flat();
    const parameter = `${call.path.join("/")}/${roles[0]}`;
    if (weight.constant) {
      const shape = [weight.constant.length];
      this.#constants.set(parameter, values(weight.constant, shape));
      return [parameter, shape];
    }
    const shape = weight.shape!, stored = weight.stored ?? shape;
    const spec = this.#find(call, roles);
    if (spec.shape.join() !== stored.join()) {
      call.fail(
        `its weight "${spec.name}" is [${spec.shape.join(", ")}], not [${stored.join(", ")}]`,
      );
    }
    if (spec.dtype === "I32" || spec.dtype === "BOOL") {
      call.fail(`its weight "${spec.name}" does not hold float numbers`);
    }
    this.#weights.set(parameter, spec.name);
    return [parameter, shape];
  }

  /**
   * The weight of a layer: `LAYER/ROLE` in the manifest, or the one that ends so behind some scope
   * (`model/LAYER/ROLE`).
   */
  #find({ path, fail }: LayerCall, roles: readonly string[]): WeightSpec {
    const layer = path.join("/"), own = path.at(-1)!;
    const keys = [layer, own].flatMap((name) => roles.map((role) => `${name}/${role}`));
    for (const key of keys) {
      const exact = this.#specs.get(key);
      if (exact) return exact;
      const scoped = this.#scoped.get(key);
      if (scoped) return scoped;
      if (scoped === null) fail(`its manifest has several weights that end in "/${key}"`);
    }
    return fail(
      `the manifest has no weight "${layer}/${roles[0]}"; ` +
        nearestHint(`${own}/${roles[0]}`, this.#specs.keys()),
    );
  }

  /** A name for what was added since `from`, a mark of {@link mark}. */
  container(name: string, from: number, node: string): string {
    return this.#net.container(name, from, node);
  }

  /** Where the next module will be listed. */
  mark(): number {
    return this.#net.mark();
  }

  /** The graph that ends in `output`, and where its numbers are. */
  build(output: string): LayersGraph {
    return {
      graph: this.#net.build(output),
      weights: this.#weights,
      constants: this.#constants,
    };
  }
}

/** Weights by what their names end in: `model/conv/kernel` by `conv/kernel` and `kernel`. */
function scopedSpecs(specs: ReadonlyMap<string, WeightSpec>): Map<string, WeightSpec | null> {
  const scoped = new Map<string, WeightSpec | null>();
  for (const [name, spec] of specs) {
    let at = name.length;
    for (let n = 0; n < MAX_SCOPES && at > 0; n++) {
      at = name.lastIndexOf("/", at - 1);
      if (at < 0) break;
      const end = name.slice(at + 1);
      scoped.set(end, scoped.has(end) ? null : spec);
    }
  }
  return scoped;
}
