/** `phosphene judge` and `phosphene metrics`. */
import assert from "node:assert/strict";
import { decodeImage } from "../../mod.ts";
import { rasterize } from "../../image/_svg.ts";
import { gallery } from "../web/_cli.ts";
import {
  ended,
  entries,
  file,
  phosphene,
  pictureFile,
  scratch,
  start,
  weightsFile,
} from "./_phosphene.ts";

const root = new URL("../../", import.meta.url);
const example = (name: string) =>
  decodeURIComponent(new URL(`examples/images/${name}`, root).pathname);
const cat = example("cat-4.png"), mask = example("cat-4.mask.png");
const read = (path: string) => Deno.readTextFileSync(path);

interface Told {
  readonly technique: string;
  readonly metric: string;
  readonly value: number;
  readonly curve?: readonly number[];
  readonly options: Readonly<Record<string, unknown>>;
  readonly image: string;
  readonly run: string;
}
async function judged(...args: string[]): Promise<Told[]> {
  const { code, out, err } = await phosphene("judge", ...args, "--json");
  assert.equal(code, 0, err);
  return JSON.parse(out);
}

Deno.test("judge: a picture by techniques and metrics; scores stay with the runs, and are not made twice", async () => {
  const out = scratch("judged"),
    args = [
      cat,
      ...["--techniques", "grad-cam(layer=layer3), saliency"],
      ...["--metrics", "deletion(steps=4, baseline=black), sparseness, iou", "--out", out],
    ];
  const told = await judged(...args);
  assert.deepEqual(
    told.map(({ technique, metric }) => `${technique} ${metric}`),
    ["grad-cam", "saliency"].flatMap((technique) =>
      ["deletion", "sparseness", "iou"].map((metric) => `${technique} ${metric}`)
    ),
  );
  const [deletion, sparseness] = told;
  assert.deepEqual(deletion.options, { steps: 4, baseline: "black" });
  assert.equal(deletion.curve!.length, 5);
  assert.equal(sparseness.curve, undefined);
  assert.equal(deletion.image, "cat-4.png");
  assert.equal(JSON.parse(read(`${deletion.run}/manifest.json`)).options.layer, "layer3");

  const { scores } = JSON.parse(read(`${deletion.run}/scores.json`));
  assert.deepEqual(
    scores.map(({ metric, value }: Told) => [metric, value]),
    [0, 2, 1].map((n) => [told[n].metric, told[n].value]), // as metrics are listed
  );
  const { curve, steps } = scores[0].files;
  await rasterize(read(`${deletion.run}/${curve}`)); // which takes well-formed XML alone
  const sheet = await decodeImage(Deno.readFileSync(`${deletion.run}/${steps}`), "sheet");
  assert.ok(sheet.width > 4 * 200, `${sheet.width}`);

  const files = () =>
    [...Deno.readDirSync(deletion.run)].map(({ name }) =>
      `${name} ${Deno.statSync(`${deletion.run}/${name}`).mtime!.getTime()}`
    ).sort();
  const before = files();
  assert.deepEqual(await judged(...args), told);
  assert.deepEqual(files(), before, "what was judged was written again");
  assert.equal(entries(out).length, 2);

  // a saved run is judged without its picture's path; another choice of options is another score
  const [again] = await judged(deletion.run, "--metrics", "deletion(steps=2)");
  assert.equal(again.curve!.length, 3);
  assert.deepEqual(
    JSON.parse(read(`${deletion.run}/scores.json`)).scores.map(({ metric }: Told) => metric),
    ["deletion", "deletion", "iou", "sparseness"],
  );
  const forced = await judged(deletion.run, "--metrics", "deletion(steps=2)", "--force");
  assert.deepEqual(forced, [again]);
});

