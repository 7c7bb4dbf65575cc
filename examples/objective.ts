/**
 * An objective of your own: which pixels make a network prefer its first choice to its second? The
 * gradient of the difference of their logits, as a picture.
 *
 *     deno run -A examples/objective.ts [PICTURE [RESULT.png]]
 */
import { tf } from "../kit.ts";
import { contactSheet, encodePng, loadImage, loadModel, paint, predict } from "../mod.ts";
import { logit, preprocess, scaled, signedMap, sumOf, values } from "../mod.ts";

const [source = new URL("images/cat-4.png", import.meta.url), result = "objective.png"] = Deno.args;
const model = await loadModel("phosphene-resnet");
const image = await loadImage(source);
const [first, second] = await predict(model, image); // chooses the backend too

const { input, picture } = preprocess(image, model.preprocess), [height, width] = input.shape;
const x = tf.tensor4d(input, [1, height, width, 3]);
const preference = sumOf(logit(first.index), scaled(logit(second.index), -1));
const { value, gradients } = await model.network.gradient(x, preference);
const [gain] = await value.data();
console.log(`${first.label} rather than ${second.label}, by ${gain.toFixed(2)}`);

// where brighter would help the first class, and where it would help the second
const gradient = values(await gradients.input.data<"float32">(), [height, width, 3]);
const { map, scale } = signedMap(gradient, 99), colors = "diverging";
const title = `${first.label} − ${second.label}`, bar = { colors, scale };
const sheet = await contactSheet([[
  { picture, title: "What the network saw" },
  { picture: await paint(map, colors), title, bar },
]]);
await Deno.writeFile(result, await encodePng(sheet));
console.log(result);
