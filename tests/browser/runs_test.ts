/** Runs in a real Chromium: listed, kept, looked at, compared, and as a site of files. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { encodePng, loadImage, resize } from "../../image/mod.ts";
import { leftOutWithout } from "../_support/ci.ts";
import { gallery, phosphene } from "../web/_cli.ts";
import { writeRun } from "../web/_gallery.ts";
import { axeFaults, CHROMIUM, closeAll, type Pages, pictured, withPages } from "./_chromium.ts";
import { becomes, cards, eventually, IMAGES, run } from "./_runs.ts";

interface Given extends Pages {
  readonly url: string;
  readonly runs: string;
  readonly site: string;
  /** Runs of one photograph, larger than what the network sees, and of a sample. */
  readonly signed: string;
  readonly cam: string;
  readonly saliency: string;
}

async function withRuns(test: (given: Given) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir(), runs = `${folder}/runs`, site = `${folder}/site`;
  const photo = `${folder}/photo.png`;
  const sample = await loadImage(`${IMAGES}butterfly-12.png`);
  await Deno.writeFile(photo, await encodePng(resize(sample, 300, 200, "bicubic")));
  const signed = await run("input-x-gradient", photo, "--out", runs);
  const cam = await run("grad-cam", photo, "--out", runs);
  const saliency = await run("saliency", `${IMAGES}cat-4.png`, "--out", runs);
  const exported = await phosphene(["gallery", "--runs", runs, "export", site]).output();
  assert.ok(exported.success, new TextDecoder().decode(exported.stderr));
  const { child, url } = await gallery(["--runs", runs]);
  try {
    await withPages(url, (pages) => test({ ...pages, url, runs, site, signed, cam, saliency }));
  } finally {
    child.kill("SIGTERM");
    await child.status;
    await child.stderr.cancel();
    await Deno.remove(folder, { recursive: true });
  }
}

const filters = ["technique", "model", "class", "layer"];
const chosen = (page: Page) =>
  page.evaluate(
    (names) =>
      names.map((name) => (document.getElementById(`filter-${name}`) as HTMLSelectElement).value),
    filters,
  );

async function filtersStay({ open, runs }: Given): Promise<void> {
  const page = await open("/");
  await page.getByLabel("Search").pressSequentially("butterfly");
  await becomes(() => cards(page).count(), 2);
  assert.deepEqual(await chosen(page), ["", "", "", ""]);
  await page.getByLabel("Technique").selectOption("grad-cam");
  await becomes(() => cards(page).count(), 1);
  await page.getByLabel("Search").focus();
  await writeRun(runs, "comes", {
    technique: { id: "grad-cam", title: "Grad-CAM" },
    target: { index: 0, label: "butterfly", logit: 1, probability: 0.5 },
  });
  await becomes(() => cards(page).count(), 2);
  assert.deepEqual(await chosen(page), ["grad-cam", "", "", ""]);
  assert.match(page.url(), /\?q=butterfly&technique=grad-cam$/);
  await pictured(page);
  await Deno.remove(`${runs}/comes`, { recursive: true });
  await becomes(() => cards(page).count(), 1);
}

async function damageShows({ open, runs }: Given): Promise<void> {
  await writeRun(runs, "frail", { createdAt: new Date().toISOString() });
  const page = await open("/?q=frail");
  await becomes(() => cards(page).count(), 1);
  assert.equal(await page.getByText("cannot be read").count(), 0);
  await Deno.writeTextFile(`${runs}/frail/manifest.json`, "{");
  await page.reload();
  await page.getByText("cannot be read").waitFor();
  await page.close();
  await Deno.remove(`${runs}/frail`, { recursive: true });
}

async function longTitles({ open, runs }: Given): Promise<void> {
  const long = "x".repeat(19_999);
  await writeRun(runs, "long", {
    technique: { id: "long", title: long },
    target: { index: 0, label: long, logit: 1, probability: 0.5 },
    image: { name: long, width: 1, height: 1, sha256: "" },
  });
  const page = await open("/", { viewport: { width: 320, height: 640 } });
  for (const path of ["/", "/runs/long", "/compare?run=long", "/?group=picture"]) {
    await page.goto(new URL(path, page.url()).href);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= 320, `${path} is ${wide} wide`);
  }
  await page.close();
  await Deno.remove(`${runs}/long`, { recursive: true });
}

