/** A channel's activation as a picture. */
import { UserError } from "../core/errors.ts";
import { type Values, values } from "../core/values.ts";
import type { Picture } from "../image/mod.ts";
import { paint } from "../image/render.ts";
import { rangeOf } from "../run/maps.ts";

/**
 * Paints one channel of an activation `[height, width, channels]` (or `[units]`): from black at zero to
 * bright; where there are numbers below zero, from blue through white to red.
 *
 * @param asked `common` takes the scale of all channels, not the channel's own.
 * @throws UserError for a channel that there is not.
 */
export async function paintChannel(
  activation: Values,
  { layer, channel, common }: {
    readonly layer: string;
    readonly channel: number;
    readonly common: boolean;
  },
): Promise<Picture> {
  const channels = activation.shape.at(-1)!, [height, width] = placesOf(activation.shape);
  if (!(channel < channels)) {
    throw new UserError(
      `There is no channel ${channel} in ${layer}: it has ${channels}, 0 to ${channels - 1}.`,
    );
  }
  const own = new Float32Array(height * width).map((_, i) => activation[i * channels + channel]);
  const [low, high] = rangeOf(common ? activation : own);
  const signed = low < 0, most = Math.max(Math.abs(low), Math.abs(high));
  const share = (v: number) => most === 0 ? 0 : v / most;
  const scaled = own.map((v) => signed ? 0.5 + share(v) / 2 : share(v));
  return await paint(values(scaled, [height, width]), signed ? "diverging" : "perceptual");
}

/** Rows and columns of an activation; one of each where it has no places. */
const placesOf = (shape: readonly number[]): readonly [number, number] =>
  shape.length === 3 ? [shape[0], shape[1]] : [1, 1];
