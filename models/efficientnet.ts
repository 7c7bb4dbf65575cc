/**
 * EfficientNet: Tan and Le 2019, "EfficientNet: Rethinking Model Scaling for Convolutional Neural
 * Networks". The weights tell whose names and preprocessing they have: torchvision's
 * (`features.1.0.block.0.0`), as without weights, or timm's (`blocks.0.0.conv_dw`).
 */
import { GraphBuilder } from "../engine/builder.ts";
import { type Graph, INPUT } from "../engine/graph.ts";
import type { Preprocess } from "../image/preprocess.ts";
import {
  classifier,
  convNormActivation,
  inEights,
  plus,
  SQUEEZE_NAMES,
  squeezeExcite,
} from "./_blocks.ts";
import { type Ends, endsOf, evaluation, familyAdapter, hasKey, transform } from "./_family.ts";
import { type InvertedResidual, isResidual, ofEach, type StageRow, stagesOf } from "./_inverted.ts";
import { TIMM_ENDS, timmEfficientGraph } from "./_timm_efficient.ts";

const ROWS: readonly StageRow[] = [
  [1, 3, 1, 16, 1],
  [6, 3, 2, 24, 2],
  [6, 5, 2, 40, 2],
  [6, 3, 2, 80, 3],
  [6, 5, 1, 112, 3],
  [6, 5, 2, 192, 4],
  [6, 3, 1, 320, 1],
];
const STEM = 32, LAST = 1280, activation = "silu";
const GATE = { activation, gate: "sigmoid" } as const;

interface Config {
  readonly width: number;
  readonly depth: number;
  readonly torchvision: Preprocess;
  readonly timm: Preprocess;
}

const member = (
  width: number,
  depth: number,
  torchvision: Preprocess,
  [size, share]: readonly [number, number],
): Config => ({ width, depth, torchvision, timm: evaluation(size, share, "bicubic") });

const MEMBERS: Readonly<Record<string, Config>> = {
  efficientnet_b0: member(1, 1, transform(256, 224, "bicubic"), [224, 0.875]),
  efficientnet_b1: member(1, 1.1, transform(256, 240, "bicubic"), [240, 0.875]),
  efficientnet_b2: member(1.1, 1.2, transform(288, 288, "bicubic"), [256, 0.875]),
  efficientnet_b3: member(1.2, 1.4, transform(320, 300, "bicubic"), [288, 0.875]),
  efficientnet_b4: member(1.4, 1.8, transform(384, 380, "bicubic"), [320, 0.875]),
};

function scaled({ width, depth }: Config) {
  const stem = inEights(STEM * width), squeezed = (channels: number) => Math.floor(channels / 4);
  const stages = stagesOf(ROWS, stem, { width, depth, activation, squeezed });
  return { stem, stages, head: inEights(LAST * width) };
}

function addBlock(net: GraphBuilder, name: string, input: string, block: InvertedResidual): string {
  const from = net.mark(), base = `${name}.block`, { expanded, out, squeezed } = block;
  let x = input, at = 0;
  if (expanded !== block.in) {
    const o = { in: block.in, out: expanded, kernel: 1, activation } as const;
    x = convNormActivation(net, `${base}.${at++}`, x, o);
  }
  x = convNormActivation(net, `${base}.${at++}`, x, { ...ofEach(block), activation });
  const gate = { channels: expanded, squeezed: squeezed!, ...GATE };
  x = squeezeExcite(net, `${base}.${at++}`, x, gate, SQUEEZE_NAMES.torchvision);
  x = convNormActivation(net, `${base}.${at}`, x, { in: expanded, out, kernel: 1 });
  net.module(`${name}.stochastic_depth`, net.container(base, from, x));
  return net.container(name, from, isResidual(block) ? plus(net, name, x, input) : x);
}

function torchvisionGraph(config: Config, { channels, classes }: Ends): Graph {
  const net = new GraphBuilder([null, null, channels]), features = net.mark();
  const { stem, stages, head } = scaled(config);
  const first = { in: channels, out: stem, kernel: 3, stride: 2, activation } as const;
  let x = convNormActivation(net, "features.0", INPUT, first);
  stages.forEach((stage, i) => {
    const name = `features.${i + 1}`, from = net.mark();
    stage.forEach((block, j) => x = addBlock(net, `${name}.${j}`, x, block));
    net.container(name, from, x);
  });
  const last = { in: stages.at(-1)!.at(-1)!.out, out: head, kernel: 1, activation } as const;
  x = convNormActivation(net, `features.${stages.length + 1}`, x, last);
  x = net.globalAvgPool("avgpool", net.container("features", features, x));
  return net.build(classifier(net, "classifier", x, head, classes));
}

/** A member by timm's names. */
export function timmEfficientNet(id: string, ends: Ends): Graph {
  return timmEfficientGraph({ ...scaled(MEMBERS[id]), activation, squeeze: GATE }, ends);
}

export const efficientnet = familyAdapter({
  id: "efficientnet",
  title: "EfficientNet",
  licence: "BSD-3-Clause (torchvision's weights), Apache-2.0 (timm's)",
  source: "https://arxiv.org/abs/1905.11946",
  models: Object.keys(MEMBERS),
  otherwise: (id) => timmEfficientNet(id, endsOf(undefined, ...TIMM_ENDS)),
  // torchvision's blocks add what they read over their last batch-norm; timm's make a new sum
  inPlace: ({ op, name }) => op === "swish" || op === "add" && name.startsWith("features."),
  build(id, tensors) {
    const config = MEMBERS[id];
    if (hasKey(tensors, TIMM_ENDS[0])) {
      const graph = timmEfficientNet(id, endsOf(tensors, ...TIMM_ENDS));
      return { graph, preprocess: config.timm };
    }
    const ends = endsOf(tensors, "features.0.0.weight", "classifier.1.weight");
    return { graph: torchvisionGraph(config, ends), preprocess: config.torchvision };
  },
});
