/** From a picture to what a network takes, and back. */
import { centerCrop, cropStart, type Interpolation, type Picture, resize } from "./mod.ts";
import { type Values, values } from "../core/values.ts";

/** How a model wants its pictures: declared by the model, never guessed. */
export interface Preprocess {
  /**
   * A number is the shorter side, the longer follows (cut off to whole pixels, as torchvision
   * does); a size is exact; `null` leaves the picture as it is.
   */
  readonly resize: number | Size | null;
  /** What to cut from the middle; a number is a square, `null` all. */
  readonly crop: number | Size | null;
  /** How a resized pixel is made of those around it. */
  readonly interpolation: Interpolation;
  /** Taken away from each channel after scaling to `range`, in the network's channel order. */
  readonly mean: readonly number[];
  /** What each channel is then divided by, in the network's channel order. */
  readonly std: readonly number[];
  /** What a full level (255) becomes before `mean` and `std`. */
  readonly range: 1 | 255;
  /** What its channels are, in order. */
  readonly channelOrder: ChannelOrder;
}

/**
 * What a network's channels are: colours, their brightness (ITU-R 601-2, as in Pillow), or colours and
 * alpha, which is full: pictures are laid on white when they are read.
 */
export type ChannelOrder = "rgb" | "bgr" | "gray" | "rgba" | "bgra";

/** Each of these. */
export const CHANNEL_ORDERS: readonly ChannelOrder[] = ["rgb", "bgr", "gray", "rgba", "bgra"];

/** Width and height in pixels. */
export interface Size {
  /** How far it reaches to the right. */
  readonly width: number;
  /** How far it reaches down. */
  readonly height: number;
}

/**
 * Prepares a picture for a network: resize, crop, normalize. For another input size (DeepDream on
 * a whole picture) pass `{ ...spec, resize: { width, height }, crop: null }`.
 *
 * @returns `picture`, what the network sees (cropped, not normalized), and `input`, `[H, W, channels]`
 * in the network's normalized space and channel order.
 * @throws UserError where the picture would become larger than 64 million pixels.
 * @example
 * ```ts
 * const { input, picture } = preprocess(image, model.preprocess);
 * input.shape; // [224, 224, 3]
 * await Deno.writeFile("seen.png", await encodePng(picture));
 * ```
 */
export function preprocess(
  picture: Picture,
  spec: Preprocess,
): { picture: Picture; input: Values } {
  const { width, height } = resizedSize(picture, spec.resize);
  const resized = resize(picture, width, height, spec.interpolation);
  const crop = typeof spec.crop === "number" ? { width: spec.crop, height: spec.crop } : spec.crop;
  const seen = crop ? centerCrop(resized, crop.width, crop.height) : resized;
  return { picture: seenBy(seen, spec.channelOrder), input: normalize(seen, spec) };
}

/** The size that a picture is resized to before it is cropped. */
export function resizedSize({ width, height }: Size, to: Preprocess["resize"]): Size {
  if (to === null) return { width, height };
  if (typeof to !== "number") return to;
  const longer = (long: number, short: number) => Math.trunc(to * long / short);
  return width <= height
    ? { width: to, height: longer(height, width) }
    : { width: longer(width, height), height: to };
}

/** A part of a picture, in its pixels. */
export interface Box extends Size {
  /** How far it begins from the left, and from the top; less than 0 where it begins outside. */
  readonly left: number;
  readonly top: number;
}

/**
 * Where in a picture lies what the network sees of it: the crop out of the resized picture, in pixels
 * of the picture itself, in fractions where the resizing makes them.
 *
 * @example
 * ```ts
 * cropBox({ width: 640, height: 480 }, { resize: 256, crop: 224 });
 * // { left: 108.9, top: 30, width: 420.4, height: 420 }, rounded
 * ```
 */
export function cropBox(picture: Size, spec: Pick<Preprocess, "resize" | "crop">): Box {
  const resized = resizedSize(picture, spec.resize);
  const crop = typeof spec.crop === "number" ? { width: spec.crop, height: spec.crop } : spec.crop;
  const { width, height } = crop ?? resized;
  const across = picture.width / resized.width, down = picture.height / resized.height;
  return {
    left: cropStart(resized.width, width) * across,
    top: cropStart(resized.height, height) * down,
    width: width * across,
    height: height * down,
  };
}

