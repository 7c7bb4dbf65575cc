/** Blurring by a bell curve. */
import { type Values, values } from "../core/values.ts";

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

/**
 * An image `[height, width, channels]`, blurred.
 *
 * @param deviation The bell's, in pixels; it is cut off at three of them.
 */
export function blurred(image: Values, deviation: number): Values {
  const [height, width, channels] = image.shape;
  const rows = blurAxis(image, width, channels, deviation);
  return blurAxis(rows, height, width * channels, deviation);
}
