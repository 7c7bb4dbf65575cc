/** Contact sheets: pictures side by side under titles, with colour bars. */
import { type Picture, resize } from "./mod.ts";
import { type Colors, paint, type Scale } from "./render.ts";
import { values } from "../core/values.ts";

/** One picture of a sheet. */
export interface Cell {
  readonly picture: Picture;
  readonly title: string;
  /** Smaller lines below the title. */
  readonly caption?: string;
  /** Drawn below the picture, with the numbers at its ends. */
  readonly bar?: { readonly colors: Colors; readonly scale: Scale };
}

const MARGIN = 12, HEADING = 30, TITLE = 20, CAPTION = 16, BAR = 32, BAR_HEIGHT = 10;
/** Small pictures are enlarged to about this, by whole factors, so that their pixels stay squares. */
const SIDE = 224;
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
function line(
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

const HEADING_STYLE = { size: 16, fill: "#111", weight: "bold" };
const TITLE_STYLE = { size: 13, fill: "#111" };
const SMALL_STYLE = { size: 11, fill: "#555" };

/** Three digits that matter, and a real minus. */
function short(n: number): string {
  const plain = n === 0 || (Math.abs(n) >= 1e-3 && Math.abs(n) < 1e6);
  const [digits, power] = n.toExponential(2).split("e");
  return (plain ? String(Number(n.toPrecision(3))) : `${Number(digits)}e${Number(power)}`)
    .replaceAll("-", "−");
}

/** Enlarges by a whole factor: each pixel becomes a square. */
function enlarge({ width, height, data }: Picture, factor: number): Picture {
  const large = new Uint8ClampedArray(width * height * factor * factor * 3);
  for (let y = 0, to = 0; y < height * factor; y++) {
    for (let x = 0; x < width * factor; x++, to += 3) {
      const from = 3 * (Math.floor(y / factor) * width + Math.floor(x / factor));
      large[to] = data[from];
      large[to + 1] = data[from + 1];
      large[to + 2] = data[from + 2];
    }
  }
  return { width: width * factor, height: height * factor, data: large };
}

/** Fits a picture into a square of `side` pixels. */
function fit(picture: Picture, side: number): Picture {
  const factor = side / Math.max(picture.width, picture.height);
  if (factor === 1) return picture;
  if (Number.isInteger(factor)) return enlarge(picture, factor);
  const scaled = (length: number) => Math.max(1, Math.round(length * factor));
  return resize(picture, scaled(picture.width), scaled(picture.height), "bilinear");
}

function paste(onto: Picture, picture: Picture, left: number, top: number): void {
  const { width, height, data } = picture;
  for (let y = 0; y < height; y++) {
    const row = data.subarray(3 * y * width, 3 * (y + 1) * width);
    onto.data.set(row, 3 * ((top + y) * onto.width + left));
  }
}

/** All colours of a scale, from low to high. */
async function ramp(colors: Colors, width: number): Promise<Picture> {
  const levels = Float32Array.from(
    { length: width * BAR_HEIGHT },
    (_, i) => (i % width) / (width - 1),
  );
  return await paint(values(levels, [BAR_HEIGHT, width]), colors);
}

/** The numbers below a colour bar whose top is at `y`. */
function barNumbers(
  { colors, scale: { low, high } }: NonNullable<Cell["bar"]>,
  x: number,
  y: number,
  width: number,
): string[] {
  const number = (n: number, at: number, anchor: string) =>
    `<text x="${at}" y="${y + BAR_HEIGHT + 14}" font-size="${SMALL_STYLE.size}" ` +
    `fill="${SMALL_STYLE.fill}" text-anchor="${anchor}">${short(n)}</text>`;
  return [
    number(low, x, "start"),
    ...(colors === "diverging" ? [number((low + high) / 2, x + width / 2, "middle")] : []),
    number(high, x + width, "end"),
  ];
}

/**
 * Draws a sheet: pictures fitted into squares of one size, that of the largest one's longer side, or
 * the whole multiple of it that is nearest to 224 pixels.
 *
 * @param rows Cells row by row; rows may differ in length.
 * @param heading Above all.
 * @throws RangeError where there is no cell.
 */
export async function contactSheet(
  rows: readonly (readonly Cell[])[],
  heading?: string,
): Promise<Picture> {
  const cells = rows.flat();
  if (cells.length === 0) throw new RangeError("A sheet needs pictures");
  const largest = Math.max(...cells.map(({ picture: p }) => Math.max(p.width, p.height)));
  const side = largest * Math.max(1, Math.round(SIDE / largest));
  const width = MARGIN + Math.max(...rows.map((row) => row.length)) * (side + MARGIN);
  const texts: string[] = [];
  const pictures: { picture: Picture; left: number; top: number }[] = [];
  let y = MARGIN;
  if (heading) {
    texts.push(line(heading, MARGIN, y, width - 2 * MARGIN, HEADING_STYLE));
    y += HEADING;
  }
  for (const row of rows) {
    const captions = row.map(({ caption }) => caption?.split("\n") ?? []);
    const top = y + TITLE + CAPTION * Math.max(...captions.map((lines) => lines.length));
    const fits = row.map(({ picture }) => fit(picture, side));
    const below = top + Math.max(...fits.map(({ height }) => height));
    for (const [i, { title, bar }] of row.entries()) {
      const left = MARGIN + i * (side + MARGIN);
      texts.push(line(title, left, y, side, TITLE_STYLE));
      captions[i].forEach((text, n) =>
        texts.push(line(text, left, y + TITLE + n * CAPTION - 2, side, SMALL_STYLE))
      );
      pictures.push({ picture: fits[i], left, top });
      if (!bar) continue;
      pictures.push({ picture: await ramp(bar.colors, side), left, top: below + 6 });
      texts.push(...barNumbers(bar, left, below + 6, side));
    }
    y = below + (row.some(({ bar }) => bar) ? BAR : 0) + MARGIN;
  }
  const { rasterize } = await import("./_svg.ts");
  const sheet = await rasterize(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${y}">` +
      `<g font-family="DejaVu Sans">${texts.join("")}</g></svg>`,
  );
  for (const { picture, left, top } of pictures) paste(sheet, picture, left, top);
  return sheet;
}
