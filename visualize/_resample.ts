/** Pixels as sums of four others: what turning and scaling have in common. */
import * as tf from "../deps/tfjs.ts";

/** Where the pixels of an image come from. */
export interface Grid {
  readonly height: number;
  readonly width: number;
  /** `[pixels · 4]`: the four of each; row after row of the source. */
  readonly indices: Int32Array;
  /** `[pixels · 4]`: how much of each; 0 of what is outside. */
  readonly shares: Float32Array;
}

/**
 * The grid whose pixel in a row and a column is at a place of the source, `[y, x]` in its pixels:
 * bilinear, and nothing from outside.
 */
export function gridOf(
  [height, width]: readonly [number, number],
  [fromHeight, fromWidth]: readonly [number, number],
  at: (row: number, column: number) => readonly [number, number],
): Grid {
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
  return { height, width, indices, shares };
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

/** Likewise by ops, for numbers that are far from the host. */
function onDevice(image: tf.Tensor, [batch, from, , channels]: readonly number[], grid: Grid) {
  const pixels = grid.indices.length / 4;
  const flat = tf.reshape(image, [batch, from, channels]);
  const each = tf.gather(flat, tf.tensor1d(grid.indices, "int32"), 1);
  const corners = tf.mul(each, tf.tensor3d(grid.shares, [1, 4 * pixels, 1]));
  return tf.sum(tf.reshape(corners, [batch, pixels, 4, channels]), 2);
}

function backOnDevice(dy: tf.Tensor, [batch, , to, channels]: readonly number[], grid: Grid) {
  const pixels = grid.indices.length / 4;
  const four = tf.tile(tf.reshape(dy, [batch, pixels, 1, channels]), [1, 1, 4, 1]);
  const corners = tf.mul(
    tf.reshape(four, [batch, 4 * pixels, channels]),
    tf.tensor3d(grid.shares, [1, 4 * pixels, 1]),
  );
  // the images of a batch beside each other: a pixel of all goes to one place
  const rows = tf.reshape(tf.transpose(corners, [1, 0, 2]), [4 * pixels, batch * channels]);
  const places = tf.tensor2d(grid.indices, [4 * pixels, 1], "int32");
  const sum = tf.scatterND(places, rows, [to, batch * channels]);
  return tf.transpose(tf.reshape(sum, [to, batch, channels]), [1, 0, 2]);
}

/** An image `[batch, height, width, channels]` on a grid; back, each source gets its share. */
export function resampled(image: tf.Tensor4D, grid: Grid): tf.Tensor4D {
  const { shape } = image, [batch, height, width, channels] = shape;
  const from = height * width, to = grid.height * grid.width;
  const result: [number, number, number, number] = [batch, grid.height, grid.width, channels];
  const near = tf.getBackend() !== "webgpu";
  const there = [batch, from, to, channels], back = [batch, to, from, channels];
  return tf.customGrad((x) => ({
    value: tf.tidy(() =>
      near
        ? tf.tensor4d(
          onHost((x as tf.Tensor).dataSync() as Float32Array, there, grid, false),
          result,
        )
        : tf.reshape(onDevice(x as tf.Tensor, there, grid), result)
    ),
    gradFunc: (dy) =>
      tf.tidy(() =>
        near
          ? tf.tensor4d(
            onHost((dy as tf.Tensor).dataSync() as Float32Array, back, grid, true),
            shape,
          )
          : tf.reshape(backOnDevice(dy as tf.Tensor, back, grid), shape)
      ),
  }))(image) as tf.Tensor4D;
}

/** An image of another size, bilinear, its edges where they were; what is beyond them is as they are. */
export function stretched(image: tf.Tensor4D, height: number, width: number): tf.Tensor4D {
  const [, rows, columns] = image.shape;
  const at = (i: number, from: number, to: number) =>
    Math.min(from - 1, Math.max(0, (i + 0.5) * from / to - 0.5));
  const grid = gridOf(
    [height, width],
    [rows, columns],
    (row, column) => [at(row, rows, height), at(column, columns, width)],
  );
  return resampled(image, grid);
}
