/** `deno run -A examples/targets.ts`: what can be explained beside one class. */
import { attribute, gradCam, loadImage, loadModel, outputsOf, predict } from "../mod.ts";

const model = await loadModel("phosphene-resnet");
const image = await loadImage(new URL("images/cat-4.png", import.meta.url));
const { scores, classes } = outputsOf(model); // "softmax", and the names of the classes
console.log(`${classes.length} classes of a ${scores}`);

// why this class rather than the next best: what speaks for the one and against the other
const [first, second] = await predict(model, image);
const rather = await attribute(gradCam, {
  model,
  image,
  target: [{ class: first.index }, { class: second.index, weight: -1 }],
});
console.log(rather.target.label, rather.target.logit.toFixed(2));

// the same as text, as `--target` takes it; of a network that gives scores for every place,
// `cat@12:20` is a class in row 12 and column 20, and `cat@mask.png` one where a mask is white
const both = await attribute(gradCam, {
  model,
  image,
  target: `mean("${first.label}", "${second.label}")`,
});
console.log(both.target.label, both.target.logit.toFixed(2));
