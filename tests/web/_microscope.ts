/** Made-up microscopes: folders of any number of channels that no network was asked for. */
import { encodePng } from "../../image/mod.ts";
import type {
  AtlasData,
  ChannelEntry,
  LayerEntry,
  MicroscopeData,
  PictureEntry,
} from "../../microscope/data.ts";
import { architectureOf } from "../../models/mod.ts";
import { writeMicroscopeSite } from "../../web/microscope/site.ts";

/** A network whose layers are named in made-up microscopes. */
export const { graph } = (await architectureOf("phosphene-resnet"))!;

const flat = (side: number, level: number) =>
  encodePng({
    width: side,
    height: side,
    data: new Uint8ClampedArray(3 * side * side).fill(level),
  });

const image = await flat(64, 90), crops = await flat(220, 200), seen = await flat(64, 160);

export interface MadeUp {
  /** The layers' names and how many channels each has. */
  readonly layers: Readonly<Record<string, number>>;
  readonly labels: readonly string[];
  /** The pictures' names. */
  readonly pictures: readonly string[];
  /** Whether there are images of what channels look for and dislike. */
  readonly images?: boolean;
  /** Whether the first layer has an atlas. */
  readonly atlas?: boolean;
}

/** Numbers that differ from channel to channel, and are no order of theirs. */
const scattered = (channel: number, of: number) => (channel * 7919 + 13) % of;

function channelEntry(channel: number, channels: number, made: MadeUp): ChannelEntry {
  const { labels, pictures, images = true } = made;
  const some = Array.from({ length: Math.min(9, pictures.length) }, (_, i) => i);
  const value = 1 + scattered(channel, channels);
  return {
    top: some.map((i) => ({
      picture: (channel + i) % pictures.length,
      value: value - i / 10,
      place: [i, 2],
      rows: [4, 24 + i],
      columns: [8, 40],
    })),
    histogram: [
      { from: 0, to: 0, count: 4000 },
      { from: 0.5, to: 0.625, count: 20 },
      { from: 0.625, to: 0.75, count: 1 },
    ],
    mean: value / 3,
    deviation: 1 / value,
    votes: labels.length < 2 ? [] : [
      { class: channel % labels.length, gradient: 0.5 / (1 + channel) },
      { class: (channel + 1) % labels.length, gradient: -0.25 },
    ],
    nearest: [1, 2].filter((n) => n < channels)
      .map((n) => ({ channel: (channel + n) % channels, correlation: 0.9 / n })),
    images: images ? ["", "-negative"] : [],
  };
}

/** Squares on the diagonals of two grids. */
const atlasOf = ({ labels, pictures }: MadeUp): AtlasData => ({
  ...{ schema: 1, places: 40, side: 8 },
  levels: [4, 8].map((grid) => ({
    grid,
    cells: Array.from({ length: grid }, (_, i) => ({
      ...{ row: i, column: i, places: 3 + i, channels: [0, 1], pictures: [i % pictures.length] },
      votes: [
        { class: i % labels.length, gradient: 1 },
        { class: (i + 1) % labels.length, gradient: -0.5 },
      ],
    })),
  })),
});

/** Writes what `phosphene microscope` would, all but the pages. */
export async function writeMadeUp(folder: string, made: MadeUp): Promise<void> {
  const layers = Object.entries(made.layers).map(([name, channels], i): LayerEntry => ({
    ...{ name, channels, size: [8, 8] },
    node: `${name}.0.act2`,
    slug: `layer-${i}`,
  }));
  const size = { width: 64, height: 64 };
  const data: MicroscopeData = {
    schema: 1,
    createdAt: "2026-01-02T03:04:05.000Z",
    phosphene: "0.1.0",
    model: {
      id: "phosphene-resnet",
      title: "A network",
      weights: { sha256: "ab", source: "here" },
    },
    input: size,
    images: made.images ?? true ? { "": size, "-negative": size } : {},
    labels: [...made.labels],
    layers,
    atlases: made.atlas ? ["layer-0"] : [],
    pictures: made.pictures.length,
    bad: [{ name: "no picture.txt", reason: "it is none" }],
  };
  const pictures = made.pictures.map((name, i): PictureEntry => ({
    ...{ name, sha256: "", best: i % made.labels.length, seen: true },
    excites: layers.map(({ channels }) => [i % channels]),
  }));
  const write = async (path: string, content: string | Uint8Array) => {
    const file = `${folder}/${path}`;
    await Deno.mkdir(file.slice(0, file.lastIndexOf("/")), { recursive: true });
    await (typeof content === "string" ? Deno.writeTextFile : Deno.writeFile)(
      file,
      content as never,
    );
  };
  await write("microscope.json", JSON.stringify(data));
  await write("pictures.json", JSON.stringify(pictures));
  if (made.atlas) {
    await write("atlas/layer-0.json", JSON.stringify(atlasOf(made)));
    for (const grid of [4, 8]) await write(`atlas/layer-0-${grid}.png`, await flat(8 * grid, 120));
  }
  for (const number of pictures.keys()) await write(`seen/${number}.png`, seen);
  for (const { slug, channels } of layers) {
    const entries = Array.from({ length: channels }, (_, i) => channelEntry(i, channels, made));
    await write(`layers/${slug}.json`, JSON.stringify({ schema: 1, channels: entries }));
    for (const [channel, { images }] of entries.entries()) {
      await write(`crops/${slug}/${channel}.png`, crops);
      for (const kind of images) await write(`images/${slug}/${channel}${kind}.png`, image);
    }
  }
}

/** Writes the pages of a microscope of that network; how many. */
export const writePages = (
  folder: string,
  signal = new AbortController().signal,
  onPage = (_done: number) => {},
  before?: MicroscopeData,
): Promise<number> =>
  writeMicroscopeSite({
    ...{ folder, graph, signal, onPage, before },
    commandOf: ({ name }, channel) => `phosphene feature-viz --layer ${name} --channel ${channel}`,
  });

/** Makes a microscope with its pages for a test, and takes it away. */
export async function withMicroscope(
  made: MadeUp,
  test: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await writeMadeUp(folder, made);
    await writePages(folder);
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
