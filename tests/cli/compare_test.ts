/** Many runs at once: sheets of several techniques, folders of pictures. */
import assert from "node:assert/strict";
import { decodeImage } from "../../mod.ts";
import { entries, file, phosphene, pictureFile, scratch, start } from "./_phosphene.ts";

const root = new URL("../../", import.meta.url);
const cat = decodeURIComponent(new URL("examples/images/cat-4.png", root).pathname);
const read = (path: string) => Deno.readFileSync(path);
const visible = (path: string) => entries(path).filter((name) => !name.startsWith("."));

Deno.test("compare: every technique, class and model is a run, and one sheet shows all", async () => {
  const out = scratch("compared");
  const { code, out: printed, err } = await phosphene(
    "compare",
    cat,
    ...["--techniques", "saliency,grad-cam"],
    ...["--classes", "cat,star"],
    ...["--models", "phosphene-resnet,phosphene-vgg"],
    ...["--out", out, "--json"],
  );
  assert.equal(code, 0, err);
  const { sheet, runs } = JSON.parse(printed);
  assert.deepEqual(
    // deno-lint-ignore no-explicit-any -- JSON
    runs.map((run: any) => [run.model.id, run.target.label, run.technique.id].join(" ")),
    ["phosphene-resnet", "phosphene-vgg"].flatMap((model) =>
      ["cat", "star"].flatMap((label) =>
        ["saliency", "grad-cam"].map((technique) => `${model} ${label} ${technique}`)
      )
    ),
  );
  assert.equal(visible(out).length, 9);
  assert.deepEqual(entries(out), visible(out), "nothing half-done");
  for (const { path, files, command } of runs) {
    for (const { name } of [...files, { name: "manifest.json" }]) {
      assert.ok(entries(path).includes(name), name);
    }
    assert.match(
      command,
      /^phosphene (saliency|grad-cam) .*--model phosphene-\w+ --class (cat|star)/,
    );
  }
  assert.match(sheet, /\/\d{8}-\d{6}-compare-cat-4\.png$/);
  // a row for each class and model: input, saliency, Grad-CAM, each 256 pixels wide
  const { width, height } = await decodeImage(read(sheet), "sheet");
  assert.equal(width, 12 + 3 * (256 + 12));
  assert.ok(height > 4 * 300 && height < 4 * 400, `${height}`);

  const [name, ...args] = runs[7].command.split(" ");
  assert.equal(name, "phosphene");
  const again = JSON.parse((await phosphene(...args, "--json")).out);
  assert.deepEqual(read(`${again.path}/map.png`), read(`${runs[7].path}/map.png`));
});

Deno.test("compare refuses what it does not know before any work, in a sentence", async () => {
  const cases: [string[], RegExp][] = [
    [
      ["--techniques", "grad-cam,salience"],
      /^error: There is no technique "salience"; nearest: "saliency"/,
    ],
    [["--techniques", "deepdream"], /^error: Cannot compare deepdream: /],
    [
      ["--techniques", "saliency", "--classes", "cat,dog"],
      /^error: phosphene-resnet has no class "dog"/,
    ],
    [["--models", "phosphene-resnet,resnet5"], /^error: There is no model "resnet5"; nearest: /],
    [
      ["--models", "phosphene-resnet,phosphene-vgg,resnet50", "--weights", "a.pth,b.pth"],
      /^error: .*--weights lists 2 for the 3 models/,
    ],
  ];
  for (const [i, [args, message]] of cases.entries()) {
    const out = scratch(`refused-${i}`);
    const { code, out: printed, err } = await phosphene("compare", cat, ...args, "--out", out);
    assert.equal(code, 2);
    assert.equal(printed, "");
    assert.match(err, message);
    assert.equal(err.trimEnd().split("\n").length, 1);
    assert.deepEqual(entries(out), []);
  }
});

Deno.test("compare: an interruption leaves whole runs and no sheet", async () => {
  const out = scratch("interrupted");
  const endless = file(
    "endless.ts",
    `import { saliency } from "${new URL("techniques/saliency.ts", root)}";
    async function* run({ signal }) {
      for (let step = 1;; step++) {
        yield { step, of: 1e9 };
        await new Promise((resolve) => setTimeout(resolve, 1));
        signal.throwIfAborted();
      }
    }
    export default { ...saliency, id: "endless", run };`,
  );
  const techniques = ["--techniques", "saliency,endless", "--plugin", endless];
  const process = start(["compare", cat, ...techniques, "--out", out]);
  const reader = process.stderr.pipeThrough(new TextDecoderStream()).getReader();
  let said = "";
  // the two may be made side by side: the first must be there, and the second on its way
  const isMade = () => entries(out).some((name) => !name.startsWith("."));
  while (!/ endless \d+\/\d+/.test(said) || !isMade()) {
    const { value, done } = await reader.read();
    assert.ok(!done, `ended before the second began: ${said}`);
    said += value;
  }
  process.kill("SIGINT");
  while (!(await reader.read()).done);
  const { code } = await process.status;
  await process.stdout.cancel();
  assert.equal(code, 130);
  const left = entries(out);
  assert.equal(left.length, 1, left.join());
  assert.match(left[0], /-saliency-cat-4$/);
  assert.ok(entries(`${out}/${left[0]}`).includes("manifest.json"));
});

