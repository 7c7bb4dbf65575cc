/** Every kernel on every backend against a literal loop over one number at a time. */
import assert from "node:assert/strict";
import "../../deps/tfjs_cpu.ts";
import * as tf from "../../deps/tfjs.ts";
import "../../deps/tfjs_webgpu.ts";
import { UserError } from "../../core/errors.ts";
import { random } from "../../core/random.ts";
import { values } from "../../core/values.ts";
import { module as simd, name as simdName, shared } from "../../engine/kernels/_module.js";
import { startWasm } from "../../engine/_wasm_backend.ts";
import { instantiate } from "../../engine/kernels/_wasm.ts";
import { compile, modules } from "../../engine/kernels/build.ts";
import {
  type Arrangement,
  type AvgPoolSpec,
  type ConvSpec,
  type Kernels,
  kernels,
  poolSize,
  type PoolSpec,
  rotated,
} from "../../engine/kernels/mod.ts";
import { webgpuLeftOut } from "../_support/backends.ts";
import fc from "../_support/property.ts";

const bytesOf = (module: string) =>
  Deno.readFileSync(new URL(`../../engine/kernels/${module}`, import.meta.url));

/** A dense array [batch, rows, columns, channels] to index by coordinates. */
class Image {
  constructor(readonly shape: number[], readonly data = new Array<number>(size(shape)).fill(0)) {}

  index(b: number, r: number, c: number, k: number) {
    return ((b * this.shape[1] + r) * this.shape[2] + c) * this.shape[3] + k;
  }
}

const size = (shape: number[]) => shape.reduce((a, b) => a * b, 1);

/** Calls with all coordinates of `shape`, in row-major order. */
function each(shape: number[], visit: (b: number, r: number, c: number, k: number) => void) {
  for (let b = 0; b < shape[0]; b++) {
    for (let r = 0; r < shape[1]; r++) {
      for (let c = 0; c < shape[2]; c++) {
        for (let k = 0; k < shape[3]; k++) visit(b, r, c, k);
      }
    }
  }
}

/** [first, end) of the windows along one axis, in pixels of the image, padding included. */
function windows(spec: PoolSpec, axis: 0 | 1, size: number): [number, number][] {
  const k = spec.filter[axis], s = spec.strides[axis];
  const before = axis === 0 ? spec.pad.top : spec.pad.left;
  const end = size + (axis === 0 ? spec.pad.bottom : spec.pad.right);
  const found: [number, number][] = [];
  let start = -before;
  for (; start + k <= end; start += s) found.push([start, start + k]);
  if (spec.ceil && start - s + k < end && start < size) found.push([start, start + k]);
  return found;
}

interface Case {
  spec: AvgPoolSpec;
  x: Image;
  dy: Image;
}

/** Small integers: ties abound, and every sum of them is exact. */
const images = (shape: number[], values = fc.integer({ min: -4, max: 2 })) =>
  fc.array(values, { minLength: size(shape), maxLength: size(shape) })
    .map((data) => new Image(shape, data));

const upTo = (max: number, min = 1) => fc.integer({ min, max });

const specs = fc.tuple(upTo(4), upTo(4)).chain(([kh, kw]) =>
  fc.record({
    filter: fc.constant<[number, number]>([kh, kw]),
    strides: fc.tuple(upTo(3), upTo(3)),
    pad: fc.record({
      top: upTo(kh - 1, 0),
      left: upTo(kw - 1, 0),
      bottom: upTo(kh - 1, 0),
      right: upTo(kw - 1, 0),
    }),
    ceil: fc.boolean(),
    countPadding: fc.boolean(),
  })
);

const cases: fc.Arbitrary<Case> = fc.tuple(specs, upTo(2), upTo(8), upTo(8), upTo(9))
  .filter(([spec, , h, w]) => windows(spec, 0, h).length > 0 && windows(spec, 1, w).length > 0)
  .chain(([spec, batch, h, w, channels]) => {
    const pooled = [batch, windows(spec, 0, h).length, windows(spec, 1, w).length, channels];
    return fc.record({
      spec: fc.constant(spec),
      x: images([batch, h, w, channels]),
      dy: images(pooled),
    });
  });

/** Max and average pooling and their gradients, one number at a time. */
function slowPools({ spec, x, dy }: Case) {
  const [, h, w] = x.shape;
  const rows = windows(spec, 0, h), columns = windows(spec, 1, w);
  const max = new Image(dy.shape), mean = new Image(dy.shape);
  const maxGrad = new Image(x.shape), meanGrad = new Image(x.shape);
  const { pad, countPadding } = spec;
  each(dy.shape, (b, i, j, k) => {
    let best = -Infinity, winner = -1, sum = 0, counted = 0;
    const valid: number[] = [];
    for (let r = rows[i][0]; r < rows[i][1]; r++) {
      for (let c = columns[j][0]; c < columns[j][1]; c++) {
        if (r < h + pad.bottom && c < w + pad.right && countPadding) counted++;
        if (r < 0 || r >= h || c < 0 || c >= w) continue;
        if (!countPadding) counted++;
        const at = x.index(b, r, c, k);
        valid.push(at);
        sum += x.data[at];
        if (x.data[at] > best) [best, winner] = [x.data[at], at];
      }
    }
    const o = dy.index(b, i, j, k);
    max.data[o] = best;
    mean.data[o] = sum / counted;
    maxGrad.data[winner] += dy.data[o];
    for (const at of valid) meanGrad.data[at] += dy.data[o] / counted;
  });
  return { max, mean, maxGrad, meanGrad };
}

interface Convolution {
  spec: ConvSpec;
  x: Image;
  kernel: Image;
  bias: Image;
}

