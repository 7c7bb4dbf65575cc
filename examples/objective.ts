/**
 * An objective of your own: which pixels make a network prefer its first choice to its second? The
 * gradient of the difference of their logits, as a picture.
 *
 *     deno run -A examples/objective.ts [PICTURE [RESULT.png]]
 */
import { tf } from "../kit.ts";
import {
  encodePng,
  loadImage,
  loadModel,
  logit,
  predict,
  preprocess,
  scaled,
  sumOf,
} from "../mod.ts";

const [source = new URL("images/cat-4.png", import.meta.url), result = "preference.png"] =
  Deno.args;
const model = await loadModel("phosphene-resnet");
const image = await loadImage(source);
const [first, second] = await predict(model, image); // chooses the backend too

const { input, picture: { width, height } } = preprocess(image, model.preprocess);
const x = tf.tensor4d(input, [1, height, width, 3]);
const preference = sumOf(logit(first.index), scaled(logit(second.index), -1));
const { value, gradients } = await model.network.gradient(x, preference);
const [gain] = await value.data();
console.log(`${first.label} rather than ${second.label}, by ${gain.toFixed(2)}`);

// grey is indifferent; a brighter colour there would help the first class, a darker one the second
const gradient = await gradients.input.data<"float32">();
const largest = gradient.reduce((most, g) => Math.max(most, Math.abs(g)), 0);
const data = Uint8ClampedArray.from(gradient, (g) => 128 + 127 * g / largest);
await Deno.writeFile(result, await encodePng({ width, height, data }));
console.log(result);
