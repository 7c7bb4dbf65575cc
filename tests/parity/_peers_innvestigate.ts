/**
 * iNNvestigate's references of single layers (tests/references/layer, which its
 * tests/analyzer/test_reference_layer.py reads): a layer with random weights, its output in a row, and
 * the attribution of the largest output of a random picture of 10×10. The fixture has the first two of
 * its eight pictures; `make_innvestigate.py` beside it took them over.
 */
import {
  type AttributionContext,
  type AttributionTechnique,
  defineTechnique,
  GraphBuilder,
  techniques,
  type Values,
  values,
} from "../../mod.ts";
import * as tf from "../../deps/tfjs.ts";
import { INPUT } from "../../engine/graph.ts";
import { read } from "../../engine/read.ts";
import { readSafetensors } from "../../core/safetensors.ts";
import { execute, finish } from "../../run/execute.ts";
import { dense, type Expectation, made, modelOf, type Net, pictureOf } from "./_peers.ts";

const SIDE = 10;
const SHAPE: Net["shape"] = [SIDE, SIDE, 3];
const FIXTURE = new URL("../fixtures/parity/innvestigate.safetensors", import.meta.url);
const { tensors } = readSafetensors(Deno.readFileSync(FIXTURE), "innvestigate");

/** The layers, and how large a window one of their outputs sees. */
export const LAYERS = {
  // Keras's dense layer works on the last axis: on each pixel by itself
  "Dense": 1,
  "Dense_relu": 1,
  "Conv2D": 3,
  "Conv2D_relu": 3,
  "AveragePooling2D": 2,
  "MaxPooling2D": 2,
} as const;
export type Layer = keyof typeof LAYERS;

interface Means {
  readonly technique: string;
  readonly options?: Readonly<Record<string, unknown>>;
  /** The ends of the box that pixels lie in. */
  readonly box?: readonly [low: number, high: number];
  /** Options of layers that it treats otherwise. */
  readonly per?: Partial<Record<Layer, Readonly<Record<string, unknown>>>>;
  /** Its pass begins with the output, ours with 1: ours is multiplied by the output. */
  readonly timesOutput?: boolean;
  /** Where the peer means something else by it, and why. */
  readonly but?: Partial<Record<Layer, string>>;
  /** Largest relative error. Default 1e-5, where theirs is 1e-2. */
  readonly within?: number;
}

/** Dense layers of the presets. */
const DENSE = { composite: "epsilon", epsilon: 0.1 };
const PRESET = { Dense: DENSE, Dense_relu: DENSE };
const NOISE = "its noise is drawn at random";
const DEEP_TAYLOR = {
  AveragePooling2D: "it hands back the plain gradient, ours in proportion to what the inputs add",
};

/** What each of iNNvestigate's analyzers is here. */
export const ANALYZERS: Readonly<Record<string, Means>> = {
  "Gradient": { technique: "saliency" },
  "InputTimesGradient": { technique: "input-x-gradient" },
  "Deconvnet": { technique: "deconvnet", timesOutput: true },
  "GuidedBackprop": { technique: "guided-backprop", timesOutput: true },
  "IntegratedGradients": {
    technique: "integrated-gradients",
    options: { method: "linspace", steps: 64 },
  },
  // where the gradient is the same everywhere, any noise leaves it as it is
  "SmoothGrad": {
    technique: "smooth-grad",
    options: { samples: 4, sigma: 0.1 },
    but: { Dense_relu: NOISE, Conv2D_relu: NOISE, MaxPooling2D: NOISE },
  },
  "LRPZ": { technique: "lrp", options: { composite: "epsilon" } },
  "LRPZIgnoreBias": { technique: "lrp", options: { composite: "epsilon" } },
  "LRPEpsilon": { technique: "lrp", options: { composite: "epsilon", epsilon: 1e-7 } },
  "LRPEpsilonIgnoreBias": { technique: "lrp", options: { composite: "epsilon", epsilon: 1e-7 } },
  "LRPZPlus": { technique: "lrp" },
  "LRPZPlusFast": { technique: "lrp" },
  "LRPAlpha1Beta0": { technique: "lrp", options: { composite: "alpha-beta", alpha: 1 } },
  "LRPAlpha1Beta0IgnoreBias": { technique: "lrp", options: { composite: "alpha-beta", alpha: 1 } },
  // its stabilizer of what is below zero is smaller than ours
  "LRPAlpha2Beta1": { technique: "lrp", options: { composite: "alpha-beta" }, within: 5e-4 },
  "LRPAlpha2Beta1IgnoreBias": {
    technique: "lrp",
    options: { composite: "alpha-beta" },
    within: 5e-4,
  },
  "LRPSequentialPresetA": { technique: "lrp", per: PRESET },
  "LRPSequentialPresetB": { technique: "lrp", options: { composite: "alpha-beta" }, per: PRESET },
  "LRPZ_boxed_input_layer_rule": {
    technique: "lrp",
    options: { composite: "epsilon-gamma-box" },
    box: [-10, 10],
  },
  "DeepTaylor": { technique: "lrp", but: DEEP_TAYLOR },
  "BoundedDeepTaylor": {
    technique: "lrp",
    options: { composite: "epsilon-gamma-box" },
    box: [-128, 128],
    but: DEEP_TAYLOR,
  },
};

/** A layer of an analyzer's file as a network. */
function netOf(analyzer: string, layer: Layer): Net {
  const net = new GraphBuilder(SHAPE), kernel = LAYERS[layer];
  const weights = tensors.get(`${analyzer}/${layer}/kernel`);
  let last: string;
  if (weights) last = net.conv("layer", INPUT, { in: 3, out: 5, kernel });
  else if (layer === "AveragePooling2D") last = net.avgPool("layer", INPUT, { kernel });
  else last = net.maxPool("layer", INPUT, { kernel });
  if (layer.endsWith("relu")) last = net.relu("relu", last);
  const host: Record<string, readonly number[]> = weights ? { "layer.weight": [...weights] } : {};
  return made(net, net.add("outputs", "flatten", last), host, SHAPE);
}

