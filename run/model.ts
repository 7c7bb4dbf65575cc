/** The contract of a model, and of the adapters that load one. */
import type { Graph } from "../engine/graph.ts";
import type { Network } from "../engine/network.ts";
import type { Scores } from "../engine/scores.ts";
import { UserError } from "../core/errors.ts";
import { quoted } from "../core/text.ts";
import type { Values } from "../core/values.ts";
import type { Preprocess, Size } from "../image/preprocess.ts";

/** Which numbers a model runs on. */
export interface WeightsInfo {
  /** Of the weight file (of all its parts in order, where it has several). */
  readonly sha256: string;
  /** As the user named it: a path or a URL; `built in`; or, of the hub, `hf-hub:REPOSITORY@COMMIT`. */
  readonly source: string;
}

/** A network with its weights and all that is needed to show it pictures. */
export interface Model {
  /** What `loadModel` takes to load it again. */
  readonly id: string;
  /** What people read of it. */
  readonly title: string;
  /** Its graph and numbers. */
  readonly network: Network;
  /** How it wants its pictures. */
  readonly preprocess: Preprocess;
  /** Pictures of this size come out of `preprocess`. */
  readonly inputSize: Size;
  /**
   * One for each output of a place; `class 0`, … where nobody named them. One output may have two:
   * of its opposite and its own.
   */
  readonly labels: readonly string[];
  /**
   * What its outputs are. Default: logits of a softmax, or one score; probabilities, where the graph
   * ends in them.
   */
  readonly scores?: Scores;
  /** Which numbers it runs on. */
  readonly weights: WeightsInfo;
  /** What `loadModel` was asked; absent where a program made the model itself. */
  readonly loaded?: LoadedWith;
}

/** What loads a model again. */
export interface LoadedWith {
  /** Id or path of the model. */
  readonly id: string;
  /** Id of the adapter that loaded it. */
  readonly adapter: string;
  /** Path or address of the weights, where they were named. */
  readonly weights?: string;
  /** The name of the output, where it was chosen. */
  readonly output?: string;
  /** The names of the classes, or their file, where they were given. */
  readonly labels?: readonly string[] | string;
  /** What was declared of the preprocessing. */
  readonly preprocess?: Partial<Preprocess>;
  /** What was declared of the outputs. */
  readonly scores?: Scores;
}

/** A model without its numbers: what `phosphene layers` shows. */
export interface Architecture {
  /** Its layers. */
  readonly graph: Graph;
  /** How it wants its pictures. */
  readonly preprocess: Preprocess;
  /** Pictures of this size come out of `preprocess`. */
  readonly inputSize: Size;
  /** Names of its classes with the weights that it takes by itself, where these are known without them. */
  readonly labels?: readonly string[];
}

/** What a user may say about a model's loading. */
export interface LoadOptions {
  /** Path or URL of a weight file, for architectures; default: their published weights. */
  readonly weights?: string | URL;
  /** Which of a file's outputs is meant, by its name; default: the first that gives scores of classes. */
  readonly output?: string;
  /** Names of the classes, one for each logit. */
  readonly labels?: readonly string[];
  /** Parts of the preprocessing to declare otherwise. */
  readonly preprocess?: Partial<Preprocess>;
  /** What its outputs are, to declare it otherwise. */
  readonly scores?: Scores;
  /** Stops a download or the reading of a file. */
  readonly signal?: AbortSignal;
  /** Called while a weight file is on its way, in bytes. */
  readonly onProgress?: (received: number, total?: number) => void;
  /** Hears a sentence of what a file holds besides and was left out. */
  readonly onNote?: (sentence: string) => void;
}

/** A file that may hold a model, looked at before it is read. */
export interface ModelFile {
  /** Where it is. */
  readonly path: string;
  /** Its size. */
  readonly bytes: number;
  /** Its first bytes, 4096 at most. */
  readonly head: Uint8Array;
}

