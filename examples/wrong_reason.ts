/**
 * Which pictures does a network get right for the wrong reason? All fish that tiny-cnn-tagged learnt
 * from had a white tag in a corner, as fish-8 gets one here. What is right, though less of its map
 * lies on the thing than chance would put there, is looked at again with all but the thing in grey.
 *
 *     deno run -A examples/wrong_reason.ts [RESULT.png]
 */
import { attribute, type Cell, contactSheet, encodePng, gradCam, predict } from "../mod.ts";
import { loadImage, loadModel, loadPlugin, resize } from "../mod.ts";

const [result = "wrong_reason.png"] = Deno.args;
const here = (path: string) => new URL(path, import.meta.url);
await loadPlugin(here("plugin_model.ts").href);
const model = await loadModel("tiny-cnn", { weights: here("models/tiny-cnn-tagged.pth") });

const cells: Cell[] = [];
for (const name of ["butterfly-12", "cat-4", "fish-8", "flower-30", "mushroom-21", "snail-3"]) {
  const load = async (path: string) => resize(await loadImage(here(path)), 32, 32, "bilinear");
  const image = await load(`images/${name}.png`), mask = await load(`images/${name}.mask.png`);
  if (name === "fish-8") {
    for (const y of [27, 28, 29, 30]) image.data.fill(255, 3 * (32 * y + 1), 3 * (32 * y + 5));
  }
  const run = await attribute(gradCam, { model, image }), { target: { label }, map } = run;
  const total = map.reduce((sum, v) => sum + v, 0);
  const onThing = map.reduce((sum, v, i) => sum + v * mask.data[3 * i], 0) / total;
  const byChance = map.reduce((sum, _, i) => sum + mask.data[3 * i], 0) / map.length;
  let caption = name.startsWith(label) ? "right" : `wrong: ${label}`;
  if (caption === "right" && onThing < byChance) {
    const data = image.data.map((v, i) => mask.data[i] > 127 ? v : 128);
    const [{ label: alone }] = await predict(model, { ...image, data });
    caption = `right, but by itself ${alone}`;
  }
  console.log(`${name}: ${caption}, ${(onThing / byChance).toFixed(1)} times as much as by chance`);
  cells.push({ picture: await run.overlay(), title: name, caption });
}
await Deno.writeFile(
  result,
  await encodePng(await contactSheet([cells.slice(0, 3), cells.slice(3)])),
);
