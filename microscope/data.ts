/** What a microscope's folder holds: `microscope.json`, and for each layer `layers/SLUG.json`. */
import { z } from "../deps/zod.ts";

const count = z.int().min(0), finite = z.number();
const stretch = z.tuple([count, count]), size = z.object({ width: count, height: count });

/**
 * The images of a channel, by the end of their names: what it looks for, what it dislikes, several that
 * differ.
 */
export const IMAGE_KINDS = ["", "-negative", "-diverse"] as const;
export type ImageKind = typeof IMAGE_KINDS[number];
const imageKind = z.enum(IMAGE_KINDS);

/** A picture that excites a channel, and where. */
const topSchema = z.object({
  /** Its number in `pictures.json`. */
  picture: count,
  /** The largest value of the channel on it. */
  value: finite,
  /** The first place of that value: row and column of the layer's map. */
  place: z.tuple([count, count]),
  /** What of the picture that place is made of, in the network's pixels: `[start, end)`. */
  rows: stretch,
  columns: stretch,
});

const channelSchema = z.object({
  top: z.array(topSchema),
  /** All values on all pictures: bins from the smallest one that is not empty to the largest. */
  histogram: z.array(z.object({ from: finite, to: finite, count })),
  /** Of the map's mean, over the pictures. */
  mean: finite,
  deviation: finite,
  /** Classes whose scores grow most with it, and those that fall most: gradients. */
  votes: z.array(z.object({ class: count, gradient: finite })),
  /** Channels whose means go with its own: correlations. */
  nearest: z.array(z.object({ channel: count, correlation: finite })),
  /** The images that were made of it. */
  images: z.array(imageKind),
});

const atlasCellSchema = z.object({
  /** The square's, counted from the top and from the left. */
  row: count,
  column: count,
  /** How many places lie in it. */
  places: count,
  /** The channels that are strongest in their mean. */
  channels: z.array(count),
  /** Classes whose scores grow most in the mean's direction, and those that fall most. */
  votes: z.array(z.object({ class: count, gradient: finite })),
  /** Pictures of the places that are nearest to their mean. */
  pictures: z.array(count),
});

/** `atlas/SLUG.json`; the images of a level's squares lie side by side in `atlas/SLUG-GRID.png`. */
const atlasSchema = z.object({
  schema: z.literal(1),
  /** How many places were laid out. */
  places: count,
  /** Pixels of a side of a square's image. */
  side: z.int().min(1),
  /** The grids, the coarsest first: their squares that hold places enough. */
  levels: z.array(z.object({
    /** Squares to a side. */
    grid: z.int().min(1).max(1000),
    cells: z.array(atlasCellSchema),
  })),
});

const layerSchema = z.object({ schema: z.literal(1), channels: z.array(channelSchema) });

const entrySchema = z.object({
  /** As the model calls it. */
  name: z.string(),
  /** Its node in the graph. */
  node: z.string(),
  /** What its files and addresses are called. */
  slug: z.string().regex(/^\w[\w.-]*$/, "is no name for a file"),
  channels: count,
  /** Height and width of its maps. */
  size: z.tuple([count, count]),
});

const microscopeSchema = z.object({
  schema: z.literal(1),
  createdAt: z.iso.datetime(),
  phosphene: z.string(),
  model: z.object({
    id: z.string(),
    title: z.string(),
    weights: z.object({ sha256: z.string(), source: z.string() }),
  }),
  /** Width and height of what the network sees. */
  input: size,
  /** How large the images of each kind are. */
  images: z.partialRecord(imageKind, size),
  labels: z.array(z.string()),
  layers: z.array(entrySchema),
  /** The layers that there is an atlas of, by their slugs. */
  atlases: z.array(z.string()),
  /** How many pictures were looked at. */
  pictures: count,
  /** Pictures that could not be read, and why. */
  bad: z.array(z.object({ name: z.string(), reason: z.string() })),
});

const picturesSchema = z.array(z.object({
  name: z.string(),
  sha256: z.string(),
  /** The class that the network gives it. */
  best: count,
  /** Whether `seen/NUMBER.png` shows it: it excites some channel most. */
  seen: z.boolean(),
  /** For each layer the channels that it excites most beyond what they are used to, the best first. */
  excites: z.array(z.array(count)),
}));

export type AtlasCell = z.output<typeof atlasCellSchema>;
export type AtlasData = z.output<typeof atlasSchema>;
export type TopEntry = z.output<typeof topSchema>;
export type ChannelEntry = z.output<typeof channelSchema>;
export type LayerEntry = z.output<typeof entrySchema>;
export type LayerData = z.output<typeof layerSchema>;
export type MicroscopeData = z.output<typeof microscopeSchema>;
export type PictureEntry = z.output<typeof picturesSchema>[number];

export { atlasSchema, layerSchema, microscopeSchema, picturesSchema };
