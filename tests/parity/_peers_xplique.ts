/** xplique's tests: what ReLUs let back, Grad-CAM's weights, occlusion's differences, a path's points. */
import { GraphBuilder } from "../../mod.ts";
import { INPUT } from "../../engine/graph.ts";
import { dense, type Expectation, type Host, made, type Net } from "./_peers.ts";

const SHAPE: Net["shape"] = [1, 4, 1];
/** What these tests show their networks of four numbers. */
const INPUTS = [5, 0, -5, 10];

/**
 * A rectifier, and behind it its outputs times ten, squared or squared and negated, added up: xplique's
 * tape takes the gradient of all outputs together. One output.
 */
function behindRelu(
  then: "times ten" | "squared" | "negated square",
  rectifier: readonly [op: string, attrs?: { max: number }] = ["relu"],
): Net {
  const net = new GraphBuilder(SHAPE), [op, attrs] = rectifier;
  const relu = net.add("relu", op, net.add("vector", "flatten", INPUT), attrs);
  const square = then === "times ten" ? relu : net.add("square", "multiply", [relu, relu]);
  const weight = { "times ten": 10, "squared": 1, "negated square": -1 }[then];
  const host: Host = { "sum.weight": [weight, weight, weight, weight] };
  return made(net, net.dense("sum", square, 4, 1), host, SHAPE);
}

const capped = ["clippedRelu", { max: 3 }] as const;

const rectified: readonly Expectation[] = ([
  [
    "tests/attributions/test_deconvnet.py test_deconv_mechanism, plain",
    () => behindRelu("times ten"),
    "saliency",
    [10, 0, 0, 10],
    [-10, 0, 0, -10],
  ],
  // the opposite's gradient is below zero at every ReLU: nothing comes back
  [
    "tests/attributions/test_deconvnet.py test_deconv_mechanism",
    () => behindRelu("times ten"),
    "deconvnet",
    [10, 10, 10, 10],
    [0, 0, 0, 0],
  ],
  [
    "tests/attributions/test_guided_backprop.py test_guided_mechanism, plain",
    () => behindRelu("negated square"),
    "saliency",
    [-10, 0, 0, -20],
    [10, 0, 0, 20],
  ],
  [
    "tests/attributions/test_guided_backprop.py test_guided_mechanism",
    () => behindRelu("negated square"),
    "guided-backprop",
    [0, 0, 0, 0],
    [10, 0, 0, 20],
  ],
  [
    "tests/commons/test_model_override.py test_guided_policy, the third",
    () => behindRelu("negated square", capped),
    "guided-backprop",
    [0, 0, 0, 0],
    // 5 and 10 are cut off at 3: guided backpropagation lets nothing back there
    [0, 0, 0, 0],
  ],
  [
    "tests/commons/test_model_override.py test_deconv_policy, the first and the second",
    () => behindRelu("squared"),
    "deconvnet",
    [10, 0, 0, 20],
    [0, 0, 0, 0],
  ],
  [
    "tests/commons/test_model_override.py test_deconv_policy, the third",
    () => behindRelu("squared", capped),
    "deconvnet",
    [6, 0, 0, 6],
    [0, 0, 0, 0],
  ],
] as const).map(([test, net, technique, expected, opposite]) => ({
  from: test,
  net,
  input: INPUTS,
  technique,
  expected,
  opposite,
}));

/** A layer's four maps of 2×2, which are also the gradients there: a score of Σ A·A₀ has them. */
const MAPS = [[1, 1, 1, 1], [1, 1, 0, 0], [1, 0.5, 0, 0], [0.5, 0, 0, 0]] as const;
const WEIGHTS = [4 / 4, 2 / 4, 1.5 / 4, 0.5 / 4] as const;

/** Of each place its channels, as the engine has it; of a channel that is not asked for, zeros. */
const placed = (channels: readonly number[]) =>
  [0, 1, 2, 3].flatMap((place) => MAPS.map((map, k) => channels.includes(k) ? map[place] : 0));

