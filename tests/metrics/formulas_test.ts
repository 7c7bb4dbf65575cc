/** Metrics by small cases whose values are known: linear networks, maps made by hand, literal formulas. */
import assert from "node:assert/strict";
import { modelOf, picture } from "../../conformance/networks.ts";
import { syntheticNetwork } from "../../conformance/synthetic.ts";
import { ssim } from "../../core/ssim.ts";
import { correlation } from "../../core/correlation.ts";
import { random } from "../../core/random.ts";
import { type Values, values } from "../../core/values.ts";
import { GraphBuilder } from "../../engine/builder.ts";
import { INPUT } from "../../engine/graph.ts";
import { useBackend } from "../../engine/runtime.ts";
import { judge } from "../../metrics/mod.ts";
import { imputed } from "../../metrics/_impute.ts";
import { byImportance } from "../../metrics/_order.ts";
import { partsOf } from "../../metrics/_shuffled.ts";
import type { AttributionRun } from "../../run/run.ts";
import { attribute, type AttributionTechnique, defineTechnique, loadModel } from "../../mod.ts";
import { z } from "../../kit.ts";

const HEIGHT = 9, WIDTH = 11;

/** Convolutions without anything between them: each score is a weighted sum of the picture. */
function linear() {
  const net = new GraphBuilder();
  const one = net.conv("one", INPUT, { in: 3, out: 4, kernel: 3, pad: 1 });
  const two = net.conv("two", one, { in: 4, out: 5, kernel: 3, stride: 2 });
  const graph = net.build(net.dense("fc", net.globalAvgPool("pool", two), 5, 3));
  return modelOf(syntheticNetwork(graph, "linear"), WIDTH, HEIGHT);
}

await useBackend("wasm");
const model = linear(), image = picture(WIDTH, HEIGHT);
const product = await attribute("input-x-gradient", { model, image });
const gradient = await attribute("saliency", { model, image });
const near = (found: number, wanted: number, tolerance = 1e-4) =>
  assert.ok(Math.abs(found - wanted) <= tolerance, `${found}, not ${wanted}`);

/** The run with another map, 0..1. */
const mapped = (map: readonly number[]): AttributionRun => {
  const own = values(Float32Array.from(map), [HEIGHT, WIDTH]);
  return { ...gradient, attribution: own, map: own, scale: undefined };
};
/** Likewise with a signed attribution. */
const signed = (sums: readonly number[]): AttributionRun => ({
  ...product,
  attribution: values(Float32Array.from(sums), [HEIGHT, WIDTH]),
});
const PIXELS = HEIGHT * WIDTH;
const range = (count: number) => Array.from({ length: count }, (_, i) => i);

Deno.test("of a linear network, its gradient says all: correlations are 1, gaps are 0", async () => {
  const value = async (id: string, run = product, options = {}) =>
    (await judge(run, id, options)).value;
  near(await value("faithfulness-correlation"), 1);
  near(await value("faithfulness-estimate"), 1);
  const { value: mean, curve } = await judge(product, "sensitivity-n");
  near(mean, 1);
  for (const each of curve!) near(each, 1);
  near(await value("completeness"), 0);
  near(await value("infidelity", gradient), 0, 1e-6);
  near(await value("infidelity", gradient, { normalize: true }), 0, 1e-6);
  near(await value("sensitivity-max", gradient), 0, 1e-6);
  near(await value("input-invariance", gradient), 0, 1e-5);
  near(await value("monotonicity", product, { steps: 10_000, score: "logit" }), monotone());
});

/** Literally: the share of pixels, from the least to the most important, that do not lower the score. */
function monotone(): number {
  const sums = range(PIXELS).map((at) =>
    [0, 1, 2].reduce((sum, channel) => sum + product.attribution[3 * at + channel], 0)
  );
  return sums.filter((sum) => sum >= 0).length / PIXELS;
}

Deno.test("input × gradient moves with a shift that the network undoes, as Kindermans et al. say", async () => {
  const { value } = await judge(product, "input-invariance", { shift: 1 });
  // it becomes (x + 1)·g: literally ‖g‖ / ‖x·g‖
  const norm = (numbers: Float32Array) => Math.hypot(...numbers);
  near(value, norm(gradient.attribution) / norm(product.attribution), 1e-3);
});

Deno.test("deletion and insertion are what they are by hand", async () => {
  // with a linear network and a zero baseline, each pixel takes its own part of the score away
  const sums = range(PIXELS).map((at) =>
    [0, 1, 2].reduce((sum, channel) => sum + product.attribution[3 * at + channel], 0)
  );
  const order = range(PIXELS).sort((a, b) => sums[b] - sums[a] || a - b);
  const step = Math.ceil(PIXELS / 7), total = product.target.logit;
  const deleted = [total], x = [0];
  for (let from = 0; from < PIXELS; from += step) {
    const group = order.slice(from, from + step);
    deleted.push(deleted.at(-1)! - group.reduce((sum, at) => sum + sums[at], 0));
    x.push(Math.min(1, (from + step) / PIXELS));
  }
  const area = (y: readonly number[]) =>
    range(x.length - 1).reduce((sum, i) => sum + (x[i + 1] - x[i]) * (y[i] + y[i + 1]) / 2, 0);
  const options = { steps: 7, baseline: "zero", score: "logit" };
  const { value, curve, axes, steps } = await judge(product, "deletion", options);
  assert.deepEqual(axes!.x, x);
  curve!.forEach((score, i) => near(score, deleted[i]));
  near(value, area(deleted));
  assert.deepEqual(steps!.map(({ caption }) => caption)[1], "15.2 % taken away");
  const inserted = deleted.map((score) => deleted.at(-1)! + total - score);
  const other = await judge(product, "insertion", options);
  other.curve!.forEach((score, i) => near(score, inserted[i]));
  near(other.value, area(inserted));
});

