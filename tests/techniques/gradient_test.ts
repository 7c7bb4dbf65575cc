/** Gradient techniques against Captum's values, and against a literal reading of the papers. */
import assert from "node:assert/strict";
import * as tf from "../../deps/tfjs.ts";
import { UserError } from "../../core/errors.ts";
import { loadImage } from "../../image/mod.ts";
import type { Model } from "../../run/model.ts";
import { defineTechnique } from "../../run/technique.ts";
import { attributionOptions } from "../../core/options.ts";
import { type Values, values } from "../../core/values.ts";
import { GraphBuilder } from "../../engine/builder.ts";
import { INPUT } from "../../engine/graph.ts";
import { Network } from "../../engine/network.ts";
import { logit } from "../../engine/objectives.ts";
import { read } from "../../engine/read.ts";
import { useBackend } from "../../engine/runtime.ts";
import { loadModel } from "../../models/mod.ts";
import { deconvnetRules, guidedRules } from "../../techniques/_relu_rules.ts";
import { QUADRATURES } from "../../techniques/_quadrature.ts";
import { attribute, type SmoothGradOptions, techniques } from "../../techniques/mod.ts";
import { forEachBackend } from "../_support/backends.ts";
import { modelOf, picture } from "../../conformance/networks.ts";
import { absence, hasShared, own, shared } from "../_support/reference.ts";
import { syntheticNetwork } from "../../conformance/synthetic.ts";
import { asBatch, channelsLast, near, relativeError } from "../_support/tensors.ts";
import { slow, tangled } from "./_slow.ts";

type Method = keyof typeof QUADRATURES;
const METHODS = Object.keys(QUADRATURES) as Method[];

/** The pictures have this size already. */
const asItIs = { preprocess: { resize: null, crop: null } };

/** As hooks on PyTorch's own gradient compute it, by the papers' definitions. */
const OWN = [
  {
    name: "phosphene-resnet-cat",
    from: own,
    picture: "images/cat.png",
    load: () => loadModel("phosphene-resnet", asItIs),
  },
  {
    name: "phosphene-vgg-fish",
    from: own,
    picture: "images/fish.png",
    load: () => loadModel("phosphene-vgg", asItIs),
  },
  {
    name: "keras-star",
    from: own,
    picture: "images/star.png",
    load: () => loadModel(own.path("models/keras/model.json")),
  },
];

/** As Captum computes it. */
const SHARED = [
  {
    name: "resnet20-car",
    from: shared,
    picture: "images/car.png",
    load: () =>
      loadModel("resnet20-cifar", { weights: shared.path("models/resnet20-12fca82f.th") }),
  },
  {
    name: "tinyvgg-koala",
    from: shared,
    picture: "images/koala.png",
    load: () => loadModel(shared.path("models/tinyvgg/model.json")),
  },
];

/** Technique → its values in the reference; the slow ones run on wasm only. */
const CAPTUM = [
  ["input-x-gradient", "input_x_gradient"],
  ["guided-backprop", "guided_backprop"],
  ["deconvnet", "deconvolution"],
  ["grad-cam", "grad_cam"],
] as const;
const CAPTUM_SLOW = [
  ["integrated-gradients", "integrated_gradients"],
  ["occlusion", "occlusion_8x8_stride4"],
] as const;

for (const { name, from, picture, load } of [...OWN, ...(hasShared ? SHARED : [])]) {
  const whose = from === shared ? "Captum" : "PyTorch";
  forEachBackend(`${name}: as ${whose} computes it`, async (backend) => {
    const model = await load(), image = await loadImage(from.path(picture));
    const { target, grad_cam_layer: layer } = from.json<
      { target: number; grad_cam_layer: string }
    >(`expected/${name}.json`);
    const expected = from.tensors(`expected/${name}.safetensors`);
    const more: Record<string, object> = {
      "grad-cam": { layer },
      "occlusion": { window: 8, stride: 4 },
    };
    for (const [id, key] of [...CAPTUM, ...(backend === "wasm" ? CAPTUM_SLOW : [])]) {
      const options = { class: target, ...more[id] };
      const { attribution } = await attribute(id, { model, image, options });
      const wanted = channelsLast(expected.get(key)!);
      near(attribution, wanted, backend === "webgpu" ? 1e-3 : 1e-4, `${name} ${id}`);
    }
    model.network.dispose();
  });
}
if (!hasShared) {
  Deno.test({ name: `as Captum computes it${absence}`, ignore: true, fn() {} });
}

