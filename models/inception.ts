/**
 * Inception v3: Szegedy et al. 2015, "Rethinking the Inception Architecture for Computer Vision".
 * Modules are named as in torchvision and timm. torchvision normalizes pictures for its weights by
 * ImageNet's mean and deviation and then (`transform_input`) undoes that to 0.5 and 0.5, which is
 * declared here at once, as in timm.
 */
import { GraphBuilder, type Size2 } from "../engine/builder.ts";
import { type Graph, INPUT } from "../engine/graph.ts";
import { basicConv } from "./_blocks.ts";
import { type Ends, endsOf, familyAdapter, ofOps, transform } from "./_family.ts";
import { COLOURS } from "./catalogue/entry.ts";

/** One convolution: the end of its name, channels, window, stride (1 where left out). */
type Step = readonly [name: string, out: number, kernel: Size2, stride?: number];

/** Convolutions one after the other; then perhaps two beside each other that both read the last. */
interface Branch {
  readonly steps: readonly Step[];
  readonly fork?: readonly [Step, Step];
}

interface Block {
  readonly branches: readonly Branch[];
  /** Channels of the pooled branch's convolution; where left out it is pooled at half the size. */
  readonly pooled?: number;
}

const branch = (...steps: Step[]): Branch => ({ steps });

const blockA = (pooled: number): Block => ({
  branches: [
    branch(["1x1", 64, 1]),
    branch(["5x5_1", 48, 1], ["5x5_2", 64, 5]),
    branch(["3x3dbl_1", 64, 1], ["3x3dbl_2", 96, 3], ["3x3dbl_3", 96, 3]),
  ],
  pooled,
});

const blockC = (c: number): Block => ({
  branches: [
    branch(["1x1", 192, 1]),
    branch(["7x7_1", c, 1], ["7x7_2", c, [1, 7]], ["7x7_3", 192, [7, 1]]),
    branch(
      ["7x7dbl_1", c, 1],
      ["7x7dbl_2", c, [7, 1]],
      ["7x7dbl_3", c, [1, 7]],
      ["7x7dbl_4", c, [7, 1]],
      ["7x7dbl_5", 192, [1, 7]],
    ),
  ],
  pooled: 192,
});

const fork = (name: string): [Step, Step] => [
  [`${name}a`, 384, [1, 3]],
  [`${name}b`, 384, [3, 1]],
];

const BLOCK_E: Block = {
  branches: [
    branch(["1x1", 320, 1]),
    { steps: [["3x3_1", 384, 1]], fork: fork("3x3_2") },
    { steps: [["3x3dbl_1", 448, 1], ["3x3dbl_2", 384, 3]], fork: fork("3x3dbl_3") },
  ],
  pooled: 192,
};

const BLOCKS: Readonly<Record<string, Block>> = {
  Mixed_5b: blockA(32),
  Mixed_5c: blockA(64),
  Mixed_5d: blockA(64),
  Mixed_6a: {
    branches: [
      branch(["3x3", 384, 3, 2]),
      branch(["3x3dbl_1", 64, 1], ["3x3dbl_2", 96, 3], ["3x3dbl_3", 96, 3, 2]),
    ],
  },
  Mixed_6b: blockC(128),
  Mixed_6c: blockC(160),
  Mixed_6d: blockC(160),
  Mixed_6e: blockC(192),
  Mixed_7a: {
    branches: [
      branch(["3x3_1", 192, 1], ["3x3_2", 320, 3, 2]),
      branch(
        ["7x7x3_1", 192, 1],
        ["7x7x3_2", 192, [1, 7]],
        ["7x7x3_3", 192, [7, 1]],
        ["7x7x3_4", 192, 3, 2],
      ),
    ],
  },
  Mixed_7b: BLOCK_E,
  Mixed_7c: BLOCK_E,
};

/** A value and its channels. */
type Wide = readonly [node: string, channels: number];

/** A convolution of a block: it keeps the size, or halves it and takes whole windows. */
function addStep(net: GraphBuilder, block: string, [x, channels]: Wide, step: Step): Wide {
  const [name, out, kernel, stride = 1] = step;
  const [h, w] = typeof kernel === "number" ? [kernel, kernel] : kernel;
  const [y, z] = stride > 1 ? [0, 0] : [(h - 1) / 2, (w - 1) / 2];
  const o = { in: channels, out, kernel, stride, pad: [y, y, z, z] as const };
  return [basicConv(net, `${block}.branch${name}`, x, o), out];
}

const sideBySide = (net: GraphBuilder, name: string, all: readonly Wide[]): Wide => [
  net.unlisted(net.add(name, "concat", all.map(([node]) => node))),
  all.reduce((sum, [, channels]) => sum + channels, 0),
];

function addBlock(net: GraphBuilder, name: string, input: Wide, block: Block): Wide {
  const from = net.mark();
  const ends = block.branches.map(({ steps, fork }): Wide => {
    const last = steps.reduce((x, step) => addStep(net, name, x, step), input);
    if (!fork) return last;
    const both = fork.map((step) => addStep(net, name, last, step));
    return sideBySide(net, `${name}.branch${fork[0][0].slice(0, -1)}.cat`, both);
  });
  const pool = `${name}.pool`, [x, channels] = input;
  if (block.pooled === undefined) {
    const pooled = net.maxPool(pool, x, { kernel: 3, stride: 2 });
    ends.push([net.unlisted(pooled), channels]);
  } else {
    const mean = net.avgPool(pool, x, { kernel: 3, stride: 1, pad: 1, countPadding: true });
    ends.push(addStep(net, name, [net.unlisted(mean), channels], ["_pool", block.pooled, 1]));
  }
  const [all, width] = sideBySide(net, `${name}.cat`, ends);
  return [net.container(name, from, all), width];
}

function graphOf({ channels, classes }: Ends): Graph {
  const net = new GraphBuilder([null, null, channels]);
  const pool = { kernel: 3, stride: 2 };
  let x = basicConv(net, "Conv2d_1a_3x3", INPUT, { in: channels, out: 32, kernel: 3, stride: 2 });
  x = basicConv(net, "Conv2d_2a_3x3", x, { in: 32, out: 32, kernel: 3 });
  x = basicConv(net, "Conv2d_2b_3x3", x, { in: 32, out: 64, kernel: 3, pad: 1 });
  x = net.maxPool("maxpool1", x, pool);
  net.alias("Pool1", x);
  x = basicConv(net, "Conv2d_3b_1x1", x, { in: 64, out: 80, kernel: 1 });
  x = basicConv(net, "Conv2d_4a_3x3", x, { in: 80, out: 192, kernel: 3 });
  x = net.maxPool("maxpool2", x, pool);
  net.alias("Pool2", x);
  let wide: Wide = [x, 192];
  for (const [name, block] of Object.entries(BLOCKS)) wide = addBlock(net, name, wide, block);
  const [last, width] = wide;
  x = net.module("dropout", net.globalAvgPool("avgpool", last));
  net.alias("global_pool", x);
  return net.build(net.dense("fc", x, width, classes));
}

export const inception = familyAdapter({
  id: "inception",
  title: "Inception v3",
  licence: "BSD-3-Clause (torchvision's weights), Apache-2.0 (timm's)",
  source: "https://arxiv.org/abs/1512.00567",
  models: ["inception_v3"],
  auxiliary: ["AuxLogits"],
  inPlace: ofOps("relu"),
  build: (_, tensors) => ({
    graph: graphOf(endsOf(tensors, "Conv2d_1a_3x3.conv.weight", "fc.weight")),
    preprocess: { ...transform(342, 299), ...COLOURS.half },
  }),
});
