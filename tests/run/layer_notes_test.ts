/** What a run says of layers that PyTorch computes over: by each family's own declaration. */
import assert from "node:assert/strict";
import { z } from "../../deps/zod.ts";
import { layerOption, layersOption, optionFields } from "../../core/options.ts";
import { random } from "../../core/random.ts";
import { type Values, values } from "../../core/values.ts";
import { writtenOver } from "../../engine/in_place.ts";
import { Network } from "../../engine/network.ts";
import { useBackend } from "../../engine/runtime.ts";
import { graphFromJson, graphToJson } from "../../models/_graph_json.ts";
import { architectureOf, models } from "../../models/mod.ts";
import { diagnoseLayers } from "../../run/_layer_notes.ts";
import type { Model } from "../../run/model.ts";
import { attribute, techniques, visualize } from "../../techniques/mod.ts";
import { picture } from "../../conformance/networks.ts";

/** A model of an architecture with weights of its own for what runs; none is needed for its notes. */
async function modelOf(id: string, weights: (shape: readonly number[]) => Values): Promise<Model> {
  const { graph, preprocess, inputSize } = await architectureOf(id);
  const host = new Map([...graph.parameters].map(([name, shape]) => [name, weights(shape)]));
  const network = new Network(graph, host, id);
  return {
    id,
    title: id,
    network,
    preprocess,
    inputSize,
    labels: [],
    weights: { sha256: "", source: "" },
  };
}

/** A model whose network is only looked at. */
async function bare(id: string): Promise<Model> {
  const { graph, ...rest } = await architectureOf(id);
  const network = { graph } as Network;
  return { id, title: id, labels: [], weights: { sha256: "", source: "" }, ...rest, network };
}

const asks = {
  ...techniques.get("grad-cam"),
  options: z.object({ anywhere: layersOption(), elsewhere: layerOption() }),
};
const notesOn = async (id: string, ...layers: string[]) =>
  diagnoseLayers(asks, { anywhere: layers }, await bare(id));
const sentence = (layer: string, ops: string, here: string) =>
  `In PyTorch, a hook on "${layer}" shows what the in-place ${ops} after it ` +
  `${ops.includes(" and ") ? "leave" : "leaves"}: here that is "${here}".`;

/** As torchvision's and timm's code has it: a layer, what writes over it, the layer that equals it here. */
const WRITTEN: readonly (readonly [id: string, layer: string, ops: string, here: string])[] = [
  ["vgg19", "features.23", "ReLU", "features.24"],
  ["vgg19", "features[23]", "ReLU", "features.24"],
  ["vgg16_bn", "features.1", "ReLU", "features.2"],
  ["vgg19", "classifier.0", "ReLU", "pre_logits.act1"],
  ["alexnet", "features.10", "ReLU", "features.11"],
  ["squeezenet1_1", "features.12.expand3x3", "ReLU", "features.12.expand3x3_activation"],
  ["squeezenet1_1", "classifier.1", "ReLU", "classifier.2"],
  ["densenet121", "features.norm0", "ReLU", "features.relu0"],
  ["densenet121", "features", "ReLU", "relu"],
  ["googlenet", "inception3a.branch1.bn", "ReLU", "inception3a.branch1"],
  ["inception_v3", "Mixed_7c.branch1x1.bn", "ReLU", "Mixed_7c.branch1x1"],
  ["resnet50", "bn1", "ReLU", "act1"],
  ["resnet50", "layer3.1.bn3", "addition and ReLU", "layer3.1.act3"],
  ["resnet152d", "layer3.1.drop_block", "ReLU", "layer3.1.act2"],
  ["resnet18", "layer4.1.bn2", "addition and ReLU", "layer4.1.act2"],
  ["mobilenet_v2", "features.1.conv.0.1", "ReLU6", "features.1.conv.0.2"],
  ["mobilenet_v3_small", "features.0.1", "Hardswish", "features.0.2"],
  ["mnasnet1_0", "layers.1", "ReLU", "layers.2"],
  ["efficientnet_b0", "features.0.1", "SiLU", "features.0.2"],
  ["shufflenet_v2_x1_0", "conv1.1", "ReLU", "conv1.2"],
  ["regnet_y_400mf", "stem.1", "ReLU", "stem.2"],
  ["mobilenet_v3_small", "features.3.block", "addition", "features.3"],
  ["efficientnet_b0", "features.2.1.block.3.1", "addition", "features.2.1"],
  ["resnet20-cifar", "layer1.0.bn2", "addition", "layer1.0.sum"],
];

