/** The pages of a microscope, written into its folder; their addresses are relative: it opens as it lies. */
import type { Graph } from "../../engine/graph.ts";
import type { LayerEntry } from "../../microscope/data.ts";
import { openMicroscope } from "../../microscope/folder.ts";
import { platform } from "../../platform/mod.ts";
import { unwritable } from "../../run/folder.ts";
import { dirname } from "../_paths.ts";
import { STATIC, STATIC_FILES } from "../files.ts";
import { Voices } from "./_voices.ts";
import { atlasPage } from "./atlas.tsx";
import { channelPage } from "./channel.tsx";
import { classesPage, classPage } from "./class.tsx";
import { layerPage } from "./layer.tsx";
import { type Page, renderAt } from "./Page.tsx";
import { fileOf, paths } from "./paths.ts";
import { pagesOfPictures, picturePage, picturesPage } from "./picture.tsx";
import { startPage } from "./start.tsx";
import type { LayerView, MicroscopeView } from "./view.ts";

/** What the pages are made of, beside what lies in the folder. */
export interface SiteSettings {
  /** Of a microscope. */
  readonly folder: string;
  /** Of its network. */
  readonly graph: Graph;
  /** The command that makes the image of a channel again. */
  commandOf(layer: LayerEntry, channel: number): string;
  readonly signal: AbortSignal;
  onPage(done: number): void;
}

/** Every page, by its path, the start last; of the layers' channels only one layer's are held. */
async function* pagesOf({ folder, graph, commandOf }: SiteSettings): AsyncGenerator<
  readonly [path: string, page: Page, data: MicroscopeView["data"]]
> {
  const { data, pictures, channelsOf, atlasOf } = await openMicroscope(folder);
  const voices = new Voices(), layers: LayerView[] = [];
  for (const entry of data.layers) {
    const { slug } = entry, channels = await channelsOf(entry);
    const looks = channels.map(({ images }) => images.includes(""));
    const layer: LayerView = { ...entry, looks, image: data.images[""] };
    yield [paths.layer(slug), layerPage(data, layer, channels), data];
    for (const [channel, entry] of channels.entries()) {
      const command = looks[channel] ? commandOf(layer, channel) : undefined;
      const given = { data, pictures, layer, channel, entry, command };
      yield [paths.channel(slug, channel), channelPage(given), data];
    }
    voices.add(slug, channels);
    layers.push(layer);
  }
  const view: MicroscopeView = { data, pictures, layers, classes: voices.classes() };
  for (const layer of layers.filter(({ slug }) => data.atlases.includes(slug))) {
    yield [paths.atlas(layer.slug), atlasPage({ view, layer, atlas: await atlasOf(layer) }), data];
  }
  for (const [index, found] of view.classes) {
    yield [paths.class(index), classPage(view, index, found), data];
  }
  for (const [number, { seen }] of pictures.entries()) {
    if (seen) yield [paths.picture(number), picturePage(view, number), data];
  }
  yield [paths.classes, classesPage(view), data];
  for (let page = 1; page <= pagesOfPictures(pictures); page++) {
    yield [paths.pictures(page), picturesPage(view, page), data];
  }
  yield [paths.start, startPage(view, graph), data];
}

/**
 * Writes the pages of a microscope beside what it holds.
 *
 * @returns How many there are.
 * @throws UserError where there is no microscope, it is damaged, or nothing can be written.
 */
export async function writeMicroscopeSite(settings: SiteSettings): Promise<number> {
  const { folder, signal, onPage } = settings, made = new Set<string>();
  let pages = 0;
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
  for await (const [path, page, data] of pagesOf(settings)) {
    await write(fileOf(path), renderAt(path, page, data));
    onPage(++pages);
  }
  return pages;
}
