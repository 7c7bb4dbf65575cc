/**
 * Which layer sees the eyes? LayerCAM at every stage of a network, and how much of each map lies on
 * them; that their share of the picture would be chance.
 *
 *     deno run -A examples/which_layer.ts [RESULT.png]
 */
import { attribute, type Cell, contactSheet, encodePng } from "../mod.ts";
import { layerCam, loadImage, loadModel } from "../mod.ts";

const [result = "which_layer.png"] = Deno.args;
const model = await loadModel("phosphene-resnet");
const image = await loadImage(new URL("images/cat-4.png", import.meta.url));

/** The middles of the eyes, and how far they reach, as shares of the picture's side. */
const eyes = [[0.37, 0.45], [0.605, 0.365]], radius = 0.09;
const percent = (share: number) => `${(100 * share).toFixed(0)} %`;

const cells: Cell[] = [];
for (const layer of ["act1", "layer1", "layer2", "layer3", "layer4"]) {
  const run = await attribute(layerCam, { model, image, options: { layer } });
  const [height, width] = run.map.shape;
  const onEye = run.map.map((_, i) => {
    const x = (i % width + 0.5) / width, y = (Math.floor(i / width) + 0.5) / height;
    return eyes.some(([left, top]) => Math.hypot(x - left, y - top) < radius) ? 1 : 0;
  });
  const sum = (of: Float32Array) => of.reduce((a, b) => a + b, 0);
  if (cells.length === 0) {
    const data = run.seen.data.map((v, i) => onEye[Math.floor(i / 3)] ? v : v / 4);
    cells.push({ picture: { ...run.seen, data }, title: "What counts as eyes" });
  }
  const share = sum(run.map.map((v, i) => v * onEye[i])) / sum(run.map);
  const chance = sum(onEye) / onEye.length;
  console.log(
    `${layer}: ${percent(share)} of the map is on the eyes, ${percent(chance)} by chance`,
  );
  cells.push({
    picture: await run.overlay(),
    title: layer,
    caption: `${percent(share)} on the eyes`,
  });
}
await Deno.writeFile(result, await encodePng(await contactSheet([cells])));