async function ordered({ open, signed, cam, saliency }: Given): Promise<void> {
  const page = await open("/");
  const shown = () =>
    page.locator("#grid > .card").evaluateAll((all) =>
      all.map((card) => (card as HTMLElement).dataset.key).join()
    );
  const newest = [saliency, cam, signed].join();
  await becomes(shown, newest);
  await page.getByLabel("Order").selectOption("oldest");
  await becomes(shown, [signed, cam, saliency].join());
  await page.getByLabel("Group").selectOption("picture");
  await page.getByRole("heading", { name: "photo.png" }).waitFor();
  // the way through the list leads along the runs' pages
  await page.locator(`[data-key="${signed}"] a`).click();
  await page.getByText("1 of 3 runs").waitFor();
  await page.getByRole("link", { name: /Next/ }).click();
  await page.waitForURL((url) => url.pathname === `/runs/${cam}`);
  assert.match(page.url(), /\?sort=oldest&group=picture$/);
  await page.getByRole("link", { name: "2 of 3 runs" }).click();
  await page.waitForURL((url) => url.pathname === "/");
  assert.equal(await page.getByLabel("Order").inputValue(), "oldest");
}

async function kept({ open, runs, saliency }: Given): Promise<void> {
  await writeRun(runs, "kept");
  const page = await open("/runs/kept");
  await page.getByLabel("Note").fill("Look at the wheels");
  await page.getByLabel(/^Tags/).fill("wheels, to show");
  await page.getByRole("button", { name: "Keep" }).click();
  await page.getByRole("link", { name: "to show" }).click();
  await page.waitForURL(/\?tag=to\+show/);
  await becomes(() => cards(page).count(), 1);
  assert.equal(await page.getByLabel("Tag").inputValue(), "to show");
  await cards(page).locator("a").first().click();
  await pictured(page);
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByText("Deleted kept.").waitFor();
  assert.ok(!(await Deno.stat(`${runs}/kept`).catch(() => false)));
  await page.getByRole("button", { name: "Undo" }).click();
  await page.waitForURL(/\/runs\/kept$/);
  assert.equal(await page.getByLabel("Note").inputValue(), "Look at the wheels");
  // likewise without scripts
  const plain = await open("/runs/kept", { javaScriptEnabled: false });
  await plain.getByRole("button", { name: "Delete" }).click();
  await plain.getByText("Deleted kept.").waitFor();
  await plain.getByRole("link", { name: "trash" }).click();
  assert.deepEqual(await axeFaults(await open("/trash")), []);
  await plain.getByRole("button", { name: "Empty the trash" }).click();
  await plain.getByText("Nothing is in it").waitFor();
  assert.equal((await page.goto(new URL(`/runs/${saliency}`, page.url()).href))?.status(), 200);
}

