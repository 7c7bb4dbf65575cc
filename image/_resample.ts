/**
 * Resizing that equals Pillow's to the level: a filter widened by the scale when shrinking
 * (antialiasing), its weights in fixed point, rows first, then columns, 8 bits in between.
 */
import { blank, type Picture } from "./_picture.ts";

/** How a resized pixel is made of those around it. */
export type Interpolation = "bicubic" | "bilinear" | "nearest";

/** Bits after the point: 32, less 8 for the level and 2 for sums beyond 255. */
const PRECISION = 22;

interface Kernel {
  /** Reach on either side, in pixels of the larger of the two pictures. */
  support: number;
  weight(distance: number): number;
}

const KERNELS: Record<Exclude<Interpolation, "nearest">, Kernel> = {
  bilinear: { support: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
  /** Keys's cubic convolution with a = −1/2. */
  bicubic: {
    support: 2,
    weight(distance) {
      const a = -0.5, x = Math.abs(distance);
      if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
      return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
    },
  },
};

/** Resizes to exactly this size. */
export function resample(
  picture: Picture,
  width: number,
  height: number,
  interpolation: Interpolation,
): Picture {
  if (interpolation === "nearest") return nearest(picture, width, height);
  const kernel = KERNELS[interpolation];
  return resampleColumns(resampleRows(picture, width, kernel), height, kernel);
}

interface Weights {
  /** For each output pixel, the first input pixel that counts. */
  first: Int32Array;
  /** For each output pixel, how many count. */
  count: Int32Array;
  /** `most` fixed-point weights for each output pixel. */
  weights: Int32Array;
  most: number;
}

function weightsOf(from: number, to: number, { support, weight }: Kernel): Weights {
  const scale = from / to;
  const widening = Math.max(scale, 1);
  const reach = support * widening;
  const most = 2 * Math.ceil(reach) + 1;
  const first = new Int32Array(to), count = new Int32Array(to), weights = new Int32Array(to * most);
  for (let i = 0; i < to; i++) {
    const centre = (i + 0.5) * scale;
    const begin = Math.max(0, Math.trunc(centre - reach + 0.5));
    const end = Math.min(from, Math.trunc(centre + reach + 0.5));
    const real = Array.from(
      { length: end - begin },
      (_, k) => weight((k + begin - centre + 0.5) * (1 / widening)),
    );
    const sum = real.reduce((a, b) => a + b, 0);
    first[i] = begin;
    count[i] = real.length;
    real.forEach((value, k) => {
      const fixed = value / sum * 2 ** PRECISION;
      weights[i * most + k] = Math.trunc(fixed + (fixed < 0 ? -0.5 : 0.5));
    });
  }
  return { first, count, weights, most };
}

function resampleRows(picture: Picture, width: number, kernel: Kernel): Picture {
  if (width === picture.width) return picture;
  const { first, count, weights, most } = weightsOf(picture.width, width, kernel);
  const result = blank(width, picture.height);
  const { data } = picture;
  for (let y = 0, to = 0; y < picture.height; y++) {
    for (let x = 0; x < width; x++, to += 3) {
      let r = HALF, g = HALF, b = HALF;
      let from = 3 * (y * picture.width + first[x]);
      for (let k = x * most; k < x * most + count[x]; k++, from += 3) {
        const weight = weights[k];
        r += data[from] * weight;
        g += data[from + 1] * weight;
        b += data[from + 2] * weight;
      }
      result.data[to] = r >> PRECISION;
      result.data[to + 1] = g >> PRECISION;
      result.data[to + 2] = b >> PRECISION;
    }
  }
  return result;
}

function resampleColumns(picture: Picture, height: number, kernel: Kernel): Picture {
  if (height === picture.height) return picture;
  const { first, count, weights, most } = weightsOf(picture.height, height, kernel);
  const result = blank(picture.width, height);
  const length = 3 * picture.width;
  const sums = new Int32Array(length);
  for (let y = 0; y < height; y++) {
    sums.fill(HALF);
    for (let k = 0; k < count[y]; k++) {
      const weight = weights[y * most + k];
      const from = (first[y] + k) * length;
      for (let x = 0; x < length; x++) sums[x] += picture.data[from + x] * weight;
    }
    for (let x = 0; x < length; x++) result.data[y * length + x] = sums[x] >> PRECISION;
  }
  return result;
}

/** Half a level, so that the shift rounds. */
const HALF = 1 << (PRECISION - 1);

function nearest(picture: Picture, width: number, height: number): Picture {
  const result = blank(width, height);
  const columns = nearestOf(picture.width, width), rows = nearestOf(picture.height, height);
  let to = 0;
  for (const row of rows) {
    for (const column of columns) {
      const from = 3 * (row * picture.width + column);
      result.data[to++] = picture.data[from];
      result.data[to++] = picture.data[from + 1];
      result.data[to++] = picture.data[from + 2];
    }
  }
  return result;
}

/** The input pixel under each output pixel's centre; added up step by step, as Pillow does. */
function nearestOf(from: number, to: number): Int32Array {
  const scale = from / to;
  const indices = new Int32Array(to);
  for (let i = 0, centre = scale / 2; i < to; i++, centre += scale) {
    indices[i] = Math.min(from - 1, Math.trunc(centre));
  }
  return indices;
}
