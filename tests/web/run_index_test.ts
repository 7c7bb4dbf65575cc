import assert from "node:assert/strict";
import { UserError } from "../../core/errors.ts";
import { loadRun } from "../../run/load.ts";
import { openGallery } from "../../web/gallery.ts";
import { renderPage } from "../../web/render.tsx";
import { indexPage } from "../../web/routes/home.tsx";
import { runPage } from "../../web/routes/run.tsx";
import { liveSite } from "../../web/site.ts";
import { FACETS, PAGE_SIZE, RunIndex } from "../../web/run_index.ts";
import { queryOf, searchOf } from "../../web/run_query.ts";
import { within } from "../_support/patience.ts";
import fc from "../_support/property.ts";
import { manifestOf, writeRun } from "./_gallery.ts";

async function withRuns(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const day = (n: number) => new Date(Date.UTC(2026, 0, 1 + n)).toISOString();

/** Ten runs of two techniques, models, classes; one is damaged. */
async function tenRuns(folder: string): Promise<RunIndex> {
  for (let n = 0; n < 9; n++) {
    const dream = n % 3 === 0;
    await writeRun(folder, `run-${n}`, {
      createdAt: day(n),
      technique: dream
        ? { id: "dream", title: "A dream" }
        : { id: "saliency", title: "Saliency map" },
      model: {
        id: n % 2 ? "odd" : "even",
        weights: { sha256: "", source: "" },
        preprocess: {},
        labelsCount: 1,
      },
      target: dream
        ? undefined
        : { index: n, label: n < 5 ? "cat" : "dog", logit: 1, probability: 1 },
      options: dream ? { layer: "layer4.1", channel: n } : {},
    });
  }
  await Deno.mkdir(`${folder}/broken`);
  await Deno.writeTextFile(`${folder}/broken/manifest.json`, "{");
  const index = new RunIndex(folder);
  await index.refresh();
  return index;
}

const ids = (runs: Iterable<{ id: string }>) => [...runs].map(({ id }) => id);

Deno.test("the index lists runs newest first and tells of a damaged one", () =>
  withRuns(async (folder) => {
    const index = await tenRuns(folder);
    assert.deepEqual(
      ids(index.list().runs).filter((id) => id !== "broken"),
      [8, 7, 6, 5, 4, 3, 2, 1, 0].map((n) => `run-${n}`),
    );
    assert.match(index.get("broken")!.damage!, /not JSON/);
  }));

Deno.test("filters, words and days narrow the list, alone and together", () =>
  withRuns(async (folder) => {
    const index = await tenRuns(folder);
    const found = (query: Parameters<typeof index.list>[0]) => ids(index.list(query).runs).sort();
    assert.deepEqual(found({ technique: "dream" }), ["run-0", "run-3", "run-6"]);
    assert.deepEqual(found({ layer: "layer4.1", model: "odd" }), ["run-3"]);
    assert.deepEqual(found({ class: "dog" }), ["run-5", "run-7", "run-8"]);
    assert.deepEqual(found({ text: "SALIENCY dog" }), ["run-5", "run-7", "run-8"]);
    assert.deepEqual(found({ text: "channel=6" }), ["run-6"]);
    assert.deepEqual(found({ from: "2026-01-03", to: "2026-01-04" }), ["run-2", "run-3"]);
    assert.deepEqual(found({ technique: "dream", class: "dog" }), []);
  }));

Deno.test("counts of a filter say what choosing it would show", () =>
  withRuns(async (folder) => {
    const index = await tenRuns(folder);
    fc.assert(fc.property(
      fc.record({
        technique: fc.constantFrom("", "dream", "saliency"),
        model: fc.constantFrom("", "odd", "even"),
        class: fc.constantFrom("", "cat", "dog"),
        text: fc.constantFrom("", "run", "car", "-1"),
      }),
      (query) => {
        const { facets } = index.list(query);
        for (const facet of FACETS) {
          for (const { value, count } of facets[facet]) {
            assert.equal(index.list({ ...query, [facet]: value }).total, count);
          }
        }
      },
    ));
  }));

Deno.test("pages hold every run once, and any page number is answered", () =>
  withRuns(async (folder) => {
    for (let n = 0; n < PAGE_SIZE * 2 + 1; n++) {
      await writeRun(folder, `r${n}`, { createdAt: day(n % 5) });
    }
    const index = new RunIndex(folder);
    await index.refresh();
    const { pages } = index.list();
    assert.equal(pages, 3);
    const seen = [1, 2, 3].flatMap((page) => ids(index.list({ page }).runs));
    assert.equal(new Set(seen).size, PAGE_SIZE * 2 + 1);
    assert.equal(seen.length, PAGE_SIZE * 2 + 1);
    for (const page of [-3, 0, 1.5, 99, NaN, Infinity]) {
      const { runs, page: answered } = index.list({ page });
      assert.ok(runs.length > 0 && answered >= 1 && answered <= 3, String(page));
    }
  }));

Deno.test("hidden folders, links, files and folders without a manifest are no runs", () =>
  withRuns(async (folder) => {
    const elsewhere = await Deno.makeTempDir();
    await writeRun(elsewhere, "secret");
    await writeRun(folder, ".partial-abc");
    await Deno.mkdir(`${folder}/half`);
    await Deno.writeTextFile(`${folder}/note.txt`, "hello");
    await Deno.symlink(`${elsewhere}/secret`, `${folder}/link`);
    await Deno.mkdir(`${folder}/linked-manifest`);
    await Deno.symlink(
      `${elsewhere}/secret/manifest.json`,
      `${folder}/linked-manifest/manifest.json`,
    );
    const index = new RunIndex(folder);
    await index.refresh();
    assert.deepEqual(ids(index), []);
    await Deno.remove(elsewhere, { recursive: true });
  }));

Deno.test("runs that come and go are seen, and listeners hear of it", () =>
  withRuns(async (folder) => {
    const index = new RunIndex(`${folder}/runs`); // not there yet
    await index.refresh();
    assert.equal(index.size, 0);
    let heard = Promise.withResolvers<void>();
    const stop = index.watch(() => heard.resolve());
    try {
      await writeRun(folder, ".partial-x");
      await Deno.mkdir(`${folder}/runs`);
      await Deno.rename(`${folder}/.partial-x`, `${folder}/runs/first`);
      await within(heard.promise, "a change");
      assert.deepEqual(ids(index), ["first"]);

      heard = Promise.withResolvers();
      await Deno.writeTextFile(`${folder}/runs/first/manifest.json`, "[]");
      await writeRun(`${folder}/runs`, "second");
      await within(heard.promise, "a change");
      await index.refresh();
      assert.deepEqual(ids(index).sort(), ["first", "second"]);

      heard = Promise.withResolvers();
      await Deno.remove(`${folder}/runs/first`, { recursive: true });
      await within(heard.promise, "a change");
      assert.deepEqual(ids(index), ["second"]);
    } finally {
      stop();
      await index.refresh(); // a look that is under way comes to its end
    }
  }));

Deno.test("a folder that cannot be read any more is told once, and again after it could be", () =>
  withRuns(async (folder) => {
    const runs = `${folder}/runs`, faults: Error[] = [];
    const index = new RunIndex(runs, (error) => faults.push(error));
    await writeRun(runs, "first");
    await index.look();
    const block = async () => {
      await Deno.rename(runs, `${folder}/away`);
      await Deno.writeTextFile(runs, "a file in the way");
      for (let n = 0; n < 3; n++) await index.look();
    };
    await block();
    assert.deepEqual(faults.map(({ name }) => name), ["UserError"]);
    assert.match(faults[0].message, /^Cannot show the runs of ".*\/runs": /);
    assert.deepEqual(ids(index), ["first"], "what was known stays");

    await Deno.remove(runs);
    await Deno.rename(`${folder}/away`, runs);
    await index.look();
    assert.equal(faults.length, 1);
    await block();
    assert.equal(faults.length, 2);
  }));

Deno.test("a run that was damaged and is mended is read again", () =>
  withRuns(async (folder) => {
    await writeRun(folder, "mended");
    await Deno.writeTextFile(`${folder}/mended/manifest.json`, "");
    const index = new RunIndex(folder);
    await index.refresh();
    assert.ok(index.get("mended")?.damage);
    await writeRun(folder, "mended");
    await index.refresh();
    assert.equal(index.get("mended")?.damage, undefined);
  }));

Deno.test("a manifest that lies is damaged, whatever it holds", () =>
  withRuns(async (folder) => {
    const lies: Record<string, unknown>[] = [
      { schema: 2 },
      { createdAt: "yesterday" },
      { technique: "saliency" },
      { files: [{ name: "../../etc/passwd", role: "map", bytes: 1, sha256: "" }] },
      { files: [{ name: ".hidden", role: "map", bytes: 1, sha256: "" }] },
      { files: [{ name: "map.png", role: "map", width: 1e9, height: 1, bytes: 1, sha256: "" }] },
      { files: [{ name: "page.html", role: "script", bytes: 1, sha256: "" }] },
      { result: { diagnosis: "fine" } },
      { options: null },
      { options: { note: { toString: 1 } } },
      { options: { deep: [[{ valueOf: null }]] } },
      { options: { constructor: 1 } },
      { options: { long: Array(100_001).fill(0) } },
      { options: Object.fromEntries(Array.from({ length: 1001 }, (_, n) => [`o${n}`, n])) },
      { createdAt: "2026-01-01T00:00:00+99:00" },
      { model: { id: "..", weights: { sha256: "", source: "" }, preprocess: {}, labelsCount: 1 } },
      { technique: { id: "", title: "Nothing" } },
      { technique: { id: "saliency", title: "half \ud800" } },
      { versions: { hasOwnProperty: "1" } },
    ];
    for (const [n, lie] of lies.entries()) await writeRun(folder, `lie-${n}`, lie);
    await Deno.mkdir(`${folder}/huge`);
    await Deno.writeFile(`${folder}/huge/manifest.json`, new Uint8Array(4_000_001).fill(32));
    const index = new RunIndex(folder);
    await index.refresh();
    for (const [n, lie] of lies.entries()) {
      assert.ok(index.get(`lie-${n}`)?.damage, JSON.stringify(lie));
    }
    assert.match(index.get("huge")!.damage!, /too large/);
    for (const [n, lie] of lies.entries()) {
      const { damage } = index.get(`lie-${n}`)!;
      assert.ok(damage!.length < 400 && !/[\n\p{Cc}]/u.test(damage!), JSON.stringify(lie));
      await assert.rejects(loadRun(`${folder}/lie-${n}`), { name: "UserError" });
    }
  }));

/** Places of a whole manifest, as paths of names. */
const places = (value: unknown, path: string[] = []): string[][] =>
  typeof value === "object" && value !== null
    ? Object.entries(value).flatMap(([key, item]) => {
      const at = [...path, key];
      return [at, ...places(item, at)];
    })
    : [];

Deno.test("any value at any place of a manifest is one run's fault, or none", () =>
  withRuns(async (folder) => {
    const whole = manifestOf({
      result: { diagnosis: ["`x`"], losses: [1, null], figures: { a: 1 }, colors: "gray" },
    });
    const odd = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom<unknown>({ toString: 1 }, "\ud800", "\x1b[2J", "..", "", -1, 1e300, [[[[]]]]),
      fc.constant("x".repeat(30_000)),
    );
    await writeRun(folder, "good");
    await writeRun(folder, "odd");
    const gallery = await openGallery({ folder, readOnly: true });
    try {
      await fc.assert(
        fc.asyncProperty(fc.constantFrom(...places(whole)), odd, async (path, value) => {
          const json = structuredClone(whole) as Record<string, unknown>;
          const holder = path.slice(0, -1).reduce(
            (at, key) => at[key] as Record<string, unknown>,
            json,
          );
          holder[path.at(-1)!] = value;
          await Deno.writeTextFile(`${folder}/odd/manifest.json`, JSON.stringify(json));
          const index = new RunIndex(folder);
          await index.refresh();
          assert.deepEqual(ids(index).sort(), ["good", "odd"]);
          renderPage(await runPage({ ...gallery, index }, "odd"), liveSite({}));
          renderPage(indexPage({ found: index.list(), query: {}, jobs: [], folder }), liveSite({}));
          const loaded = await loadRun(`${folder}/odd`).catch((error) => error);
          const { damage } = index.get("odd")!;
          assert.equal(loaded instanceof UserError, damage !== undefined);
        }),
        { numRuns: 300 },
      );
    } finally {
      await gallery.close();
    }
  }));

