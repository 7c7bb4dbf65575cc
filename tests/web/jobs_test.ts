import assert from "node:assert/strict";
import { decodeImage } from "../../image/mod.ts";
import { loadPlugin } from "../../run/plugins/mod.ts";
import { RunResults } from "../../jobs/results.ts";
import { Jobs } from "../../web/jobs.ts";
import { SAME_ORIGIN, withGallery } from "./_gallery.ts";
import { eventsOf, isOver, PICTURE, SETTINGS, start, until } from "./_jobs.ts";

Deno.test("a run asked for on the page is made, streamed, saved and listed", () =>
  withGallery(SETTINGS, async ({ ask, folder, gallery }) => {
    const news = eventsOf(await ask("/events"));
    const id = await start(ask, "deepdream", {
      sample: "cat.png",
      "option-steps": "6",
      "option-saveEvery": "2",
      "option-channel": "1",
      seed: "3",
    });
    const steps: Record<string, unknown>[] = [];
    let last: Record<string, unknown> = {};
    for await (const event of eventsOf(await ask(`/jobs/${id}/events`))) {
      steps.push(event);
      last = event;
      if (event.run || event.state === "failed") break;
    }
    assert.equal(last.state, "done", String(last.message));
    assert.equal(last.of, 6);
    assert.equal(last.frames, 3);
    assert.equal(typeof last.loss, "number");

    const page = await ask(String(last.run));
    assert.equal(page.status, 200);
    assert.match(await page.text(), /DeepDream/);
    const [run] = gallery.index;
    const manifest = JSON.parse(await Deno.readTextFile(`${folder}/${run.id}/manifest.json`));
    assert.equal(manifest.options.steps, 6);
    assert.equal(manifest.seed, 3);
    assert.equal(manifest.image.name, "cat.png");
    assert.equal((await ask(`/jobs/${id}`)).headers.get("location"), last.run);
    // whoever looks at the index was told
    assert.ok((await news.next()).value);
    await news.return(undefined);
  }));

Deno.test("a picture comes with the first step's news, small, long before a frame is kept", () =>
  withGallery(SETTINGS, async ({ ask, gallery }) => {
    const id = await start(ask, "feature-viz", {
      "option-steps": "100000",
      "option-saveEvery": "100000",
      "option-size": "640x40",
    });
    for await (
      const { state, message, step, frames, pictures } of eventsOf(await ask(`/jobs/${id}/events`))
    ) {
      assert.equal(state, "running", String(message));
      if (Number(step) === 0) continue;
      assert.deepEqual([step, frames, pictures], [1, 0, 1]);
      break;
    }
    const response = await ask(`/jobs/${id}/picture`);
    assert.equal(response.headers.get("content-type"), "image/png");
    const { width, height } = await decodeImage(await response.bytes());
    assert.deepEqual([width, height], [512, 32]);
    await until(gallery.jobs!)(id, ({ pictures }) => pictures > 1);
    gallery.jobs!.cancel(id);
    assert.equal((await until(gallery.jobs!)(id, isOver)).state, "cancelled");
  }));