/** A tape's gradient of a class at the image. */
function gradientOf(model: Model, input: Values, target: number, rule?: "guided" | "deconvnet") {
  const { tape, layers, logits } = slow(model.network, input, input.shape);
  const gradient = tape.gradient(logits[target], rule);
  return {
    score: tape.values[logits[target]],
    gradient: layers.get(INPUT)!.at.map((at) => gradient[at]),
  };
}

forEachBackend("tangled network: gradients and ReLU rules, number by number", async (backend) => {
  const { model, image, input } = tangled(), options = { class: 2 };
  const run = (id: string) => attribute(id, { model, image, options });
  const tolerance = backend === "webgpu" ? 1e-3 : 1e-4;
  const plain = gradientOf(model, input, 2);
  const product = plain.gradient.map((g, i) => g * input[i]);
  near((await run("input-x-gradient")).attribution, product, tolerance, "input-x-gradient");

  const guided = gradientOf(model, input, 2, "guided").gradient;
  near((await run("guided-backprop")).attribution, guided, tolerance, "guided-backprop");
  const projected = gradientOf(model, input, 2, "deconvnet").gradient;
  near((await run("deconvnet")).attribution, projected, tolerance, "deconvnet");

  // the three are different things here, so that each test above can fail
  assert.throws(() => near(guided, plain.gradient, 0.1, ""));
  assert.throws(() => near(projected, guided, 0.1, ""));

  for (
    const [rules, expected] of [[guidedRules(), guided], [deconvnetRules(), projected]] as const
  ) {
    const batch = asBatch(input);
    const { value, gradients, taps } = await model.network
      .gradient(batch, logit(2), { rules, fuse: false });
    near(await read(gradients.input), expected, tolerance, "without fusion");
    tf.dispose([batch, value, gradients, taps]);
  }
  model.network.dispose();
});

Deno.test("a rule acts on the graph's ReLUs only, and says so where there are none", async () => {
  const net = new GraphBuilder();
  const hidden = net.add("act", "tanh", net.conv("conv", INPUT, { in: 3, out: 2, kernel: 3 }));
  const graph = net.build(net.dense("fc", net.globalAvgPool("pool", hidden), 2, 2));
  const host = new Map([...graph.parameters].map(([name, shape]) => {
    const size = shape.reduce((a, b) => a * b, 1);
    return [name, values(Float32Array.from({ length: size }, (_, i) => Math.sin(i)), shape)];
  }));
  const model = modelOf(new Network(graph, host, "smooth"), 5, 5), image = picture(5, 5);
  const guided = await attribute("guided-backprop", { model, image });
  assert.deepEqual(guided.diagnosis, [
    "The network has no ReLU but tanh: this is its plain gradient.",
  ]);
  const { attribution } = await attribute("saliency", { model, image });
  near(guided.attribution, attribution, 1e-6, "plain gradient");
  model.network.dispose();
});

Deno.test("activations that keep their gradient beside ReLUs are named, batch-norm is none", async () => {
  const net = new GraphBuilder();
  const conv = net.conv("conv", INPUT, { in: 3, out: 2, kernel: 3 });
  const smooth = net.add("smooth", "gelu", net.batchNorm("norm", net.relu("relu", conv), 2));
  const again = net.add("again", "gelu", net.add("gate", "sigmoid", smooth));
  const graph = net.build(net.dense("fc", net.globalAvgPool("pool", again), 2, 2));
  const model = modelOf(syntheticNetwork(graph, "mixed"), 5, 5), image = picture(5, 5);
  for (const technique of ["guided-backprop", "deconvnet", "guided-grad-cam"]) {
    const { diagnosis } = await attribute(technique, { model, image });
    assert.ok(
      diagnosis.includes(
        "The network has activations beside ReLU: gelu, sigmoid. Those keep their plain gradient.",
      ),
      `${technique}: ${diagnosis}`,
    );
  }
  model.network.dispose();
});

