import assert from "node:assert/strict";
import * as tf from "../../deps/tfjs.ts";
import { UserError } from "../../core/errors.ts";
import { loadImage } from "../../image/mod.ts";
import type { Model } from "../../run/model.ts";
import { preprocess } from "../../image/preprocess.ts";
import { type AttributionRun, execute, finish } from "../../run/execute.ts";
import { type Values, values } from "../../core/values.ts";
import { useBackend } from "../../engine/runtime.ts";
import { GraphBuilder } from "../../engine/builder.ts";
import { INPUT, LOGITS } from "../../engine/graph.ts";
import { op, opNames } from "../../engine/ops/mod.ts";
import { Network } from "../../engine/network.ts";
import { loadModel } from "../../models/mod.ts";
import { cifarGraph } from "../../models/resnet_cifar.ts";
import {
  type CompositeId,
  relevanceRules,
  type Strengths,
} from "../../techniques/_lrp_composites.ts";
import { Ledger } from "../../techniques/_lrp_rules.ts";
import { lrp } from "../../techniques/lrp.ts";
import { attribute } from "../../techniques/mod.ts";
import { forEachBackend } from "../_support/backends.ts";
import { branched, families, modelOf, picture, type Small } from "../../conformance/networks.ts";
import fc from "../_support/property.ts";
import { absence, hasShared, own, shared } from "../_support/reference.ts";
import { syntheticNetwork } from "../../conformance/synthetic.ts";
import { asBatch, near, take } from "../_support/tensors.ts";
import { explain, type Explained, formulas } from "./_slow_lrp.ts";

type Figures = Record<
  "relevance" | "conservationGap" | "absorbedByBiases" | "absorbedByRest",
  number
>;

async function run(
  model: Model,
  image: Parameters<typeof execute>[1]["image"],
  options: Record<string, unknown> = {},
): Promise<AttributionRun & { readonly figures: Figures }> {
  return await finish(execute(lrp, { model, image, options })) as AttributionRun & {
    figures: Figures;
  };
}

const COMPOSITES = ["epsilon-plus", "epsilon-gamma-box", "alpha-beta", "epsilon"] as const;

/**
 * Two pixels a = (1, 2, −1), b = (0, −1, 1); a convolution of one pixel to h₀ = ReLU(x₀ + x₁ + x₂ + 1)
 * and h₁ = ReLU(−x₀ + 2x₁ − 1), and the logit h₀a − h₁a + 2 h₀b + 5 h₁b + 1.
 * Forward: h(a) = (3, 2), h(b) = (1, 0), since −3 is cut off; logit 3 − 2 + 2 + 0 + 1 = 4.
 */
function twoLayers(): Model {
  const net = new GraphBuilder();
  const hidden = net.relu("relu", net.conv("conv", INPUT, { in: 3, out: 2, kernel: 1 }));
  const graph = net.build(net.dense("fc", net.add("flatten", "flatten", hidden), 4, 2));
  const network = new Network(
    graph,
    new Map(
      graph.nodes.flatMap(({ params }) => Object.values(params)).map((name) => {
        const numbers = {
          "conv.weight": [1, -1, 1, 2, 1, 0],
          "conv.bias": [1, -1],
          "fc.weight": [1, 0, -1, 0, 2, 0, 5, 0],
          "fc.bias": [1, 0],
        }[name]!;
        return [name, values(Float32Array.from(numbers), graph.parameters.get(name)!)];
      }),
    ),
    "two layers",
  );
  const model = modelOf(network, 2, 1);
  // a level is 2 more than the network's number: the box of all pixels is −2 … 253
  return {
    ...model,
    preprocess: { ...model.preprocess, range: 255, mean: [2, 2, 2], std: [1, 1, 1] },
  };
}

const twoPixels = { width: 2, height: 1, data: Uint8ClampedArray.of(3, 4, 1, 2, 1, 3) };

