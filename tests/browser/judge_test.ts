/** Judging on the page, in a real Chromium: from a run to its scores, and of several side by side. */
import assert from "node:assert/strict";
import { axeFaults } from "./_chromium.ts";
import { type InGallery, testGallery } from "./_gallery.ts";
import { becomes, IMAGES, run } from "./_runs.ts";

interface Runs {
  readonly saliency: string;
  readonly cam: string;
}

const explained = async (runs: string): Promise<Runs> => ({
  saliency: await run("saliency", `${IMAGES}cat-4.png`, "--out", runs),
  cam: await run("grad-cam", `${IMAGES}cat-4.png`, "--out", runs),
});

async function one({ open, saliency }: InGallery & Runs): Promise<void> {
  const page = await open(`/runs/${saliency}`);
  await page.getByRole("link", { name: "Judge it" }).click();
  await page.waitForURL(/\/judge\?run=/);
  assert.deepEqual(await axeFaults(page), []);
  // the picture is a sample of the gallery: its mask is known
  await page.getByAltText("The mask of this sample").waitFor();
  for (const box of await page.getByRole("checkbox").all()) await box.uncheck();
  await page.getByRole("checkbox", { name: /^Deletion/ }).check();
  await page.getByText("When it misleads, and its options: Deletion").click();
  await page.locator("#field-deletion-steps").fill("4");
  await page.getByRole("checkbox", { name: /^Pointing game/ }).check();
  await page.getByRole("button", { name: "Judge" }).click();
  await page.waitForURL(new RegExp(`/runs/${saliency}#scores$`));
  const scores = page.locator("#scores");
  await scores.getByRole("row", { name: /Pointing game/ }).waitFor();
  await scores.getByText("Deletion (steps=4), step by step").click();
  await scores.getByAltText("What the network was shown for Deletion (steps=4)").waitFor();
  assert.deepEqual(await axeFaults(page), []);
}

async function several({ open, saliency, cam }: InGallery & Runs): Promise<void> {
  const page = await open(`/compare?run=${saliency}&run=${cam}`);
  await page.getByRole("link", { name: "Judge them" }).click();
  await page.waitForURL(/\/judge\?run=.+&run=/);
  for (const box of await page.getByRole("checkbox").all()) await box.uncheck();
  await page.getByRole("checkbox", { name: /^Insertion/ }).check();
  await page.getByRole("checkbox", { name: /^Sparseness/ }).check();
  await page.getByRole("button", { name: "Judge" }).click();
  await page.waitForURL(/\/jobs\//);
  await page.getByText("4 of 4 done").waitFor();
  assert.deepEqual(await axeFaults(page), []);
  await page.getByRole("link", { name: "Compare the runs" }).click();
  const table = page.getByRole("group", { name: "Scores" });
  await becomes(() => table.getByRole("row").count(), 5); // of the one before, too
  assert.equal(await page.getByRole("img", { name: /^Insertion: / }).count(), 1);
}

async function narrow({ open, saliency }: InGallery & Runs): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    const page = await open(`/judge?run=${saliency}`, {
      colorScheme,
      viewport: { width: 320, height: 640 },
    });
    for (const part of await page.locator(".metric details").all()) {
      await part.evaluate((details: HTMLDetailsElement) => details.open = true);
    }
    assert.deepEqual(await axeFaults(page), []);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= 320);
  }
}

testGallery("judging in Chromium", [one, several, narrow], explained);
