/** `phosphene concepts`: whether a network's scores answer to what people see in some pictures. */
import { z } from "../deps/zod.ts";
import type { ConceptReport, ConceptRequest, ConceptScore } from "../concepts/data.ts";
import { conceptOptions } from "../concepts/options.ts";
import { layersOption, withRole } from "../core/options.ts";
import { UserError } from "../core/errors.ts";
import { writeSafetensors } from "../core/safetensors.ts";
import { option } from "../core/say.ts";
import { platform } from "../platform/mod.ts";
import { classList } from "../run/classes.ts";
import { ensureWritable, unwritable } from "../run/folder.ts";
import type { Model } from "../run/model.ts";
import type { AddCommand, Context } from "./_context.ts";
import { addFlags, readFlags } from "./_flags.ts";
import { addModelFlags, chosenOptions, loadChosen } from "./_model.ts";
import { namedPictures } from "./_pictures.ts";
import { spoken } from "./_say.ts";
import { percent, table } from "./_text.ts";

const folders = (description: string) =>
  withRole("folder", z.array(z.string().min(1, "a name is missing")).min(1)).describe(description);

const askedOptions = z.object({
  layer: layersOption(),
  concept: folders(
    "Folder of pictures that show a concept, or several, separated by commas; a concept is called " +
      "what its folder is",
  ),
  random: withRole("folder", z.string().min(1)).describe(
    "Folder of random pictures, like those of the concepts in all else",
  ),
  class: withRole("class", z.array(z.string().min(1, "a name is missing")).min(1)).describe(
    "Class whose score is asked about, by number or name, or several, separated by commas",
  ),
  pictures: folders(
    "Folder of pictures of the class; of several classes, one for all or one for each, separated by " +
      "commas",
  ),
  recursive: z.boolean().default(false).describe("Look into subfolders too"),
});

const savedOptions = z.object({
  out: withRole("folder", z.string().min(1).optional()).describe(
    "Folder for what was found (concepts.json) and the concepts' directions (vectors.safetensors); " +
      "default: nothing is written",
  ),
});

type Asked = z.output<typeof askedOptions>;

export const addConcepts: AddCommand = (program, context) => {
  const command = program.command("concepts")
    .summary("Test whether a class's score answers to a concept, given by pictures of it")
    .description(
      "TCAV (Kim et al. 2018): in a layer, finds the direction from random pictures to those of a " +
        "concept, and tells of how many of a class's pictures the score rises that way, and whether " +
        "pictures drawn by chance would do as well.",
    );
  addFlags(command, askedOptions, "Options of concepts:");
  addFlags(command, conceptOptions, "Test:");
  addModelFlags(command);
  addFlags(command, savedOptions, "Run:");
  command.action(async () => {
    const asked = readFlags(command, askedOptions), options = readFlags(command, conceptOptions);
    const chosen = readFlags(command, chosenOptions), { out } = readFlags(command, savedOptions);
    const pictures = await filesOf(asked, context);
    if (out !== undefined) await ensureWritable(out);
    const model = await loadChosen(chosen, context);
    const classes = classesOf(model, asked, pictures.classes);
    const report = await tested(model, { ...asked, ...pictures, classes, options }, context);
    model.network.dispose();
    if (out !== undefined) await write(out, model, report);
    context.print(dataOf(model, report), () => text(report));
    tell(report, context);
  });
};

/** The pictures that the folders hold: each is there before a model is loaded. */
async function filesOf({ concept, random, pictures, recursive }: Asked, context: Context) {
  const files = async (folder: string, name: string) => {
    const kind = await platform.stat(folder).then(({ kind }) => kind, () => undefined);
    if (kind !== "folder") {
      throw new UserError(
        `There is no folder "${folder}": ${option(name)} takes folders of pictures.`,
        { code: "no-file", option: name },
      );
    }
    const { paths, leftOut } = await namedPictures([folder], recursive);
    for (const sentence of leftOut) context.note(spoken(sentence));
    return paths;
  };
  const concepts = [], classes = [];
  for (const folder of concept) {
    concepts.push({ name: nameOf(folder), pictures: await files(folder, "concept") });
  }
  for (const folder of pictures) classes.push(await files(folder, "pictures"));
  return { concepts, random: await files(random, "random"), classes };
}