/**
 * The dense layer, under ε → 0: its contributions are its relevances, R(h) = (3, −2), (2, 0), and 1
 * stays with its bias. Then, in the convolution, a's h₀ = 1 + 2 − 1 + bias 1 and h₁ = −1 + 4 + 0 + bias −1,
 * b's h₀ = 0 − 1 + 1 + bias 1.
 */
const BY_HAND: Record<CompositeId, { pixels: number[]; biases: number }> = {
  // a: 3/3·(1, 2, −1) − 2/2·(−1, 4, 0); b: 2/1·(0, −1, 1). Biases: 3/3·1 − 2/2·(−1) + 2/1·1, and 1
  "epsilon": { pixels: [2, -2, -1, 0, -2, 2], biases: 5 },
  // a: 3/(1+2+1)·(1, 2, 0) − 2/4·(0, 4, 0); b: 2/(1+1)·(0, 0, 1). Biases: 3/4 + 0 + 1, and 1
  "epsilon-plus": { pixels: [0.75, -0.5, 0, 0, 0, 1], biases: 2.75 },
  // twice the above, less: a: 3/(−1)·(0, 0, −1) − 2/(−1−1)·(−1, 0, 0); b: 2/(−1)·(0, −1, 0).
  // Biases: 2·(3/4 + 0 + 1), less −2/(−1−1)·(−1), and 1
  "alpha-beta": { pixels: [2.5, -1, -3, 0, -2, 2], biases: 5.5 },
  // above the box's lower end (for w > 0) or below its upper (for w < 0):
  // a: 3/(3+4+1)·(3, 4, 1) − 2/(252+8)·(252, 8, 0); b: 2/(2+1+3)·(2, 1, 3). Bias: the dense one's
  "epsilon-gamma-box": {
    pixels: [9 / 8 - 504 / 260, 12 / 8 - 16 / 260, 3 / 8, 2 / 3, 1 / 3, 1],
    biases: 1,
  },
};

forEachBackend("two layers have the relevance worked out by hand", async () => {
  for (const composite of COMPOSITES) {
    const { attribution, figures } = await run(twoLayers(), twoPixels, { composite, class: 0 });
    const { pixels, biases } = BY_HAND[composite];
    near(attribution, pixels, 1e-5, composite);
    near([figures.absorbedByBiases], [biases], 1e-5, `${composite}: biases`);
    const arrived = pixels.reduce((a, b) => a + b);
    near([figures.relevance], [arrived], 1e-5, `${composite}: sum`);
    assert.ok(Math.abs(arrived + biases - 4) < 1e-12, "the figures worked out add up to the logit");
  }
});

/** Relevance of class 0 by a composite's rules, but for z^B. */
async function propagate(
  network: Network,
  image: Values,
  composite: CompositeId,
  strengths: Strengths,
  taps: readonly string[] = [],
) {
  const ledger = new Ledger(), accounts = { ledger, spread: false };
  const rules = relevanceRules(network.graph, composite, strengths, new Map(), accounts);
  const input = asBatch(image);
  const pass = await network.forward(input, { taps: [LOGITS, ...taps], gradient: true, rules });
  const logits = pass.value(LOGITS);
  const start = tf.tidy(() => tf.mul(logits, tf.oneHot([0], logits.shape[1]!)));
  const relevance = await take((await pass.backward({ [LOGITS]: start })).input);
  const { biases } = await ledger.totals();
  ledger.dispose();
  pass.dispose();
  tf.dispose([input, start]);
  return { relevance, biases };
}

Deno.test("two layers have the relevance worked out by hand: γ in the first", async () => {
  await useBackend("cpu");
  const { network } = twoLayers();
  const image = values(Float32Array.of(1, 2, -1, 0, -1, 1), [1, 2, 3]);
  // positive contributions, and a bias above zero, count twice:
  // a: 3/(2+4−1+2)·(2, 4, −1) − 2/(−1+8−1)·(−1, 8, 0); b: 2/(−1+2+2)·(0, −1, 2)
  // biases: 3/7·2 − 2/6·(−1) + 2/3·2, and 1
  const { relevance, biases } = await propagate(network, image, "epsilon-gamma-box", {
    epsilon: 1e-6,
    gamma: 1,
    alpha: 2,
  });
  near(relevance, [6 / 7 + 1 / 3, 12 / 7 - 8 / 3, -3 / 7, 0, -2 / 3, 4 / 3], 1e-5, "pixels");
  near([biases], [6 / 7 + 1 / 3 + 4 / 3 + 1], 1e-5, "biases");
});

