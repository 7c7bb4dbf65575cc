import assert from "node:assert/strict";
import { attribute } from "../../mod.ts";
import { decodeImage, loadImage } from "../../image/mod.ts";
import { loadModel } from "../../models/mod.ts";
import { predict } from "../../run/predict.ts";
import { useBackend } from "../../engine/runtime.ts";
import { platform } from "../../platform/mod.ts";
import { Explainer } from "../../web/explainer.ts";
import type { Question } from "../../web/_explained.ts";
import { numbersOf, type SentNews } from "../../web/_news_text.ts";
import { type Ask, SAME_ORIGIN, withGallery } from "./_gallery.ts";

const CAT = new URL("../../examples/images/cat-4.png", import.meta.url);
const SETTINGS = { models: [{ id: "phosphene-resnet" }], backend: "wasm" } as const;

async function bring(
  ask: Ask,
  bytes: Uint8Array<ArrayBuffer>,
  name: string,
  path = "/pictures",
): Promise<Response> {
  const headers = { ...SAME_ORIGIN, "x-name": encodeURIComponent(name) };
  return await ask(path, { method: "POST", headers, body: bytes });
}

async function cat(ask: Ask): Promise<string> {
  return (await (await bring(ask, await Deno.readFile(CAT), "cät 4.png")).json()).token;
}

async function heard(response: Response): Promise<SentNews[]> {
  assert.equal(response.status, 200);
  return (await response.text()).trim().split("\n").map((line) => JSON.parse(line));
}

const mapIn = (news: SentNews[], technique: string) => {
  const found = news.find((n) => n.type === "map" && n.technique === technique);
  return found?.type === "map" ? { ...found, map: numbersOf(found.map) } : assert.fail(technique);
};

Deno.test("a picture's answers and maps are those of the library", () =>
  withGallery(SETTINGS, async ({ ask, faults }) => {
    const picture = await cat(ask), query = `picture=${picture}&model=phosphene-resnet`;
    await useBackend("wasm");
    const model = await loadModel("phosphene-resnet"), image = await loadImage(CAT);

    const [answers] = await heard(await ask(`/explain/answers?${query}`));
    if (answers.type !== "answers") return assert.fail(JSON.stringify(answers));
    const ranked = await predict(model, image);
    assert.deepEqual(answers.classes, ranked.slice(0, answers.classes.length));
    assert.deepEqual([answers.width, answers.height], [image.width, image.height]);

    const other = ranked[1].index;
    const techniques = "techniques=saliency,grad-cam,rise";
    const news = await heard(await ask(`/explain/maps?${query}&class=${other}&${techniques}`));
    for (const technique of ["saliency", "grad-cam"]) {
      const run = await attribute(technique, { model, image, options: { class: other } });
      const { map, low, high, target } = mapIn(news, technique);
      assert.deepEqual(map, new Float32Array(run.map));
      assert.deepEqual({ low, high }, { low: run.scale?.low, high: run.scale?.high });
      assert.equal(target.index, other);
    }
    // what takes long waits until it is asked for by itself
    const slow = news.find(({ type }) => type === "slow");
    assert.deepEqual(slow, { type: "slow", technique: "rise", steps: 4000 });
    assert.ok(!news.some((n) => n.type === "map" && n.technique === "rise"));
    const patient = `${query}&techniques=integrated-gradients&patient=1`;
    mapIn(await heard(await ask(`/explain/maps?${patient}`)), "integrated-gradients");
    model.network.dispose();
    assert.deepEqual(faults, []);
  }));

Deno.test("what is kept is a run of that class with the picture's own file", () =>
  withGallery(SETTINGS, async ({ ask, folder, gallery }) => {
    const picture = await cat(ask), body = new URLSearchParams({ picture, class: "2" });
    body.set("model", "phosphene-resnet");
    body.set("techniques", "saliency");
    const sent = await ask("/explain/keep", { method: "POST", headers: SAME_ORIGIN, body });
    const [kept] = await heard(sent);
    if (kept.type !== "kept") return assert.fail(JSON.stringify(kept));
    await gallery.index.refresh();
    assert.ok(gallery.index.has(kept.run));
    const manifest = JSON.parse(await Deno.readTextFile(`${folder}/${kept.run}/manifest.json`));
    assert.equal(manifest.target.index, 2);
    assert.equal(manifest.image.name, "cät 4.png");
    assert.match(manifest.command, /--class 2 /);
    const source = await Deno.readFile(`${folder}/${kept.run}/${manifest.image.file.name}`);
    assert.deepEqual(source, await Deno.readFile(CAT));
  }));

