/** `phosphene leaderboard`, on drawn pictures and on brought ones. */
import assert from "node:assert/strict";
import type { Board } from "../../leaderboard/table.ts";
import { entries, phosphene, pictureFile, scratch } from "./_phosphene.ts";

const root = new URL("../../", import.meta.url);
const example = (name: string) =>
  decodeURIComponent(new URL(`examples/images/${name}`, root).pathname);
const few = ["--techniques", "saliency, grad-cam(layer=layer3)", "--metrics"];

async function board(...args: string[]): Promise<Board> {
  const { code, out, err } = await phosphene("leaderboard", ...args, "--json");
  assert.equal(code, 0, err);
  return JSON.parse(out);
}

Deno.test("leaderboard: techniques and maps that know nothing, with intervals; what is known is not measured again", async () => {
  const out = scratch("board"), metrics = "relevance-mass, pointing-game(tolerance=1)";
  const args = [...few, metrics, "--count", "5", "--out", out];
  const made = await board(...args);
  assert.deepEqual(made.metrics.map(({ id }) => id), ["relevance-mass", "pointing-game"]);
  assert.deepEqual(
    made.rows.map(({ technique, baseline }) => `${technique} ${baseline}`).sort(),
    ["edges true", "grad-cam false", "middle true", "random true", "saliency false"],
  );
  assert.equal(made.pictures, 5);
  assert.ok(made.accuracy! >= 0.6, `${made.accuracy}`);
  for (const { means } of made.rows) {
    for (const mean of means) {
      assert.ok(mean!.low <= mean!.mean && mean!.mean <= mean!.high && mean!.count === 5);
    }
  }
  const mass = new Map(made.rows.map(({ technique, means: [mean] }) => [technique, mean!.mean]));
  assert.ok(
    mass.get("saliency")! > mass.get("random")! && mass.get("grad-cam")! > mass.get("random")!,
  );
  assert.equal(entries(`${out}/pictures`).length, 10);
  assert.equal(entries(`${out}/results`).length, 25);

  const times = () =>
    entries(`${out}/results`).map((name) =>
      Deno.statSync(`${out}/results/${name}`).mtime!.getTime()
    );
  const before = times();
  assert.deepEqual(await board(...args), made);
  assert.deepEqual(times(), before);
  const { out: text } = await phosphene("leaderboard", ...args);
  assert.match(text, /^ +relevance-mass ↑ +pointing-game\(tolerance=1\) ↑\n/);
  assert.match(text, /\ngrad-cam\(layer=layer3\) +0\.\d+ /);
  assert.match(text, /\n\(random\) +0\.\d+ \[0\.\d+, 0\.\d+\]/);
  assert.match(text, /phosphene-resnet, 5 pictures, \d+ % of them named right; means with 95 %/);
  assert.equal(JSON.parse(Deno.readTextFileSync(`${out}/phosphene-resnet.json`)).pictures, 5);
});

Deno.test("leaderboard: own pictures with masks beside them; without masks, metrics that need none", async () => {
  const folder = scratch("own");
  Deno.mkdirSync(folder);
  for (const name of ["cat-4.png", "cat-4.mask.png", "fish-8.png", "fish-8.mask.png"]) {
    Deno.copyFileSync(example(name), `${folder}/${name}`);
  }
  const made = await board(...few, "relevance-mass", "--pictures", folder, "--out", scratch("b2"));
  assert.deepEqual([made.pictures, made.accuracy], [2, undefined]);
  await pictureFile("own/plain.png", 64, 64);
  const refused = await phosphene(
    ...["leaderboard", ...few, "relevance-mass", "--pictures", folder, "--out", scratch("b3")],
  );
  assert.equal(refused.code, 2);
  assert.match(
    refused.err,
    /There is no mask of "plain\.png": metrics that ask where the thing is/,
  );
  // one technique asked in two ways, by one metric in two ways: two rows of two
  const ways = await board(
    ...["--techniques", "grad-cam(layer=layer3), grad-cam", "--pictures", folder],
    ...["--metrics", "deletion(steps=3), deletion(steps=4, baseline=blur)", "--out", scratch("b6")],
  );
  assert.deepEqual(ways.metrics.map(({ name }) => name), [
    "deletion(steps=3)",
    "deletion(steps=4, baseline=blur)",
  ]);
  const [shallow, deep] = ["grad-cam(layer=layer3)", "grad-cam"].map((wanted) =>
    ways.rows.find(({ name }) => name === wanted)!.means.map((mean) => [mean!.mean, mean!.count])
  );
  assert.deepEqual([...shallow, ...deep].map(([, count]) => count), [3, 3, 3, 3]);
  assert.equal(new Set([...shallow, ...deep].map(([mean]) => mean)).size, 4);
  const blind = await board(...few, "sparseness", "--pictures", folder, "--out", scratch("b4"));
  assert.equal(blind.pictures, 3);
});

Deno.test("leaderboard: a network that knows nothing of the drawn world needs pictures", async () => {
  const { code, err } = await phosphene(
    ...["leaderboard", "--model", "tests/fixtures/reference/models/keras/model.json"],
    ...[...few.slice(0, 1), "saliency", "--out", scratch("b5")],
  );
  assert.equal(code, 2);
  assert.match(
    err,
    /knows no butterfly: drawn pictures are for the built-in networks\. Give your own/,
  );
});
