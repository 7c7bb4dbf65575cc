/** What a kind of tasks is, and what it is given to do one. */
import type { z } from "../deps/zod.ts";
import type { LoadedWith, Model } from "../run/model.ts";

/** What loads a model, and which numbers it must then have. */
export interface ModelChoice {
  readonly loaded: LoadedWith;
  /** SHA-256 of its weights, as of {@link Model}. */
  readonly weights: string;
}

/** A file that a task reads. */
export interface FileChoice {
  /** Its own name, without folders. */
  readonly name: string;
  /** Where it lay when the task was made. */
  readonly path: string;
  readonly sha256: string;
}

/** What a task may use. */
export interface Tools {
  /** An empty folder for the files of the result. */
  readonly folder: string;
  /** The folder that the result will lie in, for those who name it. */
  readonly out: string;
  readonly signal: AbortSignal;
  /** The model of a choice, which may be one that an earlier task has used: it is not to be disposed. */
  model(choice: ModelChoice): Promise<Model>;
  /** Tells how far it has come. */
  onProgress(step: number, of: number): void;
}

/** A kind of tasks. */
export interface Kind<Input> {
  readonly id: string;
  /** What its tasks' input is: it may come from elsewhere. */
  readonly schema: z.ZodType<Input>;
  /** All that the result follows from, as a text. */
  identity(input: Input): string;
  /** The files that a task reads. */
  files(input: Input): readonly FileChoice[];
  /**
   * Does a task: fills the folder.
   *
   * @returns what is told of the result, as JSON.
   * @throws UserError where another try would end alike.
   * @throws the signal's reason once it is aborted.
   */
  perform(input: Input, tools: Tools): Promise<unknown>;
}