Deno.test("judge: one technique in two ways, by one metric in two ways, is four scores", async () => {
  const out = scratch("ways"),
    args = [
      cat,
      ...["--techniques", "grad-cam(layer=layer3), grad-cam", "--out", out],
      ...["--metrics", "deletion(steps=3), deletion(steps=3, baseline=blur)"],
    ];
  const told = await judged(...args);
  assert.equal(new Set(told.map(({ value }) => value)).size, 4);
  assert.deepEqual(told.map(({ options }) => options.baseline), ["zero", "blur", "zero", "blur"]);
  const { out: table } = await phosphene("judge", ...args);
  assert.match(table, /^ +deletion\(steps=3\) ↓ +deletion\(steps=3, baseline=blur\) ↓\n/);
  for (const name of ["grad-cam\\(layer=layer3\\)", "grad-cam"]) {
    assert.match(table, new RegExp(`\n${name} +\\*?0\\.\\d+ +\\*?0\\.\\d+\n`));
  }
  const { scores } = JSON.parse(read(`${told[0].run}/scores.json`));
  const files = scores.map(({ files }: { files: { curve: string } }) => files.curve);
  assert.equal(new Set(files).size, 2);
  for (const name of files) assert.match(read(`${told[0].run}/${name}`), /deletion.*steps=3/i);

  // with the defaults, a score's files have the metric's name
  await judged(told[0].run, "--metrics", "deletion");
  assert.match(read(`${told[0].run}/score-deletion.svg`), /Deletion · Grad-CAM of cat/);
  // a folder of runs is all of its runs, or those of the techniques that are named
  const all = await judged(out, "--metrics", "deletion");
  assert.deepEqual(
    all.map(({ run }) => run).sort(),
    [...new Set(told.map(({ run }) => run))].sort(),
  );
  const none = await phosphene("judge", out, "--techniques", "saliency");
  assert.match(none.err, /^error: There is nothing to judge: .* or are of other --techniques\.$/m);
  // and one with another seed takes its place
  await judged(told[0].run, "--metrics", "deletion", "--seed", "3");
  const after = JSON.parse(read(`${told[0].run}/scores.json`)).scores;
  assert.equal(after.length, 3);
  assert.ok(after.some(({ seed }: { seed: number }) => seed === 3));
});

Deno.test("judge: a table for people, and a file of comma-separated values", async () => {
  const out = scratch("table"), csv = scratch("scores.csv");
  const { code, out: said, err } = await phosphene(
    ...["judge", cat, "--techniques", "saliency,grad-cam", "--out", out, "--csv", csv],
  );
  assert.equal(code, 0, err);
  // the mask beside the picture is found, and fewer techniques than metrics stand in columns
  assert.match(said, /^ +saliency +grad-cam\ndeletion ↓ /);
  assert.match(said, /\npointing-game ↑ +1\.000 +1\.000\n/);
  assert.match(said, /\* the best of the column or row/);
  const lines = read(csv).split("\r\n");
  assert.equal(lines[0], "image,technique,target,metric,value,options,run");
  assert.match(
    lines[1],
    /^cat-4\.png,saliency,cat,deletion,0\.\d+,"\{""steps"":20,""baseline"":""zero""\}",/,
  );
  assert.equal(lines.length, 2 * 11 + 2);
});

Deno.test("judge: a folder of pictures, with a folder of masks; its mask files are no pictures", async () => {
  const folder = scratch("folder"), masks = scratch("masks"), out = scratch("many");
  for (const path of [folder, masks]) Deno.mkdirSync(path);
  for (const name of ["cat-4", "fish-8"]) {
    Deno.copyFileSync(example(`${name}.png`), `${folder}/${name}.png`);
    Deno.copyFileSync(example(`${name}.mask.png`), `${folder}/${name}.mask.png`);
    Deno.copyFileSync(example(`${name}.mask.png`), `${masks}/${name}.png`);
  }
  const args = [...["--techniques", "grad-cam", "--metrics", "relevance-mass", "--out", out]];
  const beside = await judged(folder, ...args);
  assert.deepEqual(beside.map(({ image }) => image), ["cat-4.png", "fish-8.png"]);
  assert.deepEqual(await judged(folder, ...args, "--mask", masks, "--force"), beside);
  const { out: table } = await phosphene("judge", folder, ...args);
  const mean = (beside[0].value + beside[1].value) / 2;
  assert.match(table, new RegExp(`${mean.toPrecision(4)}`));
  assert.match(table, /means of 2 pictures/);
  const one = await phosphene("judge", folder, ...args, "--mask", mask);
  assert.equal(one.code, 2);
  assert.match(one.err, /There are 2 pictures and one mask: give --mask a folder/);
  Deno.removeSync(`${masks}/fish-8.png`);
  const lacking = await phosphene("judge", folder, ...args, "--mask", masks);
  assert.match(lacking.err, /There is no mask of "fish-8\.png" in ".*masks": it would be called/);
});

