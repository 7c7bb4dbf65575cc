/** What is to be looked at, and how: what a microscope is made by. */
import type { FileChoice } from "../jobs/kind.ts";
import type { KeyResults } from "../jobs/results.ts";
import type { Task } from "../jobs/task.ts";
import { platform } from "../platform/mod.ts";
import { unwritable } from "../run/folder.ts";
import type { Model } from "../run/model.ts";
import type { ImageKind, LayerEntry } from "./data.ts";

/** Which atlases, and how. */
export interface AtlasWanted {
  readonly layers: readonly string[];
  /** Squares to a side of the finest grid; default: by the number of places. */
  readonly grid?: number;
  /** Steps of each square's image. */
  readonly steps: number;
}

export interface MicroscopePlan {
  readonly model: Model;
  readonly layers: readonly LayerEntry[];
  readonly pictures: readonly FileChoice[];
  /** The images that are made of each channel: their options of `feature-viz`. */
  readonly images: ReadonlyMap<ImageKind, Readonly<Record<string, unknown>>>;
  /** The atlases that are made: of which layers, by their names, and how. */
  readonly atlas?: AtlasWanted;
  readonly seed: number;
  readonly out: string;
  readonly signal: AbortSignal;
  /**
   * Does tasks, those that are not done yet.
   *
   * @returns the labels of those that could not be done.
   */
  perform(what: string, tasks: readonly Task[], results: KeyResults): Promise<readonly string[]>;
  /** Hears how the rest comes along. */
  onProgress(what: string, step: number, of: number): void;
}

/** Writes a file of the microscope, whole. @throws UserError where it cannot be written. */
export async function write(
  { out, signal }: Pick<MicroscopePlan, "out" | "signal">,
  path: string,
  content: string | Uint8Array,
): Promise<void> {
  signal.throwIfAborted();
  const whole = `${out}/${path}`;
  try {
    await platform.makeFolder(whole.slice(0, whole.lastIndexOf("/")));
    await platform.writeWhole(whole, content);
  } catch (error) {
    throw platform.fault(error) ? unwritable(out, error) : error;
  }
}