/** Windows may begin and end in the image, beyond it, or beyond all of it. */
const convolutions: fc.Arbitrary<Convolution> = fc.record({
  batch: upTo(2),
  image: fc.tuple(upTo(9), upTo(9)),
  taps: fc.tuple(upTo(4), upTo(4)),
  channels: fc.oneof(fc.tuple(upTo(20), upTo(20)), fc.constantFrom([3, 64], [64, 3], [65, 64])),
  strides: fc.tuple(upTo(3), upTo(3)),
  dilations: fc.oneof(fc.constant([1, 1] as const), fc.tuple(upTo(3), upTo(3))),
  pad: fc.record({ top: upTo(4, -2), left: upTo(4, -2) }),
  after: fc.tuple(upTo(4, -2), upTo(4, -2)),
}).map(({ image, taps, dilations, pad, after, strides, ...rest }) => {
  const size = [pad.top, pad.left].map((before, axis) => {
    const extent = (taps[axis] - 1) * dilations[axis] + 1;
    return Math.floor((image[axis] + before + after[axis] - extent) / strides[axis]) + 1;
  }) as [number, number];
  return { image, taps, dilations, pad, strides, size, ...rest };
}).filter(({ size, image, pad }) =>
  Math.min(...size, image[0] + Math.min(0, pad.top), image[1] + Math.min(0, pad.left)) > 0
).chain(({ batch, image, taps, channels: [from, to], ...rest }) => {
  const kernel: [number, number, number, number] = [...taps, from, to];
  return fc.record({
    spec: fc.constant({ kernel, ...rest }),
    x: images([batch, ...image, from]),
    kernel: images(kernel),
    bias: images([1, 1, 1, to]),
  });
});

/** A convolution in groups, or of each channel on its own, and the kernel of all channels that does the same. */
interface Divided extends Convolution {
  dense: Image;
}

const divided = (
  shapes: (
    c: Convolution,
    count: number,
  ) => { kernel: number[]; channels: number; outputs: number },
  place: (index: number[], c: { groups: number }) => [from: number, to: number],
) =>
  fc.tuple(convolutions, upTo(4)).filter(([{ kernel }]) => kernel.shape[2] * kernel.shape[3] <= 64)
    .chain(([c, groups]) => {
      const { kernel, channels, outputs } = shapes(c, groups), [rows, columns] = kernel;
      return fc.record({
        x: images([...c.x.shape.slice(0, 3), channels]),
        kernel: images(kernel),
        bias: images([1, 1, 1, outputs]),
      }).map((made): Divided => {
        const dense = new Image([rows, columns, channels, outputs]);
        each(kernel, (r, c, k, o) => {
          const [from, to] = place([r, c, k, o], { groups });
          dense.data[dense.index(r, c, from, to)] = made.kernel.data[made.kernel.index(r, c, k, o)];
        });
        const spec = { ...c.spec, kernel: kernel as [number, number, number, number], groups };
        return { ...made, spec, dense };
      });
    });

const groupedConvolutions = fc.tuple(upTo(4), upTo(5), upTo(5)).chain(([groups, from, to]) =>
  divided(
    ({ kernel: { shape: [rows, columns] } }) => ({
      kernel: [rows, columns, from, groups * to],
      channels: groups * from,
      outputs: groups * to,
    }),
    ([, , k, o]) => [Math.floor(o / to) * from + k, o],
  ).map((c) => ({ ...c, spec: { ...c.spec, groups } }))
);

const depthwiseConvolutions = fc.tuple(upTo(21), upTo(3)).chain(([channels, multiplier]) =>
  divided(
    ({ kernel: { shape: [rows, columns] } }) => ({
      kernel: [rows, columns, channels, multiplier],
      channels,
      outputs: channels * multiplier,
    }),
    ([, , k, o]) => [k, k * multiplier + o],
  ).map((c) => ({ ...c, spec: { ...c.spec, groups: 1 } }))
);

/** The gradient at the image of a convolution without bias, one product at a time. */
function slowGradient({ spec, x, kernel }: Convolution, dy: Image): Image {
  const { strides: [sh, sw], dilations: [dh, dw], pad: { top, left } } = spec;
  const [, h, w] = x.shape, dx = new Image(x.shape);
  each(dy.shape, (b, i, j, o) => {
    each([...kernel.shape.slice(0, 3), 1], (r, c, k) => {
      const row = i * sh - top + r * dh, column = j * sw - left + c * dw;
      if (row < 0 || row >= h || column < 0 || column >= w) return;
      dx.data[x.index(b, row, column, k)] += dy.data[dy.index(b, i, j, o)] *
        kernel.data[kernel.index(r, c, k, o)];
    });
  });
  return dx;
}

/** A convolution, one product at a time. */
function slowConvolution({ spec, x, kernel, bias }: Convolution): Image {
  const { strides: [sh, sw], dilations: [dh, dw], pad: { top, left } } = spec;
  const [, h, w] = x.shape, y = new Image([x.shape[0], ...spec.size, kernel.shape[3]]);
  each(y.shape, (b, i, j, o) => {
    let sum = bias.data[o];
    each([...kernel.shape.slice(0, 3), 1], (r, c, k) => {
      const row = i * sh - top + r * dh, column = j * sw - left + c * dw;
      if (row < 0 || row >= h || column < 0 || column >= w) return;
      sum += x.data[x.index(b, row, column, k)] * kernel.data[kernel.index(r, c, k, o)];
    });
    y.data[y.index(b, i, j, o)] = sum;
  });
  return y;
}

const numbers = (image: Image) => values(Float32Array.from(image.data), image.shape);

