/** The curve of a loss over the steps, as SVG that can be read on any ground. */
import { axisOf } from "../core/ticks.ts";

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

/** In pixels; on the left, the numbers need what is left of the width. */
const WIDTH = 640, HEIGHT = 360, TOP = 36, RIGHT = 24, BOTTOM = 52;
const FONT = 13, LETTER = 0.64 * FONT, GAP = 8;

/** Draws the curve, or nothing where fewer than two losses are finite. */
export function drawCurve(losses: readonly number[]): string | undefined {
  const points = lossPoints(losses);
  if (points.length < 2) return undefined;
  const [first, last] = [points[0], points[points.length - 1]];
  const heights = points.map(([, loss]) => loss);
  const [low, high] = [Math.min(...heights), Math.max(...heights)];
  const steps = axisOf(first[0], last[0], { exactly: true, whole: true });
  const scale = axisOf(low, high);
  const digits = Math.max("loss".length, ...scale.ticks.map(({ label }) => label.length));
  const left = Math.ceil(2 * GAP + digits * LETTER),
    right = WIDTH - RIGHT,
    bottom = HEIGHT - BOTTOM;
  const x = (step: number) =>
    round(left + (right - left) * (step - steps.low) / (steps.high - steps.low));
  const y = (loss: number) =>
    round(TOP + (bottom - TOP) * (scale.high - loss) / (scale.high - scale.low));
  const line = points.map(([step, loss]) => `${x(step)},${y(loss)}`).join(" ");
  const said = `From ${first[1].toPrecision(4)} at step ${first[0]} to ${last[1].toPrecision(4)} ` +
    `at step ${last[0]}; at least ${low.toPrecision(4)}, at most ${high.toPrecision(4)}.`;
  const across = scale.ticks.map(({ value }) => `M${left} ${y(value)}H${right}`).join("");
  const marks = steps.ticks.map(({ value }) => `M${x(value)} ${bottom}v5`).join("");
  const number = (label: string, x: number, y: number, anchor: string) =>
    `<text x="${x}" y="${y}" text-anchor="${anchor}">${label}</text>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" ` +
    `viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="losses-title losses-desc">`,
    `<title id="losses-title">Loss over ${losses.length} steps</title>`,
    `<desc id="losses-desc">${said}</desc>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    `<path d="${across}" stroke="#ddd" fill="none"/>`,
    `<path d="M${left} ${TOP}V${bottom}H${right}${marks}" stroke="#555" fill="none"/>`,
    `<g font-family="DejaVu Sans, Verdana, sans-serif" font-size="${FONT}" fill="#333">`,
    ...scale.ticks.map(({ value, label }) =>
      number(label, left - GAP, round(y(value) + FONT / 3), "end")
    ),
    ...steps.ticks.map(({ value, label }) =>
      number(label, x(value), bottom + FONT + GAP, "middle")
    ),
    number("loss", left - GAP, TOP - FONT - 3, "end"),
    number("step", round((left + right) / 2), HEIGHT - 10, "middle"),
    "</g>",
    `<polyline points="${line}" fill="none" stroke="#1f5fae" stroke-width="2" ` +
    `stroke-linejoin="round"/>`,
    "</svg>\n",
  ].join("\n");
}

/** To a hundredth of a pixel. */
const round = (n: number) => Number(n.toFixed(2));