Deno.test("jobs wait for each other; each can be cancelled, and leaves nothing", () =>
  withGallery(SETTINGS, async ({ ask, folder, gallery, faults }) => {
    const wait = until(gallery.jobs!);
    const picture = new File([await Deno.readFile(PICTURE)], "../../evil name.png");
    const long = { picture, "option-steps": "100000", "option-saveEvery": "100000" };
    const first = await start(ask, "deepdream", long);
    const second = await start(ask, "saliency", { sample: "cat.png" });
    const third = await start(ask, "saliency", { sample: "cat.png" });
    assert.equal(gallery.jobs!.get(first)!.work.image!.name, "evil name.png");
    await wait(first, ({ step }) => step > 0);
    assert.equal(gallery.jobs!.get(second)!.state, "queued");
    assert.equal(gallery.jobs!.place(third), 2);
    assert.match(await (await ask("/")).text(), /DeepDream with phosphene-resnet, running/);
    assert.match(await (await ask(`/jobs/${third}`)).text(), /Waiting for 2 runs/);

    const cancel = (id: string) =>
      ask(`/jobs/${id}/cancel`, { method: "POST", headers: SAME_ORIGIN });
    assert.equal((await cancel(second)).status, 303);
    assert.equal(gallery.jobs!.get(second)!.state, "cancelled");
    await cancel(first);
    assert.equal((await wait(first, isOver)).state, "cancelled");
    assert.equal((await wait(third, isOver)).state, "done");
    assert.equal((await cancel(third)).status, 303); // too late, and no harm
    assert.equal(gallery.jobs!.get(third)!.state, "done");

    const left = [...Deno.readDirSync(folder)].map(({ name }) => name);
    assert.equal(left.length, 1, left.join());
    assert.match(left[0], /saliency/);
    assert.deepEqual(faults, []);
  }));

Deno.test("what does not fit is told on the form or by the job, and the next job runs", () =>
  withGallery(SETTINGS, async ({ ask, gallery, faults }) => {
    const wait = until(gallery.jobs!);
    const refused = async (fields: Record<string, string>) => {
      const form = new FormData();
      for (const [name, value] of Object.entries(fields)) form.set(name, value);
      const response = await ask("/new/deepdream", {
        method: "POST",
        body: form,
        headers: SAME_ORIGIN,
      });
      assert.equal(response.status, 422);
      return await response.text();
    };
    const model = "phosphene-resnet", sample = "cat.png";
    assert.match(await refused({ sample }), /no such model/);
    assert.match(await refused({ model: "/etc/passwd", sample }), /no such model/);
    assert.match(await refused({ model }), /needs a picture/);
    assert.match(await refused({ model, sample: "../../deno.json" }), /no such sample/);
    const html = await refused({ model, sample, "option-steps": "-4", "option-layer": "layer2" });
    assert.match(html, /“steps” takes a whole number from 1 to 100000; found -4\./);
    assert.match(html, /<input[^>]*id="field-steps"[^>]*aria-invalid="true"/);
    assert.doesNotMatch(html, /--steps/);
    assert.match(html, /value="layer2"/); // what was typed is kept
    assert.equal(gallery.jobs!.list().length, 0);

    const wrong = await start(ask, "deepdream", { sample, "option-layer": "layer99" });
    const right = await start(ask, "saliency", { sample, "option-class": "snail" });
    const failed = await wait(wrong, isOver);
    assert.equal(failed.state, "failed");
    assert.match(failed.message!, /There is no layer .*; nearest/);
    assert.equal((await wait(right, isOver)).state, "done");
    await gallery.index.refresh();
    assert.equal([...gallery.index][0].class, "snail");
    assert.deepEqual(faults, []);
  }));

Deno.test("a plugin that cannot be used is told by the job, in the loader's sentence", async () => {
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  await Deno.writeTextFile(file, "export default { id: 'mine', kind: 'attribution', run: 3 };");
  const told = await loadPlugin(file).then(() => assert.fail("it was taken"), (e) => e.message);
  await withGallery({ ...SETTINGS, plugins: [file] }, async ({ ask, gallery, faults }) => {
    const id = await start(ask, "saliency", { sample: "cat.png" });
    const job = await until(gallery.jobs!)(id, isOver);
    assert.deepEqual([job.state, job.message], ["failed", told]);
    assert.match(told, /"mine", title is missing/);
    assert.deepEqual(faults, []);
  });
  await Deno.remove(file);
});

