/** The microscopes that a gallery shows: each is read again once it was made anew. */
import { UserError } from "../core/errors.ts";
import type { Graph } from "../engine/graph.ts";
import type { MicroscopeData, PictureEntry } from "../microscope/data.ts";
import { openMicroscope } from "../microscope/folder.ts";
import { platform } from "../platform/mod.ts";
import { statPlain } from "./_manifest.ts";
import { isPictureOf } from "./microscope/contents.ts";
import { MicroscopePages } from "./microscope/pages.ts";

/** One of them, as its folder is now. */
export interface ShownMicroscope {
  /** What its addresses begin with. */
  readonly name: string;
  readonly folder: string;
  readonly data: MicroscopeData;
  readonly pictures: readonly PictureEntry[];
  readonly pages: MicroscopePages;
}

/** Finds the graph of a microscope's network, where it is known here. */
export type GraphOf = (data: MicroscopeData) => Promise<Graph | undefined>;

interface Kept {
  /** What `microscope.json`, which is written last, was when it was read. */
  readonly stamp: string;
  readonly shown: Promise<ShownMicroscope>;
}

export class Microscopes {
  readonly #kept = new Map<string, Kept>();

  /** @param folders by the microscopes' names */
  private constructor(
    readonly folders: ReadonlyMap<string, string>,
    readonly graphOf: GraphOf,
  ) {}

  /** Takes folders, each under its own name; where two have the same, by a number behind it. */
  static async of(folders: readonly string[], graphOf: GraphOf): Promise<Microscopes> {
    const named = new Map<string, string>();
    for (const folder of folders) {
      const whole = await platform.realPath(folder).catch(() => folder);
      if ([...named.values()].includes(whole)) continue;
      const own = whole.split(/[\\/]/).findLast(Boolean) ?? "microscope";
      let name = own;
      for (let n = 2; named.has(name); n++) name = `${own}-${n}`;
      named.set(name, whole);
    }
    return new Microscopes(named, graphOf);
  }

  /**
   * A microscope as it is now.
   *
   * @returns Nothing where none has that name.
   * @throws UserError where its folder is damaged, or gone.
   */
  async open(name: string): Promise<ShownMicroscope | undefined> {
    const folder = this.folders.get(name);
    if (folder === undefined) return undefined;
    const facts = await platform.stat(`${folder}/microscope.json`).catch(() => undefined);
    const stamp = facts ? `${facts.bytes} ${facts.modified.getTime()}` : "";
    const kept = this.#kept.get(name);
    if (kept?.stamp === stamp) return await kept.shown;
    const read = { stamp, shown: this.#read(name, folder) };
    this.#kept.set(name, read);
    read.shown.catch(() => {
      if (this.#kept.get(name) === read) this.#kept.delete(name);
    });
    return await read.shown;
  }

  /** All that can be shown. @param onFault called with what keeps one from that */
  async *all(onFault: (name: string, error: UserError) => void = () => {}) {
    for (const name of this.folders.keys()) {
      try {
        const shown = await this.open(name);
        if (shown) yield shown;
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        onFault(name, error);
      }
    }
  }

  async #read(name: string, folder: string): Promise<ShownMicroscope> {
    const microscope = await openMicroscope(folder), { data, pictures } = microscope;
    const pages = new MicroscopePages({ microscope, graph: await this.graphOf(data) });
    return { name, folder, data, pictures, pages };
  }
}

/**
 * Where a picture of a microscope lies.
 *
 * @param path as its pages name it
 * @returns Nothing where it has no such picture, or a link in its place.
 */
export async function pictureIn(
  shown: ShownMicroscope,
  path: string,
): Promise<string | undefined> {
  if (!isPictureOf(shown, path)) return undefined;
  const { folder } = shown, parts = path.split("/").slice(1, -1);
  for (let end = 1; end <= parts.length; end++) {
    if (!await statPlain([folder, ...parts.slice(0, end)].join("/"), "folder")) return undefined;
  }
  return await statPlain(`${folder}${path}`) && `${folder}${path}`;
}
