/**
 * Why does a network label this place so? The built-in ResNet without its pooling labels every place
 * of a picture, here of two pictures in one, and each place can be explained.
 *
 *     deno run -A examples/segmentation.ts [RESULT.png]
 */
import { tf } from "../kit.ts";
import { attribute, contactSheet, encodePng, gradCam, loadImage, loadModel } from "../mod.ts";
import { Network, paint, preprocess, resize, upsample, values } from "../mod.ts";

const { network: { graph, parameters }, ...classifier } = await loadModel("phosphene-resnet");
// the last layer reads the map that was pooled: a dense layer works on each place for itself
const [pool, last] = graph.nodes.slice(-2);
const nodes = [...graph.nodes.slice(0, -2), { ...last, inputs: pool.inputs }];
const modules = graph.modules.filter(({ node }) => node !== pool.name);
const network = new Network({ ...graph, nodes, modules }, parameters.host);
const anySize = { ...classifier.preprocess, resize: null, crop: null };
const model = { ...classifier, network, preprocess: anySize };

const both = await Promise.all(["cat-4", "fish-8"].map(async (name) => {
  const picture = await loadImage(new URL(`images/${name}.png`, import.meta.url));
  return [...resize(picture, 64, 64, "bilinear").data];
}));
const image = { width: 64, height: 128, data: Uint8ClampedArray.from(both.flat()) };

const cells = [];
for (const target of ["cat@3:4", "fish@12:4"]) { // a class in a row and a column of the map
  const run = await attribute(gradCam, { model, image, target });
  console.log(run); // a run tells about itself in a line
  const { input } = preprocess(image, anySize), { label, index } = run.target;
  const logits = await network.logits(tf.tensor4d(input, [1, 128, 64, 3]));
  const ofClass = tf.slice(tf.softmax(logits), [0, 0, 0, index], [1, -1, -1, 1]);
  const map = values(await ofClass.data<"float32">(), logits.shape.slice(1, 3));
  const where = await paint(upsample(map, 128, 64, "nearest"), "perceptual");
  cells.push({ picture: where, title: `Where ${model.labels[index]}` });
  cells.push({ picture: await run.overlay(), title: "Why", caption: label });
}
const sheet = await encodePng(await contactSheet([cells]));
await Deno.writeFile(Deno.args[0] ?? "segmentation.png", sheet);
