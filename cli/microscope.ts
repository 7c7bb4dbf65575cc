/** `phosphene microscope`: what each channel of a network looks for, and what excites it. */
import { z } from "../deps/zod.ts";
import { seedOption, sizeOption, withRole } from "../core/options.ts";
import { UserError } from "../core/errors.ts";
import { MOST_THREADS } from "../engine/runtime.ts";
import type { FileChoice } from "../jobs/kind.ts";
import { FINEST } from "../microscope/cells.ts";
import type { ImageKind, MicroscopeData } from "../microscope/data.ts";
import type { Model } from "../run/model.ts";
import type { AddCommand, Context } from "./_context.ts";
import { addFlags, readFlags } from "./_flags.ts";
import { addModelFlags, chosenOptions, loadChosen } from "./_model.ts";
import { fileChoice } from "./_masks.ts";
import { phases } from "./_phases.ts";
import { namedPictures } from "./_pictures.ts";
import { queueOptions } from "./_queue.ts";
import { spoken } from "./_say.ts";
import { table } from "./_text.ts";

const microscopeOptions = z.object({
  pictures: withRole("folder", z.string().min(1)).describe("Folder of pictures to look at"),
  recursive: z.boolean().default(false).describe("Look into subfolders too"),
  layers: z.array(z.string().min(1, "a name is missing")).min(1).optional().describe(
    "Layers to look into, separated by commas; default: those at which the network's stages end",
  ),
  images: z.boolean().default(true).describe("Make images of what each channel looks for"),
  steps: z.int().min(1).max(100_000).default(128).describe("Steps of each image"),
  size: sizeOption("Size of the images, WIDTHxHEIGHT; default: what the network sees"),
  negative: z.boolean().default(false).describe("Make images of what each channel dislikes, too"),
  diverse: z.int().min(1).max(16).default(1).describe(
    "Of each channel, so many images at once, too, as different from each other as they can be",
  ),
  atlas: z.array(z.string().min(1, "a name is missing")).min(1).optional().describe(
    "Layers to make an atlas of, separated by commas: what they say of all pictures, as a map of images",
  ),
  atlasGrid: z.int().min(4).max(FINEST).optional().describe(
    "Squares to a side of an atlas; default: by the number of places that it is made of",
  ),
});

const workOptions = z.object({
  seed: seedOption,
  out: withRole("folder", z.string().min(1).default("microscope")).describe(
    "Folder to write it to",
  ),
  workers: z.int().min(1).max(MOST_THREADS).optional()
    .describe("How many tasks are done at a time; default: as many as are of use"),
});

export const addMicroscope: AddCommand = (program, context) => {
  const command = program.command("microscope")
    .summary("Look at every channel of a network: what it looks for, and what excites it")
    .description(
      "For each channel of some layers: an image of what it looks for, the pictures that excite it " +
        "most and where, how its values are spread, the classes that it speaks for, and the channels " +
        "that go with it. What was made of it before is not made again.",
    );
  addFlags(command, microscopeOptions, "Options of microscope:");
  addModelFlags(command);
  addFlags(command, workOptions, "Run:");
  addFlags(command, queueOptions, "On other machines, where `phosphene worker` runs:");
  command.action(async () => {
    const given = {
      ...readFlags(command, microscopeOptions),
      ...readFlags(command, workOptions),
      ...readFlags(command, queueOptions),
    };
    const chosen = readFlags(command, chosenOptions);
    await microscope(given, chosen, context);
  });
};

type Given =
  & z.output<typeof microscopeOptions>
  & z.output<typeof workOptions>
  & z.output<typeof queueOptions>;

/** The images that are made of each channel: their options. */
function imagesIn({ images, negative, diverse, steps, size }: Given) {
  const wanted = new Map<ImageKind, Record<string, unknown>>();
  if (!images) return wanted;
  const same = { steps, ...(size !== undefined && { size }) };
  wanted.set("", same);
  if (negative) wanted.set("-negative", { ...same, negative });
  if (diverse > 1) wanted.set("-diverse", { ...same, diversity: diverse });
  return wanted;
}

