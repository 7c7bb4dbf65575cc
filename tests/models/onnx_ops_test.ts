/** ONNX's operators, one by one: what they give and their gradient, as PyTorch says. */
import assert from "node:assert/strict";
import * as tf from "../../deps/tfjs.ts";
import { useBackend } from "../../engine/runtime.ts";
import { Network } from "../../engine/network.ts";
import type { Objective } from "../../engine/objectives.ts";
import { converters } from "../../models/onnx/ops/mod.ts";
import { lookIn } from "../../core/looking.ts";
import { modelIn } from "../../models/onnx/file.ts";
import { importGraph } from "../../models/onnx/graph.ts";
import { numbersOf as parameterOf } from "../../models/onnx/parameter.ts";

/** See `tests/fixtures/onnx/make_ops.py`. */
interface Case {
  readonly name: string;
  readonly file: string;
  readonly shapes: readonly [x: readonly number[], y: readonly number[]];
  readonly x: string;
  readonly y: string;
  readonly dy: string;
  readonly dx: string;
}

const fixture = new URL("../fixtures/onnx/ops.json", import.meta.url);
const cases: readonly Case[] = JSON.parse(Deno.readTextFileSync(fixture));

const bytesOf = (text: string) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
const numbersOf = (text: string) => new Float32Array(bytesOf(text).buffer);

/** NCHW numbers as NHWC; others stay in ONNX's order. */
function arranged(numbers: Float32Array, shape: readonly number[]): Float32Array {
  if (shape.length !== 4 || shape[0] !== 1) return numbers;
  const [, c, h, w] = shape;
  return numbers.map((_, i) => numbers[(i % c) * h * w + Math.floor(i / c)]);
}

function near(found: ArrayLike<number>, expected: Float32Array, tolerance: number, what: string) {
  assert.equal(found.length, expected.length, what);
  let error = 0, size = 0;
  expected.forEach((n, i) => {
    error += (found[i] - n) ** 2;
    size += n ** 2;
  });
  const share = Math.sqrt(error / Math.max(size, 1e-12));
  assert.ok(share <= tolerance, `${what}: ${share} apart`);
}

const fileOf = (bytes: Uint8Array) => lookIn(modelIn(bytes.length, "case.onnx"), bytes);

/** The model of a file's bytes, with nothing beside it. */
function read(bytes: Uint8Array) {
  const { graph, parameters } = importGraph({ file: fileOf(bytes), places: new Map() });
  const host = new Map([...graph.parameters.keys()].map((name) => [
    name,
    parameterOf(parameters.get(name)!),
  ]));
  return new Network(graph, host, "case");
}

for (const backend of ["cpu", "wasm"] as const) {
  Deno.test(`each operator gives what PyTorch gives, and its gradient, on ${backend}`, async (t) => {
    await useBackend(backend);
    for (const { name, file, shapes: [shape, outShape], ...numbers } of cases) {
      await t.step(name, async () => {
        const network = read(bytesOf(file)), { output } = network.graph;
        const [x, y, dy, dx] = [numbers.x, numbers.y, numbers.dy, numbers.dx].map(numbersOf);
        const [, c, h, w] = shape;
        const image = tf.tensor4d(arranged(x, shape), [1, h, w, c]);
        const weights = arranged(dy, outShape);
        const objective: Objective = {
          layers: [output],
          value: (of) => tf.sum(tf.mul(tf.reshape(of(output), [-1]), tf.tensor1d(weights))),
        };
        const { value, gradients, taps } = await network.gradient(image, objective);
        near(await taps[output].data(), arranged(y, outShape), 2e-6, "values");
        near(await gradients.input.data(), arranged(dx, shape), 5e-6, "gradient");
        // two pictures at a time are each as it is alone
        const two = tf.concat([image, tf.mul(image, 0.7)]) as tf.Tensor4D;
        const both = await (await network.logits(two)).data();
        near(both.subarray(0, y.length), arranged(y, outShape), 2e-6, "of two pictures");
        tf.dispose([image, two, value, gradients, taps]);
        network.dispose();
      });
    }
  });
}

Deno.test("every operator that is converted has a case", () => {
  const used = new Set(
    cases.flatMap(({ file }) => fileOf(bytesOf(file)).nodes.map(({ op }) => op)),
  );
  assert.deepEqual([...converters.keys()].filter((op) => !used.has(op)), []);
});