Deno.test("equal pixels come in their order, and every picture on the way is what it says", async () => {
  assert.deepEqual(
    [...byImportance(values(Float32Array.of(1, 3, 1, 3, 2), [1, 5]))],
    [1, 3, 4, 0, 2],
  );
  const upper = mapped(range(PIXELS).map((at) => at < 4 * WIDTH ? 1 : 0));
  const { steps } = await judge(upper, "deletion", { steps: 9, baseline: "black" });
  const [first, , , , fifth] = steps!.map(({ picture }) => picture());
  assert.deepEqual(first.data, upper.seen.data);
  assert.ok(fifth.data.slice(0, 4 * WIDTH * 3).every((level) => level === 0));
  assert.deepEqual(fifth.data.slice(4 * WIDTH * 3), upper.seen.data.slice(4 * WIDTH * 3));
});

/** 1 for pixels of the first two rows. */
const MASK: Values = values(
  Float32Array.from({ length: PIXELS }, (_, at) => at < 2 * WIDTH ? 1 : 0),
  [HEIGHT, WIDTH],
);
const located = async (id: string, run: AttributionRun, options = {}) =>
  (await judge(run, id, options, { mask: MASK })).value;

Deno.test("localization by hand", async () => {
  // three pixels of 1, of which two lie in the mask of 22, and one of 0.5 in the row below it
  const map = range(PIXELS).map((at) =>
    at === 0 || at === 5 || at === 50 ? 1 : at === 2 * WIDTH ? 0.5 : 0
  );
  const run = mapped(map);
  near(await located("energy-pointing-game", run), 2 / 3.5);
  near(await located("relevance-mass", run), 2 / 3.5);
  // the four, then zeros in their order: 1, 2, 3, 4, 6, …, 19: all in the mask but two of the four
  near(await located("relevance-rank", run), 20 / 22);
  near(await located("top-k-intersection", run, { share: 4 / PIXELS }), 2 / 4);
  near(await located("iou", run, { threshold: 0.2 }), 2 / (22 + 2));
  near(await located("iou", run, { threshold: 0.6 }), 2 / (22 + 1));
  near(await located("pointing-game", run), 1);
  const below = mapped(range(PIXELS).map((at) => at === 5 * WIDTH + 3 ? 1 : 0));
  near(await located("pointing-game", below), 0);
  near(await located("pointing-game", below, { tolerance: 3.9 }), 0);
  near(await located("pointing-game", below, { tolerance: 4 }), 1);
  // of a signed attribution, only what speaks for the class counts
  const both = signed(range(PIXELS).map((at) => at === 1 ? 3 : at === 60 ? 1 : at < 40 ? -2 : 0));
  near(await located("relevance-mass", both), 0.75);
  near(await located("energy-pointing-game", both), (1 / 1) / (1 + 1 / 3));
  near(await located("iou", both, { threshold: 0.2 }), 1 / (22 + 1));
  const nothing = signed(range(PIXELS).map(() => -1));
  near(await located("relevance-mass", nothing), 0);
  near(await located("pointing-game", nothing), 0);
});

Deno.test("complexity by hand", async () => {
  const even = mapped(range(PIXELS).map(() => 1)), alone = mapped(range(PIXELS).map((at) => +!at));
  near((await judge(even, "entropy")).value, Math.log(PIXELS));
  near((await judge(alone, "entropy")).value, 0);
  near((await judge(even, "sparseness")).value, 0);
  near((await judge(alone, "sparseness")).value, 1 - 1 / PIXELS);
  const two = signed(range(PIXELS).map((at) => at === 0 ? 1 : at === 1 ? -3 : 0));
  near((await judge(two, "entropy")).value, -(0.25 * Math.log(0.25) + 0.75 * Math.log(0.75)));
});

/** A map of the picture alone, and one of noise alone: neither knows the network. */
const blind = (id: string, numbers: (input: Float32Array) => Float32Array): AttributionTechnique =>
  defineTechnique({
    id,
    kind: "attribution",
    title: id,
    summary: "A map that knows nothing of the network",
    caution: "It is none.",
    paper: { citation: "None", url: "https://example.org/", equation: "x" },
    options: z.object({}),
    async *run({ image: { input } }) {
      const data = numbers(await input.data() as Float32Array), [, h, w, channels] = input.shape;
      const map = values(
        Float32Array.from({ length: h * w }, (_, at) => Math.abs(data[at * channels])),
        [h, w],
      );
      const most = Math.max(...map);
      yield { step: 1, of: 1 };
      return {
        attribution: map,
        map: values(map.map((v) => v / most), [h, w]),
        colors: "gray" as const,
        overlay: 0.5,
      };
    },
  });

