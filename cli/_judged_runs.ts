/** The runs that are to be judged: saved ones, and those made of pictures first. */
import { UserError } from "../core/errors.ts";
import { crewFor } from "../jobs/crew.ts";
import { errorOf } from "../jobs/fault.ts";
import { choiceOf } from "../jobs/kind.ts";
import { explainTask } from "../jobs/kinds/explain.ts";
import { RunResults } from "../jobs/results.ts";
import { runTasks } from "../jobs/run.ts";
import type { BackendName } from "../engine/backends.ts";
import { loadImage } from "../image/mod.ts";
import { loadModel } from "../models/mod.ts";
import type { Preprocess } from "../image/preprocess.ts";
import type { Choice } from "../run/choices.ts";
import { flagIn, wordsOf } from "../run/command.ts";
import { readManifest } from "../run/folder.ts";
import { platform } from "../platform/mod.ts";
import type { Manifest } from "../run/manifest.ts";
import type { Model } from "../run/model.ts";
import type { Score } from "../run/scores.ts";
import type { AttributionTechnique } from "../run/technique.ts";
import type { Scores } from "../engine/scores.ts";
import type { Context } from "./_context.ts";
import { told } from "./_say.ts";

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

/** How runs are made of pictures. */
export interface Making {
  readonly techniques: readonly Choice<AttributionTechnique>[];
  /** Whether they were named: one that cannot explain a picture is then a fault. */
  readonly named: boolean;
  readonly target?: string;
  readonly seed: number;
  readonly model: Model;
  readonly backend: BackendName | "auto";
  readonly threads?: number;
  readonly workers?: number;
  readonly out: string;
}

/**
 * Makes the runs of each picture by each technique, in that order; those that are there already are not
 * made again. What cannot be made is told.
 *
 * @returns The runs, and how many failed that were asked for.
 */
export async function makeRuns(
  pictures: readonly string[],
  making: Making,
  context: Context,
): Promise<{ readonly runs: readonly RunToJudge[]; readonly failed: number }> {
  const { techniques, model, target, seed, out } = making, { signal, plugins } = context;
  const images = await Promise.all(pictures.map((picture) => loadImage(picture)));
  const wanted = images.flatMap(({ name, path, sha256 }) =>
    techniques.map(({ thing, options }) => ({
      picture: path!,
      task: explainTask({
        ...{ technique: thing.id, options, target, seed, model: choiceOf(model) },
        image: { name, path: path!, sha256 },
      }),
    }))
  );
  const tasks = await Promise.all(wanted.map(({ task }) => task));
  const results = new RunResults(out, new Set(techniques.map(({ thing }) => thing.id)));
  const meter = context.meter("explain"), paths: (string | undefined)[] = [];
  let ended = 0, failed = 0;
  try {
    meter.update(0, tasks.length);
    await runTasks(tasks, {
      ...{ signal, results },
      hands: await crewFor({ ...making, models: [model], plugins, tasks: tasks.length }),
      hear(event) {
        if (event.type === "failed") {
          const error = errorOf(event.fault);
          const alone = making.named && pictures.length === 1;
          if (!(error instanceof UserError) || alone) throw error;
          meter.clear();
          context.note(
            `${making.named ? "error" : "left out"}: ${tasks[event.at].label}: ${told(error)}`,
          );
          failed += making.named ? 1 : 0;
        } else {
          paths[event.at] = event.path;
        }
        meter.update(++ended, tasks.length, tasks[event.at].label);
      },
    });
  } finally {
    meter.stop();
  }
  const runs: RunToJudge[] = [];
  for (const [at, { picture }] of wanted.entries()) {
    const path = paths[at];
    if (path !== undefined) runs.push({ ...await savedRun(path), picture });
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
