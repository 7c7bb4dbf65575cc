/**
 * Images on another grid, turned or of other steps, on TensorFlow.js's WebGPU backend: bilinear, one
 * shader there and one back. Back, each pixel looks for those that looked at it, so that nothing is
 * added up in an order that changes.
 */
import * as tf from "../../deps/tfjs.ts";
import { dispatch } from "./_shader.ts";

type Pair = readonly [y: number, x: number];

/** Where a grid's pixels lie in an image. */
export interface Placing {
  /** [rows, columns] of the grid. */
  readonly size: readonly [number, number];
  /** Where its first pixel lies, in the image's pixels. */
  readonly first: Pair;
  /** How far one row further lies. */
  readonly down: Pair;
  /** How far one column further lies. */
  readonly along: Pair;
  /** Whether what is beyond an edge is as the edge; else it is 0. Not for turned grids. */
  readonly held: boolean;
}

const uniforms = ({ held }: Placing) => ({ held: [Number(held), 0] });
const floats = ({ first, down, along }: Placing) => ({
  first: [...first],
  down: [...down],
  along: [...along],
});

/** The place of a grid's pixel, and how much of an image's pixel is there: 1 on it, 0 on the next. */
const PLACE = (rows: string, columns: string) => `
  let last = vec2<f32>(f32(${rows} - 1), f32(${columns} - 1));
  let anywhere = uniforms.first + uniforms.down * f32(row) + uniforms.along * f32(column);
  let place = select(anywhere, clamp(anywhere, vec2<f32>(0.0), last), uniforms.held.x == 1);`;
const SHARE = `
  let apart = max(vec2<f32>(1.0) - abs(place - vec2<f32>(f32(y), f32(x))), vec2<f32>(0.0));
  let share = apart.x * apart.y;`;

/** The image [B, H, W, C] on a grid. */
export function resample(x: tf.Tensor4D, placing: Placing): tf.Tensor4D {
  return dispatch(tf.backend(), {
    name: "resample",
    inputs: { x },
    shape: [x.shape[0], ...placing.size, x.shape[3]],
    uniforms: uniforms(placing),
    floats: floats(placing),
    value: `
      let at = getCoordsFromIndex(index);
      let row = at.y;
      let column = at.z;
      let shape = uniforms.xShape;
      ${PLACE("shape.y", "shape.z")}
      let corner = vec2<i32>(floor(place));
      var sum = 0.0;
      for (var y = max(corner.x, 0); y <= min(corner.x + 1, shape.y - 1); y++) {
        for (var across = max(corner.y, 0); across <= min(corner.y + 1, shape.z - 1); across++) {
          ${SHARE.replace("f32(x)", "f32(across)")}
          sum += share * x[((at.x * shape.y + y) * shape.z + across) * shape.w + at.w];
        }
      }
      return sum;`,
  });
}

/** dy on the grid, back to an image of [H, W] pixels. */
export function resampleGrad(
  dy: tf.Tensor4D,
  shape: readonly [number, number],
  placing: Placing,
): tf.Tensor4D {
  const { down, along } = placing, area = down[0] * along[1] - down[1] * along[0];
  // of an image of one row, all rows of the grid may lie there: then each pixel looks at all
  const toRow = area === 0 ? [0, 0] : [along[1] / area, -along[0] / area];
  const toColumn = area === 0 ? [0, 0] : [-down[1] / area, down[0] / area];
  return dispatch(tf.backend(), {
    name: "resampleGrad",
    inputs: { dy },
    shape: [dy.shape[0], ...shape, dy.shape[3]],
    uniforms: uniforms(placing),
    floats: {
      ...floats(placing),
      toRow,
      toColumn,
      margin: area === 0 ? [...placing.size] : [0, 0],
    },
    value: `
      let at = getCoordsFromIndex(index);
      let y = at.y;
      let x = at.z;
      let shape = uniforms.dyShape;
      // where on the grid this pixel lies, and how far from there its neighbours do
      let here = vec2<f32>(f32(y), f32(x)) - uniforms.first;
      let middle = vec2<f32>(dot(uniforms.toRow, here), dot(uniforms.toColumn, here));
      let reach = uniforms.margin + vec2<f32>(
        abs(uniforms.toRow.x) + abs(uniforms.toRow.y),
        abs(uniforms.toColumn.x) + abs(uniforms.toColumn.y));
      var low = max(vec2<i32>(floor(middle - reach)), vec2<i32>(0));
      var high = min(vec2<i32>(ceil(middle + reach)), shape.yz - 1);
      if (uniforms.held.x == 1) {
        low = select(low, vec2<i32>(0), at.yz == vec2<i32>(0));
        high = select(high, shape.yz - 1, at.yz == uniforms.outShape.yz - 1);
      }
      var sum = 0.0;
      for (var row = low.x; row <= high.x; row++) {
        for (var column = low.y; column <= high.y; column++) {
          ${PLACE("uniforms.outShape.y", "uniforms.outShape.z")}
          ${SHARE}
          sum += share * dy[((at.x * shape.y + row) * shape.z + column) * shape.w + at.w];
        }
      }
      return sum;`,
  });
}
