/** Normalization by the input's own mean and variance, as `engine/ops/norm.ts` has it. */
import { channelsFirst, dimsOf, isPicture } from "./layout.ts";
import type { NativeOp, Use } from "./op.ts";
import type { Writer } from "./writer.ts";

/** A value's dims for the statistics, the batch left out, and the axes that they are over, behind it. */
interface Arranged {
  readonly dims: readonly number[];
  readonly axes: readonly number[];
}

/** A parameter of the last axes, so that it meets a value of the op's shape; undefined where there is none. */
function spread(to: Writer, role: string, { params, outputShape }: Use): string | undefined {
  if (!params.has(role)) return undefined;
  const own = params.shape(role);
  const shape = [...new Array<number>(outputShape.length - own.length).fill(1), ...own];
  return channelsFirst(to, to.weights(params.values(role), [1, ...shape]), shape);
}

const scaled = (to: Writer, x: string, use: Use) => {
  const scale = spread(to, "scale", use);
  return scale === undefined ? x : to.node("Mul", [x, scale]);
};

const byOwnStatistics = (arrange: (use: Use) => Arranged): NativeOp => {
  const dressed = (to: Writer, x: string, use: Use) =>
    to.node("Reshape", [x, to.ints(-1, ...arrange(use).dims)]);
  const plain = (to: Writer, x: string, { outputShape }: Use) =>
    to.node("Reshape", [x, to.ints(-1, ...dimsOf(outputShape))]);
  const mean = (to: Writer, x: string, use: Use) =>
    to.node("ReduceMean", [x, to.ints(...arrange(use).axes)]);
  /** `y`, (x − mean) / √(variance + ε), and that root's inverse, both as arranged. */
  const normalized = (to: Writer, given: string, use: Use) => {
    const x = dressed(to, given, use), centred = to.node("Sub", [x, mean(to, x, use)]);
    const variance = mean(to, to.node("Mul", [centred, centred]), use);
    const above = to.node("Add", [variance, to.float(use.attrs.epsilon as number)]);
    const rate = to.node("Reciprocal", [to.node("Sqrt", [above])]);
    return { y: to.node("Mul", [centred, rate]), rate };
  };
  return {
    forward(to, [x], use) {
      const y = scaled(to, plain(to, normalized(to, x, use).y, use), use);
      const offset = spread(to, "offset", use);
      return offset === undefined ? y : to.node("Add", [y, offset]);
    },
    // the runtime finds that these have been computed
    keeps(to, [x], _y, use) {
      const { y, rate } = normalized(to, x, use), { dims, axes } = arrange(use);
      const few = dims.map((n, i) => axes.includes(i + 1) ? 1 : n);
      return [{ name: y, type: "float32", dims }, { name: rate, type: "float32", dims: few }];
    },
    backward(to, gradient, use, [y, rate]) {
      const dy = dressed(to, scaled(to, gradient, use), use);
      const along = to.node("Mul", [y, mean(to, to.node("Mul", [dy, y]), use)]);
      const rest = to.node("Sub", [to.node("Sub", [dy, mean(to, dy, use)]), along]);
      return [plain(to, to.node("Mul", [rate, rest]), use)];
    },
  };
};

export const layerNorm: NativeOp = byOwnStatistics(({ attrs, outputShape }) => {
  const { length } = outputShape, order = isPicture(outputShape) ? [2, 3, 1] : undefined;
  const last = Array.from({ length: attrs.axes as number }, (_, i) => length - i);
  return { dims: dimsOf(outputShape), axes: last.map((axis) => order?.[axis - 1] ?? axis) };
});

export const groupNorm: NativeOp = byOwnStatistics(({ attrs, outputShape }) => {
  const groups = attrs.groups as number, rest = outputShape.slice(0, -1);
  const apart = [groups, outputShape.at(-1)! / groups];
  return isPicture(outputShape)
    ? { dims: [...apart, ...rest], axes: [2, 3, 4] }
    : { dims: [...rest, ...apart], axes: [...rest.map((_, i) => i + 1), rest.length + 2] };
});
