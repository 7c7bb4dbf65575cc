/** Contact sheets: pictures side by side under titles, with colour bars. */
import { shownPicture } from "./display.ts";
import { type Picture, resize } from "./mod.ts";
import { barNumbers, headingStyle, line, measures, smallStyle, titleStyle } from "./_sheet_text.ts";
import { type Colors, paint, type Scale } from "./render.ts";
import { values } from "../core/values.ts";

/** One picture of a sheet. */
export interface Cell {
  /** Fitted into the cell's square. */
  readonly picture: Picture;
  /** One line above it. */
  readonly title: string;
  /** Smaller lines below the title. */
  readonly caption?: string;
  /** Drawn below the picture, with the numbers at its ends. */
  readonly bar?: { readonly colors: Colors; readonly scale: Scale };
}

/** Small pictures are enlarged to about this, by whole factors, so that their pixels stay squares. */
const SIDE = 224;

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
async function ramp(colors: Colors, width: number, height: number): Promise<Picture> {
  const levels = Float32Array.from(
    { length: width * height },
    (_, i) => (i % width) / (width - 1),
  );
  return await paint(values(levels, [height, width]), colors);
}

/**
 * Draws a sheet: pictures fitted into squares of one size, that of the largest one's longer side, or
 * the whole multiple of it that is nearest to 224 pixels. Texts grow with the squares; characters
 * that the fonts do not have are written as their numbers in Unicode.
 *
 * @param rows Cells row by row; rows may differ in length.
 * @param heading Above all.
 * @throws RangeError where there is no cell.
 * @example
 * ```ts
 * const run = await attribute("grad-cam", { model, image });
 * const sheet = await contactSheet([[
 *   { picture: image, title: "Picture" },
 *   { picture: await run.overlay(), title: "Grad-CAM", caption: run.target.label },
 * ]]);
 * ```
 */
export async function contactSheet(
  rows: readonly (readonly Cell[])[],
  heading?: string,
): Promise<Picture> {
  const cells = rows.flat();
  if (cells.length === 0) throw new RangeError("A sheet needs pictures");
  const largest = Math.max(...cells.map(({ picture: p }) => Math.max(p.width, p.height)));
  const side = largest * Math.max(1, Math.round(SIDE / largest));
  const sizes = measures(side), { margin } = sizes;
  const { rasterize, drawable } = await import("./_svg.ts");
  const width = margin + Math.max(...rows.map((row) => row.length)) * (side + margin);
  const texts: string[] = [];
  const pictures: { picture: Picture; left: number; top: number }[] = [];
  let y = margin;
  if (heading) {
    const text = await drawable(heading);
    texts.push(line(text, margin, y, width - 2 * margin, headingStyle(sizes)));
    y += sizes.heading;
  }
  for (const row of rows) {
    const captions = row.map(({ caption }) => caption?.split("\n") ?? []);
    const top = y + sizes.title + sizes.caption * Math.max(...captions.map(({ length }) => length));
    const fits = row.map(({ picture }) => fit(picture, side));
    const below = top + Math.max(...fits.map(({ height }) => height));
    for (const [i, { title, bar }] of row.entries()) {
      const left = margin + i * (side + margin);
      texts.push(line(await drawable(title), left, y, side, titleStyle(sizes)));
      for (const [n, caption] of captions[i].entries()) {
        const under = y + sizes.title + n * sizes.caption - 2;
        texts.push(line(await drawable(caption), left, under, side, smallStyle(sizes)));
      }
      pictures.push({ picture: fits[i], left, top });
      if (!bar) continue;
      const at = below + sizes.barGap;
      pictures.push({ picture: await ramp(bar.colors, side, sizes.barHeight), left, top: at });
      texts.push(...barNumbers(bar, left, at, side, sizes));
    }
    y = below + (row.some(({ bar }) => bar) ? sizes.bar : 0) + margin;
  }
  const sheet = await rasterize(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${y}">` +
      `<g font-family="DejaVu Sans">${texts.join("")}</g></svg>`,
  );
  for (const { picture, left, top } of pictures) paste(sheet, picture, left, top);
  return shownPicture(sheet);
}
