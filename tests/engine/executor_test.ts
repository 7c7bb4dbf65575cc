/** Executors: which one runs a plan, and what it is told. */
import assert from "node:assert/strict";
import * as tf from "../../deps/tfjs.ts";
import type { Executor, Plan } from "../../engine/executor.ts";
import { stepwise } from "../../engine/executors/steps.ts";
import { logit } from "../../engine/objectives.ts";
import { ruleFor } from "../../engine/rules.ts";
import { runtime, useBackend } from "../../engine/runtime.ts";
import { deconvnetRules, guidedRules } from "../../techniques/_relu_rules.ts";
import { families } from "../../conformance/networks.ts";

await useBackend("wasm");
const small = families[0], { network } = small.model();
const image = tf.keep(
  tf.randomNormal<tf.Rank.R4>([1, small.height, small.width, 3], 0, 1, "float32", 1),
);

/** Puts an executor before the others while `work` runs. */
async function withExecutor<R>(executor: Executor, work: () => Promise<R>): Promise<R> {
  runtime.executors.unshift(executor);
  try {
    return await work();
  } finally {
    runtime.executors.shift();
  }
}

/** The names that a plan's rules go by; undefined for one that has none. */
const ruleNames = ({ steps, rules }: Plan) =>
  new Set(steps.flatMap(({ node, activationNode }) =>
    [node, activationNode].flatMap((at) => {
      const rule = at && ruleFor(rules, at);
      return rule ? [rule.name] : [];
    })
  ));

Deno.test("the first executor that can run a plan does; the steps run what is left", async () => {
  const asked: Plan[] = [], started: Plan[] = [];
  const picky: Executor = {
    id: "picky",
    can(plan) {
      asked.push(plan);
      return plan.to.size === 0;
    },
    start(plan, ...rest) {
      started.push(plan);
      return stepwise.start(plan, ...rest);
    },
  };
  const expected = await network.logits(image);
  await withExecutor(picky, async () => {
    const logits = await network.logits(image);
    assert.deepEqual(await logits.data(), await expected.data());
    const { value, gradients, taps } = await network.gradient(image, logit(0));
    tf.dispose([logits, value, gradients, taps]);
  });
  assert.deepEqual([asked.length, started.length], [2, 1]);
  assert.deepEqual([...asked[0].given], ["input"]);
  assert.deepEqual([...asked[1].to], [["input", "input"]]);
  expected.dispose();
});

Deno.test("executors know the rules of guided backprop and DeconvNet by their names", async () => {
  const seen: (string | undefined)[][] = [];
  const curious: Executor = {
    id: "curious",
    can: (plan) => seen.push([...ruleNames(plan)]) === 0,
    start: stepwise.start,
  };
  const nameless = { relu: { backward: (dy: tf.Tensor) => [tf.relu(dy)] } };
  await withExecutor(curious, async () => {
    for (const rules of [undefined, guidedRules(), deconvnetRules(), nameless]) {
      const { value, gradients, taps } = await network.gradient(image, logit(0), { rules });
      tf.dispose([value, gradients, taps]);
    }
  });
  assert.deepEqual(seen, [[], ["guided"], ["deconvnet"], [undefined]]);
});

Deno.test("a pass goes on from values in the middle", async () => {
  const layers = ["layer1.0.act2", "logits"];
  const whole = await network.forward(image, { taps: layers, gradient: true });
  const middle = whole.value(layers[0]);
  const rest = await network.forward({ [layers[0]]: middle }, {
    gradient: true,
    to: [layers[0]],
  });
  const logits = rest.value(network.graph.output);
  assert.deepEqual(await logits.data(), await whole.value("logits").data());
  const seed = tf.onesLike(logits);
  const [a, b] = [
    await rest.backward({ [network.graph.output]: seed }),
    await network.gradient(image, { layers: ["logits"], value: (read) => tf.sum(read("logits")) }, {
      to: [layers[0]],
    }),
  ];
  assert.deepEqual(await a[layers[0]].data(), await b.gradients[layers[0]].data());
  tf.dispose([seed, a, b.value, b.gradients, b.taps]);
  whole.dispose();
  rest.dispose();
});

Deno.test("values that are missing or do not fit are told before anything runs", async () => {
  const wrong = tf.zeros([1, 3, 3, 1]), pooled = tf.zeros([1, 8]);
  await assert.rejects(network.forward({ "layer1.0.act2": wrong }), {
    name: "UserError",
    message: /does not accept \[3, 3, 1\] at "layer1.0.act2"/,
  });
  await assert.rejects(
    network.forward({ "layer2.0.act2": pooled }, { taps: ["layer1.0.act2"] }),
    /reads "input", whose value is not given/,
  );
  tf.dispose([wrong, pooled]);
});
