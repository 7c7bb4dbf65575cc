/** Images on another grid, bilinear: what turning, scaling and stretching have in common. */
import * as tf from "../deps/tfjs.ts";
import { type Placing, resample, resampleGrad } from "../engine/kernels/resample.ts";

type Size = readonly [height: number, width: number];

/** Where the pixel in a row and a column of a grid lies, `[y, x]` in the image's pixels: an affine map. */
export type At = (row: number, column: number) => readonly [number, number];

/** Where the pixels of an image come from. */
interface Grid {
  /** `[pixels · 4]`: the four of each; row after row of the source. */
  readonly indices: Int32Array;
  /** `[pixels · 4]`: how much of each; 0 of what is outside. */
  readonly shares: Float32Array;
}

/** The grid whose pixels are at places of the source; nothing comes from outside. */
function gridOf([height, width]: Size, [fromHeight, fromWidth]: Size, at: At): Grid {
  const pixels = height * width;
  const indices = new Int32Array(4 * pixels), shares = new Float32Array(4 * pixels);
  for (let i = 0; i < pixels; i++) {
    const [y, x] = at(Math.floor(i / width), i % width);
    const top = Math.floor(y), left = Math.floor(x), low = y - top, right = x - left;
    for (let corner = 0; corner < 4; corner++) {
      const down = corner >> 1, along = corner & 1;
      const row = top + down, column = left + along, to = 4 * i + corner;
      if (row < 0 || row >= fromHeight || column < 0 || column >= fromWidth) continue;
      indices[to] = row * fromWidth + column;
      shares[to] = (down ? low : 1 - low) * (along ? right : 1 - right);
    }
  }
  return { indices, shares };
}

/** `[batch, from, channels]` → `[batch, to, channels]`; `back` goes the other way, and adds up. */
function onHost(
  numbers: Float32Array,
  [batch, from, to, channels]: readonly number[],
  { indices, shares }: Grid,
  back: boolean,
): Float32Array {
  const result = new Float32Array(batch * to * channels);
  for (let n = 0; n < batch; n++) {
    const [source, target] = [n * from * channels, n * to * channels];
    for (let k = 0, pixel = 0; k < indices.length; pixel += channels) {
      for (const end = k + 4; k < end; k++) {
        const share = shares[k];
        if (share === 0) continue;
        const other = indices[k] * channels;
        const read = source + (back ? pixel : other), write = target + (back ? other : pixel);
        for (let c = 0; c < channels; c++) result[write + c] += share * numbers[read + c];
      }
    }
  }
  return result;
}

/** The same places, as numbers. */
function placingOf([height, width]: Size, at: At, held: boolean): Placing {
  const first = at(0, 0);
  const from = ([y, x]: readonly [number, number]) => [y - first[0], x - first[1]] as const;
  // how far the next would be does not matter where there is one
  const down = height > 1 ? from(at(1, 0)) : [1, 0] as const;
  const along = width > 1 ? from(at(0, 1)) : [0, 1] as const;
  return { size: [height, width], first, down, along, held };
}

/** A map whose places stay inside of an image. */
const heldIn = ([height, width]: Size, at: At): At => (row, column) => {
  const [y, x] = at(row, column);
  return [Math.min(height - 1, Math.max(0, y)), Math.min(width - 1, Math.max(0, x))];
};

/**
 * An image `[batch, height, width, channels]` on a grid, bilinear; back, each source gets its share.
 *
 * @param options.held whether what is beyond the edges is as they are, else 0; not for turned grids
 */
export function resampled(
  image: tf.Tensor4D,
  size: Size,
  at: At,
  { held = false }: { readonly held?: boolean } = {},
): tf.Tensor4D {
  const { shape } = image,
    [batch, height, width, channels] = shape,
    from = [height, width] as const;
  if (tf.getBackend() === "webgpu") {
    const placing = placingOf(size, at, held);
    return tf.customGrad((x) => ({
      value: resample(x as tf.Tensor4D, placing),
      gradFunc: (dy: tf.Tensor) => resampleGrad(dy as tf.Tensor4D, from, placing),
    }))(image) as tf.Tensor4D;
  }
  const grid = gridOf(size, from, held ? heldIn(from, at) : at);
  const result: typeof shape = [batch, ...size, channels];
  const there = [batch, height * width, size[0] * size[1], channels];
  const back = [batch, size[0] * size[1], height * width, channels];
  const moved = (x: tf.Tensor, way: readonly number[], to: typeof shape, isBack: boolean) =>
    tf.tensor4d(onHost(x.dataSync() as Float32Array, way, grid, isBack), to);
  return tf.customGrad((x) => ({
    value: moved(x as tf.Tensor, there, result, false),
    gradFunc: (dy: tf.Tensor) => moved(dy, back, shape, true),
  }))(image) as tf.Tensor4D;
}

/** An image of another size, bilinear, its edges where they were; what is beyond them is as they are. */
export function stretched(image: tf.Tensor4D, height: number, width: number): tf.Tensor4D {
  const [, rows, columns] = image.shape;
  const at = (i: number, from: number, to: number) => (i + 0.5) * from / to - 0.5;
  return resampled(
    image,
    [height, width],
    (row, column) => [at(row, rows, height), at(column, columns, width)],
    { held: true },
  );
}
