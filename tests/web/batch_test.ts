import assert from "node:assert/strict";
import { techniques } from "../../techniques/mod.ts";
import { optionsFor } from "../../web/_groups.ts";
import { optionFields } from "../../core/options.ts";
import { variantsOf } from "../../web/_sweep.ts";
import { SAME_ORIGIN, withGallery } from "./_gallery.ts";
import { eventsOf, isOver, PICTURE, SETTINGS, start, until } from "./_jobs.ts";

const CAT = await Deno.readFile(PICTURE);
const SNAIL = await Deno.readFile(new URL("snail-3.png", PICTURE));

Deno.test("several pictures and values are one job, whose runs come one by one; what fails stops none", () =>
  withGallery(SETTINGS, async ({ ask, gallery, faults }) => {
    const form = new FormData();
    form.set("model", "phosphene-resnet");
    form.append("picture", new File([CAT], "one.png"));
    form.append("picture", new File(["no picture"], "two.png"));
    form.append("folder", new File([SNAIL], "album/three.png"));
    form.append("folder", new File(["notes"], "album/notes.txt"));
    form.append("picture", new File([], "")); // a field that nobody filled
    form.set("sweep", "class");
    form.set("values", "cat, snail, no such class");
    const sent = { method: "POST", body: form, headers: SAME_ORIGIN };
    const response = await ask("/new/grad-cam", sent);
    assert.equal(response.status, 303, await response.text());
    const [job] = gallery.jobs!.list();
    assert.equal(job.items.length, 9);

    const seen = new Map<number, string[]>();
    for await (const news of eventsOf(await ask(`/jobs/${job.id}/events`))) {
      for (const { n, state } of news.items as { n: number; state: string }[]) {
        seen.set(n, [...seen.get(n) ?? [], state]);
      }
      if (!["queued", "running"].includes(String(news.state))) break;
    }
    const ends = job.items.map(({ label, state, message }) => [label, state, message ?? ""]);
    const part = (class_: string, name: string) => `${name} · class ${class_}`;
    for (const [n, name] of ["one.png", "two.png", "three.png"].entries()) {
      for (const [m, class_] of ["cat", "snail", "no such class"].entries()) {
        const [label, state, message] = ends[3 * n + m];
        assert.equal(label, part(class_, name));
        const fails = name === "two.png" || class_ === "no such class";
        assert.equal(state, fails ? "failed" : "done", message);
        if (fails) assert.match(message, name === "two.png" ? /"two\.png"/ : /no such class/);
        // each state is told once, in order
        assert.equal(new Set(seen.get(3 * n + m)).size, seen.get(3 * n + m)!.length);
        assert.equal(seen.get(3 * n + m)!.at(-1), state);
      }
    }
    assert.equal(job.state, "done");
    assert.equal(job.run, undefined); // it has a page of its own
    const html = await (await ask(`/jobs/${job.id}`)).text();
    assert.match(html, /4 of 9 done, 5 failed/);
    assert.equal(html.match(/href="\/runs\//g)!.length, 4);
    await gallery.index.refresh();
    assert.deepEqual([...gallery.index].map((run) => run.class).sort(), [
      "cat",
      "cat",
      "snail",
      "snail",
    ]);
    assert.deepEqual(faults, []);
  }));

Deno.test("a cancel ends all runs of a job; those that were done stay", () =>
  withGallery(SETTINGS, async ({ ask, gallery }) => {
    const id = await start(ask, "deepdream", {
      sample: "cat.png",
      sweep: "steps",
      values: "1; 100000; 100000; 2",
    });
    const wait = until(gallery.jobs!);
    // the second of its values, once: the same value twice is one run
    await wait(id, ({ items, step }) => items[1].state === "running" && step > 0);
    const headers = SAME_ORIGIN;
    await ask(`/jobs/${id}/cancel`, { method: "POST", headers });
    const { items, state } = await wait(id, isOver);
    assert.deepEqual(items.map(({ state }) => state), ["done", "cancelled", "cancelled"]);
    assert.equal(state, "cancelled");
    assert.match(
      await (await ask(`/jobs/${id}`)).text(),
      /1 of 3 done, 2 cancelled/,
    );
  }));

Deno.test("a sweep's values each fit, or the form says which do not", () =>
  withGallery(SETTINGS, async ({ ask, gallery }) => {
    const refused = async (fields: Record<string, string>) => {
      const form = new FormData();
      const all = { model: "phosphene-resnet", sample: "cat.png", ...fields };
      for (const [name, value] of Object.entries(all)) form.set(name, value);
      const sent = { method: "POST", body: form, headers: SAME_ORIGIN };
      const response = await ask("/new/smooth-grad", sent);
      assert.equal(response.status, 422);
      return await response.text();
    };
    const html = await refused({ sweep: "samples", values: "5, many" });
    assert.match(html, /“samples” takes a whole number .*; found &quot;many&quot;/);
    assert.match(html, /value="5, many"/); // what was typed is kept, and seen
    assert.match(html, /<details class="sweep" open/);
    assert.match(await refused({ values: "5, 10" }), /Choose the option whose “values” these are/);
    assert.match(await refused({ sweep: "samples" }), /Give the “values” of “samples”/);
    assert.match(await refused({ sweep: "nothing", values: "1" }), /no option “nothing” to sweep/);
    const many = Array.from({ length: 1001 }, (_, n) => n).join();
    assert.match(await refused({ sweep: "seed", values: many }), /1001 runs, .* at most 1000/);
    assert.equal(gallery.jobs!.list().length, 0);
  }));

Deno.test("values are separated by commas, or by semicolons where they have commas", () => {
  const technique = techniques.get("grad-cam");
  const labels = (values: string, sweep = "layer") =>
    variantsOf(new Map([["sweep", sweep], ["values", values]]), technique).map((v) => v.label);
  assert.deepEqual(labels("layer1, layer2 ,,layer2"), ["layer layer1", "layer layer2"]);
  assert.deepEqual(labels("layer1, layer2; layer3"), ["layer layer1, layer2", "layer layer3"]);
  const [one] = variantsOf(new Map([["seed", "3"]]), technique);
  assert.deepEqual([one.label, one.fields.get("seed")], ["", "3"]);
  const seeds = variantsOf(new Map([["sweep", "seed"], ["values", "4,5"]]), technique);
  assert.deepEqual(seeds.map(({ fields }) => fields.get("seed")), ["4", "5"]);
});

Deno.test("each option of each technique stands in one group of its form", () => {
  for (const technique of techniques) {
    const grouped = (["what", "how", "look"] as const)
      .flatMap((purpose) => optionsFor(technique, purpose)).map(({ name }) => name);
    const all = optionFields(technique.options).map(({ name }) => name);
    assert.deepEqual(grouped.toSorted(), all.toSorted(), technique.id);
  }
  const names = (purpose: "what" | "look") =>
    optionsFor(techniques.get("grad-cam"), purpose).map(({ name }) => name);
  assert.deepEqual(names("what").toSorted(), ["class", "layer"]);
  assert.ok(names("look").includes("overlay"));
});