Deno.test("what knows nothing of the network or the class is found out", async () => {
  const trained = await loadModel("phosphene-resnet");
  const cat = picture(64, 64);
  const edges = await attribute(blind("edges", (input) => input), { model: trained, image: cat });
  for (const similarity of ["rank", "ssim"]) {
    for (const id of ["model-randomization", "random-logit", "class-sensitivity"]) {
      near((await judge(edges, id, { similarity })).value, 1, 1e-9);
    }
  }
  near(
    (await judge(edges, "sensitivity-max")).value,
    (await judge(edges, "sensitivity-max")).value,
  );
  const eigen = await attribute("eigen-cam", { model: trained, image: cat });
  near((await judge(eigen, "class-sensitivity")).value, 1, 1e-9);
  const cam = await attribute("grad-cam", { model: trained, image: cat });
  const { value, curve, notes } = await judge(cam, "model-randomization");
  assert.ok(value < 0.6 && curve![0] < 0.6, `${curve}`);
  assert.match(notes![0], /^Shuffled down to fc, layer4/);
  trained.network.dispose();
});

Deno.test("a network is shuffled in parts, its last layer first and alone", async () => {
  const { network } = await loadModel("phosphene-resnet");
  const parts = partsOf(network.graph, 4);
  assert.equal(parts.length, 4);
  assert.deepEqual(parts[0], { name: "fc", parameters: ["fc.weight", "fc.bias"] });
  const all = parts.flatMap(({ parameters }) => parameters);
  assert.deepEqual([...all].sort(), [...network.graph.parameters.keys()].sort());
  assert.equal(partsOf(network.graph, 1).length, 1);
  network.dispose();
});

Deno.test("guessed pixels are the mean of their neighbours, by hand", () => {
  const nothing = { deviation: 0, normal: () => 0 };
  // a ramp across, whose middle is missing: guessed, it is the ramp, as the weights are even
  const ramp = values(Float32Array.from({ length: 25 }, (_, at) => at % 5), [5, 5, 1]);
  const inner = (at: number) => at % 5 > 0 && at % 5 < 4 && at > 4 && at < 20;
  imputed(ramp, inner, nothing).forEach((v, at) => near(v, at % 5, 1e-6));
  // two pixels in a row, the second missing: it has one neighbour
  const two = values(Float32Array.of(3, 9), [1, 2, 1]);
  assert.deepEqual([...imputed(two, (at) => at === 1, nothing)], [3, 3]);
  // of what is zero all around, and of nothing, zero
  const zeros = values(new Float32Array(25), [5, 5, 1]);
  assert.ok(imputed(zeros, inner, nothing).every((v) => v === 0));
  assert.ok(imputed(ramp, () => true, nothing).every((v) => v === 0));
});

Deno.test("structural similarity is the literal formula", () => {
  const height = 7, width = 6, stream = random(1);
  const a = stream.uniformValues([height, width], 0, 1);
  const b = a.map((v) => 0.7 * v + 0.3 * stream.uniform(0, 1));
  near(ssim(a, a, [height, width]), 1, 1e-12);
  const fold = (at: number, size: number): number =>
    at < 0 ? fold(-1 - at, size) : at >= size ? fold(2 * size - 1 - at, size) : at;
  let sum = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let [weights, meanA, meanB] = [0, 0, 0];
      const seen: [number, number, number][] = [];
      for (let down = -5; down <= 5; down++) {
        for (let across = -5; across <= 5; across++) {
          const weight = Math.exp(-(down * down + across * across) / (2 * 1.5 * 1.5));
          const at = fold(y + down, height) * width + fold(x + across, width);
          seen.push([weight, a[at], b[at]]);
          weights += weight;
          meanA += weight * a[at];
          meanB += weight * b[at];
        }
      }
      [meanA, meanB] = [meanA / weights, meanB / weights];
      let [varA, varB, both] = [0, 0, 0];
      for (const [weight, p, q] of seen) {
        varA += weight / weights * (p - meanA) ** 2;
        varB += weight / weights * (q - meanB) ** 2;
        both += weight / weights * (p - meanA) * (q - meanB);
      }
      sum += (2 * meanA * meanB + 1e-4) * (2 * both + 9e-4) /
        ((meanA ** 2 + meanB ** 2 + 1e-4) * (varA + varB + 9e-4));
    }
  }
  near(ssim(a, b, [height, width]), sum / (height * width), 1e-9);
});

Deno.test("correlation is 1 along a line, −1 against it, and 0 of what is the same everywhere", () => {
  near(correlation([1, 2, 4], [3, 5, 9]), 1, 1e-12);
  near(correlation([1, 2, 4], [-3, -5, -9]), -1, 1e-12);
  near(correlation([1, 1, 1], [1, 2, 3]), 0);
});
