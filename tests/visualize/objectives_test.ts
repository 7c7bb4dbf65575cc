/** Objectives against those of Lucid, Lucent and PyTorch, and by themselves. */
import assert from "node:assert/strict";
import * as tf from "../../deps/tfjs.ts";
import type { Values } from "../../core/values.ts";
import { useBackend } from "../../engine/runtime.ts";
import { loadModel } from "../../models/mod.ts";
import { parseObjective } from "../../visualize/expression.ts";
import "../../visualize/objectives/mod.ts";
import { forEachBackend } from "../_support/backends.ts";
import { absence, hasShared, shared } from "../_support/reference.ts";
import { near } from "../_support/tensors.ts";

const FOLDER = "feature-viz-and-metrics/", LAYER = "layer2", PICTURE = "car";

interface Facts {
  readonly layer: string;
  readonly other_layer: string;
  readonly channel: number;
  readonly other_channel: number;
  readonly class: number;
  readonly row: number;
  readonly column: number;
  readonly values: Readonly<Record<string, number>>;
}

/** The reference's objectives as expressions. */
function expressions(facts: Facts, direction: Values): Record<string, string> {
  const { layer, other_layer, channel, other_channel, class: wanted, row, column } = facts;
  const v = `[${[...direction].join(", ")}]`;
  return {
    channel: `channel(${layer}, ${channel})`,
    neuron: `neuron(${layer}, ${channel})`,
    neuron_at: `neuron(${layer}, ${channel}, ${row}, ${column})`,
    direction_dot: `direction(${layer}, ${v})`,
    direction_pow1: `direction(${layer}, ${v}, 1)`,
    direction_pow2: `direction(${layer}, ${v}, power=2)`,
    direction_cosine_lucent: `cosine(${layer}, ${v})`,
    direction_neuron_pow1: `direction(${layer}, ${v}, 1, 8, 8)`,
    deepdream: `layer(${layer})`,
    class_logit: `logit(${wanted})`,
    class_log_probability: `log_probability(${wanted})`,
    channel_plus_class: `0.5*channel(${layer}, ${channel}) + 2 * logit(${wanted})`,
    l1: "l1",
    l2: "l2()",
    total_variation: "tv",
    diversity: `diversity(${layer})`,
    diversity_lucent_negated: `diversity(${layer})`,
    alignment_lucent: `alignment(${layer})`,
    interpolation: `interpolation(channel(${layer}, ${channel}), ` +
      `channel(${other_layer}, ${other_channel}))`,
    channel_of_batch: `channel(${layer}, ${channel})`,
    channel_of_second: `channel(${layer}, ${channel}, batch=1)`,
  };
}

if (hasShared) {
  forEachBackend("objectives and their gradients are the reference's", async (backend) => {
    const name = `${FOLDER}objectives-${LAYER}-${PICTURE}`;
    const tensors = shared.tensors(`${name}.safetensors`);
    const facts = shared.json<Facts>(`${name}.json`);
    const weights = shared.path("models/resnet20-12fca82f.th");
    const model = await loadModel("resnet20-cifar", { weights });
    const texts = expressions(facts, tensors.get("direction")!);
    assert.deepEqual(Object.keys(texts).sort(), Object.keys(facts.values).sort());
    const tolerance = backend === "webgpu" ? 1e-3 : 1e-4;
    for (const [key, text] of Object.entries(texts)) {
      const gradient = tensors.get(`${key}.gradient`)!;
      const input = tensors.get(gradient.shape[0] === 4 ? "batch" : "input")!;
      const image = tf.tensor4d(input, [...input.shape] as [number, number, number, number]);
      const objective = parseObjective(text, model);
      const { value, gradients, taps } = await model.network.gradient(image, objective);
      near(await value.data(), [facts.values[key]], tolerance, key);
      near(await gradients.input.data(), gradient, tolerance, `${key}.gradient`);
      tf.dispose([image, value, gradients, taps]);
    }
    model.network.dispose();
  });
} else Deno.test({ name: `objectives are the reference's${absence}`, ignore: true, fn() {} });

Deno.test("the parser", async () => {
  await useBackend("cpu");
  const model = await loadModel("phosphene-resnet");
  for (
    const text of [
      "channel(layer4, 3",
      "chanel(layer4, 2)",
      "channel(layer4, 2) + 3",
      "",
      "3*",
      "channel(layer9, 2)",
      "channel(layer4, 9999)",
      "logit(dog)",
      "channel(layer4)",
      "channel(layer4, 2, 3)",
      "channel(layer4, x=3)",
      "tv*tv",
      "channel(layer4,2)/0",
      "channel(layer4, 1) channel(layer4, 2)",
    ]
  ) {
    try {
      parseObjective(text, model);
      console.log("OK?", text);
    } catch (e) {
      console.log((e as Error).message);
    }
  }
  model.network.dispose();
});
