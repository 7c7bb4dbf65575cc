/** What a run's manifest says repeats it, does: from the command line, a script and a plugin. */
import assert from "node:assert/strict";
import { z } from "../../deps/zod.ts";
import {
  attribute,
  defineTechnique,
  GraphBuilder,
  loadImage,
  loadModel,
  loadRun,
  type Manifest,
  Network,
  saveRun,
  techniques,
  useBackend,
  visualize,
} from "../../mod.ts";
import { loadPlugin } from "../../run/plugins/mod.ts";
import { modelOf, picture } from "../../conformance/networks.ts";
import { file, phosphene, pictureFile, root, scratch, weightsFile } from "./_phosphene.ts";

await useBackend("wasm");
const path = await pictureFile("picture.png");
const weights = await weightsFile("resnet20-cifar");

/** Splits a command line as a POSIX shell does. */
async function words(command: string): Promise<string[]> {
  const { stdout } = await new Deno.Command("sh", {
    args: ["-c", `set -- ${command}\nfor word in "$@"; do printf '%s\\0' "$word"; done`],
  }).output();
  return new TextDecoder().decode(stdout).split("\0").slice(0, -1);
}

/** Runs a manifest's command; the run that it makes has the same numbers. */
async function repeats(folder: string, manifest: Manifest): Promise<Manifest> {
  const [name, ...args] = await words(manifest.command);
  assert.equal(name, "phosphene", manifest.command);
  const { code, out, err } = await phosphene(...args, "--json");
  assert.equal(code, 0, err);
  const again = JSON.parse(out);
  assert.notEqual(again.path, folder);
  const bytes = (path: string) => Deno.readFileSync(`${path}/values.safetensors`);
  assert.deepEqual(bytes(again.path), bytes(folder));
  assert.deepEqual(again.options, manifest.options);
  return again;
}

Deno.test("a run from the command line is repeated by its command", async () => {
  const { out, err } = await phosphene(
    "grad-cam",
    path,
    ...["--model", "resnet20-cifar", "--weights", weights, "--class", "ship"],
    ...["--layer", "layer1,layer2", "--mean", "0.4,0.5,0.6", "--range", "255", "--resize", "40x36"],
    ...["--crop", "none", "--channel-order", "bgr", "--out", scratch("by-cli"), "--json"],
  );
  assert.ok(out, err);
  const manifest = JSON.parse(out);
  assert.equal(manifest.model.preprocess.range, 255);
  assert.equal(manifest.model.preprocess.channelOrder, "bgr");
  const again = await repeats(manifest.path, manifest);
  assert.equal(again.command, manifest.command);
});

Deno.test("a script's run with its own labels and preprocessing is repeated by its command", async () => {
  const labels = Array.from({ length: 10 }, (_, i) => i === 7 ? `it's, "so"` : `thing ${i}`);
  const model = await loadModel("resnet20-cifar", {
    weights,
    labels,
    preprocess: { std: [0.2, 0.3, 0.25], interpolation: "bicubic", resize: 48 },
  });
  const image = await loadImage(path), out = scratch("by-script");
  const run = await attribute("lrp", {
    model,
    image: { width: image.width, height: image.height, data: image.data }, // no file of its own
    options: { class: labels[7], composite: "epsilon" },
    seed: 3,
  });
  const saved = await saveRun(run, out);
  assert.match(
    saved.manifest.command,
    /source\.png .*--labels .*labels\.json .*--std 0\.2,0\.3,0\.25/,
  );
  const again = await repeats(saved.path, saved.manifest);
  assert.equal(again.target!.label, labels[7]);
  assert.equal(again.seed, 3);
});

Deno.test("a dream is repeated by its command, from its own picture", async () => {
  const run = await visualize("deepdream", {
    model: await loadModel("phosphene-vgg"),
    image: await loadImage(path),
    options: { layer: "features.3", channel: 2, steps: 3, saveEvery: 2 },
  });
  const { path: folder, manifest } = await saveRun(run, scratch("dreams"));
  await repeats(folder, manifest);
});

