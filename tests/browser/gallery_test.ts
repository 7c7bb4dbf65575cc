/** The gallery in a real Chromium: `deno task test:browser`. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { axeFaults } from "./_chromium.ts";
import { type InGallery, testGallery } from "./_gallery.ts";
import { becomes, cards, eventually, IMAGES, run } from "./_runs.ts";

/** Makes the runs that are looked at. */
async function twoRuns(runs: string) {
  return {
    saliency: await run("saliency", `${IMAGES}cat-4.png`, "--out", runs),
    dream: await run(
      ...["deepdream", `${IMAGES}flower-30.png`, "--steps", "8", "--save-every", "2"],
      ...["--out", runs],
    ),
  };
}

type Given = InGallery & Awaited<ReturnType<typeof twoRuns>>;

const search = (page: Page) => new URL(page.url()).search;

async function browse({ open, runs }: Given): Promise<void> {
  const page = await open("/");
  assert.equal(await cards(page).count(), 2);
  await page.getByLabel("Technique").selectOption({ label: "DeepDream (1)" });
  await becomes(() => cards(page).count(), 1);
  await becomes(() => search(page), "?technique=deepdream");
  await page.goBack();
  await becomes(() => cards(page).count(), 2);
  await becomes(() => search(page), "");
  await page.getByLabel("Search").pressSequentially("cat");
  await becomes(() => search(page), "?q=cat");
  await becomes(() => cards(page).count(), 1);
  const count = page.locator("#count");
  await eventually("the count", async () => /1–1 of 1 run/.test(await count.innerText()));
  // a run of the command line comes by itself, where it matches, and what is open stays
  const other = await open("/");
  await other.getByRole("checkbox").first().check({ force: true });
  await run("saliency", `${IMAGES}fish-8.png`, "--out", runs);
  await becomes(() => cards(other).count(), 3);
  assert.equal(await other.getByRole("checkbox", { checked: true }).count(), 1);
  assert.equal(await cards(page).count(), 1);
}

async function view({ open, saliency, dream }: Given): Promise<void> {
  const page = await open(`/runs/${saliency}`);
  const opacity = () => page.locator(".above").evaluate((img) => getComputedStyle(img).opacity);
  assert.equal(await opacity(), "0.85"); // as the overlay was made
  const slider = page.getByRole("slider", { name: "Opacity" });
  await slider.press("Home");
  await becomes(opacity, "0");
  await slider.press("ArrowRight");
  await becomes(opacity, "0.01");
  const box = (await slider.boundingBox())!;
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  await eventually("half", async () => Math.abs(Number(await opacity()) - 0.5) < 0.05);
  await page.getByLabel("Wipe").check();
  const clip = () => page.locator(".above").evaluate((img) => getComputedStyle(img).clipPath);
  await becomes(clip, "inset(0px 50% 0px 0px)");
  await page.getByRole("slider", { name: "Wipe" }).press("End");
  await eventually("the whole", async () => /inset\(0(px|%)?( 0|\))/.test(await clip()));

  const stage = page.getByRole("group", { name: /Saliency map/ });
  await stage.press("ArrowRight");
  const probe = page.locator(".probe");
  await eventually("values", async () => /x 33, y 32 .*map /.test(await probe.innerText()));
  await stage.press("+");
  await page.getByRole("button", { name: "Zoom in" }).click();
  await becomes(() => page.locator(".viewer .buttons output").innerText(), "4×");
  const wide = () => stage.evaluate((e) => e.scrollWidth / e.clientWidth);
  await eventually("4×", async () => Math.abs(await wide() - 4) < 0.05);
  await stage.hover();
  await eventually("values", async () => /attribution/.test(await probe.innerText()));
  await stage.press("0");
  await becomes(() => stage.evaluate((e) => e.scrollLeft), 0);

  const dreaming = await open(`/runs/${dream}`);
  const frame = () => dreaming.locator(".above img").getAttribute("src");
  const shows = (name: string) =>
    eventually(name, async () => (await frame())!.includes(`/${name}`));
  const scrubber = dreaming.getByRole("slider", { name: "Frame" });
  await scrubber.press("Home");
  await shows("frame-0002");
  await scrubber.press("ArrowRight");
  await shows("frame-0004");
  assert.match(await dreaming.locator("figcaption").innerText(), /at step 4/);
  const range = (await scrubber.boundingBox())!;
  await dreaming.mouse.click(range.x + range.width - 2, range.y + range.height / 2);
  await shows("frame-0008");
  await dreaming.getByRole("button", { name: "Play" }).click();
  await eventually("another frame", async () => !(await frame())!.includes("frame-0008"));
  await dreaming.getByRole("button", { name: "Pause" }).click();
}

