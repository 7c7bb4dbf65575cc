/** Every op of the table, on every backend: its shape, its backward pass, what it leaves behind. */
import assert from "node:assert/strict";
import * as tf from "../../deps/tfjs.ts";
import { sizeOf, type Values, values } from "../../core/values.ts";
import { findAdapter } from "../../engine/backends.ts";
import { useBackend } from "../../engine/runtime.ts";
import { GraphBuilder } from "../../engine/builder.ts";
import { op, opNames, shapeAfter } from "../../engine/ops/mod.ts";
import type { Call, Op } from "../../engine/ops/op.ts";
import { ParameterStore } from "../../engine/parameters.ts";
import { TFJS_BACKENDS, webgpuLeftOut } from "../_support/backends.ts";
import { type Case, cases } from "./_op_cases.ts";

const BATCH = 2;

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

for (const backend of TFJS_BACKENDS) {
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