async function filesOf({ pictures, recursive }: Given, context: Context): Promise<FileChoice[]> {
  const { paths, leftOut } = await namedPictures([pictures], recursive);
  for (const sentence of leftOut) context.note(spoken(sentence));
  const meter = context.meter("reading pictures"), files: FileChoice[] = [];
  try {
    for (const [i, path] of paths.entries()) {
      context.signal.throwIfAborted();
      meter.update(i, paths.length);
      try {
        files.push(await fileChoice(path));
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        meter.clear();
        context.note(`left out: ${spoken(error.message)}`);
      }
    }
    meter.update(paths.length, paths.length);
    if (files.length) return files;
    throw new UserError(`None of the pictures at "${pictures}" can be read.`, {
      code: "no-picture",
      option: "pictures",
    });
  } finally {
    meter.stop();
  }
}

/** Writes the pages of the microscope; how many. */
async function writePages(
  model: Model,
  given: Given,
  before: MicroscopeData | undefined,
  context: Context,
): Promise<number> {
  const [{ writeMicroscopeSite }, { commandToMake }, { techniques }] = await Promise.all([
    import("../web/microscope/site.ts"),
    import("../run/command.ts"),
    import("../techniques/mod.ts"),
  ]);
  const { out, seed } = given, technique = techniques.get("feature-viz");
  const images = imagesIn(given).get("");
  const meter = context.meter("pages");
  try {
    return await writeMicroscopeSite({
      folder: out,
      before,
      graph: model.network.graph,
      commandOf: ({ name: layer }, channel) =>
        commandToMake({ technique, model, options: { layer, channel, ...images }, seed }),
      signal: context.signal,
      onPage: (done) => meter.update(done, undefined),
    });
  } finally {
    meter.stop();
  }
}

const hasAtlas = ({ layers, atlases }: MicroscopeData, name: string) =>
  layers.some((layer) => layer.name === name && atlases.includes(layer.slug));

async function microscope(
  given: Given,
  chosen: z.output<typeof chosenOptions>,
  context: Context,
): Promise<void> {
  const [{ microscopeIn }, { buildMicroscope }, { layersOf }, { perform }] = await Promise.all([
    import("../web/microscope/sweep.ts"),
    import("../microscope/build.ts"),
    import("../microscope/layers.ts"),
    import("./_perform.ts"),
  ]);
  const { signal } = context, { out, seed } = given;
  const model = await loadChosen(chosen, context),
    layers = layersOf(model, given.layers, given.atlas);
  const pictures = await filesOf(given, context), failures: string[] = [];
  const before = await microscopeIn(out);
  const started = performance.now(), progress = phases(context);
  const data = await buildMicroscope({
    ...{ model, layers, pictures, images: imagesIn(given), seed, out, signal },
    atlas: given.atlas && { layers: given.atlas, grid: given.atlasGrid, steps: given.steps },
    onProgress: (what, step, of) => progress.show(what, step, of),
    async perform(what, tasks, results) {
      progress.stop();
      const doing = { ...given, ...chosen, model, failing: "error" as const };
      const failed = [...(await perform(what, tasks, results, doing, context)).keys()];
      failures.push(...failed);
      return failed;
    },
  }).finally(() => progress.stop());
  model.network.dispose();
  const pages = await writePages(model, given, before, context);
  const channels = layers.reduce((sum, layer) => sum + layer.channels, 0);
  const seconds = Math.round((performance.now() - started) / 1000);
  context.print({ out, ...data, pages, failures }, () =>
    table([
      ["layers", layers.map(({ name, channels }) => `${name} (${channels})`).join(", ")],
      ["channels", `${channels}`],
      ["pictures", `${data.pictures}${data.bad.length ? `, ${data.bad.length} not read` : ""}`],
      ["time", `${seconds} s`],
      ["microscope", `${out}/index.html`],
    ]));
  for (const name of (given.atlas ?? []).filter((name) => !hasAtlas(data, name))) {
    context.note(`There is no atlas of ${name}: its places are too few. More pictures would help.`);
  }
  for (const { name, reason } of data.bad.slice(0, 20)) context.note(`${name}: ${spoken(reason)}`);
  if (failures.length) {
    throw new UserError(`Not all of it worked: ${failures.length} tasks failed.`);
  }
}
