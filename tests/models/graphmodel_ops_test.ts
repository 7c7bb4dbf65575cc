/** TensorFlow's operators, one by one: what they give and their gradient, as TensorFlow.js says. */
import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { useBackend } from "../../engine/runtime.ts";
import type { Objective } from "../../engine/objectives.ts";
import { operators } from "../../models/graphmodel/ops/mod.ts";
import { loadModel } from "../../models/mod.ts";
import { cases, graphOf } from "./_graphmodel_cases.ts";

function near(found: ArrayLike<number>, expected: ArrayLike<number>, most: number, what: string) {
  assert.equal(found.length, expected.length, what);
  let error = 0, size = 0;
  for (let i = 0; i < expected.length; i++) {
    error += (found[i] - expected[i]) ** 2;
    size += expected[i] ** 2;
  }
  const share = Math.sqrt(error / Math.max(size, 1e-12));
  assert.ok(share <= most, `${what}: ${share} apart`);
}

const root = await Deno.makeTempDir({ prefix: "graph-models-" });
Deno.test.afterAll(() => Deno.remove(root, { recursive: true }));

Deno.test("each operator gives what TensorFlow.js gives, and its gradient", async (t) => {
  await useBackend("cpu");
  for (const one of cases) {
    await t.step(one.name, async () => {
      const { g, output } = graphOf(one);
      const path = await g.write(await Deno.makeTempDir({ dir: root }));
      const { network } = await loadModel(path), { output: layer } = network.graph;
      const theirs = await g.load(), [, height, width, channels] = g.input;
      const numbers = Float32Array.from(
        { length: height * width * channels },
        () => one.positive ? 0.8 + g.random() / 2 : g.random(),
      );
      const x = tf.tensor4d(numbers, [1, height, width, channels]);
      const expected = theirs.execute(x, output) as tf.Tensor;
      const weights = tf.randomUniform([expected.size], -1, 1, "float32", 7);
      const weighted = (y: tf.Tensor) => tf.sum(tf.mul(tf.reshape(y, [-1]), weights)) as tf.Scalar;
      const objective: Objective = { layers: [layer], value: (of) => weighted(of(layer)) };
      const { value, gradients, taps } = await network.gradient(x, objective);
      near(await taps[layer].data(), await expected.data(), 2e-6, "values");
      if (one.forwardOnly) {
        // along a small step it changes as the gradient says
        const step = tf.mul(tf.randomUniform(x.shape, -1, 1, "float32", 3), 1e-2);
        const [up, down] = [tf.add(x, step), tf.sub(x, step)].map((at) =>
          weighted(theirs.execute(at, output) as tf.Tensor)
        );
        const rise = (await tf.sub(up, down).data())[0] / 2;
        const told = (await tf.sum(tf.mul(gradients.input, step)).data())[0];
        assert.ok(Math.abs(rise - told) < 1e-3 * Math.max(1, Math.abs(rise)), `${rise}, ${told}`);
      } else {
        const grad = tf.grad((at: tf.Tensor) => weighted(theirs.execute(at, output) as tf.Tensor))(
          x,
        );
        near(await gradients.input.data(), await grad.data(), 1e-5, "gradient");
      }
      tf.dispose([x, expected, weights, value, gradients, taps]);
      network.dispose();
      theirs.dispose();
    });
  }
});

Deno.test("every operator that is read has a case", () => {
  const used = new Set(cases.flatMap((one) => graphOf(one).g.nodes.map(({ op }) => op)));
  // its value is another file's, in `graphmodel_test.ts`
  used.add("PlaceholderWithDefault");
  assert.deepEqual([...operators.keys()].filter((op) => !used.has(op)), []);
});
