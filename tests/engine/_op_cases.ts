/** Uses of every op of the table: what it must do right, on whatever it runs. */
import type { Padding } from "../../engine/builder.ts";
import type { Attributes } from "../../engine/graph.ts";

/** One use of an op; shapes of inputs without the batch. */
export interface Case {
  readonly inputs: readonly (readonly number[])[];
  readonly attrs?: Attributes;
  /** Role → shape. */
  readonly params?: Readonly<Record<string, readonly number[]>>;
  /** Linear (or affine) in its inputs: then its backward is its adjoint, exactly. */
  readonly linear?: boolean;
  /** Only defined, or only smooth, above zero: inputs from 1 up. */
  readonly positive?: boolean;
}

const picture = [5, 4, 3];
const pointwise: Case[] = [{ inputs: [picture] }, { inputs: [[40]] }];
const linear = (...cases: Case[]): Case[] => cases.map((c) => ({ ...c, linear: true }));

const pads: Record<string, Padding> = {
  none: [0, 0, 0, 0],
  same: "same",
  even: [1, 1, 1, 1],
  uneven: [1, 0, 2, 1],
  wide: [3, 4, 3, 5],
};

/** Kernels × strides × paddings × sizes that a convolution must place right. */
function* windows(): Generator<{ kernel: number[]; attrs: Attributes; size: number[] }> {
  const sizes = [[7, 8], [8, 5]];
  const strides = [[1, 1], [2, 2], [3, 3], [1, 2], [3, 1]];
  let turn = 0;
  for (const kernel of [[1, 1], [2, 2], [3, 3], [3, 2], [5, 5]]) {
    for (const stride of strides) {
      for (const pad of Object.values(pads)) {
        yield {
          kernel,
          size: sizes[turn++ % sizes.length],
          attrs: { strides: stride, pad, dilations: [1, 1] },
        };
      }
    }
    for (const [dilations, pad] of [[[2, 2], pads.none], [[2, 1], pads.uneven], [[2, 2], "same"]]) {
      yield { kernel, size: [9, 10], attrs: { strides: [1, 1], pad, dilations } };
    }
  }
  // all of the input under the kernel: a matrix product; and 1×1 over every second pixel
  yield { kernel: [3, 4], size: [3, 4], attrs: { strides: [1, 1], pad: pads.none } };
  yield { kernel: [1, 1], size: [8, 6], attrs: { strides: [2, 2], pad: pads.none } };
}

const convolutions = (kernelShape: (kernel: number[]) => number[], bias: number): Case[] =>
  [...windows()].map(({ kernel, size, attrs }, i) => ({
    inputs: [[...size, 2]],
    attrs,
    params: { kernel: kernelShape(kernel), ...(i % 2 ? { bias: [bias] } : {}) },
    linear: true,
  }));

const pools: Case[] = [
  { kernel: [2, 2], strides: [2, 2], pad: pads.none },
  { kernel: [3, 3], strides: [2, 2], pad: pads.even },
  { kernel: [3, 2], strides: [1, 2], pad: "same" },
  { kernel: [3, 3], strides: [2, 2], pad: pads.none, ceil: true },
  { kernel: [2, 3], strides: [3, 1], pad: [1, 0, 2, 1] },
].map((attrs) => ({ inputs: [[7, 6, 2]], attrs }));

const several = (count: number): Case => ({ inputs: new Array(count).fill(picture) });
/** Shapes that are broadcast to a picture's, or only together are one. */
const broadcast: Case[] = [
  [picture, [1, 1, 3]],
  [[5, 4, 1], picture],
  [picture, [3]],
  [[3], [5, 1, 3], [1, 4, 1]],
  [[6], [1]],
].map((inputs) => ({ inputs }));
const ofTwo = broadcast.filter(({ inputs }) => inputs.length === 2);

