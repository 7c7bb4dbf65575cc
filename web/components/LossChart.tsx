/** @jsxImportSource npm:preact@10.29.8 */
/** A loss curve, drawn as SVG. */
import { axisOf } from "../../core/ticks.ts";
import type { LossPoint } from "../../run/curve.ts";
import { short } from "./format.ts";

const WIDTH = 640, HEIGHT = 190, TOP = 10, BOTTOM = 40, RIGHT = 16;
/** Between a number and its axis, and how wide one of its letters is. */
const GAP = 6, LETTER = 7.5;
/** The chart is flat. */
const MOST_LOSSES = 5;

/** The curve of a loss over the steps, with a mark at `step`. */
export function LossChart({ points, step, of }: {
  points: readonly LossPoint[];
  /** Where the mark is. */
  step?: number;
  /** The last step, where that is still to come. */
  of?: number;
}) {
  if (points.length < 2) return null;
  const [first, last] = [points[0], points[points.length - 1]];
  const losses = points.map(([, loss]) => loss);
  const scale = axisOf(Math.min(...losses), Math.max(...losses), { most: MOST_LOSSES });
  const steps = axisOf(first[0], Math.max(of ?? 0, last[0]), { exactly: true, whole: true });
  const left = 2 * GAP + LETTER * Math.max(...scale.ticks.map(({ label }) => label.length));
  const right = WIDTH - RIGHT, bottom = HEIGHT - BOTTOM;
  const x = (step: number) => left + (right - left) * (step - steps.low) / (steps.high - steps.low);
  const y = (loss: number) => TOP + (bottom - TOP) * (scale.high - loss) / (scale.high - scale.low);
  const line = points.map(([s, loss]) => `${x(s).toFixed(1)},${y(loss).toFixed(1)}`).join(" ");
  const marked = step === undefined ? undefined : points.findLast(([s]) => s <= step) ?? first;
  return (
    <figure class="chart">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={`Loss over ${last[0]} steps, from ${short(first[1])} to ${short(last[1])}`}
      >
        {scale.ticks.map(({ value, label }) => (
          <g key={label}>
            <line class="axis" x1={left} x2={right} y1={y(value)} y2={y(value)} />
            <text x={left - GAP} y={y(value) + 4} text-anchor="end">{label}</text>
          </g>
        ))}
        {steps.ticks.map(({ value, label }) => (
          <g key={label}>
            <line class="axis" x1={x(value)} x2={x(value)} y1={bottom} y2={bottom + 4} />
            <text x={x(value)} y={bottom + 17} text-anchor="middle">{label}</text>
          </g>
        ))}
        <text x={(left + right) / 2} y={HEIGHT - 6} text-anchor="middle">step</text>
        <polyline points={line} />
        {marked && (
          <>
            <line class="mark" x1={x(step!)} x2={x(step!)} y1={TOP} y2={bottom} />
            <circle cx={x(marked[0])} cy={y(marked[1])} r={4} />
          </>
        )}
      </svg>
      <figcaption>
        {marked
          ? `Loss ${short(marked[1])} at step ${marked[0]}`
          : `Loss: ${short(first[1])} at first, ${short(last[1])} at last`}
      </figcaption>
    </figure>
  );
}
