/** Gradients of what takes numbers apart, puts them together or elsewhere, and repeats them. */
import * as tf from "../../deps/tfjs.ts";
import { backFrom, backThrough, oneHot } from "./along.ts";
import { fromInput, gradient, gradientOfList, where } from "./gradient.ts";

type Shape = readonly number[];

const { parseAxisParam, sizeFromShape } = tf.util;

const like = (dy: tf.Tensor, { shape }: tf.Tensor) => tf.reshape(dy, shape);

/** Several of an axis' slices. */
function part(x: tf.Tensor, axis: number, first: number, count: number): tf.Tensor {
  const begin = x.shape.map((_, i) => i === axis ? first : 0);
  return tf.slice(x, begin, x.shape.map((n, i) => i === axis ? count : n));
}

/** Zeros around it, until it has a shape; it begins at `begin` in that. */
const within = (dy: tf.Tensor, begin: Shape, shape: Shape) =>
  tf.pad(dy, shape.map((n, i) => [begin[i], n - begin[i] - dy.shape[i]]));

/** Where each number of an axis comes from that is mirrored at its ends. */
function mirrored(count: number, [before, after]: Shape, mode: "reflect" | "symmetric"): number[] {
  const again = mode === "symmetric" ? 1 : 0; // whether the outermost number is repeated
  return Array.from({ length: before + count + after }, (_, i) => {
    const at = i - before;
    if (at < 0) return -at - again;
    return at < count ? at : 2 * (count - 1) - at + again;
  });
}

export const shape: readonly tf.GradConfig[] = [
  fromInput(tf.Reshape, like),
  gradient(tf.ExpandDims, { inputs: ["input"] }, ([dy], [input]) => ({
    input: () => like(dy, input),
  })),
  gradient<tf.TransposeAttrs>(tf.Transpose, {}, ([dy], _, { perm }) => ({
    x: () => tf.transpose(dy, perm.map((_, axis) => perm.indexOf(axis))),
  })),
  gradient<tf.ReverseAttrs>(tf.Reverse, {}, ([dy], _, { dims }) => ({
    x: () => tf.reverse(dy, dims),
  })),

  gradientOfList<tf.ConcatAttrs>(tf.Concat, (dy, inputs, index, attrs) => {
    const [axis] = parseAxisParam(attrs.axis, dy.shape), sizes = inputs.map((x) => x.shape[axis]);
    const first = sizes.slice(0, index).reduce((sum, n) => sum + n, 0);
    return part(dy, axis, first, sizes[index]);
  }),
  gradientOfList<tf.PackAttrs>(tf.Pack, (dy, inputs, index, attrs) => {
    const [axis] = parseAxisParam(attrs.axis, dy.shape);
    return like(part(dy, axis, index, 1), inputs[index]);
  }),
  gradient<tf.SplitVAttrs>(tf.SplitV, {}, (dys, _, { axis }) => ({
    x: () => tf.concat([...dys], axis),
  })),
  gradient<tf.UnpackAttrs>(tf.Unpack, {}, (dys, _, { axis }) => ({
    value: () => tf.stack([...dys], parseAxisParam(axis, [...dys[0].shape, dys.length])[0]),
  })),

  fromInput<tf.SliceAttrs>(tf.Slice, (dy, x, { begin, size }) => {
    const [first] = tf.slice_util.parseSliceParams(x, begin, size);
    return within(dy, first, x.shape);
  }),
  fromInput<tf.StridedSliceAttrs>(tf.StridedSlice, (dy, x, attrs) => {
    const { begin, end, strides } = tf.slice_util.sliceInfo(
      x.shape,
      attrs.begin,
      attrs.end,
      attrs.strides,
      attrs.beginMask,
      attrs.endMask,
      attrs.ellipsisMask,
      attrs.newAxisMask,
      attrs.shrinkAxisMask,
    );
    const sizes = tf.slice_util.computeOutShape(begin, end, strides);
    return sizes.reduce((dx, size, axis) => {
      const places = Array.from({ length: size }, (_, i) => begin[axis] + i * strides[axis]);
      return backFrom(axis, places, x.shape[axis], dx);
    }, tf.reshape(dy, sizes));
  }),
  gradient<tf.GatherV2Attrs>(
    tf.GatherV2,
    { inputs: ["x", "indices"] },
    ([dy], [x, indices], attrs) => ({
      x() {
        const { batchDims } = attrs, [axis] = parseAxisParam(attrs.axis, x.shape);
        const batch = sizeFromShape(x.shape.slice(0, batchDims));
        const before = sizeFromShape(x.shape.slice(batchDims, axis));
        const after = sizeFromShape(x.shape.slice(axis + 1));
        const rows = tf.reshape(dy, [batch, before, indices.size / batch, after]);
        const mix = oneHot(tf.reshape(indices, [batch, -1]), x.shape[axis]);
        return like(backThrough(mix, rows), x);
      },
      indices: () => tf.zeros(indices.shape),
    }),
  ),
  gradient(tf.GatherNd, { inputs: ["params", "indices"] }, ([dy], [params, indices]) => ({
    params: () => tf.scatterND(tf.cast(indices, "int32"), dy, params.shape),
    indices: () => tf.zeros(indices.shape),
  })),
  gradient(tf.ScatterNd, { inputs: ["indices"] }, ([dy], [indices]) => ({
    indices: () => tf.zeros(indices.shape),
    updates: () => tf.gatherND(dy, tf.cast(indices, "int32")),
  })),
  gradient(tf.Select, { inputs: ["condition"] }, ([dy], [condition]) => ({
    condition: () => tf.zeros(condition.shape),
    t: () => where(condition, dy),
    e: () => where(tf.logicalNot(condition), dy),
  })),

  fromInput<tf.TileAttrs>(tf.Tile, (dy, x, { reps }) =>
    reps.reduce((dx, times, axis) => {
      const before = sizeFromShape(dx.shape.slice(0, axis));
      const after = [...x.shape.slice(axis, axis + 1), ...dx.shape.slice(axis + 1)];
      if (times === 1) return dx;
      const sum = tf.sum(tf.reshape(dx, [before, times, sizeFromShape(after)]), 1);
      return tf.reshape(sum, [...dx.shape.slice(0, axis), ...after]);
    }, tf.clone(dy))),
  fromInput<tf.PadV2Attrs>(
    tf.PadV2,
    (dy, x, { paddings }) => tf.slice(dy, paddings.map(([before]) => before), x.shape),
  ),
  fromInput<tf.MirrorPadAttrs>(
    tf.MirrorPad,
    (dy, x, { paddings, mode }) =>
      paddings.reduce((dx, padding, axis) => {
        const count = x.shape[axis];
        return padding.some((n) => n > 0)
          ? backFrom(axis, mirrored(count, padding, mode), count, dx)
          : dx;
      }, tf.clone(dy)),
  ),
];
