/** Runs from the command line: what is printed, what is saved, what repeats it. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { attribute, loadImage, loadModel, readSafetensors } from "../../mod.ts";
import { absence, hasShared, own, shared } from "../_support/reference.ts";
import { channelsLast, near } from "../_support/tensors.ts";
import { entries, file, phosphene, pictureFile, scratch, weightsFile } from "./_phosphene.ts";

const weights = await weightsFile("resnet20-cifar");
const model = ["--model", "resnet20-cifar", "--weights", weights, "--backend", "cpu"];
const picture = await pictureFile("picture.png");

const valuesOf = (run: string) =>
  readSafetensors(Deno.readFileSync(`${run}/values.safetensors`)).tensors;

Deno.test("a saliency run: the class on standard output, the library's gradient, its own repetition", async () => {
  const out = scratch("saliency");
  const { code, out: printed, err } = await phosphene(
    "saliency",
    picture,
    ...model,
    "--class",
    "ship",
    "--out",
    out,
  );
  assert.equal(err, "");
  assert.equal(code, 0);
  assert.match(printed, /^picture +picture\.png$/m);
  assert.match(printed, /^class +ship \(8\), probability \d+\.\d\d %/m);
  const path = /^run +(.*)$/m.exec(printed)![1];
  assert.deepEqual(entries(path), [
    "figure.png",
    "input.png",
    "manifest.json",
    "map.png",
    "overlay.png",
    "source.png",
    "values.safetensors",
  ]);
  assert.deepEqual(entries(out), [path.split("/").at(-1)]);

  const manifest = JSON.parse(Deno.readTextFileSync(`${path}/manifest.json`));
  assert.equal(manifest.target.label, "ship");
  assert.equal(manifest.backend.name, "cpu");
  for (const { name, bytes, sha256 } of manifest.files) {
    const content = Deno.readFileSync(`${path}/${name}`);
    assert.equal(content.length, bytes);
    assert.equal(createHash("sha256").update(content).digest("hex"), sha256);
  }

  const run = await attribute("saliency", {
    model: await loadModel("resnet20-cifar", { weights }),
    image: await loadImage(picture),
    options: { class: "ship" },
  });
  near(valuesOf(path).get("attribution")!, run.attribution, 1e-4, "attribution");

  const [name, ...args] = manifest.command.split(" ");
  assert.equal(name, "phosphene");
  const again = JSON.parse((await phosphene(...args, "--json")).out);
  assert.notEqual(again.path, path);
  assert.deepEqual(valuesOf(again.path), valuesOf(path));
  assert.equal(again.command, manifest.command);
});

Deno.test("several pictures are a run each, one document with --json, and labels are the file's", async () => {
  const names = Array.from({ length: 10 }, (_, i) => `thing ${i}`);
  const other = await pictureFile("other.png", 32, 32);
  const { code, out } = await phosphene(
    "saliency",
    picture,
    other,
    ...model,
    ...["--labels", file("labels.json", JSON.stringify(names))],
    ...["--resize", "32x32", "--crop", "none", "--interpolation", "bilinear"],
    ...["--mean", "0.5,0.5,0.5", "--std", "0.25,0.25,0.25"],
    ...["--out", scratch("several"), "--json"],
  );
  assert.equal(code, 0);
  const runs = JSON.parse(out);
  assert.deepEqual(runs.map(({ image }: { image: { name: string } }) => image.name), [
    "picture.png",
    "other.png",
  ]);
  for (const { path, ...manifest } of runs) {
    assert.deepEqual(manifest, JSON.parse(Deno.readTextFileSync(`${path}/manifest.json`)));
    assert.match(manifest.target.label, /^thing \d$/);
    assert.deepEqual(manifest.model.preprocess, {
      resize: { width: 32, height: 32 },
      crop: null,
      interpolation: "bilinear",
      mean: [0.5, 0.5, 0.5],
      std: [0.25, 0.25, 0.25],
      range: 1,
      channelOrder: "rgb",
    });
  }
});

Deno.test("progress goes to standard error, its first and last step always, none with --quiet", async () => {
  const dream = ["deepdream", picture, ...model, "--steps", "3", "--layer", "layer1[0]"];
  const { code, out, err } = await phosphene(...dream, "--out", scratch("dream"));
  assert.equal(code, 0);
  const lines = err.trimEnd().split("\n");
  assert.match(lines[0], /^deepdream picture\.png 1\/3 {2}loss -?\d/);
  assert.match(lines.at(-1)!, /^deepdream picture\.png 3\/3 {2}loss -?\d/);
  const path = /^run +(.*)$/m.exec(out)![1];
  const { losses } = JSON.parse(Deno.readTextFileSync(`${path}/manifest.json`)).result;
  assert.equal(losses.length, 3);
  const printed = Number(/^loss +(\S+) after 3 steps/m.exec(out)![1]);
  assert.ok(Math.abs(printed - losses[2]) <= 1e-5 * Math.abs(losses[2]));
  assert.deepEqual(entries(path), [
    "animation.gif",
    "animation.webp",
    "final.png",
    "frame-0003.png",
    "input.png",
    "losses.svg",
    "manifest.json",
    "source.png",
    "values.safetensors",
  ]);
  assert.equal((await phosphene(...dream, "--out", scratch("quiet"), "--quiet")).err, "");
});

Deno.test("the example's technique is a command once its file is named", async () => {
  const args = ["gradient-sign", picture, ...model, "--out", scratch("plugin"), "--json"];
  const plugin = ["--plugin", "examples/plugin_technique.ts"];
  const { code, out, err } = await phosphene(...args, "--threshold", "0.001", ...plugin);
  assert.equal(err, "");
  assert.equal(code, 0);
  const { path, options, command } = JSON.parse(out);
  assert.equal(options.threshold, 0.001);
  assert.ok(command.includes(plugin.join(" ")));
  assert.ok(valuesOf(path).get("map")!.every((v) => v === 0 || v === 0.5 || v === 1));
  const unknown = await phosphene(...args);
  assert.equal(unknown.code, 2);
  assert.match(unknown.err, /^error: There is no command "gradient-sign"; nearest: /);
});

Deno.test("a picture that was drawn is recognized, and its gradient is PyTorch's", async () => {
  const { code, out } = await phosphene(
    "saliency",
    own.path("images/cat.png"),
    ...["--model", "phosphene-resnet", "--resize", "none", "--crop", "none"],
    ...["--out", scratch("drawn"), "--json"],
  );
  assert.equal(code, 0);
  const { path, target } = JSON.parse(out);
  assert.equal(
    target.index,
    own.json<{ predicted: number }>(
      "expected/phosphene-resnet-cat.json",
    ).predicted,
  );
  const expected = own.tensors("expected/phosphene-resnet-cat.safetensors");
  const [ours, gradient] = [valuesOf(path), channelsLast(expected.get("gradient")!)];
  assert.deepEqual(ours.get("attribution")!.shape, gradient.shape);
  near(ours.get("attribution")!, gradient, 1e-4, "gradient");
  near(ours.get("map")!, expected.get("saliency")!, 1e-4, "saliency");
});

Deno.test({
  name: `a real ResNet-20 sees the car, and its gradient is PyTorch's${absence}`,
  ignore: !hasShared,
  async fn() {
    const { code, out } = await phosphene(
      "saliency",
      shared.path("images/car.png"),
      ...["--model", "resnet20-cifar"],
      ...["--weights", shared.path("models/resnet20-12fca82f.th")],
      ...["--out", scratch("reference"), "--json"],
    );
    assert.equal(code, 0);
    const { path, target, model } = JSON.parse(out);
    assert.equal(target.label, "automobile");
    assert.equal(target.probability > 0.99, true);
    assert.match(model.weights.sha256, /^12fca82f/);
    const expected = shared.tensors("expected/resnet20-car.safetensors");
    const [ours, gradient] = [valuesOf(path), channelsLast(expected.get("gradient")!)];
    assert.deepEqual(ours.get("attribution")!.shape, gradient.shape);
    near(ours.get("attribution")!, gradient, 1e-4, "gradient");
    near(ours.get("map")!, expected.get("saliency")!, 1e-4, "saliency");
  },
});
