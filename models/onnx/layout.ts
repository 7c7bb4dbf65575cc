/** The one place where NCHW becomes NHWC: views of values, and the nodes that carry them out. */
import { sizeOf } from "../../core/values.ts";
import { type Constant, reshaped as constantAs, transposed as constantIn } from "./constants.ts";
import type { Live } from "./values.ts";
import type { Writer } from "./writer.ts";

/** The axes in another order; no node is written. */
export const transposed = (live: Live, order: readonly number[]): Live => ({
  ...live,
  shape: order.map((axis) => live.shape[axis]),
  axes: order.map((axis) => live.axes[axis]),
});

const isRising = (numbers: readonly number[]) =>
  numbers.every((n, i) => i === 0 || numbers[i - 1] < n);

/**
 * The node whose axes are these of ONNX's, in this order: a picture's are `[[2], [3], [1]]`. Axes that
 * are not named must be of size 1; a group of several becomes one axis, their product.
 */
export function arranged(
  writer: Writer,
  live: Live,
  groups: readonly (readonly number[])[],
): string {
  const own = writer.shapeOf(live.node);
  const sequence = groups.flat().flatMap((axis) => live.axes[axis]);
  const shape = groups.map((group) => sizeOf(group.map((axis) => live.shape[axis])));
  const target = shape.length ? shape : [1];
  if (isRising(sequence)) return reshapedTo(writer, live, target);
  // axes of 1 go anywhere: behind the others
  const rest = [...own.keys()].filter((axis) => !sequence.includes(axis));
  const order = [...sequence, ...rest];
  const isLast = order.map((axis) => own[axis]).join() === target.join();
  const name = isLast ? live.pending : undefined;
  const moved = writer.helper("permute", [live.node], { order }, name);
  return reshapedTo(writer, { ...live, node: moved }, target);
}

function reshapedTo(writer: Writer, { node, pending }: Live, target: readonly number[]): string {
  const own = writer.shapeOf(node);
  if (own.join() === target.join()) return node;
  return target.length === 1
    ? writer.helper("flatten", [node], {}, pending)
    : writer.helper("reshape", [node], { shape: target }, pending);
}

/** The node with the numbers in ONNX's own order, `[…]` without the axes of 1. */
export const inOrder = (writer: Writer, live: Live): string =>
  arranged(writer, live, live.shape.flatMap((size, axis) => size === 1 ? [] : [[axis]]));

/** What becomes of the engine's axes where some are split. */
interface Split {
  /** ONNX's axis → the parts that make it up, as `[axis, part]`. */
  readonly parts: readonly (readonly (readonly [axis: number, part: number])[])[];
  /** The sizes of each of the engine's axes' parts. */
  readonly sizes: ReadonlyMap<number, readonly number[]>;
}

/** How a shape is made of the engine's axes and their parts; undefined where it is not. */
function split(live: Live, own: readonly number[], shape: readonly number[]): Split | undefined {
  const sizes = new Map<number, number[]>();
  const left = live.axes.flat().map((axis) => ({ axis, size: own[axis] }));
  let at = 0;
  const parts: [number, number][][] = [];
  for (const wanted of shape) {
    const found: [number, number][] = [];
    for (let rest = wanted; rest > 1;) {
      const next = left[at];
      if (!next) return undefined;
      const known = sizes.get(next.axis) ?? [];
      sizes.set(next.axis, known);
      found.push([next.axis, known.length]);
      if (rest % next.size === 0) {
        known.push(next.size);
        rest /= next.size;
        at++;
      } else if (next.size % rest === 0) {
        known.push(rest);
        next.size /= rest;
        rest = 1;
      } else return undefined;
    }
    parts.push(found);
  }
  return { parts, sizes };
}

/** The same numbers, in ONNX's order, under another shape of ONNX's. */
export function reshaped(writer: Writer, live: Live, shape: readonly number[]): Live {
  if (live.shape.join() === shape.join()) return live;
  const own = writer.shapeOf(live.node), found = split(live, own, shape);
  if (!found) {
    const node = inOrder(writer, live), flat = { ...live, node };
    const target = shape.filter((size) => size > 1);
    const axes = shape.map((size, axis) =>
      size === 1 ? [] : [shape.slice(0, axis).filter((n) => n > 1).length]
    );
    return { node: reshapedTo(writer, flat, target.length ? target : [1]), shape, axes };
  }
  // where each of the engine's axes begins, once it is split
  const first: number[] = [], target: number[] = [];
  own.forEach((size, axis) => {
    first.push(target.length);
    target.push(...found.sizes.get(axis) ?? [size]);
  });
  return {
    ...live,
    node: reshapedTo(writer, { ...live, pending: undefined }, target),
    shape,
    axes: found.parts.map((parts) => parts.map(([axis, part]) => first[axis] + part)),
  };
}

/**
 * A constant that broadcasts to a value's shape, its axes as the engine has the value's; axes of 1 in
 * front are left out.
 */
export function spread(writer: Writer, constant: Constant, live: Live): Constant {
  const own = writer.shapeOf(live.node), ahead = live.shape.length - constant.shape.length;
  // split like the value's, then ordered like them
  const sizes: number[] = [], places: number[] = [];
  live.axes.forEach((axes, axis) => {
    const whole = axis >= ahead && constant.shape[axis - ahead] !== 1;
    for (const place of axes) {
      sizes.push(whole ? own[place] : 1);
      places.push(place);
    }
  });
  const order = [...places.keys()].sort((a, b) => places[a] - places[b]);
  const moved = constantIn(constantAs(constant, sizes), order);
  const shape = own.map((_, axis) => {
    const at = places.indexOf(axis);
    return at < 0 ? 1 : sizes[at];
  });
  const from = shape.findIndex((size) => size !== 1);
  return constantAs(moved, from < 0 ? [1] : shape.slice(from));
}