async function looked({ open, signed }: Given): Promise<void> {
  const page = await open(`/runs/${signed}`, { viewport: { width: 1280, height: 650 } });
  const stage = page.locator(".viewer .stage"), above = page.locator(".above");
  await page.locator(".above canvas").waitFor();
  for (const part of [stage, page.locator(".viewer > .controls").last()]) {
    const { y, height } = (await part.boundingBox())!;
    assert.ok(y + height <= 650, "in view");
  }
  // over the photograph, whose crop is the middle third of 300×200
  const whole = (await stage.boundingBox())!, box = (await above.boundingBox())!;
  assert.ok(Math.abs(whole.width / whole.height - 1.5) < 0.02);
  assert.ok(Math.abs(box.width / box.height - 1) < 0.03);
  assert.ok(Math.abs(box.x + box.width / 2 - whole.x - whole.width / 2) < 3);
  assert.equal(await page.locator(".crop").count(), 1);
  assert.equal(await above.evaluate((element) => getComputedStyle(element).opacity), "0.9");
  // zero is clear, as in the overlay
  const clear = await page.locator(".above canvas").evaluate((canvas) => {
    const { width, height } = canvas as HTMLCanvasElement;
    const { data } = (canvas as HTMLCanvasElement).getContext("2d")!
      .getImageData(0, 0, width, height);
    let least = 255, most = 0;
    for (let i = 3; i < data.length; i += 4) {
      least = Math.min(least, data[i]);
      most = Math.max(most, data[i]);
    }
    return [least < 8, most > 230, width];
  });
  assert.deepEqual(clear, [true, true, 1024]);

  // about the pointer: what is under it stays under it
  const at = { x: whole.x + whole.width * 0.7, y: whole.y + whole.height * 0.3 };
  const under = () =>
    page.locator(".canvas").evaluate((element, { x, y }) => {
      const { left, top, width, height } = element.getBoundingClientRect();
      return [(x - left) / width, (y - top) / height] as const;
    }, at);
  const before = await under();
  await page.mouse.move(at.x, at.y);
  await page.keyboard.down("Control");
  for (let n = 0; n < 4; n++) {
    const zoom = (await page.locator(".viewer output").first().innerText())!;
    await page.mouse.wheel(0, -100);
    await eventually(
      "closer",
      async () => await page.locator(".viewer output").first().innerText() !== zoom,
    );
  }
  await page.keyboard.up("Control");
  const after = await under();
  for (const i of [0, 1]) assert.ok(Math.abs(after[i] - before[i]) < 0.02, `${before} ${after}`);
  await page.mouse.move(5, 5);

  // the cursor stays in the window, and all is in the address
  await stage.focus();
  for (let n = 0; n < 4; n++) await stage.press("Shift+ArrowLeft");
  await stage.press("ArrowUp");
  const cursor = page.locator(".cursor rect").last();
  await eventually("the cursor in the window", async () => {
    const [seen, window] = [await cursor.boundingBox(), await stage.boundingBox()];
    return seen!.x >= window!.x && seen!.x + seen!.width <= window!.x + window!.width &&
      seen!.y >= window!.y && seen!.y + seen!.height <= window!.y + window!.height;
  });
  await eventually("the address", () => /#zoom=[\d.]+&at=[\d.,]+&pixel=0,31$/.test(page.url()));
  const again = await open(new URL(page.url()).pathname + new URL(page.url()).hash);
  await again.getByText(/x 0, y 31 .*map/).waitFor();
  const zoom = (page: Page) => page.locator(".viewer output").first().innerText();
  assert.equal(await zoom(again), await zoom(page));

  await page.getByText("Network’s pixels").click();
  await becomes(
    () => page.locator(".above canvas").evaluate((c) => (c as HTMLCanvasElement).width),
    64,
  );
  assert.equal(await page.locator(".crop").count(), 0);
  await page.getByText("Wipe").click();
  await eventually("the address", () => /show=wipe&amount=50&as=pixels/.test(page.url()));

  // alone, for a projector
  await page.getByRole("button", { name: "Present" }).click();
  await page.locator(".presenting").waitFor();
  await page.getByRole("button", { name: "Present" }).waitFor({ state: "hidden" });
  assert.ok(await page.locator("header.site").evaluate((e) => e.hasAttribute("inert")));
  assert.deepEqual(await axeFaults(page), []);
  await page.keyboard.press("Escape");
  await page.locator(".presenting").waitFor({ state: "detached" });
  assert.ok(!await page.locator("header.site").evaluate((e) => e.hasAttribute("inert")));
  await page.keyboard.press("p");
  await page.locator(".presenting").waitFor();
  await page.keyboard.press("p");
  await page.locator(".presenting").waitFor({ state: "detached" });
  // twice, before anything is painted
  const began = await page.evaluate(async () => {
    const press = () => dispatchEvent(new KeyboardEvent("keydown", { key: "p" }));
    press();
    for (let turn = 0; turn < 100; turn++) await undefined;
    const began = document.querySelector(".presenting") !== null;
    press();
    return began;
  });
  assert.ok(began);
  await page.locator(".presenting").waitFor({ state: "detached" });
}

async function compared({ open, signed, cam, saliency }: Given): Promise<void> {
  const page = await open("/");
  const tray = page.getByRole("region", { name: "Chosen to compare" });
  await page.locator(`[value="${signed}"]`).check({ force: true });
  await page.getByLabel("Search").pressSequentially("cat");
  await becomes(() => cards(page).count(), 1);
  await page.locator(`[value="${saliency}"]`).check({ force: true });
  await tray.getByText("Input × gradient, butterfly").waitFor();
  await page.goto(new URL(`/runs/${cam}`, page.url()).href);
  await page.getByLabel("Choose to compare").check();
  await tray.getByRole("link", { name: "Compare 3 runs" }).waitFor();
  await tray.getByRole("button", { name: /Take Saliency map, cat off/ }).click();
  await tray.getByRole("link", { name: "Compare 2 runs" }).click();
  await page.waitForURL(/\/compare\?run=.+&run=/);
  assert.equal(await page.locator(".compared .stage").count(), 2);

  await page.locator(".compared .stage").first().press("ArrowRight");
  for (const n of [0, 1]) {
    const read = page.locator(".compared .probe").nth(n);
    await eventually("values", async () => /attribution .* map /.test(await read.innerText()));
  }
  const table = page.getByRole("table", { name: /Rank correlation/ });
  await eventually("two maps", async () => /\d\.\d\d/.test(await table.innerText()));
  assert.equal(await page.locator(".difference canvas").count(), 1);
  await page.getByLabel("Maps on one scale").check();
  await becomes(() => page.locator(".compared canvas").count(), 2);
  const sources = () =>
    page.locator(".compared .layers > *").evaluateAll((all) =>
      all.map((e) => e.getAttribute("src")?.split("/").at(-1)).join()
    );
  await page.getByRole("button", { name: /Blink/ }).click();
  await becomes(sources, "input.png,input.png");
  await becomes(() => page.locator(".compared canvas").count(), 2);
  await page.keyboard.press("b");
  assert.deepEqual(await axeFaults(page), []);
}

/** The site as files on a disk, which no server answers for. */
async function asFiles({ browser, site, signed, saliency }: Given): Promise<void> {
  const complaints: string[] = [], page = await (await browser.newContext()).newPage();
  page.on("pageerror", ({ message }) => complaints.push(message));
  page.on("console", (said) => said.type() === "error" && complaints.push(said.text()));
  await page.goto(`file://${site}/runs/${saliency}/index.html`);
  await page.locator(".above canvas").waitFor();
  await page.locator(".viewer .stage").press("ArrowRight");
  await page.getByText(/x 33, y 32 .*attribution/).waitFor();

  await page.goto(`file://${site}/index.html`);
  await page.getByLabel("Search").waitFor();
  await becomes(() => cards(page).count(), 3);
  await page.getByLabel("Search").pressSequentially("butterfly");
  await becomes(() => cards(page).count(), 2);
  await page.getByLabel("Technique").selectOption({ label: "Input × gradient (1)" });
  await becomes(() => cards(page).count(), 1);
  assert.match(page.url(), /#q=butterfly&technique=input-x-gradient$/);
  assert.ok(
    await page.locator("#grid img").evaluate((img) => (img as HTMLImageElement).naturalWidth),
  );
  await page.locator(`[value="${signed}"]`).check({ force: true });
  await page.getByRole("link", { name: "Clear" }).click();
  await becomes(() => cards(page).count(), 3);
  assert.deepEqual(await axeFaults(page, { preload: false }), []);
  await page.locator(`[value="${saliency}"]`).check({ force: true });
  await page.getByRole("link", { name: "Compare 2 runs" }).click();
  await becomes(() => page.locator(".compared .stage").count(), 2);
  await page.locator(".compared .stage").first().press("ArrowRight");
  const read = page.locator(".compared .probe").first();
  await eventually("values", async () => /attribution/.test(await read.innerText()));
  assert.deepEqual(complaints, []);
}

async function wide({ open, signed, cam }: Given): Promise<void> {
  const paths = ["/", "/?group=picture", `/runs/${signed}`, `/compare?run=${signed}&run=${cam}`];
  for (const colorScheme of ["light", "dark"] as const) {
    for (const [width, height] of [[320, 640], [1024, 700], [3840, 2160]]) {
      const page = await open("/", { colorScheme, viewport: { width, height } });
      for (const path of [...paths, "/techniques", "/techniques/lrp"]) {
        await page.goto(new URL(path, page.url()).href);
        assert.deepEqual(await axeFaults(page), []);
        const found = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(found <= width, `${path} is ${found} wide at ${width}`);
      }
      await page.close();
    }
  }
  const page = await open(`/runs/${signed}`, { viewport: { width: 3840, height: 2160 } });
  const main = (await page.locator("main").boundingBox())!;
  assert.ok(main.width > 3700, `of 3840, ${main.width} are used`);
}

Deno.test({
  name: "runs in Chromium",
  ignore: leftOutWithout(await Deno.stat(CHROMIUM).then(() => true, () => false)),
  sanitizeOps: false, // playwright keeps pipes of its own
  sanitizeResources: false,
  fn: async (t) => {
    await withRuns(async (given) => {
      const parts = [
        ...[filtersStay, damageShows, longTitles, ordered, kept],
        ...[looked, compared, asFiles, wide],
      ];
      for (const part of parts) {
        await t.step(part.name, () => part(given));
        await closeAll(given);
      }
    });
  },
});
