/** Pictures without the thing in them: what a picture is compared with, or its parts replaced by. */
import { z } from "../deps/zod.ts";
import { nearestHint, UserError } from "../core/errors.ts";
import { blurred } from "../image/blur.ts";
import { normalize, ofChannel, type Preprocess } from "../image/preprocess.ts";
import type { Random } from "../core/random.ts";
import { type Values, values } from "../core/values.ts";
import { loadInput } from "./image_file.ts";

/** Makes one, `[height, width, channels]` in the network's normalized space, from the picture there. */
type Baseline = (image: Values, spec: Preprocess, random: Random) => Values;

/** Of the blur: 10 pixels at 224 (Fong and Vedaldi 2017). */
const DEVIATION_SHARE = 10 / 224;

const zero: Baseline = (image) => values(new Float32Array(image.length), image.shape);

const mean: Baseline = (image) => {
  const channels = image.shape[2], sums = new Float64Array(channels);
  image.forEach((v, i) => sums[i % channels] += v);
  return values(image.map((_, i) => sums[i % channels] * channels / image.length), image.shape);
};

const noise: Baseline = (image, { mean, std, range }, random) =>
  values(
    image.map((_, i) => {
      const channel = i % image.shape[2];
      return (random.uniform(0, range) - ofChannel(mean, channel)) / ofChannel(std, channel);
    }),
    image.shape,
  );

const blur: Baseline = (image) =>
  blurred(image, Math.min(image.shape[0], image.shape[1]) * DEVIATION_SHARE);

const BASELINES = { zero, mean, blur, noise };

const NAMES = Object.keys(BASELINES) as [keyof typeof BASELINES];
const isNamed = (text: string): text is keyof typeof BASELINES => Object.hasOwn(BASELINES, text);

/** Colours that have a name here, and `#rrggbb`. */
const COLORS: Readonly<Record<string, readonly [number, number, number]>> = {
  black: [0, 0, 0],
  gray: [128, 128, 128],
  grey: [128, 128, 128],
  white: [255, 255, 255],
};

function colorOf(text: string): readonly [number, number, number] | undefined {
  const [, ...hex] = /^#([\da-f]{2})([\da-f]{2})([\da-f]{2})$/i.exec(text) ?? [];
  if (hex.length) return hex.map((level) => parseInt(level, 16)) as [number, number, number];
  return Object.hasOwn(COLORS, text.toLowerCase()) ? COLORS[text.toLowerCase()] : undefined;
}

/** An option that takes one, for {@link baseline}; its meaning ends with what can be given. */
export const baselineOption = (
  meaning: string,
  usual = "zero",
): z.ZodDefault<z.ZodUnion<readonly [z.ZodNumber, z.ZodString]>> =>
  z.union([z.number(), z.string().min(1)]).default(usual).describe(
    `${meaning}: zero in the network's normalized space (its training pictures' mean, as a rule), ` +
      `mean (the picture's mean colour), blur (the picture blurred), noise (uniform), another number ` +
      `in that space, a colour (#rrggbb, black, gray, white), the path of a picture, or a tensor of that ` +
      `space in a .safetensors file (FILE#TENSOR)`,
  ).meta({ takes: "a baseline's name, a number, a colour or the path of a picture or a tensor" });

/**
 * A baseline, `[height, width, channels]`: one of those with a name, a number in the network's
 * normalized space, a colour, a picture's file, resized to the image, or a tensor of that space in a
 * `.safetensors` file, of the image's size.
 *
 * @param also Further names that the option takes, for the message about one that is none.
 * @throws UserError for a file that is no picture, a tensor of another size, or a name that is none.
 * @example
 * ```ts
 * const { input } = preprocess(image, model.preprocess);
 * const blurred = await baseline("blur", input, model.preprocess, random(0));
 * ```
 */
export async function baseline(
  wanted: string | number,
  image: Values,
  spec: Preprocess,
  random: Random,
  also: readonly string[] = [],
): Promise<Values> {
  const text = String(wanted).trim(), [height, width, channels] = image.shape;
  if (isNamed(text)) return BASELINES[text](image, spec, random.fork("baseline"));
  const number = Number(text);
  if (text !== "" && Number.isFinite(number)) {
    return values(new Float32Array(image.length).fill(number), image.shape);
  }
  const color = colorOf(text);
  if (color) {
    const pixel = { width: 1, height: 1, data: Uint8ClampedArray.from(color) };
    const one = normalize(pixel, spec);
    return values(image.map((_, i) => one[i % channels]), image.shape);
  }
  if (!/[./\\]/.test(text)) {
    throw new UserError(
      `There is no baseline "${text}"; ${
        nearestHint(text, [...also, ...NAMES, ...Object.keys(COLORS)])
      }. ` +
        `A number, a colour such as #808080 and the path of a picture work too.`,
      { code: "bad-option" },
    );
  }
  const input = await loadInput(text, spec, { what: "baseline", option: "baseline" }, {
    width,
    height,
  });
  if (`${input.shape}` === `${image.shape}`) return input;
  throw new UserError(
    `Cannot use ${text} as the baseline: its shape is [${
      input.shape.join(", ")
    }], and the picture's ` +
      `[${image.shape.join(", ")}].`,
    { code: "bad-file", option: "baseline" },
  );
}
