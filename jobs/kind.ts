/** What a kind of tasks is, and what it is given to do one. */
import type { z } from "../deps/zod.ts";
import type { Preprocess } from "../image/preprocess.ts";
import type { LoadedWith, Model, WeightsInfo } from "../run/model.ts";
import { outputsOf } from "../run/outputs.ts";
import type { Made } from "./watch.ts";

/** What loads a model, and which numbers it must then have. */
export interface ModelChoice {
  /** As {@link Model} has it. */
  readonly id: string;
  readonly loaded: LoadedWith;
  /** Likewise. */
  readonly weights: WeightsInfo;
  /** Likewise. */
  readonly preprocess: Preprocess;
  /** What its outputs are. */
  readonly scores: string;
}

/** What loads a model, before anybody knows its numbers. */
export type WantedModel = Omit<LoadedWith, "adapter">;

/** A file that a task reads. */
export interface FileChoice {
  /** Its own name, without folders. */
  readonly name: string;
  /** Where it lay when the task was made. */
  readonly path: string;
  readonly sha256: string;
}

/** A picture of which it may be known what it shows, and where. */
export interface KnownPicture {
  readonly image: FileChoice;
  /** Where its thing is. */
  readonly mask?: FileChoice;
  readonly class?: string;
}

/** A technique or a metric, by its id, with every option. */
export interface Chosen {
  readonly id: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/** What in its options may name a file. */
export const textsIn = ({ options }: Chosen): readonly string[] =>
  Object.values(options).filter((value) => typeof value === "string");

/** What of a model a task says. @throws Error for one that a program made. */
export function choiceOf(model: Model): ModelChoice {
  const { id, loaded, weights, preprocess } = model;
  if (!loaded) throw new Error(`${id} was made by a program: no task can name it`);
  return { id, loaded, weights, preprocess, scores: outputsOf(model).scores };
}

/** What a network's numbers, the classes that they are scores of, and their probabilities follow from. */
export const identityOf = (
  { id, loaded: { labels, output }, weights, preprocess, scores }: ModelChoice,
) => [id, weights.sha256, preprocess, labels, output, scores] as const;

/** What names files in a model's choice, as far as they are files. */
export const pathsOf = ({ loaded: { id, weights, labels } }: ModelChoice): readonly string[] =>
  [id, weights, labels].filter((path) => typeof path === "string");

/** The longest path that a system takes. */
const LONGEST_PATH = 4096;

/**
 * What in a text may name a file: the whole of it, and the arguments of an objective, one by one;
 * FILE#TENSOR names FILE.
 */
export function namesIn(text: string): readonly string[] {
  const quoted = [...text.matchAll(/"([^"]*)"/g)].map(([, inner]) => inner);
  const parts = text.split(/[(),]/).map((part) => part.replace(/^\s*\w+\s*=/, ""));
  const names = [text, ...quoted, ...parts].map((name) => name.trim().replace(/^"|"$/g, ""));
  return [...new Set(names.flatMap((name) => [name, name.split("#")[0]]))]
    .filter((name) => name && name.length <= LONGEST_PATH && Number.isNaN(Number(name)));
}

/** What a task may use. */
export interface Tools {
  /** An empty folder for the files of the result. */
  readonly folder: string;
  /** The folder that the result will lie in, for those who name it. */
  readonly out: string;
  readonly signal: AbortSignal;
  /** Where a file lies here that a task names by its path: on another machine, somewhere else. */
  at(path: string): string;
  /** Files that came with the task, by their SHA-256: it names them without a path. */
  readonly sent: ReadonlyMap<string, Uint8Array>;
  /** The model of a choice, which may be one that an earlier task has used: it is not to be disposed. */
  model(choice: ModelChoice): Promise<Model>;
  /**
   * Tells how far it has come, and what there is to see of it by now: for that, the next step waits
   * until it is settled.
   */
  onProgress(step: number, of: number, made?: Made): void | Promise<void>;
}

/** A kind of tasks. */
export interface Kind<Input> {
  readonly id: string;
  /** What its tasks' input is: it may come from elsewhere. */
  readonly schema: z.ZodType<Input>;
  /** All that the result follows from, as a text. */
  identity(input: Input): string;
  /** Paths of the files that a task reads; of those of its model, as far as there are any. */
  paths(input: Input): readonly string[];
  /** Other texts of it that may name a file, where that is what they are: of options, of a target. */
  texts(input: Input): readonly string[];
  /**
   * Does a task: fills the folder.
   *
   * @returns what is told of the result, as JSON.
   * @throws UserError where another try would end alike.
   * @throws the signal's reason once it is aborted.
   */
  perform(input: Input, tools: Tools): Promise<unknown>;
}
