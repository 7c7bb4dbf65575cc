/** The pages of a microscope, each made when it is asked for. */
import type { Graph } from "../../engine/graph.ts";
import type { ChannelEntry, LayerEntry } from "../../microscope/data.ts";
import type { OpenMicroscope } from "../../microscope/folder.ts";
import { Held } from "../_held.ts";
import { Voices } from "./_voices.ts";
import { atlasPage } from "./atlas.tsx";
import { channelPage } from "./channel.tsx";
import { classesPage, classPage } from "./class.tsx";
import { layerPage } from "./layer.tsx";
import type { Page } from "./Page.tsx";
import { paths } from "./paths.ts";
import { pagesOfPictures, picturePage, picturesPage } from "./picture.tsx";
import { startPage } from "./start.tsx";
import type { LayerView, MicroscopeView } from "./view.ts";

/** What the pages are made of. */
export interface PagesSettings {
  readonly microscope: OpenMicroscope;
  /** Of its network, where it is known. */
  readonly graph?: Graph;
  /** The command that makes the image of a channel again, where one is known. */
  commandOf?(layer: LayerEntry, channel: number): string;
}

/** A layer with its channels. */
interface Read {
  readonly layer: LayerView;
  readonly channels: readonly ChannelEntry[];
}

/** Layers whose channels are held at a time while nobody uses them: they are large. */
const LAYERS_HELD = 2;

/** Makes the page of what an address names; nothing where there is no such thing. */
type Make = (parts: readonly string[]) => Promise<Page | undefined>;

export class MicroscopePages {
  readonly #held = new Held<Read>(LAYERS_HELD);
  /** The layers that were read, without their channels. */
  readonly #layers = new Map<string, LayerView>();
  readonly #voices = new Voices();
  #view: Promise<MicroscopeView> | undefined;

  constructor(readonly settings: PagesSettings) {}

  /** Each kind of page, by its path. */
  readonly #kinds: readonly (readonly [path: RegExp, make: Make])[] = [
    [/^\/$/, async () => startPage(await this.#whole(), this.settings.graph)],
    [/^\/classes\.html$/, async () => classesPage(await this.#whole())],
    [/^\/classes\/(0|[1-9]\d*)\.html$/, async ([index]) => {
      const view = await this.#whole(), found = view.classes.get(Number(index));
      return found && classPage(view, Number(index), found);
    }],
    [/^\/pictures(?:-([1-9]\d*))?\.html$/, async ([number = "1"]) => {
      const view = await this.#whole(), page = Number(number);
      return page <= pagesOfPictures(view.pictures) ? picturesPage(view, page) : undefined;
    }],
    [/^\/seen\/(0|[1-9]\d*)\.html$/, async ([number]) => {
      const view = await this.#whole(), picture = Number(number);
      return view.pictures[picture]?.seen ? picturePage(view, picture) : undefined;
    }],
    [/^\/layers\/([\w.-]+)\.html$/, ([slug]) =>
      this.#ofLayer(slug, ({ layer, channels }) => {
        const { data } = this.settings.microscope;
        return layerPage(data, layer, channels);
      })],
    [/^\/atlas\/([\w.-]+)\.html$/, async ([slug]) => {
      const view = await this.#whole(), layer = this.#layers.get(slug);
      if (!layer || !view.data.atlases.includes(slug)) return undefined;
      return atlasPage({ view, layer, atlas: await this.settings.microscope.atlasOf(layer) });
    }],
    [
      /^\/channels\/([\w.-]+)\/(0|[1-9]\d*)\.html$/,
      ([slug, number]) =>
        this.#ofLayer(slug, ({ layer, channels }) => {
          const { microscope: { data, pictures }, commandOf } = this.settings;
          const channel = Number(number), entry = channels[channel];
          const command = layer.looks[channel] ? commandOf?.(layer, channel) : undefined;
          return entry && channelPage({ data, pictures, layer, channel, entry, command });
        }),
    ],
  ];

  /**
   * The page at a path.
   *
   * @returns Nothing where there is none.
   * @throws UserError where the microscope is damaged.
   */
  async at(path: string): Promise<Page | undefined> {
    for (const [pattern, make] of this.#kinds) {
      const found = pattern.exec(path);
      if (found) return await make(found.slice(1));
    }
  }

  /** The path of every page, layer by layer, the start last. */
  async *paths(): AsyncGenerator<string> {
    const { data, pictures } = this.settings.microscope;
    for (const { slug, channels } of data.layers) {
      yield paths.layer(slug);
      for (let channel = 0; channel < channels; channel++) yield paths.channel(slug, channel);
    }
    for (const slug of data.atlases) yield paths.atlas(slug);
    for (const index of (await this.#whole()).classes.keys()) yield paths.class(index);
    for (const [number, { seen }] of pictures.entries()) if (seen) yield paths.picture(number);
    yield paths.classes;
    for (let page = 1; page <= pagesOfPictures(pictures); page++) yield paths.pictures(page);
    yield paths.start;
  }

  async #ofLayer<R>(slug: string, use: (read: Read) => R): Promise<R | undefined> {
    const entry = this.settings.microscope.data.layers.find((layer) => layer.slug === slug);
    if (!entry) return undefined;
    return await this.#held.use(
      slug,
      () => this.#read(entry),
      (read) => Promise.resolve(use(read)),
    );
  }

  async #read(entry: LayerEntry): Promise<Read> {
    const { microscope: { data, channelsOf } } = this.settings, { slug } = entry;
    const channels = await channelsOf(entry);
    const looks = channels.map(({ images }) => images.includes(""));
    const layer = { ...entry, looks, image: data.images[""] };
    if (!this.#layers.has(slug)) {
      this.#layers.set(slug, layer);
      this.#voices.add(slug, channels);
    }
    return { layer, channels };
  }

  /** What only all layers together tell: the classes that they name. */
  #whole(): Promise<MicroscopeView> {
    if (!this.#view) {
      const view = this.#view = this.#readAll();
      view.catch(() => this.#view = undefined);
    }
    return this.#view;
  }

  async #readAll(): Promise<MicroscopeView> {
    const { data, pictures } = this.settings.microscope;
    for (const { slug } of data.layers) {
      if (!this.#layers.has(slug)) await this.#ofLayer(slug, () => {});
    }
    const layers = data.layers.map(({ slug }) => this.#layers.get(slug)!);
    return { data, pictures, layers, classes: this.#voices.classes() };
  }
}
