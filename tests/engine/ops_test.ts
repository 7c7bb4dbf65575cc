/** Every op of the table, on every backend: its shape, its backward pass, what it leaves behind. */
import assert from "node:assert/strict";
import * as tf from "../../deps/tfjs.ts";
import { sizeOf, type Values, values } from "../../core/values.ts";
import { BACKENDS, findAdapter } from "../../engine/backends.ts";
import { useBackend } from "../../engine/runtime.ts";
import { GraphBuilder, type Padding } from "../../engine/builder.ts";
import type { Attributes } from "../../engine/graph.ts";
import { op, opNames, shapeAfter } from "../../engine/ops/mod.ts";
import type { Call, Op } from "../../engine/ops/op.ts";
import { ParameterStore } from "../../engine/parameters.ts";
import { webgpuLeftOut } from "../_support/backends.ts";

/** One use of an op; shapes of inputs without the batch. */
interface Case {
  readonly inputs: readonly (readonly number[])[];
  readonly attrs?: Attributes;
  /** Role → shape. */
  readonly params?: Readonly<Record<string, readonly number[]>>;
  /** Linear (or affine) in its inputs: then its backward is its adjoint, exactly. */
  readonly linear?: boolean;
  /** Only defined, or only smooth, above zero: inputs from 1 up. */
  readonly positive?: boolean;
}

const BATCH = 2;
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