const mapped = (image: Image, change: (value: number) => number) =>
  new Image(image.shape, image.data.map(change));

const tensor = (image: Image) =>
  tf.tensor4d(image.data, image.shape as [number, number, number, 1]);

/** Asserts that a tensor holds `expected`, and disposes of it. */
async function expect(actual: tf.Tensor, expected: Image, tolerance = 0) {
  assert.deepEqual(actual.shape, expected.shape);
  const data = await actual.data();
  actual.dispose();
  expected.data.forEach((value, i) => {
    assert.ok(Math.abs(data[i] - value) <= tolerance, `at ${i}: ${data[i]}, not ${value}`);
  });
}

/** Runs `body` on fresh inputs, disposes of these and asserts that no other tensor is left. */
async function withTensors(
  inputs: Image[],
  body: (k: Kernels, tensors: tf.Tensor4D[]) => Promise<unknown>,
) {
  const before = tf.memory();
  const tensors = inputs.map(tensor);
  await body(current(), tensors);
  tf.dispose(tensors);
  const after = tf.memory();
  assert.equal(after.numTensors, before.numTensors);
  assert.equal(after.numDataBuffers, before.numDataBuffers);
  assert.equal(after.numBytes, before.numBytes);
}

let current = kernels;
let plain: Kernels | undefined;
/** The kernels on "wasm" that an engine without relaxed SIMD gets. */
const plainKernels = () =>
  plain ??= instantiate(tf.backend(), new WebAssembly.Module(bytesOf("simd_shared.wasm")), "simd")
    .kernels;

let threaded: ReturnType<typeof instantiate> | undefined;
/** Kernels that share the least work among four threads. */
const threadedKernels = () => {
  threaded ??= instantiate(tf.backend(), shared, simdName, { job: 0, thread: 0 });
  threaded.pool!.limit = 4;
  return threaded.kernels;
};

const ways = [
  ["wasm", "wasm", 150, kernels],
  ["wasm, plain SIMD", "wasm", 80, plainKernels],
  ["wasm, four threads", "wasm", 150, threadedKernels],
  ["cpu", "cpu", 80, kernels],
  ["webgpu", "webgpu", 20, kernels],
] as const;

