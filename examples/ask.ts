/**
 * The two questions to a network: what are its activations, and what is the gradient of a score?
 *
 *     deno run -A examples/ask.ts [PICTURE]
 */
import { tf } from "../kit.ts";
import { loadImage, loadModel, logit, predict, preprocess } from "../mod.ts";

const model = await loadModel("phosphene-resnet");
const picture = await loadImage(Deno.args[0] ?? new URL("images/cat-4.png", import.meta.url));
const [best] = await predict(model, picture);
const { input, picture: seen } = preprocess(picture, model.preprocess);
const image = tf.tensor4d(input, [1, seen.height, seen.width, 3]);

// activations: no more is computed than the taps need
const pass = await model.network.forward(image, { taps: ["layer3", "layer4"] });
console.log(`layer3 is ${pass.value("layer3").shape}`); // [1, height, width, channels]
pass.dispose(); // its values go with it

// gradients of a score, at the image and at layers
const { value, gradients } = await model.network.gradient(image, logit(best.index), {
  to: ["input", "layer3"],
});
const [score] = await value.data();
console.log(`the logit of ${best.label} is ${score.toFixed(2)}`);
console.log(`its gradient at layer3 is ${gradients.layer3.shape}`);