Deno.test("a full queue says so, by its runs and by the bytes of their pictures", async () => {
  const folder = await Deno.makeTempDir();
  const results = () => new RunResults(folder, []);
  const settings = { results, backend: "wasm" as const, plugins: [], onRun() {}, onFault() {} };
  const work = { technique: "saliency", model: { id: "phosphene-resnet" }, options: {}, seed: 0 };
  const picture = { name: "a.png", sha256: "", bytes: new Uint8Array(60) };
  const wanted = (image?: typeof picture) => ({ label: "", work: { ...work, image } });

  const jobs = new Jobs({ ...settings, maxWaiting: 2 });
  for (let n = 0; n < 3; n++) jobs.add([wanted()]); // the first one runs
  assert.throws(() => jobs.add([wanted()]), /another run: 2 are waiting already/);
  jobs.cancel(jobs.list()[1].id);
  assert.throws(() => jobs.add([wanted(), wanted()]), /2 more runs: 1 are waiting already/);
  jobs.add([wanted()]);
  await jobs.close();

  const heavy = new Jobs({ ...settings, maxWaitingBytes: 100 });
  // one picture in many runs is held once
  heavy.add(Array.from({ length: 50 }, () => wanted(picture)));
  assert.throws(() => heavy.add([wanted({ ...picture, bytes: new Uint8Array(60) })]), /49 are/);
  await heavy.close();
  assert.ok(heavy.list().every(({ state }) => state === "cancelled"));
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a cancelled dream offers the frames that it had", () =>
  withGallery(SETTINGS, async ({ ask, folder, gallery }) => {
    const fields = { sample: "cat.png", "option-steps": "100000", "option-saveEvery": "2" };
    const id = await start(ask, "deepdream", fields), wait = until(gallery.jobs!);
    await wait(id, ({ frames }) => frames >= 2);
    assert.equal((await ask(`/jobs/${id}/kept/2`)).status, 404); // it is not over
    gallery.jobs!.cancel(id);
    const { kept, frames } = await wait(id, isOver);
    assert.ok(kept.length >= 2 && kept.length <= frames);
    assert.deepEqual(kept.slice(0, 2).map(({ step }) => step), [2, 4]);
    const html = await (await ask(`/jobs/${id}`)).text();
    assert.match(html, /Cancelled: it was not saved/);
    for (const { step } of kept) {
      assert.ok(html.includes(`href="/jobs/${id}/kept/${step}" download="step-${step}.png"`));
      const frame = await ask(`/jobs/${id}/kept/${step}`);
      assert.equal(frame.headers.get("content-type"), "image/png");
      assert.equal((await decodeImage(await frame.bytes())).width, 64);
    }
    assert.ok(html.includes(`href="/new/deepdream?job=${id}"`));
    assert.deepEqual([...Deno.readDirSync(folder)], []);
  }));

Deno.test("all jobs are on a page, with what cancels them and their form", () =>
  withGallery(SETTINGS, async ({ ask, gallery }) => {
    const first = await start(ask, "deepdream", { sample: "cat.png", "option-steps": "100000" });
    const second = await start(ask, "saliency", { sample: "cat.png" });
    const html = await (await ask("/jobs")).text();
    assert.match(html, /DeepDream<\/a><span class="quiet">cat\.png · phosphene-resnet/);
    assert.match(html, /waits for 1 run/);
    const cancel = { method: "POST", headers: SAME_ORIGIN };
    const answer = await ask(`/jobs/${second}/cancel?to=jobs`, cancel);
    assert.equal(answer.headers.get("location"), "/jobs");
    const lines = await (await ask("/jobs.json")).json();
    assert.deepEqual(
      lines.map(({ id, state }: Record<string, unknown>) => [id, state]),
      [[first, "running"], [second, "cancelled"]],
    );
    assert.equal(lines[1].again, `/new/saliency?job=${second}`);
    gallery.jobs!.cancel(first);
    await until(gallery.jobs!)(first, isOver);
  }));

Deno.test("a job that nobody remembers is told of on its page, with ways on", () =>
  withGallery(SETTINGS, async ({ ask }) => {
    const page = await ask("/jobs/0badcafe"), html = await page.text();
    assert.equal(page.status, 404);
    assert.match(html, /not known.*before the gallery was restarted/s);
    assert.match(html, /href="\/new"/);
    assert.equal((await ask("/jobs/0badcafe/events")).status, 404);
  }));
