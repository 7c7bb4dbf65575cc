/**
 * Inverted residuals: Sandler et al. 2018. A 1×1 convolution widens, each channel is convolved on its
 * own, perhaps gated by a squeeze-and-excite block, and a 1×1 convolution narrows again.
 */
import { type ActivationName, inEights } from "./_blocks.ts";

/** One block. */
export interface InvertedResidual {
  readonly in: number;
  /** Channels in the middle; where they are `in` there is no convolution that widens. */
  readonly expanded: number;
  readonly out: number;
  readonly kernel: number;
  readonly stride: number;
  readonly activation: ActivationName;
  /** Channels of the squeeze-and-excite block, where there is one. */
  readonly squeezed?: number;
}

/** Whether the block's input is added to its output. */
export const isResidual = ({ stride, in: from, out }: InvertedResidual): boolean =>
  stride === 1 && from === out;

/** What the convolution of each channel on its own is. */
export const ofEach = ({ expanded, kernel, stride }: InvertedResidual) =>
  ({ in: expanded, out: expanded, groups: expanded, kernel, stride }) as const;

/** A stage of like blocks; only the first has the stride. */
export type StageRow = readonly [
  expand: number,
  kernel: number,
  stride: number,
  channels: number,
  depth: number,
];

/** How a family fills in what its rows leave open. */
export interface Scaling {
  readonly width?: number;
  readonly depth?: number;
  readonly activation: ActivationName;
  /** Channels that a block squeezes to, given those that it reads. */
  readonly squeezed?: (channels: number) => number;
}

/** The blocks of each stage behind a stem of so many channels. */
export function stagesOf(
  rows: readonly StageRow[],
  stem: number,
  { width = 1, depth: deeper = 1, activation, squeezed }: Scaling,
): InvertedResidual[][] {
  let channels = stem;
  return rows.map(([expand, kernel, stride, base, depth]) => {
    const out = inEights(base * width);
    return Array.from({ length: Math.ceil(depth * deeper) }, (_, i) => {
      const block = {
        in: channels,
        expanded: channels * expand,
        out,
        kernel,
        stride: i === 0 ? stride : 1,
        activation,
        squeezed: squeezed?.(channels),
      };
      channels = out;
      return block;
    });
  });
}
