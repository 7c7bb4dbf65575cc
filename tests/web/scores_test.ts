/** Scores on the pages: of a run, of runs that are compared, and in an exported site. */
import assert from "node:assert/strict";
import { type Asked, keepScore, readScores, writeScore } from "../../run/scores.ts";
import type { Judgement } from "../../run/metric.ts";
import { exportGallery } from "../../web/export.ts";
import { withGallery, writeRun } from "./_gallery.ts";

const EVIL = `"><script>alert(1)</script><img src=x onerror=alert(1)>`;

const judgement = (value: number): Judgement => ({
  value,
  curve: [1, value, 0],
  axes: { x: [0, 0.5, 1], titles: ["share taken away", "probability"] },
  steps: [0, 128, 255].map((level) => ({
    caption: `${level}`,
    picture: () => ({ width: 2, height: 2, data: new Uint8ClampedArray(12).fill(level) }),
  })),
  notes: ["A note."],
});
/** Judges a run, as it were. */
async function keep(run: string, asked: Asked, judgement: Judgement, of = "a test") {
  const score = await writeScore(asked, judgement, of, { folder: run, out: run });
  await keepScore(run, score, run);
}

const about = (metric: string, title = metric) => ({
  metric,
  title,
  better: "lower" as const,
  options: {},
  seed: 0,
});

Deno.test("a run's page shows its scores with curves and pictures; compared ones stand side by side", () =>
  withGallery({}, async ({ ask, folder, gallery }) => {
    for (const [id, value] of [["one", 0.25], ["other", 0.5]] as const) {
      await writeRun(folder, id);
      await keep(`${folder}/${id}`, about("deletion", "Deletion"), judgement(value));
    }
    await writeRun(folder, "unjudged");
    await gallery.index.refresh();

    const page = await (await ask("/runs/one")).text();
    assert.match(page, /<h2>Scores<\/h2>/);
    assert.match(page, /Deletion<span class="quiet">How fast the class&?.{0,6}s score falls/);
    assert.match(page, /0\.25 ↓/);
    assert.match(page, /A note\./);
    assert.match(page, /aria-label="Deletion: from 1 to 0"/);
    const picture = await ask("/runs/one/files/score-deletion.png");
    assert.equal(picture.headers.get("content-type"), "image/png");
    assert.ok(page.includes(`src="/runs/one/files/score-deletion.png"`));
    await picture.body?.cancel();
    const curve = await ask("/runs/one/files/score-deletion.svg");
    assert.equal(curve.status, 200);
    await curve.body?.cancel();
    assert.equal((await ask("/runs/unjudged/files/score-deletion.png")).status, 404);

    const bare = await (await ask("/runs/unjudged")).text();
    const name = folder.split("/").at(-1);
    assert.ok(bare.includes(`<code>phosphene judge ${name}/unjudged</code>`));
    assert.ok(!bare.includes(folder));

    const compared = await (await ask("/compare?run=one&run=other&run=unjudged")).text();
    assert.match(compared, /<strong>0\.25<\/strong><\/td><td>0\.5<\/td><td>.*not judged/);
    assert.match(compared, /aria-label="Deletion: 1 Saliency map from 1 to 0; 2 Saliency map/);
  }));

Deno.test("scores that are kept at the same moment are all there", () =>
  withGallery({}, async ({ folder }) => {
    await writeRun(folder, "one");
    const manifest = await Deno.readTextFile(`${folder}/one/manifest.json`);
    const names = Array.from({ length: 12 }, (_, n) => `metric-${n}`);
    await Promise.all(names.map((name, n) => keep(`${folder}/one`, about(name), judgement(n))));
    const { scores } = await readScores(`${folder}/one`);
    assert.deepEqual(scores!.map(({ metric }) => metric).sort(), [...names].sort());
    assert.equal(await Deno.readTextFile(`${folder}/one/manifest.json`), manifest);
  }));

Deno.test("scores that are damaged, hostile or a link are none, and steer no page", () =>
  withGallery({}, async ({ ask, folder, gallery, faults }) => {
    for (const id of ["damaged", "linked", "evil"]) await writeRun(folder, id);
    await Deno.writeTextFile(`${folder}/damaged/scores.json`, '{"schema":1,"scores":[{}]}');
    const elsewhere = await Deno.makeTempDir();
    await keep(elsewhere, about("deletion"), judgement(0.125));
    await Deno.symlink(`${elsewhere}/scores.json`, `${folder}/linked/scores.json`);
    const evil = { ...judgement(0.75), notes: [EVIL] };
    await keep(`${folder}/evil`, about("evil", EVIL), evil, EVIL);
    await gallery.index.refresh();
    for (const id of ["damaged", "linked"]) {
      const page = await (await ask(`/runs/${id}`)).text();
      assert.match(page, /Not judged yet/);
      assert.doesNotMatch(page, /0\.125/);
    }
    const page = await (await ask("/runs/evil")).text();
    assert.match(page, /0\.75 ↓/);
    assert.doesNotMatch(page, /<script>alert|<img src=x/);
    const drawn = await (await ask("/runs/evil/files/score-evil.svg")).text();
    assert.doesNotMatch(drawn, /<script/);
    assert.deepEqual(faults, []);
    await Deno.remove(elsewhere, { recursive: true });
  }));

Deno.test("an exported site has the scores and their pictures", () =>
  withGallery({ readOnly: true }, async ({ folder, gallery }) => {
    await writeRun(folder, "one");
    await keep(`${folder}/one`, about("deletion", "Deletion"), judgement(0.25));
    await gallery.index.refresh();
    const target = `${await Deno.makeTempDir()}/site`;
    await exportGallery(gallery, target);
    const page = await Deno.readTextFile(`${target}/runs/one/index.html`);
    const [, src] = / src="([^"]*score-deletion\.png)"/.exec(page)!;
    await Deno.stat(new URL(src, `file://${target}/runs/one/`));
    assert.doesNotMatch(page, /phosphene judge/);
    await Deno.remove(target.replace(/\/site$/, ""), { recursive: true });
  }));