forEachBackend("integrated gradients: the sum of the formula", async () => {
  const { model, image, input } = tangled();
  // Gauss and Legendre's three points
  const points = [-Math.sqrt(3 / 5), 0, Math.sqrt(3 / 5)], weights = [5 / 9, 8 / 9, 5 / 9];
  const expected = new Float64Array(input.length);
  points.forEach((point, k) => {
    const along = values(input.map((v) => v * (1 + point) / 2), input.shape);
    gradientOf(model, along, 1).gradient
      .forEach((g, i) => expected[i] += input[i] * g * weights[k] / 2);
  });
  const run = await attribute("integrated-gradients", {
    model,
    image,
    options: { class: 1, steps: 3 },
  });
  near(run.attribution, expected, 1e-4, "three steps");
  model.network.dispose();
}, ["wasm", "cpu"]);

forEachBackend(
  "integrated gradients: add up to the change in score, whatever the baseline and method",
  async () => {
    const { model, image, input, height, width } = tangled();
    const TARGET = 0;
    const scoreOf = (of: Values) => gradientOf(model, of, TARGET).score;
    const means = [0, 1, 2].map((c) =>
      input.filter((_, i) => i % 3 === c).reduce((a, b) => a + b) / (height * width)
    );
    const starts = {
      zero: values(new Float32Array(input.length), input.shape),
      mean: values(input.map((_, i) => means[i % 3]), input.shape),
    };
    for (const [baseline, start] of Object.entries(starts)) {
      for (const method of METHODS) {
        const { attribution, figures, diagnosis } = await attribute("integrated-gradients", {
          model,
          image,
          options: { class: TARGET, steps: 300, method, baseline },
        });
        const change = scoreOf(input) - scoreOf(start);
        const total = attribution.reduce((a, b) => a + b, 0);
        assert.ok(
          Math.abs(total - change) < 0.03 * Math.abs(change),
          `${method}: ${total}, ${change}`,
        );
        assert.ok(Math.abs(Number(figures!.scoreChange) - change) < 1e-4);
        assert.ok(Math.abs(Number(figures!.completenessGap) - (total - change)) < 1e-4);
        assert.deepEqual(diagnosis, []);
      }
    }
    // one step is too few, and is said to be
    const hasty = await attribute("integrated-gradients", {
      model,
      image,
      options: { class: TARGET, steps: 1, method: "linspace", baseline: "noise" },
    });
    assert.match(hasty.diagnosis.join(), /gap of \d+ %.*`steps`/);
    model.network.dispose();
  },
  ["wasm"],
);

Deno.test("integrated gradients: as many points as it takes", async () => {
  await useBackend("wasm");
  const { model, image } = tangled();
  const of = async (steps: number | "auto", method: Method = "gauss-legendre") =>
    await attribute("integrated-gradients", { model, image, options: { class: 1, steps, method } });
  for (const method of ["gauss-legendre", "linspace"] as const) {
    const run = await of("auto", method), points = Number(run.figures!.points);
    // it stopped at the first doubling that moved the result by less than 1 %
    assert.deepEqual(run.attribution, (await of(points, method)).attribution);
    const half = (await of(points / 2, method)).attribution;
    const moved = relativeError(half, run.attribution);
    assert.ok(moved < 0.01 && Math.abs(moved - Number(run.figures!.movedByHalving)) < 1e-5);
    if (points > 16) {
      const quarter = (await of(points / 4, method)).attribution;
      assert.ok(relativeError(quarter, half) >= 0.01, `${points / 2} were enough`);
    }
    assert.deepEqual(run.diagnosis, []);
  }
  for (const steps of [0, 1001, "many"]) {
    await assert.rejects(
      of(steps as number),
      /`steps` takes a whole number from 1 to 1000, or auto; found/,
    );
  }
});

