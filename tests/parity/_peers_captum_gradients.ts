/** Captum's tests of gradients, of what is done with them at ReLUs, and of their integrals. */
import type { Expectation } from "./_peers.ts";
import {
  basicModel,
  basicModel2,
  basicModel3,
  basicModel6,
  behind,
  behindMultiRelu,
  multiInput,
  multiLayer,
  oneConv,
} from "./_peers_captum_networks.ts";

const GRADIENT = "tests/utils/test_gradient.py";
const NEURON = "tests/attr/neuron/test_neuron_gradient.py";
const range = Array.from({ length: 16 }, (_, i) => i);
const ones = new Array<number>(16).fill(1);
/** Numbers as the first two of three colours, and the third, which is not read. */
const colours = (a: readonly number[], b: readonly number[]) => a.flatMap((v, i) => [v, b[i], 0]);
const repeated = (row: readonly number[], times: number) =>
  Array.from({ length: times }, () => row).flat();

/**
 * get_basic_config: six numbers, each a picture of its own. Captum's saliency is the gradient's size,
 * ours has its sign; here none is below zero.
 */
const basic: Expectation[] = [[1, 0], [2, 0], [3, 0], [0, 1], [-1, 1], [7, 0]].flatMap(
  ([x, gradient]) =>
    ([
      ["saliency", gradient, "tests/attr/test_saliency.py test_saliency_test_basic_vanilla"],
      [
        "input-x-gradient",
        gradient * x,
        "tests/attr/test_input_x_gradient.py test_input_x_gradient_test_basic_vanilla",
      ],
    ] as const).map(([technique, expected, from]) => ({
      from: `${from}, ${x}`,
      net: () => basicModel([1, 1, 1]),
      input: [x],
      technique,
      expected: [expected],
    })),
);

type Row = readonly [
  test: string,
  net: Expectation["net"],
  input: readonly number[],
  expected: readonly number[],
  target?: Expectation["target"],
];

const plain: readonly Row[] = [
  ["test_gradient_basic", () => basicModel([1, 1, 1]), [5], [0]],
  ["test_gradient_basic_2", () => basicModel([1, 1, 1]), [-3], [1]],
  ["test_gradient_multiinput", () => basicModel6(2), [-3, -5, -5, 2], [0, 1, 0, 1]],
  ["test_gradient_additional_args", () => basicModel3(1, 1 / 2), [10, 8], [1, -0.5]],
  ["test_gradient_additional_args_2", () => basicModel3(3, -4), [-10, 6], [0, 4]],
  ["test_gradient_target_int, 0", () => basicModel2(2), [4, -1, 2, 5], [1, 0, -1, 0], 0],
  ["test_gradient_target_int, 1", () => basicModel2(2), [4, -1, 2, 5], [0, 0, 0, 0], 1],
  ["test_gradient_target_list, first", () => basicModel2(2), [4, -1, 2, -5], [1, 0, -1, 0], 0],
  ["test_gradient_target_list, second", () => basicModel2(2), [3, 10, -2, 1], [0, 1, 0, -1], 1],
  ["test_gradient_target_tuple, 1", () => basicModel([2, 2, 1]), [4, 2, -1, -2], [0, 0, 0, 0], 1],
  ["test_gradient_target_tuple, 2", () => basicModel([2, 2, 1]), [3, -4, 10, 5], [0, 1, 0, 0], 1],
  ["test_gradient_target_listtuple", () => basicModel([2, 2, 1]), [4, 2, -1, -2], [0, 0, 0, 1], 3],
  ["test_gradient_inplace", multiLayer, [1, 6, -3], [3, 3, 3], 0],
  // the gradient at a layer is that of what comes behind it, at the layer's output
  ["test_layer_gradient_linear0", () => behind("linear0"), [5, -11, 23], [4, 4, 4], 0],
  ["test_layer_gradient_linear1", () => behind("linear1"), [-2, 9, 9, 9], [0, 1, 1, 1], 1],
  ["test_layer_gradient_output", () => behind("linear2"), [26, 28], [0, 1], 1],
];

