/** Gradients along paths that are not straight: guided by the gradients themselves, and of blurs. */
import assert from "node:assert/strict";
import { type Values, values } from "../../core/values.ts";
import { GuidedPath } from "../../techniques/_guided_path.ts";
import { attribute } from "../../techniques/mod.ts";
import { INPUT } from "../../engine/graph.ts";
import { forEachBackend } from "../_support/backends.ts";
import { near } from "../_support/tensors.ts";
import { slow, tangled } from "./_slow.ts";

type Tangled = ReturnType<typeof tangled>;

/** The gradient of a class's score at an image, number by number. */
function gradientAt({ model }: Tangled, image: Values, target: number): number[] {
  const { tape, layers, logits } = slow(model.network, image, image.shape);
  const gradient = tape.gradient(logits[target]);
  return layers.get(INPUT)!.at.map((at) => gradient[at]);
}

Deno.test("a guided path moves the numbers of the smallest gradients first", () => {
  // 0, 0, 0 → 1, 2, 1 in two steps of 2; one number at a time, and no bounds
  const free = new GuidedPath([0, 0, 0], [1, 2, 1], { steps: 2, fraction: 0, maxDistance: 1 });
  free.move([-1, 3, 2]);
  assert.deepEqual([...free.at], [1, 0, 1]);
  free.move([9, 4, 9]);
  assert.deepEqual([...free.at], [1, 2, 1]);
  assert.deepEqual([...free.gathered], [-1, 8, 2]);

  // a quarter beside the straight path at most: up to 3/4, 3/2, 3/4, and then what is left of the step
  const bound = new GuidedPath([0, 0, 0], [1, 2, 1], { steps: 2, fraction: 0, maxDistance: 0.25 });
  bound.move([-1, 3, 2]);
  assert.deepEqual([...bound.at], [0.75, 0.5, 0.75]);
  assert.deepEqual([...bound.gathered], [-0.75, 1.5, 1.5]);
  // what lies behind its bound, 3/4 of the way, is brought up to it before any other moves
  bound.move([0, 0, 0]);
  assert.deepEqual([...bound.at], [1, 2, 1]);

  // all of the same gradient move together, as far as the step goes
  const alike = new GuidedPath([0, 0, 0], [1, 2, 1], { steps: 4, fraction: 0, maxDistance: 1 });
  alike.move([1, 1, 5]);
  assert.deepEqual([...alike.at], [1 / 3, 2 / 3, 0]);
});

Deno.test("a guided path catches up with its bound, and numbers that have no way stay", () => {
  const path = new GuidedPath([0, 0, 5], [1, 1, 5], { steps: 4, fraction: 0, maxDistance: 0.3 });
  path.move([1, 2, 0]);
  assert.deepEqual([...path.at], [0.5, 0, 5]);
  path.move([1, 2, 0]);
  // up to 0.2 first, then the first number on
  near([...path.at], [0.8, 0.2, 5], 1e-12, "second step");
  path.move([1, 2, 0]);
  near([...path.at], [1, 0.5, 5], 1e-12, "third step");
  path.move([1, 2, 0]);
  assert.deepEqual([...path.at], [1, 1, 5]);
});

forEachBackend("guided IG: without leeway it is the straight path's sum", async () => {
  const subject = tangled(), { model, image, input } = subject, steps = 5;
  const expected = new Float64Array(input.length);
  for (let step = 0; step < steps; step++) {
    const here = values(input.map((v) => v * step / steps), input.shape);
    gradientAt(subject, here, 1).forEach((g, i) => expected[i] += g * input[i] / steps);
  }
  const options = { class: 1, steps, maxDistance: 0 };
  const { attribution } = await attribute("guided-ig", { model, image, options });
  near(attribution, expected, 1e-4, "straight");
  model.network.dispose();
});

