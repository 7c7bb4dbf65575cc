/** Options that objectives share. */
import { z } from "../../deps/zod.ts";
import { UserError } from "../../core/errors.ts";
import { withRole } from "../../core/options.ts";
import type { Size } from "../../image/preprocess.ts";
import type { Model } from "../../run/model.ts";

/** A layer that has to be named. */
export const layer: z.ZodString = withRole("layer", z.string().min(1)).describe("Layer");

/** A channel of it. */
export const channel: z.ZodInt = withRole("channel", z.int().min(0)).describe("Channel, by number");

const place = (of: string) =>
  z.int().min(0).optional().describe(`${of} of the layer's map; default: the middle one`);
/** Where in a layer's map. */
export const row: z.ZodOptional<z.ZodInt> = place("Row"),
  column: z.ZodOptional<z.ZodInt> = place("Column");

/** Numbers, or the path of a file with them. */
export const vector: z.ZodUnion<readonly [z.ZodArray<z.ZodNumber>, z.ZodString]> = z.union([
  z.array(z.number()).min(1),
  z.string().min(1),
]);

/** Refuses an unknown layer, and a channel that it does not have for images of a size. */
export function checkLayer(
  { network, inputSize }: Model,
  layer: string,
  channel = 0,
  { height, width }: Size = inputSize,
  option = "objective",
): void {
  const channels = network.shapeOf(layer, height, width).at(-1)!;
  if (channel < channels) return;
  throw new UserError(
    `Cannot use channel ${channel} of "${layer}": it has ${channels}, 0 to ${channels - 1}.`,
    { code: "bad-option", option },
  );
}
