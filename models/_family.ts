/**
 * What the families of PyTorch networks share: an architecture by name, weights from the user's file or
 * from where they are published.
 */
import { UserError } from "../core/errors.ts";
import type {
  Architecture,
  LoadOptions,
  Model,
  ModelAdapter,
  OpenWeights,
  WeightTensor,
} from "../run/model.ts";
import { sizeAfter } from "../run/preprocess.ts";
import type { Preprocess } from "../image/preprocess.ts";
import type { Graph, Node } from "../engine/graph.ts";
import { markInPlace } from "../engine/in_place.ts";
import { summarize } from "../engine/summary.ts";
import { type Described, modelOf } from "./_described.ts";
import { type Flattened, fromOpenWeights, specsOf } from "./_torch.ts";
import {
  architectureIn,
  type Entry,
  entryOf,
  labelsOf,
  namedLike,
  recognizedBy,
  weightsOf,
} from "./catalogue/mod.ts";
import { stemsOf } from "./weights/_prefixes.ts";
import { behindPrefix, fitsBehindPrefix, openWeights } from "./weights/mod.ts";

export type { Flattened };
export { evaluation, IMAGENET_MEAN, IMAGENET_STD, transform } from "./_evaluation.ts";

/** What weights tell of themselves before they are read: each parameter's name and shape. */
export type WeightShapes = ReadonlyMap<string, WeightTensor>;

/** A network of a family, given what its weights (if any) say. */
export interface Built {
  /** Its layers, by the names that its weights have. */
  readonly graph: Graph;
  /** The linear layers that read a flattened picture: PyTorch's order of its numbers is another one. */
  readonly flattened?: Flattened;
  /** How it wants its pictures, where its weights do not say otherwise. */
  readonly preprocess: Preprocess;
  /** Names of the classes, where the family's usual weights have known ones. */
  readonly labels?: readonly string[] | ((outputs: number) => readonly string[] | undefined);
}

/** A family: how to write its members' graphs. */
export interface Family extends Omit<ModelAdapter, "accepts" | "architecture" | "load"> {
  /** A member by the other names that its weights may have, where another library has it too. */
  otherwise?(id: string): Graph;
  /** How published files name tensors, and what they are called here. */
  readonly renamed?: readonly [published: RegExp, here: string];
  /** Where its weights lie, used where none are named; a path or an address, as `weights` takes it. */
  readonly weights?: string | URL;
  /** Heads that only training uses, which published files may hold: the first parts of their names. */
  readonly auxiliary?: readonly string[];
  /** Which nodes PyTorch's modules compute in place, so that a hook before one sees its result. */
  readonly inPlace?: (node: Node) => boolean;
  /**
   * Writes a member; `tensors`, without what wrappers put before their names, tell the number of
   * classes and the layout, without them the usual.
   */
  build(id: string, tensors: WeightShapes | undefined): Built;
}

/** Rows of a weight; undefined where it is not there. */
export const rowsOf = (tensors: WeightShapes | undefined, name: string): number | undefined =>
  tensors?.get(name)?.shape[0];

/** The input channels that a convolution's weight, `[out, in, height, width]`, is made for; or RGB. */
export const channelsOf = (tensors: WeightShapes | undefined, name: string): number =>
  tensors?.get(name)?.shape[1] ?? 3;

/** Whether a weight is there. */
export const hasKey = (tensors: WeightShapes | undefined, name: string): boolean =>
  rowsOf(tensors, name) !== undefined;

/** What a network is made for: channels of its image, and classes. */
export interface Ends {
  /** Channels of its image. */
  readonly channels: number;
  /** Numbers that its last layer gives. */
  readonly classes: number;
}

/** What the weights of the first convolution and of the last layer are made for. */
export const endsOf = (tensors: WeightShapes | undefined, first: string, last: string): Ends => ({
  channels: channelsOf(tensors, first),
  classes: rowsOf(tensors, last) ?? 1000,
});

/** Makes a model of a built member and its parameters. */
export function assemble(
  id: string,
  title: string,
  { graph, preprocess, labels }: Built,
  parameters: Described["parameters"],
  weights: Model["weights"],
  options: LoadOptions,
): Model {
  const scores = (outputs: number) => outputs > 1 ? "softmax" : "sigmoid";
  const described = { graph, parameters, preprocess, labels, scores } as const;
  return modelOf(id, title, described, weights, options);
}

