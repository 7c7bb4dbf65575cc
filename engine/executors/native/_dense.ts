/** Matrix products with a parameter, over all of a value's numbers in the engine's order. */
import { sizeOf } from "../../../core/values.ts";
import { channelsFirst, channelsLast } from "./layout.ts";
import type { Kernel } from "./_kernel.ts";
import type { Use } from "./op.ts";
import type { Writer } from "./writer.ts";

/** The matrix as it is on the host: the runtime gets no copy of what may be most of a network. */
function matrix(to: Writer, { data, shape }: Pick<Kernel, "data"> & { shape: readonly number[] }) {
  const out = shape[shape.length - 1];
  return to.feed(data, [data.length / out, out]);
}

/** All numbers of a picture, as a row of features, times the matrix `[features, out]`. */
export function dense(
  to: Writer,
  x: string,
  { inputShapes: [shape], outputShape }: Use,
  kernel: Pick<Kernel, "data" | "shape">,
  bias?: Float32Array,
): string {
  const row = to.node("Reshape", [channelsLast(to, x, shape), to.ints(-1, sizeOf(shape))]);
  const inputs = [row, matrix(to, kernel)];
  if (bias) inputs.push(to.weights(bias, [bias.length]));
  const y = to.node("Gemm", inputs);
  const last = to.node("Reshape", [y, to.ints(-1, ...outputShape)]);
  return channelsFirst(to, last, outputShape);
}

/** Its way back. */
export function denseBack(
  to: Writer,
  dy: string,
  { inputShapes: [shape], outputShape }: Use,
  kernel: Pick<Kernel, "data" | "shape">,
): string {
  const row = to.node("Reshape", [
    channelsLast(to, dy, outputShape),
    to.ints(-1, sizeOf(outputShape)),
  ]);
  const back = to.node("Gemm", [row, matrix(to, kernel)], { transB: 1 });
  const last = to.node("Reshape", [back, to.ints(-1, ...shape)]);
  return channelsFirst(to, last, shape);
}
