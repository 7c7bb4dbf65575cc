/** A run shows itself: as pictures, in a notebook, in one line. */
import assert from "node:assert/strict";
import { inspect } from "node:util";
import { deepdream } from "../../techniques/mod.ts";
import { decodeImage, type Picture } from "../../image/mod.ts";
import { attribute, loadModel, loadRun, saveRun, visualize } from "../../mod.ts";
import { useBackend } from "../../engine/runtime.ts";
import { picture } from "../../conformance/networks.ts";

await useBackend("cpu");
const size = { width: 32, height: 24 };
const model = await loadModel("phosphene-resnet", { preprocess: { resize: size, crop: null } });
const image = picture(32, 24);

type Shows = Record<symbol, () => Promise<Record<string, string>>>;
/** What a notebook is given of a thing, as bytes. */
async function shown(thing: unknown, type: string): Promise<Uint8Array> {
  const bundle = await (thing as Shows)[Symbol.for("Jupyter.display")]();
  return Uint8Array.from(atob(bundle[type]), (letter) => letter.charCodeAt(0));
}
const sizeOf = ({ width, height }: Picture) => [width, height];

/** One line, without what a terminal or an object would put around it. */
function lineOf(thing: unknown): string {
  const line = Deno.inspect(thing);
  assert.equal(inspect(thing), line);
  assert.ok(!line.includes("\n"), line);
  return line;
}

Deno.test("an attribution is its map, its overlay and its figure, and saves the same", async () => {
  const run = await attribute("grad-cam", { model, image, options: { overlay: 0.25 } });
  const [map, over, figure] = [await run.picture(), await run.overlay(), await run.figure()];
  assert.deepEqual([map, over].map(sizeOf), [[32, 24], [32, 24]]);
  assert.equal(run.strength, 0.25);
  assert.ok(figure.width > 3 * 32);
  const folder = await Deno.makeTempDir();
  try {
    const { path } = await saveRun(run, folder);
    const saved = await loadRun(path);
    assert.deepEqual((await saved.picture("map"))!.data, map.data);
    assert.deepEqual((await saved.picture("overlay"))!.data, over.data);
    assert.deepEqual((await saved.picture("figure"))!.data, figure.data);
    const again = await decodeImage(await shown(saved, "image/png"));
    assert.deepEqual(again.data, figure.data);
    assert.match(lineOf(saved), /^Grad-CAM of \w+: phosphene-resnet, saved in /);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  assert.deepEqual((await decodeImage(await shown(run, "image/png"))).data, figure.data);
  assert.deepEqual((await decodeImage(await shown(over, "image/png"))).data, over.data);
});

Deno.test("a visualization is its image and its figure, and in a notebook it moves", async () => {
  const options = { steps: 3, saveEvery: 1, size: "16x12", layer: "layer2", channel: 2 } as const;
  const run = await visualize(deepdream, { model, image, options });
  assert.equal((await run.picture()).data, run.final.data);
  assert.ok((await run.figure()).width > 2 * 16);
  const gif = await shown(run, "image/gif");
  assert.equal(new TextDecoder("latin1").decode(gif.slice(0, 6)), "GIF89a");
  assert.deepEqual(sizeOf(await decodeImage(gif)), [16, 12]);
});

Deno.test("runs, models and pictures print as one line, and have no more fields than before", async () => {
  const run = await attribute("saliency", { model, image });
  assert.match(
    lineOf(run),
    /^Saliency map of \w+ [<>]?\d[\d.]* %: phosphene-resnet, 32×24, cpu, \d+\.\d\d s(, \d+ notes?)?$/,
  );
  assert.match(Deno.inspect({ run }).replace(/\s+/g, " "), /^\{ run: Saliency map of .* \}$/);
  assert.match(lineOf(model), /^phosphene-resnet: .*, 32×24 pixels, 20 classes$/);
  assert.match(lineOf(await run.overlay()), /^picture, 32×24 pixels$/);
  const fields = Object.keys({ ...run });
  for (const name of ["overlay", "picture", "figure"]) assert.ok(!fields.includes(name), name);
  assert.deepEqual(Object.keys(await run.overlay()), ["width", "height", "data"]);
});
