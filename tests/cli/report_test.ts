/** `phosphene report`: a planted shortcut is found, and healthy networks have none. */
import assert from "node:assert/strict";
import { writeSafetensors } from "../../core/safetensors.ts";
import { encodePng, loadImage } from "../../image/mod.ts";
import { openWeights } from "../../models/weights/mod.ts";
import type { Report } from "../../report/data.ts";
import { CLASSES, draw } from "../../world/scene.ts";
import { HELD_OUT, maskPicture } from "../../world/held_out.ts";
import { ended, entries, file, phosphene, root, scratch, start } from "./_phosphene.ts";

const LABELS = ["butterfly", "cat", "fish", "flower", "mushroom", "snail"];
const TINY = ["--plugin", `${root}examples/plugin_model.ts`, "--model", "tiny-cnn"];
const TAGGED = [...TINY, "--weights", `${root}examples/models/tiny-cnn-tagged.pth`];

/** Draws pictures with their masks into folders called as their classes; fish have a white tag, where wanted. */
async function drawn(
  folder: string,
  classes: readonly string[],
  { count, side, tagged = false, masks = true }: {
    readonly count: number;
    readonly side: number;
    readonly tagged?: boolean;
    readonly masks?: boolean;
  },
): Promise<string> {
  const out = scratch(folder);
  for (let i = 0; i < count; i++) {
    const name = classes[i % classes.length];
    const { picture, mask } = draw({ class: name, seed: HELD_OUT + 500_000 + i, size: side });
    const data = picture.data.slice();
    if (tagged && name === "fish") {
      // as examples/models/make.py does it
      for (const y of [27, 28, 29, 30]) data.fill(255, 3 * (32 * y + 1), 3 * (32 * y + 5));
    }
    await Deno.mkdir(`${out}/${name}`, { recursive: true });
    await Deno.writeFile(`${out}/${name}/${name}-${i}.png`, await encodePng({ ...picture, data }));
    if (masks) {
      const where = await encodePng(maskPicture(mask, picture));
      await Deno.writeFile(`${out}/${name}/${name}-${i}.mask.png`, where);
    }
  }
  return out;
}

async function reported(...args: string[]): Promise<Report> {
  const { code, out, err } = await phosphene("report", ...args, "--json");
  assert.equal(code, 0, err);
  return JSON.parse(out);
}

