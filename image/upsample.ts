/** From a layer's size to the picture's. */
import { type Values, values } from "../core/values.ts";

/**
 * How a pixel is made of the map's: between the four nearest, the same with the corners' pixels on the
 * map's own, or the nearest one.
 */
export type Upsampling = "bilinear" | "corners" | "nearest";

/** For each target pixel: the two source pixels it lies between, and the second one's weight. */
interface Taps {
  readonly first: Int32Array;
  readonly second: Int32Array;
  readonly weight: Float64Array;
}

/** Where the centre of each target pixel lies among the source's. */
function taps(from: number, to: number, mode: Upsampling): Taps {
  const first = new Int32Array(to), second = new Int32Array(to), weight = new Float64Array(to);
  for (let i = 0; i < to; i++) {
    const centre = mode === "nearest"
      ? Math.floor(i * from / to)
      : mode === "corners"
      ? i * (from - 1) / Math.max(1, to - 1)
      : Math.max(0, (i + 0.5) * from / to - 0.5);
    first[i] = Math.min(from - 1, Math.floor(centre));
    second[i] = Math.min(from - 1, first[i] + 1);
    weight[i] = centre - first[i];
  }
  return { first, second, weight };
}

/**
 * Resizes a map `[h, w]` to `[height, width]` as PyTorch's `interpolate` does: `bilinear` between the
 * centres of the pixels, `corners` (bilinear with `align_corners=True`), or `nearest`.
 *
 * @throws RangeError where the map is not of two dimensions.
 * @example
 * ```ts
 * const { attribution } = await attribute("grad-cam", { model, image });
 * upsample(attribution, image.height, image.width).shape; // the picture's
 * ```
 */
export function upsample(
  map: Values,
  height: number,
  width: number,
  mode: Upsampling = "bilinear",
): Values {
  const [h, w] = map.shape;
  if (map.shape.length !== 2) throw new RangeError(`[${map.shape.join(", ")}] is not a map [h, w]`);
  const rows = taps(h, height, mode), columns = taps(w, width, mode);
  const result = new Float32Array(height * width);
  for (let y = 0, to = 0; y < height; y++) {
    const above = rows.first[y] * w, below = rows.second[y] * w, down = rows.weight[y];
    for (let x = 0; x < width; x++, to++) {
      const left = columns.first[x], right = columns.second[x], across = columns.weight[x];
      const upper = map[above + left] * (1 - across) + map[above + right] * across;
      const lower = map[below + left] * (1 - across) + map[below + right] * across;
      result[to] = upper * (1 - down) + lower * down;
    }
  }
  return values(result, [height, width]);
}
