/**
 * ConvNeXt: Liu et al. 2022, "A ConvNet for the 2020s". The weights tell whose names and
 * preprocessing they have: torchvision's (`features.1.0.block.0`), as without weights, or timm's
 * (`stages.0.blocks.0.conv_dw`).
 */
import { GraphBuilder } from "../engine/builder.ts";
import { type Graph, INPUT } from "../engine/graph.ts";
import type { Preprocess } from "../image/preprocess.ts";
import { activate, plus } from "./_blocks.ts";
import { type Ends, endsOf, evaluation, familyAdapter, hasKey, transform } from "./_family.ts";

/** What tells one ConvNeXt from another. */
export interface ConvNeXtConfig {
  /** Blocks in each stage. */
  readonly depths: readonly number[];
  /** Channels of the first stage; each further one has twice as many. */
  readonly width: number;
}

interface Member extends ConvNeXtConfig {
  readonly torchvision: Preprocess;
  readonly timm: Preprocess;
}

const member = (depth: number, width: number, resize: number, share: number): Member => ({
  depths: [3, 3, depth, 3],
  width,
  torchvision: transform(resize, 224),
  timm: evaluation(224, share, "bicubic"),
});

/** The members, and how each library prepares pictures for its weights. */
export const MEMBERS: Readonly<Record<string, Member>> = {
  convnext_tiny: member(9, 96, 236, 0.95),
  convnext_small: member(27, 96, 230, 0.95),
  convnext_base: member(27, 128, 232, 0.875),
  convnext_large: member(27, 192, 232, 0.875),
};

const EPSILON = 1e-6;

/** What a library calls the parts of a block; those that compute nothing, and what each gives. */
interface Names {
  readonly parts: readonly [each: string, norm: string, wide: string, act: string, narrow: string];
  readonly scale: string;
  /** The shape of the factors, in the engine's order. */
  readonly factors: (channels: number) => number[];
  /** Module → the part (by its place) whose output it is. */
  readonly idle: Readonly<Record<string, number>>;
  /** Modules that hold all parts from one to another. */
  readonly holds: Readonly<Record<string, readonly [from: number, to: number]>>;
  /** What the block's input is added from, and the dropout of all the rest. */
  readonly shortcut?: string;
  readonly drop: string;
}

const TORCHVISION: Names = {
  parts: ["block.0", "block.2", "block.3", "block.4", "block.5"],
  scale: "layer_scale",
  factors: (channels) => [1, 1, channels],
  idle: { "block.1": 0, "block.6": 4 },
  holds: { block: [0, 4] },
  drop: "stochastic_depth",
};

const TIMM: Names = {
  parts: ["conv_dw", "norm", "mlp.fc1", "mlp.act", "mlp.fc2"],
  scale: "gamma",
  factors: (channels) => [channels],
  idle: { "mlp.drop1": 3, "mlp.norm": 3, "mlp.drop2": 4 },
  holds: { mlp: [2, 4] },
  shortcut: "shortcut",
  drop: "drop_path",
};

function addBlock(
  net: GraphBuilder,
  name: string,
  input: string,
  channels: number,
  names: Names,
): string {
  const start = net.mark(), marks: number[] = [], ends: string[] = [];
  const [each, norm, wide, act, narrow] = names.parts.map((part) => `${name}.${part}`);
  let x = input;
  const parts = [
    () => net.depthwise(each, x, { channels, kernel: 7, pad: 3 }),
    () => net.layerNorm(norm, x, channels, EPSILON),
    () => net.dense(wide, x, channels, 4 * channels),
    () => activate(net, "gelu", act, x),
    () => net.dense(narrow, x, 4 * channels, channels),
  ];
  parts.forEach((add, at) => {
    marks.push(net.mark());
    ends.push(x = add());
    for (const [idle, part] of Object.entries(names.idle)) {
      if (part === at) net.module(`${name}.${idle}`, x);
    }
  });
  for (const [holder, [from, to]] of Object.entries(names.holds)) {
    net.container(`${name}.${holder}`, marks[from], ends[to]);
  }
  const factors = [`${name}.${names.scale}`, names.factors(channels)] as const;
  x = net.unlisted(net.add(`${name}.mul`, "scale", x, {}, { scale: factors }));
  if (names.shortcut) net.module(`${name}.${names.shortcut}`, input);
  net.module(`${name}.${names.drop}`, x);
  return net.container(name, start, plus(net, name, x, input));
}

