/**
 * What a network sees in a picture, explained in three ways; each run is a folder in `runs`.
 *
 *     deno run -A examples/explain.ts [PICTURE]
 */
import { attribute, loadImage, loadModel, predict, saveRun } from "../mod.ts";

const model = await loadModel("phosphene-resnet");
const image = await loadImage(Deno.args[0] ?? new URL("images/cat-4.png", import.meta.url));

const [best, second] = await predict(model, image);
console.log(`${image.name}: ${best.label}, then ${second.label}`);

for (const technique of ["saliency", "grad-cam", "integrated-gradients"]) {
  const run = await attribute(technique, { model, image });
  const { path } = await saveRun(run, "runs");
  const brightest = run.map.indexOf(Math.max(...run.map)), width = run.map.shape[1];
  console.log(
    `${technique}: brightest at x ${brightest % width}, y ${
      Math.floor(brightest / width)
    }; ${path}`,
  );
}
