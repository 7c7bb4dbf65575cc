/** What is declared of a model's preprocessing, made to fit the network. */
import { UserError } from "../core/errors.ts";
import { option } from "../core/say.ts";
import { type ChannelOrder, channelsIn, type Preprocess, type Size } from "../image/preprocess.ts";
import type { Model } from "./model.ts";

/** What pictures are made into for a network of so many channels, unless it is declared. */
const USUAL: Readonly<Record<number, ChannelOrder>> = { 1: "gray", 3: "rgb" };

/**
 * A model's own preprocessing with what a user declares of it, one mean and one deviation for each
 * channel: a single number is every channel's, and a network of one channel that was made like one of
 * three takes the mean of the three.
 *
 * @throws UserError for lists that are not one number for each channel, or an order that is not the
 * network's.
 */
export function declared(
  own: Omit<Preprocess, "channelOrder"> & { readonly channelOrder?: ChannelOrder },
  given: Partial<Preprocess> | undefined,
  channels: number,
  model: string,
): Preprocess {
  const { channelOrder = USUAL[channels] ?? "rgb", ...both } = { ...own, ...defined(given ?? {}) };
  if (given?.channelOrder && channelsIn(channelOrder) !== channels) {
    throw new UserError(
      `Cannot show ${model} pictures in the order ${channelOrder}, which has ` +
        `${channelsIn(channelOrder)} channels: the network takes ${channels}.`,
      { code: "bad-option", option: "channelOrder" },
    );
  }
  const list = (name: "mean" | "std") => {
    const numbers = both[name];
    if (numbers.length === channels) return numbers;
    if (numbers.length === 1) return new Array<number>(channels).fill(numbers[0]);
    if (!given?.[name]) {
      const mean = numbers.reduce((a, b) => a + b, 0) / numbers.length;
      return new Array<number>(channels).fill(mean);
    }
    throw new UserError(
      `Cannot prepare pictures for ${model}: ${
        option(name)
      } has ${numbers.length} numbers, and the ` +
        `network has ${channels} ${channels === 1 ? "channel" : "channels"}.`,
      { code: "bad-option", option: name },
    );
  };
  return { ...both, channelOrder, mean: list("mean"), std: list("std") };
}

/** Without the parts that are not declared. */
const defined = (given: Partial<Preprocess>): Partial<Preprocess> =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));

/**
 * How a model's pictures are prepared: as it says, in an order that has the network's channels.
 *
 * @throws UserError for a network whose channels no picture has.
 */
export function preprocessOf({ preprocess, network, id }: Model): Preprocess {
  const channels = network.graph.input.shape[2];
  if (channelsIn(preprocess.channelOrder) === channels) return preprocess;
  const channelOrder = USUAL[channels];
  if (channelOrder) return { ...preprocess, channelOrder };
  throw new UserError(
    channels === 4
      ? `Cannot make pictures for ${id}: it takes 4 channels, and it is not known of what. If the ` +
        `fourth is alpha, declare ${option("channelOrder", "rgba")} (or bgra).`
      : `Cannot make pictures for ${id}: it takes ${channels} channels, and pictures have 1 ` +
        `(brightness), 3 (colours) or 4 (colours and alpha).`,
    { code: "unsupported", option: channels === 4 ? "channelOrder" : undefined },
  );
}

/** A model that prepares pictures as {@link preprocessOf} says; itself, where it does already. */
export function fitted(model: Model): Model {
  const preprocess = preprocessOf(model);
  return preprocess === model.preprocess ? model : { ...model, preprocess };
}

/** The size of what comes out of a preprocessing; the crop, or else an exact resize. */
export function sizeAfter({ crop, resize }: Pick<Preprocess, "crop" | "resize">): Size {
  const size = crop ?? resize ?? 224;
  return typeof size === "number" ? { width: size, height: size } : size;
}
