/** What options mean to those who offer them, and the options that techniques share. */
import { z } from "../deps/zod.ts";

/**
 * What an option means, apart from its name. Forms suggest layers for one of the role `layer`, a run
 * explains the class of the one of the role `class`, whatever these are called.
 *
 * | role | what the option holds |
 * | --- | --- |
 * | `class` | the class to explain, by number or name |
 * | `layer` | the name of the layer to look at, or several |
 * | `channel` | the number of the channel to look at |
 * | `overlay` | the share of the map in the overlay, 0..1 |
 * | `clip` | the percentile of the map's magnitudes that gets the full colour |
 * | `size` | `WIDTHxHEIGHT` in pixels |
 * | `file` | the path of a file that is read |
 * | `folder` | the path of a folder |
 * | `technique` | the id of another technique |
 * | `model` | the id of a model, or the path of one |
 * | `seed` | the seed of all that is random |
 * | `objective` | what an image is optimized for, as an expression |
 */
export type OptionRole =
  | "class"
  | "layer"
  | "channel"
  | "overlay"
  | "clip"
  | "size"
  | "file"
  | "folder"
  | "technique"
  | "model"
  | "seed"
  | "objective";

/** Every role there is. */
export const ROLES: readonly OptionRole[] = [
  "class",
  "layer",
  "channel",
  "overlay",
  "clip",
  "size",
  "file",
  "folder",
  "technique",
  "model",
  "seed",
  "objective",
];

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
export const classOption: z.ZodOptional<z.ZodUnion<readonly [z.ZodInt, z.ZodString]>> = withRole(
  "class",
  z.union([z.int().min(0), z.string().min(1)]).optional(),
).describe("Class to explain, by number or name; default: the predicted one");

const LAYER = "Layer to look at";
const DEFAULT_LAYER = "default: what the classifier pools";

/** A layer's name; the technique chooses where there is none. */
export const layerOption = (
  description = `${LAYER}; ${DEFAULT_LAYER}`,
): z.ZodOptional<z.ZodString> =>
  withRole("layer", z.string().min(1).optional()).describe(description);

/** The names of one layer or of several; the technique chooses where there is none. */
export const layersOption = (
  description = `${LAYER}, or several, separated by commas; ${DEFAULT_LAYER}`,
): z.ZodOptional<z.ZodUnion<readonly [z.ZodString, z.ZodArray<z.ZodString>]>> =>
  withRole("layer", z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]).optional())
    .describe(description);

/** A channel's number, from 0; default 0. */
export const channelOption: z.ZodDefault<z.ZodInt> = withRole("channel", z.int().min(0).default(0))
  .describe("Channel of that layer, by number");

/** `WIDTHxHEIGHT` in pixels, for {@link parseSize}. */
export const sizeOption = (description: string): z.ZodOptional<z.ZodString> =>
  withRole("size", z.string().regex(/^\s*0*[1-9]\d*\s*[x×]\s*0*[1-9]\d*\s*$/i).optional())
    .describe(description);

/** The path of a file that is read. */
export const fileOption = (description: string): z.ZodOptional<z.ZodString> =>
  withRole("file", z.string().min(1).optional()).describe(description);

/** The id of another technique; without one, `fallback`. */
export const techniqueOption = (
  fallback: string,
  description: string,
): z.ZodDefault<z.ZodString> =>
  withRole("technique", z.string().min(1).default(fallback)).describe(description);

/** Seed of a run. */
export const seedOption: z.ZodDefault<z.ZodInt> = withRole("seed", z.int().min(0).default(0))
  .describe("Seed for everything that is random");

/** Strength of the map in the overlay, 0..1; each attribution has a default of its own. */
export const overlayOption = (share: number): z.ZodDefault<z.ZodNumber> =>
  withRole("overlay", z.number().min(0).max(1).default(share))
    .describe("Strength of the map over the picture: 0 shows the picture alone, 1 the map alone");

/**
 * Where the colours of a map end, as a percentile of its magnitudes; raw values are kept whole. 100 is
 * the largest, which one bright pixel makes the only one that is seen.
 */
export const clipAt = (percentile: number): z.ZodDefault<z.ZodNumber> =>
  withRole("clip", z.number().positive().max(100).default(percentile)).describe(
    "Percentile of the map's magnitudes that gets the full colour; larger ones look the same",
  );

/** {@link clipAt} the percentile that signed maps have. */
export const clipOption: z.ZodDefault<z.ZodNumber> = clipAt(99);

/**
 * Options that every attribution has; extend it with the technique's own.
 *
 * @example
 * ```ts
 * const options = attributionOptions.extend({
 *   samples: z.int().min(1).default(25).describe("Number of noisy copies"),
 * });
 * ```
 */
export const attributionOptions: z.ZodObject<{
  class: typeof classOption;
  overlay: ReturnType<typeof overlayOption>;
}> = z.object({ class: classOption, overlay: overlayOption(0.5) });

/** Options of attributions whose values are for (positive) or against (negative) the class. */
export const signedOptions: z.ZodObject<{
  class: typeof classOption;
  overlay: ReturnType<typeof overlayOption>;
  clip: typeof clipOption;
}> = attributionOptions.extend({
  overlay: overlayOption(0.9),
  clip: clipOption,
});
