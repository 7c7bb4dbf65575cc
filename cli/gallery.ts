/** `phosphene gallery`: the runs folder as a web gallery; `phosphene gallery export`: as files. */
import type { Command } from "../deps/commander.ts";
import { z } from "../deps/zod.ts";
import { UserError } from "../core/errors.ts";
import { plain } from "../core/plain.ts";
import { adapterFor, models as registered } from "../models/mod.ts";
import { platform } from "../platform/mod.ts";
import type { Gallery, ModelChoice, Sample } from "../web/gallery.ts";
import type { AddCommand, Context } from "./_context.ts";
import { addFlags, readFlags } from "./_flags.ts";
import { readLabels } from "../models/labels.ts";
import { modelOptions } from "./_model.ts";
import { spoken, told } from "./_say.ts";

const runsOption = z.object({
  runs: z.string().min(1).default("runs").describe("Folder of the runs"),
});

const shownOptions = runsOption.extend({
  microscope: z.array(z.string().min(1, "a name is missing")).min(1).optional().describe(
    "Folders of microscopes to show too, separated by commas; default: microscope, where there is one",
  ),
});

const galleryOptions = shownOptions.extend({
  port: z.int().min(0).max(65535).default(8080).describe(
    "Port to listen on; 0 takes any that is free",
  ),
  host: z.string().min(1).default("127.0.0.1")
    .describe(
      "Host name or address to listen on; if other machines can reach it, the gallery is read-only",
    ),
  models: z.array(z.string().min(1, "a name is missing")).min(1).optional().describe(
    "Further models to choose from, beside --model: ids or paths, separated by commas",
  ),
  readOnly: z.boolean().default(false).describe("Show runs, but do not let any be made"),
});

/** Pictures of the project that a run can be tried on: by name, for no folder of the web is listed. */
const SAMPLES = ["butterfly-12", "cat-4", "fish-8", "flower-30", "mushroom-21", "snail-3"];

const samples: readonly Sample[] = SAMPLES.map((name) => ({
  name: `${name}.png`,
  url: new URL(`../examples/images/${name}.png`, import.meta.url),
  mask: new URL(`../examples/images/${name}.mask.png`, import.meta.url),
}));

/** The models that the flags name, then those that need no weights, then those whose weights are here. */
async function choices(
  given: z.output<typeof modelOptions>,
  further: readonly string[],
): Promise<ModelChoice[]> {
  const { model: id, weights, labels, scores } = given;
  const chosen = {
    id,
    weights,
    scores,
    labels: labels === undefined ? undefined : await readLabels(labels),
  };
  const ready = [...registered].flatMap((adapter) => adapter.ready ?? []);
  const { keptModels } = await import("../models/hub/cache.ts");
  for (const id of further) await adapterFor(id); // a mistake is told before anything is served
  const others = new Set([...further, ...ready, ...await keptModels()]);
  others.delete(id);
  return [chosen, ...[...others].map((id) => ({ id }))];
}

/** Where `phosphene microscope` writes one, unless it is told otherwise. */
const USUAL_MICROSCOPE = "microscope";

/**
 * The folders of microscopes to show; the usual one is left out with a note where it is damaged.
 *
 * @throws UserError where there is none in a folder that was named, or it is damaged.
 */
async function microscopesOf(
  named: readonly string[] | undefined,
  context: Context,
): Promise<readonly string[]> {
  if (!named && !await platform.exists(`${USUAL_MICROSCOPE}/microscope.json`)) return [];
  const { openMicroscope } = await import("../microscope/folder.ts");
  for (const folder of named ?? []) await openMicroscope(folder);
  if (named) return named;
  try {
    await openMicroscope(USUAL_MICROSCOPE);
    return [USUAL_MICROSCOPE];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    context.note(`left out: ${spoken(error.message)}`);
    return [];
  }
}