/** Not the defaults, so that mixing options up shows. */
const STRENGTHS = { epsilon: 0.01, gamma: 0.4, alpha: 3 };
const dense = formulas.epsilon(STRENGTHS.epsilon);
const LITERAL = {
  "epsilon-plus": { convolution: formulas.alphaBeta(1), dense },
  "epsilon-gamma-box": {
    first: formulas.box(),
    convolution: formulas.gamma(STRENGTHS.gamma),
    dense,
  },
  "alpha-beta": { convolution: formulas.alphaBeta(STRENGTHS.alpha), dense },
  "epsilon": { convolution: dense, dense },
};

const ends = ({ preprocess: { mean, std } }: Model) => ({
  low: mean.map((m, c) => -m / std[c]),
  high: mean.map((m, c) => (1 - m) / std[c]),
});

/** The slow copy's relevance, worked out once for all backends. */
class Slow {
  readonly #explained: Explained;
  readonly #model: Model;
  readonly #known = new Map<string, Float64Array>();

  constructor(model: Model) {
    const { network, inputSize: { width, height }, preprocess: spec } = model;
    this.#model = model;
    this.#explained = explain(network, preprocess(picture(width, height), spec).input);
  }

  get logits() {
    return this.#explained.logits;
  }

  relevance(target: number, composite: CompositeId, bias: string): Float64Array {
    const key = [target, composite, bias].join();
    const known = this.#known.get(key) ?? this.#explained.relevance(target, {
      ...LITERAL[composite],
      ...ends(this.#model),
      spread: bias === "spread",
    });
    this.#known.set(key, known);
    return known;
  }
}

/** Fails where a composite's relevance is not the slow copy's. */
async function compare(
  model: Model,
  slow: Slow,
  composite: CompositeId,
  tolerance: number,
  bias = "absorb",
) {
  const { width, height } = model.inputSize;
  const options = { ...STRENGTHS, composite, bias };
  const { attribution, target } = await run(model, picture(width, height), options);
  near([target.logit], [slow.logits[target.index]], tolerance, `${model.id}: logit`);
  const expected = slow.relevance(target.index, composite, bias);
  if (expected.some((r) => r !== 0)) {
    near(attribution, expected, tolerance, `${model.id}, ${composite}, ${bias}`);
  } else assert.ok(attribution.every((r) => r === 0));
}

/** A ReLU's output that a batch-norm reads: nothing to fold it into; and grouped, dilated kernels. */
const separable: Small = {
  name: "separable",
  width: 13,
  height: 12,
  layer: "",
  channel: 0,
  model() {
    const net = new GraphBuilder();
    const stem = net.relu("act", net.conv("stem", INPUT, { in: 3, out: 4, kernel: 3, stride: 2 }));
    const normal = net.batchNorm("norm", stem, 4);
    const grouped = net.add("grouped", "depthwiseConv2d", normal, {
      strides: [1, 1],
      pad: [2, 2, 2, 2],
      dilations: [2, 2],
    }, { kernel: ["grouped.weight", [3, 3, 4, 1]] });
    const side = (name: string, from: string, bias: boolean) =>
      net.relu(`${name}.act`, net.conv(name, from, { in: 4, out: 6, kernel: 1, bias }));
    const difference = net.add("difference", "subtract", [
      side("a", net.batchNorm("grouped.norm", grouped, 4), true),
      side("b", normal, false),
    ]);
    const end = net.relu("out", net.conv("end", difference, { in: 6, out: 5, kernel: 1 }));
    const pooled = net.add("pool", "adaptiveAvgPool", end, { size: [2, 3] });
    const graph = net.build(net.dense("fc", net.add("flat", "flatten", pooled), 30, 3));
    return modelOf(syntheticNetwork(graph, "separable"), 13, 12);
  },
};

