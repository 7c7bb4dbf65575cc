/** Small networks of every kind, with synthetic weights. */
import type { Model } from "../run/model.ts";
import type { Preprocess } from "../image/preprocess.ts";
import type { Picture } from "../image/mod.ts";
import { GraphBuilder } from "../engine/builder.ts";
import { type Graph, INPUT } from "../engine/graph.ts";
import type { Network } from "../engine/network.ts";
import { IMAGENET_MEAN, IMAGENET_STD } from "../models/_family.ts";
import { resnetGraph } from "../models/resnet.ts";
import { cifarGraph } from "../models/resnet_cifar.ts";
import { timmGraph, torchvisionGraph } from "../models/vgg.ts";
import { synthetic, syntheticNetwork } from "./synthetic.ts";

const asItIs: Preprocess = {
  resize: null,
  crop: null,
  interpolation: "bilinear",
  mean: IMAGENET_MEAN,
  std: IMAGENET_STD,
  range: 1,
  channelOrder: "rgb",
};

const ofGray: Preprocess = { ...asItIs, mean: [0.5], std: [0.25], channelOrder: "gray" };

/** A network as a model that takes pictures as they are. */
export function modelOf(network: Network, width: number, height: number): Model {
  const [classes] = network.shapeOf("logits", height, width);
  const [, , channels] = network.graph.input.shape;
  return {
    id: network.name,
    title: network.name,
    network,
    preprocess: channels === 1 ? ofGray : asItIs,
    inputSize: { width, height },
    labels: Array.from({ length: classes }, (_, i) => `class ${i}`),
    weights: { sha256: "0".repeat(64), source: "synthetic" },
    // as if it could be loaded again: what runs say of it is tested too
    loaded: { id: network.name, adapter: "builtin" },
  };
}

/** A picture of synthetic levels. */
export function picture(width: number, height: number): Picture {
  const levels = synthetic("image", width * height * 3, (u) => Math.floor((u + 1) * 128));
  return { width, height, data: new Uint8ClampedArray(levels) };
}

/** A small network, the size of the picture it is tried on, and a layer to dream of. */
export interface Small {
  /** What it is called in verdicts. */
  readonly name: string;
  /** Of the picture, in pixels. */
  readonly width: number;
  /** Of the picture, in pixels. */
  readonly height: number;
  /** One that has channels to dream of. */
  readonly layer: string;
  /** One that responds to {@link picture}. */
  readonly channel: number;
  /** Makes it, of the same numbers each time. */
  model(): Model;
}

const small = (
  name: string,
  [height, width]: readonly [number, number],
  [layer, channel]: readonly [string, number],
  graph: () => Graph,
  flattened?: Parameters<typeof syntheticNetwork>[2],
): Small => ({
  name,
  width,
  height,
  layer,
  channel,
  model: () => modelOf(syntheticNetwork(graph(), name, flattened), width, height),
});

const VGG = [[4], [6, 8]];

/** One of each structure that the families have; their figures of PyTorch are among the fixtures of the tests. */
export const families: readonly Small[] = [
  small("basic", [22, 18], ["layer2.1.act1", 14], () =>
    resnetGraph(
      { block: "basic", depths: [1, 2], widths: [8, 16], stem: "plain", shortcut: "conv" },
      5,
    )),
  small("deep", [27, 21], ["layer2.0.act2", 2], () =>
    resnetGraph(
      {
        block: "bottleneck",
        depths: [1, 1, 1],
        widths: [8, 8, 12],
        stem: "deep",
        shortcut: "pool",
      },
      6,
    )),
  small("wide", [20, 24], ["layer2.0.act1", 4], () =>
    resnetGraph({
      block: "bottleneck",
      depths: [1, 1],
      widths: [4, 6],
      stem: "plain",
      shortcut: "conv",
      widen: 2,
    }, 4)),
  small("small", [15, 13], ["layer2.0.act1", 7], () =>
    resnetGraph(
      { block: "basic", depths: [1, 1], widths: [6, 8], stem: "small", shortcut: "pool" },
      4,
    )),
  small("vgg-timm", [36, 30], ["features.9", 2], () => timmGraph(VGG, true, 5, 16)),
  small(
    "vgg-torchvision",
    [22, 26],
    ["features.6", 3],
    () => torchvisionGraph(VGG, false, 5, 16),
    new Map([["classifier.0.weight", [7, 7, 8]]]),
  ),
  small("cifar", [16, 16], ["layer2.1.relu1", 2], () => cifarGraph(3, 10)),
];

/**
 * A network that no family has: branches of two depths that are concatenated, one value that three
 * nodes read (one of them three times), and a ReLU behind the branches.
 */
export const branched: Small = small("branched", [14, 17], ["gate", 1], () => {
  const net = new GraphBuilder();
  const both = { in: 17, out: 8, kernel: 3 };
  const stem = net.relu("gate", net.conv("stem", INPUT, { in: 3, out: 6, kernel: 3, pad: 1 }));
  const high = { in: 6, out: 5, kernel: [3, 1], stride: [2, 1], pad: [1, 1, 0, 0] } as const;
  const left = net.relu("left.act", net.batchNorm("left.bn", net.conv("left", stem, high), 5));
  const right = net.avgPool("right", stem, { kernel: [2, 1], ceil: true });
  const tripled = net.sum("tripled", [stem, stem, stem]);
  const middle = net.maxPool("middle", tripled, { kernel: [2, 1], ceil: true });
  const again = net.relu("again", net.add("joined", "concat", [left, right, middle]));
  const sum = net.sum("sum", [net.conv("body", again, both), net.conv("side", again, both)]);
  return net.build(net.dense("fc", net.globalAvgPool("pool", net.relu("out", sum)), 8, 4));
});

/** A network of gray pictures with one output, whose sign answers yes or no. */
export const grayOne: Small = small("gray", [18, 15], ["act2", 1], () => {
  const net = new GraphBuilder([null, null, 1]);
  const one = net.relu("act1", net.conv("conv1", INPUT, { in: 1, out: 5, kernel: 3, pad: 1 }));
  const two = net.relu("act2", net.conv("conv2", one, { in: 5, out: 6, kernel: 3, stride: 2 }));
  return net.build(net.dense("fc", net.globalAvgPool("pool", two), 6, 1));
});