Deno.test("judge: what cannot be judged is told in a sentence", async () => {
  const out = scratch("refused"), plain = await pictureFile("plain.png", 64, 64);
  const cases: [string[], RegExp][] = [
    [["--techniques", "grad-cm"], /There is no technique "grad-cm"; nearest: "grad-cam"/],
    [["--techniques", "deepdream"], /Cannot judge deepdream: only attributions can be judged/],
    [["--techniques", "saliency(clip=0)"], /saliency: --clip takes .*after|at its beginning/],
    [["--metrics", "deltion"], /there is no metric "deltion"; nearest: "deletion"/],
    [["--metrics", "deletion(step=3)"], /deletion has no "step"; nearest: "steps"/],
    [
      ["--techniques", "saliency", "--metrics", "iou"],
      /iou needs to know where the thing in the picture is: give --mask/,
    ],
    [
      ["--techniques", "saliency", "--metrics", "iou", "--mask", cat.replace("cat-4", "no")],
      /Cannot read picture ".*no\.png"/,
    ],
    [["--techniques", "grad-cam(layer=layer9)"], /There is no layer "layer9"/],
  ];
  for (const [args, message] of cases) {
    const { code, err } = await phosphene("judge", plain, ...args, "--out", out, "--quiet");
    assert.equal(code, 2, `${args}: ${err}`);
    assert.match(err, message);
    assert.equal(err.trim().split("\n").length, 1, err);
  }
});

Deno.test("judge: a saved run is judged with the weights, labels and preprocessing that it was made with", async () => {
  const weights = await weightsFile("resnet20-cifar"), out = scratch("with weights");
  const labels = file("names.txt", Array.from({ length: 10 }, (_, i) => `thing ${i}`).join("\n"));
  const made = await phosphene(
    ...["saliency", cat, "--model", "resnet20-cifar", "--weights", weights, "--labels", labels],
    ...["--resize", "32", "--mean", "0.5", "--out", out, "--json"],
  );
  assert.equal(made.code, 0, made.err);
  const { path, target } = JSON.parse(made.out);
  const [deletion] = await judged(path, "--metrics", "deletion(score=logit, steps=3)");
  assert.ok(Math.abs(deletion.curve![0] - target.logit) < 1e-3);
  // what is known already needs no model
  Deno.renameSync(weights, `${weights}.away`);
  const again = await judged(path, "--metrics", "deletion(score=logit, steps=3)");
  Deno.renameSync(`${weights}.away`, weights);
  assert.deepEqual(again, [deletion]);
});

Deno.test("judge, compare: a picture that is broken is told once, before any work", async () => {
  const broken = `${scratch("broken")}.png`;
  Deno.writeFileSync(broken, Deno.readFileSync(cat).subarray(0, 300));
  for (const command of ["judge", "compare"]) {
    const { code, out, err } = await phosphene(
      command,
      broken,
      "--out",
      scratch("none"),
      "--quiet",
    );
    assert.deepEqual([code, out], [2, ""]);
    assert.match(err, /^error: Cannot read picture "broken\.png" as PNG: it is cut off\.\n$/);
    const told = await phosphene(command, broken, "--out", scratch("none"));
    assert.equal(told.err.match(/cut off/g)!.length, 1, told.err);
    assert.deepEqual(entries(scratch("none")), []);
  }
});

Deno.test("judge: scores that are damaged are not written over", async () => {
  const out = scratch("damaged");
  const args = ["--techniques", "saliency", "--metrics", "sparseness", "--out", out];
  const [{ run }] = await judged(cat, ...args);
  Deno.writeTextFileSync(`${run}/scores.json`, '{"schema": 1, "scores": [{"metric": "../x"}]}');
  const { code, err } = await phosphene("judge", cat, ...args);
  assert.equal(code, 2);
  assert.match(err, /Cannot keep scores with the run .*: scores\.json: scores\.0\.metric/);
  assert.match(read(`${run}/scores.json`), /\.\.\/x/);
  // another network's run is not judged by this one
  const manifest = JSON.parse(read(`${run}/manifest.json`));
  manifest.model.weights.sha256 = "0".repeat(64);
  Deno.writeTextFileSync(`${run}/manifest.json`, JSON.stringify(manifest));
  const other = await phosphene("judge", run, "--metrics", "sparseness");
  assert.match(other.err, /Cannot open the run .*: it was made with other weights of/);
});

