/** An attribution as one number for each number of the input. */
import { type Values, values } from "../core/values.ts";
import type { MetricContext } from "../run/metric.ts";

/**
 * `[H, W, channels]` of the input. What is one number a pixel is shared out evenly among its channels,
 * so that the sum stays.
 */
export function perChannel(
  { attribution, importance }: Pick<MetricContext<unknown>, "attribution" | "importance">,
  shape: readonly number[],
): Values {
  if (`${attribution.shape}` === `${shape}`) return attribution;
  const channels = shape[2], numbers = new Float32Array(importance.length * channels);
  importance.forEach((v, at) => numbers.fill(v / channels, at * channels, (at + 1) * channels));
  return values(numbers, shape);
}