for (const [title, backend, numRuns, make] of ways) {
  const test = (name: string, body: () => Promise<void>) =>
    Deno.test({
      name: `${name} (${title})`,
      ignore: backend === "webgpu" && webgpuLeftOut,
      sanitizeOps: false, // the backend's device lives on
      sanitizeResources: false,
      fn: async () => {
        await (backend === "wasm" ? startWasm() : tf.setBackend(backend));
        await tf.ready();
        assert.equal(tf.getBackend(), backend);
        current = make;
        await body();
      },
    });

  test("a convolution is the slow loop's, with bias and activation", () =>
    fc.assert(
      fc.asyncProperty(convolutions, async (c) => {
        const expected = slowConvolution(c), [relu, relu6] = [Infinity, 6];
        const limited = (high: number) => mapped(expected, (y) => Math.min(Math.max(y, 0), high));
        await withTensors([c.x, c.bias], async (k, [x, bias4]) => {
          const kernel = k.convKernel(numbers(c.kernel));
          const bias = tf.reshape(bias4, [-1]);
          for (const exact of [false, true]) {
            const spec = { ...c.spec, exact };
            await expect(k.conv2d(x, kernel, spec, bias), expected);
            await expect(k.conv2d(x, kernel, spec, bias, "relu"), limited(relu));
            await expect(k.conv2d(x, kernel, spec, bias, "relu6"), limited(relu6));
            const none = slowConvolution({ ...c, bias: mapped(c.bias, () => 0) });
            await expect(k.conv2d(x, kernel, spec), none);
          }
          tf.dispose([kernel, bias]);
        });
      }),
      { numRuns },
    ));

  test("a convolution in groups is the slow loop's", () =>
    fc.assert(
      fc.asyncProperty(groupedConvolutions, async (c) => {
        const expected = slowConvolution({ ...c, kernel: c.dense });
        await withTensors([c.x, c.bias], async (k, [x, bias4]) => {
          const kernel = k.convKernel(numbers(c.kernel), { groups: c.spec.groups });
          const bias = tf.reshape(bias4, [-1]);
          for (const exact of [false, true]) {
            const spec = { ...c.spec, exact };
            await expect(k.conv2d(x, kernel, spec, bias), expected);
            const positive = mapped(expected, (y) => Math.max(y, 0));
            await expect(k.conv2d(x, kernel, spec, bias, "relu"), positive);
          }
          tf.dispose([kernel, bias]);
        });
      }),
      { numRuns },
    ));

  test("a convolution of each channel on its own and its gradient are the slow loop's", () =>
    fc.assert(
      fc.asyncProperty(depthwiseConvolutions, async (c) => {
        const expected = slowConvolution({ ...c, kernel: c.dense });
        const none = mapped(c.bias, () => 0);
        const dy = slowConvolution({ ...c, kernel: c.dense, bias: none }); // any of its shape
        const dx = slowGradient({ ...c, kernel: c.dense }, dy);
        const inputs = [c.x, c.kernel, c.bias, dy];
        await withTensors(inputs, async (k, [x, kernel, bias4, tdy]) => {
          const bias = tf.reshape(bias4, [-1]), { spec } = c;
          await expect(k.depthwise(x, kernel, spec, bias), expected);
          await expect(k.depthwise(x, kernel, spec), dy);
          const limited = mapped(expected, (y) => Math.min(Math.max(y, 0), 6));
          await expect(k.depthwise(x, kernel, spec, bias, "relu6"), limited);
          await expect(k.depthwiseGrad(tdy, kernel, [x.shape[1], x.shape[2]], spec), dx);
          bias.dispose();
        });
      }),
      { numRuns },
    ));

  test("a convolution may take more windows, and longer ones, than one step does", async () => {
    const many = { image: [2, 30, 41, 8], kernel: [5, 3, 8, 9] };
    const long = { image: [2, 7, 6, 200], kernel: [2, 3, 200, 9] };
    const filled = (shape: number[], modulus: number) =>
      new Image(shape, Array.from({ length: size(shape) }, (_, i) => i * 5 % modulus - 3));
    for (const { image, kernel: shape } of [many, long]) {
      const x = filled(image, 11), kernel = filled(shape, 7), bias = filled([1, 1, 1, 9], 9);
      for (const dilations of [[1, 1], [2, 2]] as const) {
        const spec: ConvSpec = {
          kernel: shape as [number, number, number, number],
          strides: [1, 1],
          dilations,
          pad: { top: 1, left: 2 },
          size: [image[1] - 1, image[2]],
        };
        await withTensors([x, bias], async (k, [tx, bias4]) => {
          const packed = k.convKernel(numbers(kernel)), flat = tf.reshape(bias4, [-1]);
          const expected = slowConvolution({ spec, x, kernel, bias });
          for (const exact of [false, true]) {
            await expect(k.conv2d(tx, packed, { ...spec, exact }, flat), expected);
          }
          tf.dispose([packed, flat]);
        });
      }
    }
  });

  test("a large convolution of 3×3 taps is the slow loop's, whichever way it goes", () => {
    // transformed integers are quarters, whose products and sums are exact
    const large = fc.tuple(upTo(2), upTo(23, 10), upTo(23, 10), fc.constantFrom(32, 36, 260))
      .chain(([batch, rows, columns, from]) =>
        fc.record({
          pad: fc.record({ top: upTo(3, -1), left: upTo(3, -1) }),
          x: images([batch, rows, columns, from]),
          kernel: images([3, 3, from, 32]),
          bias: images([1, 1, 1, 32]),
          size: fc.constant<[number, number]>([rows, columns]),
        })
      );
    return fc.assert(
      fc.asyncProperty(large, async ({ pad, size, ...c }) => {
        const kernel = c.kernel.shape as [number, number, number, number];
        const spec: ConvSpec = {
          ...{ kernel, pad, size, exact: false },
          ...{ strides: [1, 1], dilations: [1, 1] },
        };
        const expected = slowConvolution({ ...c, spec });
        await withTensors([c.x, c.bias], async (k, [x, bias4]) => {
          const way = k.convWay(spec), bias = tf.reshape(bias4, [-1]);
          assert.equal(way, backend === "wasm" ? "winograd" : "direct");
          const made = k.convKernel(numbers(c.kernel), { way });
          await expect(k.conv2d(x, made, spec, bias), expected);
          const positive = mapped(expected, (y) => Math.max(y, 0));
          await expect(k.conv2d(x, made, spec, bias, "relu"), positive);
          // a plain kernel does, too
          const plain = k.convKernel(numbers(c.kernel));
          await expect(k.conv2d(x, plain, spec, bias), expected);
          tf.dispose([made, plain, bias]);
        });
      }),
      { numRuns: 8 },
    );
  });

  test("a small convolution is summed more exactly than in single precision", async () => {
    const stream = random(7), shape: [number, number, number, number] = [3, 3, 64, 16];
    const noise = (shape: number[]) => new Image(shape, [...stream.normalValues(shape)]);
    const x = noise([1, 8, 8, 64]), kernel = noise(shape), bias = noise([1, 1, 1, 16]);
    const spec: ConvSpec = {
      ...{ kernel: shape, strides: [1, 1], dilations: [1, 1] },
      ...{ pad: { top: 1, left: 1 }, size: [8, 8] },
    };
    const expected = slowConvolution({ spec, x, kernel, bias }).data;
    await withTensors([x, bias], async (k, [tx, bias4]) => {
      const packed = k.convKernel(numbers(kernel)), flat = tf.reshape(bias4, [-1]);
      const y = k.conv2d(tx, packed, spec, flat), found = await y.data();
      const length = (numbers: number[]) => Math.hypot(...numbers);
      const error = length(expected.map((n, i) => n - found[i])) / length(expected);
      // a sum of 576 products in single precision is off by 2e-7 or more
      assert.ok(error < 6e-8, `${error}`);
      tf.dispose([packed, flat, y]);
    });
  });

  test("an arranged kernel has the taps and channels that it was made of", () => {
    const inputs = fc.tuple(upTo(3), upTo(3), upTo(9), upTo(9)).chain((shape) => images(shape));
    return fc.assert(
      fc.asyncProperty(inputs, async (kernel) => {
        const [rows, columns, from, to] = kernel.shape;
        const turned = rotated(kernel.shape), count = rows * columns;
        const two: Arrangement = { // the rotated kernel, and beside it one that lacks its first tap
          shape: [rows, columns, to, 2 * from],
          taps: [turned.taps[0], turned.taps[0].map((tap, i) => i === 0 ? -1 : tap)],
          transposed: true,
        };
        const expected = new Image([...two.shape]);
        each(kernel.shape, (r, c, k, o) => {
          const tap = count - 1 - (r * columns + c), value = kernel.data[kernel.index(r, c, k, o)];
          const [row, column] = [Math.floor(tap / columns), tap % columns];
          expected.data[expected.index(row, column, o, k)] = value;
          if (tap > 0) expected.data[expected.index(row, column, o, from + k)] = value;
        });
        // What a kernel does to single ones is the kernel, rotated.
        const ones = new Image([to, rows, columns, to]);
        for (let o = 0; o < to; o++) ones.data[ones.index(o, rows - 1, columns - 1, o)] = 1;
        const spec: ConvSpec = {
          kernel: two.shape,
          strides: [1, 1],
          dilations: [1, 1],
          pad: { top: 0, left: 0 },
          size: [rows, columns],
        };
        const found = new Image([to, rows, columns, 2 * from]);
        each(found.shape, (o, r, c, k) => {
          const at = expected.index(rows - 1 - r, columns - 1 - c, o, k);
          found.data[found.index(o, r, c, k)] = expected.data[at];
        });
        await withTensors([ones], async (k, [x]) => {
          const packed = k.convKernel(numbers(kernel), { arrangement: two });
          await expect(k.conv2d(x, packed, spec), found);
          packed.dispose();
        });
      }),
      { numRuns: numRuns >> 1 },
    );
  });

  test("a dense layer and its gradient are the slow loop's", () => {
    const sizes = fc.oneof(
      fc.tuple(upTo(6), upTo(40), upTo(40)),
      fc.constantFrom([1, 150, 90], [2, 90, 150], [5, 70, 70]),
    );
    const inputs = sizes.chain(([batch, from, to]) =>
      fc.record({
        x: images([1, 1, batch, from]),
        matrix: images([1, 1, from, to]),
        bias: images([1, 1, 1, to]),
        dy: images([1, 1, batch, to]),
      })
    );
    return fc.assert(
      fc.asyncProperty(inputs, async ({ x, matrix, bias, dy }) => {
        const y = new Image(dy.shape), dx = new Image(x.shape);
        each(y.shape, (_, __, b, o) => {
          y.data[y.index(0, 0, b, o)] = bias.data[o];
          for (let i = 0; i < x.shape[3]; i++) {
            const weight = matrix.data[matrix.index(0, 0, i, o)];
            y.data[y.index(0, 0, b, o)] += x.data[x.index(0, 0, b, i)] * weight;
            dx.data[dx.index(0, 0, b, i)] += dy.data[dy.index(0, 0, b, o)] * weight;
          }
        });
        const flat = (image: Image) => new Image(image.shape.slice(2), image.data);
        await withTensors([x, matrix, bias, dy], async (k, tensors) => {
          const [tx, tm, tb, tdy] = tensors.map((t) =>
            tf.reshape<tf.Rank.R2>(t, [...t.shape.slice(2)] as [number, number])
          );
          const row = tf.reshape(tb, [-1]);
          await expect(k.dense(tx, tm, row), flat(y));
          await expect(k.dense(tx, tm, row, "relu"), flat(mapped(y, (v) => Math.max(v, 0))));
          const limited = mapped(y, (v) => Math.min(Math.max(v, 0), 6));
          await expect(k.dense(tx, tm, row, "relu6"), flat(limited));
          await expect(k.denseGrad(tdy, tm), flat(dx));
          tf.dispose([tx, tm, tb, tdy, row]);
        });
      }),
      { numRuns },
    );
  });

  test("a matrix may have more rows than a GPU takes groups at once", async () => {
    const rows = 70_000, k = current();
    const matrix = tf.tidy(() =>
      tf.tensor2d(Array.from({ length: 2 * rows }, (_, i) => i % 7 - 3), [rows, 2])
    );
    const dy = tf.tensor2d([[2, -1], [1, 1]]), dx = k.denseGrad(dy, matrix);
    const found = await dx.data(), weights = await matrix.data() as Float32Array;
    for (const row of [0, 1, 65_535, 65_536, rows - 1]) {
      const [a, b] = weights.subarray(2 * row);
      assert.deepEqual([found[row], found[rows + row]], [2 * a - b, a + b], `row ${row}`);
    }
    const x = tf.ones([1, rows]) as tf.Tensor2D, y = k.dense(x, matrix);
    const sums = [0, 1].map((column) =>
      weights.reduce((s, w, i) => i % 2 === column ? s + w : s, 0)
    );
    assert.deepEqual([...await y.data()], sums);
    tf.dispose([matrix, dy, dx, x, y]);
  });

  test("pooling and its gradients are the slow loop's", () =>
    fc.assert(
      fc.asyncProperty(cases, async (c) => {
        const { max, mean, maxGrad, meanGrad } = slowPools(c);
        const image: [number, number] = [c.x.shape[1], c.x.shape[2]];
        assert.deepEqual(poolSize(c.spec, image), c.dy.shape.slice(1, 3));
        await withTensors([c.x, c.dy], async (k, [x, dy]) => {
          const y = k.maxPool(x, c.spec);
          await expect(k.maxPoolGrad(dy, x, y, c.spec), maxGrad);
          await expect(y, max);
          await expect(k.avgPool(x, c.spec), mean, 1e-5);
          await expect(k.avgPoolGrad(dy, image, c.spec), meanGrad, 1e-5);
        });
      }),
      { numRuns },
    ));

  test("reluGrad, clipGrad, add and addRelu are the slow loop's", () =>
    fc.assert(
      fc.asyncProperty(
        upTo(40).chain((n) => fc.tuple(images([1, 1, 1, n]), images([1, 1, 1, n]))),
        async ([a, b]) => {
          await withTensors([a, b], async (k, [ta, tb]) => {
            const masked = a.data.map((dy, i) => b.data[i] > 0 ? dy : 0);
            await expect(k.reluGrad(ta, tb), new Image(a.shape, masked));
            const within = a.data.map((dy, i) => b.data[i] > -2 && b.data[i] < 1 ? dy : 0);
            await expect(k.clipGrad(ta, tb, -2, 1), new Image(a.shape, within));
            await expect(k.add(ta, tb), new Image(a.shape, a.data.map((n, i) => n + b.data[i])));
            const sum = a.data.map((value, i) => Math.max(value + b.data[i], 0));
            await expect(k.addRelu(ta, tb), new Image(a.shape, sum));
          });
        },
      ),
      { numRuns },
    ));

  test("reluGrad stops an infinite gradient", async () => {
    const dy = new Image([1, 1, 1, 5], [Infinity, -Infinity, Infinity, 1, Infinity]);
    const y = new Image([1, 1, 1, 5], [0, -1, 0, 1, 0]);
    await withTensors([dy, y], (k, [a, b]) => {
      return expect(k.reluGrad(a, b), new Image(dy.shape, [0, 0, 0, 1, 0]));
    });
  });

  test("smooth activations and their gradients are those of double precision", async () => {
    /** erf by its series, or from its complement's continued fraction, Numerical Recipes' way. */
    const erf = (x: number): number => {
      let sum = 0, term = x;
      for (let n = 0; n < 200; n++) {
        sum += term / (2 * n + 1);
        term *= -x * x / (n + 1);
      }
      return Math.abs(x) > 5 ? Math.sign(x) : sum * 2 / Math.sqrt(Math.PI);
    };
    const normal = (x: number) => (1 + erf(x * Math.SQRT1_2)) / 2;
    const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
    const points = Array.from({ length: 403 }, (_, i) => (i - 201) / 33)
      .concat([0, -0.001, 20, -20, 90, -90, 1e4, -1e4]).map(Math.fround);
    const x = new Image([1, 1, 1, points.length], points), dy = mapped(x, () => 3);
    await withTensors([x, dy], async (k, [tx, tdy]) => {
      const near = (f: (x: number) => number) => mapped(x, f);
      await expect(k.swish(tx), near((x) => x * sigmoid(x)), 2e-6);
      await expect(k.gelu(tx), near((x) => x * normal(x)), 2e-6);
      await expect(
        k.swishGrad(tdy, tx),
        near((x) => {
          const s = sigmoid(x);
          return 3 * (s + x * s * (1 - s));
        }),
        2e-6,
      );
      await expect(
        k.geluGrad(tdy, tx),
        near((x) => 3 * (normal(x) + x * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI))),
        3e-6,
      );
    });
  });

  test("affine scales and shifts each channel", () => {
    const inputs = fc.tuple(upTo(2), upTo(5), upTo(9)).chain(([batch, rows, channels]) =>
      fc.tuple(images([batch, rows, 3, channels]), ...[0, 1].map(() => images([1, 1, 1, channels])))
    );
    return fc.assert(
      fc.asyncProperty(inputs, async ([x, slope, shift]) => {
        const scaled = new Image(x.shape, x.data.map((v, i) => v * slope.data[i % x.shape[3]] + 0));
        const moved = scaled.data.map((v, i) => v + shift.data[i % x.shape[3]]);
        await withTensors([x, slope, shift], async (k, [tx, a4, b4]) => {
          const [a, b] = [a4, b4].map((t) => tf.reshape(t, [-1]));
          await expect(k.affine(tx, a), scaled);
          await expect(k.affine(tx, a, b), new Image(x.shape, moved));
          const positive = moved.map((v) => Math.max(v, 0));
          await expect(k.affine(tx, a, b, "relu"), new Image(x.shape, positive));
          tf.dispose([a, b]);
        });
      }),
      { numRuns },
    );
  });

  test("concat lays channels side by side, and split cuts them again", () => {
    const parts = fc.tuple(upTo(2), upTo(5), fc.array(upTo(9), { minLength: 1, maxLength: 4 }))
      .chain(([batch, rows, depths]) =>
        fc.tuple(...depths.map((depth) => images([batch, rows, 3, depth])))
      );
    return fc.assert(
      fc.asyncProperty(parts, async (parts) => {
        const depths = parts.map(({ shape }) => shape[3]), [batch, rows] = parts[0].shape;
        const whole = new Image([batch, rows, 3, depths.reduce((a, b) => a + b)]);
        let before = 0;
        for (const part of parts) {
          each(part.shape, (b, r, c, k) => {
            whole.data[whole.index(b, r, c, before + k)] = part.data[part.index(b, r, c, k)];
          });
          before += part.shape[3];
        }
        await withTensors(parts, async (k, tensors) => {
          const y = k.concat(tensors), again = k.split(y, depths);
          await expect(y, whole);
          for (const [i, part] of again.entries()) await expect(part, parts[i]);
        });
      }),
      { numRuns },
    );
  });

  test("cutOut takes windows of one picture with a patch on it, each its own", () => {
    const corner = (rows: number, columns: number, low = 0) =>
      fc.tuple(fc.integer({ min: low, max: rows }), fc.integer({ min: low, max: columns }));
    const inputs = fc.tuple(upTo(7), upTo(7), upTo(5), upTo(3)).chain(([h, w, channels, batch]) =>
      fc.tuple(upTo(h), upTo(w)).chain(([rows, columns]) =>
        fc.record({
          base: images([1, h, w, channels]),
          patches: images([batch, rows, columns, channels]),
          corners: fc.array(corner(h - rows, w - columns), { minLength: batch, maxLength: batch }),
          at: fc.array(corner(h + 2, w + 2, -4), { minLength: batch, maxLength: batch }),
          size: fc.tuple(upTo(9), upTo(9)),
          border: fc.constantFrom(0, 7, -Infinity),
        })
      )
    );
    return fc.assert(
      fc.asyncProperty(inputs, async ({ base, patches, corners, at, size, border }) => {
        const [, h, w, channels] = base.shape, [batch, rows, columns] = patches.shape;
        const expected = new Image([batch, ...size, channels]);
        each(expected.shape, (b, r, c, k) => {
          const y = at[b][0] + r, x = at[b][1] + c;
          const row = y - corners[b][0], column = x - corners[b][1];
          const isPatched = row >= 0 && row < rows && column >= 0 && column < columns;
          expected.data[expected.index(b, r, c, k)] = y < 0 || x < 0 || y >= h || x >= w
            ? border
            : isPatched
            ? patches.data[patches.index(b, row, column, k)]
            : base.data[base.index(0, y, x, k)];
        });
        await withTensors([base, patches], async (k, [base, patches]) => {
          const y = k.cutOut({ base, patches, corners }, { corners: at, size, border });
          assert.deepEqual(y.shape, expected.shape);
          assert.deepEqual([...await y.data()], expected.data);
          y.dispose();
          assert.throws(
            () => k.cutOut({ base, patches, corners }, { corners: [...at, [0, 0]], size, border }),
            /do not go with a picture of/,
          );
        });
      }),
      { numRuns },
    );
  });

  test("scatter adds to every stride-th pixel", () => {
    const inputs = fc.tuple(upTo(2), upTo(7), upTo(7), upTo(9), upTo(3), upTo(3))
      .chain(([batch, h, w, channels, sh, sw]) =>
        fc.record({
          stride: fc.constant<[number, number]>([sh, sw]),
          z: images([batch, Math.ceil(h / sh), Math.ceil(w / sw), channels]),
          into: images([batch, h, w, channels]),
        })
      );
    return fc.assert(
      fc.asyncProperty(inputs, async ({ stride, z, into }) => {
        const zeros = new Image(into.shape), sum = new Image(into.shape, [...into.data]);
        each(z.shape, (b, i, j, k) => {
          const at = into.index(b, i * stride[0], j * stride[1], k);
          zeros.data[at] += z.data[z.index(b, i, j, k)];
          sum.data[at] += z.data[z.index(b, i, j, k)];
        });
        const shape: [number, number] = [into.shape[1], into.shape[2]];
        await withTensors([z, into], async (k, [tz, tinto]) => {
          await expect(k.scatter(tz, shape, stride), zeros);
          const shared = tf.reshape<tf.Rank.R4>(tinto, tinto.shape);
          await expect(k.scatter(tz, shape, stride, shared), sum);
          assert.ok(shared.isDisposed);
          assert.deepEqual([...await tinto.data()], into.data); // whose data `shared` had
          await expect(k.scatter(tz, shape, stride, tinto), sum);
          assert.ok(tinto.isDisposed);
        });
      }),
      { numRuns },
    );
  });

  test("scatter's result outlives tf.tidy, also in the memory of `into`", async () => {
    const z = new Image([1, 1, 1, 1], [2]), into = new Image([1, 2, 2, 1], [1, 2, 3, 4]);
    await withTensors([z], async (k, [tz]) => {
      const result = tf.tidy(() => k.scatter(tz, [2, 2], [2, 2], tensor(into)));
      await expect(result, new Image(into.shape, [3, 2, 3, 4]));
    });
  });

  test("interleave lays images between each other", () => {
    const inputs = fc.tuple(upTo(2), upTo(3), upTo(7, 3), upTo(7, 3), upTo(9))
      .chain(([batch, stride, h, w, channels]) =>
        fc.record({
          stride: fc.constant(stride),
          shape: fc.constant<[number, number, number, number]>([batch, h, w, channels]),
          parts: fc.tuple(
            ...Array.from({ length: stride * stride }, (_, p) => {
              const rows = Math.ceil((h - Math.floor(p / stride)) / stride);
              const columns = Math.ceil((w - p % stride) / stride);
              return fc.option(images([batch, rows, columns, channels]));
            }),
          ),
        })
      );
    return fc.assert(
      fc.asyncProperty(inputs, async ({ stride, shape, parts }) => {
        const expected = new Image(shape);
        each(shape, (b, r, c, k) => {
          const part = parts[(r % stride) * stride + c % stride];
          if (!part) return;
          const from = part.index(b, Math.floor(r / stride), Math.floor(c / stride), k);
          expected.data[expected.index(b, r, c, k)] = part.data[from];
        });
        const there = parts.filter((part) => part !== null);
        await withTensors(there, async (k, tensors) => {
          if (!k.interleave) return assert.notEqual(backend, "wasm");
          const left = [...tensors];
          const all = parts.map((part) => part === null ? undefined : left.shift());
          await expect(k.interleave(all, stride, shape), expected);
        });
      }),
      { numRuns },
    );
  });

  test("depthToSpace lays out blocks and crops", () => {
    const inputs = fc.tuple(upTo(2), upTo(5), upTo(5), upTo(9), upTo(3))
      .chain(([batch, h, w, channels, block]) =>
        fc.record({
          z: images([batch, h, w, block * block * channels]),
          block: fc.constant(block),
          height: upTo(h * block),
          width: upTo(w * block),
        })
      );
    return fc.assert(
      fc.asyncProperty(inputs, async ({ z, block, height, width }) => {
        const out = new Image([z.shape[0], height, width, z.shape[3] / block ** 2]);
        each(out.shape, (b, r, c, k) => {
          const part = (r % block) * block + c % block;
          const from = z.index(b, Math.floor(r / block), Math.floor(c / block), 0);
          out.data[out.index(b, r, c, k)] = z.data[from + part * out.shape[3] + k];
        });
        await withTensors([z], (k, [tz]) => expect(k.depthToSpace(tz, block, height, width), out));
      }),
      { numRuns },
    );
  });

  test("what does not fit is refused", async () => {
    const pad = { top: 0, left: 0, bottom: 0, right: 0 };
    const spec: AvgPoolSpec = { filter: [3, 3], strides: [1, 1], pad, countPadding: false };
    const small = new Image([1, 2, 2, 1]), large = new Image([1, 4, 4, 1]);
    // deno-lint-ignore require-await
    await withTensors([small, large], async (k, [s, l]) => {
      assert.throws(() => k.maxPool(s, spec), UserError);
      assert.throws(() => k.avgPool(s, spec), /2×2 pixels by windows of 3×3/);
      assert.throws(() => k.maxPool(l, { ...spec, pad: { ...pad, top: 3 } }), /padding 3/);
      assert.throws(() => k.maxPoolGrad(l, l, l, spec), Error);
      assert.throws(() => k.avgPoolGrad(l, [4, 4], spec), Error);
      assert.throws(() => k.reluGrad(s, l), Error);
      assert.throws(() => k.addRelu(s, l), Error);
      assert.throws(() => k.scatter(s, [5, 4], [2, 2]), /do not make 5×4/);
      assert.throws(() => k.scatter(s, [4, 4], [2, 2], s), Error);
      assert.throws(() => k.depthToSpace(l, 2, 8, 8), /blocks of 2×2/);
      const kernel: [number, number, number, number] = [1, 1, 2, 1];
      const plain = { strides: [1, 1], dilations: [1, 1], pad, size: [2, 2] } as const;
      assert.throws(() => k.conv2d(s, s, { kernel, ...plain }), /does not go with an image/);
      const row = tf.reshape<tf.Rank.R2>(s, [1, 4]), matrix = tf.reshape<tf.Rank.R2>(l, [2, 8]);
      assert.throws(() => k.dense(row, matrix), /do not go with axis 0/);
      assert.throws(() => k.denseGrad(row, matrix), /do not go with axis 1/);
      tf.dispose([row, matrix]);
      const whole = tf.cast(s, "int32");
      assert.throws(() => k.reluGrad(whole, whole), /float32, not int32/);
      whole.dispose();
    });
  });
}