/** And layers over which nothing is written. */
const KEPT: readonly (readonly [id: string, layer: string])[] = [
  ["vgg19", "features.24"],
  ["vgg19", "features.36"],
  ["vgg16_bn", "features.0"],
  ["resnet50", "layer3"],
  ["resnet50", "layer3.1.conv3"],
  ["resnet50", "layer2.0.downsample"],
  ["resnet20-cifar", "layer1.0.bn1"],
  ["resnet20-cifar", "layer1.0.sum"],
  ["resnet50", "layer1.0.sum"],
  ["mobilenet_v2", "features.3.conv.3"],
  ["mobilenet_v3_small", "features.1.block.1.fc1"],
  ["regnet_y_400mf", "trunk_output.block1.block1-0.f.se.fc1"],
  ["convnext_tiny", "features.1.0.block.3"],
  ["phosphene-vgg", "features.30"],
  ["vgg19", "input"],
  ["vgg19", "no such layer"],
];

Deno.test("a layer that PyTorch computes over is told, with the layer that equals it here", async () => {
  for (const [id, layer, ops, here] of WRITTEN) {
    assert.deepEqual(await notesOn(id, layer), [sentence(layer, ops, here)], id);
  }
});

Deno.test("a layer over which nothing is written is not", async () => {
  for (const [id, layer] of KEPT) assert.deepEqual(await notesOn(id, layer), [], `${id} ${layer}`);
});

Deno.test("each layer of several is told, whatever the option is called; the default layer is not", async () => {
  const model = await bare("vgg19");
  const both = { anywhere: ["features.0", "features.1"], elsewhere: "features.2" };
  const told = [
    sentence("features.0", "ReLU", "features.1"),
    sentence("features.2", "ReLU", "features.3"),
  ];
  assert.deepEqual(diagnoseLayers(asks, both, model), told);
  // as the command line has them
  assert.deepEqual(diagnoseLayers(asks, { anywhere: "features.0, features.2" }, model), told);
  assert.deepEqual(diagnoseLayers(asks, {}, model), []);
  assert.ok(optionFields(asks.options).every(({ role }) => role === "layer"));
});

Deno.test("marks survive a file, and lead on through every family's graph", async () => {
  for (const { models: ids } of models) {
    for (const id of ids) {
      const { graph } = await architectureOf(id);
      const marked = graph.nodes.filter(({ attrs }) => attrs.inPlace === true);
      for (const { name, inputs } of marked) {
        const over = writtenOver(graph, inputs[0]).map((node) => node.name);
        assert.equal(over[0], name, `${id}: two write over ${inputs[0]}`);
      }
    }
  }
  const { graph } = await architectureOf("vgg11");
  const again = graphFromJson(graphToJson(graph), (reason) => assert.fail(reason));
  assert.deepEqual(
    writtenOver(again, "features.0").map(({ name }) => name),
    ["features.1"],
  );
});

Deno.test("runs say it, of attributions and of visualizations, and compute the layer that was asked for", async () => {
  await useBackend("cpu");
  const { normalValues } = random(1);
  const model = await modelOf("squeezenet1_1", (shape) => normalValues(shape, 0, 0.05));
  const small = {
    ...model,
    preprocess: { ...model.preprocess, resize: null, crop: null },
    labels: Array.from({ length: 1000 }, (_, i) => `${i}`),
  };
  const layer = "features.3.expand1x1", note = sentence(layer, "ReLU", `${layer}_activation`);
  const cam = await attribute("grad-cam", {
    model: small,
    image: picture(48, 48),
    options: { layer },
  });
  assert.ok(cam.diagnosis.includes(note));
  const run = (layer: string) =>
    visualize("filter-viz", { model: small, options: { layer, steps: 1, size: "48x48" } });
  const before = await run(layer), after = await run(`${layer}_activation`);
  assert.ok(before.diagnosis.includes(note));
  assert.ok(!after.diagnosis.some((said) => said.startsWith("In PyTorch")));
  assert.notDeepEqual(before.losses, after.losses, "the layer itself, not what is written over it");
  assert.deepEqual(values(before.image, before.image.shape).shape, [48, 48, 3]);
  model.network.dispose();
});
