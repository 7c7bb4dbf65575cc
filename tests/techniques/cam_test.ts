/** Class activation maps against a literal reading of the papers. */
import assert from "node:assert/strict";
import { UserError } from "../../core/errors.ts";
import { random } from "../../core/random.ts";
import type { TargetRequest } from "../../run/target.ts";
import { rangeOf } from "../../run/maps.ts";
import { upsample } from "../../image/upsample.ts";
import { values } from "../../core/values.ts";
import { GraphBuilder } from "../../engine/builder.ts";
import { INPUT } from "../../engine/graph.ts";
import { Network } from "../../engine/network.ts";
import { attribute } from "../../techniques/mod.ts";
import { forEachBackend } from "../_support/backends.ts";
import { modelOf, picture } from "../../conformance/networks.ts";
import { near } from "../_support/tensors.ts";
import { enlarge, slow, tangled } from "./_slow.ts";

const TARGET = 2;
/** One that two nodes read, one within a branch, and the default. */
const LAYERS = ["again_1", "mix", "capped"];

/** A layer's activation and gradient, `[place][channel]`. */
function literal(layer: string) {
  const net = tangled();
  const { tape, layers, logits } = slow(net.model.network, net.input, net.shape);
  const gradient = tape.gradient(logits[TARGET]);
  const { at, shape } = layers.get(layer)!, [h, w, channels] = shape;
  const places = h * w;
  const table = (number: (cell: number) => number) =>
    Array.from(
      { length: places },
      (_, p) => Array.from({ length: channels }, (_, k) => number(at[p * channels + k])),
    );
  return {
    ...net,
    A: table((cell) => tape.values[cell]),
    g: table((cell) => gradient[cell]),
    score: tape.values[logits[TARGET]],
    h,
    w,
    places,
    channels,
  };
}
type Literal = ReturnType<typeof literal>;

const relu = (v: number) => Math.max(0, v);
const total = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);
const range = (n: number) => Array.from({ length: n }, (_, i) => i);

/** ReLU(Σₖ wₖ·Aₖ) with a weight a channel. */
const weighted = ({ A, places, channels }: Literal, w: readonly number[]) =>
  range(places).map((p) => relu(total(range(channels).map((k) => w[k] * A[p][k]))));

/** Σ over the places of something of channel k. */
const over = ({ places }: Literal, f: (p: number) => number) => total(range(places).map(f));

const FORMULAS: Record<string, (l: Literal) => number[]> = {
  "grad-cam": (l) =>
    weighted(l, range(l.channels).map((k) => over(l, (p) => l.g[p][k]) / l.places)),
  "grad-cam-plus-plus": (l) =>
    weighted(
      l,
      range(l.channels).map((k) => {
        const sum = over(l, (p) => l.A[p][k]);
        return over(l, (p) => {
          const g = l.g[p][k];
          return g ** 2 / (2 * g ** 2 + sum * g ** 3 + 1e-6) * relu(g);
        });
      }),
    ),
  "hires-cam": ({ A, g, places, channels }) =>
    range(places).map((p) => relu(total(range(channels).map((k) => g[p][k] * A[p][k])))),
  "xgrad-cam": (l) =>
    weighted(
      l,
      range(l.channels).map((k) =>
        over(l, (p) => l.g[p][k] * l.A[p][k]) / (over(l, (p) => l.A[p][k]) + 1e-7)
      ),
    ),
  "layer-cam": ({ A, g, places, channels }) =>
    range(places).map((p) => relu(total(range(channels).map((k) => relu(g[p][k]) * A[p][k])))),
};

/** What a slow network says after a change. */
function scoreAfter(l: Literal, image: ArrayLike<number>, change = {}) {
  const { tape, logits } = slow(l.model.network, image, l.shape, change);
  return tape.values[logits[TARGET]];
}