const cases: Readonly<Record<string, readonly Case[]>> = {
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

/** The same numbers at every run: xorshift. */
function generator(seed: number) {
  let state = seed * 2654435761 | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/**
 * Inputs from −7.8 to 7.8 in even steps, shuffled: no two alike, and none so near to a kink (0, 6, ±2.5,
 * another input) that `STEP` leads across it.
 */
function distinct(shapes: readonly (readonly number[])[], random: () => number): tf.Tensor[] {
  const total = shapes.reduce((sum, shape) => sum + sizeOf(shape), 0);
  const all = Float32Array.from({ length: total }, (_, i) => (i + 0.5) * 15.6 / total - 7.8);
  for (let i = total - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [all[i], all[j]] = [all[j], all[i]];
  }
  let at = 0;
  return shapes.map((shape) => tf.tensor(all.slice(at, at += sizeOf(shape)), [...shape]));
}

const STEP = 0.02;
/** How many random directions a gradient is tried along. */
const DIRECTIONS = 3;

/** Numbers from −1 to 1. */
const noise = (shape: readonly number[], random: () => number): Values =>
  values(Float32Array.from({ length: sizeOf(shape) }, () => 2 * random() - 1), shape);
const upload = (v: Values): tf.Tensor => tf.tensor(v, [...v.shape]);
const read = (x: tf.Tensor): Promise<Float32Array> => x.data() as Promise<Float32Array>;

/** Σ a·b in double precision. */
function inner(a: ArrayLike<number>, b: ArrayLike<number>): number {
  assert.equal(a.length, b.length);
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
const norm = (a: ArrayLike<number>) => Math.sqrt(inner(a, a));
const minus = (a: Float32Array, b: Float32Array) => a.map((v, i) => v - b[i]);

/** A node of a case with parameters of its own. */
function prepare(name: string, { inputs, attrs, params = {} }: Case, random: () => number) {
  const net = new GraphBuilder();
  const named = Object.entries(params).map(([role, shape]) => [role, [role, shape]] as const);
  net.add("node", name, inputs.map(() => "input"), attrs, Object.fromEntries(named));
  const graph = net.build("node"), [node] = graph.nodes;
  const host = new Map(
    Object.entries(params).map(([role, shape]) => {
      const numbers = noise(shape, random);
      return [role, role === "variance" ? values(numbers.map((v) => v + 1.5), shape) : numbers];
    }),
  );
  const store = new ParameterStore(graph, host);
  return { store, call: { node, attrs: node.attrs, params: store.of(node) } satisfies Call };
}

/** What the first backend said of a case, in its output and its gradients. */
const said = new Map<string, readonly Float32Array[]>();

/** Fails where another backend said something else. */
async function checkAgreement(what: string, found: readonly tf.Tensor[]) {
  const numbers = await Promise.all(found.map(read)), others = said.get(what);
  if (!others) said.set(what, numbers);
  others?.forEach((other, i) => {
    const error = norm(minus(numbers[i], other));
    assert.ok(error <= 1e-5 * norm(other), `backends differ by ${error} of ${norm(other)}`);
  });
}

/** Of equals, the first takes the whole gradient. */
async function checkTies(name: string, testCase: Case) {
  const entry = op(name), { call } = prepare(name, testCase, generator(1));
  const inputs = testCase.inputs.map((shape) => tf.zeros([1, ...shape]));
  const output = tf.tidy(() => entry.forward(inputs, call));
  const dy = tf.ones(output.shape);
  const gradients = backward(entry, dy, inputs, output, { call });
  const [first, ...others] = await Promise.all(gradients.map(read));
  assert.equal(inner(first, first), output.size, "the first of equals takes it");
  assert.equal(others.reduce((sum, g) => sum + norm(g), 0), 0, "and no other");
  tf.dispose([...inputs, output, dy, ...gradients]);
}

/** Runs backward as a pass does: given no more than what the op says that it reads. */
function backward(entry: Op, dy: tf.Tensor, inputs: tf.Tensor[], output: tf.Tensor, rest: {
  call: Call;
  into?: tf.Tensor;
}): tf.Tensor[] {
  return tf.tidy(() => [
    ...entry.backward(dy, {
      ...rest.call,
      inputShapes: inputs.map((x) => x.shape),
      outputShape: output.shape,
      inputs: entry.reads?.inputs ? inputs : undefined,
      output: entry.reads?.output ? output : undefined,
      into: rest.into,
    }),
  ]);
}

async function check(name: string, testCase: Case, seed: number) {
  const entry = op(name), random = generator(seed);
  const { store, call } = prepare(name, testCase, random);
  const shapes = testCase.inputs.map((shape) => [BATCH, ...shape]);
  const drawn = distinct(shapes, random);
  const inputs = testCase.positive ? drawn.map((x) => tf.tidy(() => tf.add(tf.abs(x), 1))) : drawn;
  if (testCase.positive) tf.dispose(drawn);
  const forward = (xs: tf.Tensor[]) => tf.tidy(() => entry.forward(xs, call));
  const output = forward(inputs);

  const told = entry.shape(testCase.inputs, { attrs: call.attrs, params: testCase.params ?? {} });
  assert.deepEqual(output.shape, [BATCH, ...told], "shape() and forward() differ");
  const cost = entry.cost?.(testCase.inputs, told, {
    attrs: call.attrs,
    params: testCase.params ?? {},
  });
  assert.ok(cost === undefined || Number.isSafeInteger(cost) && cost > 0);

  const dyValues = noise(output.shape, random), dy = upload(dyValues);
  const gradients = backward(entry, dy, inputs, output, { call });
  assert.deepEqual(gradients.map((g) => g.shape), shapes, "a gradient is shaped as its input");
  await checkAgreement(`${name} ${JSON.stringify(testCase)}`, [output, ...gradients]);
  const found = await Promise.all(gradients.map(read));

  // the change of <dy, output> along a step in all inputs, as the gradients and as the output say
  const along = async (steps: Float32Array[], ahead: number, behind: number, tolerance: number) => {
    const [y, z] = await Promise.all([ahead, behind].map(async (by) => {
      const moved = inputs.map((x, i) =>
        tf.tidy(() => tf.add(x, tf.mul(tf.tensor(steps[i], x.shape), by)))
      );
      const y = forward(moved), numbers = await read(y);
      tf.dispose([y, ...moved]);
      return numbers;
    }));
    const change = minus(y, z).map((v) => v / (ahead - behind));
    const expected = inner(dyValues, change);
    const got = found.reduce((sum, gradient, i) => sum + inner(gradient, steps[i]), 0);
    const margin = tolerance * norm(dyValues) * norm(change);
    assert.ok(
      Math.abs(got - expected) <= margin,
      `backward says ${got}, forward ${expected} ± ${margin}`,
    );
  };
  if (testCase.linear) {
    // from −x to x: exact, whatever is added to the product
    await along(await Promise.all(inputs.map(read)), 0, -2, 1e-5);
  } else {
    const signs = (numbers: Float32Array) => numbers.map((v) => Math.sign(v) * STEP);
    for (let i = 0; i < DIRECTIONS; i++) {
      await along(shapes.map((shape) => signs(noise(shape, random))), 1, -1, 1e-3);
    }
    // where every output has its input: all changes of one sign, so that no errors cancel
    const uphill = found.every((g) => g.length === dyValues.length);
    if (uphill) await along(found.map(() => signs(dyValues)), 1, -1, 1e-3);
  }

  if (entry.accumulates?.(call)) {
    const intoValues = noise(shapes[0], random), into = upload(intoValues);
    const [sum] = backward(entry, dy, inputs, output, { call, into });
    const difference = minus(minus(await read(sum), found[0]), intoValues);
    assert.ok(norm(difference) <= 1e-6 * norm(found[0]) + 1e-6, "into is not added");
    sum.dispose();
    if (!into.isDisposed) into.dispose();
  }
  for (const activation of entry.fuses ?? []) {
    const fused = tf.tidy(() => entry.forward(inputs, call, activation));
    const apart = tf.tidy(() => op(activation).forward([output], call));
    const error = norm(minus(await read(fused), await read(apart)));
    assert.ok(error <= 1e-5 * norm(await read(apart)), `fused ${activation} differs`);
    tf.dispose([fused, apart]);
  }

  const all = [...inputs, output, dy, ...gradients];
  assert.ok(all.every((x) => !x.isDisposed), "an op disposes of what is not its own");
  // every parameter is on the backend by now: what is new is a leak
  const before = tf.memory().numTensors;
  const again = forward(inputs);
  assert.equal(tf.memory().numTensors, before + 1);
  const results = backward(entry, dy, inputs, again, { call });
  assert.equal(tf.memory().numTensors, before + 1 + inputs.length);
  tf.dispose([again, ...results, ...all]);
  store.dispose();
}

const adapter = await findAdapter();

for (const backend of BACKENDS) {
  Deno.test({
    name: `every op on ${backend}: shape, backward against forward, no leak`,
    ignore: backend === "webgpu" && webgpuLeftOut,
    async fn(t) {
      await useBackend(backend);
      // a GPU that is a CPU in disguise takes long to compile so many shaders
      const sparsely = backend === "webgpu" && adapter?.software ? 6 : 1;
      for (const name of opNames()) {
        await t.step(name, async () => {
          assert.ok(Object.hasOwn(cases, name), `"${name}" has no case in this test`);
          const before = tf.memory().numTensors;
          for (const [i, testCase] of cases[name].entries()) {
            if (i % sparsely !== 0 && cases[name].length > 50) continue;
            try {
              await check(name, testCase, i + 1);
            } catch (error) {
              throw new Error(JSON.stringify(testCase), { cause: error });
            }
          }
          if (/^(max|min|globalMax|reduceMax)/.test(name)) await checkTies(name, cases[name][0]);
          assert.equal(tf.memory().numTensors, before);
        });
      }
    },
  });
}

Deno.test("an op says what it takes, and refuses other numbers of inputs, and no parameters", () => {
  for (const [name, [{ inputs, attrs = {}, params = {} }]] of Object.entries(cases)) {
    const { needs = [], inputs: takes = 1 } = op(name);
    assert.equal(shapeAfter(name, inputs, { attrs, params }).length > 0, true);
    assert.throws(() => shapeAfter(name, [], { attrs, params }), /0 inputs where it takes/);
    const more = [...inputs, inputs[0], inputs[0]];
    if (takes !== "several") {
      assert.throws(() => shapeAfter(name, more, { attrs, params }), /inputs where it takes/);
    }
    for (const role of needs) {
      const { [role]: _, ...others } = params;
      assert.throws(
        () => shapeAfter(name, inputs, { attrs, params: others }),
        new RegExp(`no parameter "${role}"`),
      );
    }
  }
});

Deno.test("there is no case for an op that is gone", () => {
  assert.deepEqual(Object.keys(cases).sort(), [...opNames()].sort());
});
