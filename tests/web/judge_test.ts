/** Judging on the page: the form, its work, and what stays with the runs. */
import assert from "node:assert/strict";
import { useBackend } from "../../engine/runtime.ts";
import { encodePng } from "../../image/mod.ts";
import { judge, metrics } from "../../metrics/mod.ts";
import { loadModel } from "../../models/mod.ts";
import { openRun } from "../../run/open.ts";
import { readScores } from "../../run/scores.ts";
import { type Ask, SAME_ORIGIN, withGallery, writeRun } from "./_gallery.ts";
import { isOver, PICTURE, SETTINGS, start, until } from "./_jobs.ts";

const MASK = new URL("cat-4.mask.png", PICTURE);
const MASKED = { ...SETTINGS, samples: [{ name: "cat.png", url: PICTURE, mask: MASK }] };

/** Sends the form. */
async function send(ask: Ask, runs: readonly string[], fields: Record<string, string | File>) {
  const form = new FormData();
  for (const run of runs) form.append("run", run);
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  return await ask("/judge", { method: "POST", body: form, headers: SAME_ORIGIN });
}

/** Sends the form; the id of the job. */
async function ordered(ask: Ask, runs: readonly string[], fields: Record<string, string | File>) {
  const response = await send(ask, runs, fields);
  assert.equal(response.status, 303, await response.text());
  return /^\/jobs\/(.*)$/.exec(response.headers.get("location")!)![1];
}

const isTicked = (html: string, metric: string) =>
  new RegExp(`<input[^>]*name="metric-${metric}"[^>]* checked`).test(html);

Deno.test("a run is judged on the page as in a script, once; its job leads to the scores", () =>
  withGallery(MASKED, async ({ ask, folder, gallery, faults }) => {
    const wait = until(gallery.jobs!);
    const { run } = await wait(await start(ask, "grad-cam", { sample: "cat.png" }), isOver);
    assert.ok((await (await ask(`/runs/${run}`)).text()).includes(`href="/judge?run=${run}"`));

    const form = await (await ask(`/judge?run=${run}`)).text();
    for (const { id, title } of metrics) {
      assert.ok(form.includes(`name="metric-${id}"`) && form.includes(title), id);
    }
    // the mask of the sample is known
    for (const id of ["deletion", "sparseness", "pointing-game"]) assert.ok(isTicked(form, id), id);
    assert.ok(!isTicked(form, "infidelity"));

    const fields = {
      ...{ "metric-deletion": "true", "option-deletion-steps": "3" },
      ...{ "metric-iou": "true", "metric-sensitivity-n": "true", seed: "5" },
      "option-insertion-steps": "2", // of none that is chosen
    };
    const id = await ordered(ask, [run!], fields), job = await wait(id, isOver);
    assert.deepEqual(job.items.map(({ state }) => state), ["done", "done", "done"]);
    const page = await ask(`/jobs/${id}`);
    assert.equal(page.headers.get("location"), `/runs/${run}#scores`);
    const shown = await (await ask(`/runs/${run}`)).text();
    assert.match(shown, /<section id="scores">.*Deletion.*Sensitivity-n.*Intersection over union/s);

    await useBackend("wasm");
    const model = await loadModel("phosphene-resnet");
    const opened = await openRun(`${folder}/${run}`, model);
    const { scores } = await readScores(`${folder}/${run}`);
    assert.deepEqual(scores!.map(({ metric }) => metric), ["deletion", "sensitivity-n", "iou"]);
    assert.equal(scores![0].options.steps, 3);
    for (const { metric, value, options } of scores!) {
      const expected = await judge(opened, metric, options, { seed: 5, mask: MASK.pathname });
      assert.ok(Math.abs(value - expected.value) < 1e-6, `${metric}: ${value}`);
    }
    model.network.dispose();

    // once more: nothing is computed again, and the form comes back as it was
    const again = await wait(await ordered(ask, [run!], fields), isOver);
    assert.deepEqual(again.items.map(({ found }) => found), [true, true, true]);
    const lines = (await (await ask("/jobs.json")).json()) as { title: string; again: string }[];
    const judging = lines.at(-1)!;
    assert.equal(judging.title, "Judging Grad-CAM");
    const back = await (await ask(judging.again)).text();
    assert.ok(isTicked(back, "iou") && !isTicked(back, "insertion"));
    assert.match(back, /name="option-deletion-steps"[^>]* value="3"/);
    assert.match(back, /name="seed"[^>]* value="5"/);
    assert.deepEqual(faults, []);
  }));