/** Grouped and transposed kernels, a gate for each channel, sums with a vector, other activations. */
const modern: Small = {
  name: "modern",
  width: 12,
  height: 11,
  layer: "",
  channel: 0,
  model() {
    const net = new GraphBuilder();
    const stem = net.conv("stem", INPUT, { in: 3, out: 4, kernel: 3, stride: 2, pad: 1 });
    const first = net.add("stem.act", "swish", net.batchNorm("stem.norm", stem, 4));
    const grouped = net.conv("grouped", first, { in: 4, out: 6, kernel: 3, pad: 1, groups: 2 });
    const features = net.add(
      "grouped.act",
      "prelu",
      net.batchNorm("grouped.norm", grouped, 6),
      {},
      {
        alpha: ["grouped.slopes.bias", [6]],
      },
    );
    const pooled = net.globalAvgPool("squeeze", features);
    const gate = net.add("gate", "sigmoid", net.dense("excite", pooled, 6, 6));
    const excited = net.add("excited", "multiply", [gate, features]);
    const resized = net.add("resized", "resizeBilinear", excited, { size: [4, 7] });
    const up = net.add("up", "convTranspose2d", resized, {
      strides: [2, 1],
      pad: [1, 1, 0, 1],
      outputPadding: [1, 0],
    }, { kernel: ["up.weight", [3, 2, 4, 6]], bias: ["up.bias", [4]] });
    const active = net.add("up.act", "gelu", net.batchNorm("up.norm", up, 4), {
      approximate: true,
    });
    const context = net.dense("context", net.globalAvgPool("context.pool", active), 4, 4);
    const sum = net.sum("with.context", [active, context]);
    const end = net.relu("end.act", net.conv("end", sum, { in: 4, out: 5, kernel: 1 }));
    const graph = net.build(net.dense("fc", net.globalAvgPool("pool", end), 5, 3));
    return modelOf(syntheticNetwork(graph, "modern"), 12, 11);
  },
};

/** Without those whose structure is in another one. */
const STRUCTURES = new Set(["basic", "deep", "vgg-torchvision"]);
const residual = () => modelOf(syntheticNetwork(cifarGraph(1, 3), "residual"), 8, 8);
/** Its classifier's convolutions are as large as what they read. */
const covered = (): Model => ({
  ...families.find(({ name }) => name === "vgg-timm")!.model(),
  id: "covered",
  inputSize: { width: 28, height: 28 },
});
const smallModels: readonly (() => Model)[] = [
  ...[branched, separable, modern, ...families.filter(({ name }) => STRUCTURES.has(name))]
    .map(({ model }) => model),
  residual,
  covered,
];

const slow = new Map<string, Slow>();
const slowly = (model: Model) => {
  const known = slow.get(model.id) ?? new Slow(model);
  slow.set(model.id, known);
  return known;
};

for (const composite of COMPOSITES) {
  forEachBackend(`every structure has the formulas' relevance: ${composite}`, async (backend) => {
    // a software GPU is slow, and all kernels that the others use are in these
    const models = backend === "webgpu" ? smallModels.slice(0, 3) : smallModels;
    const tolerance = backend === "webgpu" ? 1e-3 : 1e-4;
    for (const make of models) {
      const model = make();
      await compare(model, slowly(model), composite, tolerance);
      model.network.dispose();
    }
  });
}

forEachBackend("biases' relevance is spread as the formula says", async (backend) => {
  const model = branched.model(), tolerance = backend === "webgpu" ? 1e-3 : 1e-4;
  for (const composite of COMPOSITES) {
    await compare(model, slowly(model), composite, tolerance, "spread");
  }
  model.network.dispose();
});

