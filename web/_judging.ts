/** Runs that a page asks to be judged, and what its form sent, turned into work. */
import { UserError } from "../core/errors.ts";
import { optionFields, parseOptions } from "../core/options.ts";
import { metrics } from "../metrics/mod.ts";
import { USUAL, WITH_MASKS } from "../metrics/usual.ts";
import type { Manifest } from "../run/manifest.ts";
import type { Metric } from "../run/metric.ts";
import { modelName } from "../run/model_name.ts";
import { type Fields, optionName, type Sent, textsOf } from "./_fields.ts";
import type { Gallery } from "./gallery.ts";
import type { Judging, Wanted } from "./_job.ts";
import { readManifest } from "./_manifest.ts";
import { optionsSent, seedSent } from "./_options_sent.ts";
import type { ModelChoice } from "./model_choice.ts";
import type { Upload } from "./uploads.ts";

/** The most runs that one form is about. */
const MOST_RUNS = 100;

/** A run that can be judged here, with its model. */
export interface Judgeable {
  readonly id: string;
  readonly manifest: Manifest;
  readonly model: ModelChoice;
}

/** The runs of a form. */
export interface JudgedRuns {
  readonly runs: readonly Judgeable[];
  /** Why the others cannot be judged here, in sentences. */
  readonly notes: readonly string[];
  /** Whether all are of one picture: one mask does for them. */
  readonly hasOnePicture: boolean;
  /** What the gallery knows of where the thing is in that. */
  readonly mask?: string;
}

/** The runs of these ids. */
export async function judgedRuns(
  gallery: Gallery,
  ids: readonly string[],
): Promise<JudgedRuns> {
  const { index, folder, models, masks } = gallery;
  await index.refreshIfChanged();
  const runs: Judgeable[] = [], notes: string[] = [];
  for (const id of [...new Set(ids)].slice(0, MOST_RUNS)) {
    const found = index.has(id) ? await readManifest(`${folder}/${id}`) : undefined;
    const manifest = found?.manifest;
    const model = models.find(({ id }) => id === manifest?.model.id);
    if (!manifest) notes.push(`The run "${id}" is ${found ? "damaged" : "not there any more"}.`);
    else if (!manifest.target) notes.push(`${manifest.technique.title} explains nothing.`);
    else if (!model) {
      const name = modelName(manifest.model.id);
      notes.push(`The model of "${id}", "${name}", is not among those of this gallery.`);
    } else runs.push({ id, manifest, model });
  }
  const pictures = new Set(runs.map(({ manifest }) => manifest.image?.sha256));
  const [picture] = pictures, hasOnePicture = pictures.size === 1;
  return {
    runs,
    notes,
    hasOnePicture,
    ...(hasOnePicture && picture && { mask: masks.get(picture) }),
  };
}

/** The name of the box that chooses a metric, and of the field of one of its options. */
export const boxName = (metric: string): string => `metric-${metric}`;
export const metricOption = (metric: string, option: string): string => `${metric}-${option}`;

/** The texts of a form for judging. */
export const judgeFields = (sent: Sent): Fields =>
  textsOf([
    ...["seed", "kept-mask"],
    ...[...metrics].flatMap(({ id, options }) => [
      boxName(id),
      ...optionFields(options).map(({ name }) => optionName(metricOption(id, name))),
    ]),
  ], sent);

/** Whether a form begins with a metric chosen. */
export const isChosen = (
  { id }: Metric,
  fields: Fields | undefined,
  hasMask: boolean,
): boolean =>
  fields ? fields.has(boxName(id)) : [...USUAL, ...hasMask ? WITH_MASKS : []].includes(id);

/** A fault in what was sent of one of the metrics. */
export interface JudgeFault {
  readonly error: UserError;
  readonly metric?: string;
}

/**
 * Turns a form into work: a score for each run and each metric that was chosen.
 *
 * @param mask Where the thing is, for metrics that need it.
 * @returns The work, or what does not fit.
 */
export function judgingOf(
  fields: Fields,
  { folder }: Gallery,
  { runs }: JudgedRuns,
  mask: Upload | undefined,
): readonly Wanted[] | JudgeFault {
  const chosen = [...metrics].filter(({ id }) => fields.has(boxName(id)));
  let metric: string | undefined;
  try {
    if (chosen.length === 0) throw new UserError("Choose at least one metric.");
    const seed = seedSent(fields.get("seed"), "Judge");
    const asked: { readonly metric: Metric; readonly options: Judging["options"] }[] = [];
    for (const one of chosen) {
      metric = one.id;
      if (one.needs && !mask) {
        throw new UserError(
          `${one.title} needs to know where the thing is: add a mask, or leave it out.`,
        );
      }
      const options = optionsSent(
        one.options,
        (name) => fields.get(optionName(metricOption(one.id, name))),
      );
      parseOptions(one.options, options, one.title);
      asked.push({ metric: one, options });
    }
    return runs.flatMap(({ id, manifest, model }) =>
      asked.map(({ metric, options }) => {
        const { technique, model: { preprocess, scores } } = manifest;
        const label = `${technique.title} · ${metric.title}`, run = `${folder}/${id}`;
        const as = { ...model, preprocess, scores } as ModelChoice;
        const work: Judging = {
          ...{ technique: technique.id, run, metric: metric.id, options, seed, model: as },
          ...(metric.needs && mask && { image: mask }),
        };
        return { label, work };
      })
    );
  } catch (error) {
    if (error instanceof UserError) return { error, metric };
    throw error;
  }
}