Deno.test("several runs are judged together, by one's own mask; what cannot judge is told", () =>
  withGallery(SETTINGS, async ({ ask, folder, gallery, faults }) => {
    const wait = until(gallery.jobs!), runs: string[] = [];
    for (const technique of ["saliency", "grad-cam"]) {
      runs.push((await wait(await start(ask, technique, { sample: "cat.png" }), isOver)).run!);
    }
    const path = `/judge?${runs.map((run) => `run=${run}`).join("&")}`;
    const form = await (await ask(path)).text();
    assert.ok(!isTicked(form, "pointing-game")); // nothing is known of where the thing is
    const compare = await (await ask(path.replace("judge", "compare"))).text();
    assert.ok(compare.includes(path.replaceAll("&", "&amp;")));

    const fields = { "metric-relevance-mass": "true", "metric-sparseness": "true" };
    const refused = await send(ask, runs, fields), told = await refused.text();
    assert.equal(refused.status, 422);
    assert.match(told, /Relevance mass accuracy needs to know where the thing is: add a mask/);
    assert.ok(isTicked(told, "sparseness"));

    // a mask that came stays, whatever else does not fit
    const mask = new File([await Deno.readFile(MASK)], "mine.png");
    const wrong = { "metric-deletion": "true", "option-deletion-steps": "0" };
    const page = await (await send(ask, runs, { ...fields, ...wrong, mask })).text();
    assert.match(page, /role="alert">[^<]*“steps”/);
    assert.match(page, /<input[^>]*name="option-deletion-steps"[^>]*aria-invalid="true"/);
    const [, token] = /name="kept-mask" value="([^"]+)"/.exec(page)!;

    const id = await ordered(ask, runs, { ...fields, "kept-mask": token });
    const { items } = await wait(id, isOver);
    assert.deepEqual(items.map(({ run }) => run), runs.flatMap((run) => [run, run]));
    for (const run of runs) {
      const { scores } = await readScores(`${folder}/${run}`);
      assert.deepEqual(scores!.map(({ metric }) => metric), ["relevance-mass", "sparseness"]);
      assert.ok(scores![0].mask);
    }
    const html = await (await ask(`/jobs/${id}`)).text();
    assert.match(html, /Judging 2 runs, 4 scores/);
    assert.match(html, /4 of 4 done/);

    // a score whose mask does not fit fails alone
    const small = { width: 8, height: 5, data: new Uint8ClampedArray(120) };
    const bad = new File([new Uint8Array(await encodePng(small))], "small.png");
    const job = await wait(await ordered(ask, runs.slice(0, 1), { ...fields, mask: bad }), isOver);
    assert.deepEqual(job.items.map(({ state }) => state), ["failed", "done"]);
    assert.match(job.items[0].message!, /Cannot use the mask/);
    assert.equal(job.run, undefined);
    assert.deepEqual(faults, []);
  }));

Deno.test("what cannot be judged here is told; a gallery that only shows has no form", async () => {
  await withGallery(SETTINGS, async ({ ask, folder, gallery }) => {
    await writeRun(folder, "foreign");
    await writeRun(folder, "dream", { target: undefined, technique: { id: "x", title: "Dream" } });
    await writeRun(folder, "broken");
    await Deno.writeTextFile(`${folder}/broken/manifest.json`, "{");
    await gallery.index.refresh();
    const runs = ["foreign", "dream", "broken", "../x"];
    const page = await (await ask(`/judge?${runs.map((run) => `run=${run}`).join("&")}`)).text();
    assert.match(
      page,
      /The model of &quot;foreign&quot;, &quot;small-net&quot;, is not among those/,
    );
    assert.match(page, /Dream explains nothing/);
    assert.match(page, /The run &quot;broken&quot; is damaged/);
    assert.match(page, /The run &quot;\.\.\/x&quot; is not there any more/);
    assert.doesNotMatch(page, /<form class="make/);
    assert.equal((await send(ask, runs, { "metric-deletion": "true" })).status, 200);
    assert.equal(gallery.jobs!.list().length, 0);

    const { run } = await until(gallery.jobs!)(
      await start(ask, "saliency", { sample: "cat.png" }),
      isOver,
    );
    const none = await send(ask, [run!], {});
    assert.equal(none.status, 422);
    assert.match(await none.text(), /Choose at least one metric/);
    const seed = await send(ask, [run!], { "metric-entropy": "true", seed: "x" });
    assert.match(await seed.text(), /role="alert">[^<]*seed/);
    const elsewhere = new FormData();
    elsewhere.set("run", run!);
    const foreign = { method: "POST", body: elsewhere, headers: { origin: "http://evil.example" } };
    assert.equal((await ask("/judge", foreign)).status, 403);
  });
  await withGallery({ ...SETTINGS, readOnly: true }, async ({ ask, folder, gallery }) => {
    await writeRun(folder, "one");
    await gallery.index.refresh();
    const page = await (await ask("/runs/one")).text();
    assert.match(page, /Not judged yet/);
    assert.doesNotMatch(page, /href="\/judge/);
    assert.doesNotMatch(await (await ask("/compare?run=one")).text(), /href="\/judge/);
    assert.equal((await ask("/judge?run=one")).status, 403);
  });
});
