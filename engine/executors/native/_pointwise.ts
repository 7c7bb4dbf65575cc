/** How functions of one number each are written, and their ways back. */
import { dimsOf } from "./layout.ts";
import type { NativeOp, Use } from "./op.ts";
import type { Writer } from "./writer.ts";

type Write = (to: Writer, x: string, use: Use) => string;

/** An activation whose gradient is let through or not; `mask` says where, by the output. */
export const masked = (forward: Write, mask: Write): NativeOp => ({
  forward: (to, [x], use) => forward(to, x, use),
  keeps: (to, _inputs, y, use) => [
    { name: mask(to, y, use), type: "bool", dims: dimsOf(use.outputShape) },
  ],
  // a product with 0 or 1 takes half the time of a choice
  backward: (to, dy, _use, [mask]) => [to.node("Mul", [dy, asFloat(to, mask)])],
});

/** Any other: `slope` says how steep it is, by the input and the output. */
export const sloped = (
  forward: Write,
  slope: (to: Writer, x: string, y: string, use: Use) => string,
): NativeOp => ({
  forward: (to, [x], use) => forward(to, x, use),
  keeps: (to, [x], y, use) => [
    { name: slope(to, x, y, use), type: "float32", dims: dimsOf(use.outputShape) },
  ],
  backward: (to, dy, _use, [slope]) => [to.node("Mul", [dy, slope])],
});

const two = (op: string) => (to: Writer, a: string, b: string) => to.node(op, [a, b]);
export const add = two("Add");
export const sub = two("Sub");
export const mul = two("Mul");

/** Where `low < y < high`. */
export const inside = (to: Writer, y: string, low: number, high: number) =>
  to.node("And", [
    to.node("Greater", [y, to.float(low)]),
    to.node("Less", [y, to.float(high)]),
  ]);

/** 1 where it is true, else 0. */
export const asFloat = (to: Writer, mask: string) => to.node("Cast", [mask], { to: 1 });
