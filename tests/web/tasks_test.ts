/** What a gallery is asked for, as tasks: each once, whatever dies, and nothing is left lying about. */
import assert from "node:assert/strict";
import { loadPlugin } from "../../run/plugins/mod.ts";
import { loadRun } from "../../run/load.ts";
import { Jobs } from "../../web/jobs.ts";
import { RunResults } from "../../jobs/results.ts";
import { attribute } from "../../techniques/calls.ts";
import { useBackend } from "../../engine/runtime.ts";
import { loadImage } from "../../image/mod.ts";
import { loadModel } from "../../models/mod.ts";
import { saveRun } from "../../run/save.ts";
import { throwAway } from "../../web/trash.ts";
import { within } from "../_support/patience.ts";
import { gallery as started } from "./_cli.ts";
import { type Ask, SAME_ORIGIN, withGallery } from "./_gallery.ts";
import { eventsOf, isOver, PICTURE, SETTINGS, start, until } from "./_jobs.ts";

const CAT = await Deno.readFile(PICTURE);
const SNAIL = await Deno.readFile(new URL("snail-3.png", PICTURE));

/** All that lies in a folder, what is hidden too. */
const namesIn = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();

/** Asks for several pictures; the id of the job. */
async function batch(ask: Ask, technique: string, files: readonly File[]): Promise<string> {
  const form = new FormData();
  form.set("model", "phosphene-resnet");
  for (const file of files) form.append("picture", file);
  const sent = { method: "POST", body: form, headers: SAME_ORIGIN };
  const response = await ask(`/new/${technique}`, sent);
  assert.equal(response.status, 303, await response.text());
  return response.headers.get("location")!.slice("/jobs/".length);
}

Deno.test("a run that is there is not made again: its item leads to it, and the page says so", () =>
  withGallery(SETTINGS, async ({ ask, folder, gallery, faults }) => {
    const wait = until(gallery.jobs!);
    const first = await wait(await start(ask, "saliency", { sample: "cat.png" }), isOver);
    assert.deepEqual([first.state, first.found], ["done", false], first.message);

    const files = [new File([SNAIL], "snail.png"), new File([CAT], "the same cat.png")];
    const id = await batch(ask, "saliency", files), job = await wait(id, isOver);
    assert.deepEqual(job.items.map(({ state, found }) => [state, found]), [
      ["done", false],
      ["done", true],
    ]);
    assert.equal(job.items[1].run, first.run);
    assert.equal(namesIn(folder).length, 2);
    const html = await (await ask(`/jobs/${id}`)).text();
    assert.match(html, /2 of 2 done, 1 there already/);
    assert.match(html, /the same cat\.png<\/a><span class="quiet">there already/);

    // asked for alone, its page stays, and leads on
    const again = await start(ask, "saliency", { sample: "cat.png" });
    assert.equal((await wait(again, isOver)).run, first.run);
    const page = await ask(`/jobs/${again}`), text = await page.text();
    assert.equal(page.status, 200);
    assert.match(text, /This very run is there already, so it was not made again/);
    assert.ok(text.includes(`<a href="/runs/${first.run}">Open the run</a>`));

    // what lies in the trash is not there
    await throwAway(folder, first.run!);
    const anew = await wait(await start(ask, "saliency", { sample: "cat.png" }), isOver);
    assert.deepEqual([anew.found, namesIn(folder).length], [false, 3]); // and the trash itself
    assert.deepEqual(faults, []);
  }));

Deno.test("whoever has made it, and without a picture, a run is found", async () => {
  const folder = await Deno.makeTempDir();
  await useBackend("wasm");
  const model = await loadModel("phosphene-resnet");
  const image = await loadImage(PICTURE.pathname);
  const made = await saveRun(await attribute("grad-cam", { model, image, seed: 4 }), folder);
  model.network.dispose();
  await withGallery({ ...SETTINGS, folder }, async ({ ask, gallery }) => {
    const wait = until(gallery.jobs!);
    const grad = await start(ask, "grad-cam", { sample: "cat.png", seed: "4" });
    assert.equal((await wait(grad, isOver)).run, made.manifest.id);
    const viz = { "option-steps": "2", "option-size": "32x32" };
    const one = await wait(await start(ask, "feature-viz", viz), isOver);
    const same = await wait(await start(ask, "feature-viz", viz), isOver);
    const other = await wait(await start(ask, "feature-viz", { ...viz, seed: "1" }), isOver);
    assert.deepEqual([one, same, other].map(({ found }) => found), [false, true, false]);
    assert.deepEqual([same.run, namesIn(folder).length], [one.run, 3]);
  });
  await Deno.remove(folder, { recursive: true });
});

