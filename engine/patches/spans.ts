/** Stretches of one axis of a picture, as a window of it changes. */

/** Stretches of one length. */
export interface Spans {
  /** Where each begins. */
  readonly starts: readonly number[];
  /** How long they are. */
  readonly size: number;
}

/** Windows along one axis. */
export interface Axis {
  /** Places under a window, those between its taps included. */
  readonly extent: number;
  readonly stride: number;
  /** Places before the first one that the first window covers. */
  readonly before: number;
  /** How many windows there are. */
  readonly count: number;
}

/** Stretches of different lengths, as many and within so many places: each as long as the longest. */
export function spansOf(
  stretches: readonly (readonly [start: number, end: number])[],
  places: number,
): Spans {
  const size = Math.max(1, ...stretches.map(([start, end]) => Math.min(places, end) - start));
  return { starts: stretches.map(([start]) => Math.max(0, Math.min(start, places - size))), size };
}

/** The windows that see any place of the stretches, one of each of `inputs`. */
export function windowsOn(inputs: readonly Spans[], axis: Axis): Spans {
  const { extent, stride, before, count } = axis;
  const stretches = inputs[0].starts.map((_, i) => {
    const start = Math.min(...inputs.map(({ starts }) => starts[i]));
    const end = Math.max(...inputs.map(({ starts, size }) => starts[i] + size));
    const first = Math.max(0, Math.ceil((start + before - extent + 1) / stride));
    const last = Math.min(count - 1, Math.floor((end - 1 + before) / stride));
    return [first, last + 1] as const;
  });
  return spansOf(stretches, count);
}

/** What windows cover; it may begin before the first place and end behind the last. */
export const under = ({ starts, size }: Spans, { extent, stride, before }: Axis): Spans => ({
  starts: starts.map((start) => start * stride - before),
  size: (size - 1) * stride + extent,
});

/** Whether stretches are the same. */
export const alike = (a: Spans, b: Spans): boolean =>
  a.size === b.size && a.starts.every((start, i) => start === b.starts[i]);
