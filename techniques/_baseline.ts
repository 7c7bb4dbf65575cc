/** Pictures without the thing in them: what a picture is compared with, or its parts replaced by. */
import { z } from "zod";
import { ofChannel, type Preprocess } from "../image/preprocess.ts";
import type { Random } from "../core/random.ts";
import { type Values, values } from "../core/values.ts";

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

/** Blurs along one axis, whose neighbours lie `stride` apart; beyond the border lies its last pixel. */
function blurAxis(image: Values, size: number, stride: number, deviation: number): Values {
  const reach = Math.ceil(3 * deviation);
  const weights = Array.from(
    { length: 2 * reach + 1 },
    (_, i) => Math.exp(-(((i - reach) / deviation) ** 2) / 2),
  );
  const total = weights.reduce((a, b) => a + b);
  const blurred = image.map((_, i) => {
    const at = Math.floor(i / stride) % size;
    let sum = 0;
    for (let k = -reach; k <= reach; k++) {
      const neighbour = Math.min(size - 1, Math.max(0, at + k));
      sum += weights[k + reach] * image[i + (neighbour - at) * stride];
    }
    return sum / total;
  });
  return values(blurred, image.shape);
}

const blur: Baseline = (image) => {
  const [height, width, channels] = image.shape;
  const deviation = Math.min(height, width) * DEVIATION_SHARE;
  const rows = blurAxis(image, width, channels, deviation);
  return blurAxis(rows, height, width * channels, deviation);
};

const BASELINES = { zero, mean, blur, noise };

const NAMES = Object.keys(BASELINES) as [keyof typeof BASELINES];

/** An option that names one; its meaning ends with what the names mean. */
export const baselineOption = (meaning: string) =>
  z.enum(NAMES).default("zero").describe(
    `${meaning}: zero in the network's normalized space (its training pictures' mean, as a rule), ` +
      `the picture's mean colour, the picture blurred, or uniform noise`,
  );

/** The baseline of a name, `[height, width, channels]`. */
export const baseline = (
  name: keyof typeof BASELINES,
  image: Values,
  spec: Preprocess,
  random: Random,
): Values => BASELINES[name](image, spec, random.fork("baseline"));
