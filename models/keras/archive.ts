/**
 * The archives of Keras 3 (`.keras`): `config.json` with the topology, and `model.weights.h5`, in which
 * layers are called by their class and their weights by number.
 *
 * https://keras.io/api/models/model_saving_apis/model_saving_and_loading/
 */
import { zipEntries } from "../weights/_zip.ts";
import { type Contents, topologyIn } from "./_contents.ts";
import { type Dataset, type Group, isGroup, openHdf5 } from "./_hdf5.ts";
import type { Fail, Json } from "./files.ts";
import { CONFIG, METADATA, WEIGHTS } from "./recognize.ts";
import { type Layer, parseModel, type Topology } from "./topology.ts";

/** Opens an archive. @throws what `fail` throws, where it is none of Keras's. */
export function openArchive(bytes: Uint8Array, fail: Fail): Contents {
  const entries = zipEntries(bytes, "the archive");
  const part = (name: string): Uint8Array => {
    const entry = entries.get(name) ?? fail(`it is an archive without ${name}`);
    if (entry.compressed) fail(`its ${name} is compressed, which Keras never does: save it again`);
    return entry.data;
  };
  const text = (name: string) => new TextDecoder().decode(part(name));
  const model_config = topologyIn(text(CONFIG), CONFIG, fail);
  const { keras_version } = topologyIn(text(METADATA), METADATA, fail);
  const weights = new Map<string, Dataset>();
  collect(parseModel(model_config, fail), openHdf5(part(WEIGHTS), fail), [], weights);
  return { topology: { keras_version, model_config }, weights };
}

/** A class's name as that of a group: `BatchNormalization` → `batch_normalization`. */
const snake = (name: string): string =>
  name.replace(/\W+/g, "").replace(/(.)([A-Z][a-z]+)/g, "$1_$2").replace(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase();

/** Names of a layer's weights in the order in which Keras keeps them. */
const ROLES: Readonly<Record<string, (config: Json) => readonly string[]>> = {
  BatchNormalization: (config) => [...scaling(config), "moving_mean", "moving_variance"],
  GroupNormalization: (config) => scaling(config),
  LayerNormalization: (config) => scaling(config),
  Normalization: () => ["mean", "variance", "count"],
  PReLU: () => ["alpha"],
  SeparableConv2D: () => ["depthwise_kernel", "pointwise_kernel", "bias"],
};
const usualRoles = () => ["kernel", "bias"];

/** γ and β, as far as a layer has them. */
const scaling = ({ scale, center }: Json): string[] => [
  ...(scale === false ? [] : ["gamma"]),
  ...(center === false ? [] : ["beta"]),
];

/** The groups of a model's layers, by place: they are called by class, and numbered. */
function* groupsOf({ layers }: Topology, group: Group): Generator<[Layer, Group]> {
  // Keras 2.12 and 2.13 called it otherwise, and left out every second number of layers with weights
  const within = group.child("layers") ?? group.child("_layer_checkpoint_dependencies");
  if (!isGroup(within)) return;
  const classes = Map.groupBy(layers, ({ className }) => snake(className));
  const numbered = Map.groupBy(within.names, (name) => name.replace(/_\d+$/, ""));
  for (const [name, alike] of classes) {
    const inOrder = (numbered.get(name) ?? []).sort((a, b) => numberOf(a) - numberOf(b));
    // one for each as a rule; else some without weights were left out, and the numbers count
    const known = inOrder.length === alike.length;
    for (const [n, layer] of alike.entries()) {
      const own = within.child(known ? inOrder[n] : n ? `${name}_${n}` : name);
      if (isGroup(own)) yield [layer, own];
    }
  }
}

const numberOf = (name: string): number => Number(/_(\d+)$/.exec(name)?.[1] ?? 0);

/** Finds the weights of a model's layers, and of those in models inside it. */
function collect(
  model: Topology,
  group: Group,
  path: readonly string[],
  weights: Map<string, Dataset>,
): void {
  for (const [layer, own] of groupsOf(model, group)) {
    const inside = [...path, layer.name], variables = own.child("vars");
    if (layer.model) collect(layer.model, own, inside, weights);
    if (!isGroup(variables)) continue;
    const roles = (ROLES[layer.className] ?? usualRoles)(layer.config);
    for (const [i, role] of roles.entries()) {
      const dataset = variables.child(`${i}`);
      if (dataset && !isGroup(dataset)) weights.set([...inside, role].join("/"), dataset);
    }
  }
}
