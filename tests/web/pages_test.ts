import assert from "node:assert/strict";
import { encodePng } from "../../image/mod.ts";
import { random } from "../../core/random.ts";
import { withGallery, writeRun } from "./_gallery.ts";

const EVIL = `"><script>alert(1)</script><img src=x onerror=alert(1)>'&amp;`;
const CHOICES = [{ id: "phosphene-resnet" }];

Deno.test("every page of a gallery of hostile manifests is whole and has no markup of theirs", () =>
  withGallery({ models: CHOICES }, async ({ ask, folder, faults }) => {
    const name = `evil ${EVIL.replaceAll("/", "_")} %2e%2e`;
    await writeRun(folder, name, {
      command: EVIL,
      technique: { id: EVIL, title: EVIL },
      options: { [EVIL]: EVIL, layer: EVIL, __proto__: "x" },
      model: {
        id: EVIL,
        weights: { sha256: EVIL, source: EVIL },
        preprocess: { [EVIL]: EVIL },
        labelsCount: 1,
      },
      image: { name: EVIL, width: 1, height: 1, sha256: EVIL },
      target: { index: 0, label: EVIL, logit: null, probability: null },
      predicted: [{ index: 0, label: EVIL, logit: null, probability: null }],
      backend: { name: EVIL, adapter: EVIL },
      versions: { [EVIL]: EVIL },
      result: { diagnosis: [EVIL], losses: [1, null, 3], figures: { [EVIL]: EVIL } },
    });
    await writeRun(folder, "broken", { schema: EVIL });
    const id = encodeURIComponent(name), model = encodeURIComponent(EVIL);
    const pages = [
      "/",
      `/?q=${model}&technique=${model}&page=x`,
      `/runs/${id}`,
      "/runs/broken",
      `/runs/${model}`,
      `/compare?run=${id}&run=${model}`,
      "/techniques",
      "/techniques/saliency",
      `/techniques/${model}`,
      "/models",
      `/models/${model}`,
      "/models/phosphene-resnet",
      "/new",
      "/new/saliency",
      `/${model}`,
    ];
    for (const path of pages) {
      const response = await ask(path), html = await response.text();
      assert.ok([200, 404].includes(response.status), `${path}: ${response.status}`);
      assert.match(html, /^<!doctype html><html lang="en">.*<\/html>$/s, path);
      // the page's own script is the only one, and no attribute of theirs became one of ours
      assert.equal(html.match(/<script/gi)!.length, 1, path);
      for (const tag of html.replaceAll(/="[^"]*"/g, "").match(/<[^>]*>/g)!) {
        assert.doesNotMatch(tag, /[="'`&]|onerror|style/, path);
      }
      for (const [, src] of html.matchAll(/<(?:script|img|link)[^>]*?(?:src|href)="([^"]*)"/g)) {
        assert.match(src, /^(\/(?!\/)|#)/, `${path} loads ${src}`);
      }
      const policy = response.headers.get("content-security-policy")!;
      assert.match(policy, /default-src 'none'/);
      assert.doesNotMatch(policy, /unsafe|\*|data:/);
      assert.equal(response.headers.get("x-content-type-options"), "nosniff");
    }
    assert.deepEqual(faults, []);
  }));

Deno.test("a run's page shows what the manifest says, and its files are served", () =>
  withGallery({}, async ({ ask, folder }) => {
    await writeRun(folder, "one", { result: { diagnosis: ["The map is constant."] } });
    const html = await (await ask("/runs/one")).text();
    for (
      const part of ["Saliency map", "automobile", "90.00 %", "The map is constant.", "overlay"]
    ) {
      assert.ok(html.includes(part), part);
    }
    assert.ok(!html.includes("<polyline"), "there is no loss");
    const map = await ask("/runs/one/files/map.png");
    assert.equal(map.headers.get("content-type"), "image/png");
    assert.deepEqual(await map.bytes(), await Deno.readFile(`${folder}/one/map.png`));
    const etag = map.headers.get("etag")!;
    const again = await ask("/runs/one/files/map.png", { headers: { "if-none-match": etag } });
    assert.equal(again.status, 304);
    const manifest = await (await ask("/runs/one/files/manifest.json")).json();
    assert.equal(manifest.technique.id, "saliency");
    assert.equal((await ask("/runs/one/thumbnail")).status, 200);
  }));

Deno.test("of two animations the page shows the first, and links both; its curve has numbers", () =>
  withGallery({}, async ({ ask, folder }) => {
    const animation = { role: "animation", width: 4, height: 4, bytes: 1, sha256: "" };
    const files = [
      { ...animation, name: "final.png", role: "final" },
      { ...animation, name: "animation.gif" },
      { ...animation, name: "animation.webp" },
      { name: "losses.svg", role: "losses", bytes: 1, sha256: "" },
    ];
    await writeRun(folder, "moves", { files, result: { diagnosis: [], losses: [0, -4, -10] } });
    const html = await (await ask("/runs/moves")).text();
    const pictures = [...html.matchAll(/<img src="[^"]*\/(animation[^"]*|losses[^"]*)"/g)];
    assert.deepEqual(pictures.map(([, name]) => name), ["animation.gif"]);
    for (const { name } of files) assert.ok(html.includes(`download="moves-${name}"`), name);
    for (const label of ["0", "−5", "−10", "1", "2", "3", "step"]) {
      assert.ok(html.includes(`>${label}</text>`), label);
    }
  }));

Deno.test("an empty or absent folder says how to make the first run", async () => {
  const folder = `${await Deno.makeTempDir()}/absent`;
  await withGallery({ folder }, async ({ ask }) => {
    const html = await (await ask("/")).text();
    assert.match(html, /No runs yet/);
    assert.match(html, /href="\/new"/);
  });
});

Deno.test("a damaged run says what is wrong, a missing one that it is missing", () =>
  withGallery({}, async ({ ask, folder }) => {
    await writeRun(folder, "broken", { seed: "zero" });
    assert.match(await (await ask("/runs/broken")).text(), /damaged.*seed/s);
    const missing = await ask("/runs/nothing");
    assert.equal(missing.status, 404);
    assert.match(await missing.text(), /no run &quot;nothing&quot;/);
    // its picture is gone: the page stands, the picture is missing
    await writeRun(folder, "bare");
    await Deno.remove(`${folder}/bare/map.png`);
    assert.equal((await ask("/runs/bare")).status, 200);
    assert.equal((await ask("/runs/bare/files/map.png")).status, 404);
  }));

Deno.test("a large picture gets a thumbnail once, and a folder that cannot be written gets it too", async () => {
  const noise = random(1);
  const data = Uint8ClampedArray.from({ length: 600 * 400 * 3 }, () => noise.integer(0, 255));
  const large = await encodePng({ width: 600, height: 400, data });
  const file = {
    name: "overlay.png",
    role: "overlay",
    width: 600,
    height: 400,
    bytes: 1,
    sha256: "",
  };
  await withGallery({}, async ({ ask, folder }) => {
    await writeRun(folder, "large", { files: [file] });
    await Deno.writeFile(`${folder}/large/overlay.png`, large);
    const first = await (await ask("/runs/large/thumbnail")).bytes();
    assert.deepEqual([...first.subarray(0, 2)], [0xff, 0xd8]);
    assert.ok(first.length < large.length / 4);
    const made = [...Deno.readDirSync(`${folder}/.thumbnails`)].map(({ name }) => name);
    assert.equal(made.length, 1);
    const before = Deno.statSync(`${folder}/.thumbnails/${made[0]}`).ino;
    assert.deepEqual(await (await ask("/runs/large/thumbnail")).bytes(), first);
    assert.equal(Deno.statSync(`${folder}/.thumbnails/${made[0]}`).ino, before);
  });
  await withGallery({}, async ({ ask, folder }) => {
    await writeRun(folder, "large", { files: [file] });
    await Deno.writeFile(`${folder}/large/overlay.png`, large);
    await Deno.writeTextFile(`${folder}/.thumbnails`, "no folder"); // even root cannot write here
    assert.equal((await ask("/runs/large/thumbnail")).headers.get("content-type"), "image/jpeg");
  });
});