Deno.test("without a script a form leads to answers, and these to pictures", () =>
  withGallery(SETTINGS, async ({ ask }) => {
    const body = new FormData();
    body.set("picture", new File([await Deno.readFile(CAT)], "cat.png"));
    body.set("model", "phosphene-resnet");
    const sent = await ask("/explain/plain", { method: "POST", headers: SAME_ORIGIN, body });
    assert.equal(sent.status, 303);
    const address = sent.headers.get("location")!, page = await (await ask(address)).text();
    const links = [...page.matchAll(/href="(\/explain\/plain\?[^"]+)"/g)]
      .map(([, link]) => link.replaceAll("&amp;", "&"));
    assert.ok(links.length >= 5);
    const wall = await (await ask(links[0])).text();
    const [, overlay] = /src="(\/explain\/overlay\.png\?[^"]*technique=saliency)"/.exec(wall)!;
    const png = await ask(overlay.replaceAll("&amp;", "&"));
    assert.equal(png.headers.get("content-type"), "image/png");
    const shown = await decodeImage(await png.bytes(), "overlay.png");

    await useBackend("wasm");
    const model = await loadModel("phosphene-resnet");
    const wanted = Number(new URL(links[0], "http://localhost").searchParams.get("class"));
    const run = await attribute("saliency", {
      model,
      image: await loadImage(CAT),
      options: { class: wanted },
    });
    assert.deepEqual(shown.data, (await run.overlay()).data);
    model.network.dispose();
  }));

Deno.test("who leaves stops the work, and the next question is answered", () =>
  withGallery(SETTINGS, async ({ ask, faults }) => {
    const picture = await cat(ask), query = `picture=${picture}&model=phosphene-resnet`;
    for (let n = 0; n < 3; n++) {
      const asked = await ask(`/explain/maps?${query}&techniques=rise&patient=1`);
      const reader = asked.body!.getReader();
      await reader.read(); // it is under way
      await reader.cancel();
    }
    const news = await heard(await ask(`/explain/maps?${query}&techniques=saliency`));
    mapIn(news, "saliency");
    assert.deepEqual(faults, []);
  }));

Deno.test("what does not fit is told in a sentence", () =>
  withGallery(SETTINGS, async ({ ask, faults }) => {
    const picture = await cat(ask), model = "model=phosphene-resnet";
    const status = async (path: string) => (await ask(path)).status;
    assert.equal(await status(`/explain/answers?picture=none&${model}`), 400);
    assert.equal(await status(`/explain/answers?picture=${picture}&model=none`), 404);
    assert.equal(await status(`/explain/maps?picture=${picture}&${model}&class=x`), 400);
    assert.equal(await status(`/explain/overlay.png?picture=${picture}&technique=none`), 404);
    const empty = await bring(ask, new Uint8Array(0), "empty.png");
    assert.equal(empty.status, 422);
    assert.match((await empty.json()).fault, /empty/);

    const text = new TextEncoder().encode("no picture at all");
    assert.equal((await bring(ask, text, "notes.png")).status, 422);
    // who asks about it at once hears the same then
    const { token } = await (await bring(ask, text, "notes.png", "/pictures?unread")).json();
    const [none] = await heard(await ask(`/explain/answers?picture=${token}&${model}`));
    assert.equal(none.type, "failed");
    assert.match(JSON.stringify(none), /notes\.png/);
    const [far] = await heard(
      await ask(`/explain/maps?picture=${picture}&${model}&class=999&techniques=saliency`),
    );
    assert.equal(far.type, "fault");
    assert.match(JSON.stringify(far), /999/);
    // what was brought is no page of the gallery's, whatever it says it is
    assert.equal(
      (await ask(`/pictures/${token}`)).headers.get("content-type"),
      "application/octet-stream",
    );
    assert.deepEqual(faults, []);
  }));

Deno.test("nothing is explained for other sites, or where a gallery only shows", async () => {
  await withGallery(SETTINGS, async ({ ask }) => {
    for (const path of ["/pictures", "/explain/plain", "/explain/keep"]) {
      const foreign = { origin: "http://evil.example", "sec-fetch-site": "cross-site" };
      assert.equal((await ask(path, { method: "POST", headers: foreign, body: "x" })).status, 403);
    }
  });
  await withGallery({ ...SETTINGS, readOnly: true }, async ({ ask }) => {
    for (const path of ["/explain", "/explain/answers?picture=x", "/pictures/x"]) {
      assert.equal((await ask(path)).status, 403);
    }
    assert.ok(!(await (await ask("/")).text()).includes("/explain"));
  });
});