/** A channel's level, 0..255, of the pixel that begins at an index. */
type Level = (data: Uint8ClampedArray, pixel: number) => number;

const red: Level = (data, pixel) => data[pixel];
const green: Level = (data, pixel) => data[pixel + 1];
const blue: Level = (data, pixel) => data[pixel + 2];
const opaque: Level = () => 255;
/** In whole numbers of 1/65536, rounded, as Pillow's `convert("L")` does. */
const brightness: Level = (data, pixel) =>
  (19595 * data[pixel] + 38470 * data[pixel + 1] + 7471 * data[pixel + 2] + 0x8000) >> 16;

const LEVELS: Readonly<Record<ChannelOrder, readonly Level[]>> = {
  rgb: [red, green, blue],
  bgr: [blue, green, red],
  gray: [brightness],
  rgba: [red, green, blue, opaque],
  bgra: [blue, green, red, opaque],
};

/** How many channels there are in an order. */
export const channelsIn = (order: ChannelOrder): number => LEVELS[order].length;

/**
 * The network's input for a picture as it stands, `[H, W, channels]`: `(level · range/255 − mean) /
 * std`. One mean or deviation alone is that of every channel.
 */
export function normalize(picture: Picture, spec: Preprocess): Values {
  const { width, height, data } = picture, levels = LEVELS[spec.channelOrder];
  const channels = levels.length, { fround } = Math;
  // Step by step in single precision, as the frameworks that trained the models do.
  const tables = levels.map((_, channel) =>
    Float32Array.from({ length: 256 }, (_, level) => {
      const scaled = spec.range === 1 ? fround(level / 255) : level;
      return fround(scaled - fround(ofChannel(spec.mean, channel))) /
        fround(ofChannel(spec.std, channel));
    })
  );
  const input = new Float32Array(width * height * channels);
  for (let pixel = 0, to = 0; pixel < data.length; pixel += 3) {
    for (let channel = 0; channel < channels; channel++, to++) {
      input[to] = tables[channel][levels[channel](data, pixel)];
    }
  }
  return values(input, [height, width, channels]);
}

/** A channel's own number of a list, or the one of all. */
export const ofChannel = (numbers: readonly number[], channel: number): number =>
  numbers.length === 1 ? numbers[0] : numbers[channel];

/** A picture as a network of such channels sees it: of one that sees brightness alone, in gray. */
export function seenBy(picture: Picture, order: ChannelOrder): Picture {
  if (order !== "gray") return picture;
  const data = picture.data.slice();
  for (let pixel = 0; pixel < data.length; pixel += 3) {
    data.fill(brightness(picture.data, pixel), pixel, pixel + 3);
  }
  return { ...picture, data };
}

/**
 * The picture of a network's input `[H, W, channels]`: `normalize` undone, rounded, and clamped to
 * 0..255 where an optimization went beyond. Brightness becomes gray, alpha is left out.
 *
 * @throws RangeError where the input has another shape.
 */
export function unnormalize(input: Values, spec: Preprocess): Picture {
  const [height, width, channels] = input.shape, levels = LEVELS[spec.channelOrder];
  if (input.shape.length !== 3 || channels !== levels.length) {
    throw new RangeError(
      `[${input.shape.join(", ")}] is not the shape of a picture, [H, W, ${levels.length}]`,
    );
  }
  const data = new Uint8ClampedArray(width * height * 3);
  const from = [red, green, blue].map((level) => Math.max(0, levels.indexOf(level)));
  for (let pixel = 0, at = 0; pixel < data.length; pixel += 3, at += channels) {
    for (let color = 0; color < 3; color++) {
      const channel = from[color];
      const value = input[at + channel] * ofChannel(spec.std, channel) +
        ofChannel(spec.mean, channel);
      data[pixel + color] = value * 255 / spec.range;
    }
  }
  return { width, height, data };
}
