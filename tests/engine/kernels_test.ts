/** Every kernel on every backend against a literal loop over one number at a time. */
import assert from "node:assert/strict";
import fc from "fast-check";
import * as tf from "@tensorflow/tfjs";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import "@tensorflow/tfjs-backend-webgpu";
import { UserError } from "../../core/errors.ts";
import { compile } from "../../engine/kernels/build.ts";
import {
  type AvgPoolSpec,
  type Kernels,
  kernels,
  poolSize,
  type PoolSpec,
} from "../../engine/kernels/mod.ts";

const wasmFile = new URL("../../engine/kernels/simd.wasm", import.meta.url);

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
  await body(kernels(), tensors);
  tf.dispose(tensors);
  const after = tf.memory();
  assert.equal(after.numTensors, before.numTensors);
  assert.equal(after.numDataBuffers, before.numDataBuffers);
  assert.equal(after.numBytes, before.numBytes);
}

setWasmPaths(new URL("./", import.meta.resolve("@tensorflow/tfjs-backend-wasm")).href);
const webgpu = await navigator.gpu?.requestAdapter().catch(() => null);

for (const [backend, numRuns] of [["wasm", 150], ["cpu", 80], ["webgpu", 20]] as const) {
  const test = (name: string, body: () => Promise<void>) =>
    Deno.test({
      name: `${name} (${backend})`,
      ignore: backend === "webgpu" && !webgpu, // no adapter on this machine
      sanitizeOps: false, // the backend's device lives on
      sanitizeResources: false,
      fn: async () => {
        await tf.setBackend(backend);
        await tf.ready();
        assert.equal(tf.getBackend(), backend);
        await body();
      },
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

  test("reluGrad and addRelu are the slow loop's", () =>
    fc.assert(
      fc.asyncProperty(
        upTo(40).chain((n) => fc.tuple(images([1, 1, 1, n]), images([1, 1, 1, n]))),
        async ([a, b]) => {
          await withTensors([a, b], async (k, [ta, tb]) => {
            const masked = a.data.map((dy, i) => b.data[i] > 0 ? dy : 0);
            await expect(k.reluGrad(ta, tb), new Image(a.shape, masked));
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
      const whole = tf.cast(s, "int32");
      assert.throws(() => k.reluGrad(whole, whole), /float32, not int32/);
      whole.dispose();
    });
  });
}

Deno.test("the SIMD module follows its memory's growth", async () => {
  await tf.setBackend("wasm");
  const k = kernels();
  tf.tidy(() => {
    k.reluGrad(tf.ones([4]), tf.ones([4]));
    const large = tf.fill([24, 1024, 1024], -1); // 96 MB, more than the memory starts with
    assert.equal(tf.max(k.addRelu(large, large)).dataSync()[0], 0);
    assert.equal(k, kernels());
  });
});

Deno.test("simd.wasm cannot overwrite TensorFlow.js's memory as it is loaded", () => {
  const bytes = Deno.readFileSync(wasmFile);
  const module = new WebAssembly.Module(bytes);
  const [memory, ...others] = WebAssembly.Module.imports(module);
  assert.deepEqual(memory, { module: "env", name: "memory", kind: "memory" });
  assert.deepEqual(others, []);
  assert.ok(WebAssembly.Module.exports(module).every(({ kind }) => kind === "function"));
  // Types, imports, functions, exports and code; no globals (6), start (8), elements (9), data (11).
  assert.deepEqual(sections(bytes), [1, 2, 3, 7, 10]);
});

const compiled = await compile().catch((error) => {
  if (error instanceof TypeError) return null; // the compiler cannot be loaded
  throw error;
});

Deno.test({
  name: "simd.wasm is what simd.ts compiles to",
  ignore: !compiled, // `deno task kernels` needs npm's assemblyscript
  fn: () => assert.deepEqual(Deno.readFileSync(wasmFile), new Uint8Array(compiled!)),
});

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
