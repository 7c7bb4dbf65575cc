/**
 * Takes the pictures of the gallery that the README and the documentation show, in a real Chromium:
 *
 *     deno task gallery-pictures
 */
import { encodePng } from "../image/mod.ts";
import { gallery, phosphene } from "../tests/web/_cli.ts";
import { keep, startChromium } from "./_screenshots.ts";

const IMAGES = new URL("../examples/images/", import.meta.url).pathname;

const runs = await Deno.makeTempDir();

async function run(...args: string[]): Promise<void> {
  const { success, stderr } = await phosphene([...args, "--backend", "wasm", "--out", runs])
    .output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

const every = "saliency,input-x-gradient,guided-backprop,grad-cam,layer-cam,lrp";
for (const name of ["flower-30", "fish-8", "butterfly-12"]) {
  await run("compare", `${IMAGES}${name}.png`, "--techniques", every);
}
const { child, url } = await gallery(["--runs", runs]);
const browser = await startChromium();
try {
  const page = await browser.newPage({ viewport: { width: 1180, height: 780 } });
  await page.goto(`${url}/explain?picture=cat-4.png&model=phosphene-resnet`);
  const drawn = (n: number) =>
    page.waitForFunction((n) => document.querySelectorAll(".drawing canvas").length >= n, n);
  await drawn(12);
  await page.locator("[data-technique=grad-cam] .drawing").hover({ position: { x: 100, y: 110 } });
  await keep(page, "gallery-explain.png", (shot) => encodePng(shot));
  await page.goto(url);
  await page.waitForLoadState("networkidle");
  await keep(page, "gallery-index.png");
  await page.locator("#grid > li a", { hasText: "LRP" }).first().click();
  await page.locator(".viewer canvas").waitFor();
  await keep(page, "gallery-run.png");
  await page.goto(`${url}/models/phosphene-resnet/layers/layer3?picture=cat-4.png&order=strength`);
  await page.waitForLoadState("networkidle");
  await keep(page, "gallery-layer.png");
} finally {
  await browser.close();
  child.kill("SIGTERM");
  await child.status;
  await child.stderr.cancel();
  await Deno.remove(runs, { recursive: true });
}
