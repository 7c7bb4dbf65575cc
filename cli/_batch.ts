/** One technique on many pictures: each a run; those that are done already are passed over. */
import { UserError } from "../core/errors.ts";
import { loadImage, pictureFile } from "../image/mod.ts";
import { crewFor } from "../jobs/crew.ts";
import { choiceOf } from "../jobs/kind.ts";
import { explainTask } from "../jobs/kinds/explain.ts";
import { errorOf, faultOf } from "../jobs/fault.ts";
import { RunResults } from "../jobs/results.ts";
import { type Event, type Misfit, runTasks } from "../jobs/run.ts";
import type { Task } from "../jobs/task.ts";
import type { BackendName } from "../engine/backends.ts";
import type { Manifest } from "../run/manifest.ts";
import type { Model } from "../run/model.ts";
import type { Technique } from "../run/technique.ts";
import type { Context } from "./_context.ts";
import { spoken, told } from "./_say.ts";
import { likely } from "./_text.ts";

/** How each picture is run and saved. */
export interface Batch {
  readonly technique: Technique;
  readonly options: Readonly<Record<string, unknown>>;
  /** What is explained, where it is more than a class. */
  readonly target?: string;
  readonly seed: number;
  readonly model: Model;
  readonly backend: BackendName | "auto";
  readonly threads?: number;
  /** How many pictures are run at a time; default: as many as are of use. */
  readonly workers?: number;
  readonly out: string;
  /** Whether pictures that are done already are run again. */
  readonly force: boolean;
}

/**
 * Runs the pictures and tells of each. One that cannot be read, or not be explained where others
 * could, is told, and the rest go on.
 *
 * @throws UserError at the end, where some failed.
 */
export async function runBatch(
  pictures: readonly string[],
  batch: Batch,
  context: Context,
): Promise<void> {
  const { technique, out, force } = batch, { signal, json, plugins } = context;
  const results = new RunResults(out, [technique.id], force);
  const documents: unknown[] = [], meter = context.meter(technique.id);
  let ended = 0, worked = false;
  const tell = (at: number, document: unknown, line: string) => {
    meter.clear();
    documents[at] = document;
    if (!json) context.print(document, () => line);
  };
  const hear = (event: Event) => {
    const picture = pictures[event.at];
    if (event.type === "failed") {
      const { fault } = event, error = errorOf(fault);
      // until one picture has worked, it is rather the options that do not
      if (!worked && !unread.has(event.at)) throw error;
      const message = error instanceof UserError ? told(error) : fault.message;
      meter.clear();
      context.note(`error: ${message}`);
      documents[event.at] = { picture, error: message };
    } else if (event.type === "skipped") {
      const { path } = event;
      worked = true;
      tell(
        event.at,
        { picture, path, skipped: true },
        `${picture}  skipped, already done  ${path}`,
      );
    } else {
      const { path } = event, manifest = event.told as Manifest;
      worked = true;
      const notes = manifest.result.diagnosis.map((sentence) => `\n  note: ${spoken(sentence)}`);
      tell(
        event.at,
        { path, ...manifest },
        `${picture}  ${likely(manifest.target!)}  ${path}${notes.join("")}`,
      );
    }
    meter.update(++ended, pictures.length, picture);
  };
  const unread = new Set<number>();
  async function* tasks(): AsyncGenerator<Task | Misfit> {
    for (const [at, path] of pictures.entries()) {
      try {
        yield await taskOf(path, batch, worked);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        unread.add(at);
        yield { label: path, fault: faultOf(error) };
      }
    }
  }
  try {
    meter.update(0, pictures.length);
    const hands = await crewFor({
      ...batch,
      models: [batch.model],
      plugins,
      tasks: pictures.length,
    });
    const count = await runTasks(tasks(), {
      hands,
      results,
      signal,
      hear,
      progress: ({ label, step, of }) =>
        of > 1 && meter.update(ended, pictures.length, `${label} ${step}/${of}`),
    });
    if (json) context.print(documents, () => "");
    const summary = `${count.done} done, ${count.skipped} skipped, ${count.failed} failed`;
    if (count.failed) {
      throw new UserError(`Not all ${pictures.length} pictures worked: ${summary}.`);
    }
    const again = count.skipped ? " (--force runs the skipped ones again)" : "";
    meter.stop();
    context.note(`${summary}${again}`);
  } finally {
    meter.stop();
  }
}

/**
 * The task of a picture.
 *
 * @throws UserError for a file that cannot be read, and, where it is not `known` that pictures work,
 * for one that is no picture.
 */
async function taskOf(path: string, batch: Batch, known: boolean): Promise<Task> {
  const { technique, target, seed, model } = batch;
  const { name, sha256 } = known ? await pictureFile(path) : await loadImage(path);
  return await explainTask({
    technique: technique.id,
    options: batch.options,
    target: target?.trim(),
    seed,
    image: { name, path, sha256 },
    model: choiceOf(model),
  });
}