Deno.test("jobs that share a picture that was sent each keep it, whole", () =>
  withGallery(SETTINGS, async ({ ask, folder, gallery }) => {
    const picture = await gallery.uploads.add("my snail.png", SNAIL);
    const sample = `kept:${picture.token}`, wait = until(gallery.jobs!);
    const ids = [
      await start(ask, "saliency", { sample }),
      await start(ask, "smooth-grad", { sample, sweep: "samples", values: "2, 3" }),
      await start(ask, "saliency", { sample: "cat.png" }),
      await start(ask, "grad-cam", { sample }),
    ];
    const jobs = await Promise.all(ids.map((id) => wait(id, isOver)));
    const runs = jobs.flatMap(({ items }) => items.map(({ run }) => run!));
    assert.equal(new Set(runs).size, 5);
    for (const run of runs) {
      const { manifest: { image } } = await loadRun(`${folder}/${run}`);
      const own = image!.name === "my snail.png" ? SNAIL : CAT;
      assert.deepEqual(await Deno.readFile(`${folder}/${run}/${image!.file!.name}`), own);
      assert.equal(image!.path, undefined);
    }
    assert.deepEqual(gallery.uploads.get(picture.token).bytes, SNAIL);
    assert.deepEqual(namesIn(folder), runs.sort());
  }));

/** A plugin whose technique does what it is told by its option. */
async function misbehaving(): Promise<{ file: string; [Symbol.asyncDispose](): Promise<void> }> {
  const folder = await Deno.makeTempDir(), file = `${folder}/plugin.ts`;
  const kit = new URL("../../kit.ts", import.meta.url).href;
  await Deno.writeTextFile(
    file,
    `import { attributionOptions, definePlugin, values, z } from "${kit}";
const paper = { citation: "A 2020, B", url: "https://example.org/", equation: "a = b + c" };
export default definePlugin({ techniques: [{
  id: "misbehaving", title: "Misbehaving", kind: "attribution", summary: "What it shows",
  caution: "Never trust it", paper,
  options: attributionOptions.extend({
    does: z.enum(["die", "die once", "throw", "hang", "work"]).default("work").describe("What it does"),
  }),
  async *run({ options: { does }, image: { input: { shape: [, h, w] } } }) {
    yield { step: 1, of: 2 };
    const isFirst = await Deno.writeTextFile("${folder}/once", "", { createNew: true })
      .then(() => true, () => false);
    if (does === "die" || does === "die once" && isFirst) {
      setTimeout(() => { throw new Error("out of luck"); });
      await new Promise(() => {});
    }
    if (does === "throw") throw new TypeError("out of order");
    if (does === "hang") for (;;);
    yield { step: 2, of: 2 };
    const ones = values(new Float32Array(h * w).fill(1), [h, w]);
    return { attribution: ones, map: ones, colors: "gray", overlay: 0.5 };
  },
}] });\n`,
  );
  return { file, [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }) };
}

Deno.test("a helper may die, throw or hang in the middle of a run: the next one is made all the same", async () => {
  await using plugin = await misbehaving();
  await loadPlugin(plugin.file);
  const folder = await Deno.makeTempDir(), faults: Error[] = [];
  const results = new RunResults(folder, []);
  const jobs = new Jobs({
    ...{ results: () => results, backend: "wasm", plugins: [plugin.file] },
    ...{ patienceMs: 50, onRun() {}, onFault: (error) => void faults.push(error) },
  });
  const wait = until(jobs), model = { id: "phosphene-resnet" }, technique = "misbehaving";
  const image = { name: "cat.png", sha256: "00".repeat(32), bytes: CAT };
  const wanted = (does: string) => {
    const work = { technique, model, options: { does }, seed: 0, image };
    return { label: does, work };
  };
  // it is tried again, by another helper
  const once = jobs.add([wanted("die once")]);
  assert.equal((await wait(once.id, isOver)).state, "done");
  assert.equal(faults.length, 0);

  const all = jobs.add(["die", "throw", "work"].map(wanted));
  const { items } = await wait(all.id, isOver);
  assert.deepEqual(items.map(({ state }) => state), ["failed", "failed", "done"]);
  assert.match(items[0].message!, /has stopped: .*out of luck/);
  assert.match(items[1].message!, /out of order/);
  // that of the plugin is not ours
  assert.deepEqual(faults.map(({ message }) => message), [items[0].message]);

  const hanging = jobs.add(["hang", "work"].map(wanted)), last = jobs.add([wanted("work")]);
  await wait(hanging.id, ({ step }) => step === 1);
  jobs.cancel(hanging.id);
  const cancelled = await wait(hanging.id, isOver);
  assert.deepEqual(cancelled.items.map(({ state }) => state), ["cancelled", "cancelled"]);
  assert.equal((await wait(last.id, isOver)).state, "done");
  await within(jobs.close(), "the end of the jobs");
  const runs = [once.run, items[2].run, last.run];
  assert.deepEqual(namesIn(folder), [...new Set(runs)].sort());
  await Deno.remove(folder, { recursive: true });
});