Deno.test("judge: Ctrl-C leaves what is done, and nothing half done", async () => {
  const out = scratch("stopped");
  const args = [cat, "--techniques", "saliency", "--out", out, "--metrics"];
  await judged(...args, "sparseness");
  const process = start(["judge", ...args, "sparseness, sensitivity-max(samples=10000)"]);
  const said = ended(process);
  await new Promise((resolve) => setTimeout(resolve, 4000));
  process.kill("SIGINT");
  const { code, err } = await said;
  assert.equal(code, 130, err);
  const [run] = entries(out), files = entries(`${out}/${run}`);
  assert.ok(
    !files.some((name) => name.startsWith(".") || name.includes("sensitivity")),
    `${files}`,
  );
  const { scores } = JSON.parse(read(`${out}/${run}/scores.json`));
  assert.deepEqual(scores.map(({ metric }: Told) => metric), ["sparseness"]);
});

Deno.test("a metric of a plugin is listed, and judges", async () => {
  const plugin = file(
    "border.ts",
    `import { channelSum, defineMetric, definePlugin, z } from ${
      JSON.stringify(new URL("kit.ts", root).href)
    };
const metric = defineMetric({
  id: "upper-half",
  title: "Upper half",
  summary: "The share of the map in the upper half of the picture",
  caution: "What hangs belongs there.",
  paper: { citation: "A test", url: "https://example.org/", equation: "Σ_upper |a| / Σ |a|" },
  better: "neither",
  options: z.object({ share: z.number().gt(0).lt(1).default(0.5).describe("Where it ends") }),
  async *judge({ attribution, options: { share } }) {
    const [height, width] = attribution.shape, sums = channelSum(attribution).map(Math.abs);
    const upper = sums.subarray(0, Math.round(share * height) * width);
    const sum = (numbers: Float32Array) => numbers.reduce((a, b) => a + b, 0);
    yield { step: 1, of: 1 };
    return { value: sum(upper) / sum(sums) };
  },
});
export default definePlugin({ metrics: [metric] });
`,
  );
  const listed = await phosphene("metrics", "--plugin", plugin);
  assert.match(listed.out, /\nOthers\n +upper-half +The share of the map in the upper half/);
  const { out: about } = await phosphene("metrics", "upper-half", "--plugin", plugin);
  assert.match(
    about,
    /^Upper half: the share.*Σ_upper.*What hangs belongs there.*share +a number/s,
  );
  const runs = scratch("plugged");
  const [{ value, run }] = await judged(
    ...[cat, "--plugin", plugin, "--techniques", "saliency", "--out", runs],
    ...["--metrics", "upper-half(share=0.25)"],
  );
  assert.ok(value > 0 && value < 1, `${value}`);

  // the page offers it, and shows what it said
  const id = run.split("/").at(-1),
    { child, url } = await gallery(["--runs", runs, "--plugin", plugin]);
  try {
    const form = await (await fetch(`${url}/judge?run=${id}`)).text();
    assert.match(form, /<legend>Others<\/legend>.*name="metric-upper-half"/s);
    assert.match(form, /name="option-upper-half-share"[^>]* value="0.5"/);
    const page = await (await fetch(`${url}/runs/${id}`)).text();
    assert.match(page, /Upper half \(share=0\.25\)<span class="quiet">The share of the map/);
  } finally {
    child.kill("SIGTERM");
    await child.status;
    await child.stderr.cancel();
  }
});

Deno.test("metrics: all of them, by what they ask", async () => {
  const { out } = await phosphene("metrics");
  assert.match(out, /^Does the network use what the map shows\?\n +deletion +↓ /);
  const { out: json } = await phosphene("metrics", "--json");
  const all: { id: string; better: string; options: unknown[] }[] = JSON.parse(json);
  assert.ok(all.length >= 28 && all.every(({ options }) => Array.isArray(options)));
});
