import * as tf from "../../deps/tfjs.ts";
import { z } from "../../deps/zod.ts";
import { type Random, random as seeded } from "../../core/random.ts";
import { constant } from "../../engine/constant.ts";
import {
  defineParameterization,
  type ImageShape,
  type Parameterization,
  type Parameterized,
} from "../../run/parameterization.ts";
import { valid } from "../colors.ts";

/** Spread of the coefficients that a run starts from. */
const DEVIATION = 0.01;
/** What the inverse transform is divided by, so that a sigmoid behind it starts in its middle. */
const DIVISOR = 4;

/** Which images {@link fourierImage} makes. */
export interface FourierShape extends Pick<ImageShape, "height" | "width"> {
  /** Default 3. */
  readonly channels?: number;
  /** Default 1. */
  readonly batch?: number;
  /** How much less a frequency counts than one half as high: 1 is natural, 0 is even. Default 1. */
  readonly decay?: number;
}

/** `fftfreq(n)[:count]`, without signs: cycles per pixel. */
const frequencies = (n: number, count = n): number[] =>
  Array.from({ length: count }, (_, i) => (i < (n + 1) >> 1 ? i : n - i) / n);

const table = (rows: number, columns: number, at: (row: number, column: number) => number) =>
  Float32Array.from({ length: rows * columns }, (_, i) => at(Math.floor(i / columns), i % columns));

/**
 * Images by the coefficients of their Fourier transform, each scaled by its frequency, so that one step
 * changes large shapes as easily as pixels: what makes feature visualizations legible (Olah,
 * Mordvintsev, Schubert 2017; as in Lucid, also for odd widths, whose transform is a column wider).
 * The inverse transform is a product with two matrices, which every backend differentiates.
 *
 * @returns `parameters`, `[real, imaginary]`, each `[batch, channels, height, columns]` with
 * `columns = ⌊width / 2⌋ + 1`, one more where the width is odd, normally distributed with a deviation of
 * 0.01; `image(parameters)`, `[batch, height, width, channels]`, any range around 0.
 * @example
 * ```ts
 * const fourier = fourierImage({ height: 128, width: 128 });
 * const image = tf.sigmoid(decorrelate(fourier.image(fourier.parameters)));
 * image.shape; // [1, 128, 128, 3]
 * ```
 */
export function fourierImage(
  { height, width, channels = 3, batch = 1, decay = 1 }: FourierShape,
  random: Random = seeded(0),
): Parameterized {
  const columns = (width >> 1) + 1 + width % 2, length = 2 * (columns - 1);
  const [fy, fx] = [frequencies(height), frequencies(width, columns)];
  const least = 1 / Math.max(width, height);
  const gain = Math.sqrt(width * height) / (height * length * DIVISOR);
  const shape = [batch, channels, height, columns];
  const parameters = [0, 1].map(() => tf.tensor(random.normalValues(shape, 0, DEVIATION), shape));
  const scale = Float32Array.from({ length: height * columns }, (_, i) => {
    const [v, u] = [i % columns, Math.floor(i / columns)];
    const once = v === 0 || v === columns - 1 ? 1 : 2; // the others stand for their conjugates too
    return once * gain /
      Math.max(Math.hypot(fy[u], fx[v]), least) ** decay;
  });
  const turn = (i: number, j: number, n: number) => 2 * Math.PI * ((i * j) % n) / n;
  // along the width: (a + bi)(cos + i sin), as one product with [[cos, sin], [−sin, cos]]
  const along = table(2 * columns, 2 * width, (row, column) => {
    const angle = turn(row % columns, column % width, length);
    const isB = row >= columns, isImaginary = column >= width;
    if (isB === isImaginary) return Math.cos(angle);
    return isB ? -Math.sin(angle) : Math.sin(angle);
  });
  // along the height, its real part alone; the two parts of a row beside each other
  const down = table(height, 2 * height, (y, column) => {
    const angle = turn(y, column >> 1, height);
    return column % 2 === 0 ? Math.cos(angle) : -Math.sin(angle);
  });
  return {
    parameters,
    image: ([real, imaginary]) =>
      tf.tidy(() => {
        const weights = constant(scale, [height, columns]);
        const scaled = (part: tf.Tensor) => tf.reshape(tf.mul(part, weights), [-1, columns]);
        const both = tf.concat([scaled(real), scaled(imaginary)], 1) as tf.Tensor2D;
        const rows = tf.matMul(both, constant(along, [2 * columns, 2 * width]));
        const turned = tf.transpose(tf.reshape(rows, [-1, 2 * height, width]), [1, 0, 2]);
        const image = tf.matMul(
          constant(down, [height, 2 * height]),
          tf.reshape(turned, [2 * height, -1]) as tf.Tensor2D,
        );
        const placed = tf.reshape(image, [height, -1, channels, width]);
        return tf.transpose(placed, [1, 0, 3, 2]) as tf.Tensor4D;
      }),
  };
}

/** How waves are scaled. */
export const decay: z.ZodDefault<z.ZodNumber> = z.number().min(0).max(4).default(1).describe(
  "How much less high frequencies count: 1 is natural, 0 is even",
);

/** Waves, the long ones first, with the colours of natural pictures. */
export const fourier: Parameterization<{ decay: number }> = defineParameterization({
  id: "fourier",
  title: "Fourier, decorrelated",
  summary:
    "Waves whose steps are even over all lengths, in colours that vary as in natural pictures",
  paper: {
    citation: "Olah, Mordvintsev, Schubert 2017, Feature Visualization",
    url: "https://distill.pub/2017/feature-visualization/",
    equation: "x = sigmoid(C · irfft2(s / max(f, 1/max(w, h))^decay · √(wh)) / 4)",
  },
  options: z.object({ decay }),
  start(shape, { decay }, random) {
    const { parameters, image } = fourierImage({ ...shape, decay }, random);
    return { parameters, image: (now) => tf.tidy(() => valid(image(now))) };
  },
});
