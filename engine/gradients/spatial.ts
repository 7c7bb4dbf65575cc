/** Gradients of what else works on pictures, `[batch, height, width, channels]`. */
import * as tf from "../../deps/tfjs.ts";
import { fromInput, gradient, run, sumTo } from "./gradient.ts";

export const spatial: readonly tf.GradConfig[] = [
  gradient<object>(tf.MaxPool, { inputs: ["x"], output: 0 }, ([dy], [input, output], attrs) => ({
    x: () => run(tf.MaxPoolGrad, { dy, input, output }, attrs),
  })),
  gradient<object>(tf.LRN, { inputs: ["x"], output: 0 }, ([dy], [x, y], attrs) => ({
    x: () => run(tf.LRNGrad, { x, y, dy }, attrs),
  })),

  // y = (x − mean)·scale/√(variance + ε) + offset
  gradient<tf.FusedBatchNormAttrs>(
    tf.FusedBatchNorm,
    { inputs: ["x", "mean", "variance", "scale"] },
    ([dy], [x, mean, variance, scale], { varianceEpsilon }) => {
      const rate = () => tf.rsqrt(tf.add(variance, varianceEpsilon));
      const dx = () => tf.mul(dy, tf.mul(scale, rate()));
      const centred = () => tf.sub(x, mean);
      return {
        x: dx,
        mean: () => sumTo(tf.neg(dx()), mean.shape),
        variance() {
          const slope = tf.mul(tf.square(rate()), -0.5);
          return sumTo(tf.mul(dx(), tf.mul(centred(), slope)), variance.shape);
        },
        scale: () => sumTo(tf.mul(dy, tf.mul(centred(), rate())), scale.shape),
        offset: () => sumTo(dy, mean.shape),
      };
    },
  ),

  gradient<tf.SpaceToBatchNDAttrs>(
    tf.SpaceToBatchND,
    {},
    ([dy], _, { blockShape, paddings }) => ({
      x: () => tf.batchToSpaceND(dy, blockShape, paddings),
    }),
  ),
  gradient<tf.BatchToSpaceNDAttrs>(tf.BatchToSpaceND, {}, ([dy], _, { blockShape, crops }) => ({
    x: () => tf.spaceToBatchND(dy, blockShape, crops),
  })),
  fromInput<tf.DepthToSpaceAttrs>(tf.DepthToSpace, (dy, x, { blockSize, dataFormat }) => {
    const first = dataFormat === "NCHW";
    const [batch, a, b, c] = dy.shape, s = blockSize;
    const blocks = first ? [batch, a, b / s, s, c / s, s] : [batch, a / s, s, b / s, s, c];
    const order = first ? [0, 3, 5, 1, 2, 4] : [0, 1, 3, 2, 4, 5];
    return tf.reshape(tf.transpose(tf.reshape(dy, blocks), order), x.shape);
  }),
];
