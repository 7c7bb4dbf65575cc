/** Gaussian blur as a matrix for each axis of a picture, and how it changes as it widens. */
import * as tf from "../deps/tfjs.ts";

/** Where a Gaussian is cut off, in standard deviations: as in SciPy. */
const CUT = 4;

/**
 * What blurs numbers in a row, `[size, size]` by rows: each becomes the mean of those about it, by a
 * Gaussian; beyond the ends lie zeros. Without deviation the numbers stay.
 */
function blurRow(size: number, deviation: number): Float64Array {
  const reach = Math.floor(CUT * deviation + 0.5);
  const weights = Array.from(
    { length: reach + 1 },
    (_, far) => far === 0 ? 1 : Math.exp(-((far / deviation) ** 2) / 2),
  );
  const total = weights.reduce((sum, weight) => sum + 2 * weight, -1);
  return Float64Array.from({ length: size * size }, (_, at) => {
    const far = Math.abs(Math.floor(at / size) - at % size);
    return far > reach ? 0 : weights[far] / total;
  });
}

/** A blurred image, and how fast it changes with the blur's deviation. */
export type Blurred = {
  /** `[1, height, width, channels]` */
  readonly image: tf.Tensor4D;
  /** Likewise, for one pixel more of deviation. */
  readonly change: tf.Tensor4D;
};

/** Multiplies the rows and the columns of `[1, height, width, channels]` by a matrix each. */
function along(image: tf.Tensor4D, rows: tf.Tensor2D, columns: tf.Tensor2D): tf.Tensor4D {
  const [, height, width, channels] = image.shape;
  const down = tf.matMul(rows, tf.reshape(image, [height, width * channels]) as tf.Tensor2D);
  const lines = tf.transpose(tf.reshape(down, [height, width, channels]), [1, 0, 2]);
  const across = tf.matMul(columns, tf.reshape(lines, [width, height * channels]) as tf.Tensor2D);
  const turned = tf.transpose(tf.reshape(across, [width, height, channels]), [1, 0, 2]);
  return tf.reshape(turned, [1, height, width, channels]) as tf.Tensor4D;
}

/**
 * Blurs an image `[1, height, width, channels]` by a Gaussian, about which lie zeros. `change` is a
 * difference quotient: the blur of `deviation + step` less that of `deviation`, through `step`. It is
 * made of the matrices' differences, so that float32 keeps its digits. The tensors are the caller's.
 *
 * @param deviation In pixels, at least 0.
 * @param step Likewise, above 0.
 */
export const blurred = (image: tf.Tensor4D, deviation: number, step: number): Blurred =>
  tf.tidy(() => {
    const [, height, width] = image.shape;
    const matrices = (size: number) => {
      const [narrow, wide] = [deviation, deviation + step].map((d) => blurRow(size, d));
      const matrix = (numbers: Float64Array) =>
        tf.tensor2d(Float32Array.from(numbers), [size, size]);
      return {
        narrow: matrix(narrow),
        wide: matrix(wide),
        change: matrix(wide.map((w, i) => (w - narrow[i]) / step)),
      };
    };
    const rows = matrices(height), columns = matrices(width);
    return {
      image: along(image, rows.narrow, columns.narrow),
      // wide ⊗ wide − narrow ⊗ narrow
      change: tf.add(
        along(image, rows.change, columns.wide),
        along(image, rows.narrow, columns.change),
      ) as tf.Tensor4D,
    };
  });
