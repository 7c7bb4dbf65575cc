/** Structural similarity of two pictures of one level. */

/** Of the Gaussian window: 11 pixels, a deviation of 1.5 (Wang et al. 2004, section III.C). */
const REACH = 5, DEVIATION = 1.5;
const WINDOW = Array.from(
  { length: 2 * REACH + 1 },
  (_, i) => Math.exp(-(((i - REACH) / DEVIATION) ** 2) / 2),
);
const WINDOW_SUM = WINDOW.reduce((a, b) => a + b);
const C1 = 0.01 ** 2, C2 = 0.03 ** 2;

/** Weighted means around each pixel; beyond the border lie the last pixels, mirrored. */
function blurred(map: Float64Array, height: number, width: number): Float64Array {
  const mirrored = (at: number, size: number) => {
    if (size === 1) return 0;
    const period = 2 * size, inside = ((at % period) + period) % period;
    return inside < size ? inside : period - 1 - inside;
  };
  const along = (from: Float64Array, size: number, stride: number) =>
    from.map((_, i) => {
      const at = Math.floor(i / stride) % size;
      let sum = 0;
      for (let k = -REACH; k <= REACH; k++) {
        sum += WINDOW[k + REACH] * from[i + (mirrored(at + k, size) - at) * stride];
      }
      return sum / WINDOW_SUM;
    });
  return along(along(map, width, 1), height, width);
}

/**
 * How alike two maps of 0..1 are to the eye (Wang, Bovik, Sheikh, Simoncelli 2004, Image Quality
 * Assessment, equation 13), the mean over all pixels: −1..1, 1 for the same.
 *
 * @param shape `[height, width]` of both.
 */
export function ssim(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  [height, width]: readonly [number, number],
): number {
  const x = Float64Array.from(a), y = Float64Array.from(b);
  const around = (map: Float64Array) => blurred(map, height, width);
  const meanX = around(x), meanY = around(y);
  const squareX = around(x.map((v) => v * v)), squareY = around(y.map((v) => v * v));
  const product = around(x.map((v, i) => v * y[i]));
  let sum = 0;
  for (let i = 0; i < x.length; i++) {
    const both = meanX[i] * meanY[i], squares = meanX[i] ** 2 + meanY[i] ** 2;
    const varied = squareX[i] + squareY[i] - squares;
    sum += (2 * both + C1) * (2 * (product[i] - both) + C2) / ((squares + C1) * (varied + C2));
  }
  return sum / x.length;
}