const TRIALS: Record<string, (l: Literal, layer: string) => number[]> = {
  "score-cam"(l) {
    const scores = range(l.channels).map((k) => {
      const large = enlarge(l.A.map((place) => place[k]), [l.h, l.w], l.height, l.width);
      const low = Math.min(...large), high = Math.max(...large);
      const masked = Array.from(
        l.input,
        (v, i) => v * (large[Math.floor(i / 3)] - low) / (high - low + 1e-8),
      );
      return scoreAfter(l, masked);
    });
    const all = total(scores.map(Math.exp));
    return weighted(l, scores.map((s) => Math.exp(s) / all));
  },
  "ablation-cam": (l, layer) =>
    weighted(
      l,
      range(l.channels).map((k) => {
        const off = (v: number, i: number) => i % l.channels === k ? 0 : v;
        return (l.score - scoreAfter(l, l.input, { [layer]: off })) / Math.abs(l.score);
      }),
    ),
};

forEachBackend("CAMs equal their formulas", async (backend) => {
  for (const layer of LAYERS) {
    const l = literal(layer), options = { class: TARGET, layer };
    for (const [id, formula] of Object.entries({ ...FORMULAS, ...TRIALS })) {
      const expected = formula(l, layer);
      const run = await attribute(id, { model: l.model, image: l.image, options });
      assert.deepEqual(run.attribution.shape, [l.h, l.w]);
      const what = `${id} at ${layer}`;
      assert.ok(Math.max(...expected) > 0, `${what}: nothing to compare`);
      // ablation takes differences of nearly equal scores
      const tolerance = backend === "webgpu" ? 1e-3 : id === "ablation-cam" ? 3e-4 : 1e-4;
      near(run.attribution, expected, tolerance, what);
      const large = enlarge(expected, [l.h, l.w], l.height, l.width);
      const low = Math.min(...large), high = Math.max(...large);
      near(run.map, large.map((v) => (v - low) / (high - low)), 10 * tolerance, `${what}, map`);
      assert.equal(run.figures!.layer, layer);
    }
    l.model.network.dispose();
  }
});

/** The mask of channel k as torch-cam makes it: scaled to 0..1 at the layer's size, then enlarged. */
function maskOf(l: Literal, k: number): number[] {
  const own = l.A.map((place) => place[k]), low = Math.min(...own), high = Math.max(...own);
  const scaled = own.map((v) => (v - low) / (high - low + 1e-8));
  return enlarge(scaled, [l.h, l.w], l.height, l.width);
}

/** Weights of the softmax of each channel's mean score, of so many masks of it. */
function byMeanScores(l: Literal, samples: number, mask: (k: number, sample: number) => number[]) {
  const means = range(l.channels).map((k) =>
    total(
      range(samples).map((i) => {
        const seen = mask(k, i);
        return scoreAfter(l, Array.from(l.input, (v, at) => v * seen[Math.floor(at / 3)]));
      }),
    ) / samples
  );
  const all = total(means.map(Math.exp));
  return weighted(l, means.map((s) => Math.exp(s) / all));
}

const SAMPLES = 3, NOISE = 0.25, SEED = 7;

/** Those that draw noise by their seed, or show a picture several times. */
const REPEATED: Record<
  string,
  [options: object, formula: (l: Literal, layer: string) => number[]]
