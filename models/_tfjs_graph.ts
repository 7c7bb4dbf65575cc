/** From a Keras topology (Sequential or functional, models inside models) to a graph. */
import { nearestHint, UserError } from "../core/errors.ts";
import { sizeOf, type Values, values } from "../core/values.ts";
import { GraphBuilder } from "../engine/builder.ts";
import { type Attributes, type Graph, INPUT, LOGITS } from "../engine/graph.ts";
import { op } from "../engine/ops/mod.ts";
import {
  isObject,
  type Json,
  type LayersModelFile,
  shown,
  type WeightSpec,
} from "./_tfjs_files.ts";
import { type LayerCall, layerClasses, writeLayer } from "./_tfjs_layers.ts";

/** Where a parameter comes from. */
export interface WeightRole {
  /** What Keras calls the weight, `LAYER/ROLE` in the manifest; of several, the first that is there. */
  readonly role: string | readonly string[];
  /** In the engine's layout. */
  readonly shape?: readonly number[];
  /** In Keras's layout, where that differs: the same numbers in the same order. */
  readonly stored?: readonly number[];
  /** Numbers that the topology gives itself; no weight is read. */
  readonly constant?: readonly number[];
}

/** A graph, and where its numbers are. */
export interface LayersGraph {
  readonly graph: Graph;
  /** Parameter → name of the weight in the manifest. */
  readonly weights: ReadonlyMap<string, string>;
  /** Parameter → numbers from the topology. */
  readonly constants: ReadonlyMap<string, Values>;
}

/** The picture's side where the model leaves it open. */
export const DEFAULT_SIDE = 224;
/** No layer's value may be larger: more is not a network but a mistake. */
const MAX_NUMBERS = 2 ** 28;
const MAX_NESTING = 8;

type Fail = (reason: string) => never;

/**
 * Writes the graph of a layers-model. A final softmax or sigmoid is left out, so that the graph ends
 * in logits; its layer's name then means the logits.
 *
 * @throws UserError for anything that is not supported or does not fit together.
 */
export function layersGraph(file: LayersModelFile): LayersGraph {
  const fail: Fail = (reason) => {
    throw new UserError(`Cannot load "${file.source}": ${reason}.`);
  };
  const { topology } = file;
  const model = parseModel(topology.model_config ?? topology, fail);
  refuseUnsupported(model, fail);
  const shape = inputShape(model);
  if (!shape) fail("its topology does not tell the shape of its input");
  const [, height, width, channels, ...more] = shape;
  const isSide = (n: unknown): n is number | null => n === null || isCount(n);
  if (!isSide(height) || !isSide(width) || channels !== 3 || more.length) {
    fail(`its input is ${shown(shape)}; RGB pictures, [null, height, width, 3], are supported`);
  }
  const writer = new GraphWriter(file, [height, width, 3], fail);
  const output = writeModel(writer, model, { path: [], prefix: "" }, INPUT, fail);
  return writer.finish(output);
}

const isCount = (n: unknown): n is number => Number.isSafeInteger(n) && (n as number) > 0;

/** A layer in a topology. */
interface Layer {
  readonly name: string;
  readonly className: string;
  readonly config: Json;
  /** What each use of it reads; unknown in a Sequential. */
  readonly calls: readonly (readonly Ref[])[];
  /** The layer is itself a model. */
  readonly model?: Topology;
}

/** `index`-th use of a layer. */
interface Ref {
  readonly layer: string;
  readonly index: number;
  readonly tensor: number;
}

interface Topology {
  readonly config: Json;
  readonly sequential: boolean;
  readonly layers: readonly Layer[];
  readonly inputs: readonly Ref[];
  readonly outputs: readonly Ref[];
}

const MODELS = new Set<unknown>(["Sequential", "Functional", "Model"]);

