/** `phosphene concepts`: what it prints, writes and refuses. */
import assert from "node:assert/strict";
import { readSafetensors } from "../../core/safetensors.ts";
import { encodePng } from "../../image/mod.ts";
import { CLASSES, draw } from "../../world/scene.ts";
import { entries, file, phosphene, scratch, start } from "./_phosphene.ts";

/** A folder of drawn pictures; its path. */
async function drawn(name: string, count: number, first: number, wanted?: string): Promise<string> {
  Deno.mkdirSync(scratch(name), { recursive: true });
  for (let i = 0; i < count; i++) {
    const about = { class: wanted ?? CLASSES[i * 7 % CLASSES.length], seed: first + i };
    file(`${name}/${i}.png`, await encodePng(draw(about).picture));
  }
  return scratch(name);
}

const cats = await drawn("ideas/cats", 21, 1000, "cat");
const anything = await drawn("ideas/anything", 20, 2000);
const random = await drawn("random", 40, 3000), shown = await drawn("shown", 20, 9000, "cat");
file("ideas/cats/broken.png", "no picture");
Deno.mkdirSync(scratch("empty"));

const args = (...more: string[]) => [
  ...["concepts", "--random", random, "--pictures", shown, "--layer", "layer4"],
  ...["--runs", "5", ...more],
];

Deno.test("concepts are tested, told in a table and in JSON, and written", async () => {
  const asked = args("--concept", `${cats}/,${anything}`, "--class", "cat,fish");
  const table = await phosphene(...asked, "--permutations", "199");
  assert.equal(table.code, 0, table.err);
  const lines = table.out.split("\n");
  assert.match(lines[0], /^layer +concept +told right +class +score +by chance +p$/);
  assert.match(lines[1], /^layer4 +cats +\d+ % +cat +1\.00 +0\.\d\d–1\.00 +0\.040 +raises it$/);
  assert.match(lines[3], /^layer4 +anything +\d+ % +cat .* no more than chance$/);
  assert.match(table.out, /\nThe level is 0\.05; p is that of the smallest of 4 tests/);
  assert.match(table.err, /^left out: Cannot read picture "broken\.png"/m);
  assert.match(table.err, /^activations 82\/82$/m);
  assert.match(table.err, /^sets drawn by chance 398\/398$/m);
  assert.match(table.err, /^note: "layer4" does not tell anything from random pictures/m);

  const out = scratch("found");
  const json = await phosphene(...asked, "--permutations", "199", "--json", "--out", out);
  assert.equal(json.code, 0, json.err);
  const found = JSON.parse(json.out), { scores, directions, pictures, tests, options } = found;
  assert.deepEqual(pictures, {
    concepts: [
      { name: "cats", pictures: 21, size: 21 },
      { name: "anything", pictures: 20, size: 20 },
    ],
    random: 40,
    classes: [{ index: 1, label: "cat", pictures: 20 }, { index: 3, label: "fish", pictures: 20 }],
  });
  assert.deepEqual([tests, options.permutations, options.seed, options.pool], [4, 199, 0, false]);
  assert.equal(scores.length, 4);
  assert.deepEqual(
    [scores[0].concept, scores[0].class.label, scores[0].significant],
    ["cats", "cat", true],
  );
  assert.equal(scores[0].scores.length, 5);
  assert.ok(directions[0].accuracy > 0.9 && directions[0].vector === undefined);
  assert.deepEqual(entries(out), ["concepts.json", "vectors.safetensors"]);
  assert.deepEqual(JSON.parse(Deno.readTextFileSync(`${out}/concepts.json`)), found);
  const { tensors } = readSafetensors(Deno.readFileSync(`${out}/vectors.safetensors`));
  assert.deepEqual([...tensors.keys()].sort(), ["anything/layer4", "cats/layer4"]);
  const vector = tensors.get("cats/layer4")!;
  assert.deepEqual([...vector.shape], directions[0].shape);
  assert.ok(Math.abs(Math.hypot(...vector) - 1) < 1e-5);
});

Deno.test("what cannot be tested is told in a sentence, before anything is computed", async () => {
  const refused = async (given: string[], message: RegExp) => {
    const { code, out, err } = await phosphene(...given);
    assert.deepEqual([code, out], [2, ""], err);
    assert.match(err, message);
  };
  await refused(args("--concept", cats), /^error: Cannot run concepts: --class is missing/m);
  const about = (concept: string, ...more: string[]) =>
    args("--concept", concept, "--class", "cat", ...more);
  await refused(about(scratch("empty")), /^error: There is no picture in the folder ".*empty"/m);
  await refused(
    about(scratch("nowhere")),
    /There is no folder ".*nowhere": --concept takes folders/,
  );
  await refused(about(`${cats},${cats}`), /Two concepts are called "cats"/);
  await refused(about(cats, "--level", "2"), /--level takes a number/);
  await refused(about(cats, "--pictures", `${shown},${random}`), /--pictures names 2 folders, and/);
  await refused(about(cats, "--layer", "layer9"), /There is no layer "layer9"/);
  await refused(args("--concept", cats, "--class", "unicorn"), /has no class "unicorn"/);
});

Deno.test({
  name: "Ctrl-C ends a test with 130, and nothing is written",
  ignore: Deno.build.os === "windows",
  async fn() {
    const out = scratch("stopped");
    const asked = args("--concept", cats, "--class", "cat", "--out", out);
    const child = start([...asked, "--permutations", "100000"]);
    const [told, ours] = child.stderr.tee(), reader = ours.pipeThrough(new TextDecoderStream());
    let said = "";
    for await (const part of reader) {
      said += part;
      if (said.includes("sets drawn by chance")) break;
    }
    child.kill("SIGINT");
    await told.cancel();
    await child.stdout.cancel();
    assert.equal((await child.status).code, 130);
    assert.deepEqual(entries(out), []);
  },
});
