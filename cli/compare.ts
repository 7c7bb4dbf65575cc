/** `phosphene compare`: several techniques, classes and models on one picture, on one sheet. */
import { z } from "../deps/zod.ts";
import { UserError } from "../core/errors.ts";
import { fieldOfRole, parseOptions } from "../core/options.ts";
import type { Colors } from "../image/render.ts";
import { choiceOf, type FileChoice } from "../jobs/kind.ts";
import type { ExplainInput } from "../jobs/kinds/explain.ts";
import { optionsText } from "../run/choices.ts";
import { named } from "../run/figure.ts";
import { loadRun, type SavedRun } from "../run/load.ts";
import { modelName } from "../run/model_name.ts";
import { classList } from "../run/classes.ts";
import type { Model } from "../run/model.ts";
import { ensureWritable, nameOf, savePng } from "../run/folder.ts";
import type { ManifestPrediction } from "../run/manifest.ts";
import { type Cell, contactSheet } from "../image/sheet.ts";
import type { AttributionTechnique, Prediction } from "../run/technique.ts";
import { adapterFor } from "../models/mod.ts";
import { techniques } from "../techniques/mod.ts";
import type { AddCommand } from "./_context.ts";
import { explainAll } from "./_explain_all.ts";
import { addFlags, readFlags } from "./_flags.ts";
import { readablePicture } from "./_masks.ts";
import { addModelFlags, chosenOptions, loadChosen } from "./_model.ts";
import { PICTURES } from "./_pictures.ts";
import { runOptions } from "./_run.ts";
import { type ChosenTechniques, chosenTechniques, techniquesOption } from "./_techniques.ts";
import { likely, table } from "./_text.ts";

/** Most pictures side by side, unless the user says otherwise. */
const MOST_COLUMNS = 6;

const names = z.array(z.string().min(1, "a name is missing")).min(1).optional();

const compareOptions = z.object({
  techniques: techniquesOption("compare"),
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
      "Explains a picture with several techniques, for several classes and with several models. Each run " +
        "is saved, and one sheet shows them all.",
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
    const image = await readablePicture(picture);
    const models: Model[] = [];
    for (const choice of choices) models.push(await loadChosen({ ...chosen, ...choice }, context));
    // each class is looked for in each model before the first run
    const subjects = models.flatMap((model) =>
      (given.classes ? [...classList(model, given.classes).values()] : [undefined])
        .map((wanted): Subject => ({ model, wanted }))
    );
    const { backend, threads } = chosen;
    const explaining = { choosing: compared.choosing, strict: true, fresh: true, backend, threads };
    const { paths } = await explainAll(
      "compare",
      inputsOf(image, subjects, compared.choices, seed),
      { ...explaining, models, out },
      context,
    );
    const runs = await Promise.all(
      paths.map(async (path) => path && await loadRun(path) || undefined),
    );
    const rows: Cell[][] = [];
    const width = compared.choices.length;
    for (let from = 0; from < runs.length; from += width) {
      const made = runs.slice(from, from + width).filter((run) => run !== undefined);
      if (made.length === 0) continue;
      const cells = await cellsOf(made, given.show, models.length > 1);
      rows.push(...inRows(cells, given.columns));
    }
    const sheet = await contactSheet(
      rows,
      models.length === 1 ? `${image.name} · ${models[0].id}` : image.name,
    );
    context.signal.throwIfAborted();
    const path = await savePng(out, nameOf(new Date(), "compare", image.name), sheet);
    const made = runs.filter((run) => run !== undefined);
    context.print(
      { sheet: path, runs: made.map(({ path, manifest }) => ({ path, ...manifest })) },
      () =>
        table([
          ...made.map(({ path, manifest: { technique, target, model } }) => [
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
 * The attributions of a text.
 *
 * @param forClasses Whether they must be able to explain any class.
 * @throws UserError for another technique.
 */
function comparedTechniques(text: string | undefined, forClasses: boolean): ChosenTechniques {
  const { choosing, choices } = chosenTechniques(text, "compare");
  if (!forClasses) return { choosing, choices };
  const able = choices.filter(({ thing }) => classField(thing));
  const unable = choices.find((choice) => !able.includes(choice));
  if (choosing !== "named" || !unable) return { choosing, choices: able };
  throw new UserError(
    `Cannot compare ${unable.thing.id} by \`classes\`: it only explains the predicted class.`,
    { code: "bad-option", option: "classes" },
  );
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
const inputsOf = (
  image: FileChoice,
  subjects: readonly Subject[],
  compared: ChosenTechniques["choices"],
  seed: number,
): ExplainInput[] =>
  subjects.flatMap(({ model, wanted }) =>
    compared.map(({ thing, options: given }) => {
      const options = wanted === undefined
        ? given
        : parseOptions(thing.options, { ...given, [classField(thing)!.name]: wanted }, thing.id);
      return { technique: thing.id, options, seed, model: choiceOf(model), image };
    })
  );

/** A class as it was saved: numbers that were not finite are none there. */
const predictionIn = ({ index, label, logit, probability }: ManifestPrediction): Prediction => ({
  ...{ index, label, logit: logit ?? NaN },
  ...(probability === undefined ? {} : { probability: probability ?? NaN }),
});

/** What the network saw and said, and each run's picture. */
async function cellsOf(
  runs: readonly SavedRun[],
  show: "map" | "overlay",
  nameModel: boolean,
): Promise<Cell[]> {
  const [{ manifest: { predicted, model } }] = runs;
  const under = (prediction: ManifestPrediction) =>
    [named(predictionIn(prediction)), ...nameModel ? [modelName(model.id)] : []].join("\n");
  const cells: Cell[] = [
    {
      picture: (await runs[0].picture("input"))!,
      title: "What the network saw",
      caption: under(predicted![0]),
    },
  ];
  for (const run of runs) {
    const { technique: { id }, options, target, result } = run.manifest, { colors, scale } = result;
    const technique = techniques.get(id) as AttributionTechnique, asked = { ...options };
    delete asked[classField(technique)?.name ?? ""]; // the caption has it
    const otherwise = optionsText(technique.options, asked);
    cells.push({
      picture: (await run.picture(show))!,
      title: [technique.short ?? technique.title, otherwise && `(${otherwise})`].filter(Boolean)
        .join(" "),
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