Deno.test("a plugin's run is repeated by its command, which names the plugin", async () => {
  const plugin = `${root}examples/plugin_technique.ts`;
  const { techniques: [mine] } = await loadPlugin(plugin);
  const model = await loadModel("phosphene-resnet");
  const run = await attribute(mine, { model, image: await loadImage(path) });
  const { path: folder, manifest } = await saveRun(run, scratch("by-plugin"));
  assert.equal(manifest.plugins?.length, 1);
  assert.equal(manifest.plugins[0].file, plugin);
  assert.match(manifest.plugins[0].sha256!, /^[0-9a-f]{64}$/);
  const again = await repeats(folder, manifest);
  assert.deepEqual(again.plugins, manifest.plugins);
});

Deno.test("where no command can repeat a run, the manifest says why", async () => {
  const out = scratch("unrepeatable"), image = await loadImage(path);
  const builtin = await loadModel("phosphene-resnet");
  const net = new GraphBuilder();
  const pooled = net.globalAvgPool("pool", net.relu("relu", "input"));
  const mine = new Network(net.build(pooled), new Map(), "mine");
  const { loaded: _, ...handmade } = modelOf(mine, 48, 40);
  const own = defineTechnique<z.ZodObject>({
    ...techniques.get("saliency") as Parameters<typeof defineTechnique>[0],
    id: "own",
  } as never);
  const nested = defineTechnique<z.ZodObject>({
    ...techniques.get("saliency"),
    id: "saliency",
    options: z.object({ overlay: z.number().default(0.5) }),
  } as never);
  const reasons = [
    [await attribute("saliency", { model: handmade, image }), /its network was made by a script/],
    [await attribute(own, { model: builtin, image }), /its technique comes from a script/],
    [await attribute(nested, { model: builtin, image }), /its technique comes from a script/],
  ] as const;
  for (const [run, reason] of reasons) {
    const { command } = (await saveRun(run, out)).manifest;
    assert.match(command, /^# No command repeats this run: /);
    assert.match(command, reason);
    assert.deepEqual(await words(command), [], "a shell takes it for a comment");
  }
});

Deno.test("a saved run is read back as data", async () => {
  const image = picture(48, 40), model = await loadModel("phosphene-resnet");
  const run = await attribute("grad-cam", { model, image });
  const { path: folder, manifest } = await saveRun(run, scratch("read"));
  const saved = await loadRun(folder);
  assert.deepEqual(saved.manifest, JSON.parse(JSON.stringify(manifest)));
  const { map, attribution } = await saved.values();
  assert.deepEqual(map, run.map);
  assert.deepEqual(map.shape, run.map.shape);
  assert.deepEqual(attribution, run.attribution);
  assert.deepEqual((await saved.picture("input"))!.data, run.seen.data);
  assert.deepEqual((await saved.source())!.data, image.data);
  assert.equal(await saved.picture("final"), undefined);
  assert.equal(manifest.backend.kernel, run.backend.kernel);
  assert.match(run.backend.kernel, /^(relaxed-)?simd$/);

  await assert.rejects(loadRun(scratch("nowhere")), {
    name: "UserError",
    code: "no-file",
    message: /there is no manifest\.json/,
  });
  Deno.writeTextFileSync(`${folder}/values.safetensors`, "changed");
  await assert.rejects(saved.values(), { code: "bad-file", message: /is not as it was saved/ });
  Deno.removeSync(`${folder}/values.safetensors`);
  await assert.rejects(saved.values(), { code: "no-file", message: /there is no such file/ });
  Deno.writeTextFileSync(`${folder}/manifest.json`, "{");
  await assert.rejects(loadRun(folder), { code: "bad-file", message: /is not JSON/ });
});

Deno.test("the picture that is kept is the file itself, if that is not too large", async () => {
  const model = await loadModel("phosphene-resnet"), bytes = Deno.readFileSync(path);
  const gone = file("gone.png", bytes), image = await loadImage(gone);
  const run = await attribute("saliency", { model, image });
  const first = await saveRun(run, scratch("kept"));
  assert.deepEqual(Deno.readFileSync(`${first.path}/source.png`), bytes);
  assert.equal(first.manifest.image!.file!.sha256, image.sha256);
  assert.equal(first.manifest.image!.path, gone);
  Deno.removeSync(gone);
  const second = await saveRun(run, scratch("kept"));
  const kept = await (await loadRun(second.path)).source();
  assert.deepEqual(kept!.data, image.data, "its pixels, where the file is gone");
});