> = {
  "smooth-cam-plus-plus": [{ samples: SAMPLES, noise: NOISE }, (l, layer) => {
    const noise = random(SEED).fork("noise").normalValues([SAMPLES, l.input.length], 0, NOISE);
    const noisy = range(SAMPLES).map((i) => {
      const image = Array.from(l.input, (v, at) => v + noise[i * l.input.length + at]);
      const { tape, layers, logits } = slow(l.model.network, image, l.shape);
      const gradient = tape.gradient(logits[TARGET]);
      return layers.get(layer)!.at.map((cell) => gradient[cell]);
    });
    /** D to the power of p: the mean of all copies' gradients to that power. */
    const D = (power: number, p: number, k: number) =>
      total(noisy.map((g) => g[p * l.channels + k] ** power)) / SAMPLES;
    return weighted(
      l,
      range(l.channels).map((k) => {
        const sum = over(l, (p) => l.A[p][k] * D(3, p, k));
        return over(l, (p) => D(2, p, k) / (2 * D(2, p, k) + sum + 1e-8) * relu(D(1, p, k)));
      }),
    );
  }],
  "ss-cam": [{ samples: SAMPLES, noise: NOISE }, (l, layer) => {
    const size = l.height * l.width;
    const noise = random(SEED).fork("noise").fork(layer)
      .normalValues([l.channels, SAMPLES, size], 0, NOISE);
    return byMeanScores(
      l,
      SAMPLES,
      (k, i) => maskOf(l, k).map((v, at) => v + noise[(k * SAMPLES + i) * size + at]),
    );
  }],
  "is-cam": [{ samples: SAMPLES }, (l) =>
    byMeanScores(l, SAMPLES, (k, i) => {
      const strength = total(range(i + 1).map((j) => (j + 1) / SAMPLES));
      return maskOf(l, k).map((v) => strength * v);
    })],
};

forEachBackend("CAMs of many samples equal their formulas", async (backend) => {
  for (const layer of LAYERS) {
    const l = literal(layer);
    for (const [id, [given, formula]] of Object.entries(REPEATED)) {
      const options = { class: TARGET, layer, ...given }, { model, image } = l;
      const run = await attribute(id, { model, image, options, seed: SEED });
      const expected = formula(l, layer);
      assert.ok(Math.max(...expected) > 0, `${id} at ${layer}: nothing to compare`);
      near(run.attribution, expected, backend === "webgpu" ? 1e-3 : 1e-4, `${id} at ${layer}`);
    }
    l.model.network.dispose();
  }
}, ["wasm", "cpu"]);

forEachBackend(
  "noise comes from the seed, and an average over more copies varies less",
  async () => {
    const { model, image } = tangled();
    const map = async (id: string, samples: number, seed: number) => {
      const options = { class: TARGET, layer: "mix", samples };
      return (await attribute(id, { model, image, options, seed })).attribution;
    };
    for (const id of ["smooth-cam-plus-plus", "ss-cam"]) {
      assert.deepEqual(await map(id, 4, 1), await map(id, 4, 1), id);
      const spread = async (samples: number) => {
        const maps: Float32Array[] = [];
        for (let seed = 0; seed < 8; seed++) maps.push(await map(id, samples, seed));
        const mean = maps[0].map((_, i) => total(maps.map((m) => m[i])) / maps.length);
        return total(maps.map((m) => total([...m].map((v, i) => (v - mean[i]) ** 2))));
      };
      const [few, many] = [await spread(2), await spread(64)];
      assert.ok(few > 0 && many < few / 4, `${id}: ${few} of 2 samples, ${many} of 64`);
    }
    model.network.dispose();
  },
  ["wasm"],
);

/** Σₖ gₖ·Aₖ of each place, or of one channel. */
const products = ({ A, g, places, channels }: Literal, channel?: number) =>
  range(places).map((p) =>
    total((channel === undefined ? range(channels) : [channel]).map((k) => g[p][k] * A[p][k]))
  );

const LAYER_MAPS: readonly [id: string, options: object, formula: (l: Literal) => number[]][] = [
  ["gradient-times-activation", {}, (l) => products(l)],
  ["gradient-times-activation", { channel: 1 }, (l) => products(l, 1)],
  ["activation", {}, ({ A, channels }) => A.map((place) => total(place) / channels)],
  ["activation", { channel: 1 }, ({ A }) => A.map((place) => place[1])],
  [
    "activation",
    { show: "strongest" },
    ({ A }) => A.map((place) => place.reduce((most, v) => Math.abs(v) > Math.abs(most) ? v : most)),
  ],
];

