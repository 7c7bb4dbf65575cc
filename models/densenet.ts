/**
 * DenseNet: Huang et al. 2016, "Densely Connected Convolutional Networks". Modules are named as in
 * torchvision; the ReLU before the classifier, which has no name there, is `relu`, as torchvision's
 * feature extraction calls it. timm's names of ReLUs (`norm1.act`) are understood. Published weights that still say `norm.1` for `norm1` are understood.
 */
import { GraphBuilder } from "../engine/builder.ts";
import { type Graph, INPUT } from "../engine/graph.ts";
import { type Ends, endsOf, familyAdapter, ofOps, transform } from "./_family.ts";

/** New channels of each layer, layers of each block, channels of the first convolution. */
type Config = readonly [growth: number, blocks: readonly number[], first: number];

const MEMBERS: Readonly<Record<string, Config>> = {
  densenet121: [32, [6, 12, 24, 16], 64],
  densenet161: [48, [6, 12, 36, 24], 96],
  densenet169: [32, [6, 12, 32, 32], 64],
  densenet201: [32, [6, 12, 48, 32], 64],
};

/** A layer squeezes what it reads to so many times the growth. */
const BOTTLENECK = 4;

function addLayer(
  net: GraphBuilder,
  name: string,
  before: readonly string[],
  channels: number,
  growth: number,
): string {
  const from = net.mark(), middle = BOTTLENECK * growth;
  let x = before.length > 1 ? net.unlisted(net.add(`${name}.cat`, "concat", before)) : before[0];
  x = net.relu(`${name}.relu1`, net.batchNorm(`${name}.norm1`, x, channels));
  net.alias(`${name}.norm1.act`, x);
  x = net.conv(`${name}.conv1`, x, { in: channels, out: middle, kernel: 1, bias: false });
  x = net.relu(`${name}.relu2`, net.batchNorm(`${name}.norm2`, x, middle));
  net.alias(`${name}.norm2.act`, x);
  x = net.conv(`${name}.conv2`, x, { in: middle, out: growth, kernel: 3, pad: 1, bias: false });
  return net.container(name, from, x);
}

function addTransition(net: GraphBuilder, name: string, input: string, channels: number): string {
  const from = net.mark();
  let x = net.relu(`${name}.relu`, net.batchNorm(`${name}.norm`, input, channels));
  net.alias(`${name}.norm.act`, x);
  x = net.conv(`${name}.conv`, x, { in: channels, out: channels / 2, kernel: 1, bias: false });
  return net.container(name, from, net.avgPool(`${name}.pool`, x, { kernel: 2 }));
}

function graphOf([growth, blocks, first]: Config, { channels, classes }: Ends): Graph {
  const net = new GraphBuilder([null, null, channels]), features = net.mark();
  const stem = { in: channels, out: first, kernel: 7, stride: 2, pad: 3, bias: false };
  let x = net.batchNorm("features.norm0", net.conv("features.conv0", INPUT, stem), first);
  x = net.relu("features.relu0", x);
  net.alias("features.norm0.act", x);
  x = net.maxPool("features.pool0", x, { kernel: 3, stride: 2, pad: 1 });
  let width = first;
  blocks.forEach((depth, i) => {
    const name = `features.denseblock${i + 1}`, from = net.mark(), all = [x];
    for (let layer = 1; layer <= depth; layer++) {
      all.push(addLayer(net, `${name}.denselayer${layer}`, [...all], width, growth));
      width += growth;
    }
    x = net.container(name, from, net.unlisted(net.add(`${name}.cat`, "concat", all)));
    if (i === blocks.length - 1) return;
    x = addTransition(net, `features.transition${i + 1}`, x, width);
    width /= 2;
  });
  x = net.container("features", features, net.batchNorm("features.norm5", x, width));
  x = net.relu("relu", x);
  net.alias("features.norm5.act", x);
  x = net.unlisted(net.globalAvgPool("global_pool", x));
  return net.build(net.dense("classifier", x, width, classes));
}

export const densenet = familyAdapter({
  id: "densenet",
  title: "DenseNet",
  licence: "BSD-3-Clause (torchvision's weights), Apache-2.0 (timm's)",
  source: "https://arxiv.org/abs/1608.06993",
  models: Object.keys(MEMBERS),
  renamed: [/(denselayer\d+\.(?:norm|relu|conv))\.(?=[12]\.)/, "$1"],
  inPlace: ofOps("relu"),
  build: (id, tensors) => ({
    graph: graphOf(MEMBERS[id], endsOf(tensors, "features.conv0.weight", "classifier.weight")),
    preprocess: transform(256, 224),
  }),
});
