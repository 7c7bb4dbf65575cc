/** What people bring to the front door in a real Chromium: any kind of picture, twice, many, quickly. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { crc32 } from "node:zlib";
import type { Page } from "playwright-core";
import type { Pages } from "./_chromium.ts";
import { type InGallery, testGallery } from "./_gallery.ts";
import { IMAGES } from "./_runs.ts";
import { settledMaps } from "./_wall.ts";

type Bytes = Uint8Array<ArrayBuffer>;

const drawn = (page: Page, n = 12) =>
  page.waitForFunction((n) => document.querySelectorAll(".drawing canvas").length >= n, n);

const choose = (page: Page, name: string, bytes: Bytes, mimeType = "image/png") =>
  page.locator("input[type=file]").setInputFiles({
    name,
    mimeType,
    buffer: Buffer.from(bytes) as never,
  });

/** A picture of four colours, 300 × 200, as a browser writes it; on a ground that is clear. */
async function fourColours(page: Page, type: string): Promise<Bytes> {
  return new Uint8Array(
    await page.evaluate(async (type) => {
      const canvas = document.createElement("canvas");
      canvas.width = 300;
      canvas.height = 200;
      const context = canvas.getContext("2d")!;
      ["#f00", "#0f0", "#00f"].forEach((color, i) => { // the fourth quarter stays clear
        context.fillStyle = color;
        context.fillRect(150 * (i % 2), 100 * Math.floor(i / 2), 150, 100);
      });
      const blob = await new Promise<Blob | null>((made) => canvas.toBlob(made, type, 0.95));
      return [...new Uint8Array(await blob!.arrayBuffer())];
    }, type),
  );
}

/** A JPEG that says how it is to be turned. */
function turned(jpeg: Bytes, orientation: number): Bytes {
  const exif = [
    ...[0xff, 0xe1, 0, 34, ...new TextEncoder().encode("Exif\0\0MM"), 0, 42, 0, 0, 0, 8],
    ...[0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0],
  ];
  return new Uint8Array([...jpeg.subarray(0, 2), ...exif, ...jpeg.subarray(2)]);
}

/** The colours in the middle of each quarter of a picture: what lies below the maps, what the network sees. */
function quarters(page: Page): Promise<{ below: string[]; seen: string[] }> {
  return page.evaluate(async () => {
    const near = (source: HTMLCanvasElement | HTMLImageElement) => {
      const canvas = document.createElement("canvas");
      const context = canvas.getContext("2d", { willReadFrequently: true })!;
      canvas.width = canvas.height = 10;
      context.drawImage(source, 0, 0, 10, 10);
      return [3, 7].flatMap((y) =>
        [3, 7].map((x) =>
          // as few shades as are told apart here; what is clear is none of the colours
          [...context.getImageData(x, y, 1, 1).data].map((v) => Math.round(v / 85)).join("")
        )
      );
    };
    const image = new Image(), params = new URL(location.href).searchParams;
    image.src = `/explain/seen.png?${params}`;
    await image.decode();
    const below = document.querySelector<HTMLCanvasElement>("[data-technique=saliency] canvas")!;
    return { below: near(below), seen: near(image) };
  });
}

async function kinds({ open }: Pages): Promise<void> {
  const page = await open("/explain");
  const png = await fourColours(page, "image/png"), jpeg = await fourColours(page, "image/jpeg");
  // no browser shows it
  const ppm = new Uint8Array(15 + 3 * 40 * 60).fill(200);
  ppm.set(new TextEncoder().encode("P6\n40 060\n0255\n"));
  for (
    const [name, bytes, size] of [
      ["clear.png", png, "300 × 200"],
      ["turned.jpg", turned(jpeg, 6), "200 × 300"],
      ["mirrored.jpg", turned(jpeg, 5), "200 × 300"],
      ["plain.ppm", ppm, "40 × 60"],
    ] as const
  ) {
    await choose(page, name, bytes);
    await page.locator(".photo figcaption", { hasText: `${name} ${size}` }).waitFor();
    await drawn(page);
    await page.getByLabel("Share of the map").press("Home");
    const { below, seen } = await quarters(page);
    assert.deepEqual(below, seen, name);
    assert.ok(seen.every((colour) => colour.length === 4 && colour.endsWith("3")), `${seen}`);
    // it is shown, whatever its kind
    await page.waitForFunction((size) => {
      const photo = document.querySelector<HTMLImageElement>(".photo img");
      return `${photo?.naturalWidth} × ${photo?.naturalHeight}` === size;
    }, size);
  }
}

/** Of a line of pixels something is seen; a long name leaves the rest its room. */
async function odd({ open }: Pages): Promise<void> {
  const page = await open("/explain");
  await choose(page, "line.ppm", new TextEncoder().encode(`P3 1 400 255 ${"9 ".repeat(1200)}`));
  await drawn(page);
  await page.waitForFunction(() => document.querySelector(".photo img")!.clientWidth >= 16);
  await choose(page, `${"x".repeat(200)}.png`, new TextEncoder().encode("no picture"));
  const fault = page.getByRole("alert");
  await fault.getByText("it looks like text").waitFor();
  await page.getByText("Nothing to explain.").waitFor();
  assert.ok(await fault.evaluate(({ scrollWidth, clientWidth }) => scrollWidth <= clientWidth));
  await page.locator(".photo img").waitFor({ state: "detached", timeout: 20_000 });
  await page.getByRole("button", { name: "Ask again" }).click();
  await fault.getByText("it looks like text").waitFor();
}

async function again({ open }: Pages): Promise<void> {
  const page = await open("/explain?picture=cat-4.png&model=phosphene-resnet&class=3");
  await drawn(page);
  // the same picture once more asks for its predicted class
  await page.getByRole("button", { name: "Sample cat-4.png" }).click();
  await page.getByText("What speaks for cat").waitFor();
  await drawn(page);
  assert.match(page.url(), /class=1$/);
}