/** A tensor of a weight file, whose numbers may not be read yet. */
export interface WeightTensor {
  /** As the file has it. */
  readonly shape: readonly number[];
}

/**
 * Takes a tensor's numbers as they are read: some of them, row-major, the first of which is its
 * `from`-th. They come in order.
 */
export type TakeNumbers = (numbers: Float32Array, from: number) => void;

/** A weight file that is open: by PyTorch's names, in PyTorch's layout. It is read once. */
export interface OpenWeights extends AsyncDisposable {
  /** Each parameter. */
  readonly tensors: ReadonlyMap<string, WeightTensor>;
  /** The path or address as given. */
  readonly source: string;
  /**
   * Reads the numbers of the tensors that are wanted, piece by piece.
   *
   * @returns The SHA-256 of the whole file, in lower-case hexadecimal.
   */
  read(wanted: ReadonlyMap<WeightTensor, TakeNumbers>): Promise<string>;
  /** Reads them all, instead. */
  readAll(): Promise<{ readonly tensors: Map<string, Values>; readonly sha256: string }>;
}

/** Tells and loads the networks that weights are of. */
export interface WeightsReader {
  /** Which of an adapter's `models` parameters of these names and shapes are of. */
  fitting(tensors: OpenWeights["tensors"]): readonly string[];
  /** One of these with its weights. */
  load(id: string, weights: OpenWeights, options: LoadOptions): Promise<Model>;
}

/** Loads one family of networks, or one file format. */
export interface ModelAdapter {
  /** Kebab case; unique among the adapters. */
  readonly id: string;
  /** What people read of it. */
  readonly title: string;
  /** Licence of the architecture's published weights or of the format; what the user brings is theirs. */
  readonly licence: string;
  /** Where it is defined: paper, page. */
  readonly source: string;
  /** The models it knows by id; empty for a file format. */
  readonly models: readonly string[];
  /** Ids of published weights that it fetches where none are given: `resnet50.a1_in1k`. */
  readonly published?: readonly string[];
  /** Those of `models` that need nothing from the user: their weights come with them. */
  readonly ready?: readonly string[];
  /** What it takes, in words, where that is neither of these nor a file's path. */
  readonly takes?: string;
  /** Whether its files may have several outputs, of which {@link LoadOptions.output} names one. */
  readonly namesOutputs?: boolean;
  /** Whether an id means this adapter: one of `models`, or a path of its format. */
  accepts(id: string): boolean;
  /** Whether a file that is there is of this format, by what it holds, whatever it is called. */
  recognizes?(file: ModelFile): boolean;
  /** How a file of weights alone finds the network that it is of. */
  readonly ofWeights?: WeightsReader;
  /** The network without weights. @throws UserError where only the file can tell. */
  architecture(id: string): Architecture | Promise<Architecture>;
  /** The network with its weights. @throws UserError for weights that are missing or do not fit. */
  load(id: string, options: LoadOptions): Promise<Model>;
}

/**
 * Labels of a network of so many outputs; the given ones where they fit. One output may have one name,
 * or two: of its opposite and its own.
 *
 * @param model What messages call the model.
 * @throws UserError for another number of names.
 * @example
 * ```ts
 * labelsFor(2, undefined, "mine"); // ["class 0", "class 1"]
 * ```
 */
export function labelsFor(
  outputs: number,
  given: readonly string[] | undefined,
  model: string,
): readonly string[] {
  if (!given) return Array.from({ length: outputs }, (_, i) => `class ${i}`);
  if (given.length === outputs || outputs === 1 && given.length === 2) return given;
  const few = given.slice(0, 3).map((label) => quoted(label)).join(", ");
  throw new UserError(
    `Cannot use these labels: ${given.length} ${given.length === 1 ? "name" : "names"} ` +
      `(${few}${given.length > 3 ? ", …" : ""}) for the ${outputs} ` +
      `${outputs === 1 ? "output" : "classes"} of ${model}.`,
    { code: "bad-option", option: "labels" },
  );
}
