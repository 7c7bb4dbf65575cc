import assert from "node:assert/strict";
import { SAME_ORIGIN, withGallery, writeRun } from "./_gallery.ts";

const MODELS = [{ id: "phosphene-resnet" }];

Deno.test("no path leads out of the runs folder", () =>
  withGallery({}, async ({ ask, folder }) => {
    await writeRun(folder, "one");
    await Deno.writeTextFile(`${folder}/top-secret.txt`, "secret");
    await Deno.writeTextFile(`${folder}/one/unlisted.txt`, "secret");
    for (
      const path of [
        "/runs/..%2Fone",
        "/runs/%2e%2e/files/top-secret.txt",
        "/runs/one/files/..%2Ftop-secret.txt",
        "/runs/one/files/..%252Ftop-secret.txt",
        "/runs/one/files/%2e%2e%2ftop-secret.txt",
        "/runs/one/files/..%5ctop-secret.txt",
        "/runs/one/files/%2Fetc%2Fpasswd",
        "/runs/one/files/map.png%00.txt",
        "/runs/one/files/unlisted.txt",
        "/runs/one%2F..%2Fone/files/map.png",
        "/runs/.%2Fone/files/map.png",
        "/runs/%ff/files/map.png",
        "/runs/.thumbnails",
        "/static/..%2Fgallery.ts",
        "/static/..%2F..%2Fdeno.json",
        "/static/%2e%2e%2fgallery.ts",
        "/samples/..%2F..",
        "/models/..%2F..%2Fmodel.json",
        "/models/%2Fetc%2Fpasswd",
      ]
    ) {
      const response = await ask(path), text = await response.text();
      assert.equal(response.status, 404, path);
      assert.ok(!text.includes("secret\n") && !/^secret/.test(text), path);
    }
  }));

Deno.test("links out of the folder are not followed", () =>
  withGallery({}, async ({ ask, folder, gallery }) => {
    const secret = await Deno.makeTempDir();
    await writeRun(secret, "other");
    await writeRun(folder, "one");
    await Deno.remove(`${folder}/one/map.png`);
    await Deno.symlink(`${secret}/other/map.png`, `${folder}/one/map.png`);
    assert.equal((await ask("/runs/one/files/map.png")).status, 404);
    await Deno.symlink(`${secret}/other`, `${folder}/linked`);
    assert.equal((await ask("/runs/linked/files/input.png")).status, 404);
    // a run that becomes a link after it was listed
    assert.ok(gallery.index.has("one"));
    await Deno.rename(`${folder}/one`, `${folder}/.one`);
    await Deno.symlink(`${secret}/other`, `${folder}/one`);
    assert.equal((await ask("/runs/one/files/input.png")).status, 404);
    await Deno.remove(secret, { recursive: true });
  }));

Deno.test("a foreign Host is refused, whatever is asked", () =>
  withGallery({}, async ({ ask }) => {
    const foreign = [
      "evil.example",
      "localhost.evil.example",
      "127.0.0.1.evil.example",
      "192.168.0.5",
      "a b",
    ];
    for (const host of foreign) {
      for (const path of ["/", "/events", "/static/style.css"]) {
        assert.equal((await ask(path, { host })).status, 421, `${host} ${path}`);
      }
    }
    for (const host of ["localhost:8080", "127.0.0.1:8080", "[::1]:8080", "LOCALHOST:1"]) {
      assert.equal((await ask("/", { host })).status, 200, host);
    }
  }));

Deno.test("a gallery that others can reach answers to addresses and its own name", () =>
  withGallery({ hostname: "0.0.0.0", readOnly: true }, async ({ ask }) => {
    assert.equal((await ask("/", { host: "192.168.0.5:8080" })).status, 200);
    assert.equal((await ask("/", { host: "evil.example" })).status, 421);
  }));

