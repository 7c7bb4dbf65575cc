/**
 * Why does a network label this place so? The built-in ResNet without its pooling labels every place
 * of a picture, here of two pictures side by side, and each place can be explained.
 *
 *     deno run -A examples/segmentation.ts [RESULT.png]
 */
import { tf } from "../kit.ts";
import { attribute, contactSheet, encodePng, gradCam, loadImage, loadModel } from "../mod.ts";
import { Network, paint, preprocess, resize, upsample, values } from "../mod.ts";

const [result = "segmentation.png"] = Deno.args;
const { network: { graph, parameters }, ...classifier } = await loadModel("phosphene-resnet");

// the last layer reads the map that was pooled: a dense layer works on each place for itself
const [pool, last] = graph.nodes.slice(-2);
const nodes = [...graph.nodes.slice(0, -2), { ...last, inputs: pool.inputs }];
const modules = graph.modules.filter(({ node }) => node !== pool.name);
const network = new Network({ ...graph, nodes, modules }, parameters.host);
const anySize = { ...classifier.preprocess, resize: null, crop: null };
const model = { ...classifier, network, preprocess: anySize };

const side = 64,
  image = { width: 2 * side, height: side, data: new Uint8ClampedArray(6 * side ** 2) };
for (const [i, name] of ["cat-4", "fish-8"].entries()) {
  const picture = await loadImage(new URL(`images/${name}.png`, import.meta.url));
  const { data } = resize(picture, side, side, "bilinear");
  for (let y = 0; y < side; y++) {
    image.data.set(data.subarray(3 * side * y, 3 * side * (y + 1)), 3 * side * (2 * y + i));
  }
}

const cells = [];
for (const target of ["cat@3:4", "fish@4:12"]) { // a class in a row and a column of the map
  const run = await attribute(gradCam, { model, image, target });
  const { index, label, probability } = run.target, [name, place] = target.split("@");
  console.log(`${label}: ${(100 * probability!).toFixed(1)} %`);
  const { input } = preprocess(image, model.preprocess);
  const logits = await network.logits(tf.tensor4d(input, [1, side, 2 * side, 3]));
  const ofClass = tf.slice(tf.softmax(logits), [0, 0, 0, index], [1, -1, -1, 1]);
  const map = values(await ofClass.data<"float32">(), logits.shape.slice(1, 3));
  const where = await paint(upsample(map, side, 2 * side, "nearest"), "perceptual");
  const why = await run.overlay();
  cells.push([
    { picture: where, title: `Where it says ${name}` },
    { picture: why, title: `Why it says so at ${place}` },
  ]);
}
await Deno.writeFile(result, await encodePng(await contactSheet(cells)));
