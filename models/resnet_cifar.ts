/**
 * The small ResNets for 32×32 pictures of He et al. 2015, section 4.2: three stages of 16, 32 and
 * 64 channels, shortcuts without parameters (option A). Parameters are named as in the widespread
 * PyTorch implementation whose weights they read (`layer1.0.conv1`, …, `linear`).
 */
import { GraphBuilder } from "../engine/builder.ts";
import { type Graph, INPUT } from "../engine/graph.ts";
import { channelsOf, evaluation, familyAdapter, ofOps, rowsOf } from "./_family.ts";

const WIDTHS = [16, 32, 64];

export function cifarGraph(blocks: number, classes: number, inputs = 3): Graph {
  const net = new GraphBuilder([null, null, inputs]);
  const conv = (name: string, x: string, from: number, to: number, stride = 1) =>
    net.conv(name, x, { in: from, out: to, kernel: 3, stride, pad: 1, bias: false });
  let x = net.relu("relu", net.batchNorm("bn1", conv("conv1", INPUT, inputs, 16), 16));
  let channels = 16;
  WIDTHS.forEach((width, stage) => {
    const layer = `layer${stage + 1}`, start = net.mark();
    for (let i = 0; i < blocks; i++) {
      const name = `${layer}.${i}`, from = net.mark(), input = x;
      const stride = i === 0 && stage > 0 ? 2 : 1, growth = width - channels;
      x = conv(`${name}.conv1`, input, channels, width, stride);
      x = net.relu(`${name}.relu1`, net.batchNorm(`${name}.bn1`, x, width));
      x = net.batchNorm(`${name}.bn2`, conv(`${name}.conv2`, x, width, width), width);
      const shortcut = growth === 0
        ? net.module(`${name}.shortcut`, input)
        : net.add(`${name}.shortcut`, "shortcutA", input, {
          stride,
          channels: [growth / 2, growth / 2],
        });
      x = net.relu(`${name}.relu2`, net.unlisted(net.sum(`${name}.sum`, [x, shortcut])));
      net.container(name, from, x);
      channels = width;
    }
    net.container(layer, start, x);
  });
  return net.build(net.dense("linear", net.globalAvgPool("avgpool", x), 64, classes));
}

const DEPTHS = [20, 32, 44, 56, 110];
const CIFAR10 = [
  "airplane",
  "automobile",
  "bird",
  "cat",
  "deer",
  "dog",
  "frog",
  "horse",
  "ship",
  "truck",
];

/** `resnet20-cifar` and its deeper siblings; 6n + 2 layers. */
export const resnetCifar = familyAdapter({
  id: "resnet-cifar",
  title: "ResNet for CIFAR",
  licence: "BSD-2-Clause (the published CIFAR-10 weights)",
  source: "https://arxiv.org/abs/1512.03385",
  models: DEPTHS.map((depth) => `resnet${depth}-cifar`),
  inPlace: ofOps("add"),
  build(id, tensors) {
    const depth = Number(/\d+/.exec(id)![0]), classes = rowsOf(tensors, "linear.weight") ?? 10;
    return {
      graph: cifarGraph((depth - 2) / 6, classes, channelsOf(tensors, "conv1.weight")),
      preprocess: evaluation(32, 1, "bicubic"),
      labels: classes === CIFAR10.length ? CIFAR10 : undefined,
    };
  },
});