Deno.test("any convolution has the relevance of the formulas", async () => {
  await useBackend("wasm");
  const side = fc.integer({ min: 4, max: 9 }),
    pair = (max: number) => fc.tuple(fc.integer({ min: 1, max }), fc.integer({ min: 1, max }));
  const geometry = fc.record({
    height: side,
    width: side,
    kernel: pair(3),
    stride: pair(3),
    pad: fc.tuple(...[0, 0, 0, 0].map(() => fc.integer({ min: 0, max: 2 }))) as fc.Arbitrary<
      [number, number, number, number]
    >,
    out: fc.integer({ min: 1, max: 3 }),
    bias: fc.boolean(),
    composite: fc.constantFrom(...COMPOSITES),
  });
  await fc.assert(
    fc.asyncProperty(geometry, async ({ height, width, composite, ...conv }) => {
      const net = new GraphBuilder();
      const first = net.relu("relu", net.conv("first", INPUT, { in: 3, out: 2, kernel: 1 }));
      const second = net.relu("relu2", net.conv("second", first, { in: 2, ...conv }));
      const graph = net.build(net.dense("fc", net.globalAvgPool("pool", second), conv.out, 2));
      const model = modelOf(syntheticNetwork(graph, "any"), width, height);
      await compare(model, new Slow(model), composite, 1e-4);
      model.network.dispose();
    }),
    {
      numRuns: 40,
      examples: [
        // the last windows lie in the padding alone
        [{
          height: 4,
          width: 4,
          kernel: [1, 1],
          stride: [2, 2],
          pad: [0, 0, 0, 1],
          out: 1,
          bias: false,
          composite: "epsilon-plus",
        }],
      ],
    },
  );
});

Deno.test("z^B looks for its box where the first convolution reads, behind a rescaling", async () => {
  await useBackend("cpu");
  const image = picture(6, 5), mean = [0.5, 0.5, 0.5] as const, std = mean;
  const explainBy = async (rescales: boolean) => {
    const net = new GraphBuilder();
    const input = rescales ? net.batchNorm("rescaling", INPUT, 3, 0) : INPUT;
    const conv = net.relu("relu", net.conv("conv", input, { in: 3, out: 4, kernel: 3, pad: 1 }));
    const graph = net.build(net.dense("fc", net.globalAvgPool("pool", conv), 4, 2));
    const { parameters } = syntheticNetwork(graph, "any");
    const host = new Map(
      graph.nodes.flatMap((node) =>
        Object.entries(node.params).map(([role, name]) => [name, parameters.of(node).values(role)])
      ),
    );
    // (x − 127.5) / 127.5 with x of 0..255, as (x − 0.5) / 0.5 with x of 0..1
    const rescaling = { weight: 1, bias: 0, running_mean: 127.5, running_var: 127.5 ** 2 };
    for (const [name, number] of Object.entries(rescaling)) {
      host.set(`rescaling.${name}`, values(new Float32Array(3).fill(number), [3]));
    }
    const model = modelOf(new Network(graph, host), 6, 5), spec = model.preprocess;
    const plain = { mean: [0, 0, 0], std: [1, 1, 1], range: 255 } as const;
    const preprocess = { ...spec, ...rescales ? plain : { mean, std } };
    const { attribution } = await run({ ...model, preprocess }, image, {
      composite: "epsilon-gamma-box",
      class: 0,
    });
    return attribution;
  };
  near(await explainBy(true), await explainBy(false), 1e-5, "behind a rescaling");
});

Deno.test("a ReLU that runs by itself, or in its convolution, lets the same relevance through", async () => {
  await useBackend("wasm");
  for (const make of smallModels) {
    const { network, inputSize: { width, height }, preprocess: spec } = make();
    const image = preprocess(picture(width, height), spec).input;
    const { nodes } = network.graph;
    // what an activation reads is tapped: nothing is fused across it, batch-norm stays folded
    const taps = nodes.filter(({ op }) => op === "relu").map(({ inputs }) => inputs[0]);
    for (const composite of COMPOSITES) {
      const fused = await propagate(network, image, composite, STRENGTHS);
      const alone = await propagate(network, image, composite, STRENGTHS, taps);
      near(alone.relevance, fused.relevance, 1e-5, `${network.name}, ${composite}`);
    }
    network.dispose();
  }
});

