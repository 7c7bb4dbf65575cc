/** A microscope of a thousand channels in a real Chromium, from the disk and in a gallery. */
import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import { leftOutWithout } from "../_support/ci.ts";
import { gallery } from "../web/_cli.ts";
import { type MadeUp, withMicroscope } from "../web/_microscope.ts";
import { CHROMIUM, diskFaults, type Pages, unreadable, withPages } from "./_chromium.ts";

const SHEET = "layers/layer-1.html", CHANNELS = 744;

const THOUSAND: MadeUp = {
  layers: { layer2: 256, layer4: CHANNELS },
  atlas: true,
  labels: Array.from({ length: 40 }, (_, i) => `class ${i}, of <some> long & "odd" name`),
  pictures: Array.from({ length: 300 }, (_, i) => `picture ${i} with a name that is long.png`),
};

/** One of each kind of page. */
const KINDS = [
  "index.html",
  SHEET,
  "channels/layer-1/300.html",
  "atlas/layer-0.html",
  "classes.html",
  "classes/3.html",
  "pictures.html",
  "seen/7.html",
];

const tiles = (page: Page) => page.locator("#sheet > li");
const numbers = (page: Page) => page.locator("#sheet > li b").allTextContents();

/** Begins to add up how far things move by themselves. */
const watchShifts = (page: Page) =>
  page.addInitScript(() => {
    const seen = Object.assign(globalThis, { shifts: 0 });
    new PerformanceObserver((list) => {
      // deno-lint-ignore no-explicit-any -- a kind of entry that TypeScript does not know
      for (const entry of list.getEntries() as any[]) seen.shifts += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
  });

// deno-lint-ignore no-explicit-any -- a global of the page
const shifts = (page: Page) => page.evaluate(() => (globalThis as any).shifts as number);

/** Dark and light, wide and narrow. */
const opened = (i: number) => ({
  colorScheme: i % 2 === 0 ? "dark" as const : "light" as const,
  viewport: i % 3 === 0 ? { width: 320, height: 700 } : { width: 1300, height: 900 },
});

async function readable(pages: Pages): Promise<void> {
  const found = await unreadable(pages, KINDS, opened);
  assert.deepEqual(found, []);
}

async function still({ open }: Pages): Promise<void> {
  const page = await open("index.html", { viewport: { width: 1300, height: 900 } });
  await watchShifts(page);
  const asked = new Set<string>();
  page.on("request", (request) => asked.add(request.url()));
  await page.goto(new URL(SHEET, page.url()).href);
  const loaded = await page.evaluate(() => {
    const [entry] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
    return Math.round(entry.loadEventEnd);
  });
  console.log(`a sheet of ${CHANNELS} channels was there after ${loaded} ms`);
  assert.equal(await tiles(page).count(), CHANNELS);
  const pictures = () => [...asked].filter((url) => url.endsWith(".png"));
  assert.ok(pictures().length < CHANNELS / 2, `${pictures().length} pictures were asked for`);
  assert.ok(pictures().every((url) => url.includes("/images/")), "crops are for later");
  const height = () => page.evaluate(() => document.documentElement.scrollHeight);
  const whole = await height();
  await page.mouse.move(600, 500);
  const end = () => page.evaluate(() => scrollY + innerHeight >= document.body.scrollHeight - 1);
  while (!await end()) await page.mouse.wheel(0, 700);
  await page.waitForFunction(() => {
    const last = document.querySelector<HTMLImageElement>("#sheet > li:last-child img");
    return last?.complete && last.naturalWidth === 64;
  });
  assert.equal(await height(), whole);
  assert.equal(await shifts(page), 0);
}

async function sorted({ open }: Pages): Promise<void> {
  const page = await open(SHEET), order = page.getByLabel("Order by");
  const inOrder = [...Array(CHANNELS).keys()].map(String);
  assert.deepEqual(await numbers(page), inOrder);
  await order.selectOption("largest value");
  const value = (n: string) => (Number(n) * 7919 + 13) % CHANNELS;
  const byValue = inOrder.toSorted((a, b) => value(b) - value(a));
  assert.deepEqual(await numbers(page), byValue);
  await order.selectOption("mean");
  assert.deepEqual(await numbers(page), byValue);
  await order.selectOption("deviation");
  assert.deepEqual(await numbers(page), byValue.toReversed());
  await order.selectOption("class it speaks for");
  assert.deepEqual((await numbers(page)).slice(0, 3), ["0", "40", "80"]);
  await order.selectOption("number");
  assert.deepEqual(await numbers(page), inOrder);
}

async function mapped({ open }: Pages): Promise<void> {
  const page = await open("atlas/layer-0.html", { viewport: { width: 1300, height: 900 } });
  const stage = page.getByRole("group", { name: /Atlas of layer2/ });
  const shown = () => page.locator(".square:visible").evaluateAll((all) => all.map(({ id }) => id));
  assert.deepEqual(await shown(), []);
  const at = async (row: number, column: number, grid: number) => {
    const { x, y, width, height } = (await stage.boundingBox())!;
    const place = (n: number, size: number) => (n + 0.5) / grid * size;
    return [x + place(column, width), y + place(row, height)] as const;
  };
  await page.mouse.move(...await at(3, 3, 8));
  assert.deepEqual(await shown(), ["square-8-3-3"]);
  await page.mouse.click(...await at(3, 3, 8));
  await page.mouse.move(...await at(5, 5, 8));
  assert.deepEqual(await shown(), ["square-8-3-3"], "a click keeps a square");
  assert.match(page.url(), /#square-8-3-3$/);
  await page.mouse.move(2, 2);
  await page.reload();
  assert.deepEqual(await shown(), ["square-8-3-3"], "and so does the address");
  await stage.focus();
  await page.keyboard.press("ArrowUp");
  assert.deepEqual(await shown(), [], "keys lead on from it");
  await page.keyboard.press("ArrowLeft");
  assert.deepEqual(await shown(), ["square-8-2-2"]);
  await page.getByText("4 × 4").click();
  assert.deepEqual(await shown(), []);
  await stage.focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowDown");
  assert.deepEqual(await shown(), ["square-4-3-3"], "arrow keys choose one");
  await page.getByLabel("Only what speaks for").selectOption({ index: 1 });
  assert.ok(await page.locator(".covers rect:not(.empty)").count() > 0);
  await page.getByRole("button", { name: "Zoom in" }).click();
  await page.getByText("2×", { exact: true }).waitFor();
}

async function crops({ open }: Pages): Promise<void> {
  const page = await open(SHEET), first = tiles(page).first();
  const over = first.locator(".over");
  assert.ok(!await over.isVisible());
  await first.getByRole("link").focus();
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Tab");
  assert.ok(await over.isVisible(), "keys show what excites a channel");
  await page.mouse.move(0, 0);
  await page.getByLabel("Order by").focus();
  assert.ok(!await over.isVisible());
  await page.getByText("what excites it").click();
  assert.ok(await over.isVisible());
  assert.ok(await tiles(page).nth(9).locator(".over").isVisible());
  await first.getByRole("link").focus();
  await page.keyboard.press("Enter");
  await page.waitForURL(/channels\/layer-1\/0\.html$/);
  await page.getByRole("link", { name: "1 ›" }).click();
  await page.getByRole("heading", { name: "Channel 1", exact: true }).waitFor();
}

async function searched({ open }: Pages): Promise<void> {
  const page = await open("pictures.html");
  const shown = page.locator("#pictures > li:visible");
  await page.getByLabel("Search for a picture or a class").fill("PICTURE 257 long");
  await page.getByText("1 found").waitFor();
  assert.equal(await shown.count(), 1);
  assert.deepEqual(await diskFaults(page), []);
  await page.getByLabel("Search for a picture or a class").fill("elephant");
  await page.getByText("Nothing has these words.").waitFor();
  assert.equal(await shown.count(), 0);
  await page.getByLabel("Search for a picture or a class").fill("");
  assert.equal(await shown.count(), 300);
  await page.getByRole("navigation", { name: "Sections" }).getByText("Classes").click();
  await page.getByLabel("Search for a class").fill("class 17");
  await page.locator("#classes a:visible").click();
  await page.waitForURL(/classes\/17\.html$/);
}

async function withoutScripts({ open }: Pages): Promise<void> {
  const page = await open("index.html", { javaScriptEnabled: false });
  await page.getByRole("group", { name: /^Graph of/ }).getByRole("link", { name: "layer4" })
    .click();
  await page.waitForURL(/layer-1\.html$/);
  assert.ok(!await page.getByLabel("Order by").isVisible());
  await page.getByText("what excites it").click();
  assert.ok(await tiles(page).first().locator(".over").isVisible());
  await tiles(page).nth(5).getByRole("link").click();
  await page.waitForURL(/channels\/layer-1\/5\.html$/);
  await page.locator(".places a").first().click();
  await page.waitForURL(/seen\/5\.html$/);
}

const present = await Deno.stat(CHROMIUM).then(() => true, () => false);

Deno.test({
  name: "a microscope of a thousand channels, from the disk",
  ignore: leftOutWithout(present),
  sanitizeOps: false, // playwright keeps pipes of its own
  sanitizeResources: false,
  fn: (t) =>
    withMicroscope(
      THOUSAND,
      (folder) =>
        withPages(`${pathToFileURL(folder).href}/`, async (pages) => {
          for (const part of [readable, still, sorted, mapped, crops, searched, withoutScripts]) {
            await t.step(part.name, () => part(pages));
          }
        }),
    ),
});

/** The same in a gallery: what is only there is its frame, and the ways between the two. */
async function inGallery({ open }: Pages): Promise<void> {
  const page = await open("microscopes"), sections = page.getByRole("navigation");
  await page.getByRole("main").getByRole("link", { name: "phosphene-resnet" }).click();
  await page.getByRole("group", { name: /^Graph of/ }).getByRole("link", { name: "layer4" })
    .click();
  await page.waitForURL(/\/microscopes\/[^/]+\/layers\/layer-1\.html$/);
  await page.getByLabel("Order by").selectOption("class it speaks for");
  assert.deepEqual((await numbers(page)).slice(0, 3), ["0", "40", "80"]);
  await tiles(page).nth(1).getByRole("link").click();
  await page.getByRole("heading", { name: "Channel 40", exact: true }).waitFor();
  await page.locator(".places a").first().click();
  await page.getByRole("heading", { name: /^picture 40 / }).waitFor();
  await page.goBack();
  await page.getByRole("link", { name: "This channel on a picture" }).click();
  await page.waitForURL(/\/models\/phosphene-resnet\/layers\/layer4\/channels\/40$/);
  await sections.getByRole("link", { name: "Microscopes" }).click();
  await page.waitForURL(/\/microscopes$/);
}

/** Each kind of page of the gallery's, too. */
async function readableInGallery(pages: Pages, name: string): Promise<void> {
  const kinds = ["", ...KINDS.slice(1)].map((path) => `microscopes/${name}/${path}`);
  const found = await unreadable(
    pages,
    ["microscopes", ...kinds].map((path) => path.replace(/\/$/, "")),
    opened,
  );
  assert.deepEqual(found, []);
}

Deno.test({
  name: "a microscope of a thousand channels, in a gallery",
  ignore: leftOutWithout(present),
  sanitizeOps: false,
  sanitizeResources: false,
  fn: (t) =>
    withMicroscope(THOUSAND, async (folder) => {
      const { child, url } = await gallery(["--runs", `${folder}/runs`, "--microscope", folder]);
      try {
        await withPages(`${url}/`, async (pages) => {
          await t.step(inGallery.name, () => inGallery(pages));
          await t.step(readable.name, () => readableInGallery(pages, folder.split("/").at(-1)!));
        });
      } finally {
        child.kill("SIGTERM");
        await child.status;
        await child.stderr.cancel();
      }
    }),
});