Deno.test("without shared memory the kernels are the same, on one thread", async () => {
  const code = `
    import { setWasmPaths } from "./deps/tfjs_wasm.ts";
    import * as tf from "./deps/tfjs.ts";
    import { kernels, threadPool } from "./engine/kernels/mod.ts";
    import { platform } from "./platform/mod.ts";
    setWasmPaths(platform.packageFile("@tensorflow/tfjs-backend-wasm", "./").href);
    await tf.setBackend("wasm");
    const y = kernels().addRelu(tf.tensor1d([1, -3]), tf.tensor1d([2, 1]));
    console.log([...y.dataSync()], kernels().name, threadPool());`;
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--lock=deno.dev.lock", code],
    cwd: new URL("../..", import.meta.url),
    env: { NO_COLOR: "1" },
  }).output();
  assert.equal(new TextDecoder().decode(stdout).trim(), `[ 3, 0 ] ${simdName} undefined`);
});

Deno.test("the SIMD module follows its memory's growth", async () => {
  await startWasm();
  const k = kernels();
  tf.tidy(() => {
    k.reluGrad(tf.ones([4]), tf.ones([4]));
    const large = tf.fill([24, 1024, 1024], -1); // 96 MB, more than the memory starts with
    assert.equal(tf.max(k.addRelu(large, large)).dataSync()[0], 0);
    assert.equal(k, kernels());
  });
});

