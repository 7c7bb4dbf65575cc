/** SVG to pixels, with a font of its own, so that a text looks the same everywhere. */
import "dejavu-fonts-ttf/package.json" with { type: "json" };
import { initWasm, Resvg } from "@resvg/resvg-wasm";
import { overWhite, type Picture } from "./_picture.ts";

/** A file of an npm package, beside one that the package exports. */
const beside = (exported: string, file: string) => new URL(file, import.meta.resolve(exported));

const FONTS = ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"];
let ready: Promise<Uint8Array[]> | undefined;

async function start(): Promise<Uint8Array[]> {
  await initWasm(await Deno.readFile(beside("@resvg/resvg-wasm", "index_bg.wasm")));
  const font = (name: string) =>
    Deno.readFile(beside("dejavu-fonts-ttf/package.json", `ttf/${name}`));
  return await Promise.all(FONTS.map(font));
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
