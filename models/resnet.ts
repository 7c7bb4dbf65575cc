/**
 * Residual networks: He et al. 2015, "Deep Residual Learning for Image Recognition"; with the deep
 * stem and average-pool shortcuts of He et al. 2018, "Bag of Tricks" (the `d` variants); wide as in
 * Zagoruyko and Komodakis 2016, and in groups as in Xie et al. 2016 (ResNeXt). Modules are named as in timm; torchvision's names are understood.
 */
import { GraphBuilder } from "../engine/builder.ts";
import { type Graph, INPUT } from "../engine/graph.ts";
import type { Preprocess } from "../image/preprocess.ts";
import { channelsOf, evaluation, familyAdapter, ofOps, rowsOf } from "./_family.ts";

/** What tells one ResNet from another. */
export interface ResNetConfig {
  readonly block: "basic" | "bottleneck";
  /** Blocks in each stage. */
  readonly depths: readonly number[];
  /** Channels of each stage, before a bottleneck's fourfold. */
  readonly widths?: readonly number[];
  /**
   * `plain`: 7×7 stride 2, then a max-pool; `deep`: three 3×3, then a max-pool; `small`: one 3×3
   * at full size, for small pictures.
   */
  readonly stem: "plain" | "deep" | "small";
  /** How a shortcut halves its size: a strided 1×1 convolution, or an average pool and a 1×1. */
  readonly shortcut: "conv" | "pool";
  /** How much wider the middle of a bottleneck is than its stage. Default 1. */
  readonly widen?: number;
  /** How many groups of channels the middle of a bottleneck is convolved in. Default 1. */
  readonly groups?: number;
}

const EXPANSION = { basic: 1, bottleneck: 4 };

function addStem(
  net: GraphBuilder,
  stem: ResNetConfig["stem"],
  width: number,
  channels: number,
): string {
  let x: string;
  if (stem === "deep") {
    const from = net.mark(), half = width / 2;
    x = net.conv("conv1.0", INPUT, {
      in: channels,
      out: half,
      kernel: 3,
      stride: 2,
      pad: 1,
      bias: false,
    });
    x = net.relu("conv1.2", net.batchNorm("conv1.1", x, half));
    x = net.conv("conv1.3", x, { in: half, out: half, kernel: 3, pad: 1, bias: false });
    x = net.relu("conv1.5", net.batchNorm("conv1.4", x, half));
    x = net.conv("conv1.6", x, { in: half, out: width, kernel: 3, pad: 1, bias: false });
    net.container("conv1", from, x);
  } else {
    const kernel = stem === "plain" ? { kernel: 7, stride: 2, pad: 3 } : { kernel: 3, pad: 1 };
    x = net.conv("conv1", INPUT, { in: channels, out: width, bias: false, ...kernel });
  }
  x = net.relu("act1", net.batchNorm("bn1", x, width));
  net.alias("relu", x);
  return stem === "small" ? x : net.maxPool("maxpool", x, { kernel: 3, stride: 2, pad: 1 });
}

interface Block {
  readonly name: string;
  readonly config: ResNetConfig;
  readonly in: number;
  readonly width: number;
  readonly stride: number;
}

function addShortcut(net: GraphBuilder, input: string, block: Block): string {
  const { name, config, stride } = block;
  const out = block.width * EXPANSION[config.block];
  if (stride === 1 && block.in === out) return input;
  const from = net.mark(), base = `${name}.downsample`;
  const pooled = config.shortcut === "pool";
  let x = input;
  if (pooled) {
    x = stride === 1
      ? net.module(`${base}.0`, x)
      : net.avgPool(`${base}.0`, x, { kernel: 2, stride, ceil: true });
  }
  const [conv, norm] = pooled ? [`${base}.1`, `${base}.2`] : [`${base}.0`, `${base}.1`];
  x = net.conv(conv, x, { in: block.in, out, kernel: 1, stride: pooled ? 1 : stride, bias: false });
  return net.container(base, from, net.batchNorm(norm, x, out));
}

function addBasic(net: GraphBuilder, input: string, shortcut: string, block: Block): string {
  const { name, width, stride } = block;
  let x = net.conv(`${name}.conv1`, input, {
    in: block.in,
    out: width,
    kernel: 3,
    stride,
    pad: 1,
    bias: false,
  });
  x = net.module(`${name}.drop_block`, net.batchNorm(`${name}.bn1`, x, width));
  x = net.module(`${name}.aa`, net.relu(`${name}.act1`, x));
  x = net.conv(`${name}.conv2`, x, { in: width, out: width, kernel: 3, pad: 1, bias: false });
  x = net.batchNorm(`${name}.bn2`, x, width);
  return net.relu(`${name}.act2`, net.unlisted(net.sum(`${name}.sum`, [x, shortcut])));
}

