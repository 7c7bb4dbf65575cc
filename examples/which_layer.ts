/**
 * Which layer sees the eyes? LayerCAM at every stage of a network, and how much of each map lies on
 * them; that their share of the picture would be chance.
 *
 *     deno run -A examples/which_layer.ts [RESULT.png]
 */
import { attribute, type Cell, contactSheet, encodePng } from "../mod.ts";
import { layerCam, loadImage, loadModel } from "../mod.ts";

const model = await loadModel("phosphene-resnet");
const image = await loadImage(new URL("images/cat-4.png", import.meta.url));

/** Whether pixel `i` of a map is within an eye; its sides are 1. */
const onEye = (i: number, [height, width]: readonly number[]) =>
  [[0.37, 0.45], [0.605, 0.365]].some(([left, top]) =>
    Math.hypot((i % width + 0.5) / width - left, (Math.floor(i / width) + 0.5) / height - top) <
      0.09
  );
const percent = (share: number) => `${(100 * share).toFixed(0)} %`;

const cells: Cell[] = [];
for (const layer of ["act1", "layer1", "layer2", "layer3", "layer4"]) {
  const run = await attribute(layerCam, { model, image, options: { layer } });
  const { map, seen } = run, eyes = map.map((_, i) => Number(onEye(i, map.shape)));
  const sum = (numbers: Float32Array) => numbers.reduce((a, b) => a + b, 0);
  const share = percent(sum(map.map((v, i) => v * eyes[i])) / sum(map));
  if (cells.length === 0) {
    const data = seen.data.map((v, i) => eyes[Math.floor(i / 3)] ? v : v / 4);
    const caption = `${percent(sum(eyes) / eyes.length)} of the picture`;
    cells.push({ picture: { ...seen, data }, title: "What counts as eyes", caption });
  }
  console.log(`${layer}: ${share} of the map is on the eyes`);
  cells.push({ picture: await run.overlay(), title: layer, caption: `${share} on the eyes` });
}
await Deno.writeFile(
  Deno.args[0] ?? "which_layer.png",
  await encodePng(await contactSheet([cells.slice(0, 3), cells.slice(3)])),
);