forEachBackend("a layer's activation, and its gradient times it, as they are", async (backend) => {
  for (const layer of [...LAYERS, INPUT]) {
    const l = literal(layer);
    for (const [id, given, formula] of LAYER_MAPS) {
      const options = { class: TARGET, layer, ...given, clip: 100 }, expected = formula(l);
      const run = await attribute(id, { model: l.model, image: l.image, options });
      const what = `${id} ${JSON.stringify(given)} at ${layer}`;
      assert.deepEqual(run.attribution.shape, [l.h, l.w], what);
      near(run.attribution, expected, backend === "webgpu" ? 1e-3 : 1e-4, what);
      const large = enlarge(expected, [l.h, l.w], l.height, l.width), low = Math.min(...large);
      const reach = Math.max(...large.map(Math.abs)), high = Math.max(...large);
      const signed = run.colors === "diverging";
      assert.equal(signed, id !== "activation" || Math.min(...expected) < 0, what);
      const map = large.map((v) => signed ? 0.5 + 0.5 * v / reach : (v - low) / (high - low));
      near(run.map, map, 1e-3, `${what}, map`);
    }
    l.model.network.dispose();
  }
});

forEachBackend(
  "gradient times activation adds up to the score where the rest is linear",
  async () => {
    const l = literal("capped"), { model, image } = l, { graph, parameters } = model.network;
    const offsets = parameters.of(graph.nodes.find(({ name }) => name === "fc")!).values("bias");
    const explain = (target: TargetRequest) =>
      attribute("gradient-times-activation", { model, image, target });
    const maps: Float32Array[] = [];
    for (const target of [0, 1]) {
      const run = await explain(target);
      assert.equal(run.figures!.layer, "capped", "what the classifier pools");
      near([total([...run.attribution]) + offsets[target]], [run.target.logit], 1e-4, `${target}`);
      maps.push(run.attribution);
    }
    const contrast = await explain([{ class: 0 }, { class: 1, weight: -1 }]);
    near(contrast.attribution, maps[0].map((v, i) => v - maps[1][i]), 1e-4, "0 rather than 1");
    l.model.network.dispose();
  },
  ["wasm"],
);

/** Eigenvalues and vectors of a symmetric matrix, by Jacobi's rotations. */
function jacobi(matrix: number[][]) {
  const n = matrix.length, a = matrix.map((row) => [...row]);
  const v = range(n).map((i) => range(n).map((j) => Number(i === j)));
  for (let sweep = 0; sweep < 30; sweep++) {
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        if (Math.abs(a[p][q]) < 1e-300) continue;
        const theta = (a[q][q] - a[p][p]) / (2 * a[p][q]);
        const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1));
        const c = 1 / Math.hypot(t, 1), s = t * c;
        for (let k = 0; k < n; k++) {
          [a[k][p], a[k][q]] = [c * a[k][p] - s * a[k][q], s * a[k][p] + c * a[k][q]];
        }
        for (let k = 0; k < n; k++) {
          [a[p][k], a[q][k]] = [c * a[p][k] - s * a[q][k], s * a[p][k] + c * a[q][k]];
        }
        for (let k = 0; k < n; k++) {
          [v[k][p], v[k][q]] = [c * v[k][p] - s * v[k][q], s * v[k][p] + c * v[k][q]];
        }
      }
    }
  }
  const first = range(n).reduce((best, i) => a[i][i] > a[best][best] ? i : best, 0);
  return v.map((row) => row[first]);
}