Deno.test("an engine with relaxed SIMD gets the module that uses it, another one the other", async () => {
  const expected = WebAssembly.validate(bytesOf("relaxed.wasm"))
    ? await import("../../engine/kernels/_relaxed.js")
    : await import("../../engine/kernels/_simd.js");
  assert.equal(simd, expected.module);
  assert.equal(shared, expected.shared);
  assert.equal(simdName, expected.name);
});

for (const name of Object.keys(modules) as (keyof typeof modules)[]) {
  Deno.test(`${name} cannot overwrite TensorFlow.js's memory as it is loaded`, () => {
    const bytes = bytesOf(name);
    const module = new WebAssembly.Module(bytes);
    const [memory, ...others] = WebAssembly.Module.imports(module);
    assert.deepEqual(memory, { module: "env", name: "memory", kind: "memory" });
    assert.deepEqual(others, []);
    assert.ok(WebAssembly.Module.exports(module).every(({ kind }) => kind === "function"));
    // Types, imports, functions, exports and code; no globals (6), start (8), elements (9), data (11).
    assert.deepEqual(sections(bytes), [1, 2, 3, 7, 10]);
  });

  const compiled = await compile(name).catch((error) => {
    if (error instanceof TypeError) return null; // the compiler cannot be loaded
    throw error;
  });

  Deno.test({
    name: `${name} is what simd/ compiles to`,
    ignore: !compiled, // `deno task kernels` needs npm's assemblyscript
    fn: () => assert.deepEqual(bytesOf(name), new Uint8Array(compiled!)),
  });
}

/** The ids of a WebAssembly module's sections, in order. */
function sections(bytes: Uint8Array): number[] {
  const ids: number[] = [];
  for (let at = 8; at < bytes.length;) {
    ids.push(bytes[at++]);
    let length = 0;
    for (let shift = 0, byte = 128; byte & 128; shift += 7) {
      length |= ((byte = bytes[at++]) & 127) << shift;
    }
    at += length;
  }
  return ids;
}
