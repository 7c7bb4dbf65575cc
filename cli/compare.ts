/** `phosphene compare`: several techniques, classes and models on one picture, on one sheet. */
import { z } from "../deps/zod.ts";
import { UserError } from "../core/errors.ts";
import { fieldOfRole } from "../core/options.ts";
import { barOf, named, picturesOf } from "../run/figure.ts";
import { modelName } from "../run/model_name.ts";
import { loadImage, type SourcePicture } from "../image/mod.ts";
import { classList } from "../run/classes.ts";
import type { Model } from "../run/model.ts";
import { type AttributionRun, execute, finish } from "../run/execute.ts";
import { ensureWritable, nameOf, savePng } from "../run/folder.ts";
import type { Manifest } from "../run/manifest.ts";
import { saveRun } from "../run/save.ts";
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
    const jobs = models.flatMap((model) =>
      (given.classes ? [...classList(model, given.classes).values()] : [undefined])
        .map((wanted) => ({ model, image, wanted, seed }))
    );
    const groups = await runAll(jobs, compared, out, context);
    const rows: Cell[][] = [];
    for (const runs of groups) {
      rows.push(...inRows(await cellsOf(runs, given.show, models.length > 1), given.columns));
    }
    const sheet = await contactSheet(
      rows,
      models.length === 1 ? `${image.name} · ${models[0].id}` : image.name,
    );
    context.signal.throwIfAborted();
    const path = await savePng(out, nameOf(new Date(), "compare", image.name), sheet);
    const runs = groups.flat();
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

/** A picture, model and class to explain by each technique. */
interface Job {
  readonly model: Model;
  readonly image: SourcePicture;
  readonly wanted?: string;
  readonly seed: number;
}

/** A saved run, and its pictures. */
interface Compared {
  readonly run: AttributionRun;
  readonly path: string;
  readonly manifest: Manifest;
}

/** Runs and saves every job by every technique; the runs of each job. */
async function runAll(
  jobs: readonly Job[],
  compared: readonly AttributionTechnique[],
  out: string,
  { signal, meter: meterFor }: Context,
): Promise<Compared[][]> {
  const of = jobs.length * compared.length, meter = meterFor("compare");
  let count = 0;
  try {
    const groups: Compared[][] = [];
    for (const { model, image, wanted, seed } of jobs) {
      const runs: Compared[] = [];
      for (const technique of compared) {
        meter.update(count, of, technique.id);
        const options = wanted === undefined ? {} : { [classField(technique)!.name]: wanted };
        const run = await finish(
          execute(technique, { model, image, options, seed, signal }),
          (at) => at.of > 1 && meter.update(count, of, `${technique.id} ${at.step}/${at.of}`),
        ) as AttributionRun;
        runs.push({ run, ...await saveRun(run, out, { signal }) });
        count++;
      }
      groups.push(runs);
    }
    meter.update(of, of);
    return groups;
  } finally {
    meter.stop();
  }
}

/** What the network saw and said, and each run's picture. */
async function cellsOf(
  runs: readonly Compared[],
  show: "map" | "overlay",
  nameModel: boolean,
): Promise<Cell[]> {
  const [{ run: { seen, predicted, model } }] = runs;
  const under = (prediction: Prediction) =>
    [named(prediction), ...nameModel ? [modelName(model.id)] : []].join("\n");
  const cells: Cell[] = [
    { picture: seen, title: "What the network saw", caption: under(predicted[0]) },
  ];
  for (const { run } of runs) {
    cells.push({
      picture: (await picturesOf(run))[show],
      title: run.technique.short ?? run.technique.title,
      caption: under(run.target),
      bar: barOf(run),
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