forEachBackend("Eigen-CAM projects on the first principal component", async () => {
  for (const layer of LAYERS) {
    const l = literal(layer);
    const means = range(l.channels).map((k) => over(l, (p) => l.A[p][k]) / l.places);
    const centred = l.A.map((place) => place.map((v, k) => v - means[k]));
    const covariance = range(l.channels).map((i) =>
      range(l.channels).map((j) => over(l, (p) => centred[p][i] * centred[p][j]))
    );
    const direction = jacobi(covariance);
    const projection = centred.map((place) => total(place.map((v, k) => v * direction[k])));
    const active = l.A.map(total), mean = total(active) / l.places;
    const sign = Math.sign(total(projection.map((v, p) => v * (active[p] - mean))));
    const expected = projection.map((v) => sign * v);
    const maps: Float32Array[] = [];
    for (const target of [0, 1]) {
      const options = { class: target, layer };
      const run = await attribute("eigen-cam", { model: l.model, image: l.image, options });
      near(run.attribution, expected, 1e-4, `eigen-cam at ${layer}`);
      maps.push(run.map);
    }
    assert.deepEqual(maps[0], maps[1], "the class makes no difference");
    assert.ok(rangeOf(maps[0])[0] === 0 && Math.min(...expected) < 0, "the map shows no negatives");
    l.model.network.dispose();
  }
}, ["wasm", "cpu"]);

forEachBackend("several layers: the mean of their scaled maps", async () => {
  const { model, image, height, width } = tangled();
  const mapOf = async (layer?: string | string[]) =>
    await attribute("grad-cam", { model, image, options: { layer } });
  const [one, other] = [await mapOf("again_1"), await mapOf("mix")];
  const mean = one.map.map((v, i) => (v + other.map[i]) / 2);
  for (const layer of ["again_1, mix", ["again_1", "mix"]]) {
    const both = await mapOf(layer);
    near(both.attribution, mean, 1e-6, "mean");
    assert.deepEqual(both.attribution.shape, [height, width]);
    assert.deepEqual([...rangeOf(both.map)], [0, 1]);
    assert.equal(both.figures!.layer, "again_1,mix");
  }
  assert.deepEqual((await mapOf()).attribution, (await mapOf("capped")).attribution, "default");
  for (const id of ["smooth-cam-plus-plus", "ss-cam", "is-cam"]) {
    const of = async (layer: string) =>
      (await attribute(id, { model, image, options: { layer, samples: 2 } })).map;
    near(await of("mix,mix"), await of("mix"), 1e-6, `${id}, twice the same`);
  }
  model.network.dispose();
}, ["wasm"]);

forEachBackend("few channels: the most active ones, the others weigh nothing", async () => {
  const l = literal("mix"), means = range(l.channels).map((k) => over(l, (p) => l.A[p][k]));
  const kept = range(l.channels).sort((a, b) => means[b] - means[a]).slice(0, 2);
  const weights = range(l.channels).map((k) => {
    if (!kept.includes(k)) return 0;
    const off = (v: number, i: number) => i % l.channels === k ? 0 : v;
    return (l.score - scoreAfter(l, l.input, { mix: off })) / Math.abs(l.score);
  });
  const options = { class: TARGET, layer: "mix", maxChannels: 2 };
  const run = await attribute("ablation-cam", { model: l.model, image: l.image, options });
  near(run.attribution, weighted(l, weights), 3e-4, "two channels");
  l.model.network.dispose();
}, ["wasm"]);

forEachBackend("Guided Grad-CAM: guided gradients times the enlarged map", async () => {
  const l = literal("again_1");
  const { tape, layers, logits } = slow(l.model.network, l.input, l.shape);
  const gradient = tape.gradient(logits[TARGET], "guided");
  const cam = FORMULAS["grad-cam"](l);
  const expected = layers.get(INPUT)!.at.map((cell, i) => {
    const place = Math.floor(i / 3), y = Math.floor(place / l.width), x = place % l.width;
    const under = Math.floor(y * l.h / l.height) * l.w + Math.floor(x * l.w / l.width);
    return gradient[cell] * cam[under];
  });
  const options = { class: TARGET, layer: "again_1" };
  const run = await attribute("guided-grad-cam", { model: l.model, image: l.image, options });
  near(run.attribution, expected, 1e-4, "product");
  l.model.network.dispose();
}, ["wasm", "cpu"]);

