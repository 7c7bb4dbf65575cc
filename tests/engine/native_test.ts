/** The native executor against the steps: every op it can write, the rules, passes in every form. */
import assert from "node:assert/strict";
import * as tf from "../../deps/tfjs.ts";
import { branched, families } from "../../conformance/networks.ts";
import { nativeOpNames } from "../../engine/executors/native/table.ts";
import { INPUT } from "../../engine/graph.ts";
import type { Network } from "../../engine/network.ts";
import { channelMean, logit, sumOf } from "../../engine/objectives.ts";
import { op, opNames, shapeAfter } from "../../engine/ops/mod.ts";
import type { Rules } from "../../engine/rules.ts";
import { currentBackend, useBackend } from "../../engine/runtime.ts";
import { loadModel } from "../../models/mod.ts";
import { DEFAULT_MODEL } from "../../models/builtin.ts";
import { deconvnetRules, guidedRules } from "../../techniques/_relu_rules.ts";
import { distance, onNative, onWasm } from "../_support/native.ts";
import { type Case, cases } from "./_op_cases.ts";
import { BATCH, networkOf, tensor, used } from "./_op_networks.ts";

/** Both compute in single precision, in another order. */
const TOLERANCE = 2e-5;

Deno.test("the ops that the native executor has a row for are ops", () => {
  for (const name of nativeOpNames()) assert.ok(opNames().includes(name), name);
});

for (const name of nativeOpNames()) {
  Deno.test(`${name}, forward and back, in ONNX Runtime as by steps`, async () => {
    for (const testCase of cases[name]) {
      const network = networkOf(name, testCase), { attrs = {}, params = {}, inputs } = testCase;
      const shape = shapeAfter(name, inputs, { attrs: { epsilon: 1e-3, ...attrs }, params });
      await useBackend("wasm");
      const seed = tensor("seed", [BATCH, ...shape]), before = tf.memory().numTensors;
      const expected = await onWasm(() => used(network, testCase, seed));
      network.dispose();
      const { result, ran } = await onNative(() => used(network, testCase, seed));
      assert.equal(ran.length, 1, "it was left to the steps");
      for (const [i, found] of result.entries()) {
        assert.deepEqual(found.shape, expected[i].shape);
        const off = await distance(found, expected[i]);
        const what = i ? `gradient at input ${i - 1}` : "output";
        assert.ok(off < TOLERANCE, `${what} of ${JSON.stringify(testCase)} is off by ${off}`);
      }
      tf.dispose([result, expected]);
      network.dispose();
      assert.equal(tf.memory().numTensors, before, "tensors are left");
      seed.dispose();
    }
  });
}

const RULES: Readonly<Record<string, Rules | undefined>> = {
  plain: undefined,
  guided: guidedRules(),
  deconvnet: deconvnetRules(),
};

/** An objective's value, the values of a layer and the gradients there and at the image. */
async function gone(network: Network, layer: string, image: tf.Tensor4D, rules?: Rules) {
  const objective = sumOf(logit([0, 1, 0]), channelMean(layer, 0));
  const options = { rules, also: [layer], to: [INPUT, layer] };
  const { value, gradients, taps } = await network.gradient(image, objective, options);
  taps.logits.dispose();
  return [value, taps[layer], gradients[layer], gradients[INPUT]];
}

for (const { name, model, width, height, layer } of [...families, branched]) {
  Deno.test(`${name}: plain, guided and DeconvNet gradients, with taps in the middle`, async () => {
    const { network } = model();
    await useBackend("wasm");
    const before = tf.memory().numTensors;
    const image = tensor("image", [BATCH, height, width, 3]) as tf.Tensor4D;
    for (const [kind, rules] of Object.entries(RULES)) {
      const expected = await onWasm(() => gone(network, layer, image, rules));
      const { result, ran } = await onNative(() => gone(network, layer, image, rules));
      assert.equal(ran.length, 1);
      for (const [i, found] of result.entries()) {
        const off = await distance(found, expected[i]);
        assert.ok(off < TOLERANCE, `${kind}, ${i} is off by ${off}`);
      }
      tf.dispose([result, expected]);
    }
    network.dispose();
    image.dispose();
    assert.equal(tf.memory().numTensors, before);
  });
}

Deno.test("the built-in network answers and is explained alike, also from its middle on", async () => {
  const { network } = await loadModel(DEFAULT_MODEL);
  const [height, width] = network.graph.input.shape.map((n) => n ?? 48);
  const middle = network.graph.nodes[Math.floor(network.graph.nodes.length / 2)].name;
  await useBackend("wasm");
  const image = tensor("image", [2, height, width, 3]) as tf.Tensor4D;
  const work = async () => {
    const pass = await network.forward(image, { taps: [middle, "logits"] });
    const rest = await network.forward({ [middle]: pass.value(middle) }, {
      taps: ["logits", middle],
      gradient: true,
      to: [middle],
    });
    const seed = tf.onesLike(rest.value("logits"));
    const { [middle]: first } = await rest.backward({ logits: seed }, { retain: true });
    const { [middle]: again } = await rest.backward({ logits: seed, [middle]: first });
    await assert.rejects(rest.backward({ logits: seed }), /has gone back already/);
    const own = [pass.value("logits"), rest.value("logits"), rest.value(middle)]
      .map((x) => tf.reshape(x, x.shape));
    pass.dispose();
    rest.dispose();
    seed.dispose();
    return [...own, first, again];
  };
  const expected = await onWasm(work);
  const { result, ran } = await onNative(work);
  assert.equal(ran.length, 2);
  for (const [i, found] of result.entries()) {
    assert.ok(await distance(found, expected[i]) < TOLERANCE, `value ${i} is off`);
  }
  tf.dispose([result, expected, image]);
  network.dispose();
});

