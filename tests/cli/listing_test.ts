/** The commands that tell what there is. */
import assert from "node:assert/strict";
import { optionFields } from "../../core/options.ts";
import { modelIds } from "../../models/mod.ts";
import { techniques } from "../../techniques/mod.ts";
import { phosphene, pictureFile, weightsFile } from "./_phosphene.ts";

/** The one JSON document that a command prints. */
async function json(...args: string[]) {
  const { code, out, err } = await phosphene(...args, "--json");
  assert.equal(code, 0, err);
  assert.equal(err, "");
  return JSON.parse(out);
}

Deno.test("help names every command, a technique's help every option with its default", async () => {
  const { code, out, err } = await phosphene();
  assert.deepEqual([code, err], [0, ""]);
  for (const id of [...techniques.ids, "predict", "techniques", "models", "layers", "doctor"]) {
    assert.match(out, new RegExp(`^ {2}${id} +\\S`, "m"));
  }
  const help = (await phosphene("deepdream", "--help")).out.replace(/\s+/g, " ");
  for (const { flag } of optionFields(techniques.get("deepdream").options)) {
    assert.ok(help.includes(`--${flag} `), flag);
  }
  assert.ok(help.includes("--optimizer <sgd|adam> Optimizer that takes the steps (default: sgd)"));
  assert.ok(help.includes("(1 to 100000; default: 250)"));
  for (const flag of ["model", "weights", "resize", "backend", "seed", "out", "json", "plugin"]) {
    assert.ok(help.includes(`--${flag}`), flag);
  }
});

Deno.test("techniques, models and doctor tell people and programs the same", async () => {
  const listed = await json("techniques");
  assert.deepEqual(listed.map(({ id }: { id: string }) => id), techniques.ids);
  assert.deepEqual(
    listed.map(({ options }: { options: unknown }) => options),
    JSON.parse(JSON.stringify([...techniques].map(({ options }) => optionFields(options)))),
  );
  const families = await json("models");
  assert.deepEqual(families.flatMap(({ models }: { models: string[] }) => models), modelIds());

  const { code, err } = await phosphene("models", await pictureFile("picture.png"));
  assert.equal(code, 2);
  assert.match(err, /is no network's id, but a file or a folder; `phosphene layers` lists/);

  const table = (await phosphene("techniques")).out;
  for (const { id, summary } of techniques) assert.ok(table.includes(`${id} `), `${id} ${summary}`);

  const checks: { what: string; ok: boolean; remedy?: string }[] = await json("doctor");
  const works = (what: string) => checks.find((check) => check.what === what)?.ok;
  assert.equal(works("Deno"), true);
  assert.equal(works("backend wasm"), true);
  assert.equal(works("backend cpu"), true);
  assert.equal(works("threads on wasm"), true);
  assert.equal(works("built-in network"), true);
  for (const check of checks) assert.ok(check.ok || check.remedy, check.what);
});

Deno.test("layers of an architecture need no weights, and add up to what is published", async () => {
  const { layers, total, width } = await json("layers", "resnet18");
  assert.equal(width, 224);
  assert.equal(total.parameters, 11_689_512); // torchvision's count
  assert.ok(total.multiplyAdds > 1.81e9 && total.multiplyAdds < 1.83e9);
  const sum = (rows: { parameters: number }[]) => rows.reduce((n, row) => n + row.parameters, 0);
  assert.equal(sum(layers), total.parameters);
  const tree = await json("layers", "resnet18", "--tree", "--size", "64x32");
  const stage = tree.layers.find(({ name }: { name: string }) => name === "layer4");
  assert.deepEqual(stage.shape, [1, 2, 512]);
  assert.equal(stage.parameters, 8_393_728);

  const text = (await phosphene("layers", "resnet18", "--tree")).out;
  assert.match(text, /^layer4 +7×7×512 +8,393,728 +411 M$/m);
  assert.match(text, /^ {4}conv2 +conv2d +7×7×512 +2,359,296 +116 M$/m);
});

Deno.test("predict ranks the classes, as a table and as JSON", async () => {
  const args = [
    "predict",
    await pictureFile("picture.png"),
    ...["--model", "resnet20-cifar", "--weights", await weightsFile("resnet20-cifar")],
  ];
  const { predictions, image } = await json(...args, "--top", "10");
  assert.equal(image.name, "picture.png");
  assert.equal(predictions.length, 10);
  const sum = predictions.reduce((s: number, p: { probability: number }) => s + p.probability, 0);
  assert.ok(Math.abs(sum - 1) < 1e-6);
  const { out } = await phosphene(...args, "--top", "2");
  const [, first, second, ...rest] = out.trimEnd().split("\n");
  assert.equal(rest.length, 0);
  assert.match(first, new RegExp(`^1 +${predictions[0].index} +${predictions[0].label} .* %`));
  assert.match(second, new RegExp(`^2 +${predictions[1].index} +${predictions[1].label} .* %`));
});
