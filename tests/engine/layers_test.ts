import assert from "node:assert/strict";
import { GraphBuilder } from "../../engine/builder.ts";
import { INPUT } from "../../engine/graph.ts";
import { lastConvolutionalLayer } from "../../engine/layers.ts";
import { architectureOf } from "../../models/mod.ts";
import { branched, families } from "../_support/networks.ts";

const LAST: Readonly<Record<string, string>> = {
  resnet18: "layer4",
  resnet50: "layer4",
  resnet152d: "layer4",
  wide_resnet50_2: "layer4",
  vgg11: "features.19",
  vgg16: "features.29",
  vgg19_bn: "features.51",
  "resnet20-cifar": "layer3",
};

for (const [id, layer] of Object.entries(LAST)) {
  Deno.test(`the last convolutional layer of ${id} is ${layer}`, async () => {
    assert.equal(lastConvolutionalLayer((await architectureOf(id)).graph), layer);
  });
}

Deno.test("the last convolutional layer is a picture, and ends in what follows the convolution", () => {
  for (const small of [...families, branched]) {
    const { network } = small.model();
    const layer = lastConvolutionalLayer(network.graph);
    assert.equal(network.shapeOf(layer, small.height, small.width).length, 3, small.name);
    const node = network.graph.nodes.find((n) => n.name === network.layer(layer))!;
    assert.equal(node.op, "relu", small.name);
  }
});

Deno.test("a convolution whose value several read is the layer itself", () => {
  const net = new GraphBuilder();
  const conv = net.conv("conv", INPUT, { in: 3, out: 4, kernel: 1 });
  const both = net.sum("both", [net.relu("a", conv), net.add("b", "sigmoid", conv)]);
  assert.equal(lastConvolutionalLayer(net.build(net.globalAvgPool("pool", both))), "conv");
});

Deno.test("a network without a convolution has no such layer", () => {
  const net = new GraphBuilder();
  const graph = net.build(net.dense("fc", net.globalAvgPool("pool", INPUT), 3, 2));
  assert.throws(() => lastConvolutionalLayer(graph), /no convolution/);
});
