/** What the families of PyTorch networks share: an architecture by name, weights from the user's file. */
import { UserError } from "../core/errors.ts";
import { sizeOf } from "../core/values.ts";
import type { Architecture, LoadOptions, Model, ModelAdapter } from "../run/model.ts";
import { sizeAfter } from "../run/preprocess.ts";
import type { Preprocess } from "../image/preprocess.ts";
import type { Graph } from "../engine/graph.ts";
import { modelOf } from "./_described.ts";
import { type Flattened, fromStateDict, specsOf } from "./_torch.ts";
import { behindPrefix, bindStateDict, loadWeights, type StateDict } from "./weights/mod.ts";

export const IMAGENET_MEAN: readonly number[] = [0.485, 0.456, 0.406];
export const IMAGENET_STD: readonly number[] = [0.229, 0.224, 0.225];

/**
 * The usual evaluation transform: the shorter side to ⌊size / cropShare⌋, then the middle
 * `size`×`size`.
 */
export function evaluation(
  size: number,
  cropShare: number,
  interpolation: Preprocess["interpolation"],
): Preprocess {
  return {
    resize: Math.floor(size / cropShare),
    crop: size,
    interpolation,
    mean: IMAGENET_MEAN,
    std: IMAGENET_STD,
    range: 1,
    channelOrder: "rgb",
  };
}

/** A network of a family, given what its weights (if any) say. */
export interface Built {
  readonly graph: Graph;
  readonly flattened?: Flattened;
  readonly preprocess: Preprocess;
  /** Names of the classes, where the family's usual weights have known ones. */
  readonly labels?: readonly string[];
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

/** A member for these tensors, and they without what wrappers put before their names. */
function builtFor(family: Family, id: string, tensors: StateDict) {
  const own = behindPrefix(tensors, family.build(id, undefined).graph.parameters);
  return { own, built: family.build(id, own) };
}

/** Whether the tensors are all that a member asks for, and no other network's. */
function fits(family: Family, id: string, tensors: StateDict): boolean {
  const { own, built: { graph } } = builtFor(family, id, tensors);
  for (const [name, shape] of graph.parameters) {
    if (own.get(name)?.length !== sizeOf(shape)) return false; // most are told apart here
  }
  try {
    bindStateDict(tensors, specsOf(graph), id);
    return true;
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}

/** The adapter of a family. */
export function familyAdapter(family: Family): ModelAdapter {
  const { build, ...description } = family;
  return {
    ...description,
    accepts: (id) => family.models.includes(id),
    architecture(id): Architecture {
      const { graph, preprocess } = build(id, undefined);
      return { graph, preprocess, inputSize: sizeAfter(preprocess) };
    },
    fitting(tensors) {
      const own = new Map(tensors);
      return family.models.filter((id) => fits(family, id, own));
    },
    async load(id, options) {
      if (options.weights === undefined) {
        throw new UserError(
          `${id} is an architecture and needs weights: give a file or a URL ` +
            `(\`weights: resnet.safetensors\`; .safetensors, .pth and .th can be read).`,
          { code: "bad-option", option: "weights" },
        );
      }
      const file = await loadWeights(options.weights, options);
      return assemble(id, family.title, builtFor(family, id, file.tensors).built, file, options);
    },
  };
}
