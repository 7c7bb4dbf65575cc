/** Weight files of the families as they are published: old names, further heads, either library's. */
import assert from "node:assert/strict";
import { writeSafetensors } from "../../core/safetensors.ts";
import { type Values, values } from "../../core/values.ts";
import { architectureOf, loadModel } from "../../models/mod.ts";
import { timmEfficientNet } from "../../models/efficientnet.ts";
import { syntheticState } from "../../conformance/synthetic.ts";

/** Loads an id with these weights from a file. */
async function load(id: string, tensors: Map<string, Values>) {
  const weights = await Deno.makeTempFile({ suffix: ".safetensors" });
  const notes: string[] = [];
  try {
    await Deno.writeFile(weights, writeSafetensors(Object.fromEntries(tensors)));
    const model = await loadModel(id, { weights, onNote: (note) => notes.push(note) });
    model.network.dispose();
    return { model, notes };
  } finally {
    await Deno.remove(weights);
  }
}

const renamed = (tensors: Map<string, Values>, to: (key: string) => string) =>
  new Map([...tensors].map(([key, tensor]) => [to(key), tensor]));

const stateOf = async (id: string) => syntheticState((await architectureOf(id)).graph);

Deno.test("a DenseNet's weights load by the names of their first publication", async () => {
  const old = renamed(
    await stateOf("densenet121"),
    (key) => key.replace(/(denselayer\d+\.(?:norm|conv))([12])/, "$1.$2"),
  );
  assert.ok(old.has("features.denseblock1.denselayer1.norm.1.weight"));
  const { notes } = await load("densenet121", old);
  assert.deepEqual(notes, []);
});

Deno.test("heads that only training uses are left out, and told of", async () => {
  const state = await stateOf("googlenet");
  state.set("aux1.conv.conv.weight", values(new Float32Array(2), [2]));
  state.set("aux2.fc2.bias", values(new Float32Array(3), [3]));
  const { notes, model } = await load("googlenet", renamed(state, (key) => `module.${key}`));
  assert.equal(notes.filter((note) => /auxiliary heads/.test(note)).length, 1, notes.join());
  assert.deepEqual([model.preprocess.mean, model.preprocess.std], [[0.5, 0.5, 0.5], [
    0.5,
    0.5,
    0.5,
  ]]);
});

Deno.test("the weights tell whose EfficientNet it is, also behind a prefix", async () => {
  const layers = {
    "features.1.0.block.0.0": await stateOf("efficientnet_b0"),
    "blocks.0.0.conv_dw": syntheticState(
      timmEfficientNet("efficientnet_b0", { channels: 3, classes: 4 }),
    ),
  };
  for (const [layer, state] of Object.entries(layers)) {
    const behind = renamed(state, (key) => `model.module.${key}`);
    const { model } = await load("efficientnet_b0", behind);
    assert.equal(model.network.layer(layer), layer);
  }
});
