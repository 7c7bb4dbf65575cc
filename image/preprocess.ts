/** From a picture to what a network takes, and back. */
import { centerCrop, type Interpolation, type Picture, resize } from "./mod.ts";
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
  readonly interpolation: Interpolation;
  /** Taken away from each channel after scaling to `range`, in the network's channel order. */
  readonly mean: Triple;
  /** What each channel is then divided by, in the network's channel order. */
  readonly std: Triple;
  /** What a full level (255) becomes before `mean` and `std`. */
  readonly range: 1 | 255;
  readonly channelOrder: "rgb" | "bgr";
}

/** One number a channel. */
export type Triple = readonly [number, number, number];

/** Width and height in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * Prepares a picture for a network: resize, crop, normalize. For another input size (DeepDream on
 * a whole picture) pass `{ ...spec, resize: { width, height }, crop: null }`.
 *
 * @returns `picture`, what the network sees (cropped, not normalized), and `input`, `[H, W, 3]` in
 * the network's normalized space and channel order.
 * @throws UserError where the picture would become larger than `MAX_PIXELS`.
 */
export function preprocess(
  picture: Picture,
  spec: Preprocess,
): { picture: Picture; input: Values } {
  const { width, height } = resizedSize(picture, spec.resize);
  const resized = resize(picture, width, height, spec.interpolation);
  const crop = typeof spec.crop === "number" ? { width: spec.crop, height: spec.crop } : spec.crop;
  const seen = crop ? centerCrop(resized, crop.width, crop.height) : resized;
  return { picture: seen, input: normalize(seen, spec) };
}

function resizedSize({ width, height }: Size, to: Preprocess["resize"]): Size {
  if (to === null) return { width, height };
  if (typeof to !== "number") return to;
  const longer = (long: number, short: number) => Math.trunc(to * long / short);
  return width <= height
    ? { width: to, height: longer(height, width) }
    : { width: longer(width, height), height: to };
}

/** Where the network's channels lie in an RGB pixel. */
const ORDER = { rgb: [0, 1, 2], bgr: [2, 1, 0] };

/** The network's input for a picture as it stands, `[H, W, 3]`: `(level · range/255 − mean) / std`. */
export function normalize(picture: Picture, spec: Preprocess): Values {
  const { width, height, data } = picture;
  const { fround } = Math;
  // Step by step in single precision, as the frameworks that trained the models do.
  const tables = spec.mean.map((mean, channel) =>
    Float32Array.from({ length: 256 }, (_, level) => {
      const scaled = spec.range === 1 ? fround(level / 255) : level;
      return fround(scaled - fround(mean)) / fround(spec.std[channel]);
    })
  );
  const order = ORDER[spec.channelOrder];
  const input = new Float32Array(data.length);
  for (let pixel = 0; pixel < data.length; pixel += 3) {
    for (let channel = 0; channel < 3; channel++) {
      input[pixel + channel] = tables[channel][data[pixel + order[channel]]];
    }
  }
  return values(input, [height, width, 3]);
}

/**
 * The picture of a network's input `[H, W, 3]`: `normalize` undone, rounded, and clamped to 0..255
 * where an optimization went beyond.
 *
 * @throws RangeError where the input has another shape.
 */
export function unnormalize(input: Values, spec: Preprocess): Picture {
  const [height, width, channels] = input.shape;
  if (input.shape.length !== 3 || channels !== 3) {
    throw new RangeError(`[${input.shape.join(", ")}] is not the shape of a picture, [H, W, 3]`);
  }
  const order = ORDER[spec.channelOrder];
  const data = new Uint8ClampedArray(input.length);
  for (let pixel = 0; pixel < input.length; pixel += 3) {
    for (let channel = 0; channel < 3; channel++) {
      const value = input[pixel + channel] * spec.std[channel] + spec.mean[channel];
      data[pixel + order[channel]] = value * 255 / spec.range;
    }
  }
  return { width, height, data };
}
