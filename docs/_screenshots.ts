/** Pictures of pages, in a real Chromium, as the documentation keeps them. */
import { type Browser, chromium, type Page } from "playwright-core";
import { decodeImage, type Picture } from "../image/mod.ts";
import { CHROMIUM } from "../tests/browser/_chromium.ts";
import { smallPng } from "./_small.ts";

/** So that what is drawn keeps its colours, and the file is small. */
const COLORS = 255;

export const startChromium = (): Promise<Browser> =>
  chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--disable-gpu"] });

/** Keeps what a page shows in `docs/images/`. Photographs need all their colours; the rest is small without. */
export async function keep(
  page: Page,
  name: string,
  encode = (shot: Picture): Uint8Array | Promise<Uint8Array> => smallPng(shot, COLORS),
): Promise<void> {
  const small = await encode(await decodeImage(await page.screenshot(), name));
  await Deno.writeFile(new URL(`images/${name}`, import.meta.url), small);
  console.log(`${name} ${(small.length / 1000).toFixed(0)} kB`);
}