Deno.test("folders of pictures: in order, the unreadable told, the rest done, then passed over", async () => {
  const folder = scratch("pictures"), out = scratch("batch");
  Deno.mkdirSync(`${folder}/more`, { recursive: true });
  for (const name of ["b-10.png", "b-2.png", "more/c.png"]) {
    await pictureFile(`pictures/${name}`, 20 + name.length, 24);
  }
  file("pictures/a broken.png", "no picture");
  file("pictures/notes.txt", "not looked at");
  const args = ["saliency", folder, "--out", out, "--json", "--overlay", "0.5"];

  const first = await phosphene(...args);
  assert.equal(first.code, 2);
  assert.match(first.err, /^error: Cannot read picture "a broken.png": it looks like text\./m);
  assert.match(first.err, /^error: Not all 3 pictures worked: 2 done, 0 skipped, 1 failed\.$/m);
  const [broken, two, ten] = JSON.parse(first.out);
  assert.match(broken.error, /it looks like text/);
  assert.equal(broken.picture, `${folder}/a broken.png`);
  assert.deepEqual([two.image.name, ten.image.name], ["b-2.png", "b-10.png"]);
  for (const { path, command } of [two, ten]) {
    assert.ok(entries(path).includes("figure.png"));
    assert.match(command, /--overlay 0\.5/);
    assert.match(command, /^phosphene saliency \S+\.png /);
  }
  assert.equal(entries(out).length, 2);

  Deno.removeSync(`${folder}/a broken.png`);
  const second = await phosphene(...args, "--recursive");
  assert.equal(second.code, 0, second.err);
  assert.match(second.err, /^1 done, 2 skipped, 0 failed/m);
  const again = JSON.parse(second.out);
  assert.deepEqual(again.slice(0, 2).map(({ path }: { path: string }) => path), [
    two.path,
    ten.path,
  ]);
  assert.deepEqual(again.map(({ skipped }: { skipped?: true }) => skipped), [
    true,
    true,
    undefined,
  ]);
  assert.equal(entries(out).length, 3);

  // other options, another seed, --force: not the same run
  for (const more of [["--overlay", "0.4"], ["--seed", "1"], ["--force"]]) {
    const { out: printed, err } = await phosphene(...args, ...more);
    assert.match(err, /^2 done, 0 skipped, 0 failed/m, more.join(" "));
    assert.ok(!JSON.parse(printed)[0].command.includes("--force"));
  }
  assert.equal(entries(out).length, 9);

  const empty = await phosphene("saliency", `${folder}/more/none`, "--out", out);
  assert.equal(empty.code, 2);
  Deno.mkdirSync(`${folder}/nothing`);
  const nothing = await phosphene("saliency", `${folder}/nothing`, "--out", out);
  assert.equal(nothing.code, 2);
  assert.match(nothing.err, /^error: There is no picture in the folder .*--recursive/);
});

Deno.test("several pictures: what is wrong with the options ends it at once", async () => {
  const out = scratch("wrong");
  const { code, err } = await phosphene("grad-cam", cat, cat, "--layer", "layer9", "--out", out);
  assert.equal(code, 2);
  assert.match(err, /layer9/);
  assert.equal(err.match(/^error: /gm)!.length, 1);
  assert.deepEqual(entries(out), []);
});

Deno.test("compare: without names, what takes many steps or cannot explain is left out, and said", async () => {
  const plugin = file(
    "ways.ts",
    `import { saliency } from "${new URL("techniques/saliency.ts", root)}";
    import { UserError } from "${new URL("core/errors.ts", root)}";
    async function* endless() { for (let step = 1;; step++) yield { step, of: 301 }; }
    async function* unable() { throw new UserError("It wants three eyes."); }
    export default [
      { ...saliency, id: "endless-way", run: endless },
      { ...saliency, id: "unable-way", run: unable },
    ];`,
  );
  const out = scratch("few"), args = ["compare", cat, "--plugin", plugin, "--out", out];
  const { code, out: printed, err } = await phosphene(...args, "--json");
  assert.equal(code, 0, err);
  const ids = JSON.parse(printed).runs.map(({ technique }: { technique: { id: string } }) =>
    technique.id
  );
  assert.ok(ids.includes("integrated-gradients") && ids.length >= 25, `${ids}`);
  for (const id of ["rise", "endless-way", "unable-way"]) assert.ok(!ids.includes(id), id);
  assert.match(err, /^left out: cat-4\.png unable-way: It wants three eyes\.$/m);
  assert.match(
    err,
    /^left out, as they take more than 300 steps: .*\brise\b.*endless-way; name those/m,
  );
  // where nothing is left, that is an error
  const none = await phosphene(...args, "--techniques", "unable-way");
  assert.equal(none.code, 2);
  assert.match(none.err, /^error: It wants three eyes\.$/m);
});

Deno.test("compare: one technique with several options is several pictures, told apart", async () => {
  const { code, out, err } = await phosphene(
    ...["compare", cat, "--techniques", "grad-cam(layer=layer3), grad-cam", "--classes", "cat"],
    ...["--out", scratch("layers"), "--json"],
  );
  assert.equal(code, 0, err);
  const { runs } = JSON.parse(out);
  assert.deepEqual(
    runs.map(({ options }: { options: { layer?: string; class: string } }) => [
      options.layer,
      options.class,
    ]),
    [["layer3", "cat"], [null, "cat"]].map(([layer, name]) => [layer ?? undefined, name]),
  );
});
