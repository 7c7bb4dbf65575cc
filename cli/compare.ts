/** `phosphene compare`: several techniques, classes and models on one picture, on one sheet. */
import { z } from "../deps/zod.ts";
import { UserError } from "../core/errors.ts";
import { fieldOfRole, parseOptions } from "../core/options.ts";
import type { BackendName } from "../engine/backends.ts";
import type { Colors } from "../image/render.ts";
import { crewFor } from "../jobs/crew.ts";
import { errorOf } from "../jobs/fault.ts";
import { choiceOf } from "../jobs/kind.ts";
import { explainTask } from "../jobs/kinds/explain.ts";
import { RunResults } from "../jobs/results.ts";
import { runTasks } from "../jobs/run.ts";
import type { Task } from "../jobs/task.ts";
import { named } from "../run/figure.ts";
import { loadRun } from "../run/load.ts";
import { modelName } from "../run/model_name.ts";
import { loadImage, type SourcePicture } from "../image/mod.ts";
import { classList } from "../run/classes.ts";
import type { Model } from "../run/model.ts";
import { ensureWritable, nameOf, savePng } from "../run/folder.ts";
import type { Manifest, ManifestPrediction } from "../run/manifest.ts";
import { type Cell, contactSheet } from "../image/sheet.ts";
import type { AttributionTechnique, Prediction } from "../run/technique.ts";
import { adapterFor } from "../models/mod.ts";
import { techniques } from "../techniques/mod.ts";
import type { AddCommand, Context } from "./_context.ts";
import { addFlags, readFlags } from "./_flags.ts";
import { addModelFlags, chosenOptions, loadChosen } from "./_model.ts";
import { PICTURES } from "./_pictures.ts";
import { runOptions } from "./_run.ts";
import { likely, table } from "./_text.ts";

/** Most pictures side by side, unless the user says otherwise. */
const MOST_COLUMNS = 6;

const names = z.array(z.string().min(1, "a name is missing")).min(1).optional();

const compareOptions = z.object({
  techniques: names.describe("Attributions to compare, by id; default: all of them"),
  classes: names.describe(
    "Classes to explain, by number or name, separated by commas (names may have some themselves); " +
      "default: the predicted one",
  ),
  models: names.describe(
    "Models to compare, instead of --model; --weights then lists a file for each (a,,c where the " +
      "second needs none)",
  ),
  show: z.enum(["map", "overlay"]).default("map").describe("What the sheet shows of each run"),
  columns: z.int().min(1).max(100).optional()
    .describe(`Pictures in a row; default: even rows of up to ${MOST_COLUMNS}`),
});

export const addCompare: AddCommand = (program, context) => {
  const command = program.command("compare")
    .summary("Compare techniques, classes and models on one sheet")
    .description(
      "Explains a picture with several techniques, for several classes and with several models. Each " +
        "technique runs with its defaults; each run is saved, and one sheet shows them all.",
    )
    .argument("<image>", `picture to explain: ${PICTURES}`);
  addFlags(command, compareOptions, "Options of compare:");
  addModelFlags(command);
  addFlags(command, runOptions, "Run:");
  command.action(async (picture: string) => {
    const given = readFlags(command, compareOptions);
    const chosen = readFlags(command, chosenOptions);
    const { seed, out } = readFlags(command, runOptions);
    const compared = comparedTechniques(given.techniques, given.classes !== undefined);
    const choices = modelChoices(given.models ?? [chosen.model], chosen.weights);
    for (const { model } of choices) await adapterFor(model);
    await ensureWritable(out);
    const image = await loadImage(picture);
    const models: Model[] = [];
    for (const choice of choices) models.push(await loadChosen({ ...chosen, ...choice }, context));
    // each class is looked for in each model before the first run
    const subjects = models.flatMap((model) =>
      (given.classes ? [...classList(model, given.classes).values()] : [undefined])
        .map((wanted): Subject => ({ model, wanted }))
    );
    const tasks = await tasksOf(image, subjects, compared, seed);
    const runs = await runAll(tasks, { models, out, ...chosen }, context);
    const rows: Cell[][] = [];
    for (let from = 0; from < runs.length; from += compared.length) {
      const cells = await cellsOf(
        runs.slice(from, from + compared.length),
        given.show,
        models.length > 1,
      );
      rows.push(...inRows(cells, given.columns));
    }
    const sheet = await contactSheet(
      rows,
      models.length === 1 ? `${image.name} · ${models[0].id}` : image.name,
    );
    context.signal.throwIfAborted();
    const path = await savePng(out, nameOf(new Date(), "compare", image.name), sheet);
    context.print(
      { sheet: path, runs: runs.map(({ path, manifest }) => ({ path, ...manifest })) },
      () =>
        table([
          ...runs.map(({ path, manifest: { technique, target, model } }) => [
            technique.id,
            likely(target!),
            modelName(model.id),
            path,
          ]),
        ]) + `\n\nsheet  ${path}`,
    );
  });
};

/** The option that says which class a technique explains, whatever it is called. */
const classField = ({ options }: AttributionTechnique) => fieldOfRole(options, "class");

/**
 * The attributions of these ids; all where none are named.
 *
 * @param forClasses Whether they must be able to explain any class.
 * @throws UserError for another technique.
 */