function parseModel(json: unknown, fail: Fail, depth = 0): Topology {
  if (!isObject(json) || !MODELS.has(json.class_name)) {
    const found = isObject(json) ? json.class_name : json;
    return fail(`its topology is ${shown(found)}, neither a Sequential nor a functional model`);
  }
  if (depth > MAX_NESTING) fail(`its models are nested more than ${MAX_NESTING} deep`);
  // the oldest Sequentials are just the list of their layers
  const config = isObject(json.config) ? json.config : { layers: json.config };
  if (!Array.isArray(config.layers) || config.layers.length === 0) {
    fail("its topology has a model without layers");
  }
  const layers = config.layers.map((layer: unknown): Layer => {
    if (!isObject(layer) || typeof layer.class_name !== "string" || !isObject(layer.config)) {
      return fail(`its topology has ${shown(layer)} for a layer`);
    }
    const name = layer.name ?? layer.config.name;
    if (typeof name !== "string" || name === "") {
      fail(`its topology has a layer without a name: ${shown(layer)}`);
    }
    const nodes = Array.isArray(layer.inbound_nodes) ? layer.inbound_nodes : [];
    return {
      name,
      className: layer.class_name,
      config: layer.config,
      calls: nodes.map((call) => refsIn(call)),
      model: MODELS.has(layer.class_name) ? parseModel(layer, fail, depth + 1) : undefined,
    };
  });
  if (new Set(layers.map((layer) => layer.name)).size < layers.length) {
    fail("its topology has two layers of one name");
  }
  return {
    config,
    sequential: json.class_name === "Sequential",
    layers,
    inputs: refsIn(config.input_layers),
    outputs: refsIn(config.output_layers),
  };
}

/** The references in Keras 2's `[name, use, tensor, …]` lists or in Keras 3's `keras_history`. */
function refsIn(json: unknown, depth = 0): Ref[] {
  if (depth > 6) return [];
  if (Array.isArray(json)) {
    const [layer, index, tensor] = json;
    if (typeof layer === "string" && Number.isInteger(index) && Number.isInteger(tensor)) {
      return [{ layer, index, tensor }];
    }
    return json.flatMap((item) => refsIn(item, depth + 1));
  }
  if (!isObject(json)) return [];
  if (json.class_name === "__keras_tensor__") {
    return isObject(json.config) ? refsIn(json.config.keras_history, depth + 1) : [];
  }
  return refsIn(json.args, depth + 1);
}

function refuseUnsupported(model: Topology, fail: Fail): void {
  const known = new Set(["InputLayer", ...layerClasses]);
  const classesOf = ({ layers }: Topology): string[] =>
    layers.flatMap((layer) => (layer.model ? classesOf(layer.model) : [layer.className]));
  const unsupported = [...new Set(classesOf(model))].filter((name) => !known.has(name)).sort();
  if (unsupported.length) {
    fail(
      `it has layers that are not supported: ${unsupported.join(", ")}. ` +
        `Supported are ${[...known].join(", ")}`,
    );
  }
}

/** `[batch, height, width, channels]` of the input, as far as the topology tells. */
function inputShape(model: Topology): unknown[] | undefined {
  const first = model.sequential
    ? model.layers[0]
    : model.layers.find((layer) => layer.name === model.inputs[0]?.layer);
  const { batch_input_shape: keras2, batch_shape: keras3 } = first?.config ?? {};
  const shape = keras2 ?? keras3 ?? (first?.model && inputShape(first.model)) ??
    model.config.build_input_shape;
  return Array.isArray(shape) ? shape : undefined;
}

/** Where a model's layers are: in which models (for their weights), and under which names. */
interface Scope {
  readonly path: readonly string[];
  readonly prefix: string;
}

/** Writes a model's layers and returns the node of its output. */
function writeModel(
  writer: GraphWriter,
  model: Topology,
  scope: Scope,
  input: string,
  fail: Fail,
): string {
  if (!model.sequential) return writeFunctional(writer, model, scope, input, fail);
  return model.layers.reduce((x, layer) => writer.layer(layer, scope, [x]), input);
}

