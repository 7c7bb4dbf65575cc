import assert from "node:assert/strict";
import { random } from "../../core/random.ts";
import { encodePng } from "../../image/mod.ts";
import { PictureQueue } from "../../web/_picture_queue.ts";
import { shrunk } from "../../image/shrink.ts";
import { withGallery, writeRun } from "./_gallery.ts";

const noise = random(1);
const NOISE = await encodePng({
  width: 600,
  height: 400,
  data: Uint8ClampedArray.from({ length: 600 * 400 * 3 }, () => noise.integer(0, 255)),
});

Deno.test("pictures are read in their order; what nobody wants any more is passed over", async () => {
  const queue = new PictureQueue(), read: string[] = [], gone = new AbortController();
  const ask = (name: string, signal?: AbortSignal) =>
    queue.ask({ name, file: NOISE, shrinkTo: 48 }, signal).then(({ jpeg }) => {
      assert.deepEqual([...jpeg!.subarray(0, 2)], [0xff, 0xd8]);
      read.push(name);
    });
  const all = [ask("a"), ask("b", gone.signal), ask("c"), ask("d")];
  gone.abort();
  const ended = await Promise.allSettled(all);
  assert.deepEqual(ended.map(({ status }) => status), [
    "fulfilled",
    "rejected",
    "fulfilled",
    "fulfilled",
  ]);
  assert.deepEqual(read, ["a", "c", "d"]);
  const { fault } = await queue.ask({ name: "e.png", file: NOISE.subarray(0, 500) });
  assert.match(fault!, /"e\.png"/);
  assert.match((await queue.ask({ name: "f", file: "/no/such.png" })).fault!, /no such file/);
  queue.close();
});

Deno.test("a check of what somebody sent does not wait for thumbnails", () =>
  withGallery({}, async ({ ask, folder, gallery }) => {
    const file = { name: "overlay.png", role: "overlay", width: 600, height: 400 };
    const files = [{ ...file, bytes: NOISE.length, sha256: "" }], order: string[] = [];
    for (let n = 0; n < 12; n++) {
      await writeRun(folder, `run-${n}`, { files });
      await Deno.writeFile(`${folder}/run-${n}/overlay.png`, NOISE);
    }
    // the smallest picture that there is: read before twelve large ones, unless it waits for them
    const dot = await encodePng({ width: 1, height: 1, data: new Uint8ClampedArray(3) });
    await gallery.pictures.check("dot.png", dot); // its reader is there
    const thumbnails = Array.from({ length: 12 }, async (_, n) => {
      assert.equal((await ask(`/runs/run-${n}/thumbnail`)).status, 200);
      order.push(`thumbnail ${n}`);
    });
    await gallery.pictures.check("dot.png", dot).then(() => order.push("check"));
    await Promise.all(thumbnails);
    assert.notEqual(order.at(-1), "check");
  }));

Deno.test("a thumbnail given up by one is made for the other, and can be asked for again", () =>
  withGallery({}, async ({ ask, folder }) => {
    const file = { name: "overlay.png", role: "overlay", width: 600, height: 400 };
    await writeRun(folder, "one", { files: [{ ...file, bytes: NOISE.length, sha256: "" }] });
    await Deno.writeFile(`${folder}/one/overlay.png`, NOISE);
    const gone = new AbortController(), stays = new AbortController();
    const first = ask("/runs/one/thumbnail", { signal: gone.signal });
    const second = ask("/runs/one/thumbnail", { signal: stays.signal });
    gone.abort();
    await first;
    assert.equal((await second).headers.get("content-type"), "image/jpeg");
    const again = await ask("/runs/one/thumbnail");
    assert.equal(again.headers.get("content-type"), "image/jpeg");
  }));

Deno.test("a picture far too large is averaged before it is resampled: what is even stays so", () => {
  // 800 × 640, left half black, right half white; 800 / 40 is 20, so blocks of 10 × 10
  const data = new Uint8ClampedArray(800 * 640 * 3);
  for (let i = 0; i < data.length; i++) data[i] = (i / 3 | 0) % 800 < 400 ? 0 : 255;
  const small = shrunk({ width: 800, height: 640, data }, 40, "bilinear");
  assert.deepEqual([small.width, small.height], [40, 32]);
  for (let y = 0; y < 32; y++) {
    assert.deepEqual([small.data[y * 120], small.data[y * 120 + 119]], [0, 255]);
    // the step is as far from black on one side as from white on the other
    assert.equal(small.data[y * 120 + 19 * 3] + small.data[y * 120 + 20 * 3], 255);
  }
  const same = { width: 40, height: 30, data: new Uint8ClampedArray(3600) };
  assert.equal(shrunk(same, 40, "bicubic"), same);
});
