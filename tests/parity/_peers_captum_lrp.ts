/** Captum's tests of layer-wise relevance propagation. */
import { GraphBuilder } from "../../mod.ts";
import { INPUT } from "../../engine/graph.ts";
import { convolved, type Expectation, type Host, made, type Net, rowsOf } from "./_peers.ts";
import { multiLayer, oneConv, simpleLrp } from "./_peers_captum_networks.ts";

const LRP = "tests/attr/test_lrp.py";
const LAYER = "tests/attr/layer/test_layer_lrp.py";
const range = Array.from({ length: 16 }, (_, i) => i);
/** Captum's default rule for every layer; its ε is 1e-9. */
export const epsilon = { composite: "epsilon", epsilon: 1e-9 };

/** Two dense layers of 0.1 with tanh between them. One output. */
const tanh = (): Net => {
  const tenths = [0.1, 0.1, 0.1];
  return convolved([1, 3, 1], [
    ["linear", { w: [tenths, tenths, tenths] }],
    ["tanh", "tanh"],
    ["linear2", { w: [tenths] }],
  ]);
};

/** A dense layer of fives, and what it read added to it; the sum is a module. */
const skip = (): Net => {
  const net = new GraphBuilder([1, 2, 1]), host: Host = { "linear.weight": [5, 5, 5, 5] };
  const vector = net.add("vector", "flatten", INPUT);
  const sum = net.sum("add", [net.dense("linear", vector, 2, 2), vector]);
  return made(net, sum, host, [1, 2, 1]);
};

/** Rows that a dense layer of twos makes into rows, and the larger number of each. */
const maxPool1d = (): Net => {
  const net = new GraphBuilder([2, 2, 1]), host: Host = { "linear.weight": [2, 2, 2, 2] };
  const linear = net.conv("linear", INPUT, { in: 1, out: 2, kernel: [1, 2], bias: false });
  const rows = net.add("rows", "reshape", linear, { shape: [2, 2, 1] });
  const pool = net.maxPool("maxpool", rows, { kernel: [1, 2] });
  return made(net, net.add("vector", "flatten", pool), host, [2, 2, 1]);
};

/** The largest of all. One output. */
const maxPool = (shape: Net["shape"]): Net => {
  const net = new GraphBuilder(shape);
  const pool = net.maxPool("maxpool", INPUT, { kernel: [shape[0], shape[1]] });
  return made(net, net.add("vector", "flatten", pool), {}, shape);
};

/** Two inputs in rows, added, then BasicModel_MultiLayer. */
export const addedInputs = (): Net => {
  const net = new GraphBuilder([2, 3, 1]);
  const sum = net.sum("sum", [rowsOf(net, "x", 2, 0, 1), rowsOf(net, "add_input", 2, 1, 2)]);
  const vector = net.add("vector", "flatten", sum);
  const linear1 = net.relu("relu", net.dense("linear1", vector, 3, 4));
  const output = net.dense("linear2", linear1, 4, 2), ones = (n: number) => new Array(n).fill(1);
  return made(net, output, {
    "linear1.weight": ones(12),
    "linear1.bias": [-10, 1, 1, 1],
    "linear2.weight": ones(8),
    "linear2.bias": [-1, 1],
  }, [2, 3, 1]);
};

type Row = readonly [
  from: string,
  net: Expectation["net"],
  input: readonly number[],
  options: Expectation["options"],
  expected: readonly number[],
  more?: Partial<Expectation>,
];

