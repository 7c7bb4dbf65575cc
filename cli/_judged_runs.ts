/** The runs that are to be judged: saved ones, and those made of pictures first. */
import { UserError } from "../core/errors.ts";
import { choiceOf, type FileChoice } from "../jobs/kind.ts";
import { loadModel } from "../models/mod.ts";
import type { Preprocess } from "../image/preprocess.ts";
import { flagIn, wordsOf } from "../run/command.ts";
import { readManifest } from "../run/folder.ts";
import { platform } from "../platform/mod.ts";
import type { Manifest } from "../run/manifest.ts";
import type { Model } from "../run/model.ts";
import type { Score } from "../run/scores.ts";
import type { Scores } from "../engine/scores.ts";
import type { Context } from "./_context.ts";
import { explainAll, type Explaining } from "./_explain_all.ts";
import { readablePicture } from "./_masks.ts";
import type { ChosenTechniques } from "./_techniques.ts";

/** A saved run that is to be judged. */
export interface RunToJudge {
  readonly path: string;
  readonly manifest: Manifest;
  /** The picture that it was made of, as it was named: its mask lies beside it. */
  readonly picture?: string;
}

/** A score with its run. */
export interface RunScore {
  readonly run: RunToJudge;
  readonly score: Score;
}

/** Whether a path is that of a saved run. */
export const isRun = (path: string): Promise<boolean> =>
  platform.stat(`${path}/manifest.json`).then(() => true, () => false);

/** The run in a folder. @throws UserError for one that is damaged, or explains nothing. */
export async function savedRun(path: string): Promise<RunToJudge> {
  const read = await readManifest(path);
  const refuse = (reason: string) =>
    new UserError(`Cannot judge the run "${path}": ${reason}.`, { code: "bad-file" });
  if (!read?.manifest) throw refuse(read?.damage ?? "there is no manifest.json in it");
  const { manifest } = read;
  if (!manifest.target) throw refuse(`${manifest.technique.title} explains nothing`);
  return { path, manifest, picture: manifest.image?.path };
}

/**
 * The runs in a folder of runs, by name: those that explain something, by these techniques if some are
 * named. One that is damaged is told. Undefined where there is no run in it.
 */
export async function runsIn(
  folder: string,
  { choosing, choices }: ChosenTechniques,
  context: Context,
): Promise<RunToJudge[] | undefined> {
  const isFolder = await platform.stat(folder).then(({ kind }) => kind === "folder", () => false);
  if (!isFolder) return undefined;
  const paths: string[] = [];
  for await (const { name, kind } of platform.list(folder)) {
    const path = `${folder.replace(/\/+$/, "")}/${name}`;
    if (kind === "folder" && !name.startsWith(".") && await isRun(path)) paths.push(path);
  }
  if (paths.length === 0) return undefined;
  const wanted = new Set(choices.map(({ thing: { id } }) => id)), runs: RunToJudge[] = [];
  for (const path of paths.sort()) {
    const { manifest, damage } = (await readManifest(path)) ?? { damage: "it is gone" };
    if (damage !== undefined) context.note(`left out: ${path}: ${damage}`);
    else if (manifest?.target && (choosing !== "named" || wanted.has(manifest.technique.id))) {
      runs.push({ path, manifest, picture: manifest.image?.path });
    }
  }
  return runs;
}

/** How runs are made of pictures. */
export interface Making extends Pick<Explaining, "backend" | "threads" | "workers" | "out"> {
  readonly techniques: ChosenTechniques;
  readonly target?: string;
  readonly seed: number;
  readonly model: Model;
}

/**
 * Makes the runs of each picture by each technique, in that order; those that are there already are not
 * made again. What cannot be made is told.
 *
 * @returns The runs, and how many failed that were asked for.
 */
export async function makeRuns(
  pictures: readonly string[],
  { techniques: { choosing, choices }, model, target, seed, ...how }: Making,
  context: Context,
): Promise<{ readonly runs: readonly RunToJudge[]; readonly failed: number }> {
  const images: FileChoice[] = [];
  // before any work, and one after the other: all of them at once may be more than memory holds
  for (const picture of pictures) images.push(await readablePicture(picture));
  const inputs = images.flatMap((image) =>
    choices.map(({ thing: { id: technique }, options }) => ({
      ...{ technique, options, target, seed, image, model: choiceOf(model) },
    }))
  );
  const strict = pictures.length === 1, explaining = { choosing, strict, fresh: false };
  const { paths, failed } = await explainAll(
    "explain",
    inputs,
    { ...how, ...explaining, models: [model] },
    context,
  );
  const runs: RunToJudge[] = [];
  for (const [at, path] of paths.entries()) {
    if (path === undefined) continue;
    runs.push({ ...await savedRun(path), picture: pictures[Math.floor(at / choices.length)] });
  }
  return { runs, failed };
}

/** Loads the models that saved runs were made with, each once. */
export class ModelsOfRuns implements AsyncDisposable {
  readonly #models = new Map<string, Promise<Model>>();

  /** @param known One that is loaded already, and not to be freed here. */
  constructor(readonly known?: Model) {}

  /** @throws UserError where it cannot be loaded, or has other weights now. */
  of({ path, manifest: { model, command } }: RunToJudge): Promise<Model> {
    const same = this.known?.id === model.id &&
      this.known.weights.sha256 === model.weights.sha256;
    if (same) return Promise.resolve(this.known!);
    // what loaded it is what its command says; that may be more than what it is called
    const words = wordsOf(command), flag = (name: string) => flagIn(words, name);
    const id = flag("--model") ?? model.id, weights = flag("--weights"), output = flag("--output");
    const key = JSON.stringify([model, id, weights, output]);
    let loading = this.#models.get(key);
    if (!loading) {
      this.#models.set(
        key,
        loading = loadModel(id, {
          ...(weights !== undefined && { weights }),
          ...(output !== undefined && { output }),
          ...(model.labels && { labels: `${path}/${model.labels.name}` }),
          preprocess: model.preprocess as unknown as Partial<Preprocess>,
          scores: model.scores as Scores | undefined,
        }),
      );
    }
    return loading;
  }

  /** All that there are by now. */
  async all(): Promise<readonly Model[]> {
    const loaded = await Promise.allSettled(this.#models.values());
    const own = loaded.flatMap((one) => one.status === "fulfilled" ? [one.value] : []);
    return this.known ? [this.known, ...own] : own;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const loading of this.#models.values()) {
      await loading.then(({ network }) => network.dispose(), () => {});
    }
  }
}
