/** The part of a value that a window of the picture changes. */
import type { Window } from "../ops/window.ts";
import { alike, type Axis, type Spans, under, windowsOn } from "./spans.ts";

/** Rectangles of one size: each row's stretch goes with each column's. */
export interface Region {
  readonly rows: Spans;
  readonly columns: Spans;
}

const rowsOf = ({ kernel, strides, dilations, pad, out }: Window): Axis => ({
  extent: (kernel[0] - 1) * dilations[0] + 1,
  stride: strides[0],
  before: pad.top,
  count: out[0],
});

const columnsOf = ({ kernel, strides, dilations, pad, out }: Window): Axis => ({
  extent: (kernel[1] - 1) * dilations[1] + 1,
  stride: strides[1],
  before: pad.left,
  count: out[1],
});

/** Where an op's output changes with its inputs. */
export const changed = (inputs: readonly Region[], window: Window): Region => ({
  rows: windowsOn(inputs.map(({ rows }) => rows), rowsOf(window)),
  columns: windowsOn(inputs.map(({ columns }) => columns), columnsOf(window)),
});

/** What of the inputs a part of an op's output is made of. */
export const seen = ({ rows, columns }: Region, window: Window): Region => ({
  rows: under(rows, rowsOf(window)),
  columns: under(columns, columnsOf(window)),
});

/** All of a value. */
export const allOf = ({ rows, columns }: Region, [height, width]: readonly number[]): Region => ({
  rows: { starts: rows.starts.map(() => 0), size: height },
  columns: { starts: columns.starts.map(() => 0), size: width },
});

/** Whether two are the same. */
export const same = (a: Region, b: Region): boolean =>
  alike(a.rows, b.rows) && alike(a.columns, b.columns);

/** Numbers of each rectangle. */
export const numbersIn = ({ rows, columns }: Region, channels: number): number =>
  rows.size * columns.size * channels;
