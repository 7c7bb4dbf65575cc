/** Making runs, in a real Chromium: what is sent, what comes back, and what many tabs hear. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { Page } from "playwright-core";
import { gallery } from "../web/_cli.ts";
import { writeRun } from "../web/_gallery.ts";
import { axeFaults } from "./_chromium.ts";
import { type InGallery, testGallery } from "./_gallery.ts";

const IMAGES = new URL("../../examples/images/", import.meta.url).pathname;

const run = (page: Page) => page.getByRole("button", { name: /^Run / }).click();

/** Makes a page say that it is hidden, or seen again: a headless browser shows all of them. */
const hide = (page: Page, hidden: boolean) =>
  page.evaluate((hidden) => {
    Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  }, hidden);

/** A browser keeps six connections to a server: forgotten tabs must not hold them. */
async function sixTabs({ browser, url, runs }: InGallery): Promise<void> {
  const context = await browser.newContext(), tabs: Page[] = [];
  for (let n = 0; n < 7; n++) {
    const tab = await context.newPage();
    await tab.goto(url); // the seventh would wait forever
    await tab.getByRole("link", { name: "Techniques" }).waitFor();
    if (n < 6) await hide(tab, true);
    tabs.push(tab);
  }
  // one that is seen again has missed nothing
  const hidden = `${runs}/.hidden`;
  await writeRun(hidden, "meanwhile");
  await Deno.rename(`${hidden}/meanwhile`, `${runs}/meanwhile`); // whole at once, as runs are
  await tabs[6].locator("#grid > li").waitFor(); // it is known by now
  assert.equal(await tabs[0].locator("#grid > li").count(), 0);
  await hide(tabs[0], false);
  await tabs[0].locator("#grid > li").waitFor();
  await context.close();
  for (const gone of [hidden, `${runs}/meanwhile`]) await Deno.remove(gone, { recursive: true });
}

async function uploads({ browser, url }: InGallery): Promise<void> {
  const page = await browser.newPage(); // it may complain of what the server refuses
  await page.goto(`${url}/new/saliency`);
  await page.getByLabel(/^Your own/).setInputFiles(`${IMAGES}snail-3.png`);
  const kept = page.getByRole("radio", { name: /Your picture snail-3\.png/ });
  await kept.waitFor({ state: "attached" });
  assert.ok(await kept.isChecked());
  // what the browser itself would refuse is left to the server here
  await page.locator("form.make").evaluate((form: HTMLFormElement) => form.noValidate = true);
  await page.getByLabel("overlay").fill("7");
  await run(page);
  await page.waitForURL(/\/new\/saliency/);
  await page.getByRole("alert").waitFor();
  assert.equal(await page.getByLabel("overlay").inputValue(), "7");
  assert.ok(await kept.isChecked());
  assert.deepEqual(await axeFaults(page), []);
  await page.getByLabel("overlay").fill("0.7");
  await run(page);
  await page.waitForURL(/\/runs\//);
  assert.match(await page.locator("h1 + p").innerText(), /in snail-3\.png/);
  const id = new URL(page.url()).pathname.split("/").at(-1);
  await page.goto(new URL(`/new/saliency?run=${id}`, page.url()).href);
  assert.ok(await kept.isChecked());
  await page.close();
}

/** A mistake is told at the field, and nothing else is chosen instead. */
async function mistakes({ browser, url }: InGallery): Promise<void> {
  const page = await browser.newPage(); // it may complain of what the server refuses
  await page.goto(`${url}/new/saliency`);
  const file = { name: "empty.png", mimeType: "image/png", buffer: Buffer.from("") };
  await page.getByLabel(/^Your own/).setInputFiles(file);
  await page.getByText('Cannot read picture "empty.png": it is empty').waitFor();
  assert.equal(await page.getByRole("radio", { checked: true }).count(), 0);
  await run(page);
  await page.getByRole("alert").getByText("needs a picture").waitFor();
  // more than is kept is not sent to begin with
  const large = await Deno.makeTempDir();
  const files = Array.from({ length: 9 }, (_, n) => `${large}/${n}.png`);
  for (const path of files) {
    using file = await Deno.create(path);
    await file.truncate(18e6);
  }
  await page.getByLabel(/^Your own/).setInputFiles(files);
  await page.getByText(/These 9 pictures have 162\.0 MB together, .* 150\.0 MB: choose fewer/)
    .waitFor();
  await Deno.remove(large, { recursive: true });
  await page.close();
}

async function batch({ open }: InGallery): Promise<void> {
  const page = await open("/new/grad-cam");
  const files = ["snail-3.png", "cat-4.png", "fish-8.png"].map((name) => IMAGES + name);
  await page.getByLabel(/^Your own/).setInputFiles(files);
  await page.getByText("3 pictures, a run each").waitFor();
  await page.getByText("Several values of one option").click();
  await page.getByLabel("option", { exact: true }).selectOption("layer");
  await page.getByLabel("values").fill("layer4, no-such-layer");
  await run(page);
  await page.waitForURL(/\/jobs\//);
  await page.getByText("3 of 6 done, 3 failed").waitFor();
  assert.equal(await page.locator(".items a").count(), 3);
  assert.equal(await page.getByText(/There is no layer "no-such-layer"/).count(), 3);
  await page.getByText("Compare the runs").click();
  await page.waitForURL(/\/compare\?run=.+&run=.+&run=/);
  await page.goBack();
  await page.getByText("Change and run again").click();
  await page.waitForURL(/\/new\/grad-cam\?job=/);
  assert.equal(await page.getByLabel("values").inputValue(), "layer4, no-such-layer");
  await page.getByText("3 pictures, a run each").waitFor();
}

async function suggestions({ open }: InGallery): Promise<void> {
  const page = await open("/new/grad-cam");
  const names = (id: string) =>
    page.locator(`#${id} option`).evaluateAll((all) =>
      all.map((option) => (option as HTMLOptionElement).value)
    );
  const settled = (id: string, name: string) =>
    page.locator(`#${id} option[value="${name}"]`).waitFor({ state: "attached" });
  await settled("classes", "snail");
  await settled("layers", "layer4");
  assert.ok(!(await names("layers")).includes("features.0"));
  await page.getByLabel("Model").selectOption("phosphene-vgg");
  await settled("layers", "features.0");
  assert.ok(!(await names("layers")).includes("layer4"));
}

async function cancelled({ open }: InGallery): Promise<void> {
  const page = await open("/new/deepdream"), list = await open("/jobs");
  await page.getByLabel("steps", { exact: true }).fill("100000");
  await page.getByLabel("save every").fill("5");
  await run(page);
  await page.waitForURL(/\/jobs\//);
  await page.locator("img.forming").waitFor();
  await list.getByText(/step \d+ of 100000/).waitFor();
  assert.deepEqual(await axeFaults(list), []);
  await list.getByRole("button", { name: "Cancel DeepDream" }).click();
  await list.getByRole("link", { name: /^Run again\s+DeepDream$/ }).first().waitFor();
  await page.getByText("Cancelled").waitFor();
  const [saved] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: /step 5$/ }).click(),
  ]);
  assert.equal(saved.suggestedFilename(), "step-5.png");
}