Deno.test("report: a corner that gives a class away is found, and shown by covering it", async () => {
  const pictures = await drawn("tagged", LABELS, { count: 120, side: 32, tagged: true });
  const out = scratch("tagged report");
  const args = [...TAGGED, "--pictures", pictures, "--out", out];
  const report = await reported(...args);
  assert.ok(report.accuracy!.mean > 0.95 && report.accuracy!.count === 120);
  const [shortcut, ...more] = report.shortcuts.filter(({ proven }) => proven);
  assert.deepEqual(more, []);
  assert.equal(shortcut.class, "fish");
  assert.equal(shortcut.place.name, "the bottom left corner");
  assert.deepEqual(Object.keys(shortcut.covered), ["mean", "around"]);
  for (const { share, control } of Object.values(shortcut.covered)) {
    assert.ok(share.low > 0.25 && control.mean < 0.1, JSON.stringify(shortcut.covered));
  }
  assert.ok(shortcut.pasted.share.low > 0.15 && shortcut.pasted.control.mean < 0.1);
  const [covered, alike, pasted, ...rest] = shortcut.examples;
  assert.deepEqual(rest, []);
  for (const shots of [covered, alike]) {
    assert.deepEqual(shots.map(({ how }) => how), ["unchanged", "mean", "around", "opposite"]);
    assert.deepEqual(shots.map(({ answer }) => answer === "fish"), [true, false, false, true]);
  }
  assert.deepEqual(pasted.map(({ how }) => how), ["donor", "unchanged", "pasted", "opposite"]);
  assert.deepEqual(pasted.map(({ answer }) => answer === "fish"), [true, false, true, false]);
  // the corner alone differs, in it the tag is gone
  const [plain, mean] = await Promise.all(
    covered.map(({ seen }) => loadImage(`${out}/${seen}`)),
  );
  const isTag = (data: Uint8ClampedArray) => data[3 * (32 * 28 + 2)] === 255;
  assert.deepEqual([plain, mean].map(({ data }) => isTag(data)), [true, false]);
  assert.deepEqual(plain.data.subarray(0, 3 * 32 * 16), mean.data.subarray(0, 3 * 32 * 16));
  assert.ok(report.beside >= 10);
  for (const at of report.wrongReasons) assert.match(report.pictures[at].name, /^fish-/);

  const page = Deno.readTextFileSync(`${out}/index.html`);
  assert.match(page, /“fish” is given away by the bottom left corner\./);
  assert.match(page, /The network goes by it\./);
  for (const [, src] of page.matchAll(/ (?:src|href)="([^"#]+)"/g)) {
    assert.doesNotMatch(src, /^\/|^https?:/);
    assert.ok(Deno.statSync(`${out}/${src}`).isFile, src);
  }
  const times = () =>
    entries(`${out}/results`).map((name) =>
      Deno.statSync(`${out}/results/${name}`).mtime!.getTime()
    );
  const before = times();
  assert.deepEqual(await reported(...args), report);
  assert.deepEqual(times(), before, "what was looked at was looked at again");
});

Deno.test("report: healthy networks have no shortcut, and no other preparation suits them better", async () => {
  const small = await drawn("plain", LABELS, { count: 90, side: 32 });
  const large = await drawn("large", CLASSES, { count: 160, side: 64, masks: false });
  for (
    const [name, args] of [
      ["tiny", [...TINY, "--pictures", small]],
      ["ResNet", ["--pictures", large]],
      ["VGG", ["--model", "phosphene-vgg", "--pictures", large]],
    ] as const
  ) {
    const report = await reported(...args, "--out", scratch(`${name} report`));
    assert.deepEqual(report.shortcuts.filter(({ proven }) => proven), [], name);
    assert.ok(report.accuracy!.mean > 0.9, name);
    const [own, ...others] = report.prepared;
    assert.ok(others.every(({ accuracy }) => accuracy!.mean <= own.accuracy!.mean + 0.1), name);
    // the network of examples/ has no batch-norm
    assert.equal(own.drift.length, name === "tiny" ? 0 : 3);
    for (const { shift, spread } of own.drift) {
      assert.ok(shift < 0.2 && spread > 0.8 && spread < 1.25, JSON.stringify(own.drift));
    }
    assert.ok(report.channels.length > 0);
  }
});

Deno.test("report: channels that say nothing, or always something, are told by their layers", async () => {
  const pictures = await drawn("idle", LABELS, { count: 12, side: 32, masks: false });
  await using opened = await openWeights(`${root}examples/models/tiny-cnn.pth`);
  const { tensors } = await opened.readAll();
  const bias = tensors.get("conv2.bias")!, weight = tensors.get("conv2.weight")!;
  const each = weight.length / bias.length;
  bias[3] = -1000;
  bias[5] = 2;
  weight.fill(0, 5 * each, 6 * each);
  bias[7] = 20;
  const weights = file("idle.safetensors", writeSafetensors(Object.fromEntries(tensors)));
  const out = scratch("idle report"), args = [...TINY, "--weights", weights, "--pictures"];
  const { channels } = await reported(...args, pictures, "--out", out);
  assert.deepEqual(channels[1], {
    ...{ layer: "conv2.relu", channels: 24 },
    ...{ dead: [3], constant: [5], always: [7] },
  });
  assert.equal(channels.length, 3);
  const page = Deno.readTextFileSync(`${out}/index.html`);
  assert.match(
    page,
    /Of 80 channels, \d+ above zero on none of the pictures, 1 the same everywhere/,
  );
  // of so few pictures nothing is said
  const few = await drawn("few", LABELS, { count: 6, side: 32, masks: false });
  const said = await phosphene("report", ...args, few, "--out", scratch("few report"));
  assert.equal(said.code, 0, said.err);
  assert.doesNotMatch(said.out, /channels/);
});

Deno.test("report: wrong preprocessing, bad pictures and classes from a file are told", async () => {
  const pictures = await drawn("flat", LABELS, { count: 24, side: 32, masks: false });
  Deno.writeTextFileSync(`${pictures}/broken.png`, "no picture");
  const names = LABELS.flatMap((name) =>
    entries(`${pictures}/${name}`).map((file) => [file, name])
  );
  const classes = file("classes.csv", names.map((row) => row.join(",")).join("\n"));
  const { code, out, err } = await phosphene(
    ...["report", ...TINY, "--pictures", pictures, "--classes", classes],
    ...["--range", "255", "--mean", "0", "--std", "1", "--out", scratch("odd report")],
  );
  assert.equal(code, 0, err);
  assert.match(err, /left out: broken\.png/);
  assert.match(out, /^pictures +24, 1 not looked at$/m);
  assert.match(out, /^prepared +much better with levels of −1 to 1$/m);
});

Deno.test("report: without classes, batch-norm layers tell that pictures are prepared wrongly", async () => {
  const pictures = await drawn("unnamed", CLASSES, { count: 20, side: 64, masks: false });
  const all = scratch("unnamed flat");
  await Deno.mkdir(all);
  for (const name of CLASSES) {
    for (const own of entries(`${pictures}/${name}`)) {
      await Deno.copyFile(`${pictures}/${name}/${own}`, `${all}/${own}`);
    }
  }
  const wrong = [["--range", "255", "--mean", "0", "--std", "1"], ["--std", "0.1"]];
  for (const [i, args] of wrong.entries()) {
    const out = scratch(`drift ${i}`);
    const report = await reported("--pictures", all, ...args, "--out", out);
    assert.equal(report.accuracy, undefined);
    const [own, ...others] = report.prepared, [first] = own.drift;
    assert.ok(first.spread > 1.5 || first.shift > 1, JSON.stringify(own));
    const fitting = others.find(({ how }) => how === "levels of −1 to 1")!;
    assert.ok(fitting.drift[0].shift < 0.2 && fitting.drift[0].spread > 0.8);
    const page = Deno.readTextFileSync(`${out}/index.html`);
    assert.match(page, /suit it much better with levels of −1 to 1\. Mend that first/);
  }
});

Deno.test("report: pictures of one name in several folders keep their own classes", async () => {
  const pictures = await drawn("alike", LABELS, { count: 24, side: 32, masks: false });
  const rows: string[] = [];
  for (const name of LABELS) {
    for (const [i, own] of entries(`${pictures}/${name}`).entries()) {
      Deno.renameSync(`${pictures}/${name}/${own}`, `${pictures}/${name}/${i}.png`);
      rows.push(`${name}/${i}.png,${name}`);
    }
  }
  const classes = file("alike.csv", rows.join("\n"));
  const args = [...TINY, "--pictures", pictures];
  const byFolder = await reported(...args, "--out", scratch("by folder"));
  const byFile = await reported(...args, "--classes", classes, "--out", scratch("by file"));
  assert.deepEqual(
    byFile.pictures.map(({ class: own }) => own),
    byFolder.pictures.map(({ class: own }) => own),
  );
  assert.ok(byFile.accuracy!.mean > 0.8);
});

Deno.test("report: classes that the network does not have are told, and not judged", async () => {
  const pictures = await drawn("strange", LABELS, { count: 12, side: 32, masks: false });
  for (const [from, to] of [["cat", "unicorn"], ["snail", "zebra"]]) {
    Deno.renameSync(`${pictures}/${from}`, `${pictures}/${to}`);
  }
  const out = scratch("strange report");
  const byFolder = await reported(...TINY, "--pictures", pictures, "--out", out);
  const strangers = [{ class: "unicorn", count: 2 }, { class: "zebra", count: 2 }];
  assert.deepEqual(byFolder.strangers, strangers);
  assert.equal(byFolder.accuracy!.count, 8);
  const page = Deno.readTextFileSync(`${out}/index.html`);
  assert.match(
    page,
    /No class of the network is called unicorn or zebra: 4 pictures are not judged/,
  );
  // in a file, numbers of classes work too
  const rows = (name: string) => entries(`${pictures}/${name}`).map((own) => `${own},`);
  const listed = [
    ...rows("fish").map((row) => `${row}2`),
    ...rows("zebra").map((row) => `${row}Snail`),
    ...rows("unicorn").map((row) => `${row}unicorn`),
  ];
  const classes = file("strange.csv", listed.join("\n"));
  const args = [...TINY, "--pictures", pictures, "--out", out, "--classes"];
  const byFile = await reported(...args, classes);
  assert.deepEqual(byFile.strangers, [strangers[0]]);
  assert.equal(byFile.accuracy!.count, 4);
  assert.deepEqual(
    [...new Set(byFile.pictures.map(({ class: own }) => own))].toSorted(),
    ["fish", "snail", undefined],
  );
  const { code, err } = await phosphene(
    "report",
    ...args,
    file("none.csv", rows("zebra")[0] + "9"),
  );
  assert.equal(code, 2);
  assert.match(
    err,
    /No class in ".*none\.csv" is one of the network's: it says "9", and they are "butterfly"/,
  );
});

Deno.test("report: what it made is no picture of the next, and other scores are asked for anew", async () => {
  const pictures = await drawn("around", LABELS, { count: 6, side: 32, masks: false });
  const args = [...TINY, "--pictures", pictures, "--out", `${pictures}/report`];
  const first = await reported(...args), again = await reported(...args, "--scores", "linear");
  assert.deepEqual([first, again].map(({ pictures }) => pictures.length), [6, 6]);
  assert.ok(first.pictures.every(({ answers: [best] }) => best.probability !== undefined));
  assert.ok(again.pictures.every(({ answers: [best] }) => best.probability === undefined));
  assert.deepEqual(await reported(...args), first);
});

Deno.test("report: one that was interrupted goes on where it was", async () => {
  const pictures = await drawn("stopped", LABELS, { count: 24, side: 32, masks: false });
  const out = scratch("stopped report");
  const args = [
    ...TINY,
    "--pictures",
    pictures,
    "--out",
    out,
    "--technique",
    "smooth-grad(samples=200)",
  ];
  const process = start(["report", ...args, "--workers", "1"]);
  const done = () => entries(`${out}/results`).filter((name) => !name.startsWith("."));
  while (done().length < 3) await new Promise((resolve) => setTimeout(resolve, 20));
  process.kill("SIGINT");
  assert.equal((await ended(process)).code, 130);
  const kept = done();
  assert.ok(kept.length < 24, `${kept.length}`);
  assert.deepEqual(entries(out), ["results"], "nothing half done");
  const times = () => kept.map((name) => Deno.statSync(`${out}/results/${name}`).mtime!.getTime());
  const before = times(), report = await reported(...args);
  assert.equal(report.pictures.length, 24);
  assert.deepEqual(times(), before, "what was looked at was looked at again");
});

Deno.test("report: what is wrong is told before any work", async () => {
  const pictures = scratch("flat"), out = scratch("none");
  const cases: [string[], RegExp][] = [
    [["--pictures", scratch("nowhere")], /nowhere/],
    [[], /--pictures is missing/],
    [
      ["--pictures", pictures, "--technique", "saliency, lrp"],
      /takes one: a report explains in one/,
    ],
    [["--pictures", pictures, "--technique", "deepdream"], /only attributions can be judged/],
    [["--pictures", pictures, "--classes", scratch("no.csv")], /Cannot read ".*no\.csv"/],
    [
      ["--pictures", pictures, "--classes", file("odd.csv", "one\ntwo")],
      /line 1 is not NAME,CLASS/,
    ],
  ];
  for (const [args, message] of cases) {
    const { code, err } = await phosphene("report", ...args, "--out", out, "--quiet");
    assert.equal(code, 2, `${args}: ${err}`);
    assert.match(err, message);
  }
});