async function serve(command: Command, context: Context): Promise<void> {
  const given = readFlags(command, galleryOptions), { runs, port, host, models, readOnly } = given;
  const model = readFlags(command, modelOptions);
  const [{ openGallery }, { honoHost }, { isLoopback }] = await Promise.all([
    import("../web/gallery.ts"),
    import("../web/hosts/hono.ts"),
    import("../web/guard.ts"),
  ]);
  const shared = !isLoopback(host);
  const gallery = await openGallery({
    folder: runs,
    microscopes: await microscopesOf(given.microscope, context),
    hostname: host,
    readOnly: readOnly || shared,
    models: await choices(model, models ?? []),
    samples,
    backend: model.backend,
    threads: model.threads,
    plugins: context.plugins,
    onFault: (error) =>
      console.error(plain(error instanceof UserError ? told(error) : error.stack ?? error.message)),
  });
  try {
    await listen(gallery, honoHost(gallery).fetch, port, context, (name, port) => {
      const url = urlOf(isEverywhere(name) ? "127.0.0.1" : name, port);
      context.print({ url, runs }, () => `${url}  (Ctrl-C stops it)`);
      if (isEverywhere(name)) context.note(othersHint(port));
      if (shared && !readOnly) {
        context.note(`Other machines can reach ${host}: the gallery is read-only.`);
      }
    });
  } finally {
    await gallery.close();
  }
}

const urlOf = (name: string, port: number) =>
  `http://${name.includes(":") ? `[${name}]` : name}:${port}/`;

/** Whether a server bound there listens at all addresses of the machine: that itself is none. */
const isEverywhere = (name: string) => name === "0.0.0.0" || /^[0:]+$/.test(name);

/** How other machines reach a server that listens everywhere. */
function othersHint(port: number): string {
  const own = platform.addresses().map((address) => urlOf(address, port));
  const where = own.length ? own.join(", ") : `http://ADDRESS:${port}/, with this one's address`;
  return `From other machines: ${where}; by this one's name only with --host NAME.`;
}

/** Serves until Ctrl-C. */
async function listen(
  { hostname }: Gallery,
  fetch: (request: Request) => Response | Promise<Response>,
  port: number,
  { signal }: Context,
  onListen: (name: string, port: number) => void,
): Promise<void> {
  try {
    await platform.serve(fetch, { hostname, port, signal, onListen });
  } catch (error) {
    const inUse = (error as { code?: string }).code === "EADDRINUSE";
    const reason = inUse
      ? "it is in use; choose another with `port`, or `port: 0` for any that is free"
      : platform.reason(error);
    throw new UserError(`Cannot listen on ${hostname}, port ${port}: ${reason}.`);
  }
}

/** @throws UserError where there is nothing to export: an empty site is nobody's wish. */
async function checkFolder(runs: string, microscopes: readonly string[]): Promise<void> {
  if (microscopes.length > 0 || (await platform.look(runs)) !== undefined) return;
  throw new UserError(
    `Cannot export the runs of "${runs}": there is no such folder; name another with \`runs\`.`,
    { code: "no-file" },
  );
}

async function exportSite(folder: string, command: Command, context: Context): Promise<void> {
  const { runs, microscope } = readFlags(command, shownOptions);
  const microscopes = await microscopesOf(microscope, context);
  await checkFolder(runs, microscopes);
  const [{ openGallery }, { exportGallery }] = await Promise.all([
    import("../web/gallery.ts"),
    import("../web/export.ts"),
  ]);
  const gallery = await openGallery({ folder: runs, microscopes, readOnly: true });
  const meter = context.meter("exporting");
  try {
    const { signal } = context;
    const onPage = (done: number) => meter.update(done, undefined);
    const pages = await exportGallery(gallery, folder, { signal, onPage });
    meter.stop();
    context.print({ path: folder, pages }, () => `${pages} pages in ${folder}`);
  } finally {
    meter.stop();
    await gallery.close();
  }
}

export const addGallery: AddCommand = (program, context) => {
  const gallery = program.command("gallery")
    .summary("Browse runs in a web gallery, and make new ones")
    .description("Serves the folder of runs as a web gallery, to this machine only.");
  addFlags(gallery, galleryOptions, "Gallery:");
  addFlags(gallery, modelOptions, "Model for runs made in the gallery:");
  gallery.action(async () => await serve(gallery, context));

  const site = gallery.command("export")
    .summary("Save the gallery as a static site")
    .description("Saves the gallery as files with relative links, for any static file host.")
    .argument("<folder>", "new folder for the site");
  // the options of serving are none of its own
  site.configureHelp({ ...site.configureHelp(), visibleGlobalOptions: () => [...program.options] });
  // gallery reads them, wherever they stand; here for the help
  site.option("--runs <runs>", "Folder of the runs (default: runs)");
  site.option(
    "--microscope <a,b,…>",
    "Folders of microscopes to save too (default: microscope, where there is one)",
  );
  site.action(async (folder: string) => await exportSite(folder, gallery, context));
};
