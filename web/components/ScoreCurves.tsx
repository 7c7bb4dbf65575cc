/** @jsxImportSource npm:preact@10.29.8 */
/** Curves of a score, drawn as SVG: what a metric's value sums up, of one run or of several. */
import { axisOf } from "../../core/ticks.ts";
import type { ScoreShown } from "../score_shown.ts";
import { short } from "./format.ts";

const WIDTH = 640, HEIGHT = 230, TOP = 10, BOTTOM = 40, RIGHT = 16;
/** Between a number and its axis, and how wide one of its letters is. */
const GAP = 6, LETTER = 7.5;
/** The chart is flat. */
const MOST_MARKS = 5;

/** A run's score, and what the run is called where there are several. */
export interface Curved {
  readonly name?: string;
  readonly score: ScoreShown;
}

/** Where a curve's values lie. */
const placesOf = ({ curve, axes }: ScoreShown) => axes?.x ?? curve!.map((_, i) => i);

/** All curves of one metric; nothing where none has one. */
export function ScoreCurves({ scores }: { scores: readonly Curved[] }) {
  const curved = scores.filter(({ score: { curve } }) => (curve?.length ?? 0) > 1);
  if (curved.length === 0) return null;
  const { title, axes } = curved[0].score, [across, upward] = axes?.titles ?? ["step", "value"];
  const all = curved.flatMap(({ score: { curve } }) => curve!);
  const places = curved.flatMap(({ score }) => placesOf(score));
  const scale = axisOf(Math.min(...all), Math.max(...all), { most: MOST_MARKS });
  const axis = axisOf(Math.min(...places), Math.max(...places), { exactly: true });
  const left = 2 * GAP + LETTER * Math.max(...scale.ticks.map(({ label }) => label.length));
  const right = WIDTH - RIGHT, bottom = HEIGHT - BOTTOM;
  const x = (at: number) => left + (right - left) * (at - axis.low) / (axis.high - axis.low);
  const y = (value: number) =>
    TOP + (bottom - TOP) * (scale.high - value) / (scale.high - scale.low);
  const said = curved.map(({ name, score: { curve } }) =>
    `${name ? `${name} ` : ""}from ${short(curve![0])} to ${short(curve!.at(-1)!)}`
  );
  return (
    <figure class="chart scores">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={`${title}: ${said.join("; ")}`}
      >
        {scale.ticks.map(({ value, label }) => (
          <g key={label}>
            <line class="axis" x1={left} x2={right} y1={y(value)} y2={y(value)} />
            <text x={left - GAP} y={y(value) + 4} text-anchor="end">{label}</text>
          </g>
        ))}
        {axis.ticks.map(({ value, label }) => (
          <g key={label}>
            <line class="axis" x1={x(value)} x2={x(value)} y1={bottom} y2={bottom + 4} />
            <text x={x(value)} y={bottom + 17} text-anchor="middle">{label}</text>
          </g>
        ))}
        <text x={(left + right) / 2} y={HEIGHT - 6} text-anchor="middle">{across}</text>
        {curved.map(({ score }, i) => (
          <polyline
            key={i}
            class={`line-${i}`}
            points={placesOf(score).map((at, n) =>
              `${x(at).toFixed(1)},${y(score.curve![n]).toFixed(1)}`
            ).join(" ")}
          />
        ))}
      </svg>
      <figcaption>
        {`${title}: ${upward}`}
        {curved.length > 1 && (
          <ul class="legend">
            {curved.map(({ name }, i) => (
              <li key={i}>
                <svg viewBox="0 0 28 8" aria-hidden="true">
                  <polyline class={`line-${i}`} points="0,4 28,4" />
                </svg>
                {name}
              </li>
            ))}
          </ul>
        )}
      </figcaption>
    </figure>
  );
}