/** The pixels' relevance and what the layers absorbed are the logit; spread, the pixels' alone is. */
async function conserves(model: Model, image: Parameters<typeof run>[1], options = {}) {
  for (const composite of COMPOSITES) {
    for (const bias of ["absorb", "spread"]) {
      const { attribution, figures, target } = await run(model, image, {
        ...options,
        composite,
        bias,
        epsilon: 1e-9,
      });
      const arrived = attribution.reduce((a, b) => a + b, 0);
      const what = `${model.id}, ${composite}, ${bias}`;
      near([figures.relevance], [arrived], 1e-6, what);
      near([figures.conservationGap], [arrived - target.logit], 1e-6, `${what}: gap`);
      const absorbed = figures.absorbedByBiases + figures.absorbedByRest;
      near([arrived + absorbed], [target.logit], 1e-3, `${what}: with what was absorbed`);
      if (bias === "spread") near([arrived], [target.logit], 1e-3, `${what}: pixels`);
      else assert.ok(Math.abs(figures.absorbedByBiases) > 0.01, `${what}: biases absorb something`);
    }
  }
}

Deno.test(`ResNet-20 conserves relevance${absence}`, { ignore: !hasShared }, async () => {
  await useBackend("wasm");
  const model = await loadModel("resnet20-cifar", {
    weights: shared.path("models/resnet20-12fca82f.th"),
  });
  for (const name of ["car.png", "boat.png"]) {
    await conserves(model, await loadImage(shared.path(`images/${name}`)));
  }
});

Deno.test("the built-in networks conserve relevance", async () => {
  await useBackend("wasm");
  for (const id of ["phosphene-resnet", "phosphene-vgg"]) {
    const model = await loadModel(id);
    const { width, height } = model.inputSize;
    await conserves(model, picture(width, height));
    // not fish.png: there z+ absorbs a thousandth of the VGG's logit, where nothing positive arrives
    for (const name of ["cat.png", "star.png", "snail.png"]) {
      await conserves(model, await loadImage(own.path(`images/${name}`)));
    }
    model.network.dispose();
  }
});

Deno.test("groups, transposed kernels, gates and broadcast sums conserve relevance", async () => {
  await useBackend("wasm");
  const model = modern.model();
  await conserves(model, picture(modern.width, modern.height));
  model.network.dispose();
});

Deno.test("the user is told what did not arrive, and what a negative logit means", async () => {
  await useBackend("cpu");
  const told = await run(twoLayers(), twoPixels, { class: 0 });
  assert.match(
    told.diagnosis.join(" "),
    /adds up to 1\.25, the logit is 4\.00: biases absorbed 2\.75/,
  );
  const spread = await run(twoLayers(), twoPixels, { class: 0, bias: "spread" });
  assert.doesNotMatch(spread.diagnosis.join(" "), /adds up/);
  const model = branched.model(), image = picture(branched.width, branched.height);
  const { predicted } = await run(model, image);
  const negative = predicted.find(({ logit }) => logit < 0)!;
  const against = await run(model, image, { class: negative.index });
  assert.match(against.diagnosis.join(" "), /logit is below zero/);
});

/** A network with one op between its convolution of four channels and its classifier. */
function around(
  write: (net: GraphBuilder, conv: string) => string,
): Model {
  const net = new GraphBuilder();
  const odd = write(net, net.conv("conv", INPUT, { in: 3, out: 4, kernel: 1 }));
  const graph = net.build(net.dense("fc", net.globalAvgPool("pool", odd), 4, 2));
  return modelOf(syntheticNetwork(graph, "odd"), 4, 4);
}

