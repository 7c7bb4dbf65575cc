/** `phosphene microscope`: made, stopped, gone on with, and what is refused. */
import assert from "node:assert/strict";
import { loadImage } from "../../mod.ts";
import { natsAbsence, natsLeftOut, NatsServer } from "../_support/nats.ts";
import { ended, entries, file, phosphene, pictureFile, scratch, start } from "./_phosphene.ts";

Deno.mkdirSync(scratch("shown"), { recursive: true });
for (let i = 0; i < 12; i++) await pictureFile(`shown/${i}.png`, 40 + i, 50);
file("shown/broken.png", "no picture");

const args = (out: string, ...more: string[]) => [
  ...["microscope", "--pictures", scratch("shown"), "--layers", "layer1", "--steps", "2"],
  ...["--out", out, ...more],
];
const read = (path: string) => Deno.readTextFileSync(path);
const channels = (out: string) => JSON.parse(read(`${out}/layers/layer1.json`)).channels;

Deno.test("a microscope is made whole, and what was made is not made again", async () => {
  const out = scratch("made"), first = await phosphene(...args(out, "--json"));
  assert.equal(first.code, 0, first.err);
  const { layers, pictures, bad, failures } = JSON.parse(first.out);
  assert.deepEqual(
    layers.map(({ slug, channels }: { slug: string; channels: number }) => [slug, channels]),
    [
      ["layer1", 16],
    ],
  );
  assert.deepEqual([pictures, bad.length, bad[0].name, failures], [12, 1, "broken.png", []]);
  assert.match(first.err, /^broken\.png: Cannot read picture "broken\.png"/m);
  assert.equal(channels(out).length, 16);
  assert.equal(entries(`${out}/images/layer1`).length, 16);
  assert.equal(entries(`${out}/crops/layer1`).length, 16);
  const results = entries(`${out}/results`);
  assert.ok(results.every((name) => !name.startsWith(".")), "nothing half done");

  const again = await phosphene(...args(out));
  assert.equal(again.code, 0, again.err);
  assert.match(again.out, /^channels {4}16$/m);
  assert.deepEqual(entries(`${out}/results`), results);
  const more = await phosphene(...args(out, "--negative", "--diverse", "3"));
  assert.equal(more.code, 0, more.err);
  assert.equal(entries(`${out}/results`).length, results.length + 32);
  assert.deepEqual(channels(out)[3].images, ["", "-negative", "-diverse"]);
  assert.deepEqual(JSON.parse(read(`${out}/microscope.json`)).images, {
    "": { width: 64, height: 64 },
    "-negative": { width: 64, height: 64 },
    "-diverse": { width: 3 * 64 + 2 * 4, height: 64 },
  });
  const { width, height } = await loadImage(`${out}/images/layer1/3-diverse.png`);
  assert.deepEqual([width, height], [200, 64]);

  const small = await phosphene(...args(out, "--size", "40x32"));
  assert.equal(small.code, 0, small.err);
  assert.match(read(`${out}/channels/layer1/3.html`), /\/3\.png"[^>]* width="40" height="32"/);
  assert.match(read(`${out}/channels/layer1/3.html`), /--size 40x32/);
});

Deno.test("an atlas is laid out once, its squares' images are of their means, and it goes when unwanted", async () => {
  const out = scratch("atlas"),
    made = await phosphene(
      ...args(out, "--no-images", "--atlas", "layer3", "--atlas-grid", "5"),
    );
  assert.equal(made.code, 0, made.err);
  const { layers, atlases } = JSON.parse(read(`${out}/microscope.json`));
  assert.deepEqual(layers.map(({ slug }: { slug: string }) => slug), ["layer1", "layer3"]);
  assert.deepEqual(atlases, ["layer3"]);
  const atlas = JSON.parse(read(`${out}/atlas/layer3.json`)), [{ grid, cells }] = atlas.levels;
  assert.deepEqual([atlas.levels.length, grid], [1, 5]);
  const places = cells.reduce((sum: number, cell: { places: number }) => sum + cell.places, 0);
  // twelve pictures of sixteen places each; those that stray or lie alone are left out
  assert.equal(atlas.places, 12 * 16);
  assert.ok(places > 0.8 * atlas.places && places <= atlas.places, `${places}`);
  const sheet = await loadImage(`${out}/atlas/layer3-5.png`);
  assert.deepEqual([sheet.width, sheet.height], [5 * atlas.side, 5 * atlas.side]);
  assert.match(read(`${out}/index.html`), /href="atlas\/layer3\.html"/);

  const before = entries(`${out}/results`),
    tasks = before.map((key) => {
      const told = JSON.parse(read(`${out}/results/${key}/told.json`));
      return told.losses !== undefined;
    });
  assert.equal(tasks.filter(Boolean).length, cells.length);
  const again = await phosphene(
    ...args(out, "--no-images", "--atlas", "layer3", "--atlas-grid", "5"),
  );
  assert.equal(again.code, 0, again.err);
  assert.deepEqual(entries(`${out}/results`), before, "all was there already");
  const without = await phosphene(...args(out, "--no-images"));
  assert.equal(without.code, 0, without.err);
  assert.deepEqual([entries(`${out}/atlas`), entries(`${out}/layers`)], [[], [
    "layer1.html",
    "layer1.json",
  ]]);

  const few = scratch("few"),
    one = await phosphene(
      ...["microscope", "--pictures", scratch("shown/0.png"), "--layers", "avgpool", "--no-images"],
      ...["--atlas", "avgpool", "--out", few],
    );
  assert.equal(one.code, 0, one.err);
  assert.match(one.err, /There is no atlas of avgpool: its places are too few/);
});

Deno.test("a microscope that was interrupted goes on where it was", async () => {
  const out = scratch("stopped"), process = start(args(out, "--steps", "30", "--workers", "1"));
  const images = () => {
    try {
      return entries(`${out}/results`).filter((name) => !name.startsWith(".")).length;
    } catch {
      return 0;
    }
  };
  while (images() < 5) await new Promise((resolve) => setTimeout(resolve, 50));
  process.kill("SIGINT");
  assert.equal((await ended(process)).code, 130);
  const kept = entries(`${out}/results`);
  assert.ok(kept.length < 18 && kept.every((name) => !name.startsWith(".")), kept.join());
  assert.ok(!entries(out).includes("microscope.json"));
  const rest = await phosphene(...args(out, "--steps", "30"));
  assert.equal(rest.code, 0, rest.err);
  for (const name of kept) assert.ok(entries(`${out}/results`).includes(name));
});

Deno.test("what cannot be looked into is refused before any work", async () => {
  const cases: [string[], RegExp][] = [
    [["--layers", "layer9"], /There is no layer "layer9"/],
    [["--layers", "input"], /"input" is the picture itself/],
    [["--pictures", scratch("nowhere")], /None of the pictures at/],
    [["--model", "nothing"], /There is no model "nothing"|nearest/],
  ];
  for (const [more, expected] of cases) {
    const { code, err } = await phosphene(...args(scratch("refused"), ...more));
    assert.equal(code, 2, `${more}: ${err}`);
    assert.match(err, expected);
  }
  assert.ok(!entries(scratch("")).includes("refused"));
  assert.match((await phosphene("microscope")).err, /--pictures is missing/);
});

Deno.test({
  name: `workers of a queue make the same microscope${natsAbsence}`,
  ignore: natsLeftOut,
  async fn() {
    const near = scratch("near"), far = scratch("far");
    const atlas = ["--atlas", "layer3", "--atlas-grid", "4"];
    const alone = await phosphene(...args(near, ...atlas));
    assert.equal(alone.code, 0, alone.err);
    await using server = await NatsServer.start();
    const worker = start(["worker", "--queue", server.url, "--workers", "2"]);
    const made = await phosphene(...args(far, ...atlas, "--queue", server.url));
    worker.kill("SIGINT");
    await ended(worker);
    assert.equal(made.code, 0, made.err);
    assert.equal(read(`${far}/layers/layer1.json`), read(`${near}/layers/layer1.json`));
    assert.equal(read(`${far}/pictures.json`), read(`${near}/pictures.json`));
    for (const folder of ["images/layer1", "atlas"]) {
      const names = entries(`${near}/${folder}`);
      assert.ok(names.length > 0);
      for (const name of names) {
        const [a, b] = [near, far].map((out) => Deno.readFileSync(`${out}/${folder}/${name}`));
        assert.deepEqual(a, b, name);
      }
    }
  },
});