Deno.test("any JSON for a manifest gives a run or a damaged one, never an error", () =>
  withRuns(async (folder) => {
    await Deno.mkdir(`${folder}/any`);
    const index = new RunIndex(folder);
    await fc.assert(
      fc.asyncProperty(fc.json(), async (json) => {
        await Deno.writeTextFile(`${folder}/any/manifest.json`, json);
        await index.refresh();
        assert.ok(index.get("any")?.damage);
      }),
      { numRuns: 50 },
    );
  }));

Deno.test("a run that changes in place is seen where it is shown", () =>
  withRuns(async (folder) => {
    for (const id of ["one", "two"]) await writeRun(folder, id);
    const index = new RunIndex(folder);
    await index.refresh();
    assert.equal(await index.recheck(["one", "two", "three"]), false);
    await Deno.writeTextFile(`${folder}/one/manifest.json`, "{ half");
    await Deno.writeTextFile(
      `${folder}/two/notes.json`,
      `{ "note": "Odd whiskers", "tags": ["a"] }`,
    );
    let heard = 0;
    const stop = index.watch(() => heard++);
    try {
      assert.equal(await index.recheck(["one"]), true);
      assert.match(index.get("one")!.damage!, /not JSON/);
      assert.equal(index.get("two")!.note, undefined);
      assert.equal(await index.recheck(["one", "two"]), true);
      assert.deepEqual(ids(index.list({ text: "whiskers" }).runs), ["two"]);
      assert.deepEqual(ids(index.list({ tag: "a" }).runs), ["two"]);
      await Deno.remove(`${folder}/one`, { recursive: true });
      assert.equal(await index.recheck(["one"]), true);
      assert.deepEqual(ids(index), ["two"]);
      assert.equal(heard, 3);
    } finally {
      stop();
      await index.refresh(); // a look that is under way comes to its end
    }
  }));

