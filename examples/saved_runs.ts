/**
 * Saves a run, reads it back and makes it again from what the manifest and the model remember.
 *
 *     deno run -A examples/saved_runs.ts [FOLDER]
 */
import { attribute, gradCam, loadImage, loadModel, loadRun, saveRun } from "../mod.ts";

const model = await loadModel("phosphene-resnet");
const image = await loadImage(new URL("images/cat-4.png", import.meta.url));
const run = await attribute(gradCam, { model, image, options: { layer: "layer4" } });
const { path } = await saveRun(run, Deno.args[0] ?? "runs");

const saved = await loadRun(path);
const { attribution, map } = await saved.values(); // each file is checked against its hash
const overlay = await saved.picture("overlay");
console.log(`${saved.manifest.technique.title}: ${attribution.shape}, shown as ${map.shape}`);
console.log(`the overlay has ${overlay!.width}×${overlay!.height} pixels`);
console.log(saved.manifest.command); // repeats the run in a terminal

// the same in a script: what loads the model again, the kept picture, the options, the seed
const { id, ...request } = model.loaded!;
const again = await attribute(saved.manifest.technique.id, {
  model: await loadModel(id, request),
  image: (await saved.source())!, // it was small enough to be kept
  options: saved.manifest.options,
  seed: saved.manifest.seed,
});
console.log(`the same map: ${again.map.every((v, i) => v === map[i])}`);
