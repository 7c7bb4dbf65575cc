/** Captum's tests of what is covered, and of maps of layers. */
import { dense, type Expectation } from "./_peers.ts";
import {
  basicModel,
  basicModel3,
  type Inputs,
  multiInput,
  multiLayer,
  multiLayerMaps,
  multiRelu,
  oneConv,
} from "./_peers_captum_networks.ts";

const OCCLUSION = "tests/attr/test_occlusion.py";
const ABLATION = "tests/attr/test_feature_ablation.py";
const range = Array.from({ length: 16 }, (_, i) => i);
const ones = new Array<number>(16).fill(1);

/** Windows and strides are WIDTHxHEIGHT. */
interface Covered {
  readonly test: string;
  readonly net: Expectation["net"];
  readonly input: readonly number[];
  readonly window: string;
  readonly stride?: string;
  readonly fill?: number;
  readonly expected: readonly number[];
  readonly begin?: number;
  readonly target?: number;
}

export const expectationOf = (
  { test: from, net, input, window, stride = "1x1", fill, expected, begin, target }: Covered,
): Expectation => ({
  from,
  net,
  input,
  technique: "occlusion",
  options: { window, stride, ...(fill === undefined ? {} : { fill }) },
  expected,
  begin,
  target,
});

/** What is covered pixel by pixel or in windows, of one input. */
const onVectors: readonly Covered[] = ([
  ["test_simple_input, and with its progress", [20, 50, 30], "1x1", [80, 200, 120], {}],
  ["test_simple_input_larger_shape", [20, 50, 30], "2x1", [200, 220, 240], { fill: 10 }],
  ["test_simple_input_shape_with_stride", [20, 50, 30], "2x1", [280, 280, 120], { stride: "2x1" }],
  ["test_multi_sample_ablation, first", [2, 10, 3], "1x1", [8, 35, 12], {}],
  ["test_multi_sample_ablation, second", [20, 50, 30], "1x1", [80, 200, 120], {}],
] as const).map(([test, input, window, expected, more]) => ({
  test: `${OCCLUSION} ${test}`,
  net: multiLayer,
  input,
  window,
  expected,
  target: 0,
  ...more,
}));

/** A feature of a mask is a window, where it is one of neighbours. */
const features: readonly Covered[] = ([
  ["test_simple_ablation", [20, 50, 30], "1x1", [80, 200, 120], {}],
  ["test_simple_ablation_with_mask", [20, 50, 30], "2x1", [280, 280, 120], { stride: "2x1" }],
  [
    "test_simple_ablation_with_baselines",
    [20, 50, 30],
    "2x1",
    [248, 248, 104],
    { stride: "2x1", fill: 4 },
  ],
  // BasicModelBoolInput multiplies true and false by ten
  ["test_simple_ablation_boolean", [10, 0, 10], "2x1", [40, 40, 40], { stride: "2x1" }],
  [
    "test_simple_ablation_boolean_with_baselines",
    [10, 0, 10],
    "2x1",
    [-40, -40, 0],
    { stride: "2x1", fill: 10 },
  ],
  ["test_multi_sample_ablation, first", [2, 10, 3], "1x1", [8, 35, 12], {}],
  ["test_multi_sample_ablation, second", [20, 50, 30], "1x1", [80, 200, 120], {}],
  [
    "test_multi_sample_ablation_with_mask, also weighted, first",
    [2, 10, 3],
    "2x1",
    [41, 41, 12],
    { stride: "2x1" },
  ],
  [
    "test_multi_sample_ablation_with_mask, also weighted, second",
    [20, 50, 30],
    "2x1",
    [280, 280, 120],
    { stride: "2x1" },
  ],
] as const).map(([test, input, window, expected, more]) => ({
  test: `${ABLATION} ${test}`,
  net: multiLayer,
  input,
  window,
  expected,
  target: 0,
  ...more,
}));

/** BasicModel gives every number its own output; the first one's is explained. */
const single: readonly Covered[] = [{
  test: `${ABLATION} test_simple_ablation_int_to_int, also int_to_float`,
  net: () => basicModel([1, 3, 1]),
  input: [-3, 1, 2],
  window: "1x1",
  expected: [-3, 0, 0],
  target: 0,
}];

/** The sum of three inputs, which stand in a row, each with a baseline of its own. One output. */
const summed: readonly Covered[] = [
  { input: [0, 1, 0.1, 0.2, 0.3, 0.2, 0], expected: [-0.2, 0.8, -3, -2.9, -2.8, -2.9, -0.4] },
  { input: [3, 4, 0.4, 0.5, 0.3, 0.2, 1], expected: [2.8, 3.8, -2.7, -2.6, -2.8, -2.9, 0.6] },
].flatMap(({ input, expected }) =>
  ([[0, 2, 0.2], [2, 6, 3.1], [6, 7, 0.4]] as const).map(([begin, end, fill]) => ({
    test:
      `${ABLATION} test_multi_input_ablation_with_int_input_tensor_and_float_baseline, ${begin} of ${input}`,
    net: () => dense([1, 7, 1], [["sum", { w: [new Array(7).fill(1)] }]]),
    input,
    window: "1x1",
    fill,
    begin,
    expected: expected.slice(begin, end),
  }))
);