const neurons: readonly Row[] = [
  ["test_simple_gradient_input_linear2", multiLayer, [0, 100, 0], [4, 4, 4], 0],
  ["test_simple_gradient_input_linear1", () => multiLayer("linear1"), [0, 100, 0], [1, 1, 1], 0],
  // Captum's in-place ReLU: its neuron's input is linear1's output
  [
    "test_simple_gradient_input_relu_inplace, test_simple_gradient_input_linear1_inplace",
    () => multiLayer("linear1"),
    [0, 5, 4],
    [1, 1, 1],
    0,
  ],
  ["test_simple_gradient_input_relu", () => multiLayer("relu"), [0, 5, 4], [0, 0, 0], 0],
  ["test_simple_gradient_input_relu2", () => multiLayer("relu"), [0, 5, 4], [1, 1, 1], 1],
  // a selector that adds neurons up is a target of several classes
  [
    "test_simple_gradient_input_relu_selector_fn",
    () => multiLayer("relu"),
    [0, 5, 4],
    [3, 3, 3],
    [0, 1, 2, 3].map((n) => ({ class: n })),
  ],
  [
    "test_simple_gradient_input_relu2_agg_neurons",
    () => multiLayer("relu"),
    [0, 5, 4],
    [1, 1, 1],
    [{ class: 0 }, { class: 1 }],
  ],
  [
    "test_simple_gradient_multi_input_linear2",
    () => multiInput(3, 3),
    repeated([0, 100, 0], 3),
    new Array(9).fill(12),
    0,
  ],
  [
    "test_simple_gradient_multi_input_linear1",
    () => multiInput(2, 5, { to: "linear1", rest: [0, 100, 0] }),
    repeated([0, 100, 0], 2),
    new Array(6).fill(5),
    0,
  ],
];

/** Gradient times activation at a layer is input times gradient of what comes behind it. */
const timesActivation: readonly Row[] = [
  ["test_simple_input_gradient_activation", () => behind("linear0"), [0, 100, 0], [0, 400, 0]],
  [
    "test_simple_linear_gradient_activation",
    () => behind("linear1"),
    [90, 101, 101, 101],
    [90, 101, 101, 101],
  ],
  [
    "test_simple_multi_gradient_activation",
    behindMultiRelu,
    [0, 8, 8, 8, 0, 8, 8, 8],
    [0, 8, 8, 8, 0, 8, 8, 8],
  ],
  ["test_simple_relu_gradient_activation", () => behind("relu"), [0, 8, 8, 8], [0, 8, 8, 8]],
  ["test_simple_output_gradient_activation", () => behind("linear2"), [392, 394], [392, 0]],
];

const named = (file: string, technique: string, rows: readonly Row[]): Expectation[] =>
  rows.map(([test, net, input, expected, target]) => ({
    from: `${file} ${test}`,
    net,
    input,
    technique,
    expected,
    target,
  }));

/** What comes back through the ReLUs, of one input and of two that are added. */
const GUIDED = [0, 1, 1, 1, 1, 3, 3, 2, 1, 3, 3, 2, 1, 2, 2, 1];
const GUIDED_OF_TWO = [1, 2, 2, 1, 2, 4, 4, 2, 2, 4, 4, 2, 1, 2, 2, 1];
const DECONVOLVED = [2, 3, 3, 1, 3, 5, 5, 2, 3, 5, 5, 2, 1, 2, 2, 1];

const rectified: Expectation[] = ([
  ["test_guided_backprop.py", "gb", "guided-backprop", GUIDED, GUIDED_OF_TWO],
  ["test_deconvolution.py", "deconv", "deconvnet", DECONVOLVED, DECONVOLVED],
] as const).flatMap(([file, short, technique, expected, ofTwo]) => {
  const of = (test: string) => `tests/attr/${file} test_simple_${test}`;
  const two = { input: colours(range, ones), expected: colours(ofTwo, ofTwo), technique };
  return [
    { from: of(`input_conv_${short}`), net: oneConv, input: range, technique, expected },
    // a neuron of fc1 is an output of the network that ends there
    {
      from: of(`input_conv_neuron_${short}, also its agg_neurons`),
      net: () => oneConv("one", "fc1"),
      input: range,
      technique,
      expected,
    },
    { from: of(`multi_input_conv_${short}`), net: () => oneConv("colours"), ...two },
    {
      from: of(`multi_input_conv_neuron_${short}`),
      net: () => oneConv("colours", "fc1"),
      ...two,
      target: 3,
    },
  ];
});