function comparedTechniques(
  ids: readonly string[] | undefined,
  forClasses: boolean,
): AttributionTechnique[] {
  const chosen = ids ? ids.map((id) => techniques.get(id)) : [...techniques];
  return chosen.flatMap((technique) => {
    const isAttribution = technique.kind === "attribution";
    if (isAttribution && (!forClasses || classField(technique))) return [technique];
    if (!ids) return [];
    if (isAttribution) {
      throw new UserError(
        `Cannot compare ${technique.id} by \`classes\`: it only explains the predicted class.`,
        { code: "bad-option", option: "classes" },
      );
    }
    throw new UserError(
      `Cannot compare ${technique.id}: only attributions can be compared ` +
        `(\`phosphene techniques\` lists them).`,
    );
  });
}

interface ModelChoice {
  readonly model: string;
  readonly weights?: string;
}

/** Each model with its weights. @throws UserError where the list of weights is no match. */
function modelChoices(models: readonly string[], weights: string | undefined): ModelChoice[] {
  if (models.length === 1 || weights === undefined) {
    return models.map((model) => ({ model, weights }));
  }
  const files = weights.split(",").map((file) => file.trim());
  if (files.length === models.length) {
    return models.map((model, i) => ({ model, weights: files[i] || undefined }));
  }
  throw new UserError(
    `Cannot tell which weights belong to which model: \`weights\` lists ${files.length} for the ` +
      `${models.length} models of \`models\`. List one for each, and leave out those that are not ` +
      `needed (a,,c).`,
    { code: "bad-option", option: "weights" },
  );
}

/** A model and a class to explain by each technique. */
interface Subject {
  readonly model: Model;
  readonly wanted?: string;
}

/** Each subject by each technique. */
function tasksOf(
  image: SourcePicture,
  subjects: readonly Subject[],
  compared: readonly AttributionTechnique[],
  seed: number,
): Promise<readonly Task[]> {
  const { name, path, sha256 } = image;
  return Promise.all(
    subjects.flatMap(({ model, wanted }) =>
      compared.map((technique) => {
        const given = wanted === undefined ? {} : { [classField(technique)!.name]: wanted };
        const options = parseOptions(technique.options, given, technique.id);
        return explainTask({
          ...{ technique: technique.id, options, seed, model: choiceOf(model) },
          image: { name, path: path!, sha256 },
        });
      })
    ),
  );
}

/** A saved run. */
interface Compared {
  readonly path: string;
  readonly manifest: Manifest;
}

interface Work {
  readonly models: readonly Model[];
  readonly out: string;
  readonly backend: BackendName | "auto";
  readonly threads?: number;
}

/** Runs and saves every task; the runs in their order. */
async function runAll(
  tasks: readonly Task[],
  { models, out, ...how }: Work,
  { signal, plugins, meter: meterFor }: Context,
): Promise<Compared[]> {
  const meter = meterFor("compare"), runs: Compared[] = [];
  let count = 0;
  try {
    meter.update(0, tasks.length, tasks[0].label);
    const results = new RunResults(out, [], true);
    await runTasks(tasks, {
      ...{ signal, results },
      hands: await crewFor({ ...how, models, plugins, tasks: tasks.length }),
      hear(event) {
        if (event.type === "failed") throw errorOf(event.fault);
        runs[event.at] = { path: event.path, manifest: event.told as Manifest };
        meter.update(++count, tasks.length, event.task.label);
      },
      progress: ({ label, step, of }) =>
        of > 1 && meter.update(count, tasks.length, `${label} ${step}/${of}`),
    });
    return runs;
  } finally {
    meter.stop();
  }
}

/** A class as it was saved: numbers that were not finite are none there. */
const predictionIn = ({ index, label, logit, probability }: ManifestPrediction): Prediction => ({
  ...{ index, label, logit: logit ?? NaN },
  ...(probability === undefined ? {} : { probability: probability ?? NaN }),
});

/** What the network saw and said, and each run's picture. */
async function cellsOf(
  runs: readonly Compared[],
  show: "map" | "overlay",
  nameModel: boolean,
): Promise<Cell[]> {
  const [{ path, manifest: { predicted, model } }] = runs;
  const under = (prediction: ManifestPrediction) =>
    [named(predictionIn(prediction)), ...nameModel ? [modelName(model.id)] : []].join("\n");
  const cells: Cell[] = [
    {
      picture: (await (await loadRun(path)).picture("input"))!,
      title: "What the network saw",
      caption: under(predicted![0]),
    },
  ];
  for (const { path, manifest: { technique, target, result } } of runs) {
    const { short, title } = techniques.get(technique.id), { colors, scale } = result;
    cells.push({
      picture: (await (await loadRun(path)).picture(show))!,
      title: short ?? title,
      caption: under(target!),
      bar: scale && {
        colors: colors as Colors,
        scale: { low: scale.low ?? NaN, high: scale.high ?? NaN },
      },
    });
  }
  return cells;
}

/** Cells in rows of `columns`, or of as many as make even rows. */
function inRows(cells: readonly Cell[], columns: number | undefined): Cell[][] {
  const width = columns ?? Math.ceil(cells.length / Math.ceil(cells.length / MOST_COLUMNS));
  return Array.from(
    { length: Math.ceil(cells.length / width) },
    (_, row) => cells.slice(row * width, (row + 1) * width),
  );
}
