import assert from "node:assert/strict";
import { readWithin } from "../../web/_body.ts";
import { Refusal } from "../../web/guard.ts";
import { honoHost } from "../../web/hosts/hono.ts";
import { SAME_ORIGIN, withGallery, writeRun } from "./_gallery.ts";

const MODELS = [{ id: "phosphene-resnet" }];
const SAMPLE = {
  name: "cat.png",
  url: new URL("../../examples/images/cat-4.png", import.meta.url),
};

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
  withGallery({ models: MODELS }, async ({ ask, gallery, faults }) => {
    const headers: Record<string, string>[] = [
      {},
      { origin: "https://evil.example" },
      { origin: "null" },
      { origin: "http://localhost:9999" },
      { origin: "http://localhost:8080", "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-origin" },
      { origin: "javascript://localhost:8080" },
      { origin: "https://localhost:8080" },
      { origin: "http://" },
      { origin: "http://[" },
      { origin: "http://localhost:8080/" },
    ];
    for (const sent of headers) {
      for (const path of ["/new/saliency", "/jobs/abc/cancel"]) {
        const response = await ask(path, { method: "POST", headers: sent, body: new FormData() });
        assert.equal(response.status, 403, JSON.stringify(sent));
      }
    }
    assert.equal(gallery.jobs!.list().length, 0);
    assert.deepEqual(faults, []);
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

Deno.test("what a run brings along is shown where it cannot act, and else only saved", () =>
  withGallery({ models: MODELS }, async ({ ask, folder, gallery }) => {
    const shown = ["map.png", "photo.JPEG", "photo.jpg", "turns.gif", "turns.webp", "notes.json"];
    const saved = [
      "losses.svg",
      "acts.js",
      "acts.css",
      "acts.html",
      "acts.xml",
      "acts.pdf",
      "acts",
    ];
    const files = [...shown, ...saved].map((name) => ({
      name,
      role: "losses",
      bytes: 1,
      sha256: "",
    }));
    await writeRun(folder, "brought", { files });
    const policy = "sandbox; default-src 'none'";
    for (const name of [...shown, ...saved]) {
      await Deno.writeTextFile(`${folder}/brought/${name}`, " ");
      const { headers } = await ask(`/runs/brought/files/${name}`);
      assert.equal(headers.get("x-content-type-options"), "nosniff", name);
      assert.equal(headers.get("content-security-policy"), policy, name);
      const type = headers.get("content-type"), disposition = headers.get("content-disposition");
      if (shown.includes(name)) {
        assert.match(type!, /^(image\/(png|jpeg|gif|webp)|application\/json; charset=utf-8)$/);
        assert.equal(disposition, null, name);
      } else {
        assert.equal(type, "application/octet-stream", name);
        assert.equal(disposition, `attachment; filename="${name}"`);
      }
    }
    const { headers } = await ask("/runs/brought/thumbnail");
    assert.notEqual(headers.get("content-security-policy"), null);
    // so is what a visitor brings, whatever it is called
    const svg = new TextEncoder().encode("<svg onload='alert(1)'/>");
    const { token } = await gallery.uploads.add("cat.png", svg);
    const brought = await ask(`/pictures/${token}`);
    assert.equal(brought.headers.get("content-security-policy"), policy);
    assert.equal(brought.headers.get("content-type"), "application/octet-stream");
    assert.match(brought.headers.get("content-disposition")!, /^attachment/);
    const png = await gallery.uploads.add("b.png", pngHeader(1, 1));
    const picture = await ask(`/pictures/${png.token}`);
    assert.equal(picture.headers.get("content-type"), "image/png");
    assert.equal(picture.headers.get("content-security-policy"), policy);
  }));

Deno.test("HEAD says what GET would, its length too, and leaves nothing running", () =>
  withGallery({ models: MODELS, samples: [SAMPLE] }, async ({ ask, folder }) => {
    await writeRun(folder, "one");
    const paths = [
      "/",
      "/runs/one",
      "/runs/none",
      "/runs/one/files/map.png",
      "/runs/one/files/manifest.json",
      "/runs/one/thumbnail",
      "/static/islands.js",
      "/pictures/cat-4.png",
      "/new/saliency",
      "/models/phosphene-resnet/names.json",
      "/nothing",
    ];
    for (const path of paths) {
      const got = await ask(path), { length } = await got.bytes();
      const head = await ask(path, { method: "HEAD" });
      assert.equal(head.status, got.status, path);
      assert.equal(head.headers.get("content-length"), String(length), path);
      assert.equal(head.headers.get("content-type"), got.headers.get("content-type"), path);
      assert.equal(head.body, null, path);
    }
    const events = await ask("/events", { method: "HEAD" });
    assert.equal(events.headers.get("content-type"), "text/event-stream");
    assert.equal(events.headers.get("content-length"), null);
  })); // the test would fail for the timer of a stream that nobody closed

Deno.test("an error page names what was asked for, dots too", () =>
  withGallery({}, async ({ ask, gallery }) => {
    const { fetch } = honoHost(gallery);
    // a server hands on what was written; only URL works out the dots
    const asked = Object.defineProperty(new Request("http://localhost/"), "url", {
      value: "http://localhost/runs/..",
    });
    const html = await (await fetch(asked)).text();
    assert.match(html, /There is no run &quot;\.\.&quot;/);
    assert.match(await (await ask("/a/%2e%2e%2fb")).text(), /no page \/a\/%2e%2e%2fb/);
  }));

/** A body that sends so many bytes, and then neither more nor its end. */
const stalled = (bytes: number) =>
  new ReadableStream<Uint8Array<ArrayBuffer>>({
    start: (controller) => controller.enqueue(new Uint8Array(bytes)),
  });

const sending = (body: ReadableStream) =>
  new Request("http://localhost/pictures", { method: "POST", body });

Deno.test("bodies that are being read share a limit, one that stands still ends, one that breaks off is told", async () => {
  const status = (error: unknown) => error instanceof Refusal ? error.status : error;
  const first = readWithin(sending(stalled(60)), { most: 100, mostOpen: 100, silenceMs: 50 });
  const second = readWithin(sending(stalled(60)), { most: 100, mostOpen: 100, silenceMs: 60_000 });
  const refused = await second.catch((error) => error);
  assert.equal(status(refused), 503);
  assert.equal(refused.headers["retry-after"], "5");
  assert.equal(await first.catch(status), 408);
  // both gave back what they held
  const whole = new Request("http://localhost/", { method: "POST", body: new Uint8Array(90) });
  assert.equal((await readWithin(whole, { most: 100, mostOpen: 100 })).size, 90);
  const broken = new ReadableStream({ pull: (controller) => controller.error(new Error("reset")) });
  assert.equal(await readWithin(sending(broken), { most: 100 }).catch(status), 400);
});