type Integral = readonly [
  test: string,
  net: Expectation["net"],
  input: readonly number[],
  expected: readonly number[],
  more?: Partial<Expectation>,
];

const INTEGRATED = "tests/attr/neuron/test_neuron_integrated_gradients.py";
/** Captum's own tolerance is 0.1 for these. */
const STEPS = { steps: 200, method: "gauss-legendre" };
const integrals: readonly Integral[] = [
  ["test_simple_ig_input_linear2", multiLayer, [0, 100, 0], [0, 390, 0]],
  // Captum's 3.96 (3.9666… cut off) are not multiplied by the input, ours are
  [
    "test_simple_ig_input_linear2_wo_mult_by_inputs",
    multiLayer,
    [100, 100, 100],
    [396, 396, 396],
    { within: 2.5 },
  ],
  ["test_simple_ig_input_linear1", () => multiLayer("linear1"), [0, 100, 0], [0, 100, 0]],
  ["test_simple_ig_input_relu", () => multiLayer("relu"), [0, 6, 14], [0, 3, 7]],
  ["test_simple_ig_input_relu2", () => multiLayer("relu"), [0, 5, 4], [0, 5, 4], { target: 1 }],
  [
    "test_simple_ig_input_relu_selector_fn",
    () => multiLayer("relu"),
    [0, 5, 4],
    [0, 10, 8],
    { target: [{ class: 2 }, { class: 3 }] },
  ],
  [
    "test_simple_ig_input_relu2_agg_neurons",
    () => multiLayer("relu"),
    [0, 5, 4],
    [0, 5, 4],
    { target: [{ class: 0 }, { class: 1 }] },
  ],
  [
    "test_simple_ig_multi_input_linear2",
    () => multiInput(3, 4),
    [0, 10, 0, 0, 10, 0, 0, 5, 0],
    [0, 156, 0, 0, 156, 0, 0, 78, 0],
  ],
  [
    "test_simple_ig_multi_input_relu, and the first of its batch",
    () => multiInput(2, 0.5, { to: "relu" }),
    repeated([0, 6, 14], 2),
    repeated([0, 1.5, 3.5], 2),
  ],
  [
    "test_simple_ig_multi_input_relu_batch, second",
    () => multiInput(2, 0.5, { to: "relu", rest: [0, 20, 0] }),
    [0, 80, 0, 0, 20, 0],
    [0, 40, 0, 0, 10, 0],
  ],
  [
    "test_simple_ig_multi_input_relu_batch_selector_fn, first",
    () => multiInput(2, 0.5, { to: "relu" }),
    repeated([0, 6, 14], 2),
    repeated([0, 10.5, 24.5], 2),
    { target: [0, 1, 2, 3].map((n) => ({ class: n })) },
  ],
  [
    "test_simple_ig_multi_input_relu_batch_selector_fn, second",
    () => multiInput(2, 0.5, { to: "relu", rest: [0, 20, 0] }),
    [0, 80, 0, 0, 20, 0],
    [0, 160, 0, 0, 40, 0],
    { target: [0, 1, 2, 3].map((n) => ({ class: n })) },
  ],
];

const integrated: Expectation[] = integrals.map(([test, net, input, expected, more]) => ({
  from: `${INTEGRATED} ${test}`,
  net,
  input,
  technique: "integrated-gradients",
  options: STEPS,
  expected,
  within: 0.1,
  ...more,
}));

/**
 * test_multivariable_vanilla takes Riemann's right sum, which there is none of here: these are the same
 * numbers by the rules that there are. Its tolerance, 0.05 for each of the two.
 */