Deno.test("the picture of a run is explained from the run's own page", () =>
  withGallery(SETTINGS, async ({ ask, gallery }) => {
    const picture = await cat(ask);
    const body = new URLSearchParams({ picture, class: "2", techniques: "saliency" });
    const sent = await ask("/explain/keep", { method: "POST", headers: SAME_ORIGIN, body });
    const [kept] = await heard(sent);
    if (kept.type !== "kept") return assert.fail(JSON.stringify(kept));
    await gallery.index.refresh();
    const page = await (await ask(`/runs/${kept.run}`)).text();
    assert.ok(page.includes(`href="/explain?run=${encodeURIComponent(kept.run)}"`));
    const to = await ask(`/explain?run=${kept.run}`);
    assert.equal(to.status, 303);
    const params = new URL(to.headers.get("location")!, "http://localhost").searchParams;
    assert.deepEqual(Object.fromEntries(params), {
      picture, // the very file, which is kept already
      model: "phosphene-resnet",
      class: "2",
    });
    assert.equal((await ask("/explain?run=none")).status, 404);
  }));

const SMALL = new URL("../fixtures/onnx/residual.onnx", import.meta.url).pathname;
const TWO = {
  models: [{ id: "phosphene-resnet" }, { id: SMALL }],
  samples: [{ name: "cat-4.png", url: CAT }],
  backend: "wasm",
} as const;

Deno.test("steps and classes are each network's own, whatever was asked before", () =>
  withGallery(TWO, async ({ ask, faults }) => {
    const maps = "/explain/maps?picture=cat-4.png&techniques=ablation-cam";
    const steps: (number | undefined)[] = [];
    for (const model of [SMALL, "phosphene-resnet", SMALL]) {
      const news = await heard(await ask(`${maps}&model=${encodeURIComponent(model)}`));
      const [slow] = news.flatMap((n) => n.type === "slow" ? [n.steps] : []);
      steps.push(slow);
    }
    assert.equal(steps[0], steps[2]);
    assert.notEqual(steps[0], steps[1]);
    const named = async (model: string) => {
      const [news] = await heard(await ask(`/explain/classes?model=${encodeURIComponent(model)}`));
      return news.type === "classes" ? news.names : [];
    };
    assert.equal((await named("phosphene-resnet"))[1], "cat");
    assert.deepEqual(await named(SMALL), Array.from({ length: 10 }, (_, n) => `class ${n}`));
    assert.deepEqual(faults, []);
  }));

Deno.test("who leaves stops the work at once, whether news are awaited or lie unread", async () => {
  const told: unknown[] = [], { startHelper } = platform;
  let news: (told: unknown) => void = () => {};
  platform.startHelper = (_, { hear }) => {
    news = hear;
    return { tell: (order) => void told.push(order), end: () => {} };
  };
  try {
    const explainer = new Explainer({
      out: "",
      backend: "wasm",
      plugins: [],
      onFault: assert.fail,
    });
    const question: Question = { kind: "classes", model: { id: "phosphene-resnet" } };
    const awaited = new AbortController(), unread = new AbortController();
    const first = explainer.ask(question, awaited.signal).next();
    awaited.abort();
    assert.deepEqual(await first, { done: true, value: undefined });
    assert.deepEqual(told.at(-1), { type: "stop", ask: 1 });

    const asked = explainer.ask(question, unread.signal), second = asked.next();
    news({ type: "news", ask: 2, news: { type: "classes", names: [] } });
    assert.deepEqual(await second, { done: false, value: { type: "classes", names: [] } });
    unread.abort();
    assert.deepEqual(told.at(-1), { type: "stop", ask: 2 });
    await asked.return();
    assert.equal(told.length, 5); // a start, two questions, and two stops
  } finally {
    platform.startHelper = startHelper;
  }
});

Deno.test("the address of a page names classes by number or not at all", () =>
  withGallery(SETTINGS, async ({ ask }) => {
    assert.equal((await ask("/explain?class=1")).status, 200);
    for (const wrong of ["cat", "", "1e3", "-1"]) {
      assert.equal((await ask(`/explain?class=${wrong}`)).status, 400, wrong);
    }
  }));

Deno.test("a picture that browsers do not know is shown as one that they do", () =>
  withGallery(SETTINGS, async ({ ask }) => {
    const ppm = new TextEncoder().encode("P3 2 1 255  255 0 0  255 0 0");
    const { token } = await (await bring(ask, ppm, "red.ppm", "/pictures?unread")).json();
    const shown = await ask(`/pictures/${token}`);
    assert.equal(shown.headers.get("content-type"), "image/jpeg");
    const { width, height, data } = await decodeImage(await shown.bytes(), "red.jpg");
    assert.deepEqual([width, height], [2, 1]);
    assert.ok(data[0] > 240 && data[1] < 15 && data[2] < 15);
  }));
