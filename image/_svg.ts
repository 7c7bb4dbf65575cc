/** SVG to pixels, with a font of its own, so that a text looks the same everywhere. */
import "../deps/dejavu_fonts.ts";
import { initWasm, Resvg } from "../deps/resvg.ts";
import { glyphsOf, spellOut } from "./_glyphs.ts";
import { platform } from "../platform/mod.ts";
import { overWhite, type Picture } from "./_picture.ts";

const FONTS = ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"];
let ready: Promise<Uint8Array[]> | undefined;

async function start(): Promise<Uint8Array[]> {
  const packaged = (exported: string, file: string) =>
    platform.readFile(platform.packageFile(exported, file));
  await initWasm(await packaged("@resvg/resvg-wasm", "index_bg.wasm"));
  const font = (name: string) => packaged("dejavu-fonts-ttf/package.json", `ttf/${name}`);
  return await Promise.all(FONTS.map(font));
}

/** Whether one of the fonts has a character. */
let has: ((code: number) => boolean) | undefined;

/**
 * A text as the fonts can write it: characters that they lack are written as their numbers in
 * Unicode, `‹U+732B 306E›`.
 */
export async function drawable(text: string): Promise<string> {
  // deno-lint-ignore no-control-regex -- ASCII, which every font has
  if (/^[\x00-\x7f]*$/.test(text)) return text;
  const fonts = await (ready ??= start());
  has ??= glyphsOf(fonts);
  return spellOut(text, has);
}

/** Draws an SVG at its own size, on white. */
export async function rasterize(svg: string): Promise<Picture> {
  const fontBuffers = await (ready ??= start());
  const drawing = new Resvg(svg, {
    font: { fontBuffers, defaultFontFamily: "DejaVu Sans" },
  });
  const rendered = drawing.render();
  try {
    return overWhite(rendered.pixels, rendered.width, rendered.height);
  } finally {
    rendered.free();
    drawing.free();
  }
}
