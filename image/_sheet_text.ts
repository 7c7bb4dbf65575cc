/** The texts of a sheet: how large they are, and lines of them in SVG. */
import { isDiverging } from "./colour_maps.ts";
import type { Colors, Scale } from "./render.ts";

/** The measures of a sheet whose cells are no wider than 260 pixels. */
const SMALL = {
  margin: 12,
  /** How far the next thing is below: a heading, a title, a line of a caption, a bar. */
  heading: 30,
  title: 20,
  caption: 16,
  bar: 32,
  /** What a bar is high, how far below its picture it begins, and its numbers below it. */
  barHeight: 10,
  barGap: 6,
  barNumbers: 14,
  /** Sizes of the letters. */
  headingSize: 16,
  titleSize: 13,
  smallSize: 11,
};

export type Measures = Readonly<typeof SMALL>;

/** A title is as high as this share of its cell, where that is more than it is in a small one. */
const TITLE_SHARE = 1 / 20;

/** The measures of a sheet with cells of a side, in whole pixels: they grow with the cells. */
export function measures(side: number): Measures {
  const factor = Math.max(1, side * TITLE_SHARE / SMALL.titleSize);
  const grown = Object.entries(SMALL).map(([name, n]) => [name, Math.round(n * factor)]);
  return Object.fromEntries(grown) as Measures;
}

/** Mean width of a letter of DejaVu Sans, in sizes of the font. */
const LETTER = 0.57;

const escape = (text: string) =>
  text.replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]!)
    // deno-lint-ignore no-control-regex -- XML has no place for them
    .replace(/[\0-\x08\v\f\x0e-\x1f\ufffe\uffff]/g, "\ufffd");

/** Shortens a text to about a width; {@link line} cuts off what is left of it beyond. */
function fitted(text: string, width: number, size: number): string {
  const letters = [...text], most = Math.max(1, Math.floor(width / (size * LETTER)));
  return letters.length <= most ? text : `${letters.slice(0, most - 1).join("")}…`;
}

/** A line of text below `y`, no wider than `width`. */
export function line(
  text: string,
  x: number,
  y: number,
  width: number,
  { size, fill, weight = "normal" }: { size: number; fill: string; weight?: string },
): string {
  return `<svg x="${x}" y="${y}" width="${width}" height="${size * 1.4}">` +
    `<text y="${size}" font-size="${size}" fill="${fill}" font-weight="${weight}">` +
    `${escape(fitted(text, width, size))}</text></svg>`;
}

/** How headings, titles, and captions and numbers look. */
export const headingStyle = ({ headingSize }: Measures) => ({
  size: headingSize,
  fill: "#111",
  weight: "bold",
});
export const titleStyle = ({ titleSize }: Measures) => ({ size: titleSize, fill: "#111" });
export const smallStyle = ({ smallSize }: Measures) => ({ size: smallSize, fill: "#555" });

/** Three digits that matter, and a real minus. */
function short(n: number): string {
  const plain = n === 0 || (Math.abs(n) >= 1e-3 && Math.abs(n) < 1e6);
  const [digits, power] = n.toExponential(2).split("e");
  return (plain ? String(Number(n.toPrecision(3))) : `${Number(digits)}e${Number(power)}`)
    .replaceAll("-", "−");
}

/** The numbers below a colour bar whose top is at `y`. */
export function barNumbers(
  { colors, scale: { low, high } }: { colors: Colors; scale: Scale },
  x: number,
  y: number,
  width: number,
  measures: Measures,
): string[] {
  const { size, fill } = smallStyle(measures);
  const number = (n: number, at: number, anchor: string) =>
    `<text x="${at}" y="${y + measures.barHeight + measures.barNumbers}" font-size="${size}" ` +
    `fill="${fill}" text-anchor="${anchor}">${short(n)}</text>`;
  return [
    number(low, x, "start"),
    ...(isDiverging(colors) ? [number((low + high) / 2, x + width / 2, "middle")] : []),
    number(high, x + width, "end"),
  ];
}
