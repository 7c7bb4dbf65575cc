/** Contact sheets: pictures side by side under titles, with colour bars. */
import { Buffer } from "node:buffer";
import { encodePng, type Picture } from "./image.ts";
import { paint } from "./render.ts";
import type { Colors } from "./technique.ts";
import { values } from "./values.ts";

/** One picture of a sheet. */
export interface Cell {
  readonly picture: Picture;
  readonly title: string;
  /** A smaller line below the title. */
  readonly caption?: string;
  /** Drawn below the picture, with the numbers at its ends. */
  readonly bar?: { readonly colors: Colors; readonly low: number; readonly high: number };
}

const MARGIN = 12, TITLE = 20, CAPTION = 16, BAR = 30;
/** Small pictures are enlarged by whole factors, so that their pixels stay squares. */
const SMALLEST_SIDE = 192;

const escape = (text: string) =>
  text.replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]!);

/** Cuts a text where it would be wider than a cell; `size` is the font's. */
const fitted = (text: string, width: number, size: number) => {
  const most = Math.floor(width / (size * 0.58));
  return text.length <= most ? text : `${text.slice(0, Math.max(1, most - 1))}…`;
};

const line = (text: string, x: number, y: number, size: number, fill: string, more = "") =>
  `<text x="${x}" y="${y}" font-size="${size}" fill="${fill}" ${more}>${escape(text)}</text>`;

async function embedded(picture: Picture): Promise<string> {
  return `data:image/png;base64,${Buffer.from(await encodePng(picture)).toString("base64")}`;
}

/** A number as a reader wants it: three digits that matter. */
const short = (n: number) => n === 0 ? "0" : String(Number(n.toPrecision(3)));

async function drawBar(
  { colors, low, high }: NonNullable<Cell["bar"]>,
  x: number,
  y: number,
  width: number,
) {
  const ramp = values(Float32Array.from({ length: 256 }, (_, i) => i / 255), [1, 256]);
  const image = await embedded(await paint(ramp, colors));
  const number = (n: number, at: number, anchor: string) =>
    line(short(n), at, y + 24, 11, "#555", `text-anchor="${anchor}"`);
  const middle = colors === "diverging" ? number((low + high) / 2, x + width / 2, "middle") : "";
  return `<image x="${x}" y="${y}" width="${width}" height="10" preserveAspectRatio="none" href="${image}"/>` +
    number(low, x, "start") + middle + number(high, x + width, "end");
}

/**
 * Draws a sheet.
 *
 * @param rows Cells row by row; rows may differ in length.
 * @param title Above all.
 * @returns A PNG file.
 */
export async function contactSheet(
  rows: readonly (readonly Cell[])[],
  title?: string,
): Promise<Uint8Array> {
  const cells = rows.flat();
  const largest = Math.max(...cells.map(({ picture: p }) => Math.max(p.width, p.height)));
  const zoom = Math.max(1, Math.ceil(SMALLEST_SIDE / largest));
  const width = Math.max(...cells.map(({ picture }) => picture.width)) * zoom;
  const parts: string[] = [];
  let y = MARGIN;
  if (title) {
    parts.push(line(title, MARGIN, y + 16, 16, "#111", `font-weight="bold"`));
    y += 30;
  }
  for (const row of rows) {
    const captioned = row.some(({ caption }) => caption), barred = row.some(({ bar }) => bar);
    const height = Math.max(...row.map(({ picture }) => picture.height)) * zoom;
    for (const [i, { picture, title, caption, bar }] of row.entries()) {
      const x = MARGIN + i * (width + MARGIN);
      parts.push(line(fitted(title, width, 13), x, y + 13, 13, "#111"));
      if (caption) parts.push(line(fitted(caption, width, 11), x, y + TITLE + 10, 11, "#555"));
      const top = y + TITLE + (captioned ? CAPTION : 0);
      const size = `width="${picture.width * zoom}" height="${picture.height * zoom}"`;
      const smooth = `style="image-rendering:${zoom > 1 ? "pixelated" : "auto"}"`;
      parts.push(
        `<image x="${x}" y="${top}" ${size} ${smooth} href="${await embedded(picture)}"/>`,
      );
      if (bar) parts.push(await drawBar(bar, x, top + height + 6, width));
    }
    y += TITLE + (captioned ? CAPTION : 0) + height + (barred ? BAR : 0) + MARGIN;
  }
  const across = MARGIN + Math.max(...rows.map((row) => row.length)) * (width + MARGIN);
  const { rasterize } = await import("./_svg.ts");
  return rasterize(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${across}" height="${y}" font-family="DejaVu Sans">` +
      `<rect width="100%" height="100%" fill="#fff"/>${parts.join("")}</svg>`,
  );
}
