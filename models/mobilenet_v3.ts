/**
 * MobileNet v3: Howard et al. 2019, "Searching for MobileNetV3". `mobilenet_v3_large` and `_small` are
 * torchvision's, with its names and its batch-norms' ε of 0.001; `mobilenetv3_large_100` and
 * `_small_100` are timm's, with 0.00001.
 */
import { GraphBuilder } from "../engine/builder.ts";
import { type Graph, INPUT } from "../engine/graph.ts";
import {
  activate,
  convNormActivation,
  inEights,
  plus,
  SQUEEZE_NAMES,
  squeezeExcite,
} from "./_blocks.ts";
import { type Ends, endsOf, evaluation, familyAdapter, transform } from "./_family.ts";
import { type InvertedResidual, isResidual, ofEach } from "./_inverted.ts";
import { TIMM_ENDS, timmEfficientGraph } from "./_timm_efficient.ts";

/** Squeezed or not; ReLU or hard swish. */
type Row = readonly [
  kernel: number,
  expanded: number,
  out: number,
  squeezes: boolean,
  activation: "RE" | "HS",
  stride: number,
];

interface Config {
  readonly rows: readonly Row[];
  /** Channels of the hidden layer of the classifier. */
  readonly hidden: number;
}

const STEM = 16, EPSILON = 1e-3;

const SIZES: Readonly<Record<"large" | "small", Config>> = {
  large: {
    rows: [
      [3, 16, 16, false, "RE", 1],
      [3, 64, 24, false, "RE", 2],
      [3, 72, 24, false, "RE", 1],
      [5, 72, 40, true, "RE", 2],
      [5, 120, 40, true, "RE", 1],
      [5, 120, 40, true, "RE", 1],
      [3, 240, 80, false, "HS", 2],
      [3, 200, 80, false, "HS", 1],
      [3, 184, 80, false, "HS", 1],
      [3, 184, 80, false, "HS", 1],
      [3, 480, 112, true, "HS", 1],
      [3, 672, 112, true, "HS", 1],
      [5, 672, 160, true, "HS", 2],
      [5, 960, 160, true, "HS", 1],
      [5, 960, 160, true, "HS", 1],
    ],
    hidden: 1280,
  },
  small: {
    rows: [
      [3, 16, 16, true, "RE", 2],
      [3, 72, 24, false, "RE", 2],
      [3, 88, 24, false, "RE", 1],
      [5, 96, 40, true, "HS", 2],
      [5, 240, 40, true, "HS", 1],
      [5, 240, 40, true, "HS", 1],
      [5, 120, 48, true, "HS", 1],
      [5, 144, 48, true, "HS", 1],
      [5, 288, 96, true, "HS", 2],
      [5, 576, 96, true, "HS", 1],
      [5, 576, 96, true, "HS", 1],
    ],
    hidden: 1024,
  },
};

function blocksOf({ rows }: Config): InvertedResidual[] {
  let channels = STEM;
  return rows.map(([kernel, expanded, out, squeezes, activation, stride]) => {
    const block = {
      in: channels,
      expanded,
      out,
      kernel,
      stride,
      activation: activation === "HS" ? "hardswish" : "relu",
      squeezed: squeezes ? inEights(Math.floor(expanded / 4)) : undefined,
    } as const;
    channels = out;
    return block;
  });
}

const GATE = { activation: "relu", gate: "hardsigmoid" } as const;

function addBlock(net: GraphBuilder, name: string, input: string, block: InvertedResidual): string {
  const from = net.mark(), base = `${name}.block`, epsilon = EPSILON;
  const { expanded, out, activation, squeezed } = block;
  let x = input, at = 0;
  if (expanded !== block.in) {
    const o = { in: block.in, out: expanded, kernel: 1, activation, epsilon };
    x = convNormActivation(net, `${base}.${at++}`, x, o);
  }
  x = convNormActivation(net, `${base}.${at++}`, x, { ...ofEach(block), activation, epsilon });
  if (squeezed) {
    const gate = { channels: expanded, squeezed, ...GATE };
    x = squeezeExcite(net, `${base}.${at++}`, x, gate, SQUEEZE_NAMES.torchvision);
  }
  x = convNormActivation(net, `${base}.${at}`, x, { in: expanded, out, kernel: 1, epsilon });
  net.container(base, from, x);
  return net.container(name, from, isResidual(block) ? plus(net, name, x, input) : x);
}

function torchvisionGraph(config: Config, { channels, classes }: Ends): Graph {
  const net = new GraphBuilder([null, null, channels]), features = net.mark();
  const ends = { activation: "hardswish", epsilon: EPSILON } as const;
  const stem = { in: channels, out: STEM, kernel: 3, stride: 2, ...ends };
  let x = convNormActivation(net, "features.0", INPUT, stem), at = 1;
  const blocks = blocksOf(config), width = blocks.at(-1)!.out;
  for (const block of blocks) x = addBlock(net, `features.${at++}`, x, block);
  const last = { in: width, out: 6 * width, kernel: 1, ...ends };
  x = net.container("features", features, convNormActivation(net, `features.${at}`, x, last));
  x = net.globalAvgPool("avgpool", x);
  const from = net.mark();
  x = net.dense("classifier.0", x, 6 * width, config.hidden);
  x = net.module("classifier.2", activate(net, "hardswish", "classifier.1", x));
  x = net.dense("classifier.3", x, config.hidden, classes);
  return net.build(net.container("classifier", from, x));
}

function timmGraph(config: Config, ends: Ends): Graph {
  const stages: InvertedResidual[][] = [];
  for (const block of blocksOf(config)) {
    if (block.out === stages.at(-1)?.[0].out) stages.at(-1)!.push(block);
    else stages.push([block]);
  }
  const last = 6 * stages.at(-1)![0].out;
  const about = { activation: "hardswish", squeeze: GATE, pooledFirst: true } as const;
  return timmEfficientGraph({ ...about, stem: STEM, stages, last, head: config.hidden }, ends);
}

const TORCHVISION = { mobilenet_v3_large: SIZES.large, mobilenet_v3_small: SIZES.small };
const TIMM: Readonly<Record<string, Config>> = {
  mobilenetv3_large_100: SIZES.large,
  mobilenetv3_small_100: SIZES.small,
};

export const mobilenetV3 = familyAdapter({
  id: "mobilenet-v3",
  title: "MobileNet v3",
  licence: "BSD-3-Clause (torchvision's weights), Apache-2.0 (timm's)",
  source: "https://arxiv.org/abs/1905.02244",
  models: [...Object.keys(TORCHVISION), ...Object.keys(TIMM)],
  // of torchvision's, squeezing keeps what it rectifies, and blocks add over their last batch-norm
  inPlace: ({ op, name }) =>
    op === "hardSwish" || op === "relu" && !name.endsWith(".activation") ||
    op === "add" && name.startsWith("features."),
  build(id, tensors) {
    if (id in TIMM) {
      const graph = timmGraph(TIMM[id], endsOf(tensors, ...TIMM_ENDS));
      return { graph, preprocess: evaluation(224, 0.875, "bicubic") };
    }
    const ends = endsOf(tensors, "features.0.0.weight", "classifier.3.weight");
    const config = TORCHVISION[id as keyof typeof TORCHVISION];
    return { graph: torchvisionGraph(config, ends), preprocess: transform(256, 224) };
  },
});
