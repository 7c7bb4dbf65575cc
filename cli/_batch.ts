/** One technique on many pictures: each a run; those that are done already are passed over. */
import { UserError } from "../core/errors.ts";
import { loadImage, type SourcePicture } from "../image/mod.ts";
import type { Model } from "../run/model.ts";
import type { Run } from "../run/execute.ts";
import { runKey, savedRuns } from "../run/folder.ts";
import { outputsOf } from "../run/outputs.ts";
import type { Manifest } from "../run/manifest.ts";
import type { Progress, Technique } from "../run/technique.ts";
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
  readonly out: string;
  /** Whether pictures that are done already are run again. */
  readonly force: boolean;
  execute(image: SourcePicture, onProgress: (progress: Progress) => void): Promise<Run>;
  save(run: Run): Promise<{ path: string; manifest: Manifest }>;
}

/**
 * Runs the pictures one after the other and tells of each. One that cannot be read, or not be
 * explained where others could, is told, and the rest go on.
 *
 * @throws UserError at the end, where some failed.
 */
export async function runBatch(
  pictures: readonly string[],
  batch: Batch,
  context: Context,
): Promise<void> {
  const before = batch.force ? new Map<string, string>() : await finished(batch);
  const documents: unknown[] = [];
  const count = { done: 0, skipped: 0, failed: 0 };
  const meter = context.meter(batch.technique.id);
  const tell = (document: unknown, line: string) => {
    meter.clear();
    if (context.json) documents.push(document);
    else context.print(document, () => line);
  };
  try {
    for (const [i, picture] of pictures.entries()) {
      context.signal.throwIfAborted();
      meter.update(i, pictures.length, picture);
      let image: SourcePicture | undefined, run: Run;
      try {
        image = await loadImage(picture);
        const path = before.get(keyOf(batch, image));
        if (path !== undefined) {
          count.skipped++;
          tell({ picture, path, skipped: true }, `${picture}  skipped, already done  ${path}`);
          continue;
        }
        run = await batch.execute(
          image,
          ({ step, of }) => of > 1 && meter.update(i, pictures.length, `${picture} ${step}/${of}`),
        );
      } catch (error) {
        // until one picture has worked, it is rather the options that do not
        const none = count.done + count.skipped === 0;
        if (!(error instanceof UserError) || (image && none)) throw error;
        count.failed++;
        meter.clear();
        context.note(`error: ${told(error)}`);
        documents.push({ picture, error: told(error) });
        continue;
      }
      const { path, manifest } = await batch.save(run);
      count.done++;
      const notes = manifest.result.diagnosis.map((sentence) => `\n  note: ${spoken(sentence)}`);
      tell(
        { path, ...manifest },
        `${picture}  ${likely(manifest.target!)}  ${path}${notes.join("")}`,
      );
    }
    meter.update(pictures.length, pictures.length);
  } finally {
    meter.stop();
  }
  if (context.json) context.print(documents, () => "");
  const summary = `${count.done} done, ${count.skipped} skipped, ${count.failed} failed`;
  if (count.failed) throw new UserError(`Not all ${pictures.length} pictures worked: ${summary}.`);
  const again = count.skipped ? " (--force runs the skipped ones again)" : "";
  context.note(`${summary}${again}`);
}

function keyOf(
  { technique, options, target, seed, model }: Batch,
  image: { sha256: string },
): string {
  const { id, weights, preprocess } = model, { scores } = outputsOf(model);
  const expression = target?.trim();
  return runKey({
    technique,
    options,
    target: { expression },
    seed,
    model: { id, weights, preprocess, scores },
    image,
  });
}

/** Where the runs of this technique lie that are finished, by what they were made of. */
async function finished({ technique, out }: Batch): Promise<Map<string, string>> {
  const paths = new Map<string, string>();
  for await (const { path, manifest } of savedRuns(out, technique.id)) {
    paths.set(runKey(manifest), path);
  }
  return paths;
}