Deno.test("where no gradient arrives there are zeros", async () => {
  const { network } = branched.model();
  const image = tensor("image", [1, branched.height, branched.width, 3]) as tf.Tensor4D;
  const { ran } = await onNative(async () => {
    const pass = await network.forward(image, {
      taps: [INPUT, "logits"],
      gradient: true,
      to: [INPUT, branched.layer],
    });
    const seed = tf.onesLike(image);
    const gradients = await pass.backward({ [INPUT]: seed });
    assert.deepEqual(await gradients[INPUT].data(), await seed.data());
    assert.ok((await gradients[branched.layer].data()).every((n) => n === 0));
    assert.deepEqual(await pass.value(INPUT).data(), await image.data());
    tf.dispose([gradients, seed]);
    pass.dispose();
  });
  assert.equal(ran.length, 1);
  network.dispose();
  image.dispose();
});

Deno.test("an op or a rule that has no row is left to the steps", async () => {
  const testCase: Case = cases.softmax[0], network = networkOf("softmax", testCase);
  const shape = [BATCH, ...testCase.inputs[0]], seed = tensor("seed", shape);
  const softmax = await onNative(() => used(network, testCase, seed));
  assert.equal(softmax.ran.length, 0);

  const { network: small } = families[0].model();
  const image = tensor("image", [BATCH, families[0].height, families[0].width, 3]) as tf.Tensor4D;
  const nameless = { relu: { backward: (dy: tf.Tensor) => [tf.relu(dy)] } };
  const known = { relu: { ...op("relu"), name: "guided" }, add: { ...op("add"), name: "guided" } };
  for (const rules of [nameless, known]) {
    const { ran, result } = await onNative(() => gone(small, families[0].layer, image, rules));
    assert.equal(ran.length, 0);
    tf.dispose(result);
  }
  const { ran, result } = await onNative(() => gone(small, families[0].layer, image));
  assert.equal(ran.length, 1);
  await useBackend("wasm");
  tf.dispose([softmax.result, result, seed, image]);
  for (const net of [network, small]) net.dispose();
});

Deno.test("an abort between forward and back leaves nothing behind", async () => {
  const { network, ...small } = { ...families[0], ...families[0].model() };
  await useBackend("native");
  const before = tf.memory().numTensors;
  const image = tensor("image", [BATCH, small.height, small.width, 3]) as tf.Tensor4D;
  const stop = new AbortController(), options = { gradient: true, signal: stop.signal };
  const pass = await network.forward(image, options);
  const seed = tf.onesLike(pass.value(network.graph.output));
  stop.abort(new Error("enough"));
  await assert.rejects(pass.backward({ [network.graph.output]: seed }), /enough/);
  await assert.rejects(network.forward(image, options), /enough/);
  pass.dispose();
  tf.dispose([image, seed]);
  network.dispose();
  assert.equal(tf.memory().numTensors, before);
});

Deno.test("results say what ran; `wasm` is another backend on the same memory", async () => {
  const backend = await useBackend("native");
  assert.equal(backend.name, "native");
  assert.match(backend.adapter, /^ONNX Runtime \d+\.\d+\.\d+, \d+ threads?$/);
  assert.match(backend.kernel, /^onnxruntime, /);
  assert.equal(currentBackend(), backend);
  assert.equal(await useBackend("auto"), backend);
  assert.equal(tf.getBackend(), "wasm");
  const { name, kernel } = await useBackend("wasm");
  assert.equal(name, "wasm");
  assert.doesNotMatch(kernel, /onnxruntime/);
  assert.equal(currentBackend()?.name, "wasm");
});

Deno.test("a plan of small steps alone is left to the steps, which sum more exactly", async () => {
  const { network, ...small } = { ...families[0], ...families[0].model() };
  const image = tensor("image", [BATCH, small.height, small.width, 3]) as tf.Tensor4D;
  const gradients: tf.Tensor[][] = [];
  for (const backend of ["wasm", "native"] as const) {
    await useBackend(backend);
    gradients.push(await gone(network, small.layer, image));
  }
  for (const [i, found] of gradients[1].entries()) {
    assert.deepEqual(await found.data(), await gradients[0][i].data());
  }
  tf.dispose([gradients, image]);
  network.dispose();
});

Deno.test("a pass outlives its network's sessions, and the network can be used again", async () => {
  const { network, ...small } = { ...branched, ...branched.model() };
  const image = tensor("image", [1, small.height, small.width, 3]) as tf.Tensor4D;
  const { ran } = await onNative(async () => {
    const pass = await network.forward(image, { gradient: true });
    const seed = tf.onesLike(pass.value(network.graph.output));
    network.dispose();
    const { [INPUT]: late } = await pass.backward({ [network.graph.output]: seed });
    pass.dispose();
    const again = await network.forward(image, { gradient: true });
    const { [INPUT]: anew } = await again.backward({ [network.graph.output]: seed });
    again.dispose();
    assert.deepEqual(await anew.data(), await late.data());
    tf.dispose([seed, late, anew]);
  });
  assert.equal(ran.length, 2);
  network.dispose();
  image.dispose();
});