/** Transposed convolutions: kernels × strides × paddings, dilated ones, all of a size under one kernel. */
const transposed: Case[] = [
  ...[[1, 1], [2, 2], [3, 3], [3, 2], [5, 5]].flatMap((kernel) =>
    [[1, 1], [2, 2], [3, 3], [1, 2], [3, 1]].flatMap((strides) => [
      { kernel, attrs: { strides, pad: pads.none } },
      { kernel, attrs: { strides, pad: [1, 0, 0, 1], outputPadding: [0, strides[1] - 1] } },
      { kernel, attrs: { strides, pad: pads.none, outputPadding: strides.map((s) => s - 1) } },
    ])
  ),
  { kernel: [3, 2], attrs: { strides: [1, 1], pad: [1, 1, 1, 0], dilations: [2, 2] } },
  { kernel: [3, 3], attrs: { strides: [2, 2], pad: pads.even, dilations: [2, 1] } },
].map(({ kernel, attrs }, i) => ({
  inputs: [[4, 5, 2]],
  attrs,
  params: { kernel: [...kernel, 3, 2], ...(i % 2 ? { bias: [3] } : {}) },
  linear: true,
}));

/** Larger, smaller, by factors that are not whole, to one pixel. */
const resized: Case[] = ["half-pixel", "corners", "asymmetric"].flatMap((grid) =>
  [{ size: [9, 8] }, { size: [3, 2] }, { size: [1, 7] }, { factor: [1.5, 0.7] }, { factor: [2, 3] }]
    .map((to) => ({ inputs: [picture], attrs: { ...to, grid }, linear: true }))
);
const channels = { mean: [3], variance: [3] };

/** Along one axis, the last, several, all. */
const reduced: Case[] = [
  ...[[0], [2], [0, 1], [0, 2], [0, 1, 2]].map((axes) => ({ inputs: [picture], attrs: { axes } })),
  { inputs: [[6]], attrs: { axes: [0] } },
];

