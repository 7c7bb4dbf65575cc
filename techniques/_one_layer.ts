/** What is shown of one layer's channels as they are computed: the options, and which are shown. */
import type * as tf from "../deps/tfjs.ts";
import { z } from "../deps/zod.ts";
import { UserError } from "../core/errors.ts";
import {
  attributionOptions,
  type classOption,
  type clipAt,
  clipOption,
  layerOption,
  overlayOption,
  withRole,
} from "../core/options.ts";
import type { Model } from "../run/model.ts";
import { type CamLayer, camLayer } from "./_cam.ts";

/** Options of maps of one layer; extend it with the technique's own. */
export const oneLayerOptions: z.ZodObject<{
  class: typeof classOption;
  overlay: ReturnType<typeof overlayOption>;
  layer: ReturnType<typeof layerOption>;
  channel: z.ZodOptional<z.ZodInt>;
  clip: ReturnType<typeof clipAt>;
}> = attributionOptions.extend({
  overlay: overlayOption(0.7),
  layer: layerOption(),
  channel: withRole("channel", z.int().min(0).optional())
    .describe("This channel of the layer alone, by number; default: all of them"),
  clip: clipOption,
});

/**
 * The layer that is looked at.
 *
 * @throws UserError for a layer that is not there or has no height and width, and for a channel that
 * it does not have.
 */
export function oneLayer(
  model: Model,
  { layer, channel }: { readonly layer?: string; readonly channel?: number },
  image: tf.Tensor4D,
): CamLayer {
  const found = camLayer(model, layer, image), channels = found.shape[2];
  if (channel === undefined || channel < channels) return found;
  throw new UserError(
    `Cannot use channel ${channel} of "${found.name}": it has ${channels}, 0 to ${channels - 1}.`,
    { code: "bad-option", option: "channel" },
  );
}
