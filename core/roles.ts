/** What options mean to those who offer them, and the options that techniques share. */
import { z } from "../deps/zod.ts";

/**
 * What an option means, apart from its name. Forms suggest layers for one of the role `layer`, a run
 * explains the class of the one of the role `class`, whatever these are called.
 */
export const ROLES = [
  /** The class to explain, by number or name. */
  "class",
  /** Name of the layer to look at, or several. */
  "layer",
  /** Number of the channel to look at. */
  "channel",
  /** Share of the map in the overlay, 0..1. */
  "overlay",
  /** Percentile of the map's magnitudes that gets the full colour. */
  "clip",
  /** `WIDTHxHEIGHT` in pixels. */
  "size",
  /** Path of a file that is read. */
  "file",
  /** Path of a folder. */
  "folder",
  /** Id of another technique. */
  "technique",
  /** Id of a model, or the path of one. */
  "model",
  /** Seed of all that is random. */
  "seed",
] as const;
export type OptionRole = typeof ROLES[number];

/**
 * Says what an option means; its default and its `.describe()` may come before or after.
 *
 * @example
 * ```ts
 * withRole("class", z.string().optional()).describe("Breed to explain")
 * ```
 */
export const withRole = <Schema extends z.ZodType>(role: OptionRole, schema: Schema): Schema =>
  schema.meta({ role });

/** The class to explain; without one, the predicted one is explained. */
export const classOption = withRole(
  "class",
  z.union([z.int().min(0), z.string().min(1)]).optional(),
).describe("Class to explain, by number or name; default: the predicted one");

const LAYER = "Layer to look at";
const DEFAULT_LAYER = "default: what the classifier pools";

/** A layer's name; the technique chooses where there is none. */
export const layerOption = (description = `${LAYER}; ${DEFAULT_LAYER}`) =>
  withRole("layer", z.string().min(1).optional()).describe(description);

/** The names of one layer or of several. */
export const layersOption = (
  description = `${LAYER}, or several, separated by commas; ${DEFAULT_LAYER}`,
) =>
  withRole("layer", z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]).optional())
    .describe(description);

/** A channel's number. */
export const channelOption = withRole("channel", z.int().min(0).default(0))
  .describe("Channel of that layer, by number");

/** `WIDTHxHEIGHT`, for `parseSize`. */
export const sizeOption = (description: string) =>
  withRole("size", z.string().regex(/^\s*0*[1-9]\d*\s*[x×]\s*0*[1-9]\d*\s*$/i).optional())
    .describe(description);

/** The path of a file that is read. */
export const fileOption = (description: string) =>
  withRole("file", z.string().min(1).optional()).describe(description);

/** The id of another technique. */
export const techniqueOption = (fallback: string, description: string) =>
  withRole("technique", z.string().min(1).default(fallback)).describe(description);

/** Seed of a run. */
export const seedOption = withRole("seed", z.int().min(0).default(0))
  .describe("Seed for everything that is random");

/** Strength of the map in the overlay; each attribution has a default of its own. */
export const overlayOption = (share: number) =>
  withRole("overlay", z.number().min(0).max(1).default(share))
    .describe("Strength of the map over the picture: 0 shows the picture alone, 1 the map alone");

/** Where the colours of a map end; raw values are kept whole. */
export const clipOption = withRole("clip", z.number().positive().max(100).default(99)).describe(
  "Percentile of the map's magnitudes that gets the full colour; larger ones look the same",
);

/** Options that every attribution has; extend it with the technique's own. */
export const attributionOptions = z.object({ class: classOption, overlay: overlayOption(0.5) });

/** Options of attributions whose values are for (positive) or against (negative) the class. */
export const signedOptions = attributionOptions.extend({
  overlay: overlayOption(0.9),
  clip: clipOption,
});
