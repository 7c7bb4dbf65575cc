/** A model's graph, a layer's channels and what a channel looks for, in a real Chromium. */
import assert from "node:assert/strict";
import { axeFaults, type Pages } from "./_chromium.ts";
import { testGallery } from "./_gallery.ts";

async function walk({ open }: Pages): Promise<void> {
  const page = await open("/explain?picture=fish-8.png&model=phosphene-resnet");
  await page.getByRole("link", { name: "Its layers on this picture" }).click();
  await page.waitForURL(/\/models\/phosphene-resnet\?picture=fish-8\.png/);
  assert.deepEqual(await axeFaults(page), []);
  // into the graph, by key
  const box = page.getByRole("group", { name: "Graph of phosphene-resnet" })
    .getByRole("link", { name: "layer3" });
  await box.focus();
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/layers\/layer3\?/);
  await page.getByRole("group", { name: "Graph of layer3" }).getByRole("link").first().click();
  await page.waitForURL(/\/layers\/layer3\.0\?picture=fish-8\.png/);
  await page.getByRole("link", { name: "layer3", exact: true }).click();

  const channels = page.locator(".channels a");
  assert.equal(await channels.count(), 64);
  await page.getByRole("link", { name: "strongest mean first" }).click();
  await page.waitForURL(/order=strength/);
  assert.deepEqual(await axeFaults(page), []);
  const image = channels.first().locator("img");
  await image.scrollIntoViewIfNeeded();
  await page.waitForFunction(
    (img) => (img as HTMLImageElement).naturalWidth === 16,
    await image.elementHandle(),
  );
  await channels.first().click();
  await page.waitForURL(/\/channels\/\d+\?/);
  assert.deepEqual(await axeFaults(page), []);

  // its picture is made on request, and then stands on its page
  const address = page.url();
  await page.goto(address.replace(/channels\/\d+/, "channels/7"));
  await page.getByRole("button", { name: "Make: Filter visualization" }).click();
  await page.waitForURL(/\/(jobs|runs)\//);
  await page.waitForURL(/\/runs\//);
  await page.goto(address.replace(/channels\/\d+/, "channels/7"));
  await page.getByRole("link", { name: /Filter visualization/ }).first().waitFor();
  // a dream begins with the picture that is looked at
  await page.getByRole("button", { name: "Make: DeepDream" }).click();
  await page.waitForURL(/\/(jobs|runs)\//);
  await page.getByText("fish-8.png").first().waitFor();
  for (const width of [320, 1280, 3840]) {
    await page.setViewportSize({ width, height: 900 });
    for (const path of ["layers/layer3", "layers/layer3/channels/7"]) {
      await page.goto(new URL(`/models/phosphene-resnet/${path}`, address).href);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= width, `${path} is ${wide} wide at ${width}`);
    }
  }
}

testGallery("layers in Chromium", [walk]);