/** Every op, by its name. */
export const cases: Readonly<Record<string, readonly Case[]>> = {
  conv2d: [
    ...convolutions((kernel) => [...kernel, 2, 3], 3),
    ...convolutions((kernel) => [...kernel, 2, 6], 6).filter((_, i, { length }) =>
      i % 3 === 0 || i >= length - 2
    ).map((c) => ({
      ...c,
      inputs: [[...c.inputs[0].slice(0, 2), 6]],
      attrs: { ...c.attrs, groups: 3 },
    })),
  ],
  convTranspose2d: transposed,
  depthwiseConv2d: [
    ...convolutions((kernel) => [...kernel, 2, 1], 2),
    ...convolutions((kernel) => [...kernel, 2, 2], 4).filter((_, i) => i % 4 === 0),
  ],
  dense: linear(
    { inputs: [[7]], params: { kernel: [7, 5], bias: [5] } },
    { inputs: [[3]], params: { kernel: [3, 6] } },
    { inputs: [picture], params: { kernel: [3, 6], bias: [6] } },
  ),
  batchNorm: linear(
    { inputs: [picture], attrs: { epsilon: 1e-3 }, params: channels },
    {
      inputs: [picture],
      attrs: { epsilon: 1e-5 },
      params: { ...channels, scale: [3], offset: [3] },
    },
    { inputs: [[3]], attrs: { epsilon: 0.1 }, params: { ...channels, scale: [3] } },
  ),
  layerNorm: [
    { inputs: [picture], attrs: { axes: 1, epsilon: 1e-3 } },
    { inputs: [picture], attrs: { axes: 1, epsilon: 1e-6 }, params: { scale: [3], offset: [3] } },
    { inputs: [picture], attrs: { axes: 3, epsilon: 1e-3 }, params: { scale: picture } },
    { inputs: [[7]], attrs: { axes: 1, epsilon: 1e-3 }, params: { offset: [7] } },
  ],
  groupNorm: [
    { inputs: [[5, 4, 6]], attrs: { groups: 3, epsilon: 1e-3 } },
    {
      inputs: [[5, 4, 6]],
      attrs: { groups: 6, epsilon: 1e-5 },
      params: { scale: [6], offset: [6] },
    },
    { inputs: [[5, 4, 6]], attrs: { groups: 1, epsilon: 1e-3 }, params: { scale: [6] } },
    { inputs: [[8]], attrs: { groups: 2, epsilon: 1e-3 } },
  ],
  relu: pointwise,
  relu6: pointwise,
  clippedRelu: [{}, { threshold: 1 }, { max: 3 }, { threshold: 1, max: 3 }]
    .flatMap((attrs) => pointwise.map((c) => ({ ...c, attrs }))),
  clippedLeakyRelu: [{ alpha: 0.3, threshold: 1 }, { alpha: 0.2, max: 3 }]
    .flatMap((attrs) => pointwise.map((c) => ({ ...c, attrs }))),
  prelu: [
    ...[[3], [1], [1, 1, 3], [5, 4, 1], picture]
      .map((alpha) => ({ inputs: [picture], params: { alpha } })),
    { inputs: [[40]], params: { alpha: [40] } },
  ],
  leakyRelu: pointwise.map((c) => ({ ...c, attrs: { alpha: 0.3 } })),
  elu: pointwise.map((c) => ({ ...c, attrs: { alpha: 0.7 } })),
  selu: pointwise,
  sigmoid: pointwise,
  tanh: pointwise,
  swish: pointwise,
  hardSwish: pointwise,
  mish: pointwise,
  gelu: [...pointwise, ...pointwise.map((c) => ({ ...c, attrs: { approximate: true } }))],
  softplus: pointwise,
  softsign: pointwise,
  hardSigmoid: [
    ...pointwise,
    ...pointwise.map((c) => ({ ...c, attrs: { slope: 1 / 6, offset: 0.5 } })),
  ],
  clip: pointwise.map((c) => ({ ...c, attrs: { low: -1, high: 3 } })),
  exp: pointwise,
  softmax: pointwise,
  logSoftmax: pointwise,
  add: linear(several(2), several(3), ...broadcast),
  subtract: linear(several(2), ...ofTwo),
  average: linear(several(2), several(3), ...broadcast),
  multiply: [several(2), several(3), ...broadcast],
  maximum: [several(2), several(3), ...broadcast],
  minimum: [several(2), several(3), ...broadcast],
  concat: linear(
    { inputs: [[3, 4, 2], [3, 4, 1], [3, 4, 3]] },
    { inputs: [[5], [2]] },
  ),
  maxPool: pools,
  avgPool: linear(
    ...pools,
    ...pools.map((c) => ({ ...c, attrs: { ...c.attrs, countPadding: true } })),
  ),
  globalAvgPool: linear({ inputs: [picture] }),
  globalMaxPool: [{ inputs: [picture] }],
  adaptiveAvgPool: linear(
    ...[[2, 3], [7, 7], [5, 4], [1, 1]].flatMap((size) => [
      { inputs: [picture], attrs: { size } },
      { inputs: [picture], attrs: { size, atLeast: true } },
    ]),
  ),
  identity: linear(...pointwise),
  flatten: linear({ inputs: [picture] }),
  reshape: linear(
    { inputs: [picture], attrs: { shape: [2, 10, 3] } },
    { inputs: [picture], attrs: { shape: [-1] } },
    { inputs: [[12]], attrs: { shape: [2, -1, 3] } },
  ),
  zeroPad: linear({ inputs: [picture], attrs: { pad: [1, 2, 0, 3] } }),
  crop: linear({ inputs: [picture], attrs: { crop: [1, 2, 0, 3] } }),
  permute: linear(
    { inputs: [picture], attrs: { order: [2, 0, 1] } },
    { inputs: [[3, 4, 2, 5]], attrs: { order: [0, 1, 3, 2] } },
  ),
  resizeBilinear: resized,
  resizeNearest: resized,
  upsampleNearest: linear({ inputs: [picture], attrs: { factor: [2, 3] } }),
  channelSlice: linear(
    { inputs: [picture], attrs: { from: 1, to: 3 } },
    { inputs: [[8]], attrs: { from: 0, to: 5 } },
  ),
  channelShuffle: linear(
    { inputs: [[5, 4, 6]], attrs: { groups: 2 } },
    { inputs: [[12]], attrs: { groups: 3 } },
  ),
  scale: linear(
    { inputs: [picture], params: { scale: [3] } },
    { inputs: [picture], params: { scale: [1, 1, 3] } },
    { inputs: [[7]], params: { scale: [7] } },
  ),
  shortcutA: linear(
    { inputs: [[5, 4, 3]], attrs: { stride: 2, channels: [1, 2] } },
    { inputs: [[4, 4, 2]], attrs: { stride: 1, channels: [0, 0] } },
  ),
  affine: linear(
    { inputs: [picture], params: { scale: [3], offset: [3] } },
    { inputs: [[7]], params: { scale: [7] } },
    { inputs: [picture], params: { offset: [3] } },
  ),
  affineEach: linear(
    { inputs: [picture], params: { scale: [5, 4, 1], offset: [4, 1] } },
    { inputs: [[6, 4]], params: { offset: [6, 4] } },
    { inputs: [picture], params: { scale: [1] } },
  ),
  constant: linear(
    { inputs: [picture], params: { value: [2, 3] } },
    { inputs: [[4]], params: { value: [5] } },
  ),
  divide: ofTwo.map((c) => ({ ...c, positive: true })),
  power: [2, 3, 0.5, -0.5, -1, 1.7, 1].flatMap((exponent) =>
    pointwise.map((c) => ({ ...c, attrs: { exponent }, positive: true }))
  ),
  abs: pointwise,
  log: pointwise.map((c) => ({ ...c, positive: true })),
  erf: pointwise,
  denseEach: linear(
    { inputs: [[5, 7]], params: { kernel: [7, 4], bias: [4] } },
    { inputs: [picture], params: { kernel: [3, 2] } },
    { inputs: [[6]], params: { kernel: [6, 3], bias: [3] } },
  ),
  matMul: [[[4, 3], [3, 5]], [[2, 4, 3], [2, 3, 5]], [[2, 3, 1, 4], [2, 3, 4, 2]]]
    .map((inputs) => ({ inputs })),
  reduceMean: linear(...reduced),
  reduceSum: linear(...reduced),
  reduceMax: reduced,
  sliceAxis: linear(
    { inputs: [picture], attrs: { axis: 0, begin: 1, count: 3 } },
    { inputs: [picture], attrs: { axis: 2, begin: 2, count: 1 } },
    { inputs: [[9, 4]], attrs: { axis: 0, begin: 1, count: 3, step: 3 } },
    { inputs: [[8]], attrs: { axis: 0, begin: 0, count: 4, step: 2 } },
  ),
  gatherAxis: linear(
    { inputs: [picture], attrs: { axis: 1, indices: [3, 0, 2, 1] } },
    { inputs: [picture], attrs: { axis: 0, indices: [4, 4, 1, 4] } },
    { inputs: [[9, 4]], attrs: { axis: 1, indices: [2] } },
    { inputs: [[8]], attrs: { axis: 0, indices: [7, 0, 0, 5, 6, 7, 7] } },
  ),
  padAxes: linear(
    { inputs: [picture], attrs: { pads: [[0, 0], [1, 0], [2, 3]] } },
    { inputs: [[5]], attrs: { pads: [[1, 2]], value: 0.5 } },
  ),
  concatAxis: linear(
    { inputs: [[3, 4, 2], [3, 1, 2], [3, 2, 2]], attrs: { axis: 1 } },
    { inputs: [[2, 3], [4, 3]], attrs: { axis: 0 } },
  ),
  lrn: [
    { inputs: [[3, 4, 6]], attrs: { size: 5, alpha: 0.1, beta: 0.75, bias: 2 } },
    { inputs: [[3, 2, 5]], attrs: { size: 2, alpha: 0.3, beta: 0.5, bias: 1 } },
  ],
};