const two: readonly Covered[] = [[-10, -5, 0, 0], [3, 1, 1, -1]].map(([a, b, ofA, ofB]) => ({
  test: `${OCCLUSION} test_simple_multi_input, also 0d, int_to_int and int_to_float, ${a}, ${b}`,
  net: () => basicModel3(),
  input: [a, b],
  window: "1x1",
  expected: [ofA, ofB],
}));

/** The three inputs of these tests, for each of their two pictures. */
const THREE = [
  [[23, 100, 0], [20, 50, 30], [0, 100, 10]],
  [[20, 50, 30], [0, 100, 0], [2, 10, 3]],
] as const;

/** Rows of an input stand below each other, so that a window of one row covers one input. */
const ofInputs = (
  test: string,
  cases: readonly (readonly [
    picture: number,
    input: number,
    window: string,
    stride: string,
    expected: readonly number[],
    fill?: number,
  ])[],
): Covered[] =>
  cases.map(([picture, input, window, stride, expected, fill]) => ({
    test: `${test}, picture ${picture}, input ${input}`,
    net: () => multiInput(3, 1),
    input: THREE[picture].flat(),
    window,
    stride,
    fill,
    expected,
    begin: 3 * input,
    target: 0,
  }));

const severalInputs: readonly Covered[] = [
  ...ofInputs(`${OCCLUSION} test_multi_input_ablation_with_mask`, [
    [0, 0, "3x1", "3x1", [492, 492, 492]],
    [0, 1, "1x1", "1x1", [80, 200, 120]],
    [0, 2, "2x1", "1x1", [400, 420, 440]],
    [1, 0, "3x1", "3x1", [400, 400, 400]],
    [1, 1, "1x1", "1x1", [0, 400, 0]],
    [1, 2, "2x1", "1x1", [48, 50, 52]],
  ]),
  ...ofInputs(`${ABLATION} test_multi_input_ablation_with_mask, also weighted and nt`, [
    [0, 0, "3x1", "3x1", [492, 492, 492]],
    [0, 1, "1x1", "1x1", [80, 200, 120]],
    [0, 2, "1x1", "1x1", [0, 400, 40]],
    [1, 1, "1x1", "1x1", [0, 400, 0]],
    [1, 2, "3x1", "3x1", [60, 60, 60]],
    [0, 0, "3x1", "3x1", [468, 468, 468], 2],
    [0, 1, "1x1", "1x1", [68, 188, 108], 3],
    [0, 2, "1x1", "1x1", [-16, 384, 24], 4],
    [1, 1, "1x1", "1x1", [-12, 388, -12], 3],
    [1, 2, "3x1", "3x1", [12, 12, 12], 4],
  ]),
];

/** What BasicModel_ConvNet_One_Conv's two inputs lose; the second begins at 16 of rows. */
const onConv = (
  test: string,
  cases: readonly (readonly [
    window: string,
    stride: string,
    begin: number,
    expected: readonly number[],
  ])[],
): Covered[] =>
  cases.map(([window, stride, begin, expected]) => ({
    test: `${test} test_simple_multi_input_conv, ${window} from ${begin}`,
    net: () => oneConv("rows"),
    input: [...range, ...ones],
    window,
    stride,
    begin,
    expected,
    target: 0,
  }));

const conv: readonly Covered[] = [
  ...onConv(OCCLUSION, [
    ["4x4", "4x4", 0, ones.map(() => 67)],
    ["4x4", "4x4", 16, ones.map(() => 13)],
    ["3x2", "1x2", 0, [
      ...[17, 17, 17, 17, 17, 17, 17, 17],
      ...[64, 65.5, 65.5, 67, 64, 65.5, 65.5, 67],
    ]],
    ["2x1", "2x1", 16, [3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 0, 0, 0, 0]],
  ]),
  ...onConv(ABLATION, [
    ["4x4", "4x4", 0, ones.map(() => 67)],
    ["4x4", "4x4", 16, ones.map(() => 13)],
    ["1x1", "1x1", 0, [0, 2, 4, 3, 4, 9, 10, 7, 4, 13, 14, 11, 0, 0, 0, 0]],
    ["1x1", "1x1", 16, [1, 2, 2, 1, 1, 2, 2, 1, 1, 2, 2, 1, 0, 0, 0, 0]],
  ]),
];