function writeFunctional(
  writer: GraphWriter,
  model: Topology,
  scope: Scope,
  input: string,
  fail: Fail,
): string {
  const { layers, inputs, outputs } = model;
  const what = scope.path.length ? `the model "${scope.path.join("/")}" in it` : "it";
  if (inputs.length !== 1 || outputs.length !== 1) {
    fail(
      `${what} has ${inputs.length} inputs and ${outputs.length} outputs; one picture in and one ` +
        `list of classes out are supported`,
    );
  }
  const uses = layers.flatMap((l) => l.calls.map((refs, i) => ({ layer: l, refs, i })));
  const odd = [...outputs, ...uses.flatMap((use) => use.refs)].find((ref) => ref.tensor !== 0);
  if (odd) fail(`${what} reads a second output of "${odd.layer}"; layers have one`);
  // a model inside a model was used once before, on its own: its uses count from 1
  const first = new Map<string, number>();
  for (const { layer, index } of [...outputs, ...uses.flatMap((use) => use.refs)]) {
    first.set(layer, Math.min(index, first.get(layer) ?? index));
  }
  const key = (layer: string, index: number) => `${index}:${layer}`;
  const done = new Map<string, string>();
  done.set(key(inputs[0].layer, 0), writer.name(scope.prefix + inputs[0].layer, input));
  const nodeOf = ({ layer, index }: Ref) => done.get(key(layer, index - first.get(layer)!));
  // layers are listed in order, except that a shared one may be used again further down
  let waiting = uses;
  while (waiting.length) {
    const blocked: typeof uses = [];
    for (const use of waiting) {
      const nodes = use.refs.map(nodeOf);
      if (nodes.includes(undefined)) blocked.push(use);
      else {
        const node = writer.layer(use.layer, scope, nodes as string[]);
        done.set(key(use.layer.name, use.i), node);
      }
    }
    if (blocked.length === waiting.length) {
      const lost = blocked[0].refs.find((ref) => nodeOf(ref) === undefined)!;
      const { name } = blocked[0].layer;
      fail(`its layer "${name}" reads "${lost.layer}", which is not there or reads it`);
    }
    waiting = blocked;
  }
  return nodeOf(outputs[0]) ?? fail(`its output layer "${outputs[0].layer}" is not there`);
}

/** Writes layers into a graph; knows the shape of every node, and where parameters come from. */
export class GraphWriter {
  readonly keras3: boolean;
  readonly #net: GraphBuilder;
  readonly #specs: ReadonlyMap<string, WeightSpec>;
  readonly #shapes = new Map<string, readonly number[]>();
  readonly #weights = new Map<string, string>();
  readonly #constants = new Map<string, Values>();
  readonly #names = new Set<string>([INPUT]);
  readonly #fail: Fail;