function addBottleneck(net: GraphBuilder, input: string, shortcut: string, block: Block): string {
  const { name, stride, config } = block;
  const middle = block.width * (config.widen ?? 1), out = block.width * 4;
  let x = net.conv(`${name}.conv1`, input, { in: block.in, out: middle, kernel: 1, bias: false });
  x = net.relu(`${name}.act1`, net.batchNorm(`${name}.bn1`, x, middle));
  x = net.conv(`${name}.conv2`, x, {
    in: middle,
    out: middle,
    kernel: 3,
    stride,
    pad: 1,
    groups: config.groups,
    bias: false,
  });
  x = net.module(`${name}.drop_block`, net.batchNorm(`${name}.bn2`, x, middle));
  x = net.module(`${name}.aa`, net.relu(`${name}.act2`, x));
  x = net.conv(`${name}.conv3`, x, { in: middle, out, kernel: 1, bias: false });
  x = net.batchNorm(`${name}.bn3`, x, out);
  return net.relu(`${name}.act3`, net.unlisted(net.sum(`${name}.sum`, [x, shortcut])));
}

/** Writes the graph of a ResNet. */
export function resnetGraph(config: ResNetConfig, classes: number, channels = 3): Graph {
  const widths = config.widths ?? [64, 128, 256, 512];
  const add = config.block === "basic" ? addBasic : addBottleneck;
  const net = new GraphBuilder([null, null, channels]);
  let x = addStem(net, config.stem, widths[0], channels), before = widths[0];
  config.depths.forEach((depth, stage) => {
    const layer = `layer${stage + 1}`, start = net.mark(), width = widths[stage];
    for (let i = 0; i < depth; i++) {
      const name = `${layer}.${i}`, stride = i === 0 && stage > 0 ? 2 : 1;
      const block = { name, config, in: before, width, stride };
      const from = net.mark();
      // the shortcut runs first, so that backward its gradient is there to be added to last
      const shortcut = addShortcut(net, x, block), between = net.mark();
      x = add(net, x, shortcut, block);
      net.listLast(from, between);
      net.container(name, from, x);
      net.alias(`${name}.relu`, x);
      before = width * EXPANSION[config.block];
    }
    net.container(layer, start, x);
  });
  const pooled = net.globalAvgPool("global_pool", x);
  net.module("global_pool.pool", pooled);
  net.module("global_pool.flatten", pooled);
  net.alias("avgpool", pooled);
  return net.build(net.dense("fc", pooled, before, classes));
}

const basic = { block: "basic", stem: "plain", shortcut: "conv" } as const;
const bottleneck = { block: "bottleneck", stem: "plain", shortcut: "conv" } as const;
const deep = { block: "bottleneck", stem: "deep", shortcut: "pool" } as const;

/** The family's members, and how timm prepares pictures for their published weights. */
const MEMBERS: Readonly<Record<string, readonly [config: ResNetConfig, preprocess: Preprocess]>> = {
  resnet18: [{ ...basic, depths: [2, 2, 2, 2] }, evaluation(224, 0.95, "bicubic")],
  resnet34: [{ ...basic, depths: [3, 4, 6, 3] }, evaluation(224, 0.95, "bicubic")],
  resnet50: [{ ...bottleneck, depths: [3, 4, 6, 3] }, evaluation(224, 0.95, "bicubic")],
  resnet101: [{ ...bottleneck, depths: [3, 4, 23, 3] }, evaluation(224, 0.95, "bicubic")],
  resnet152: [{ ...bottleneck, depths: [3, 8, 36, 3] }, evaluation(224, 0.95, "bicubic")],
  resnet26d: [{ ...deep, depths: [2, 2, 2, 2] }, evaluation(224, 0.875, "bicubic")],
  resnet50d: [{ ...deep, depths: [3, 4, 6, 3] }, evaluation(224, 0.875, "bicubic")],
  resnet101d: [{ ...deep, depths: [3, 4, 23, 3] }, evaluation(256, 0.95, "bicubic")],
  resnet152d: [{ ...deep, depths: [3, 8, 36, 3] }, evaluation(256, 0.95, "bicubic")],
  wide_resnet50_2: [
    { ...bottleneck, depths: [3, 4, 6, 3], widen: 2 },
    evaluation(224, 0.95, "bicubic"),
  ],
  resnext50_32x4d: [
    { ...bottleneck, depths: [3, 4, 6, 3], widen: 2, groups: 32 },
    evaluation(224, 0.95, "bicubic"),
  ],
  resnext101_32x8d: [
    { ...bottleneck, depths: [3, 4, 23, 3], widen: 4, groups: 32 },
    evaluation(224, 0.875, "bilinear"),
  ],
  resnext101_64x4d: [
    { ...bottleneck, depths: [3, 4, 23, 3], widen: 4, groups: 64 },
    evaluation(224, 0.95, "bicubic"),
  ],
};

/** ResNets for ImageNet-sized pictures. */
export const resnet = familyAdapter({
  id: "resnet",
  title: "ResNet",
  licence: "Apache-2.0 (timm's weights), BSD-3-Clause (torchvision's)",
  source: "https://arxiv.org/abs/1512.03385, https://arxiv.org/abs/1812.01187, " +
    "https://arxiv.org/abs/1611.05431",
  models: Object.keys(MEMBERS),
  inPlace: ofOps("relu", "add"),
  build(id, tensors) {
    const [config, preprocess] = MEMBERS[id];
    const classes = rowsOf(tensors, "fc.weight") ?? 1000;
    const channels = channelsOf(
      tensors,
      config.stem === "deep" ? "conv1.0.weight" : "conv1.weight",
    );
    return { graph: resnetGraph(config, classes, channels), preprocess };
  },
});
