/** What differentiates objectives: the package's own gradients, over the one engine. */
import assert from "node:assert/strict";
import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { bundle } from "../../engine/gradients/build.ts";
import "../../engine/gradients/gradients.js";

const names = Object.values<unknown>(tf).filter((value) => typeof value === "string");
const registered = () => names.filter((name) => tf.getGradient(name));

/** Gradient of a scalar through operations whose gradients the public package does not export. */
async function gradient(): Promise<number[]> {
  const filter = tf.randomNormal([3, 3, 2, 4], 0, 1, "float32", 2) as tf.Tensor4D;
  const score = (x: tf.Tensor) => {
    const y = tf.conv2d(x as tf.Tensor4D, filter, 1, "same");
    const pooled = tf.add(tf.maxPool(y, 2, 2, "same"), tf.avgPool(y, 2, 2, "same"));
    return tf.sum(tf.mul(tf.softmax(tf.mean(pooled, [1, 2])), [[1, 2, 3, 4]]));
  };
  const g = tf.tidy(() => tf.grad(score)(tf.randomNormal([1, 7, 7, 2], 0, 1, "float32", 1)));
  return [...await g.data()];
}

Deno.test("gradients.js is what the package gives (deno task gradients)", async () => {
  const kept = await Deno.readTextFile(
    new URL("../../engine/gradients/gradients.js", import.meta.url),
  );
  assert.ok(await bundle() === kept, "run deno task gradients");
});

Deno.test("the gradients are those that all of TensorFlow.js registers, on one engine", async () => {
  const ours = registered(), values = await gradient();
  const umbrella = await import("@tensorflow/tfjs"); // registers its own over them
  assert.deepEqual(registered(), ours);
  assert.equal(new Set(ours).size, 101);
  assert.deepEqual(await gradient(), values);
  assert.ok(values.some((value) => Math.abs(value) > 1e-3));
  assert.equal(umbrella.engine(), tf.engine());
  assert.equal(umbrella.Tensor, tf.Tensor);
});