  constructor(file: LayersModelFile, input: [number | null, number | null, number], fail: Fail) {
    this.#net = new GraphBuilder(input);
    this.#specs = new Map(
      [...file.specs].map(([name, spec]) => [name.replace(/:\d+$/, ""), spec]),
    );
    this.#fail = fail;
    this.keras3 = String(file.topology.keras_version).startsWith("3.");
    const [height, width, channels] = input;
    this.#shape(INPUT, [height ?? DEFAULT_SIDE, width ?? DEFAULT_SIDE, channels], "its input");
  }

  /** `[height, width, channels]` or `[features]` of a node, at the input's (or the default) size. */
  shapeOf(node: string): readonly number[] {
    return this.#shapes.get(node)!;
  }

  #shape(node: string, shape: readonly number[], what: string): void {
    if (!(sizeOf(shape) <= MAX_NUMBERS)) {
      this.#fail(`${what} is [${shape.join(", ")}]: that is too large`);
    }
    this.#shapes.set(node, shape);
  }

  /** Writes one use of a layer, or of a model; `inputs` are nodes. */
  layer(
    { className, config, model, ...layer }: Layer,
    scope: Scope,
    inputs: readonly string[],
  ): string {
    const path = [...scope.path, layer.name];
    const fail: Fail = (reason) =>
      this.#fail(`layer "${path.join("/")}" (${className}): ${reason}`);
    if (inputs.length === 0) fail("it reads nothing");
    if (className === "InputLayer") return this.name(scope.prefix + layer.name, inputs[0]);
    const name = this.#freeName(scope.prefix + layer.name);
    if (!model) return writeLayer({ className, config, inputs, name, path, writer: this, fail });
    if (inputs.length !== 1) fail(`it has ${inputs.length} inputs`);
    const mark = this.#net.mark();
    const output = writeModel(this, model, { path, prefix: `${name}.` }, inputs[0], this.#fail);
    return output === INPUT ? this.name(name, INPUT) : this.#net.container(name, mark, output);
  }

  /** The name of a further use: `conv`, `conv_1`, … */
  #freeName(name: string): string {
    let free = name;
    for (let i = 1; this.#names.has(free); i++) free = `${name}_${i}`;
    this.#names.add(free);
    return free;
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
    const shapes = Object.fromEntries(
      Object.entries(bound).map(([role, [, shape]]) => [role, shape]),
    );
    try {
      const inputShapes = inputs.map((input) => this.shapeOf(input));
      const shape = op(opName).shape(inputShapes, { attrs, params: shapes });
      this.#shape(name, shape, `the output of "${name}"`);
    } catch (error) {
      if (error instanceof UserError) throw error;
      call.fail((error as Error).message);
    }
    return this.#net.add(name, opName, inputs, attrs, bound);
  }

  /** The name and shape of a parameter, its weight found in the manifest. */
  #bind(call: LayerCall, weight: WeightRole): [string, readonly number[]] {
    const roles = [weight.role].flat();
    const parameter = `${call.path.join("/")}/${roles[0]}`;
    if (weight.constant) {
      const shape = [weight.constant.length];
      this.#constants.set(parameter, values(Float32Array.from(weight.constant), shape));
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
      const scoped = [...this.#specs].filter(([name]) => name.endsWith(`/${key}`));
      if (scoped.length === 1) return scoped[0][1];
      if (scoped.length > 1) fail(`its manifest has several weights that end in "/${key}"`);
    }
    return fail(
      `the manifest has no weight "${layer}/${roles[0]}"; ` +
        nearestHint(`${own}/${roles[0]}`, this.#specs.keys()),
    );
  }

  /** The graph that ends in the logits behind `output`. */
  finish(output: string): LayersGraph {
    if (output === INPUT) this.#fail("it computes nothing");
    const graph = upToLogits(this.#net.build(output));
    const [classes, ...more] = this.shapeOf(output);
    if (more.length) {
      this.#fail(
        `it ends in [${[classes, ...more].join(", ")}], a picture, where classes are needed`,
      );
    }
    const misled = graph.modules.find((m) => m.name === LOGITS && m.node !== graph.output);
    if (misled) {
      this.#fail(`its layer "${LOGITS}" has the name of its output but is not its last; rename it`);
    }
    return { graph, weights: this.#weights, constants: this.#constants };
  }
}

/** Leaves a final softmax or sigmoid out; its name, and its modules', go to what it read. */
function upToLogits(graph: Graph): Graph {
  const last = graph.nodes.find((node) => node.name === graph.output)!;
  if (last.op !== "softmax" && last.op !== "sigmoid") return graph;
  const [before] = last.inputs, inner = `${last.name}.linear`;
  if (before === INPUT) return graph;
  // a layer's own activation: what is left of the layer takes its name
  const output = before === inner ? last.name : before;
  return {
    ...graph,
    nodes: graph.nodes
      .filter((node) => node !== last)
      .map((node) => (node.name === before ? { ...node, name: output } : node)),
    output,
    modules: graph.modules
      .filter(({ name }) => name !== inner)
      .map((m) => (m.node === last.name || m.node === inner ? { ...m, node: output } : m)),
    aliases: new Map([
      ...[...graph.aliases].map(([name, node]) =>
        [name, node === last.name ? output : node] as const
      ),
      ...(before === inner ? [[inner, output] as const] : []),
    ]),
  };
}