/** One output: the sum of a layer's activations times given gradients. */
function scored(gradients: readonly number[]): Net {
  const net = new GraphBuilder([1, 16, 1]);
  const maps = net.add("maps", "reshape", INPUT, { shape: [2, 2, 4] });
  const output = net.dense("score", net.add("vector", "flatten", maps), 16, 1);
  return made(net, output, { "score.weight": gradients }, [1, 16, 1]);
}

/** All channels together, and each by itself, whose map is its weight times its activation. */
const cams: readonly Expectation[] = [[0, 1, 2, 3], [0], [1], [2], [3]].map((channels) => ({
  from: `tests/attributions/test_grad_cam.py test_weights_computation, channels ${channels}`,
  net: () => scored(placed([0, 1, 2, 3])),
  input: placed(channels),
  technique: "grad-cam",
  options: { layer: "maps", signed: true },
  expected: [0, 1, 2, 3].map((place) =>
    channels.reduce((sum, k) => sum + WEIGHTS[k] * MAPS[k][place], 0)
  ),
  within: 1e-6,
}));

/**
 * test_delta_computation gives the scores of covered pictures; a linear network of ones has them, with
 * what a pixel takes away as its weight. One output.
 */
const occluded: readonly Expectation[] = ([
  ["1x1", [0, 1, -9, 2], 1, [0, 1, -9, 2]],
  ["2x2", [5 / 4, 5 / 4, 5 / 4, 5 / 4], 10, [5, 5, 5, 5]],
] as const).map(([window, weights, score, expected]) => ({
  from: `tests/attributions/test_occlusion.py test_delta_computation, ${window}`,
  net: () =>
    dense([2, 2, 1], [["score", {
      w: [weights],
      b: [score - weights.reduce((a, b) => a + b, 0)],
    }]]),
  input: [1, 1, 1, 1],
  technique: "occlusion",
  options: { window, stride: window },
  expected,
  within: 1e-6,
}));

/** test_apply fills with 49: what the network sees then, by the score of one pixel after the other. */
const filled: readonly Expectation[] = [0, 1, 2, 3].map((pixel) => ({
  from: `tests/attributions/test_occlusion.py test_apply, pixel ${pixel}`,
  net: () => dense([2, 2, 1], [["pixel", { w: [[0, 1, 2, 3].map((i) => i === pixel ? 1 : 0)] }]]),
  input: [1, 1, 1, 1],
  technique: "occlusion",
  options: { window: 1, stride: 1, fill: 49 },
  expected: [0, 1, 2, 3].map((i) => i === pixel ? 1 - 49 : 0),
  within: 1e-6,
}));

export const xplique: readonly Expectation[] = [...rectified, ...cams, ...occluded, ...filled];

/** test_mask_generator: how many windows lie on a picture of 10×10. */
export const windows = [
  { window: 1, stride: 1, count: 100 },
  { window: 2, stride: 2, count: 25 },
] as const;

/** test_straighline_path: from each of these baselines to 0.9 in ten points. */
export const straight = { value: 0.9, baselines: [0, 0.5, 1], points: 10 } as const;

/** test_trapezoidal_rule: the integral over these points. */
export const trapezoid = {
  values: [0.1, 0.4, 0.6, 0.8, 0.9, 1, 0.8],
  integral: (0.1 / 2 + 0.4 + 0.6 + 0.8 + 0.9 + 1 + 0.8 / 2) / 6,
} as const;

/** A layer's maps of test_grad_cam_pp.py's test_weights_computation, again also the gradients there. */
const MORE_MAPS = [[1, 1, 1, 1], [1, 1, 0, 0], [0, 0, 0, 0], [0.5, 0, 0, 0]] as const;
const all = [0, 1, 2, 3].flatMap((place) => MORE_MAPS.map((map) => map[place]));

/** One channel of them alone, and the weight that the test expects of it. */
export const gradCamPlusPlus = [
  4 / (2 * 4 + 4) * (4 / 4),
  2 / (2 * 2 + 1) * (2 / 4),
  0,
  0.25 / (2 * 0.25 + 0.5 ** 3 * 0.125) * 0.125,
].map((theirs, channel) => ({
  net: () => scored(all),
  input: all.map((v, i) => i % 4 === channel ? v : 0),
  map: MORE_MAPS[channel],
  theirs,
}));