Deno.test("what moves, chooses or bends numbers, or broadcasts them, conserves relevance", async () => {
  await useBackend("wasm");
  const with4: Record<string, (net: GraphBuilder, conv: string) => string> = Object.fromEntries(
    opNames().filter((name) => {
      const { nature, affine } = op(name).traits;
      return nature === "elementwise" && !affine;
    }).map((name) => [
      name,
      (net, conv) => {
        const attrs = { alpha: 0.3, low: -1, high: 3, threshold: 0.1, max: 2, exponent: 2 };
        // a logarithm has nothing to say of what is not above zero
        const from = name === "log" ? net.add("above", "exp", conv) : conv;
        return net.add("odd", name, from, attrs, { alpha: ["odd.bias", [4]] });
      },
    ]),
  );
  for (const name of ["add", "average", "subtract", "maximum", "minimum"]) {
    with4[`${name} of a picture and a vector`] = (net, conv) =>
      net.add("odd", name, [conv, net.add("vector", "globalMaxPool", conv)]);
  }
  const size = [7, 3], order = [1, 0, 2];
  with4.resizeNearest = (net, conv) => net.add("odd", "resizeNearest", conv, { size });
  with4.resizeBilinear = (net, conv) => net.add("odd", "resizeBilinear", conv, { size });
  with4.permute = (net, conv) => net.add("odd", "permute", conv, { order });
  with4["a gate of the same size"] = (net, conv) =>
    net.add("odd", "multiply", [net.add("gate", "hardSigmoid", conv), conv]);
  assert.ok(Object.keys(with4).length > 20);
  for (const [name, write] of Object.entries(with4)) {
    const model = around(write);
    const { figures, target } = await run(model, picture(4, 4), { class: 0, epsilon: 1e-9 });
    const { relevance, absorbedByBiases, absorbedByRest } = figures;
    near([relevance + absorbedByBiases + absorbedByRest], [target.logit], 1e-3, name);
    assert.ok(Math.abs(relevance) > 1e-3, `${name}: something arrives`);
    model.network.dispose();
  }
});

async function refused(model: Model, message: RegExp) {
  const before = tf.memory().numTensors;
  await assert.rejects(run(model, picture(4, 4)), (error) => {
    assert.ok(error instanceof UserError, String(error));
    assert.match(error.message, message);
    return true;
  });
  model.network.dispose();
  assert.equal(tf.memory().numTensors, before);
}

Deno.test("an op without a rule is refused by name", async () => {
  await useBackend("cpu");
  const others = opNames().filter((name) => op(name).traits.nature === "other");
  assert.ok(others.length > 3);
  for (const name of others) {
    const attrs = { axes: 1, groups: 2, epsilon: 1e-3, size: 3, alpha: 0.1, beta: 0.5, bias: 1 };
    const ofTwo = ["divide", "matMul"].includes(name);
    const model = around((net, conv) => net.add("odd", name, ofTwo ? [conv, conv] : conv, attrs));
    await refused(model, new RegExp(`"odd": lrp has no rule for ${name}; .* works`));
  }
});

Deno.test("a product's relevance is its signal's, and refused where none is", async () => {
  await useBackend("cpu");
  // written out, SiLU has the relevance of the op: its sigmoid is a gate, also behind a shift of axes
  const plain = await run(around((net, conv) => net.add("odd", "swish", conv)), picture(4, 4));
  for (const moved of [false, true]) {
    const silu = around((net, conv) => {
      const gate = net.add("gate", "sigmoid", conv);
      return net.add("odd", "multiply", [conv, moved ? net.add("moved", "identity", gate) : gate]);
    });
    const { attribution } = await run(silu, picture(4, 4));
    near(attribution, plain.attribution, 1e-5, "written out");
  }
  const unclear = /"odd": lrp hands a multiply's relevance to its signal, and of .* works/;
  await refused(around((net, conv) => net.add("odd", "multiply", [conv, conv])), unclear);
  const gate = (net: GraphBuilder, name: string, conv: string) => net.add(name, "sigmoid", conv);
  await refused(
    around((net, conv) => net.add("odd", "multiply", [gate(net, "a", conv), gate(net, "b", conv)])),
    unclear,
  );
  // neither is of the product's size
  await refused(
    around((net, conv) => {
      const rows = net.avgPool("rows", conv, { kernel: [4, 1], stride: 1 });
      const columns = net.avgPool("columns", conv, { kernel: [1, 4], stride: 1 });
      return net.add("odd", "multiply", [rows, columns]);
    }),
    unclear,
  );
});