/** What a folder is called: `striped` of `concepts/striped/`. */
const nameOf = (folder: string) => folder.split(/[\\/]/).findLast((part) => part !== "") ?? folder;

/** Each class with its pictures. @throws UserError where there are not as many folders as classes. */
function classesOf(model: Model, asked: Asked, pictures: readonly (readonly string[])[]) {
  const names = [...classList(model, asked.class).values()];
  if (pictures.length !== 1 && pictures.length !== names.length) {
    throw new UserError(
      `${option("pictures")} names ${pictures.length} folders, and ${option("class")} ` +
        `${names.length === 1 ? "one class" : `${names.length} classes`}: one folder is for all ` +
        "classes, several are one for each.",
      { code: "bad-option", option: "pictures" },
    );
  }
  return names.map((name, i) => ({ class: name, pictures: pictures[pictures.length > 1 ? i : 0] }));
}

async function tested(
  model: Model,
  request: Omit<ConceptRequest, "model">,
  context: Context,
): Promise<ConceptReport> {
  const { testConcepts } = await import("../concepts/test.ts"), { signal } = context;
  let title = "", meter = context.meter(title);
  try {
    return await testConcepts({
      ...{ model, signal, ...request },
      onProgress(what, step, of) {
        if (what !== title) {
          meter.stop();
          meter = context.meter(title = what);
        }
        meter.update(step, of);
      },
      onUnreadable(error) {
        meter.clear();
        context.note(`left out: ${spoken(error.message)}`);
      },
    });
  } finally {
    meter.stop();
  }
}

/** What was found, without the vectors: these are large. */
const dataOf = (model: Model, { directions, ...report }: ConceptReport) => ({
  model: { id: model.id, weights: model.weights },
  ...report,
  directions: directions.map(({ vector, ...direction }) => ({ ...direction, shape: vector.shape })),
});

async function write(out: string, model: Model, report: ConceptReport): Promise<void> {
  const vectors = Object.fromEntries(
    report.directions.map(({ layer, concept, vector }) => [`${concept}/${layer}`, vector]),
  );
  const text = JSON.stringify(dataOf(model, report), null, 2) + "\n";
  try {
    await platform.writeWhole(`${out}/concepts.json`, new TextEncoder().encode(text));
    await platform.writeWhole(`${out}/vectors.safetensors`, writeSafetensors(vectors));
  } catch (error) {
    throw unwritable(out, error);
  }
}

/** p as people read it. */
const chance = (p: number) => p < 0.001 ? "< 0.001" : p.toPrecision(2);

function verdict({ significant, score, chance }: ConceptScore): string {
  if (!significant) return "no more than chance";
  return score >= chance.mean ? "raises it" : "lowers it";
}

function text({ scores, directions, tests, options: { level } }: ConceptReport): string {
  const accuracyOf = ({ layer, concept }: ConceptScore) =>
    directions.find((one) => one.layer === layer && one.concept === concept)!.accuracy;
  const rows = scores.map((score) => [
    score.layer,
    score.concept,
    percent(accuracyOf(score), 0),
    score.class.label,
    score.score.toFixed(2),
    `${score.chance.low.toFixed(2)}–${score.chance.high.toFixed(2)}`,
    chance(score.corrected),
    verdict(score),
  ]);
  const heads = ["layer", "concept", "told right", "class", "score", "by chance", "p", ""];
  const note = tests === 1 ? "" : `; p is that of the smallest of ${tests} tests (Bonferroni)`;
  return `${table([heads, ...rows], [2, 4, 5, 6])}\n\nThe level is ${level}${note}.`;
}

/** Says each sentence once. */
function tell({ scores, diagnosis }: ConceptReport, context: Context): void {
  const notes = new Set([...diagnosis, ...scores.flatMap((score) => score.diagnosis)]);
  for (const note of notes) context.note(`note: ${spoken(note)}`);
}
