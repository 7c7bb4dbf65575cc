/** @jsxImportSource npm:preact@10.29.8 */
/** A loss curve, drawn as SVG. */
import { short } from "./format.ts";

const WIDTH = 640, HEIGHT = 150, TOP = 10, BOTTOM = 24, LEFT = 4, RIGHT = 4;
/** More points than this no screen shows. */
const MAX_POINTS = 400;

/** A loss and the step before whose update it was measured. */
export type LossPoint = readonly [step: number, loss: number];

/** The points of a curve that can be drawn, thinned out evenly; the first and last stay. */
export function lossPoints(losses: readonly (number | null)[]): LossPoint[] {
  const points = losses.flatMap((loss, i): LossPoint[] => loss === null ? [] : [[i + 1, loss]]);
  if (points.length <= MAX_POINTS) return points;
  const stride = (points.length - 1) / (MAX_POINTS - 1);
  return Array.from({ length: MAX_POINTS }, (_, i) => points[Math.round(i * stride)]);
}

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
  const low = Math.min(...losses), high = Math.max(...losses), end = Math.max(of ?? 0, last[0]);
  const x = (step: number) =>
    LEFT + (WIDTH - LEFT - RIGHT) * (step - first[0]) / Math.max(1, end - first[0]);
  const y = (loss: number) =>
    TOP + (HEIGHT - TOP - BOTTOM) * (high === low ? 0.5 : (high - loss) / (high - low));
  const line = points.map(([s, loss]) => `${x(s).toFixed(1)},${y(loss).toFixed(1)}`).join(" ");
  const marked = step === undefined ? undefined : points.findLast(([s]) => s <= step) ?? first;
  return (
    <figure class="chart">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={`Loss over ${last[0]} steps, from ${short(first[1])} to ${short(last[1])}`}
      >
        <line class="axis" x1={LEFT} x2={WIDTH - RIGHT} y1={HEIGHT - BOTTOM} y2={HEIGHT - BOTTOM} />
        <polyline points={line} />
        {marked && (
          <>
            <line class="mark" x1={x(step!)} x2={x(step!)} y1={TOP} y2={HEIGHT - BOTTOM} />
            <circle cx={x(marked[0])} cy={y(marked[1])} r={4} />
          </>
        )}
        <text x={LEFT} y={HEIGHT - 6}>{`step ${first[0]}`}</text>
        <text x={WIDTH - RIGHT} y={HEIGHT - 6} text-anchor="end">{`step ${end}`}</text>
      </svg>
      <figcaption>
        {marked
          ? `Loss ${short(marked[1])} at step ${marked[0]}`
          : `Loss: ${short(first[1])} at first, ${short(last[1])} at last`}
      </figcaption>
    </figure>
  );
}
