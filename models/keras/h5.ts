/** A whole model in one HDF5 file, as `model.save("….h5")` writes it. */
import { type Contents, topologyIn } from "./_contents.ts";
import { type Dataset, type Group, isGroup } from "./_hdf5.ts";
import { type Fail, isName, shown } from "./files.ts";

/** Ten times what the largest networks have. */
const MAX_WEIGHTS = 2 ** 16;

/** The model of an HDF5 file: its topology in an attribute, a group for each layer. */
export function wholeModel(root: Group, fail: Fail): Contents {
  const config = root.attribute("model_config"), group = root.child("model_weights");
  if (config === undefined) {
    fail(
      root.attribute("layer_names") === undefined
        ? "it is HDF5, but not of Keras: it has no model_config"
        : 'it holds weights without their network; save the whole model, model.save("….keras")',
    );
  }
  if (!isGroup(group)) fail("it has no weights, only a model_config");
  const weights = new Map<string, Dataset>();
  for (const layer of listOf(group, "layer_names", fail)) {
    const own = group.child(layer);
    if (!isGroup(own)) fail(`it has no group for its layer ${shown(layer)}`);
    for (const name of listOf(own, "weight_names", fail)) {
      const dataset = name.split("/").reduce<Group | Dataset | undefined>(
        (at, part) => isGroup(at) ? at.child(part) : undefined,
        own,
      );
      if (dataset === undefined || isGroup(dataset)) fail(`it has no numbers for ${shown(name)}`);
      const plain = name.replace(/:\d+$/, "");
      // a layer inside a model is told apart by the model, whose name stands only before the group
      const full = plain.startsWith(`${layer}/`) ? plain : `${layer}/${plain}`;
      if (!isName(full)) fail(`its layer ${shown(layer)} has a weight ${shown(name)}`);
      weights.set(full, dataset);
      if (weights.size > MAX_WEIGHTS) fail(`it has more than ${MAX_WEIGHTS} weights`);
    }
  }
  const version = root.attribute("keras_version");
  const model_config = topologyIn(config, "model_config", fail);
  return { topology: { keras_version: version, model_config }, weights };
}

/** A list of names in an attribute; one that was too long for it goes on in NAME0, NAME1, … */
function listOf(group: Group, name: string, fail: Fail): string[] {
  const own = group.attribute(name);
  const parts = own === undefined ? partsOf(group, name) : [own];
  const list = parts.flat();
  if (!list.every((item) => typeof item === "string")) fail(`its ${name} are no names`);
  return list;
}

function partsOf(group: Group, name: string) {
  const parts = [];
  for (let i = 0, part; (part = group.attribute(`${name}${i}`)) !== undefined; i++) {
    parts.push(part);
  }
  return parts;
}
