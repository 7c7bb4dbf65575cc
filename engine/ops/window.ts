/** Geometry of sliding windows: convolutions and pools. */
import type { Attributes } from "../graph.ts";

/** Zeros (or, where a window overhangs, nothing) around height and width. */
export interface Pad {
  /** Rows above. */
  readonly top: number;
  /** Rows below. */
  readonly bottom: number;
  /** Columns before. */
  readonly left: number;
  /** Columns behind. */
  readonly right: number;
}

/** A window's placement on an input of a known size. */
export interface Window {
  /** Its rows and columns. */
  readonly kernel: readonly [number, number];
  /** How far it moves, along rows and columns. */
  readonly strides: readonly [number, number];
  /** How far apart its pixels lie. */
  readonly dilations: readonly [number, number];
  /** What is around the input. */
  readonly pad: Pad;
  /** How many rows and columns of windows there are. */
  readonly out: readonly [number, number];
}

function axis(
  size: number,
  kernel: number,
  stride: number,
  dilation: number,
  pad: readonly [number, number] | "same",
  ceil: boolean,
) {
  const extent = (kernel - 1) * dilation + 1;
  if (pad === "same") {
    const out = Math.ceil(size / stride);
    const total = Math.max(0, (out - 1) * stride + extent - size);
    return { out, before: total >> 1, after: total - (total >> 1) };
  }
  const [before, after] = pad;
  const steps = (size + before + after - extent) / stride;
  let out = (ceil ? Math.ceil(steps) : Math.floor(steps)) + 1;
  // PyTorch: the last window starts inside the picture or its left padding
  if (ceil && (out - 1) * stride >= size + before) out--;
  if (out < 1) {
    throw new Error(
      `a window of ${extent} does not fit into ${size} + ${before + after} of padding`,
    );
  }
  return { out, before, after: Math.max(after, (out - 1) * stride + extent - size - before) };
}

const NO_PAD: Pad = { top: 0, bottom: 0, left: 0, right: 0 };

/** Windows of one pixel each, on a height × width input. */
export const ownPlace = (height: number, width: number): Window => ({
  kernel: [1, 1],
  strides: [1, 1],
  dilations: [1, 1],
  pad: NO_PAD,
  out: [height, width],
});

/** The attributes that place windows without anything around the input. */
export const UNPADDED = { pad: [0, 0, 0, 0], ceil: false } as const;

/** Places the window of `attrs` (`strides, pad, dilations?, ceil?`) on a height × width input. */
export function placeWindow(
  attrs: Attributes,
  kernel: readonly [number, number],
  height: number,
  width: number,
): Window {
  const strides = attrs.strides as [number, number];
  const dilations = (attrs.dilations ?? [1, 1]) as [number, number];
  const pad = attrs.pad as "same" | [number, number, number, number];
  const ceil = attrs.ceil === true;
  const rows = axis(
    height,
    kernel[0],
    strides[0],
    dilations[0],
    pad === "same" ? pad : [pad[0], pad[1]],
    ceil,
  );
  const columns = axis(
    width,
    kernel[1],
    strides[1],
    dilations[1],
    pad === "same" ? pad : [pad[2], pad[3]],
    ceil,
  );
  return {
    kernel,
    strides,
    dilations,
    pad: { top: rows.before, bottom: rows.after, left: columns.before, right: columns.after },
    out: [rows.out, columns.out],
  };
}
