/**
 * A folder of pictures as a table: what the network says of each, how sure it is, and how much of its
 * map lies within the mask (`cat.mask.png` beside `cat.png`), if there is one.
 *
 *     deno run -A examples/folder_to_csv.ts [FOLDER [RESULT.csv]]
 */
import { attribute, gradCam, loadImage, loadModel, resize } from "../mod.ts";

const [folder = decodeURIComponent(new URL("images", import.meta.url).pathname), result] =
  Deno.args;
const model = await loadModel("phosphene-resnet");

const names = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
const rows = ["picture,class,probability,within mask"];
for (const name of names.filter((name) => /(?<!\.mask)\.(png|jpe?g|webp)$/i.test(name))) {
  const image = await loadImage(`${folder}/${name}`);
  const { target, map } = await attribute(gradCam, { model, image });
  const maskName = name.replace(/\.\w+$/, ".mask.png");
  let within = "";
  if (names.includes(maskName)) {
    const [height, width] = map.shape;
    const mask = resize(await loadImage(`${folder}/${maskName}`), width, height, "bilinear");
    const inside = map.reduce((sum, v, i) => sum + v * mask.data[3 * i] / 255, 0);
    within = (inside / map.reduce((sum, v) => sum + v, 0)).toFixed(3);
  }
  const [quotedName, quotedLabel] = [name, target.label].map((t) => `"${t.replaceAll('"', '""')}"`);
  rows.push([quotedName, quotedLabel, target.probability!.toFixed(4), within].join(","));
}
await Deno.writeTextFile(result ?? "folder_to_csv.csv", rows.join("\n") + "\n");
console.log(rows.join("\n"));
