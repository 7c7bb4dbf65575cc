/** Batch normalization where nothing before it takes it over: a slope and a shift for each channel. */
import { op } from "../../ops/mod.ts";
import { isPicture } from "./layout.ts";
import type { NativeOp, Use } from "./op.ts";
import type { Writer } from "./writer.ts";

/** `slope·x + shift`; of a picture as the runtime's own op, which keeps the order it computes in. */
function affine(
  to: Writer,
  x: string,
  { outputShape }: Use,
  slope: Float32Array,
  shift: Float32Array,
): string {
  const dims = [slope.length], scale = to.weights(slope, dims);
  if (!isPicture(outputShape)) {
    return to.node("Add", [to.node("Mul", [x, scale]), to.weights(shift, dims)]);
  }
  const mean = to.weights(new Float32Array(slope.length), dims);
  const variance = to.weights(new Float32Array(slope.length).fill(1), dims);
  return to.node("BatchNormalization", [x, scale, to.weights(shift, dims), mean, variance], {
    epsilon: { float: 0 },
  });
}

/** For an op with the trait `affine`. */
const scaling = (name: string): NativeOp => ({
  forward(to, [x], use) {
    const { slope, shift } = op(name).traits.affine!(use.params, use.attrs);
    return affine(to, x, use, slope, shift);
  },
  backward(to, dy, use) {
    const { slope } = op(name).traits.affine!(use.params, use.attrs);
    return [affine(to, dy, use, slope, new Float32Array(slope.length))];
  },
});

export const batchNorm: NativeOp = scaling("batchNorm");
export const scale: NativeOp = scaling("scale");
export const affineOp: NativeOp = scaling("affine");