Deno.test("quadratures: exact for what they should be exact for", () => {
  const integral = (name: Method, n: number, f: (x: number) => number) => {
    const { points, weights } = QUADRATURES[name](n);
    assert.equal(points.length, n);
    assert.ok(points.every((p, i) => p >= 0 && p <= 1 && (i === 0 || p > points[i - 1])));
    return points.reduce((sum, p, i) => sum + weights[i] * f(p), 0);
  };
  for (const n of [1, 2, 5, 25, 50]) {
    for (const name of METHODS) {
      assert.ok(Math.abs(integral(name, n, () => 1) - 1) < 1e-12, `${name} ${n}`);
      assert.ok(Math.abs(integral(name, n, (x) => x) - 0.5) < 1e-12, `${name} ${n}`);
    }
    const degree = 2 * n - 1;
    const exact = integral("gauss-legendre", n, (x) => x ** degree);
    assert.ok(Math.abs(exact - 1 / (degree + 1)) < 1e-12, `${n}`);
  }
  assert.deepEqual(QUADRATURES.linspace(5).points, [0, 0.25, 0.5, 0.75, 1]);
  assert.deepEqual(QUADRATURES.trapezoid(3).weights, [0.25, 0.5, 0.25]);
});

/** A technique whose attribution is the image it is shown. */
function mirror(seen: Float32Array[]) {
  return defineTechnique({
    id: "test-mirror",
    title: "Mirror",
    kind: "attribution",
    summary: "The image itself",
    caution: "For tests.",
    paper: { citation: "none", url: "https://example.org", equation: "R = x" },
    options: attributionOptions,
    async *run({ image }) {
      const attribution = await read(image.input);
      seen.push(attribution);
      yield { step: 1, of: 1 };
      return { attribution, map: attribution, colors: "diverging", overlay: 0 };
    },
  });
}

forEachBackend("SmoothGrad: mean, square and variance over noise of the right size", async () => {
  const { model, image, input } = tangled(), seen: Float32Array[] = [];
  techniques.add(mirror(seen));
  const range = Math.max(...input) - Math.min(...input), sigma = 0.2, samples = 30;
  const run = async (variant: SmoothGradOptions["variant"]) => {
    seen.length = 0;
    const options = { of: "test-mirror", variant, sigma, samples };
    return await attribute("smooth-grad", { model, image, options, seed: 3 });
  };
  const mean = await run("mean");
  assert.equal(seen.length, samples);
  const average = (f: (v: number) => number) =>
    Array.from(input, (_, i) => seen.reduce((sum, s) => sum + f(s[i]), 0) / samples);
  const means = average((v) => v), squares = average((v) => v * v);
  near(mean.attribution, means, 1e-6, "mean");
  assert.equal(mean.colors, "diverging");
  near((await run("squared")).attribution, squares, 1e-6, "squared");
  const variance = await run("var");
  near(variance.attribution, squares.map((s, i) => s - means[i] ** 2), 1e-4, "var");
  assert.equal(variance.colors, "perceptual");

  const noise = seen.flatMap((s) => Array.from(s, (v, i) => v - input[i]));
  const deviation = Math.sqrt(noise.reduce((sum, v) => sum + v * v, 0) / noise.length);
  assert.ok(Math.abs(deviation / (sigma * range) - 1) < 0.02, `${deviation}`);
  assert.ok(Math.abs(noise.reduce((a, b) => a + b, 0) / noise.length) < 0.02 * deviation);
  model.network.dispose();
}, ["wasm"]);

forEachBackend("SmoothGrad: batches give what one picture after the other gives", async () => {
  const { model, image } = tangled();
  const declared = [...techniques].filter((t) => t.kind === "attribution" && t.gradient);
  assert.equal(declared.length, 4);
  for (const { id } of declared) {
    const copy = { ...techniques.get(id), id: `test-${id}`, gradient: undefined };
    techniques.add(copy);
    const [batched, single] = await Promise.all(
      [id, copy.id].map((of) =>
        attribute("smooth-grad", { model, image, options: { of, samples: 5 }, seed: 1 })
      ),
    );
    near(batched.attribution, single.attribution, 1e-5, id);
    near(batched.map, single.map, 1e-4, `${id}, map`);
    assert.equal(batched.colors, single.colors);
  }
  const cam = await attribute("smooth-grad", {
    model,
    image,
    options: { of: "grad-cam", samples: 2 },
  });
  assert.deepEqual(cam.map.shape, [image.height, image.width]);
  for (const other of ["smooth-grad", "deepdream", "nonsense"]) {
    await assert.rejects(
      attribute("smooth-grad", { model, image, options: { of: other } }),
      UserError,
    );
  }
  model.network.dispose();
}, ["wasm"]);