/** An input of one column beside one of four: the column is added to each of them. */
const beside = range.flatMap((v, i) => i % 4 === 3 ? [v, 1] : [v]);
const column: readonly Covered[] = [0, 1, 2, 3].flatMap((row) => {
  const test = `${OCCLUSION} test_simple_multi_input_conv_diff_shapes, row ${row}`;
  const net = () => oneConv("column"), of = { test, net, input: beside, target: 0 };
  const first = row < 2 ? 17 : 67;
  return [
    {
      ...of,
      window: "4x2",
      stride: "4x2",
      begin: 5 * row,
      expected: [first, first, first, first],
    },
    { ...of, window: "1x2", begin: 5 * row + 4, expected: [[10, 10, 8, 6][row]] },
  ];
});

export const covered: readonly Expectation[] = [
  ...onVectors,
  ...features,
  ...single,
  ...summed,
  ...two,
  ...severalInputs,
  ...conv,
  ...column,
].map(expectationOf);

/**
 * Baselines that differ from number to number are pictures, whose levels these numbers are: of the
 * three inputs, in rows.
 */
export const coveredByPictures: readonly (Covered & { readonly baseline: readonly number[] })[] = [
  ...([
    [0, [1, 4, 7, 3, 3, 3, 4, 4, 4], "3x1", "3x1", 0, [444, 444, 444]],
    [0, [1, 4, 7, 3, 3, 3, 4, 4, 4], "1x1", "1x1", 3, [68, 188, 108]],
    [0, [1, 4, 7, 3, 3, 3, 4, 4, 4], "2x1", "2x1", 6, [368, 368, 24]],
    [1, [3, 6, 9, 3, 3, 3, 6, 6, 6], "3x1", "3x1", 0, [328, 328, 328]],
    [1, [3, 6, 9, 3, 3, 3, 6, 6, 6], "1x1", "1x1", 3, [-12, 388, -12]],
    [1, [3, 6, 9, 3, 3, 3, 6, 6, 6], "2x1", "2x1", 6, [0, 0, -12]],
  ] as const).map(([picture, baseline, window, stride, begin, expected]) => ({
    test: `${OCCLUSION} test_multi_input_ablation_with_baselines, picture ${picture}, ${begin}`,
    net: () => multiInput(3, 1),
    input: THREE[picture].flat(),
    baseline,
    window,
    stride,
    begin,
    expected,
    target: 0,
  })),
  ...([
    [0, [3, 0, 0, 0, 1, 0, 1, 2, 3], [80, 400, 0, 80, 196, 120, -4, 392, 28]],
    [1, [3, 0, 0, 0, 1, 0, 1, 2, 3], [68, 200, 120, 0, 396, 0, 4, 32, 0]],
    [0, [3, 0, 0, 0, 1, 0, 3, 2, 4], [80, 400, 0, 80, 196, 120, -12, 392, 24]],
    [1, [3, 0, 2, 0, 1, 4, 1, 2, 3], [68, 200, 112, 0, 396, -16, 4, 32, 0]],
  ] as const).map(([picture, baseline, expected]) => ({
    test: `${ABLATION} test_multi_input_ablation, picture ${picture}, ${baseline}`,
    net: () => multiInput(3, 1),
    input: THREE[picture].flat(),
    baseline,
    window: "1x1",
    expected,
    target: 0,
  })),
];

const SHAP = "tests/attr/test_kernel_shap.py";

/** Of three pixels in a row, in cells of a grid; a mask's feature is a cell of two pixels or of one. */
export const shared: readonly Expectation[] = ([
  ["test_simple_kernel_shap, also with_show_progress", [20, 50, 30], [230 / 3, 590 / 3, 350 / 3]],
  ["test_simple_batch_kernel_shap, first", [2, 10, 3], [7, 32.5, 10.5]],
] as const).map(([test, input, expected]) => ({
  from: `${SHAP} ${test}`,
  net: () => multiLayer(),
  input,
  technique: "kernel-shap",
  options: { segments: "grid", count: 3 },
  target: 0,
  expected,
}));