/** A layer normalization and a convolution that halves the size. */
function addDownsample(net: GraphBuilder, name: string, x: string, [from, out]: number[]): string {
  const start = net.mark(), norm = net.layerNorm(`${name}.0`, x, from, EPSILON);
  const o = { in: from, out, kernel: 2, stride: 2 };
  return net.container(name, start, net.conv(`${name}.1`, norm, o));
}

/** The convolution of 4×4 pixels and its layer normalization. */
function addStem(net: GraphBuilder, name: string, out: number): string {
  const from = net.mark(), o = { in: net.channels, out, kernel: 4, stride: 4 };
  const x = net.conv(`${name}.0`, INPUT, o);
  return net.container(name, from, net.layerNorm(`${name}.1`, x, out, EPSILON));
}

const widthsOf = ({ depths, width }: ConvNeXtConfig) =>
  depths.map((_, stage) => width * 2 ** stage);

/** Writes the graph by torchvision's names. */
export function torchvisionGraph(config: ConvNeXtConfig, { channels, classes }: Ends): Graph {
  const net = new GraphBuilder([null, null, channels]), features = net.mark();
  const widths = widthsOf(config);
  let x = addStem(net, "features.0", widths[0]), at = 1;
  config.depths.forEach((depth, stage) => {
    if (stage > 0) x = addDownsample(net, `features.${at++}`, x, widths.slice(stage - 1));
    const name = `features.${at++}`, from = net.mark();
    for (let i = 0; i < depth; i++) {
      x = addBlock(net, `${name}.${i}`, x, widths[stage], TORCHVISION);
    }
    net.container(name, from, x);
  });
  x = net.globalAvgPool("avgpool", net.container("features", features, x));
  const from = net.mark(), width = widths.at(-1)!;
  x = net.module("classifier.1", net.layerNorm("classifier.0", x, width, EPSILON));
  return net.build(
    net.container("classifier", from, net.dense("classifier.2", x, width, classes)),
  );
}

/** Writes the graph by timm's names. */
export function timmGraph(config: ConvNeXtConfig, { channels, classes }: Ends): Graph {
  const net = new GraphBuilder([null, null, channels]), widths = widthsOf(config);
  let x = addStem(net, "stem", widths[0]);
  const stages = net.mark();
  config.depths.forEach((depth, stage) => {
    const name = `stages.${stage}`, from = net.mark(), down = `${name}.downsample`;
    x = stage > 0 ? addDownsample(net, down, x, widths.slice(stage - 1)) : net.module(down, x);
    const blocks = net.mark();
    for (let i = 0; i < depth; i++) {
      x = addBlock(net, `${name}.blocks.${i}`, x, widths[stage], TIMM);
    }
    net.container(name, from, net.container(`${name}.blocks`, blocks, x));
  });
  net.module("norm_pre", net.container("stages", stages, x));
  const head = net.mark(), width = widths.at(-1)!;
  x = net.globalAvgPool("head.global_pool", x);
  for (const part of ["pool", "flatten"]) net.module(`head.global_pool.${part}`, x);
  x = net.layerNorm("head.norm", x, width, EPSILON);
  for (const part of ["flatten", "pre_logits", "drop"]) net.module(`head.${part}`, x);
  return net.build(net.container("head", head, net.dense("head.fc", x, width, classes)));
}

const TIMM_ENDS = ["stem.0.weight", "head.fc.weight"] as const;

export const convnext = familyAdapter({
  id: "convnext",
  title: "ConvNeXt",
  licence: "BSD-3-Clause (torchvision's weights), Apache-2.0 (timm's)",
  source: "https://arxiv.org/abs/2201.03545",
  models: Object.keys(MEMBERS),
  otherwise: (id) => timmGraph(MEMBERS[id], endsOf(undefined, ...TIMM_ENDS)),
  build(id, tensors) {
    const config = MEMBERS[id];
    if (hasKey(tensors, TIMM_ENDS[0])) {
      return { graph: timmGraph(config, endsOf(tensors, ...TIMM_ENDS)), preprocess: config.timm };
    }
    const ends = endsOf(tensors, "features.0.0.weight", "classifier.2.weight");
    return { graph: torchvisionGraph(config, ends), preprocess: config.torchvision };
  },
});
