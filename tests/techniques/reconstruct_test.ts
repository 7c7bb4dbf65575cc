/** Class visualization, feature inversion and caricature: each grows what it says. */
import assert from "node:assert/strict";
import * as tf from "../../deps/tfjs.ts";
import { loadImage } from "../../image/mod.ts";
import { preprocess } from "../../image/preprocess.ts";
import { useBackend } from "../../engine/runtime.ts";
import { read } from "../../engine/read.ts";
import type { Values } from "../../core/values.ts";
import { loadModel } from "../../models/mod.ts";
import { predict } from "../../run/predict.ts";
import { caricature, classViz, featureInversion, visualize } from "../../techniques/mod.ts";
import { relativeError } from "../_support/tensors.ts";

const image = await loadImage(new URL("../../examples/images/cat-4.png", import.meta.url));
await useBackend("wasm");
const model = await loadModel("phosphene-resnet");

async function layerOf(numbers: Values, layer: string): Promise<Values> {
  const x = tf.tensor4d(numbers, [1, ...numbers.shape] as [number, number, number, number]);
  const pass = await model.network.forward(x, { taps: [layer] });
  const found = await read(pass.value(layer));
  pass.dispose();
  x.dispose();
  return found;
}

Deno.test("an inversion is to its layer what the picture is; a later layer leaves more open", async () => {
  const apart: number[] = [];
  const { input } = preprocess(image, model.preprocess);
  for (const layer of ["layer1", "layer4"]) {
    const run = await visualize(featureInversion, {
      model,
      image,
      options: { layer, steps: 80, saveEvery: 40 },
    });
    const wanted = await layerOf(input, layer), found = await layerOf(run.image, layer);
    const distance = relativeError(found, wanted) ** 2;
    assert.ok(distance < 0.3, `${layer}: ${distance}`);
    // the loss before the last step, but for the little that the roughness adds
    assert.ok(Math.abs(run.losses.at(-1)! - distance) < 0.1, `${run.losses.at(-1)}`);
    apart.push(relativeError(run.image, input));
    assert.deepEqual(run.start!.width, model.inputSize.width);
  }
  assert.ok(apart[0] < apart[1], `${apart}`);
});

Deno.test("a caricature goes further where the layer saw the picture", async () => {
  const layer = "layer3";
  const run = await visualize(caricature, { model, image, options: { layer, steps: 60 } });
  const { input } = preprocess(image, model.preprocess);
  const seen = await layerOf(input, layer), now = await layerOf(run.image, layer);
  const dot = (a: Values, b: Values) => a.reduce((sum, n, i) => sum + n * b[i], 0);
  assert.ok(dot(now, seen) > dot(seen, seen), "exaggerated");
  assert.ok(dot(now, seen) / Math.sqrt(dot(now, now) * dot(seen, seen)) > 0.3, "alike");
});

Deno.test("a class's image is that class to the network; its length is held down by lambda", async () => {
  const run = await visualize(classViz, { model, options: { class: "snail", steps: 60 } });
  const [{ label }] = await predict(model, run.final);
  assert.equal(label, "snail");
  assert.match(String(run.figures!.objective), /^logit\(#9\) - 0\.001\*lp\(2\)$/);
  const small = await visualize(classViz, { model, options: { class: 3, steps: 60, lambda: 1 } });
  const length = ({ image }: { image: Values }) => image.reduce((sum, n) => sum + n * n, 0);
  assert.ok(length(small) < 0.5 * length(run));
});
