/** Transformations and their adjoints against PyTorch's, and by the dot product. */
import assert from "node:assert/strict";
import * as tf from "../../deps/tfjs.ts";
import { random } from "../../core/random.ts";
import type { Values } from "../../core/values.ts";
import { valueAndGrads } from "../../engine/gradients/mod.ts";
import { useBackend } from "../../engine/runtime.ts";
import { transforms } from "../../visualize/transforms/mod.ts";
import { crop } from "../../visualize/transforms/jitter.ts";
import { pad } from "../../visualize/transforms/pad.ts";
import { rotated } from "../../visualize/transforms/rotate.ts";
import { stretched } from "../../visualize/_resample.ts";
import { scaled } from "../../visualize/transforms/scale.ts";
import { forEachBackend, TFJS_BACKENDS } from "../_support/backends.ts";
import { absence, hasShared, shared } from "../_support/reference.ts";
import { near } from "../_support/tensors.ts";

type Change = (image: tf.Tensor4D) => tf.Tensor4D;

const image4 = (numbers: Values) =>
  tf.tensor4d(numbers, [...numbers.shape] as [number, number, number, number]);

/** A change and what its adjoint makes of a cotangent. */
function bothWays(change: Change, image: tf.Tensor4D, cotangent: tf.Tensor4D) {
  const { value, grads: [back] } = valueAndGrads(
    ([x]) => tf.sum(tf.mul(change(x as tf.Tensor4D), cotangent)),
    [image],
  );
  value.dispose();
  return { there: tf.tidy(() => change(image)), back };
}

if (hasShared) {
  forEachBackend("transformations and their adjoints are PyTorch's", async (backend) => {
    const tolerance = backend === "webgpu" ? 1e-3 : 1e-4;
    for (const picture of ["car", "koala"]) {
      const name = `feature-viz-and-metrics/transforms-${picture}`;
      const facts = shared.json<{ degrees: number; scale: number }>(`${name}.json`);
      const given = shared.tensors(`${name}.safetensors`), image = image4(given.get("image")!);
      const changes: Record<string, Change> = {
        pad12_half: (x) => pad.apply(x, { pixels: 12, value: 0.5 }, random(0)),
        pad5_reflect: (x) => pad.apply(x, { pixels: 5, value: "reflect" }, random(0)),
        crop_jitter8_at_3_5: (x) => crop(x, 8, 3, 5),
        scale_align_corners: (x) => scaled(x, facts.scale),
        scale_half_pixel: (x) =>
          stretched(
            x,
            ...[1, 2].map((axis) => Math.ceil(facts.scale * x.shape[axis])) as [number, number],
          ),
        rotate: (x) => rotated(x, facts.degrees),
      };
      for (const [key, change] of Object.entries(changes)) {
        const cotangent = image4(given.get(`${key}.cotangent`)!);
        const { there, back } = bothWays(change, image, cotangent);
        near(await there.data(), given.get(key)!, tolerance, `${picture} ${key}`);
        near(await back.data(), given.get(`${key}.gradient`)!, tolerance, `${picture} ${key} back`);
        tf.dispose([cotangent, there, back]);
      }
      image.dispose();
    }
  }, TFJS_BACKENDS);
} else Deno.test({ name: `transformations are PyTorch's${absence}`, ignore: true, fn() {} });

const SETTINGS: Record<string, Record<string, unknown>[]> = {
  pad: [{ pixels: 3, value: 0.5 }, { pixels: 9, value: "reflect" }, { pixels: 0, value: 0 }],
  jitter: [{ pixels: 3 }, { pixels: 40 }],
  scale: [{ least: 0.7, most: 1.4 }, { least: 0.3, most: 0.3 }],
  rotate: [{ degrees: 180, still: 0 }, { degrees: 10, still: 2 }],
  flip: [{}, {}],
  blur: [{ deviation: 0.5 }, { deviation: 2 }],
};

