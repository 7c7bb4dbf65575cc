/** Reads what a microscope's folder holds, and believes none of it before it is looked through. */
import type { z } from "../deps/zod.ts";
import { checked } from "../core/checked.ts";
import { UserError } from "../core/errors.ts";
import { platform } from "../platform/mod.ts";
import {
  type AtlasCell,
  type AtlasData,
  atlasSchema,
  type ChannelEntry,
  type LayerEntry,
  layerSchema,
  type MicroscopeData,
  microscopeSchema,
  type PictureEntry,
  picturesSchema,
} from "./data.ts";

/** A microscope that was made: its layers are read one at a time, for they are large. */
export interface OpenMicroscope {
  readonly data: MicroscopeData;
  readonly pictures: readonly PictureEntry[];
  /** The channels of one of its layers. @throws UserError where they cannot be read. */
  channelsOf(layer: LayerEntry): Promise<readonly ChannelEntry[]>;
  /** The atlas of one of the layers that have one. @throws UserError where it cannot be read. */
  atlasOf(layer: LayerEntry): Promise<AtlasData>;
}

/** What of it is held all the time. */
export type Held = Pick<OpenMicroscope, "data" | "pictures">;

const damaged = (folder: string, file: string, what: string, cause?: unknown) =>
  new UserError(
    `The microscope in "${folder}" is damaged: ${file} ${what}. Make it again: what was computed for ` +
      "it is kept.",
    { code: "bad-file", cause },
  );

/** A file of it, whole and as its schema says. */
async function read<Schema extends z.ZodType>(
  folder: string,
  file: string,
  schema: Schema,
): Promise<z.output<Schema>> {
  let value: unknown;
  try {
    value = JSON.parse(await platform.readText(`${folder}/${file}`));
  } catch (error) {
    if (platform.fault(error) === undefined) throw damaged(folder, file, "is no JSON", error);
    throw damaged(folder, file, `cannot be read (${platform.reason(error)})`, error);
  }
  const found = checked(schema, value);
  if (!("path" in found)) return found.data;
  throw damaged(folder, file, `does not fit at "${found.path}": ${found.message}`);
}

/** The first of some numbers that is not below a bound. */
const beyond = (numbers: readonly number[], bound: number) => numbers.find((n) => n >= bound);

/** What of a picture leads nowhere, if anything. */
function strayOf(
  { best, excites }: PictureEntry,
  { labels, layers }: MicroscopeData,
): string | undefined {
  if (best >= labels.length) return `has the class ${best} of ${labels.length}`;
  // one that could not be read excites nothing
  if (excites.length && excites.length !== layers.length) {
    return `excites ${excites.length} layers of ${layers.length}`;
  }
  for (const [i, channels] of excites.entries()) {
    const stray = beyond(channels, layers[i].channels);
    if (stray !== undefined) return `excites the channel ${stray} of ${layers[i].channels}`;
  }
}

/** What of an atlas's square leads nowhere, if anything. */
function strayOn(
  { row, column, channels, votes, pictures: shown }: AtlasCell,
  grid: number,
  layer: LayerEntry,
  { data: { labels }, pictures }: Held,
): string | undefined {
  if (beyond([row, column], grid) !== undefined) return `lies outside of the ${grid} × ${grid}`;
  const channel = beyond(channels, layer.channels);
  if (channel !== undefined) return `names the channel ${channel} of ${layer.channels}`;
  const label = beyond(votes.map((vote) => vote.class), labels.length);
  if (label !== undefined) return `speaks for the class ${label} of ${labels.length}`;
  const unseen = shown.find((picture) => !pictures[picture]?.seen);
  if (unseen !== undefined) return `is of the picture ${unseen}, which it does not hold`;
}

/** What of a channel leads nowhere, if anything. */
function strayIn(
  { top, votes, nearest, images }: ChannelEntry,
  { channels }: LayerEntry,
  { data, pictures }: Held,
): string | undefined {
  const { labels } = data, strange = images.find((kind) => data.images[kind] === undefined);
  if (strange !== undefined) return `has an image "${strange}", whose size is not told`;
  const unseen = top.find(({ picture }) => !pictures[picture]?.seen);
  if (unseen) return `is excited by the picture ${unseen.picture}, which it does not hold`;
  const label = beyond(votes.map((vote) => vote.class), labels.length);
  if (label !== undefined) return `speaks for the class ${label} of ${labels.length}`;
  const near = beyond(nearest.map(({ channel }) => channel), channels);
  if (near !== undefined) return `is near the channel ${near} of ${channels}`;
}

/**
 * Opens a microscope's folder.
 *
 * @throws UserError where there is none in it, and where it is damaged: what, and what would help.
 */
export async function openMicroscope(folder: string): Promise<OpenMicroscope> {
  if (!await platform.exists(`${folder}/microscope.json`)) {
    throw new UserError(
      `There is no microscope in "${folder}": it has no microscope.json. Choose a folder that one was ` +
        "written to.",
      { code: "no-file" },
    );
  }
  const data = await read(folder, "microscope.json", microscopeSchema);
  const twice = data.layers.find(({ slug }, i) =>
    data.layers.findIndex((other) => other.slug === slug) < i
  );
  if (twice) throw damaged(folder, "microscope.json", `has two layers called "${twice.slug}"`);
  const unknown = data.atlases.find((slug) => !data.layers.some((layer) => layer.slug === slug));
  if (unknown !== undefined) {
    throw damaged(
      folder,
      "microscope.json",
      `has an atlas of "${unknown}", which is no layer of it`,
    );
  }
  const pictures = await read(folder, "pictures.json", picturesSchema);
  for (const [i, picture] of pictures.entries()) {
    const stray = strayOf(picture, data);
    if (stray) throw damaged(folder, "pictures.json", `does not fit: picture ${i} ${stray}`);
  }
  return {
    data,
    pictures,
    async channelsOf(layer) {
      const file = `layers/${layer.slug}.json`;
      const { channels } = await read(folder, file, layerSchema);
      if (channels.length !== layer.channels) {
        const found = `has ${channels.length} channels, and should have ${layer.channels}`;
        throw damaged(folder, file, found);
      }
      for (const [i, channel] of channels.entries()) {
        const stray = strayIn(channel, layer, { data, pictures });
        if (stray) throw damaged(folder, file, `does not fit: channel ${i} ${stray}`);
      }
      return channels;
    },
    async atlasOf(layer) {
      const file = `atlas/${layer.slug}.json`, atlas = await read(folder, file, atlasSchema);
      if (atlas.levels.length === 0) throw damaged(folder, file, "has no grid of squares");
      for (const { grid, cells } of atlas.levels) {
        for (const [i, cell] of cells.entries()) {
          const stray = strayOn(cell, grid, layer, { data, pictures });
          if (stray) throw damaged(folder, file, `does not fit: square ${i} ${stray}`);
        }
      }
      return atlas;
    },
  };
}
