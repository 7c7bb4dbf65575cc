/** Contrastive Grad-CAM: whose loss it is of, number by number, and what takes its place. */
import assert from "node:assert/strict";
import { UserError } from "../../core/errors.ts";
import { softmax } from "../../core/softmax.ts";
import { values } from "../../core/values.ts";
import { contrast, type Contrasted } from "../../techniques/_contrast.ts";
import { attribute } from "../../techniques/mod.ts";
import { grayOne, picture } from "../../conformance/networks.ts";
import { forEachBackend } from "../_support/backends.ts";
import { near } from "../_support/tensors.ts";
import { slow, tangled } from "./_slow.ts";

const LAYER = "pooled";

/** Grad-CAM of a weighted sum of the logits, number by number. */
function camOf({ model, input }: ReturnType<typeof tangled>, weights: ArrayLike<number>) {
  const { tape, layers, logits } = slow(model.network, input, input.shape);
  const { at, shape: [height, width, channels] } = layers.get(LAYER)!, places = height * width;
  const map = new Float64Array(places), gradient = new Float64Array(at.length);
  logits.forEach((logit, c) => {
    const own = tape.gradient(logit);
    at.forEach((cell, i) => gradient[i] += weights[c] * own[cell]);
  });
  for (let channel = 0; channel < channels; channel++) {
    let mean = 0;
    for (let p = 0; p < places; p++) mean += gradient[p * channels + channel] / places;
    for (let p = 0; p < places; p++) map[p] += mean * tape.values[at[p * channels + channel]];
  }
  return { map, scores: logits.map((logit) => tape.values[logit]) };
}

const minus = (weights: ArrayLike<number>, one: number) =>
  Float64Array.from(weights, (w, i) => w - Number(i === one));

forEachBackend("contrastive: Grad-CAM of the foil's cross-entropy, by the formula", async () => {
  const subject = tangled(), { model, image } = subject;
  const { scores } = camOf(subject, [0, 0, 0, 0]),
    ranked = [...scores.keys()]
      .sort((a, b) => scores[b] - scores[a]);
  for (const foil of [undefined, ...ranked.slice(1)]) {
    const expected = camOf(subject, minus(softmax(scores), foil ?? ranked[1])).map;
    const options = { layer: LAYER, foil };
    const run = await attribute("contrastive", { model, image, options });
    near(run.attribution, expected, 1e-4, `foil ${foil}`);
    assert.equal(run.colors, "diverging");
    assert.equal(run.target.index, ranked[0]);
    assert.equal(run.figures!.foil, `class ${foil ?? ranked[1]}`);
    assert.ok(Math.abs(Number(run.figures!.foilScore) - scores[foil ?? ranked[1]]) < 1e-5);
    assert.deepEqual(run.diagnosis, []);
  }
  model.network.dispose();
});

forEachBackend("contrastive: of another class, the difference of the two scores", async () => {
  const subject = tangled(), { model, image } = subject;
  const expected = camOf(subject, [1, -1, 0, 0]).map;
  const options = { layer: LAYER, foil: 1 };
  const run = await attribute("contrastive", { model, image, target: 0, options });
  near(run.attribution, expected, 1e-4, "difference");
  assert.match(
    run.diagnosis.join(),
    /what the network predicts, class 3: for class 0 it is the difference/,
  );
  // of a target of several classes too
  const two = await attribute("contrastive", {
    model,
    image,
    target: "class 3 - class 0",
    options,
  });
  near(two.attribution, camOf(subject, [-1, -1, 0, 1]).map, 1e-4, "two classes");
  assert.match(
    two.diagnosis.join(),
    /what the network predicts, class 3: for class 3 − class 0 it is the diff/,
  );
  model.network.dispose();
}, ["wasm"]);

forEachBackend("contrastive: a foil is another class of the network", async () => {
  const { model, image } = tangled();
  const refused = (foil: number | string, told: RegExp) =>
    assert.rejects(
      attribute("contrastive", { model, image, options: { foil } }),
      (error) => error instanceof UserError && told.test(error.message),
    );
  await refused(
    3,
    /Cannot set class 3 against itself: `foil` takes another class, such as class 2/,
  );
  await refused(9, /There is no class 9/);
  await refused("dog", /no class "dog"/);
  model.network.dispose();
}, ["wasm"]);

forEachBackend("contrastive: of one output alone the foil is its opposite", async () => {
  const model = grayOne.model(), image = picture(grayOne.width, grayOne.height);
  for (const target of [0, 1]) {
    const run = await attribute("contrastive", { model, image, target });
    const plain = await attribute("grad-cam", { model, image, target, options: { signed: true } });
    near(run.attribution, plain.attribution.map((v) => 2 * v), 1e-5, `${target}`);
    assert.ok(Math.abs(Number(run.figures!.foilScore) + run.target.logit) < 1e-6);
    assert.match(run.diagnosis.join(), /do not compete in a softmax/);
  }
  model.network.dispose();
}, ["wasm"]);

Deno.test("contrastive: of scores that belong to places, where the target's places are", () => {
  // two places of three classes; class 1 is explained, three quarters of it at the second place
  const numbers = values(Float32Array.of(2, 1, 0, 0, 3, 1), [1, 2, 3]);
  const about: Contrasted = {
    outputs: { scores: "softmax", classes: ["a", "b", "c"], count: 3, places: [1, 2] },
    target: { index: 1, label: "b" },
    weights: values(Float32Array.of(0, 0.25, 0, 0, 0.75, 0), [1, 2, 3]),
    numbers,
  };
  const { foil, foilScore, isLoss, gradient } = contrast(about, undefined, "net");
  assert.deepEqual([foil, foilScore, isLoss], [2, 0.75, true]);
  const [first, second] = [softmax([2, 1, 0]), softmax([0, 3, 1])];
  const expected = [...minus(first, 2)].map((v) => v / 4)
    .concat([...minus(second, 2)].map((v) => 0.75 * v));
  near(gradient, expected, 1e-6, "gradient");
  // independent labels have no loss together
  const apart = contrast({ ...about, outputs: { ...about.outputs, scores: "sigmoid" } }, 0, "net");
  assert.deepEqual([apart.isLoss, [...apart.gradient]], [
    false,
    [-0.25, 0.25, 0, -0.75, 0.75, 0],
  ]);
});