const rows: readonly Row[] = [
  [
    `${LRP} test_lrp_basic_attributions`,
    oneConv,
    range,
    epsilon,
    [0, 1, 2, 3, 0, 5, 6, 7, 0, 9, 10, 11, 0, 0, 0, 0],
    { target: 0 },
  ],
  [
    `${LAYER} test_lrp_basic_attributions`,
    oneConv,
    range,
    { ...epsilon, at: "conv1" },
    // of each place first the one channel, then the other
    [0, 0, 4, 0, 31, -6, 40, -15],
    { target: 0 },
  ],
  [
    `${LRP} test_lrp_simple_attributions, also batch, first, and inplaceReLU`,
    simpleLrp,
    [1, 2, 3],
    epsilon,
    [18, 36, 54],
  ],
  [
    `${LRP} test_lrp_simple_attributions_batch, second`,
    simpleLrp,
    [3, 6, 9],
    epsilon,
    [54, 108, 162],
  ],
  [
    `${LAYER} test_lrp_simple_attributions_all_layers_delta, second`,
    simpleLrp,
    [2, 4, 6],
    epsilon,
    [36, 72, 108],
  ],
  [
    `${LRP} test_lrp_simple_tanh`,
    tanh,
    [1, 2, 3],
    epsilon,
    [0.0269, 0.0537, 0.0806],
    // Captum's numbers have four digits
    { within: 1.5e-4 },
  ],
  [
    `${LAYER} test_lrp_simple_tanh`,
    tanh,
    [1, 2, 3],
    { ...epsilon, at: "linear" },
    [0.0537, 0.0537, 0.0537],
    { within: 1.5e-4 },
  ],
  [
    `${LRP} test_lrp_simple_attributions_GammaRule`,
    () => simpleLrp(-2),
    [1, 2, 3],
    { ...epsilon, rule: "*=gamma", gamma: 1 },
    [28 / 3, 104 / 3, 52],
  ],
  [
    `${LAYER} test_lrp_simple_attributions_GammaRule`,
    () => simpleLrp(-2),
    [1, 2, 3],
    { ...epsilon, rule: "*=gamma", gamma: 1, at: "linear" },
    [24, 36, 36],
  ],
  [
    `${LRP} test_lrp_simple_attributions_AlphaBeta`,
    () => simpleLrp(-2),
    [1, 2, 3],
    { ...epsilon, rule: "*=z-plus" },
    [12, 33.6, 50.4],
  ],
  [
    `${LRP} test_lrp_simple_attributions_AlphaBeta, as αβ with α = 1`,
    () => simpleLrp(-2),
    [1, 2, 3],
    { ...epsilon, rule: "*=alpha-beta", alpha: 1 },
    [12, 33.6, 50.4],
  ],
  [
    `${LAYER} test_lrp_simple_attributions_AlphaBeta`,
    () => simpleLrp(-2),
    [1, 2, 3],
    { ...epsilon, rule: "*=z-plus", at: "linear" },
    [24, 36, 36],
  ],
  [`${LRP} test_lrp_skip_connection`, skip, [2, 3], epsilon, [10, 18], { target: 1 }],
  [`${LRP} test_lrp_maxpool1D`, maxPool1d, [1, 2, 5, 6], epsilon, [0, 0, 10, 12], { target: 1 }],
  [`${LRP} test_lrp_maxpool2D`, () => maxPool([2, 2, 1]), [1, 2, 5, 6], epsilon, [0, 0, 0, 6]],
  // three axes here as rows and columns: the maximum does not ask how its numbers lie
  [
    `${LRP} test_lrp_maxpool3D`,
    () => maxPool([2, 4, 1]),
    [1, 2, 5, 6, 3, 4, 7, 8],
    epsilon,
    [0, 0, 0, 0, 0, 0, 0, 8],
  ],
  // of the sum of both inputs, Captum's relevance is this
  [
    `${LRP} test_lrp_multi_inputs, the sum`,
    multiLayer,
    [4, 8, 12],
    epsilon,
    [16, 32, 48],
    { target: 0 },
  ],
];

export const relevances: readonly Expectation[] = rows.map(
  ([from, net, input, options, expected, more]) => ({
    from,
    net,
    input,
    technique: "lrp",
    options,
    expected,
    ...more,
  }),
);

/** Without biases ε is input times gradient. */
export const likeInputTimesGradient: Expectation = {
  from: `${LRP} test_lrp_ixg_equivalency`,
  net: simpleLrp,
  input: [1, 2, 3],
  technique: "input-x-gradient",
  expected: [18, 36, 54],
};