/** A file's tensors by the names that a family's graphs have, without auxiliary heads. */
function ownTensors(
  tensors: WeightShapes,
  { title, renamed, auxiliary = [] }: Family,
  onNote?: (sentence: string) => void,
): WeightShapes {
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

/** A member for these tensors, whatever wrappers put before their names. */
function builtFor(family: Family, id: string, tensors: WeightShapes) {
  const names = [family.build(id, undefined).graph, family.otherwise?.(id)];
  const own = behindPrefix(tensors, {
    has: (key) => names.some((graph) => graph?.parameters.has(key)),
  });
  return family.build(id, own);
}

/** Whether the tensors are all that a member asks for, and no other network's. */
function fits(
  family: Family,
  id: string,
  tensors: WeightShapes,
  stems: ReadonlySet<string>,
): boolean {
  const named = [family.build(id, undefined).graph, family.otherwise?.(id)].some((graph) =>
    graph?.parameters.keys().every((name) => stems.has(name))
  );
  if (!named) return false; // most are told apart here
  const { graph } = builtFor(family, id, tensors);
  return fitsBehindPrefix(tensors, specsOf(graph));
}

/** What is known of weights that a user gives for a model; torchvision's are known by what they hold. */
function knownOf(
  id: string,
  { sha256, source }: Model["weights"],
  options: LoadOptions,
): Entry | undefined {
  const found = recognizedBy(sha256);
  if (!found && namedLike(source)) {
    options.onNote?.(
      `"${source}" is named as a file of torchvision's, but its SHA-256 begins with ` +
        `${sha256.slice(0, 8)}: it was changed, or is damaged.`,
    );
  }
  return found ?? (id.includes(".") ? entryOf(id) : undefined);
}

/** The weights that a model's id means. */
async function published(
  id: string,
  options: LoadOptions,
): Promise<{ readonly file: OpenWeights; readonly entry: Entry }> {
  const entry = entryOf(id);
  if (entry) {
    // what fetches is loaded when it is needed: most commands fetch nothing
    const { openPublished } = await import("./_published.ts");
    return { file: await openPublished(entry, id, options), entry };
  }
  throw new UserError(
    `${id} is an architecture and needs weights: give a file or a URL ` +
      `(\`weights: resnet.safetensors\`; .safetensors, .pth and .th can be read).`,
    { code: "bad-option", option: "weights" },
  );
}

/** Names of a member's classes, by the number of its outputs. */
async function labelsIn(architecture: string, { labels }: Pick<Built, "labels">) {
  const imagenet = await labelsOf(architecture, 1000);
  return (outputs: number): readonly string[] | undefined => {
    if (typeof labels === "function") return labels(outputs);
    return labels ?? (outputs === 1000 ? imagenet : undefined);
  };
}

/**
 * A member with weights.
 *
 * @param known whose they are, once they are read
 */
async function withWeights(
  family: Family,
  id: string,
  file: OpenWeights,
  known: (weights: Model["weights"]) => Entry | undefined,
  options: LoadOptions,
): Promise<Model> {
  const architecture = architectureIn(id), { onNote } = options;
  const own = ownTensors(file.tensors, family, onNote);
  const built = builtFor(family, architecture, own), { graph, flattened } = built;
  const { parameters, sha256 } = await fromOpenWeights(graph, file, own, id, flattened, onNote);
  const weights = { sha256, source: file.source };
  const preprocess = known(weights)?.preprocess ?? built.preprocess;
  const labels = await labelsIn(architecture, built);
  const described = { ...built, preprocess, labels };
  return assemble(id, family.title, described, parameters, weights, options);
}

/** Nodes of these ops: what a family computes in place. */
export const ofOps = (...ops: readonly string[]) => ({ op }: Node): boolean => ops.includes(op);

/** A family whose graphs say what is computed in place. */
function marked(family: Family): Family {
  const { inPlace } = family;
  if (!inPlace) return family;
  return {
    ...family,
    build(id, tensors) {
      const built = family.build(id, tensors);
      return { ...built, graph: markInPlace(built.graph, inPlace) };
    },
  };
}

/**
 * The adapter of a family.
 *
 * @example
 * ```ts
 * const tiny = familyAdapter({
 *   id: "tiny",
 *   title: "Tiny",
 *   licence: "MIT",
 *   source: "https://example.org",
 *   models: ["tiny"],
 *   build(_, tensors) {
 *     const { channels, classes } = endsOf(tensors, "conv.weight", "fc.weight");
 *     const net = new GraphBuilder([null, null, channels]);
 *     const conv = net.conv("conv", "input", { in: channels, out: 8, kernel: 3, pad: 1 });
 *     const pooled = net.globalAvgPool("pool", net.relu("relu", conv));
 *     const graph = net.build(net.dense("fc", pooled, 8, classes));
 *     return { graph, preprocess: evaluation(224, 0.875, "bilinear") };
 *   },
 * });
 * ```
 */
export function familyAdapter(own: Family): ModelAdapter {
  const family = marked(own);
  const {
    build,
    otherwise: _,
    renamed: __,
    auxiliary: ___,
    inPlace: ____,
    weights,
    ...description
  } = family;
  const knows = (id: string) => family.models.includes(id);
  return {
    ...description,
    // worked out when it is asked for: there are hundreds, and most commands ask for none
    get published() {
      return family.models.flatMap((id) => weightsOf(id).map((entry) => entry.id));
    },
    ready: weights === undefined ? [] : family.models,
    accepts: (id) => knows(id) || knows(architectureIn(id)) && entryOf(id) !== undefined,
    async architecture(id): Promise<Architecture> {
      const architecture = architectureIn(id), { graph, ...built } = build(architecture, undefined);
      const preprocess = id.includes(".") ? entryOf(id)!.preprocess : built.preprocess;
      const inputSize = sizeAfter(preprocess);
      const outputs = summarize(graph, inputSize.height, inputSize.width).at(-1)!.shape.at(-1)!;
      const labels = (await labelsIn(architecture, built))(outputs);
      return { graph, preprocess, inputSize, labels };
    },
    ofWeights: {
      fitting(tensors) {
        const own = ownTensors(tensors, family);
        const stems = new Set([...own.keys()].flatMap((key) => [...stemsOf(key)]));
        return family.models.filter((id) => fits(family, id, own, stems));
      },
      load: (id, file, options) =>
        withWeights(family, id, file, (weights) => knownOf(id, weights, options), options),
    },
    async load(id, options) {
      const named = options.weights ?? weights;
      if (named === undefined) {
        const { file: its, entry } = await published(id, options);
        await using file = its;
        return await withWeights(family, entry.id, file, () => entry, options);
      }
      await using file = await openWeights(named, options);
      // where a family's own file lies is a matter of this machine
      const source = options.weights === undefined && /^file:/i.test(file.source)
        ? decodeURIComponent(file.source.split("/").at(-1)!)
        : file.source;
      const known = (weights: Model["weights"]) => knownOf(id, weights, options);
      return await withWeights(family, id, { ...file, source }, known, options);
    },
  };
}