Deno.test("lists are ordered and grouped, and a run has its place in them", () =>
  withRuns(async (folder) => {
    const run = (id: string, n: number, image: string, probability: number) =>
      writeRun(folder, id, {
        createdAt: day(n),
        image: { name: image, width: 1, height: 1, sha256: image },
        target: { index: 0, label: `class ${probability}`, logit: 0, probability },
      });
    await run("a", 0, "x.png", 0.5);
    await run("b", 1, "y.png", 0.9);
    await run("c", 2, "x.png", 0.1);
    await writeRun(folder, "d", { createdAt: day(3), image: undefined, target: undefined });
    const index = new RunIndex(folder);
    await index.refresh();
    const order = (query: Parameters<typeof index.list>[0]) => ids(index.list(query).runs).join("");
    assert.equal(order({}), "dcba");
    assert.equal(order({ sort: "oldest" }), "abcd");
    assert.equal(order({ sort: "picture" }), "cabd");
    assert.equal(order({ sort: "probability" }), "bacd");
    assert.equal(order({ sort: "class" }), "cabd");
    assert.equal(order({ byPicture: true }), "cabd", "without a picture is last");
    assert.equal(order({ byPicture: true, sort: "oldest" }), "acbd");
    assert.deepEqual(index.placeOf({ sort: "oldest" }, "b"), {
      previous: "a",
      next: "c",
      at: 2,
      total: 4,
    });
    assert.deepEqual(index.placeOf({ text: "y.png" }, "b"), {
      previous: undefined,
      next: undefined,
      at: 1,
      total: 1,
    });
    assert.equal(index.placeOf({ text: "y.png" }, "a"), undefined);
    assert.deepEqual(index.placeOf({}, "d"), { previous: undefined, next: "c", at: 1, total: 4 });
    assert.equal(index.placeOf({}, "e"), undefined);
    await Deno.remove(`${folder}/d`, { recursive: true });
    await index.refresh();
    assert.deepEqual(index.placeOf({}, "c"), { previous: undefined, next: "b", at: 1, total: 3 });
  }));

Deno.test("a query is written to an address and read back", () => {
  const query = {
    text: "a b",
    technique: "saliency",
    model: "m",
    class: "c&d",
    layer: "l",
    tag: "t",
    from: "2026-01-01",
    to: "2026-02-01",
    sort: "oldest",
    byPicture: true,
    page: 3,
  } as const;
  const search = searchOf(query, 3);
  assert.equal(
    search,
    "?q=a+b&technique=saliency&model=m&class=c%26d&layer=l&tag=t&from=2026-01-01&to=2026-02-01" +
      "&sort=oldest&group=picture&page=3",
  );
  assert.deepEqual(queryOf(new URLSearchParams(search)), query);
  assert.equal(searchOf({ sort: "newest" }), "");
  assert.equal(queryOf(new URLSearchParams("sort=toString&group=x")).sort, undefined);
});
