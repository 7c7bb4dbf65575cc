/** GradientSHAP: the formula, what it draws, and what it comes to with many samples. */
import assert from "node:assert/strict";
import { random } from "../../core/random.ts";
import { type Values, values } from "../../core/values.ts";
import { INPUT } from "../../engine/graph.ts";
import { UserError } from "../../core/errors.ts";
import { attribute } from "../../techniques/mod.ts";
import { dense, explained } from "../parity/_peers.ts";
import { forEachBackend } from "../_support/backends.ts";
import { near, relativeError } from "../_support/tensors.ts";
import { slow, tangled } from "./_slow.ts";

/** The score of a class and its gradient at an image, number by number. */
function at({ model }: ReturnType<typeof tangled>, image: Values, target: number) {
  const { tape, layers, logits } = slow(model.network, image, image.shape);
  const gradient = tape.gradient(logits[target]);
  return {
    score: tape.values[logits[target]],
    gradient: layers.get(INPUT)!.at.map((cell) => gradient[cell]),
  };
}

forEachBackend("gradient-shap: the mean of the formula over what is drawn", async () => {
  const subject = tangled(), { model, image, input } = subject, samples = 6, sigma = 0.1, seed = 4;
  const deviation = sigma * (Math.max(...input) - Math.min(...input));
  const expected = new Float64Array(input.length);
  let before = 0;
  for (let i = 0; i < samples; i++) {
    const draws = random(seed).fork(`sample ${i}`), noise = draws.fork("noise");
    const start = draws.pick([0, 0.5]), share = draws.next();
    const way = input.map((v) => v + noise.normal(0, deviation) - start);
    const here = values(way.map((v) => start + share * v), input.shape);
    at(subject, here, 1).gradient.forEach((g, k) => expected[k] += g * way[k] / samples);
    before += at(subject, values(input.map(() => start), input.shape), 1).score / samples;
  }
  const run = await attribute("gradient-shap", {
    model,
    image,
    seed,
    options: { class: 1, samples, sigma, baseline: "0, 0.5" },
  });
  near(run.attribution, expected, 1e-4, "attribution");
  const { deviation: found, baselineScore } = run.figures as Record<string, number>;
  assert.ok(Math.abs(found - deviation) < 1e-6 && Math.abs(baselineScore - before) < 1e-5);
  model.network.dispose();
});

forEachBackend("gradient-shap: many samples come to integrated gradients, and add up", async () => {
  const { model, image } = tangled();
  const of = (samples: number) =>
    attribute("gradient-shap", {
      model,
      image,
      options: { class: 0, samples, baseline: "zero" },
    });
  const integral = await attribute("integrated-gradients", {
    model,
    image,
    options: { class: 0, steps: 200 },
  });
  const few = await of(4), many = await of(3000);
  assert.ok(relativeError(many.attribution, integral.attribution) < 0.03);
  assert.ok(
    relativeError(few.attribution, integral.attribution) >
      3 * relativeError(many.attribution, integral.attribution),
  );
  const { scoreChange, completenessGap } = many.figures as Record<string, number>;
  assert.ok(Math.abs(completenessGap) < 0.05 * Math.abs(scoreChange));
  assert.ok(Math.abs(scoreChange - Number(integral.figures!.scoreChange)) < 1e-4);
  model.network.dispose();
}, ["wasm"]);

forEachBackend("gradient-shap: every sample draws its own noise as a baseline", async () => {
  const { model, image } = tangled();
  const of = async (samples: number) => {
    const options = { samples, baseline: "noise" };
    return Number(
      (await attribute("gradient-shap", { model, image, options })).figures!.baselineScore,
    );
  };
  const [one, two] = [await of(1), await of(2)];
  assert.ok(Math.abs(one - two) > 1e-6, "two samples have one baseline");
  model.network.dispose();
}, ["wasm"]);

forEachBackend("gradient-shap: of a linear network each sample is exact", async () => {
  const net = () => dense([1, 3, 1], [["sum", { w: [[2, -1, 3]] }]]);
  const run = await explained({
    net,
    input: [1, 2, 3],
    technique: "gradient-shap",
    options: { samples: 3, baseline: 1 },
  });
  near(run.attribution, [0, -1, 6], 1e-5, "linear");
  assert.deepEqual(run.diagnosis, []);
});

forEachBackend("gradient-shap: a baseline that is none is named", async () => {
  const { model, image } = tangled();
  const options = { samples: 1, baseline: "zero, zeero, mean, blur, noise" };
  await assert.rejects(
    attribute("gradient-shap", { model, image, options }),
    (error) => error instanceof UserError && /no baseline "zeero"/.test(error.message),
  );
  model.network.dispose();
}, ["wasm"]);
