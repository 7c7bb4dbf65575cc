/** Matrix products: with weights, and between branches. */
import type { Call, Converters } from "../call.ts";
import { broadcastTo, type Constant, type Unread } from "../constants.ts";
import { arranged } from "../layout.ts";
import { isLive, type Live, type Value, view } from "../values.ts";
import { asIs, type Parameter } from "../parameter.ts";
import { affine, asLive, joined } from "./arithmetic.ts";

interface Weights {
  /** `[features, out]` */
  readonly kernel: Constant | Unread;
  /** Whether it is `[out, features]` instead. */
  readonly turned?: boolean;
  /** A number for each output, or one for all. */
  readonly bias?: { readonly of: Constant; readonly factor?: number };
  readonly factor?: number;
}

/** A value's last axis times a matrix. */
function dense(
  call: Call,
  live: Live,
  { kernel, turned = false, bias, factor = 1 }: Weights,
): Live {
  const { shape } = live, rank = shape.length, { writer } = call;
  const [features, out] = turned ? kernel.shape.toReversed() : kernel.shape;
  /** The kernel, whose features are those of several axes, in the order in which the engine has these. */
  const ordered = (rows: readonly number[], order: readonly number[]): Parameter => {
    const own = { shape: [features, out], of: kernel, factor };
    if (!turned) {
      const isSo = order.every((axis, i) => axis === i);
      const moved = { sizes: [...rows, out], order: [...order, rows.length] };
      return isSo ? own : { ...own, moved };
    }
    return { ...own, moved: { sizes: [out, ...rows], order: [...order.map((a) => a + 1), 0] } };
  };
  if (features !== shape.at(-1)) {
    call.fail(
      `its weight takes ${features} features, and it reads [${shape.join(", ")}]`,
      undefined,
      "bad-file",
    );
  }
  const biased: Record<string, Parameter> = {}, outShape = [...shape.slice(0, -1), out];
  if (bias) {
    const row = { ...bias.of, shape: [bias.of.data.length] };
    biased.bias = { ...asIs(broadcastTo(row, [out])), factor: bias.factor };
  }
  const outside = shape.flatMap((size, axis) => size > 1 && axis < rank - 1 ? [axis] : []);
  const last = live.axes[rank - 1];
  if (outside.length === 0) {
    // all of the value's numbers in the engine's order: the kernel's rows follow
    const order = last.toSorted((a, b) => a - b), own = writer.shapeOf(live.node);
    const rows = last.map((axis) => own[axis]), at = order.map((axis) => last.indexOf(axis));
    const flat = own.length === 1 && own[0] === features
      ? live.node
      : writer.helper("flatten", [live.node], {}, live.pending);
    const node = call.add("dense", [flat], {}, { kernel: ordered(rows, at), ...biased });
    return view(node, outShape, [rank - 1]);
  }
  const single = outside.every((axis) => live.axes[axis].length === 1);
  const order = single ? outside.toSorted((a, b) => live.axes[a][0] - live.axes[b][0]) : outside;
  const node = arranged(writer, live, [...order.map((axis) => [axis]), [rank - 1]]);
  const params = { kernel: ordered([features], [0]), ...biased };
  const made = call.add("denseEach", [node], {}, params);
  return view(made, outShape, [...order, rank - 1]);
}

function gemm(call: Call): Value {
  const a = call.live(0), alpha = call.float("alpha", 1), beta = call.float("beta", 1);
  if (a.shape.length !== 2) call.fail(`it reads [${a.shape.join(", ")}], which is no matrix`);
  const left: Live = call.int("transA", 0)
    ? { ...a, shape: [a.shape[1], a.shape[0]], axes: [a.axes[1], a.axes[0]] }
    : a;
  const b = call.weight(1), c = call.inputs[2] && call.input(2);
  if (isLive(b) || b.shape.length !== 2) {
    return call.fail("its second matrix follows from the picture, or is none");
  }
  const turned = call.int("transB", 0) !== 0, out = b.shape[turned ? 0 : 1];
  const plain = c && !isLive(c) && (c.data.length === 1 || c.data.length === out);
  const bias = plain && !isLive(c) ? { of: c, factor: beta } : undefined;
  const product = dense(call, left, { kernel: b, turned, bias, factor: alpha });
  if (!c || plain) return product;
  if (beta !== 1) call.fail(`its beta is ${beta}; only 1 is supported here`);
  return isLive(c) ? joined(call, "add", [product, c]) : affine(call, product, { offset: c });
}

/** A value with axes of 1 in front. */
const padded = (live: Live, rank: number): Live => ({
  ...live,
  shape: [...new Array<number>(rank - live.shape.length).fill(1), ...live.shape],
  axes: [...new Array<number[]>(rank - live.axes.length).fill([]), ...live.axes],
});

function matMul(call: Call): Value {
  const [a, b] = [call.input(0), call.weight(1)];
  if (isLive(a) && !isLive(b) && b.shape.length === 2) {
    const bias = call.optional(2); // of an Add behind it
    if (bias && bias.shape.join() !== `${b.shape[1]}`) call.fail("it has three inputs");
    return dense(call, a, { kernel: b, bias: bias && { of: bias } });
  }
  const two = [a, b].map((value) => isLive(value) ? value : asLive(call, value));
  if (two.some(({ shape }) => shape.length < 2)) call.fail("one of what it reads is no matrix");
  const rank = Math.max(...two.map(({ shape }) => shape.length));
  const [left, right] = two.map((live) => padded(live, rank));
  const rows = rank - 2, columns = rank - 1;
  const outer = left.shape.slice(0, rows);
  if (outer.join() !== right.shape.slice(0, rows).join()) {
    call.fail(
      `it multiplies [${left.shape.join(", ")}] with [${right.shape.join(", ")}]: only as many ` +
        `matrices with as many are supported`,
    );
  }
  const wide = outer.flatMap((size, axis) => size > 1 ? [axis] : []);
  const order = [...wide, rows, columns], groups = order.map((axis) => [axis]);
  const nodes = [left, right].map((live) => arranged(call.writer, live, groups));
  const made = call.add("matMul", nodes);
  return view(made, [...outer, left.shape[rows], right.shape[columns]], order);
}

export const matrices: Converters = { Gemm: gemm, MatMul: matMul };
