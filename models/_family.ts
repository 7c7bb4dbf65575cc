/** What the families of PyTorch networks share: an architecture by name, weights from the user's file. */
import { UserError } from "../core/errors.ts";
import { sizeOf } from "../core/values.ts";
import type { Architecture, LoadOptions, Model, ModelAdapter } from "../run/model.ts";
import { sizeAfter } from "../run/preprocess.ts";
import type { Preprocess } from "../image/preprocess.ts";
import type { Graph } from "../engine/graph.ts";
import { modelOf } from "./_described.ts";
import { type Flattened, fromStateDict, specsOf } from "./_torch.ts";
import { stemsOf } from "./weights/_prefixes.ts";
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

/** The same in torchvision's words: the shorter side to `resize`, then the middle `crop`×`crop`. */
export const transform = (
  resize: number,
  crop: number,
  interpolation: Preprocess["interpolation"] = "bilinear",
): Preprocess => ({ ...evaluation(crop, 1, interpolation), resize });

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
  /** A member by the other names that its weights may have, where another library has it too. */
  otherwise?(id: string): Graph;
  /** How published files name tensors, and what they are called here. */
  readonly renamed?: readonly [published: RegExp, here: string];
  /** Heads that only training uses, which published files may hold: the first parts of their names. */
  readonly auxiliary?: readonly string[];
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

/** What a network is made for: channels of its image, and classes. */
export interface Ends {
  readonly channels: number;
  readonly classes: number;
}

/** What the weights of the first convolution and of the last layer are made for. */
export const endsOf = (tensors: StateDict | undefined, first: string, last: string): Ends => ({
  channels: channelsOf(tensors, first),
  classes: rowsOf(tensors, last) ?? 1000,
});

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

/** A file's tensors by the names that a family's graphs have, without auxiliary heads. */
function published(
  tensors: StateDict,
  { title, renamed, auxiliary = [] }: Family,
  onNote?: (sentence: string) => void,
): StateDict {
  const isAuxiliary = (name: string) => name.split(".").some((part) => auxiliary.includes(part));
  const kept = [...tensors].filter(([name]) => !isAuxiliary(name));
  if (kept.length < tensors.size) {
    onNote?.(
      `The weights hold ${title}'s auxiliary ${auxiliary.length > 1 ? "heads" : "head"}, which ` +
        `only training uses (${auxiliary.join(", ")}): left out.`,
    );
  }
  return new Map(
    renamed ? kept.map(([name, tensor]) => [name.replace(...renamed), tensor]) : kept,
  );
}

/** A member for these tensors, and they without what wrappers put before their names. */
function builtFor(family: Family, id: string, tensors: StateDict) {
  const names = [family.build(id, undefined).graph, family.otherwise?.(id)];
  const own = behindPrefix(tensors, {
    has: (key) => names.some((graph) => graph?.parameters.has(key)),
  });
  return { own, built: family.build(id, own) };
}

/** Whether the tensors are all that a member asks for, and no other network's. */
function fits(family: Family, id: string, tensors: StateDict, stems: ReadonlySet<string>): boolean {
  const named = [family.build(id, undefined).graph, family.otherwise?.(id)].some((graph) =>
    graph?.parameters.keys().every((name) => stems.has(name))
  );
  if (!named) return false; // most are told apart here
  const { own, built: { graph } } = builtFor(family, id, tensors);
  for (const [name, shape] of graph.parameters) {
    if (own.get(name)?.length !== sizeOf(shape)) return false;
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
  const { build, otherwise, renamed: _, auxiliary: __, ...description } = family;
  return {
    ...description,
    accepts: (id) => family.models.includes(id),
    architecture(id): Architecture {
      const { graph, preprocess } = build(id, undefined);
      return { graph, preprocess, inputSize: sizeAfter(preprocess) };
    },
    fitting(tensors) {
      const own = published(new Map(tensors), family);
      const stems = new Set([...own.keys()].flatMap((key) => [...stemsOf(key)]));
      return family.models.filter((id) => fits(family, id, own, stems));
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
      const tensors = published(file.tensors, family, options.onNote);
      const { built } = builtFor(family, id, tensors);
      return assemble(id, family.title, built, { ...file, tensors }, options);
    },
  };
}
