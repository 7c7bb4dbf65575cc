/** The front door in a real Chromium: a picture comes, answers stand beside it, a wall fills in. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { axeFaults, type Pages } from "./_chromium.ts";
import { testGallery } from "./_gallery.ts";
import { settledMaps } from "./_wall.ts";

const IMAGES = new URL("../../examples/images/", import.meta.url).pathname;

const drawn = (page: Page, n: number) =>
  page.waitForFunction((n) => document.querySelectorAll(".drawing canvas").length >= n, n);
const pressedAnswer = (page: Page) => page.locator(".answers [aria-pressed=true] .name").first();

/** Drops a picture's file somewhere on a page, as a hand would. */
async function drop(page: Page, selector: string, name: string): Promise<void> {
  const bytes = [...await Deno.readFile(IMAGES + name)];
  const data = await page.evaluateHandle(({ bytes, name }) => {
    const data = new DataTransfer();
    data.items.add(new File([new Uint8Array(bytes)], name, { type: "image/png" }));
    return data;
  }, { bytes, name });
  await page.dispatchEvent(selector, "dragover", { dataTransfer: data });
  await page.locator(".bring.over").waitFor();
  await page.dispatchEvent(selector, "drop", { dataTransfer: data });
}

async function frontDoor({ open }: Pages): Promise<void> {
  const page = await open("/techniques");
  await drop(page, "h1", "cat-4.png");
  await page.waitForURL(/\/explain\?picture=/);
  await page.getByText("What speaks for cat").waitFor();
  await drawn(page, 12);
  assert.match(new URL(page.url()).search, /class=\d+/);

  // another answer: all maps are made anew
  const canvas = page.locator("[data-technique=grad-cam] canvas");
  const picture = () => canvas.evaluate((c) => (c as HTMLCanvasElement).toDataURL());
  const before = await picture();
  await page.locator(".answers button").nth(1).click();
  await page.waitForFunction(() =>
    !document.querySelector(".for strong")?.textContent?.startsWith("cat")
  );
  await drawn(page, 12);
  assert.notEqual(await picture(), before);
  const address = page.url();

  // any class by its name, and what no class is called
  await page.getByLabel("Another class").fill("mushr");
  await page.getByRole("button", { name: "Explain", exact: true }).click();
  await page.getByText("What speaks for mushroom").waitFor();
  await page.getByLabel("Another class").fill("unicorn");
  await page.keyboard.press("Enter");
  await page.getByText('phosphene-resnet has no class "unicorn"').waitFor();

  // the address is the page's state
  await page.goto(address);
  await drawn(page, 12);
  assert.equal(
    await pressedAnswer(page).innerText(),
    await page.locator(".for strong").innerText(),
  );
}

async function looks({ open }: Pages): Promise<void> {
  const page = await open("/explain");
  await page.getByRole("button", { name: "Sample fish-8.png" }).click();
  await drawn(page, 12);
  const shot = () =>
    page.locator("[data-technique=lrp] canvas").evaluate((c) =>
      (c as HTMLCanvasElement).toDataURL()
    );
  const seen = new Set([await shot()]);
  const changes = async (what: string) => {
    const now = await shot();
    assert.ok(!seen.has(now), what);
    seen.add(now);
  };
  await page.getByLabel("Share of the map").press("End");
  await changes("the map alone");
  await page.getByLabel("Strongest part that is drawn").press("Home");
  await changes("the strongest hundredth");
  await page.getByLabel("Outline").check();
  await changes("an outline");
  await page.getByLabel("Colours").selectOption("gray");
  await changes("other colours");
  await page.getByLabel("Scale").selectOption("all");
  await page.getByRole("button", { name: "Own", exact: true }).click();
  await page.getByLabel("Network’s pixels").check();
  await changes("the network's pixels");

  // the same place in all, by pointer and by key
  const values = () => page.locator(".value").allInnerTexts();
  assert.ok((await values()).every((text) => text === ""));
  await page.locator("[data-technique=saliency] .drawing").hover();
  const read = (await values()).filter((text) => /\d/.test(text));
  assert.ok(read.length >= 12, `${read.length} maps tell a value`);
  await page.mouse.move(0, 0);
  const walls = page.getByRole("group", { name: /^Explanations/ });
  await walls.press("ArrowLeft");
  const first = await values();
  await walls.press("Shift+ArrowDown");
  assert.notDeepEqual(await values(), first);
  await walls.press("b");
  await page.locator("button[aria-pressed=true]", { hasText: "Blink" }).waitFor();
  await walls.press("b");
  await walls.press("Escape");
  assert.ok((await values()).every((text) => text === ""));

  // what takes long is made when it is asked for
  await page.getByRole("button", { name: "Compute Occlusion" }).click();
  await page.locator("[data-technique=occlusion] canvas").waitFor();
  await page.getByRole("button", { name: "Occlusion", exact: true }).click();
  await page.locator("[data-technique=occlusion].large").waitFor();
}