/** Only what was clicked last stands on the wall. */
async function quickly({ open }: Pages): Promise<void> {
  const page = await open("/explain?picture=cat-4.png&model=phosphene-resnet");
  await drawn(page);
  const answers = page.locator(".answers button");
  const picture = (id: string) =>
    page.locator(`[data-technique=${id}] canvas`)
      .evaluate((c) => (c as HTMLCanvasElement).toDataURL());
  await answers.nth(4).click();
  await drawn(page);
  const alone = await picture("grad-cam");
  await page.evaluate(() => {
    const buttons = document.querySelectorAll<HTMLButtonElement>(".answers button");
    for (const n of [0, 1, 2, 3, 4]) setTimeout(() => buttons[n].click(), 30 * n);
  });
  await page.locator(".answers button:nth-child(1)[aria-pressed=true]").nth(0).waitFor();
  await page.waitForFunction(() =>
    document.querySelectorAll(".answers button")[4].getAttribute("aria-pressed") === "true"
  );
  await drawn(page);
  assert.equal(await picture("grad-cam"), alone);
  const labels = await page.locator(".drawing canvas").evaluateAll((all) =>
    all.map((canvas) => canvas.getAttribute("aria-label")!.split(" for ")[1])
  );
  assert.deepEqual(new Set(labels), new Set([await answers.nth(4).locator(".name").innerText()]));
}

async function manyAndPasted({ open }: Pages): Promise<void> {
  const page = await open("/explain");
  const png = [...await fourColours(page, "image/png")];
  await page.evaluate((png) => {
    const data = new DataTransfer();
    data.items.add(new File(["notes"], "notes.txt", { type: "text/plain" }));
    data.items.add(new File([new Uint8Array(png)], "'%41\u{1F408}\".png", { type: "image/png" }));
    const dropped = { dataTransfer: data, bubbles: true, cancelable: true };
    document.body.dispatchEvent(new DragEvent("drop", dropped));
  }, png);
  await page.getByText("of the 2 that came together").waitFor();
  await page.locator(".photo figcaption", { hasText: "'%41🐈\".png" }).waitFor();
  await page.getByRole("button", { name: "Close" }).click();
  await drawn(page);

  // a field for text takes text, also where a picture of it comes along
  const paste = (withText: boolean) =>
    page.getByLabel("Another class").evaluate((field, { png, withText }) => {
      const data = new DataTransfer();
      data.items.add(new File([new Uint8Array(png)], "pasted.png", { type: "image/png" }));
      if (withText) data.setData("text/plain", "cat");
      const event = new ClipboardEvent("paste", {
        clipboardData: data,
        bubbles: true,
        cancelable: true,
      });
      return !field.dispatchEvent(event);
    }, { png, withText });
  assert.equal(await paste(true), false);
  assert.equal(await paste(false), true);
  await page.locator(".photo figcaption", { hasText: "pasted.png" }).waitFor();
}

/** What cannot be kept is said, and what is said of one picture not beside the next. */
async function keeping({ open, runs }: InGallery): Promise<void> {
  const page = await open("/explain?picture=cat-4.png&model=phosphene-resnet");
  await drawn(page);
  await settledMaps(page);
  await Deno.writeTextFile(`${runs}-kept`, "a file where the folder of the runs was");
  await Deno.rename(runs, `${runs}-away`);
  await Deno.rename(`${runs}-kept`, runs);
  await page.getByRole("button", { name: /^Keep \d+ maps$/ }).click();
  await page.locator(".keep .mistake").getByText("Cannot").waitFor();
  await page.locator(".keep button:enabled").waitFor(); // all of them were tried
  assert.equal(await page.getByText("0 runs kept").count(), 0);
  await Deno.remove(runs);
  await Deno.rename(`${runs}-away`, runs);
  await page.getByRole("button", { name: /^Keep \d+ maps$/ }).click();
  await page.getByRole("link", { name: /^\d+ runs kept$/ }).waitFor();
  assert.equal(await page.locator(".keep .mistake").count(), 0);
  await page.getByRole("button", { name: "Sample fish-8.png" }).click();
  await page.getByRole("button", { name: /^Keep \d+ maps$/ }).waitFor();
  assert.equal(await page.getByRole("link", { name: /^\d+ runs kept$/ }).count(), 0);
}

/** A PNG that says in XMP, which browsers do not read, that it is to be turned by a quarter. */
async function turnedPng(): Promise<Buffer> {
  const png = Buffer.from(await Deno.readFile(`${IMAGES}cat-4.png`));
  const xmp = '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF ' +
    'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description ' +
    'xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="6"/></rdf:RDF></x:xmpmeta>';
  const body = Buffer.from(`iTXtXML:com.adobe.xmp\0\0\0\0\0${xmp}`);
  const chunk = Buffer.alloc(body.length + 8);
  chunk.writeUInt32BE(body.length - 4, 0);
  body.copy(chunk, 4);
  chunk.writeUInt32BE(crc32(body), body.length + 4);
  const afterHeader = 33;
  return Buffer.concat([png.subarray(0, afterHeader), chunk, png.subarray(afterHeader)]);
}

async function unheeded({ open }: Pages): Promise<void> {
  const page = await open("/explain");
  const buffer = await turnedPng() as never; // as playwright's types have it
  await page.locator("input[type=file]").first()
    .setInputFiles({ name: "turned.png", mimeType: "image/png", buffer });
  await page.getByRole("img", { name: "turned.png as the network sees it" }).waitFor();
}

testGallery("what is brought to Explain in Chromium", [
  ...[kinds, odd, again, quickly, manyAndPasted, unheeded, keeping],
]);
