import assert from "node:assert/strict";
import { GraphBuilder } from "../../engine/builder.ts";
import { INPUT } from "../../engine/graph.ts";
import { lastConvolutionalLayer } from "../../engine/layers.ts";
import { architectureOf } from "../../models/mod.ts";
import { branched, families } from "../../conformance/networks.ts";

const LAST: Readonly<Record<string, string>> = {
  resnet18: "layer4",
  resnet50: "layer4",
  resnet152d: "layer4",
  wide_resnet50_2: "layer4",
  vgg11: "features.19",
  vgg16: "features.29",
  vgg19_bn: "features.51",
  "resnet20-cifar": "layer3",
  resnext50_32x4d: "layer4",
  alexnet: "features.11",
  // the classes' maps themselves
  squeezenet1_1: "classifier.2",
  googlenet: "inception5b",
  inception_v3: "Mixed_7c",
  densenet121: "relu",
  mobilenet_v2: "features",
  mobilenetv2_100: "bn2",
  mobilenet_v3_small: "features",
  mobilenetv3_small_100: "blocks",
  mnasnet1_0: "layers",
  efficientnet_b0: "features",
  shufflenet_v2_x1_0: "conv5",
  regnet_y_400mf: "trunk_output",
  regnety_004: "s4",
  convnext_tiny: "features",
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

/** A network's end behind a convolution `conv` of 4 channels; its output. */
const ENDS: Readonly<Record<string, [layer: string, end: (net: GraphBuilder) => string]>> = {
  "branches that meet before the pool": ["both", (net) => {
    const both = net.sum("both", [net.relu("a", "conv"), net.add("b", "sigmoid", "conv")]);
    return net.globalAvgPool("pool", both);
  }],
  "branches that are joined side by side": ["mixed", (net) => {
    const mixed = net.add("mixed", "concat", [net.relu("a", "conv"), net.relu("b", "conv")]);
    return net.dense("fc", net.globalAvgPool("pool", mixed), 8, 2);
  }],
  "one layer pooled in two ways": ["a", (net) => {
    const a = net.relu("a", "conv"), mean = net.globalAvgPool("mean", a);
    return net.add("both", "concat", [mean, net.add("most", "globalMaxPool", a)]);
  }],
  "branches pooled each for itself": ["conv", (net) => {
    const [a, b] = [net.relu("a", "conv"), net.add("b", "sigmoid", "conv")];
    return net.sum("both", [net.globalAvgPool("of a", a), net.globalAvgPool("of b", b)]);
  }],
  "squeeze and excite": ["b", (net) => {
    const pooled = net.globalAvgPool("squeeze", "conv");
    const gate = net.add("gate", "sigmoid", net.dense("excite", pooled, 4, 4));
    const wide = net.add("wide", "reshape", gate, { shape: [1, 1, 4] });
    const scaled = net.add("scaled", "multiply", ["conv", wide]);
    return net.dense("fc", net.globalAvgPool("pool", net.relu("b", scaled)), 4, 2);
  }],
  "batch-norm and ReLU behind the last block": ["a", (net) => {
    const both = net.add("both", "concat", ["conv", net.relu("branch", "conv")]);
    const a = net.relu("a", net.batchNorm("bn", both, 8));
    return net.dense("fc", net.globalAvgPool("pool", a), 8, 2);
  }],
  "windows that pool it first, and dropout": ["a", (net) => {
    const pooled = net.maxPool("max", net.relu("a", "conv"), { kernel: 2 });
    return net.globalAvgPool("pool", net.add("dropout", "identity", pooled));
  }],
  "a window as large as the picture, and a head of convolutions": ["a", (net) => {
    const pooled = net.avgPool("mean", net.relu("a", "conv"), { kernel: 8 });
    const hidden = net.relu("hidden", net.conv("c2", pooled, { in: 4, out: 4, kernel: 1 }));
    return net.add("flat", "flatten", net.conv("c3", hidden, { in: 4, out: 2, kernel: 1 }));
  }],
  "channels that are shuffled": ["a", (net) => {
    const shuffle = (name: string, from: string) => {
      const grouped = net.add(`${name} in groups`, "reshape", from, { shape: [8, 8, 2, 2] });
      const turned = net.add(`${name} turned`, "permute", grouped, { order: [0, 1, 3, 2] });
      return net.add(name, "reshape", turned, { shape: [8, 8, 4] });
    };
    const c2 = net.conv("c2", shuffle("first", "conv"), { in: 4, out: 4, kernel: 1 });
    return net.globalAvgPool("pool", shuffle("last", net.relu("a", c2)));
  }],
  "a map of scores": [
    "a",
    (net) => net.conv("head", net.relu("a", "conv"), { in: 4, out: 2, kernel: 1 }),
  ],
  "a map of scores, made larger": ["a", (net) => {
    const head = net.conv("head", net.relu("a", "conv"), { in: 4, out: 2, kernel: 1 });
    return net.add("large", "upsampleNearest", head, { factor: [2, 2] });
  }],
  "features": ["a", (net) => net.relu("a", "conv")],
};

for (const [name, [layer, end]] of Object.entries(ENDS)) {
  Deno.test(`what is looked at by default: ${name}`, () => {
    const net = new GraphBuilder([8, 8, 3]);
    net.conv("conv", INPUT, { in: 3, out: 4, kernel: 1 });
    assert.equal(lastConvolutionalLayer(net.build(end(net))), layer);
  });
}

Deno.test("what is looked at by default: of a picture that first loses its axes", () => {
  const net = new GraphBuilder([8, 8, 1]);
  const plane = net.add("plane", "reshape", INPUT, { shape: [8, 8] });
  const row = net.add("row", "flatten", plane);
  const again = net.add("again", "reshape", row, { shape: [8, 8, 1] });
  net.conv("conv", again, { in: 1, out: 4, kernel: 1 });
  const a = net.relu("a", "conv"), pool = net.globalAvgPool("pool", a);
  assert.equal(lastConvolutionalLayer(net.build(net.dense("fc", pool, 4, 2))), "a");
});

Deno.test("a network without a convolution has no such layer", () => {
  const net = new GraphBuilder();
  const graph = net.build(net.dense("fc", net.globalAvgPool("pool", INPUT), 3, 2));
  assert.throws(() => lastConvolutionalLayer(graph), /no convolution/);
});
