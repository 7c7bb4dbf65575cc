/** Ops that move numbers, and of which most move only the view. */
import { sizeOf } from "../../../core/values.ts";
import type { Call, Converter, Converters } from "../call.ts";
import { integers } from "../constants.ts";
import { reshaped, transposed } from "../layout.ts";
import { type Live, view } from "../values.ts";
import { kindOf } from "../tensors.ts";
import { repeated, together } from "./parts.ts";

/** The shape that a Reshape asks for: 0 keeps an axis, −1 is what is left. */
export function wantedShape(call: Call, from: readonly number[], wanted: number[]): number[] {
  const zeros = call.int("allowzero", 0) === 1;
  call.rank(wanted.length);
  const kept = wanted.map((n, axis) => n === 0 && !zeros ? from[axis] : n);
  const size = sizeOf(from), open = kept.indexOf(-1);
  const rest = sizeOf(kept.filter((n) => n !== -1));
  const shape = open < 0 ? kept : kept.with(open, size / rest);
  const { batch } = call;
  // exports of a fixed number of pictures write that number down
  if (batch > 1 && shape[0] === batch && sizeOf(shape) === size * batch) shape[0] = 1;
  const fits = shape.every((n) => Number.isSafeInteger(n) && n >= 0) && sizeOf(shape) === size;
  if (!fits) {
    call.fail(
      `[${from.join(", ")}] cannot become [${wanted.join(", ")}]`,
      undefined,
      "bad-file",
    );
  }
  return shape;
}

/** A value that is the same under another view; the layer's name goes on to who moves its numbers. */
const seen = (call: Call, live: Live): Live => ({ ...live, pending: call.name });

const reshape: Converter = (call) => {
  const live = call.live(0), wanted = call.opset < 5 ? call.ints("shape") : call.numbers(1);
  if (!wanted) return call.fail("it does not say which shape", undefined, "bad-file");
  return seen(call, reshaped(call.writer, live, wantedShape(call, live.shape, wanted)));
};

const flatten: Converter = (call) => {
  const live = call.live(0), { shape } = live, given = call.int("axis", 1);
  const axis = given === shape.length ? given : call.axis(given, shape.length);
  const flat = [sizeOf(shape.slice(0, axis)), sizeOf(shape.slice(axis))];
  return seen(call, reshaped(call.writer, live, flat));
};

const transpose: Converter = (call) => {
  const live = call.live(0), rank = live.shape.length;
  const order = call.ints("perm") ?? [...live.shape.keys()].reverse();
  if (order.toSorted((a, b) => a - b).join() !== [...Array(rank).keys()].join()) {
    call.fail(`its perm is [${order.slice(0, 20).join(", ")}]`, undefined, "bad-file");
  }
  return transposed(live, order);
};

/** The shape without some axes of 1. */
export function squeezedShape(call: Call, shape: readonly number[]): number[] {
  const axes = call.axes(shape.length, { input: 1 }) ??
    [...shape.keys()].filter((axis) => shape[axis] === 1);
  const odd = axes.find((axis) => shape[axis] !== 1);
  if (odd !== undefined) call.fail(`axis ${odd} of [${shape.join(", ")}] is not 1`);
  return shape.filter((_, axis) => !axes.includes(axis));
}

/** The shape with further axes of 1. */
export function unsqueezedShape(call: Call, shape: readonly number[]): number[] {
  const list = call.node.attributes.has("axes") ? call.ints("axes") : call.numbers(1);
  const rank = call.rank(shape.length + (list?.length ?? 0));
  const axes = new Set((list ?? []).map((axis) => call.axis(axis, rank)));
  if (axes.size !== list?.length) {
    call.fail("its axes are missing, or twice", undefined, "bad-file");
  }
  let next = 0;
  return Array.from({ length: rank }, (_, axis) => axes.has(axis) ? 1 : shape[next++]);
}

const viewed =
  (shapeOf: (call: Call, shape: readonly number[]) => number[]): Converter => (call) => {
    const live = call.live(0);
    return reshaped(call.writer, live, shapeOf(call, live.shape));
  };

/** The same value; its layer's name is one more for the node. */
const same: Converter = (call) => {
  const live = call.live(0);
  call.writer.module(call.name, live.node);
  return live;
};