forEachBackend("nothing is left behind, whether it ends, fails or is aborted", async () => {
  const model = branched.model(), image = picture(branched.width, branched.height);
  const options = { composite: "epsilon-gamma-box", bias: "spread" };
  await run(model, image, options);
  const before = tf.memory().numTensors;
  await run(model, image, options);
  assert.equal(tf.memory().numTensors, before, "after success");
  // aborted at its n-th step: before the pass, on its way forward, on its way back
  for (const limit of [5, 15, 25]) {
    let steps = 0;
    const signal = Object.assign(new AbortController().signal, {
      throwIfAborted() {
        if (++steps >= limit) throw new Error("enough");
      },
    });
    const aborted = finish(execute(lrp, { model, image, options, signal }));
    await assert.rejects(aborted, /enough/, `${limit} of ${steps} steps`);
    assert.equal(tf.memory().numTensors, before, `after ${limit} steps`);
  }
  model.network.dispose();
});

Deno.test("layers with a rule of their own: the last that fits, and what fits nothing", async () => {
  await useBackend("wasm");
  const small = families[0], model = small.model();
  const image = picture(small.width, small.height);
  const of = async (options: Record<string, unknown>) =>
    (await attribute("lrp", { model, image, options: { class: 1, ...options } })).attribution;
  // every layer by name is the composite that has these rules everywhere
  assert.deepEqual(await of({ rule: "*=epsilon" }), await of({ composite: "epsilon" }));
  assert.deepEqual(
    await of({ composite: "epsilon", rule: ["*=z-plus", "fc=epsilon"] }),
    await of({ composite: "epsilon-plus" }),
  );
  const mixed = await of({ rule: "layer1=gamma, layer2.*=alpha-beta" });
  assert.notDeepEqual(mixed, await of({}));
  assert.deepEqual(mixed, await of({ rule: "layer1.*=gamma,layer2=epsilon,layer2=alpha-beta" }));
  for (
    const [rule, message] of [
      ["layer1", /"layer1" is not LAYER=RULE, such as layer1\.\*=gamma/],
      ["layer1=gama", /there is no rule "gama"; nearest: "gamma"/],
      ["layer9.*=gamma", /no layer with weights fits "layer9\.\*"; nearest: "/],
    ] as const
  ) await assert.rejects(of({ rule }), message);
});

Deno.test("relevance at a layer is conserved there, and mapped where the layer is", async () => {
  await useBackend("wasm");
  const small = families[0], model = small.model();
  const image = picture(small.width, small.height);
  const options = { class: 1, bias: "spread", at: "layer1" } as const;
  const run = await attribute("lrp", { model, image, options });
  const shape = model.network.shapeOf("layer1", small.height, small.width);
  assert.deepEqual(run.attribution.shape, shape);
  assert.deepEqual(run.map.shape, [small.height, small.width]);
  assert.equal(run.figures!.layer, "layer1");
  const sum = run.attribution.reduce((a, b) => a + b, 0);
  assert.ok(Math.abs(sum - Number(run.figures!.relevance)) < 1e-4);
  const { absorbedByBiases, absorbedByRest } = run.figures!;
  assert.ok(
    Math.abs(sum + Number(absorbedByBiases) + Number(absorbedByRest) - run.target.logit) < 1e-3,
  );
  await assert.rejects(
    attribute("lrp", { model, image, options: { at: "fc" } }),
    /no place in the picture/,
  );
});
