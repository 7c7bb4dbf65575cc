/** What the families of PyTorch networks share: an architecture by name, weights from the user's file. */
import { UserError } from "../core/errors.ts";
import type { Architecture, LoadOptions, Model, ModelAdapter } from "../run/model.ts";
import { sizeAfter } from "../run/preprocess.ts";
import type { Preprocess } from "../image/preprocess.ts";
import type { Graph } from "../engine/graph.ts";
import { modelOf } from "./_described.ts";
import { type Flattened, fromStateDict } from "./_torch.ts";
import { behindPrefix, loadWeights, type StateDict } from "./weights/mod.ts";

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
    async load(id, options) {
      if (options.weights === undefined) {
        throw new UserError(
          `${id} is an architecture and needs weights: give a file or a URL ` +
            `(\`weights: resnet.safetensors\`; .safetensors, .pth and .th can be read).`,
          { code: "bad-option", option: "weights" },
        );
      }
      const file = await loadWeights(options.weights, options);
      const { graph } = build(id, undefined);
      const own = behindPrefix(file.tensors, graph.parameters);
      return assemble(id, family.title, build(id, own), file, options);
    },
  };
}