forEachBackend(
  "a transformation's gradient is its adjoint: ⟨T x, y⟩ = ⟨x, Tᵀ y⟩",
  async (backend) => {
    assert.deepEqual(Object.keys(SETTINGS), transforms.ids, "each has its settings here");
    for (const [id, settings] of Object.entries(SETTINGS)) {
      for (const [i, options] of settings.entries()) {
        for (const shape of [[2, 7, 6, 3], [1, 5, 9, 1]]) {
          const numbers = random(`${id} ${i}`), seed = `${id} ${i} ${shape}`;
          const change: Change = (x) => transforms.get(id).apply(x, options, random(seed));
          const x = image4(numbers.normalValues(shape)), size = tf.tidy(() => change(x).shape);
          const y = image4(numbers.normalValues(size)), zero = tf.zerosLike(x);
          const { there, back } = bothWays(change, x, y);
          // a border of a value is there without an image too
          const dot = (a: tf.Tensor, b: tf.Tensor) =>
            tf.tidy(() => tf.sum(tf.mul(a, b)).dataSync()[0]);
          const offset = tf.tidy(() => change(zero));
          if (backend !== "webgpu") {
            const left = dot(there, y) - dot(offset, y), right = dot(x, back);
            assert.ok(Math.abs(left - right) < 1e-3, `${seed}: ${left} and ${right}`);
          } else {
            const [a, b, c] = await Promise.all(
              [[there, y], [offset, y], [x, back]].map(async ([p, q]) => {
                const product = tf.tidy(() => tf.sum(tf.mul(p, q)));
                const [sum] = await product.data();
                product.dispose();
                return sum;
              }),
            );
            assert.ok(Math.abs(a - b - c) < 1e-2, `${seed}: ${a - b} and ${c}`);
          }
          tf.dispose([x, y, zero, there, back, offset]);
        }
      }
    }
  },
  TFJS_BACKENDS,
);

Deno.test("transformations draw all that they may, and nothing else", () => {
  const image = tf.zeros([1, 10, 12, 1]) as tf.Tensor4D, stream = random(3);
  const sizes = new Set<string>();
  const shapeAfter = (id: string, options: Record<string, unknown>) =>
    tf.tidy(() => transforms.get(id).apply(image, options, stream).shape);
  for (let i = 0; i < 200; i++) {
    sizes.add(`${shapeAfter("scale", { least: 0.9, most: 1.1 })}`);
    assert.deepEqual(shapeAfter("jitter", { pixels: 2 }), [1, 8, 10, 1]);
  }
  image.dispose();
  assert.deepEqual([...sizes].sort(), [
    ...["1,10,12,1", "1,11,13,1", "1,11,14,1", "1,9,11,1"],
  ]);
});

/** Grids at their limits: one row or column, far larger, far smaller, one pixel. */
const GRIDS: Record<string, Change> = {
  "stretched to one row": (x) => stretched(x, 1, 9),
  "stretched to one pixel": (x) => stretched(x, 1, 1),
  "stretched far": (x) => stretched(x, 23, 31),
  "shrunk far": (x) => stretched(x, 2, 3),
  "shrunk along one axis, stretched along the other": (x) => stretched(x, 3, 20),
  "scaled far": (x) => scaled(x, 4),
  "scaled to a pixel": (x) => scaled(x, 0.1),
  "turned by half": (x) => rotated(x, 180),
  "turned by a quarter": (x) => rotated(x, 90),
  "turned a little": (x) => rotated(x, -3),
};

forEachBackend("a GPU lays images on grids as the host does", async (backend) => {
  for (const [what, change] of Object.entries(GRIDS)) {
    for (const shape of [[2, 7, 6, 3], [1, 1, 5, 2], [1, 12, 1, 1]] as const) {
      const numbers = random(`${what} ${shape}`);
      const pixels = numbers.normalValues(shape);
      const results = [];
      for (const on of ["cpu", backend] as const) {
        await useBackend(on);
        const image = tf.tensor4d(pixels, [...shape]), before = tf.memory().numTensors;
        const like = tf.tidy(() => change(image)), size = like.shape;
        like.dispose();
        const cotangent = tf.tensor4d(random(what).normalValues(size), size);
        const { there, back } = bothWays(change, image, cotangent);
        results.push([await there.data(), await back.data()]);
        tf.dispose([there, back, cotangent]);
        assert.equal(tf.memory().numTensors, before, what);
        image.dispose();
      }
      const [expected, found] = results;
      near(found[0], expected[0], 1e-5, `${what} of ${shape}`);
      near(found[1], expected[1], 1e-5, `${what} of ${shape}, back`);
    }
  }
}, ["webgpu"]);