forEachBackend("what cannot be mapped is refused", async () => {
  const { model, image } = tangled();
  const run = (options: Record<string, unknown>, id = "grad-cam") =>
    attribute(id, { model, image, options });
  const refused = (options: Record<string, unknown>, message: RegExp, id?: string) =>
    assert.rejects(run(options, id), (error: Error) => {
      assert.ok(error instanceof UserError, error.stack);
      assert.match(error.message, message);
      return true;
    });
  await refused({ layer: "fc" }, /Cannot map "fc".*"capped"/);
  await refused({ layer: "again_1,nowhere" }, /nowhere.*nearest/);
  await refused({ layer: "" }, /`layer` takes the name of a layer/);

  await refused({ layer: "input,fc" }, /Cannot map "fc"/);
  for (const id of ["activation", "gradient-times-activation"]) {
    await refused({ layer: "pool" }, /Cannot map "pool": its 7 features/, id);
    await refused({ layer: "again_1,mix" }, /There is no layer "again_1,mix"/, id);
    await refused({ layer: "mix", channel: 4 }, /channel 4 of "mix": it has 4, 0 to 3/, id);
  }
  model.network.dispose();
}, ["wasm"]);

forEachBackend("a map without evidence for the class is empty, and told to be", async () => {
  // the logits are the mean brightness, against class 0 and for class 1
  const net = new GraphBuilder();
  const bright = net.relu("bright", net.conv("sum", INPUT, { in: 3, out: 1, kernel: 1 }));
  const graph = net.build(net.dense("fc", net.globalAvgPool("pool", bright), 1, 2));
  const weights = [[1, 1, 1], [1], [-1, 1], [0, 0]];
  const host = new Map([...graph.parameters].map(([name, shape], i) => [
    name,
    values(Float32Array.from(weights[i]), shape),
  ]));
  const model = modelOf(new Network(graph, host, "brightness"), 4, 4), image = picture(4, 4);
  for (const id of ["grad-cam", "hires-cam", "xgrad-cam"]) {
    const against = await attribute(id, { model, image, options: { class: 0 } });
    assert.ok(against.map.every((v) => v === 0));
    assert.match(against.diagnosis.join(), /"bright" speaks against class 0/);
    const favour = await attribute(id, { model, image, options: { class: 1 } });
    assert.deepEqual([...rangeOf(favour.map)], [0, 1]);
    assert.deepEqual(favour.diagnosis, []);
  }
  model.network.dispose();
}, ["wasm"]);

Deno.test("upsampling as PyTorch's interpolate does it", () => {
  const map = values(Float32Array.of(1, 2, 4, 3, -5, 0.5), [2, 3]);
  // torch 1.13: F.interpolate(x, size=(5, 4), mode="bilinear", align_corners=False)
  // deno-fmt-ignore
  const bilinear = [
    1, 1.625, 2.75, 4,
    1.2, 1.2625, 2.18125, 3.65,
    2, -0.1875, -0.09375, 2.25,
    2.8, -1.6375, -2.36875, 0.85,
    3, -2, -2.9375, 0.5,
  ];
  near(upsample(map, 5, 4), bilinear, 1e-7, "bilinear");
  // F.interpolate(x, size=(5, 7), mode="nearest")
  const [above, below] = [[1, 1, 1, 2, 2, 4, 4], [3, 3, 3, -5, -5, 0.5, 0.5]];
  const nearest = [...above, ...above, ...above, ...below, ...below];
  assert.deepEqual([...upsample(map, 5, 7, "nearest")], nearest);
  assert.deepEqual([...upsample(map, 2, 3)], [...map]);
  assert.throws(() => upsample(values(new Float32Array(8), [2, 2, 2]), 4, 4), RangeError);
});