async function besideAndKept({ open }: Pages): Promise<void> {
  const page = await open("/explain");
  await page.getByRole("button", { name: "Sample cat-4.png" }).click();
  await drawn(page, 12);
  await page.getByRole("button", { name: "Second class" }).click();
  await drawn(page, 24);
  await page.getByRole("button", { name: /^Take/ }).last().click();
  await page.getByRole("button", { name: "Beside phosphene-vgg" }).click();
  await drawn(page, 24);
  // the class of the same name, of both
  assert.deepEqual(await page.locator(".answers [aria-pressed=true] .name").allInnerTexts(), [
    "cat",
    "cat",
  ]);
  const count = await settledMaps(page);
  assert.ok(count >= 24, `${count} maps`);
  await page.getByRole("button", { name: /^Keep \d+ maps$/ }).click();
  const link = page.getByRole("link", { name: /^\d+ runs kept$/ });
  const [kept] = /\d+/.exec(await link.innerText())!;
  assert.ok(Number(kept) >= count, `${kept} of ${count}`);
  await link.click();
  await page.waitForURL(/\?q=cat-4\.png/);
  assert.match(await page.locator("#count").innerText(), new RegExp(`of ${kept} runs`));
}

/** Goes to something with the Tab key alone. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let n = 0; n < 80; n++) {
    await page.keyboard.press("Tab");
    const focused = await page.evaluate(() =>
      document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent ??
        ""
    );
    if (name.test(focused)) return;
  }
  assert.fail(`no Tab leads to ${name}`);
}

async function byKeysAlone({ open }: Pages): Promise<void> {
  const page = await open("/explain");
  await tabTo(page, /^Sample fish-8/);
  await page.keyboard.press("Enter");
  await drawn(page, 12);
  const before = await page.locator(".for strong").innerText();
  await tabTo(page, /^(?!fish).*\d %/); // an answer that is not the first
  await page.keyboard.press("Enter");
  await page.waitForFunction(
    (before) =>
      ![before, undefined].includes(
        document.querySelector(".for strong")?.textContent ?? undefined,
      ),
    before,
  );
  await drawn(page, 12);
  await tabTo(page, /^Explanations/);
  await page.keyboard.press("ArrowDown");
  assert.ok((await page.locator(".value").allInnerTexts()).some((text) => /\d/.test(text)));
  await tabTo(page, /^Compute Occlusion/);
  await page.keyboard.press("Enter");
  await page.locator("[data-technique=occlusion] canvas").waitFor();
}

async function faults({ open }: Pages): Promise<void> {
  const page = await open("/explain?picture=gone");
  await page.getByRole("alert").getByText("not kept any more").waitFor();
  const file = (text: string) => ({
    name: "notes.png",
    mimeType: "image/png",
    buffer: Buffer.from(text) as never,
  });
  await page.locator("input[type=file]").setInputFiles(file(""));
  await page.getByRole("alert").getByText("empty").waitFor();
  await page.locator("input[type=file]").setInputFiles(file("no picture"));
  await page.getByRole("alert").getByText("notes.png").waitFor();
  await page.getByRole("button", { name: "Sample cat-4.png" }).click(); // and on
  await drawn(page, 12);
}

async function withoutScripts({ open }: Pages): Promise<void> {
  const page = await open("/explain", { javaScriptEnabled: false });
  await page.getByLabel("A file of yours").setInputFiles(`${IMAGES}cat-4.png`);
  await page.getByRole("button", { name: "Explain" }).click();
  await page.waitForURL(/\/explain\/plain/);
  await page.locator(".answers a").first().click();
  await page.getByRole("img", { name: /^Saliency map/ }).waitFor();
  assert.deepEqual((await page.locator(".answers a").first().innerText()).trim(), "cat");
}

async function accessible({ open }: Pages): Promise<void> {
  for (const scheme of ["light", "dark"] as const) {
    const page = await open("/explain", { colorScheme: scheme });
    assert.deepEqual(await axeFaults(page), []);
    await page.getByRole("button", { name: "Sample cat-4.png" }).click();
    await drawn(page, 12);
    await page.getByRole("button", { name: "Second class" }).click();
    await drawn(page, 24);
    for (const width of [320, 640, 1280, 3840]) {
      await page.setViewportSize({ width, height: 900 });
      assert.deepEqual(await axeFaults(page), []);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= width, `${wide} wide at ${width}`);
    }
  }
}

testGallery("Explain in Chromium", [
  ...[frontDoor, looks, byKeysAlone, besideAndKept],
  ...[faults, withoutScripts, accessible],
]);
