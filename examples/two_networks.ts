/**
 * Do two networks look at the same places? One picture, two networks, and where their maps differ.
 *
 *     deno run -A examples/two_networks.ts [PICTURE [RESULT.png]]
 */
import { attribute, contactSheet, encodePng, gradCam, loadImage, loadModel } from "../mod.ts";
import { paint, signedMap, values } from "../mod.ts";

const [source = new URL("images/snail-3.png", import.meta.url), result = "two_networks.png"] =
  Deno.args;
const image = await loadImage(source);

const runs = [];
for (const id of ["phosphene-resnet", "phosphene-vgg"]) {
  const model = await loadModel(id);
  const run = await attribute(gradCam, { model, image });
  const { label, probability } = run.target;
  console.log(`${id}: ${label}, ${(100 * probability!).toFixed(1)} %`);
  runs.push(run);
}
const [one, other] = runs;
const difference = values(one.map.map((v, i) => v - other.map[i]), one.map.shape);
const apart = difference.reduce((sum, v) => sum + Math.abs(v), 0) / difference.length;
console.log(`their maps are ${apart.toFixed(2)} apart on average, of at most 1`);

const { map, scale } = signedMap(difference, 100), colors = "diverging";
const sheet = await contactSheet([[
  { picture: await one.overlay(), title: one.model.id, caption: one.target.label },
  { picture: await other.overlay(), title: other.model.id, caption: other.target.label },
  { picture: await paint(map, colors), title: "The first − the second", bar: { colors, scale } },
]]);
await Deno.writeFile(result, await encodePng(sheet));
