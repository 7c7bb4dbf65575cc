/** The ops that the native executor can write, by their names in the op table. */
import * as activation from "./activation.ts";
import { channelShuffle, channelSlice } from "./channels.ts";
import { conv2d, depthwiseConv2d } from "./conv.ts";
import { dense } from "./dense.ts";
import * as merge from "./merge.ts";
import { affineOp, batchNorm, scale } from "./norm.ts";
import type { NativeOp } from "./op.ts";
import * as pool from "./pool.ts";
import * as shape from "./shape.ts";
import * as smooth from "./smooth.ts";
import * as statistics from "./statistics.ts";

const table: Readonly<Record<string, NativeOp>> = {
  conv2d,
  depthwiseConv2d,
  dense,
  batchNorm,
  scale,
  affine: affineOp,
  channelShuffle,
  channelSlice,
  ...activation,
  ...merge,
  ...pool,
  ...shape,
  ...smooth,
  ...statistics,
};

/** The row of an op; undefined where it has none. */
export const nativeOp = (name: string): NativeOp | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;

/** The ops with a row. */
export const nativeOpNames = (): readonly string[] => Object.keys(table);
