/**
 * What the families of PyTorch networks share: an architecture by name, weights from the user's file or
 * from where they are published.
 */
import { UserError } from "../core/errors.ts";
import type { Architecture, LoadOptions, Model, ModelAdapter } from "../run/model.ts";
import { sizeAfter } from "../run/preprocess.ts";
import type { Preprocess } from "../image/preprocess.ts";
import type { Graph } from "../engine/graph.ts";
import { type Described, modelOf } from "./_described.ts";
import { loadPublished } from "./_published.ts";
import { type Flattened, fromStateDict } from "./_torch.ts";
import {
  architectureIn,
  type Entry,
  entryOf,
  labelsOf,
  namedLike,
  recognizedBy,
  weightsOf,
} from "./catalogue/mod.ts";
import { behindPrefix, loadWeights, type StateDict, type WeightFile } from "./weights/mod.ts";

export { evaluation, IMAGENET_MEAN, IMAGENET_STD } from "./_evaluation.ts";

/** A network of a family, given what its weights (if any) say. */
export interface Built {
  readonly graph: Graph;
  readonly flattened?: Flattened;
  readonly preprocess: Preprocess;
  /** Names of the classes, where the family's usual weights have known ones. */
  readonly labels?: Described["labels"];
}

/** A family: how to write its members' graphs. */
export interface Family extends Omit<ModelAdapter, "accepts" | "architecture" | "load"> {
  /**
   * Writes a member; `tensors`, without what wrappers put before their names, tell the number of
   * classes and the layout, without them the usual.
   */
  build(id: string, tensors: StateDict | undefined): Built;
}

/** Rows of a weight; undefined where it is not there. */
export const rowsOf = (tensors: StateDict | undefined, name: string): number | undefined =>
  tensors?.get(name)?.shape[0];

/** The input channels that a convolution's weight, `[out, in, height, width]`, is made for; or RGB. */
export const channelsOf = (tensors: StateDict | undefined, name: string): number =>
  tensors?.get(name)?.shape[1] ?? 3;

/** Whether a weight is there. */
export const hasKey = (tensors: StateDict | undefined, name: string): boolean =>
  rowsOf(tensors, name) !== undefined;

/** Makes a model of a built member and its weights. */
export function assemble(
  id: string,
  title: string,
  { graph, flattened, preprocess, labels }: Built,
  weights: { tensors: StateDict; sha256: string; source: string },
  options: LoadOptions,
): Model {
  const parameters = fromStateDict(graph, weights.tensors, id, flattened, options.onNote);
  const scores = (outputs: number) => outputs > 1 ? "softmax" : "sigmoid";
  const { sha256, source } = weights;
  return modelOf(id, title, { graph, parameters, preprocess, labels, scores }, {
    sha256,
    source,
  }, options);
}

/** Weights, and what is known of them. */
interface Known {
  readonly file: WeightFile;
  readonly entry?: Entry;
}

/** The weights that a user gives for a model; torchvision's are known by what they hold. */
async function given(id: string, options: LoadOptions): Promise<Known> {
  const file = await loadWeights(options.weights!, options), found = recognizedBy(file.sha256);
  if (!found && namedLike(file.source)) {
    options.onNote?.(
      `"${file.source}" is named as a file of torchvision's, but its SHA-256 begins with ` +
        `${file.sha256.slice(0, 8)}: it was changed, or is damaged.`,
    );
  }
  return { file, entry: found ?? (id.includes(".") ? entryOf(id) : undefined) };
}

/** The weights that a model's id means. */
async function published(id: string, options: LoadOptions): Promise<Known> {
  const entry = entryOf(id);
  if (entry) return { file: await loadPublished(entry, id, options), entry };
  throw new UserError(
    `${id} is an architecture and needs weights: give a file or a URL ` +
      `(\`weights: resnet.safetensors\`; .safetensors, .pth and .th can be read).`,
    { code: "bad-option", option: "weights" },
  );
}

/** The adapter of a family. */
export function familyAdapter(family: Family): ModelAdapter {
  const { build, ...description } = family;
  const knows = (id: string) => family.models.includes(id);
  return {
    ...description,
    published: family.models.flatMap((id) => weightsOf(id).map((entry) => entry.id)),
    accepts: (id) => knows(id) || knows(architectureIn(id)) && entryOf(id) !== undefined,
    architecture(id): Architecture {
      const { graph, ...built } = build(architectureIn(id), undefined);
      const preprocess = id.includes(".") ? entryOf(id)!.preprocess : built.preprocess;
      return { graph, preprocess, inputSize: sizeAfter(preprocess) };
    },
    async load(id, options) {
      const architecture = architectureIn(id);
      const { file, entry } = await (options.weights === undefined ? published : given)(
        id,
        options,
      );
      const { graph } = build(architecture, undefined);
      const own = build(architecture, behindPrefix(file.tensors, graph.parameters));
      const imagenet = await labelsOf(architecture, 1000);
      const labels = own.labels ?? ((outputs: number) => outputs === 1000 ? imagenet : undefined);
      const preprocess = entry?.preprocess ?? own.preprocess;
      const name = options.weights === undefined ? entry!.id : id;
      return assemble(name, family.title, { ...own, preprocess, labels }, file, options);
    },
  };
}