Deno.test("what goes wrong on our side is told with its stack, by one sentence on the page", async () => {
  const folder = await Deno.makeTempDir(), faults: Error[] = [];
  const results = new RunResults(folder, []);
  results.keep = () => Promise.reject(new TypeError("out of order"));
  const jobs = new Jobs({
    ...{
      results: () => results,
      backend: "wasm",
      plugins: [],
      onRun: () => assert.fail("nothing was saved"),
    },
    onFault: (error) => void faults.push(error),
  });
  const model = { id: "phosphene-resnet" }, options = { steps: 1, size: "32x32" };
  const { id } = jobs.add([{
    label: "",
    work: { technique: "feature-viz", model, options, seed: 0 },
  }]);
  const { state, message } = await until(jobs)(id, isOver);
  assert.deepEqual([state, message], ["failed", "out of order"]);
  assert.equal(faults.length, 1);
  assert.match(faults[0].stack!, /tasks_test\.ts/);
  await jobs.close();
  assert.deepEqual(namesIn(folder), []);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a gallery that is closed leaves nothing half made", async () => {
  const folder = await Deno.makeTempDir();
  await withGallery({ ...SETTINGS, folder }, async ({ ask, gallery }) => {
    const id = await start(ask, "deepdream", { sample: "cat.png", "option-steps": "100000" });
    await until(gallery.jobs!)(id, ({ step }) => step > 0);
    assert.equal(namesIn(folder).length, 2); // what it is written to, and the lock of that
    await within(gallery.close(), "the end of the gallery");
    assert.equal(gallery.jobs!.get(id)!.state, "cancelled");
    assert.deepEqual(namesIn(folder), []);
  });
  await Deno.remove(folder, { recursive: true });
});

Deno.test("neither does one that is stopped; after one that was killed the next run clears up", async () => {
  const here = await Deno.makeTempDir();
  const hidden = () => namesIn(`${here}/runs`).filter((name) => name.startsWith("."));
  const running = async (steps: number) => {
    const { child, url } = await started([], here);
    const form = new FormData();
    const fields = { model: "phosphene-resnet", sample: "cat-4.png", "option-steps": `${steps}` };
    for (const [name, value] of Object.entries(fields)) form.set(name, value);
    const headers = { ...SAME_ORIGIN, origin: url };
    const sent = { method: "POST", body: form, headers, redirect: "manual" } as const;
    const response = await fetch(`${url}/new/deepdream`, sent);
    await response.body?.cancel();
    const job = response.headers.get("location")!;
    for await (const news of eventsOf(await fetch(`${url}${job}/events`))) {
      assert.ok(["queued", "running", "done"].includes(String(news.state)), JSON.stringify(news));
      if (Number(news.step) > 0 && steps > 1 || news.run) break;
    }
    return {
      async end(signal: "SIGTERM" | "SIGKILL") {
        child.kill(signal);
        await Promise.all([child.status, child.stderr.cancel()]);
      },
    };
  };
  const first = await running(100_000);
  assert.notDeepEqual(hidden(), []);
  await first.end("SIGTERM");
  assert.deepEqual(hidden(), []);
  await (await running(100_000)).end("SIGKILL");
  assert.notDeepEqual(hidden(), []);
  const last = await running(1);
  assert.deepEqual(hidden(), []);
  await last.end("SIGTERM");
  assert.equal(namesIn(`${here}/runs`).length, 1);
  await Deno.remove(here, { recursive: true });
});