Deno.test("forms of other sites, or of none, start and cancel nothing", () =>
  withGallery({ models: MODELS }, async ({ ask, gallery }) => {
    const headers: Record<string, string>[] = [
      {},
      { origin: "https://evil.example" },
      { origin: "null" },
      { origin: "http://localhost:9999" },
      { origin: "http://localhost:8080", "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-origin" },
      { origin: "javascript://localhost:8080" },
    ];
    for (const sent of headers) {
      for (const path of ["/new/saliency", "/jobs/abc/cancel"]) {
        const response = await ask(path, { method: "POST", headers: sent, body: new FormData() });
        assert.equal(response.status, 403, JSON.stringify(sent));
      }
    }
    assert.equal(gallery.jobs!.list().length, 0);
    for (const method of ["PUT", "DELETE", "PATCH", "OPTIONS"]) {
      assert.equal((await ask("/", { method, headers: SAME_ORIGIN })).status, 405);
    }
  }));

function upload(name: string, bytes: Uint8Array<ArrayBuffer>, type = "image/png"): FormData {
  const form = new FormData();
  form.set("model", "phosphene-resnet");
  form.set("picture", new File([bytes], name, { type }));
  return form;
}

/** A PNG's header alone: signature, and an IHDR of that size. */
function pngHeader(width: number, height: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(33);
  bytes.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52]);
  const view = new DataView(bytes.buffer);
  view.setUint32(16, width);
  view.setUint32(20, height);
  bytes.set([8, 2], 24);
  return bytes;
}

Deno.test("uploads that are too large or not what they say are refused with a reason", () =>
  withGallery({ models: MODELS }, async ({ ask, gallery, faults }) => {
    const post = (body: BodyInit, headers: Record<string, string> = {}) =>
      ask("/new/saliency", { method: "POST", body, headers: { ...SAME_ORIGIN, ...headers } });
    const text = new TextEncoder().encode("<script>alert(1)</script>");
    const lies: [string, FormData][] = [
      ["no picture", upload("cat.png", text)],
      ["60000", upload("cat.png", pngHeader(60_000, 60_000))],
      ["cut off", upload("cat.jpg", new Uint8Array([0xff, 0xd8, 0xff]), "image/jpeg")],
      ["nothing", upload("cat.png", new Uint8Array(0))],
    ];
    for (const [what, form] of lies) {
      const response = await post(form), html = await response.text();
      assert.equal(response.status, 422, what);
      assert.match(html, /role="alert"/, what);
      assert.ok(!html.includes("<script>alert"), what);
    }
    const large = upload("cat.png", new Uint8Array(20_200_000));
    assert.equal((await post(large)).status, 413);
    // no length is said, and it never ends
    let sent = 0;
    const endless = new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull(controller) {
        sent += 1_000_000;
        controller.enqueue(new Uint8Array(1_000_000));
      },
    });
    const type = { "content-type": "multipart/form-data; boundary=x" };
    assert.equal((await post(endless, type)).status, 413);
    assert.ok(sent < 30_000_000, `${sent} bytes were read`);
    assert.equal((await post("nonsense", type)).status, 400);
    assert.equal((await post("{}", { "content-type": "application/json" })).status, 400);
    assert.equal(gallery.jobs!.list().length, 0);
    assert.deepEqual(faults, []);
  }));

Deno.test("a read-only gallery has no forms and takes none", () =>
  withGallery({ models: MODELS, readOnly: true }, async ({ ask }) => {
    assert.doesNotMatch(await (await ask("/")).text(), /\/new/);
    for (const path of ["/new", "/new/saliency", "/jobs/x"]) {
      assert.equal((await ask(path)).status, 403, path);
    }
    const form = { method: "POST", body: new FormData(), headers: SAME_ORIGIN };
    assert.equal((await ask("/new/saliency", form)).status, 403);
  }));

Deno.test("what a run brings along is shown, never carried out", () =>
  withGallery({}, async ({ ask, folder }) => {
    const names = ["losses.svg", "animation.webp", "acts.js", "acts.css", "acts.html"];
    const files = names.map((name) => ({ name, role: "losses", bytes: 1, sha256: "" }));
    await writeRun(folder, "brought", { files });
    const types = [];
    for (const name of names) {
      await Deno.writeTextFile(`${folder}/brought/${name}`, " ");
      const { headers } = await ask(`/runs/brought/files/${name}`);
      assert.equal(headers.get("x-content-type-options"), "nosniff");
      types.push(headers.get("content-type"));
    }
    const bytes = "application/octet-stream";
    assert.deepEqual(types, [
      "image/svg+xml; charset=utf-8",
      "image/webp",
      ...[bytes, bytes, bytes],
    ]);
  }));