/** A technique on numbers that no picture of 256 levels has. */
const onNumbers = (inner: AttributionTechnique, options: unknown, numbers: Values) =>
  defineTechnique({
    ...inner,
    async *run(context: AttributionContext<Record<string, unknown>>) {
      const input = tf.tensor4d(numbers, [1, ...SHAPE]);
      const scores = context.target.scores(await read(await context.model.network.logits(input)));
      return yield* inner.run({
        ...context,
        options: inner.options.parse(options),
        image: { ...context.image, input },
        target: { ...context.target, logit: scores[0] },
      });
    },
  });

/** What the network answers at an output. */
async function outputOf({ network }: Net, numbers: Values, output: number): Promise<number> {
  const input = tf.tensor4d(numbers, [1, ...SHAPE]);
  const outputs = await read(await network.logits(input));
  input.dispose();
  return outputs[output];
}

/** What a reference expects, and ours. */
export interface Compared {
  readonly what: string;
  readonly ours: ArrayLike<number>;
  readonly theirs: ArrayLike<number>;
}

/** Ours and theirs of an analyzer and a layer, picture by picture. */
export async function* compared(analyzer: string, layer: Layer): AsyncGenerator<Compared> {
  const { technique, options, per, timesOutput, box: [low, high] = [0, 1] } = ANALYZERS[analyzer];
  const net = netOf(analyzer, layer), size = LAYERS[layer], pixels = SIDE * SIDE * 3;
  const { picture, preprocess } = pictureOf(new Array(pixels).fill(0), SHAPE);
  const model = modelOf(net, {
    ...preprocess,
    mean: [0, 0, 0].map(() => -low * 255 / (high - low)),
    std: [0, 0, 0].map(() => 255 / (high - low)),
  });
  const references = tensors.get(`${analyzer}/${layer}`)!, inputs = tensors.get("input")!;
  const [pictures, length] = references.shape;
  const pooled = layer.endsWith("Pooling2D");
  const stride = pooled ? 2 : 1, channels = pooled ? 3 : 5;
  const columns = Math.floor((SIDE - size) / stride) + 1;
  for (let i = 0; i < pictures; i++) {
    const [output, ...window] = references.subarray(i * length, (i + 1) * length);
    const place = Math.floor(output / channels);
    const top = Math.floor(place / columns) * stride, left = place % columns * stride;
    const theirs = values(new Float32Array(pixels), SHAPE);
    for (let row = 0; row < size; row++) {
      const from = row * size * 3;
      theirs.set(window.slice(from, from + size * 3), ((top + row) * SIDE + left) * 3);
    }
    const numbers = values(inputs.subarray(i * pixels, (i + 1) * pixels), SHAPE);
    const inner = techniques.get(technique) as AttributionTechnique;
    const run = await finish(
      execute(onNumbers(inner, per?.[layer] ?? options ?? {}, numbers), {
        model,
        image: picture,
        target: output,
      }),
    );
    if (!("attribution" in run)) throw new Error("an attribution has one");
    const { attribution } = run, by = timesOutput ? await outputOf(net, numbers, output) : 1;
    yield {
      what: `${analyzer}, ${layer}, picture ${i}`,
      ours: attribution.map((v) => v * by),
      theirs,
    };
  }
  net.network.dispose();
}

/** trivia.py's skip_connection: one number, and a weight times it, added. One output. */
const skipConnection = (): Net => {
  const net = new GraphBuilder([1, 1, 1]), x = net.add("vector", "flatten", INPUT);
  return made(net, net.sum("add", [x, net.dense("dense", x, 1, 1)]), { "dense.weight": [2] }, [
    1,
    1,
    1,
  ]);
};

/**
 * The smallest networks of iNNvestigate's tests (tests/networks/trivia.py), each with one output. Its
 * tests/analyzer/test_gradient_based.py and test_relevance_based.py ask there for finite numbers of the
 * right shape; the numbers are worked out by hand: 1.5 · 2 + 0.5 · (−3), and 3 + 2 · 3.
 */
export const trivia: readonly Expectation[] = ([
  ["saliency", {}, [1.5, 0.5], [3]],
  ["guided-backprop", {}, [1.5, 0.5], [3]],
  ["deconvnet", {}, [1.5, 0.5], [3]],
  ["input-x-gradient", {}, [3, -1.5], [9]],
  ["integrated-gradients", {}, [3, -1.5], [9]],
  ["lrp", { composite: "epsilon" }, [3, -1.5], [9]],
  // of the score 1.5 all goes to the one that adds to it
  ["lrp", { rule: "dense=z-plus" }, [1.5, 0], undefined],
  // twice the above, less 1.5 to the one that takes away
  ["lrp", { rule: "dense=alpha-beta" }, [3, -1.5], undefined],
  ["occlusion", { window: 1, stride: 1 }, [3, -1.5], [9]],
] as const).flatMap(([technique, options, dot, skip]) => [
  {
    from: "tests/networks/trivia.py dot",
    net: () => dense([1, 2, 1], [["dense", { w: [[1.5, 0.5]] }]]),
    input: [2, -3],
    technique,
    options,
    expected: dot,
  },
  ...(skip
    ? [{
      from: "tests/networks/trivia.py skip_connection",
      net: skipConnection,
      input: [3],
      technique,
      options,
      expected: skip,
    }]
    : []),
]);