forEachBackend("guided IG: adds up to the change in score where the path is fine", async () => {
  const { model, image } = tangled();
  const of = (steps: number, maxDistance: number) =>
    attribute("guided-ig", { model, image, options: { class: 0, steps, maxDistance } });
  const fine = await of(800, 0.001), coarse = await of(3, 1);
  const { scoreChange, completenessGap } = fine.figures!;
  const total = fine.attribution.reduce((a, b) => a + b, 0);
  assert.ok(Math.abs(total - Number(scoreChange) - Number(completenessGap)) < 1e-6);
  assert.ok(Math.abs(Number(completenessGap)) < 0.02 * Math.abs(Number(scoreChange)));
  assert.deepEqual(fine.diagnosis, []);
  assert.match(coarse.diagnosis.join(), /gap of \d+ %.*`maxDistance`.*`steps`/);
  model.network.dispose();
}, ["wasm"]);

/** A Gaussian blur as a sum over all pixels, zeros beyond them, cut off at four deviations. */
function blurredBy(image: Values, deviation: number): Values {
  const [height, width, channels] = image.shape, reach = Math.floor(4 * deviation + 0.5);
  const weight = (far: number) =>
    deviation ? Math.exp(-far * far / (2 * deviation * deviation)) : 1;
  let total = 0;
  for (let far = -reach; far <= reach; far++) total += weight(far);
  return values(
    image.map((_, at) => {
      const [y, x] = [Math.floor(at / channels / width), Math.floor(at / channels) % width];
      let sum = 0;
      for (let row = Math.max(0, y - reach); row <= Math.min(height - 1, y + reach); row++) {
        for (let place = Math.max(0, x - reach); place <= Math.min(width - 1, x + reach); place++) {
          const pixel = image[(row * width + place) * channels + at % channels];
          sum += weight(row - y) * weight(place - x) / total ** 2 * pixel;
        }
      }
      return sum;
    }),
    image.shape,
  );
}

forEachBackend("blur IG: the sum of the formula, whatever the spacing", async () => {
  const subject = tangled(), { model, image, input } = subject, steps = 4, maxSigma = 3;
  const spacings: Record<"even" | "square-root", (k: number) => number> = {
    even: (k: number) => k * maxSigma / steps,
    "square-root": (k: number) => Math.sqrt(k * maxSigma / steps),
  };
  const gradStep = 0.1;
  for (const spacing of ["even", "square-root"] as const) {
    const sigma = spacings[spacing];
    const expected = new Float64Array(input.length);
    for (let k = 0; k < steps; k++) {
      const here = blurredBy(input, sigma(k)), wider = blurredBy(input, sigma(k) + gradStep);
      gradientAt(subject, here, 3).forEach((g, i) => {
        expected[i] -= g * (wider[i] - here[i]) / gradStep * (sigma(k + 1) - sigma(k));
      });
    }
    const options = { class: 3, steps, maxSigma, gradStep, spacing };
    const run = await attribute("blur-ig", { model, image, options });
    near(run.attribution, expected, 1e-3, spacing);
    assert.ok(Math.abs(Number(run.figures!.widestSigma) - sigma(steps)) < 1e-12);
    const { tape, logits } = slow(model.network, blurredBy(input, sigma(steps)), input.shape);
    const before = tape.values[logits[3]];
    assert.ok(Math.abs(Number(run.figures!.baselineScore) - before) < 1e-5, spacing);
  }
  model.network.dispose();
});

forEachBackend("blur IG: adds up to the change in score with many steps", async () => {
  const { model, image } = tangled();
  const of = (steps: number) =>
    attribute("blur-ig", { model, image, options: { class: 0, steps, maxSigma: 4 } });
  const fine = await of(2000), coarse = await of(3);
  const { scoreChange, completenessGap } = fine.figures!;
  assert.ok(Math.abs(Number(completenessGap)) < 0.05 * Math.abs(Number(scoreChange)));
  assert.deepEqual(fine.diagnosis, []);
  assert.match(coarse.diagnosis.join(), /gap of \d+ %.*`steps`/);
  model.network.dispose();
}, ["wasm"]);