async function compare({ open }: Given): Promise<void> {
  const page = await open("/");
  for (const n of [0, 1]) await page.getByRole("checkbox").nth(n).check({ force: true });
  await page.getByRole("link", { name: "Compare 2 runs" }).click();
  await page.waitForURL(/compare\?run=.+&run=.+/);
  const stages = page.locator(".compared .stage");
  assert.equal(await stages.count(), 2);
  await stages.first().press("+");
  const zooms = () => stages.evaluateAll((all) => all.map((e) => e.scrollWidth / e.clientWidth));
  await eventually(
    "both twice",
    async () => (await zooms()).every((zoom) => Math.abs(zoom - 2) < 0.05),
  );
  await stages.first().evaluate((e) => e.scrollTo(e.scrollWidth, 0));
  await eventually(
    "the other follows",
    async () => (await stages.nth(1).evaluate((e) => e.scrollLeft)) > 20,
  );
}

async function make({ open }: Given): Promise<void> {
  const page = await open("/new/deepdream"), tab = await open("/");
  const before = await cards(tab).count();
  await page.getByLabel("channel").fill("5");
  await page.getByLabel("steps").fill("100000"); // not over before it is cancelled
  await page.getByLabel("save every").fill("5");
  await page.getByRole("button", { name: "Run DeepDream" }).click();
  await page.waitForURL(/\/jobs\//);
  const second = await open(new URL(page.url()).pathname);
  for (const one of [page, second]) await one.locator("img.forming").waitFor();
  await tab.getByRole("link", { name: /DeepDream with .*, running/ }).waitFor();
  await second.getByRole("button", { name: "Cancel" }).click();
  for (const one of [page, second]) await one.getByText("Cancelled").waitFor();
  assert.equal(await cards(tab).count(), before);

  await page.goto(new URL("/new/saliency", page.url()).href);
  await page.getByLabel(/^Your own/).setInputFiles(`${IMAGES}snail-3.png`);
  await page.getByRole("button", { name: "Run Saliency map" }).click();
  await page.waitForURL(/\/runs\//);
  assert.match(await page.locator("h1 + p").innerText(), /in snail-3\.png/);
  for (const one of [tab, await open("/")]) {
    await becomes(() => cards(one).count(), before + 1);
  }
}

async function objective({ open }: Given): Promise<void> {
  const page = await open("/new/feature-viz");
  const field = page.getByRole("combobox", { name: "objective", exact: true });
  const offers = page.locator(".offers:not([hidden])");
  const active = () =>
    field.evaluate((field) =>
      document.getElementById(field.getAttribute("aria-activedescendant") ?? "")?.innerText
    );
  await field.pressSequentially("chan");
  await eventually("an offer", async () => /^channel\(layer, channel\)/.test(await active() ?? ""));
  assert.equal(await field.getAttribute("aria-expanded"), "true");
  assert.deepEqual(await axeFaults(page), []);
  await field.press("Enter");
  await becomes(() => field.inputValue(), "channel(");
  await field.pressSequentially("layer3");
  await becomes(active, "layer3");
  await field.press("ArrowDown");
  await becomes(active, "layer3.0");
  await field.press("Tab");
  await becomes(() => field.inputValue(), "channel(layer3.0, ");
  await field.pressSequentially("1200) + logit(butt");
  await becomes(active, "butterfly");
  await field.press("Escape");
  await offers.waitFor({ state: "hidden" });
  await field.press("ControlOrMeta+a");
  await field.pressSequentially("channel(layer3, 1200)");
  await page.getByText('Cannot use channel 1200 of "layer3": it has 64, 0 to 63').waitFor();
  assert.equal(await field.getAttribute("aria-invalid"), "true");
  for (let n = 0; n < 3; n++) await field.press("Backspace");
  await field.press(")");
  await eventually("no mistake", async () => await field.getAttribute("aria-invalid") === null);
  await field.pressSequentially(" - 1e-3*t");
  await offers.getByRole("option", { name: /^tv/ }).click();
  await becomes(() => field.inputValue(), "channel(layer3, 12) - 1e-3*tv");

  await page.getByLabel("steps", { exact: true }).fill("100000");
  await page.getByLabel("save every").fill("100000");
  await page.getByRole("button", { name: "Run Feature visualization" }).click();
  await page.waitForURL(/\/jobs\//);
  const picture = page.locator("img.forming");
  await picture.waitFor(); // no frame is kept before the last step
  const first = await picture.getAttribute("src");
  await eventually("another", async () => await picture.getAttribute("src") !== first);
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByText("Cancelled").waitFor();
}

async function withoutScripts({ open, dream }: Given): Promise<void> {
  const page = await open("/", { javaScriptEnabled: false });
  const filters = page.getByText("Filters");
  if (await filters.isVisible()) await filters.click(); // where they are folded
  await page.getByLabel("Technique").selectOption("deepdream");
  await page.getByRole("button", { name: "Show" }).click();
  await page.waitForURL(/technique=deepdream/);
  assert.equal(await cards(page).count(), 1);
  await page.goto(new URL(`/runs/${dream}`, page.url()).href);
  assert.ok(await page.locator(".stage img").last().isVisible());
  assert.ok(!await page.getByRole("slider").first().isVisible());
  await page.goto(new URL("/new/saliency", page.url()).href);
  await page.getByRole("button", { name: "Run Saliency map" }).click();
  await page.waitForURL(/\/runs\//); // the page of the job asks again by itself
}

/** By how much the page's parts have moved since it began to load, until two frames from now. */
const layoutShift = (page: Page): Promise<number> =>
  page.evaluate(() =>
    new Promise<number>((resolve) => {
      let sum = 0;
      const observer = new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
          if (entry.name === "looked") resolve(sum);
          else sum += (entry as PerformanceEntry & { value: number }).value;
        }
      });
      observer.observe({ type: "layout-shift", buffered: true });
      observer.observe({ type: "mark" });
      requestAnimationFrame(() => requestAnimationFrame(() => performance.mark("looked")));
    })
  );

async function accessible({ open, saliency, dream }: Given): Promise<void> {
  const paths = [
    "/",
    "/?q=nothing+like+it",
    `/runs/${saliency}`,
    `/runs/${dream}`,
    `/compare?run=${saliency}&run=${dream}`,
    "/techniques",
    "/techniques/deepdream",
    "/models",
    "/models/phosphene-resnet",
    "/new",
    "/new/deepdream",
    "/new/feature-viz",
    "/explain",
    "/explain?picture=cat-4.png",
    "/jobs",
    "/trash",
    "/models/phosphene-resnet/layers/layer3",
    "/models/phosphene-resnet/layers/layer3/channels/3",
  ];
  const looks = [
    { colorScheme: "light", viewport: { width: 1280, height: 900 } },
    { colorScheme: "dark", viewport: { width: 360, height: 740 } },
    { colorScheme: "light", viewport: { width: 320, height: 650 } },
    { colorScheme: "dark", viewport: { width: 3840, height: 2160 } },
  ] as const;
  for (const look of looks) {
    const page = await open("/", look);
    for (const path of paths) {
      if (path !== "/") await page.goto(new URL(path, page.url()).href);
      assert.deepEqual(await axeFaults(page), []);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= look.viewport.width, `${path} is ${wide} wide at ${look.viewport.width}`);
      // how large a photograph is, is known once it has come
      if (!path.includes("picture=")) assert.ok(await layoutShift(page) < 0.01, `${path} shifts`);
    }
  }
}

testGallery(
  "the gallery in Chromium",
  [browse, view, compare, make, objective, withoutScripts, accessible],
  twoRuns,
);
