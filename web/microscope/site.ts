/** The pages of a microscope, written into its folder; their addresses are relative: it opens as it lies. */
import type { Graph } from "../../engine/graph.ts";
import type { LayerEntry, MicroscopeData } from "../../microscope/data.ts";
import { openMicroscope } from "../../microscope/folder.ts";
import { platform } from "../../platform/mod.ts";
import { unwritable } from "../../run/folder.ts";
import { dirname } from "../_paths.ts";
import { STATIC, STATIC_FILES } from "../files.ts";
import { renderAt } from "./Page.tsx";
import { MicroscopePages } from "./pages.ts";
import { fileOf } from "./paths.ts";
import { sweep } from "./sweep.ts";

/** What the pages are made of, beside what lies in the folder. */
export interface SiteSettings {
  /** Of a microscope. */
  readonly folder: string;
  /** The one that lay there before, if there was one: what is its alone is removed. */
  readonly before?: MicroscopeData;
  /** Of its network. */
  readonly graph: Graph;
  /** The command that makes the image of a channel again. */
  commandOf(layer: LayerEntry, channel: number): string;
  readonly signal: AbortSignal;
  onPage(done: number): void;
}

/**
 * Writes the pages of a microscope beside what it holds.
 *
 * @returns How many there are.
 * @throws UserError where there is no microscope, it is damaged, or nothing can be written.
 */
export async function writeMicroscopeSite(settings: SiteSettings): Promise<number> {
  const { folder, before, graph, commandOf, signal, onPage } = settings;
  const made = new Set<string>(), pages = new Set<string>();
  const write = async (path: string, content: string | Uint8Array) => {
    signal.throwIfAborted();
    const file = `${folder}${path}`, within = dirname(file);
    try {
      if (!made.has(within)) await platform.makeFolder(within);
      await platform.writeFile(file, content);
    } catch (error) {
      throw platform.fault(error) ? unwritable(folder, error) : error;
    }
    made.add(within);
  };
  for (const name of STATIC_FILES) {
    await write(`/static/${name}`, await platform.readFile(new URL(name, STATIC)));
  }
  const microscope = await openMicroscope(folder);
  const all = new MicroscopePages({ microscope, graph, commandOf });
  for await (const path of all.paths()) {
    await write(fileOf(path), renderAt(path, (await all.at(path))!, microscope.data));
    pages.add(fileOf(path));
    onPage(pages.size);
  }
  if (before) await sweep(folder, before, microscope, pages);
  return pages.size;
}