/** What somebody brought in a run's folder acts nowhere, and pictures are seen all the same. */
async function brought({ browser, url, runs }: InGallery): Promise<void> {
  const file = (name: string) => ({ name, role: "losses", bytes: 1, sha256: "" });
  await writeRun(runs, "brought", { files: [file("acts.svg"), file("map.png")] });
  const script = "<script>document.title = 'acted'; fetch('/');</script>";
  const svg = `<svg xmlns="http://www.w3.org/2000/svg">${script}</svg>`;
  await Deno.writeTextFile(`${runs}/brought/acts.svg`, svg);
  const page = await browser.newPage();
  const download = page.waitForEvent("download");
  await page.goto(`${url}/runs/brought/files/acts.svg`).catch(() => {}); // a download ends it
  assert.equal((await download).suggestedFilename(), "acts.svg");
  await page.goto(`${url}/runs/brought/files/map.png`);
  assert.equal(await page.locator("img").evaluate((img: HTMLImageElement) => img.naturalWidth), 2);
  await page.close();
  await Deno.remove(`${runs}/brought`, { recursive: true });
}

async function accessible({ open }: InGallery): Promise<void> {
  const looks = [
    { colorScheme: "light", viewport: { width: 3840, height: 2160 } },
    { colorScheme: "dark", viewport: { width: 320, height: 640 } },
  ] as const;
  for (const look of looks) {
    const page = await open("/jobs", look);
    const jobs = await page.locator(".jobs a").evaluateAll((all) =>
      all.map((link) => link.getAttribute("href")!)
    );
    for (const path of ["/jobs", "/jobs/none", "/new/saliency", "/new/grad-cam", ...jobs]) {
      if (path === "/jobs/none") continue; // the browser complains of a page that is not there
      await page.goto(new URL(path, page.url()).href);
      assert.deepEqual(await axeFaults(page), []);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= look.viewport.width, `${path} is ${wide} wide at ${look.viewport.width}`);
    }
  }
}

/** A page whose gallery is started anew says so, and leads to the form as it was. */
async function restarted({ browser }: InGallery): Promise<void> {
  const runs = await Deno.makeTempDir(), first = await gallery(["--runs", runs]);
  const page = await browser.newPage();
  await page.goto(`${first.url}/new/deepdream`);
  await page.getByLabel("steps", { exact: true }).fill("99999");
  await run(page);
  await page.waitForURL(/\/jobs\//);
  await page.getByText(/Step \d+ of 99999/).waitFor();
  const stop = async ({ child }: typeof first) => {
    child.kill("SIGTERM");
    await Promise.all([child.status, child.stderr.cancel()]);
  };
  await stop(first);
  await page.getByText("The gallery does not answer").waitFor();
  const again = await gallery(["--runs", runs, "--port", new URL(first.url).port]);
  await page.getByText("knows nothing of this job any more").waitFor();
  await page.getByRole("link", { name: "Ask for it again" }).click();
  await page.waitForURL(/\/new\/deepdream\?/);
  assert.equal(await page.getByLabel("steps", { exact: true }).inputValue(), "99999");
  await page.close();
  await stop(again);
  await Deno.remove(runs, { recursive: true });
}

testGallery("runs are made in Chromium", [
  ...[sixTabs, uploads, mistakes, batch, suggestions, cancelled, brought],
  ...[accessible, restarted],
]);