const twoVariables: Expectation[] = ["gauss-legendre", "midpoint", "trapezoid", "linspace"].flatMap(
  (method) =>
    ([["BasicModel2", basicModel2], ["BasicModel3", basicModel3]] as const).map(([name, net]) => ({
      from:
        `tests/attr/test_integrated_gradients_basic.py test_multivariable_vanilla, ${name}, ${method}`,
      net: () => net(),
      input: [3, 1],
      technique: "integrated-gradients",
      options: { steps: 500, method },
      expected: [1.5, -0.5],
      within: 0.05,
    })),
);

export const gradients: readonly Expectation[] = [
  ...basic,
  ...named(GRADIENT, "saliency", plain),
  ...named(NEURON, "saliency", neurons),
  ...named("tests/attr/layer/test_layer_gradient_x_activation.py", "input-x-gradient", [
    ...timesActivation,
  ]),
  ...rectified,
];

export const integratedGradients: readonly Expectation[] = [...integrated, ...twoVariables];

/** At a layer the path begins at what the layer gives for zeros. */
export const integratedAtLayer = {
  from:
    "tests/attr/layer/test_layer_integrated_gradients.py test_multiple_tensors_compare_with_expected",
  net: behindMultiRelu,
  input: [90, 101, 101, 101, 90, 101, 101, 101],
  baseline: [0, 1, 1, 1, 0, 1, 1, 1],
  expected: [90, 100, 100, 100, 90, 100, 100, 100],
} as const;

/** tests/attr/test_approximation_methods.py: where on the path, and how much each point counts. */
export const riemann = [
  {
    n: 2,
    middle: [0.25, 0.75],
    each: [0.5, 0.5],
    trapezoid: [0, 1],
    weights: [0.25, 0.25],
  },
  {
    n: 3,
    middle: [1 / 6, 0.5, 1 - 1 / 6],
    each: [1 / 3, 1 / 3, 1 / 3],
    trapezoid: [0, 0.5, 1],
    weights: [1 / 6, 1 / 3, 1 / 6],
  },
  {
    n: 4,
    middle: [0.125, 0.375, 0.625, 0.875],
    each: [0.25, 0.25, 0.25, 0.25],
    trapezoid: [0, 1 / 3, 2 / 3, 1],
    weights: [1 / 8, 1 / 4, 1 / 4, 1 / 8],
  },
] as const;

/** Of these, Captum's tests hold the sum against the change in score, to 0.07. */
export const complete: readonly (readonly [
  test: string,
  net: Expectation["net"],
  input: readonly number[],
  method: string,
])[] = [
  ...[1, 0, -1].map((x) =>
    [`test_univariable_vanilla, ${x}`, () => basicModel([1, 1, 1]), [x], "trapezoid"] as const
  ),
  ["test_multi_argument_vanilla, first", () => basicModel3(1, 1), [1.5, 3], "gauss-legendre"],
  ["test_multi_argument_vanilla, second", () => basicModel3(1, 1 / 2), [2, 3.5], "gauss-legendre"],
  ["test_multi_argument_vanilla, third", () => basicModel3(1, 1 / 5), [1.2, 1.2], "gauss-legendre"],
  ["test_multi_argument_vanilla, fourth", () => basicModel3(2, 3), [2, 3.5], "gauss-legendre"],
  ["test_multi_argument_vanilla, fifth", () => basicModel3(2, 3), [1.2, 1.2], "gauss-legendre"],
  ["test_multi_tensor_input_vanilla", () => basicModel6(3), [1.5, 2, 3.3, 3, 3.5, 2.2], "midpoint"],
  ...[[1.5, 2, 1.3], [0.5, 0.1, 2.3]].map((x) =>
    [`test_batched_input_vanilla, ${x}`, multiLayer, x, "midpoint"] as const
  ),
  ...[
    [1.5, 2.1, 1.9, 0.3, 1.9, 2.4],
    [0.5, 0, 0.7, 0.5, 0.6, 2.1],
    [1.5, 2.1, 1.1, 1.2, 2.1, 0.2],
  ].map((x) =>
    [
      `test_batched_multi_input_vanilla, ${x}`,
      () => multiInput(2, 1),
      x,
      "gauss-legendre",
    ] as const
  ),
];
