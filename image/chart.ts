/** Lines over an axis, as SVG that can be read on any ground. */
import { axisOf } from "../core/ticks.ts";

/** A point of a line. */
export type Point = readonly [x: number, y: number];

/** One line of a chart. */
export interface Line {
  /** What it is called where there are several. */
  readonly name?: string;
  /** By rising x, all finite; at least two. */
  readonly points: readonly Point[];
}

/** What a chart shows, and how it is said. */
export interface Chart {
  readonly lines: readonly Line[];
  /** Begins the ids in the picture: no two charts of a page may have the same. */
  readonly id: string;
  /** For who does not see it: what it shows, and what is to be seen of that. */
  readonly title: string;
  readonly description: string;
  /** Of its axes. */
  readonly axes: readonly [x: string, y: string];
  /** Whether there is nothing between the whole numbers of the axis across: steps. */
  readonly whole?: boolean;
}

/** In pixels; on the left, the numbers need what is left of the width. */
const WIDTH = 640, HEIGHT = 360, TOP = 36, RIGHT = 24, BOTTOM = 52;
const FONT = 13, LETTER = 0.64 * FONT, GAP = 8, ROW = 20;
/** A longer title of the axis upward begins at the picture's edge, not beside its numbers. */
const LONG = 8;
/** Told apart by people who see few colours (Okabe, Ito 2008), dark enough on white. */
const COLOURS = ["#1f5fae", "#b34a00", "#00795c", "#8a3f77", "#6b5a00", "#444"];
/** With the colours come dashes, so that more lines than colours can be told apart. */
const DASHES = ["", "7 3", "2 3", "9 3 2 3"];

const escaped = (text: string) =>
  text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`).replace(/[^\P{C}]/gu, " ");

/** Draws a chart; the names of several lines stand below it. */
export function drawChart({ lines, id, title, description, axes, whole }: Chart): string {
  const all = lines.flatMap(({ points }) => points), across = all.map(([x]) => x);
  const heights = all.map(([, y]) => y);
  const steps = axisOf(Math.min(...across), Math.max(...across), { exactly: true, whole });
  const scale = axisOf(Math.min(...heights), Math.max(...heights));
  const numbers = Math.max(...scale.ticks.map(({ label }) => label.length));
  const isLong = axes[1].length > LONG;
  const digits = isLong ? numbers : Math.max(axes[1].length, numbers);
  const left = Math.ceil(2 * GAP + digits * LETTER),
    right = WIDTH - RIGHT,
    bottom = HEIGHT - BOTTOM;
  const x = (at: number) =>
    round(left + (right - left) * (at - steps.low) / (steps.high - steps.low));
  const y = (at: number) =>
    round(TOP + (bottom - TOP) * (scale.high - at) / (scale.high - scale.low));
  const rules = scale.ticks.map(({ value }) => `M${left} ${y(value)}H${right}`).join("");
  const marks = steps.ticks.map(({ value }) => `M${x(value)} ${bottom}v5`).join("");
  const text = (label: string, x: number, y: number, anchor: string) =>
    `<text x="${x}" y="${y}" text-anchor="${anchor}">${escaped(label)}</text>`;
  const named = lines.length > 1, rows = named ? Math.ceil(lines.length / 2) : 0;
  const height = HEIGHT + rows * ROW;
  const stroke = (i: number) => {
    const dash = DASHES[Math.floor(i / COLOURS.length) % DASHES.length];
    return `stroke="${COLOURS[i % COLOURS.length]}" stroke-width="2" stroke-linejoin="round"` +
      (dash ? ` stroke-dasharray="${dash}"` : "");
  };
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" ` +
    `viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="${id}-title ${id}-desc">`,
    `<title id="${id}-title">${escaped(title)}</title>`,
    `<desc id="${id}-desc">${escaped(description)}</desc>`,
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    `<path d="${rules}" stroke="#ddd" fill="none"/>`,
    `<path d="M${left} ${TOP}V${bottom}H${right}${marks}" stroke="#555" fill="none"/>`,
    `<g font-family="DejaVu Sans, Verdana, sans-serif" font-size="${FONT}" fill="#333">`,
    ...scale.ticks.map(({ value, label }) =>
      text(label, left - GAP, round(y(value) + FONT / 3), "end")
    ),
    ...steps.ticks.map(({ value, label }) => text(label, x(value), bottom + FONT + GAP, "middle")),
    isLong
      ? text(axes[1], GAP, TOP - FONT - 3, "start")
      : text(axes[1], left - GAP, TOP - FONT - 3, "end"),
    text(axes[0], round((left + right) / 2), HEIGHT - 10, "middle"),
    ...(named
      ? lines.map(({ name = "" }, i) =>
        text(name, GAP + 40 + (i % 2) * WIDTH / 2, HEIGHT + Math.floor(i / 2) * ROW + 10, "start")
      )
      : []),
    "</g>",
    ...(named
      ? lines.map((_, i) =>
        `<path d="M${GAP + (i % 2) * WIDTH / 2} ${HEIGHT + Math.floor(i / 2) * ROW + 6}h32" ` +
        `fill="none" ${stroke(i)}/>`
      )
      : []),
    ...lines.map(({ points }, i) =>
      `<polyline points="${points.map(([at, value]) => `${x(at)},${y(value)}`).join(" ")}" ` +
      `fill="none" ${stroke(i)}/>`
    ),
    "</svg>\n",
  ].join("\n");
}

/** To a hundredth of a pixel. */
const round = (n: number) => Number(n.toFixed(2));
