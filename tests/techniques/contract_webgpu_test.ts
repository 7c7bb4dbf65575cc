/** Every technique of the registry on the GPU: the same picture as on wasm, to rounding. */
import assert from "node:assert/strict";
import * as tf from "../../deps/tfjs.ts";
import { useBackend } from "../../engine/runtime.ts";
import type { Technique } from "../../run/technique.ts";
import { techniques } from "../../techniques/mod.ts";
import { forEachBackend } from "../_support/backends.ts";
import { rawOf, requestOf, runAll } from "../../conformance/running.ts";
import { families } from "../../conformance/networks.ts";
import { near } from "../_support/tensors.ts";

/** On the VGG, rounding turns a decision over in the caricature's third step; Adam makes 1e-2 of it. */
const smallFor = ({ id }: Technique) =>
  families.find(({ name }) => name === (id === "caricature" ? "basic" : "vgg-torchvision"))!;

for (const technique of techniques) {
  forEachBackend(`${technique.id}: as on wasm, and nothing left`, async (backend) => {
    await useBackend("wasm");
    const small = smallFor(technique);
    const request = requestOf(technique, small, small.model());
    const expected = rawOf((await runAll(technique, request)).run);

    await useBackend(backend);
    const before = tf.memory().numTensors;
    const found = rawOf((await runAll(technique, request)).run);
    const weights = tf.memory().numTensors - before;
    for (const [name, numbers] of Object.entries(found)) {
      near(numbers, expected[name], 1e-3, `${technique.id}: ${name}`);
    }
    await runAll(technique, request);
    assert.equal(tf.memory().numTensors - before, weights, "tensors were left behind");
    request.model.network.dispose();
  }, ["webgpu"]);
}
