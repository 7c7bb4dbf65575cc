/**
 * How does the map change while a network learns? Grad-CAM of one picture by checkpoints of tiny-cnn,
 * kept by `models/make.py` while it was trained.
 *
 *     deno run -A examples/along_training.ts [PICTURE [RESULT.png]]
 */
import { attribute, type Cell, contactSheet, encodePng, gradCam } from "../mod.ts";
import { loadImage, loadModel, loadPlugin } from "../mod.ts";

const here = (path: string) => new URL(path, import.meta.url);
const [source = here("images/butterfly-12.png"), result = "along_training.png"] = Deno.args;
await loadPlugin(here("plugin_model.ts").href); // knows what a tiny-cnn is
const image = await loadImage(source);

const checkpoints = { untrained: "-0", "1 epoch": "-1", "4 epochs": "-4", "20 epochs": "" };
const cells: Cell[] = [];
for (const [title, suffix] of Object.entries(checkpoints)) {
  const model = await loadModel("tiny-cnn", { weights: here(`models/tiny-cnn${suffix}.pth`) });
  const run = await attribute(gradCam, { model, image, options: { class: "butterfly" } });
  const [best] = run.predicted, sure = `${Math.floor(100 * best.probability!)} %`;
  console.log(`${title}: ${best.label}, ${sure}`);
  if (cells.length === 0) cells.push({ picture: run.seen, title: "What the network saw" });
  cells.push({ picture: await run.overlay(), title, caption: `it says ${best.label}, ${sure}` });
}
await Deno.writeFile(result, await encodePng(await contactSheet([cells])));
