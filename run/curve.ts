/** The curve of a loss over the steps, as SVG that can be read on any ground. */
import { drawChart } from "../image/chart.ts";

/** A loss and the step before whose update it was measured. */
export type LossPoint = readonly [step: number, loss: number];

/** More points than this no screen shows. */
const MAX_POINTS = 400;
/** Larger losses are as good as infinite: their differences are. */
const LARGEST = 1e300;

/** The points of a curve that can be drawn, thinned out evenly; the first and last stay. */
export function lossPoints(losses: readonly (number | null)[]): LossPoint[] {
  const points = losses.flatMap((loss, i): LossPoint[] =>
    loss !== null && Math.abs(loss) <= LARGEST ? [[i + 1, loss]] : []
  );
  if (points.length <= MAX_POINTS) return points;
  const stride = (points.length - 1) / (MAX_POINTS - 1);
  return Array.from({ length: MAX_POINTS }, (_, i) => points[Math.round(i * stride)]);
}

/** Draws the curve, or nothing where fewer than two losses are finite. */
export function drawCurve(losses: readonly number[]): string | undefined {
  const points = lossPoints(losses);
  if (points.length < 2) return undefined;
  const [first, last] = [points[0], points[points.length - 1]];
  const heights = points.map(([, loss]) => loss);
  const [low, high] = [Math.min(...heights), Math.max(...heights)];
  return drawChart({
    lines: [{ points }],
    id: "losses",
    title: `Loss over ${losses.length} steps`,
    description:
      `From ${first[1].toPrecision(4)} at step ${first[0]} to ${last[1].toPrecision(4)} ` +
      `at step ${last[0]}; at least ${low.toPrecision(4)}, at most ${high.toPrecision(4)}.`,
    axes: ["step", "loss"],
    whole: true,
  });
}
