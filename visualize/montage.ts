/** Several images as one. */
import { type Values, values } from "../core/values.ts";

/** Pixels between two images. */
const GAP = 4;

/** Columns of a sheet: up to six stand in one row. */
export const columnsFor = (count: number): number =>
  count <= 6 ? count : Math.ceil(Math.sqrt(count));

/**
 * Images `[batch, height, width, channels]` in rows, as one `[height, width, channels]`; between them
 * lies the mean colour, 0.
 */
export function montage(images: Values): Values {
  const [batch, height, width, channels] = images.shape, columns = columnsFor(batch);
  const rows = Math.ceil(batch / columns), pixels = height * width * channels;
  const whole = [rows * (height + GAP) - GAP, columns * (width + GAP) - GAP, channels];
  const sheet = new Float32Array(whole[0] * whole[1] * channels);
  for (let n = 0; n < batch; n++) {
    const [top, left] = [Math.floor(n / columns) * (height + GAP), n % columns * (width + GAP)];
    for (let y = 0; y < height; y++) {
      const from = n * pixels + y * width * channels;
      sheet.set(
        images.subarray(from, from + width * channels),
        ((top + y) * whole[1] + left) * channels,
      );
    }
  }
  return values(sheet, whole);
}
