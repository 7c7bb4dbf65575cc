/**
 * What a network sees in a picture, explained in three ways; each run is a folder in `runs`.
 *
 *     deno run -A examples/explain.ts [PICTURE [RESULT.png]]
 */
import { attribute, type Cell, contactSheet, encodePng, loadImage, loadModel } from "../mod.ts";
import { gradCam, integratedGradients, predict, saliency, saveRun } from "../mod.ts";

const [source = new URL("images/cat-4.png", import.meta.url), result = "explain.png"] = Deno.args;
const model = await loadModel("phosphene-resnet");
const image = await loadImage(source);

const [best, second] = await predict(model, image);
console.log(`${image.name}: ${best.label}, then ${second.label}`);

const cells: Cell[] = [];
for (const technique of [saliency, gradCam, integratedGradients]) {
  const run = await attribute(technique, { model, image });
  const { path } = await saveRun(run, "runs");
  const brightest = run.map.indexOf(Math.max(...run.map)), width = run.map.shape[1];
  const [x, y] = [brightest % width, Math.floor(brightest / width)];
  console.log(`${technique.id}: brightest at x ${x}, y ${y}; ${path}`);
  cells.push({ picture: await run.overlay(), title: technique.title });
}
await Deno.writeFile(result, await encodePng(await contactSheet([cells])));