/** Features of a mask: two pixels, and one. */
export const maskedBy: readonly (Expectation & { readonly mask: readonly number[] })[] = ([
  ["kernel-shap", `${SHAP} test_simple_kernel_shap_with_mask`, [20, 50, 30], [0, 0, 1], 0, [
    275,
    275,
    115,
  ]],
  ["kernel-shap", `${SHAP} test_simple_kernel_shap_with_baselines`, [20, 50, 30], [0, 0, 1], 4, [
    248,
    248,
    104,
  ]],
  [
    "kernel-shap",
    `${SHAP} test_simple_batch_kernel_shap_with_mask, first`,
    [2, 10, 3],
    [0, 0, 1],
    0,
    [39.5, 39.5, 10.5],
  ],
  [
    "kernel-shap",
    `${SHAP} test_simple_batch_kernel_shap_with_mask, second`,
    [20, 50, 30],
    [1, 1, 0],
    0,
    [275, 275, 115],
  ],
  ["feature-ablation", `${ABLATION} test_simple_ablation_with_mask`, [20, 50, 30], [0, 0, 1], 0, [
    280,
    280,
    120,
  ]],
  [
    "feature-ablation",
    `${ABLATION} test_simple_ablation_with_baselines`,
    [20, 50, 30],
    [0, 0, 1],
    4,
    [248, 248, 104],
  ],
  [
    "feature-ablation",
    `${ABLATION} test_multi_sample_ablation_with_mask, first`,
    [2, 10, 3],
    [0, 0, 1],
    0,
    [41, 41, 12],
  ],
  [
    "feature-ablation",
    `${ABLATION} test_multi_sample_ablation_with_mask, second`,
    [20, 50, 30],
    [1, 1, 0],
    0,
    [280, 280, 120],
  ],
] as const).map(([technique, from, input, mask, fill, expected]) => ({
  from,
  net: () => multiLayer(),
  input,
  technique,
  mask,
  options: { fill },
  target: 0,
  expected,
  within: 1e-3,
}));

const CAM = "tests/attr/layer/test_grad_cam.py";
/** The picture in which one number is below zero. */
const dented = range.map((v, i) => i === 5 ? -4 : v);
const colours = range.flatMap((v) => [v, 1, 0]);

type Mapped = readonly [
  test: string,
  net: Expectation["net"],
  layer: string,
  input: readonly number[],
  expected: readonly number[],
  signed?: boolean,
];

/** Captum's maps are not rectified unless it is asked: with our `signed` they are the same. */
const maps: readonly Expectation[] = ([
  ["test_simple_input_non_conv", multiLayerMaps, "linear0", [0, 100, 0], [400]],
  ["test_simple_multi_input_non_conv, 1", multiRelu, "multi_relu.linear1", [0, 6, 0], [21]],
  ["test_simple_multi_input_non_conv, 2", multiRelu, "multi_relu.linear1_alt", [0, 6, 0], [21]],
  ["test_simple_input_conv, also no_grad", oneConv, "conv1", range, [11.25, 13.5, 20.25, 22.5]],
  ["test_simple_input_conv_relu", oneConv, "relu1", range, [0, 4, 28, 32.5]],
  [
    "test_simple_input_conv_without_final_relu",
    oneConv,
    "input",
    dented,
    dented.map((v) => 0.5625 * v),
  ],
  [
    "test_simple_input_conv_fc_with_final_relu",
    oneConv,
    "input",
    dented,
    dented.map((v) => Math.max(0, 0.5625 * v)),
    false,
  ],
  [
    "test_simple_multi_input_conv",
    () => oneConv("colours"),
    "conv1",
    colours,
    [14.5, 19, 32.5, 37],
  ],
] as readonly Mapped[]).map(([test, net, layer, input, expected, signed = true]) => ({
  from: `${CAM} ${test}`,
  net,
  input,
  technique: "grad-cam",
  options: { layer, signed },
  expected,
}));

const GUIDED = "tests/attr/test_guided_grad_cam.py";
const OF_TWO = [14.5, 29, 38, 19, 29, 58, 76, 38, 65, 130, 148, 74, 32.5, 65, 74, 37];

const guided: readonly Expectation[] = ([
  [
    "test_simple_input_conv",
    "one",
    "relu1",
    [0, 0, 4, 4, 0, 0, 12, 8, 28, 84, 97.5, 65, 28, 56, 65, 32.5],
  ],
  // in place or not, and the input of relu1 is the output of conv1
  [
    "test_simple_multi_input_conv, also inplace and relu_input",
    "colours",
    "conv1",
    OF_TWO.flatMap((v) => [v, v, 0]),
  ],
] as readonly (readonly [string, Inputs, string, readonly number[]])[]).map(
  ([test, inputs, layer, expected]) => ({
    from: `${GUIDED} ${test}`,
    net: () => oneConv(inputs),
    input: inputs === "one" ? range : colours,
    technique: "guided-grad-cam",
    options: { layer },
    expected,
  }),
);

export const mapped: readonly Expectation[] = [...maps, ...guided];

/**
 * Noise of no size to speak of: test_simple_ablation_int_to_int_nt's is 1e-10. What is smoothed runs with
 * its defaults, which on so small a picture are windows of one pixel.
 */
export const smoothed: Expectation = {
  from: `${ABLATION} test_simple_ablation_int_to_int_nt`,
  net: () => basicModel([1, 3, 1]),
  input: [-3, 1, 2],
  technique: "smooth-grad",
  options: { of: "occlusion", sigma: 1e-10 },
  target: 0,
  expected: [-3, 0, 0],
};