const cast: Converter = (call) => {
  const to = call.int("to", 1);
  if (kindOf(to) !== "float") call.fail("it makes integers of what follows from the picture");
  return call.live(0);
};

/** Repeated along its axes of 1, and along further axes in front. */
const expand: Converter = (call) => {
  const live = call.live(0), asked = call.numbers(1) ?? [];
  const rank = call.rank(Math.max(asked.length, live.shape.length));
  const own = [...new Array<number>(rank - live.shape.length).fill(1), ...live.shape];
  const shape = own.map((size, axis) => Math.max(size, asked[axis - rank + asked.length] ?? 1));
  const { batch } = call;
  if (batch > 1 && shape[0] === batch) shape[0] = 1;
  const odd = own.findIndex((size, axis) => size !== 1 && size !== shape[axis]);
  if (odd >= 0 || !shape.every(Number.isSafeInteger)) {
    call.fail(
      `[${live.shape.join(", ")}] does not expand to [${asked.join(", ")}]`,
      undefined,
      "bad-file",
    );
  }
  return own.reduce(
    (value, size, axis) => repeated(call, value, axis, shape[axis] / size),
    reshaped(call.writer, live, own),
  );
};

/** A value's shape is known before any picture is. */
const shape: Converter = (call) => {
  const { shape } = call.live(0), rank = shape.length;
  const end = call.int("end", rank), start = call.int("start", 0);
  const at = (n: number) => Math.max(0, Math.min(rank, n < 0 ? n + rank : n));
  return integers(shape.slice(at(start), at(end)));
};

/** Blocks of channels become blocks of pixels. */
const depthToSpace: Converter = (call) => {
  const live = call.live(0), { shape } = live, block = call.int("blocksize", 0);
  const [, channels, height, width] = shape, own = channels / block ** 2;
  if (shape.length !== 4 || !(block >= 1) || !Number.isInteger(own)) {
    call.fail(`[${shape.join(", ")}] has no blocks of ${block}`, undefined, "bad-file");
  }
  const columnsFirst = call.text("mode", "DCR") === "CRD";
  const split = columnsFirst ? [1, own, block, block] : [1, block, block, own];
  const order = columnsFirst ? [0, 1, 4, 2, 5, 3] : [0, 3, 4, 1, 5, 2];
  const six = reshaped(call.writer, live, [...split, height, width]);
  const moved = transposed(six, order);
  return seen(call, reshaped(call.writer, moved, [1, own, height * block, width * block]));
};

/** Blocks of pixels become blocks of channels. */
const spaceToDepth: Converter = (call) => {
  const live = call.live(0), { shape } = live, block = call.int("blocksize", 0);
  const [, channels, height, width] = shape, [rows, columns] = [height / block, width / block];
  if (shape.length !== 4 || !Number.isInteger(rows) || !Number.isInteger(columns)) {
    call.fail(`[${shape.join(", ")}] has no blocks of ${block}`, undefined, "bad-file");
  }
  const six = reshaped(call.writer, live, [1, channels, rows, block, columns, block]);
  const moved = transposed(six, [0, 3, 5, 1, 2, 4]);
  return seen(call, reshaped(call.writer, moved, [1, channels * block ** 2, rows, columns]));
};

const concat: Converter = (call) => {
  const values = call.inputs.map((_, n) => call.input(n));
  const rank = values[0].shape.length, axis = call.axis(call.int("axis", 1), rank);
  if (values.some(({ shape }) => shape.length !== rank)) {
    call.fail("what it joins has different ranks", undefined, "bad-file");
  }
  const some = values.filter((value) => value.shape[axis] > 0);
  if (some.length === 1) return some[0];
  const { nodes, order, shape } = together(call, some, axis);
  const at = order.indexOf(axis);
  const node = at === order.length - 1
    ? call.add("concat", nodes)
    : call.add("concatAxis", nodes, { axis: at });
  return view(node, shape, order);
};

export const shapes: Converters = {
  Reshape: reshape,
  Flatten: flatten,
  Transpose: transpose,
  Squeeze: viewed(squeezedShape),
  Unsqueeze: viewed(unsqueezedShape),
  Identity: same,
  Dropout: same,
  Cast: cast,
  Expand: expand,
  Shape: shape,
  DepthToSpace: depthToSpace,
  SpaceToDepth: spaceToDepth,
  Concat: concat,
};
