/** A gallery: what its pages are made from, without the pages. */
import type { BackendName } from "../engine/backends.ts";
import type { Graph } from "../engine/graph.ts";
import type { MicroscopeData } from "../microscope/data.ts";
import { platform } from "../platform/mod.ts";
import { RunIndex } from "./run_index.ts";
import { Explainer } from "./explainer.ts";
import { Jobs } from "./jobs.ts";
import { Microscopes } from "./microscopes.ts";
import { architectureIfKnown, openable, Outlines } from "./outlines.ts";
import { Pictures } from "./pictures.ts";
import { Uploads } from "./uploads.ts";
import { GalleryResults } from "./_results.ts";
import { forgetOld } from "./trash.ts";
import { Weights } from "./weights.ts";
import { isJudging, type Work } from "./_job.ts";
import type { ModelChoice } from "./model_choice.ts";
import { ScoreResults } from "../jobs/score_results.ts";

export type { ModelChoice };

/** A picture that is offered to whoever has none at hand. */
export interface Sample {
  readonly name: string;
  readonly url: URL;
  /** Where its thing is; one that is not there is not missed. */
  readonly mask?: URL;
}

export interface GallerySettings {
  /** The runs folder. */
  readonly folder: string;
  /** Folders of microscopes that are shown too. */
  readonly microscopes?: readonly string[];
  /** The name or address that the server is bound to. Default `127.0.0.1`. */
  readonly hostname?: string;
  /** Serve without the forms that start runs. Default false. */
  readonly readOnly?: boolean;
  /** What runs can be made with; the first is the default. */
  readonly models?: readonly ModelChoice[];
  readonly samples?: readonly Sample[];
  readonly backend?: BackendName | "auto";
  /** How many threads compute on wasm; default: as many as the machine has. */
  readonly threads?: number;
  /** Files whose default exports are techniques or models, by path or `file:` address. */
  readonly plugins?: readonly string[];
  /**
   * Called with errors that are not the visitor's: of ours, and where the folder of runs can no longer
   * be read. Default: they end in the error page alone.
   */
  onFault?(error: Error): void;
}

/** An open gallery; close it. */
export interface Gallery {
  readonly folder: string;
  readonly hostname: string;
  readonly index: RunIndex;
  readonly pictures: Pictures;
  /** Pictures that visitors brought. */
  readonly uploads: Uploads;
  /** Masks of the samples: what they are asked for with, by the pictures' SHA-256. */
  readonly masks: ReadonlyMap<string, string>;
  /** Nothing where it is read-only. */
  readonly jobs?: Jobs;
  readonly models: readonly ModelChoice[];
  /** Nothing where it is read-only. */
  readonly explainer?: Explainer;
  /** What is known of these without loading them. */
  readonly outlines: Outlines;
  readonly weights: Weights;
  readonly microscopes: Microscopes;
  readonly samples: readonly Sample[];
  onFault(error: Error): void;
  /** Ends what is under way; settles once nothing of it is left. */
  close(): Promise<void>;
}

/** The graph of a microscope's network: of one that may be opened, and takes pictures as large. */
async function graphOf(
  { model: { id }, input }: MicroscopeData,
  models: readonly ModelChoice[],
): Promise<Graph | undefined> {
  const architecture = openable(models).has(id) ? await architectureIfKnown(id) : undefined;
  const { width, height } = architecture?.inputSize ?? {};
  return width === input.width && height === input.height ? architecture?.graph : undefined;
}

/**
 * Opens a gallery of a runs folder, which need not be there yet.
 *
 * @throws UserError where the folder is something else or may not be read.
 * @example
 * ```ts
 * const gallery = await openGallery({ folder: "runs" });
 * const server = Deno.serve({ hostname: gallery.hostname, port: 8080 }, honoHost(gallery).fetch);
 * ```
 */
export async function openGallery(settings: GallerySettings): Promise<Gallery> {
  const { folder, hostname = "127.0.0.1", models = [], onFault = () => {} } = settings;
  const index = new RunIndex(folder, onFault);
  await index.refresh();
  if (!settings.readOnly) await forgetOld(folder).catch(onFault);
  const pictures = new Pictures(folder), uploads = new Uploads();
  const masks = new Map<string, string>();
  for (const { name, url, mask } of settings.samples ?? []) {
    await uploads.pin(name, new Uint8Array(await platform.readFile(url)));
    const where = mask && await platform.readFile(mask).catch(() => undefined);
    if (!where) continue;
    const token = `mask of ${name}`;
    await uploads.pin(token, new Uint8Array(where));
    masks.set(uploads.get(name).sha256, token);
  }
  const made = {
    out: folder,
    backend: settings.backend ?? "auto",
    threads: settings.threads,
    plugins: settings.plugins ?? [],
    onFault,
  } as const;
  const onRun = () => void index.refresh().catch(onFault);
  const results = (work: Work) =>
    isJudging(work) ? new ScoreResults(folder) : new GalleryResults(index);
  const jobs = settings.readOnly ? undefined : new Jobs({ ...made, results, onRun });
  const microscopes = await Microscopes.of(
    settings.microscopes ?? [],
    (data) => graphOf(data, models),
  );
  const explainer = settings.readOnly ? undefined : new Explainer(made);
  return {
    folder,
    hostname,
    index,
    pictures,
    uploads,
    masks,
    jobs,
    explainer,
    models,
    outlines: new Outlines(models),
    weights: new Weights(explainer),
    microscopes,
    samples: settings.samples ?? [],
    onFault,
    async close() {
      explainer?.close();
      pictures.close();
      await jobs?.close();
    },
  };
}
