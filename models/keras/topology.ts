/** A Keras topology as data: layers, what each use of them reads, models inside models. */
import { MAX_LAYERS, MAX_LINKS } from "./_limits.ts";
import { isObject } from "../../core/json.ts";
import { type Fail, isName, type Json, shown } from "./files.ts";
import { layerClasses } from "./layers.ts";

const MAX_NESTING = 8;
/** Classes that a message lists. */
const LISTED = 8;

/** Whether it is a number of things: whole and above zero. */
export const isCount = (n: unknown): n is number => Number.isSafeInteger(n) && (n as number) > 0;

/** A layer in a topology. */
export interface Layer {
  readonly name: string;
  readonly className: string;
  readonly config: Json;
  /** What each use of it reads; unknown in a Sequential. */
  readonly calls: readonly (readonly Ref[])[];
  /** The layer is itself a model. */
  readonly model?: Topology;
}

/** `index`-th use of a layer. */
export interface Ref {
  readonly layer: string;
  readonly index: number;
  readonly tensor: number;
}

/** A model: layers, and which of them are read from and by the outside. */
export interface Topology {
  readonly config: Json;
  readonly sequential: boolean;
  readonly layers: readonly Layer[];
  readonly inputs: readonly Ref[];
  readonly outputs: readonly Ref[];
}

const MODELS = new Set<unknown>(["Sequential", "Functional", "Model"]);

/** What may still come of layers and of what they read. */
interface Room {
  layers: number;
  links: number;
}

/** Reads a topology. @throws what `fail` throws, where it is none, or more than a network has. */
export function parseModel(
  json: unknown,
  fail: Fail,
  depth = 0,
  room: Room = { layers: MAX_LAYERS, links: MAX_LINKS },
): Topology {
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
  room.layers -= config.layers.length;
  if (room.layers < 0) fail(`it has more than ${MAX_LAYERS} layers`);
  const layers = config.layers.map((layer: unknown): Layer => {
    if (!isObject(layer) || typeof layer.class_name !== "string" || !isObject(layer.config)) {
      return fail(`its topology has ${shown(layer)} for a layer`);
    }
    const name = layer.name ?? layer.config.name;
    if (!isName(name)) fail(`its topology has a layer without a name: ${shown(layer)}`);
    const nodes = Array.isArray(layer.inbound_nodes) ? layer.inbound_nodes : [];
    const calls = nodes.map((call) => refsIn(call));
    for (const { length } of calls) room.links -= 1 + length;
    if (room.links < 0) fail(`its layers read more than ${MAX_LINKS} others`);
    return {
      name,
      className: layer.class_name,
      config: layer.config,
      calls,
      model: MODELS.has(layer.class_name) ? parseModel(layer, fail, depth + 1, room) : undefined,
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

/** Refuses layers that cannot be converted. */
export function refuseUnsupported(model: Topology, fail: Fail): void {
  const known = new Set(["InputLayer", ...layerClasses]);
  const classesOf = ({ layers }: Topology): string[] =>
    layers.flatMap((layer) => (layer.model ? classesOf(layer.model) : [layer.className]));
  const unsupported = [...new Set(classesOf(model))].filter((name) => !known.has(name)).sort();
  if (unsupported.length) {
    const more = unsupported.length > LISTED ? ` and ${unsupported.length - LISTED} more` : "";
    const named = unsupported.slice(0, LISTED).map((name) => isName(name) ? name : shown(name));
    fail(
      `it has layers that are not supported: ${named.join(", ")}${more}. ` +
        `Supported are ${[...known].join(", ")}`,
    );
  }
}

/** `[batch, height, width, channels]` of the input, as far as the topology tells. */
export function inputShape(model: Topology): unknown[] | undefined {
  const first = model.sequential
    ? model.layers[0]
    : model.layers.find((layer) => layer.name === model.inputs[0]?.layer);
  const { batch_input_shape: keras2, batch_shape: keras3 } = first?.config ?? {};
  const shape = keras2 ?? keras3 ?? (first?.model && inputShape(first.model)) ??
    model.config.build_input_shape;
  return Array.isArray(shape) ? shape : undefined;
}
