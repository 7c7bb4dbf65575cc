/** The op table: every op that a graph may name. */
import { nearestHint } from "../../core/errors.ts";
import * as activation from "./activation.ts";
import * as arithmetic from "./arithmetic.ts";
import * as channels from "./channels.ts";
import { conv2d } from "./conv.ts";
import { dense } from "./dense.ts";
import { depthwiseConv2d } from "./depthwise.ts";
import { lrn } from "./lrn.ts";
import * as matmul from "./matmul.ts";
import * as merge from "./merge.ts";
import * as norm from "./norm.ts";
import type { Op, Shape, ShapeCall } from "./op.ts";
import * as pool from "./pool.ts";
import * as rectifier from "./rectifier.ts";
import * as reduce from "./reduce.ts";
import * as resize from "./resize.ts";
import * as shape from "./shape.ts";
import * as sliceAxis from "./slice_axis.ts";
import * as smooth from "./smooth.ts";
import { convTranspose2d } from "./transpose.ts";

const table: Record<string, Op> = {
  conv2d,
  depthwiseConv2d,
  convTranspose2d,
  dense,
  ...norm,
  ...rectifier,
  ...smooth,
  ...activation,
  ...merge,
  ...pool,
  ...resize,
  ...shape,
  ...channels,
  ...arithmetic,
  ...matmul,
  ...reduce,
  ...sliceAxis,
  lrn,
};

/** The names of all ops, those of plugins included. */
export const opNames = (): readonly string[] => Object.keys(table);

/** Adds a plugin's op; its traits decide what fuses it, passes it over or gives it a rule. */
export function addOp(name: string, entry: Op): void {
  if (Object.hasOwn(table, name)) throw new Error(`There is an op "${name}" already`);
  table[name] = entry;
}

/**
 * The entry of an op.
 *
 * @throws Error where the table has no such op: a graph that was not made by ours.
 */
export function op(name: string): Op {
  const entry = Object.hasOwn(table, name) ? table[name] : undefined;
  if (!entry) throw new Error(`There is no op "${name}"; ${nearestHint(name, opNames())}`);
  return entry;
}

/**
 * The shape of what an op makes of inputs of these shapes.
 *
 * @throws Error where it takes another number of inputs, lacks a parameter, or they do not fit.
 */
export function shapeAfter(name: string, inputs: readonly Shape[], call: ShapeCall): Shape {
  const entry = op(name), takes = entry.inputs ?? 1;
  if (takes === "several" ? inputs.length === 0 : inputs.length !== takes) {
    throw new Error(`${inputs.length} inputs where it takes ${takes}`);
  }
  const missing = entry.needs?.find((role) => !Object.hasOwn(call.params, role));
  if (missing !== undefined) throw new Error(`it has no parameter "${missing}"`);
  return entry.shape(inputs, call);
}
