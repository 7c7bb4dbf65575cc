/**
 * Takes the picture of a microscope that the README shows, in a real Chromium: of the last stage of
 * the built-in network, which has seen drawn pictures of each of its classes. Some minutes.
 *
 *     deno task microscope-pictures
 */
import { pathToFileURL } from "node:url";
import { encodePng } from "../image/mod.ts";
import { phosphene } from "../tests/web/_cli.ts";
import { CLASSES, draw } from "../world/scene.ts";
import { keep, startChromium } from "./_screenshots.ts";

/** Pictures of each class. */
const EACH = 10;

const folder = await Deno.makeTempDir(), pictures = `${folder}/pictures`;
await Deno.mkdir(pictures);
for (const name of CLASSES) {
  for (let seed = 0; seed < EACH; seed++) {
    const { picture } = draw({ class: name, size: 128, seed });
    await Deno.writeFile(`${pictures}/${name}-${seed}.png`, await encodePng(picture));
  }
}
const { success, stderr } = await phosphene([
  ...["microscope", "--pictures", pictures, "--layers", "layer4", "--steps", "64"],
  ...["--out", `${folder}/out`],
]).output();
if (!success) throw new Error(new TextDecoder().decode(stderr));
const browser = await startChromium();
try {
  const page = await browser.newPage({ viewport: { width: 1180, height: 1240 } });
  await page.goto(pathToFileURL(`${folder}/out/channels/layer4/106.html`).href);
  await page.waitForLoadState("networkidle");
  await keep(page, "microscope-channel.png");
} finally {
  await browser.close();
  await Deno.remove(folder, { recursive: true });
}
