/**
 * timm's one layout of MobileNets, EfficientNets and MNASNets: `conv_stem`, `blocks.2.1.conv_dw`,
 * `conv_head`. What is called `bn1` there is a batch-norm with its activation.
 */
import { GraphBuilder } from "../engine/builder.ts";
import { type Graph, INPUT } from "../engine/graph.ts";
import {
  activate,
  type ActivationName,
  conv,
  normAct,
  plus,
  SQUEEZE_NAMES,
  squeezeExcite,
} from "./_blocks.ts";
import type { Ends } from "./_family.ts";
import { type InvertedResidual, isResidual, ofEach } from "./_inverted.ts";

export interface TimmEfficient {
  readonly stem: number;
  readonly stages: readonly (readonly InvertedResidual[])[];
  /** Of the stem and of what is behind the stages. */
  readonly activation: ActivationName;
  /** The activations of squeeze-and-excite blocks. */
  readonly squeeze?: { readonly activation: ActivationName; readonly gate: ActivationName };
  /** Channels of a further stage, one 1×1 convolution. */
  readonly last?: number;
  /** Channels of `conv_head`. */
  readonly head: number;
  /** Whether the picture is pooled before `conv_head` (MobileNet v3) or behind it. */
  readonly pooledFirst?: boolean;
}

function addBlock(
  net: GraphBuilder,
  name: string,
  input: string,
  block: InvertedResidual,
  squeeze: TimmEfficient["squeeze"],
): string {
  const from = net.mark(), { expanded, out, activation, squeezed } = block;
  const widens = expanded !== block.in;
  let x = input, norms = 0;
  const norm = (channels: number, act?: ActivationName) => {
    x = normAct(net, `${name}.bn${++norms}`, x, channels, act);
  };
  if (widens) {
    const o = { in: block.in, out: expanded, kernel: 1, bias: false };
    x = net.conv(`${name}.conv_pw`, x, o);
    norm(expanded, activation);
  }
  const pad = (block.kernel - 1) / 2;
  x = conv(net, `${name}.conv_dw`, x, { ...ofEach(block), pad, bias: false });
  norm(expanded, activation);
  net.module(`${name}.aa`, x);
  x = squeezed && squeeze
    ? squeezeExcite(
      net,
      `${name}.se`,
      x,
      { channels: expanded, squeezed, ...squeeze },
      SQUEEZE_NAMES.efficient,
    )
    : net.module(`${name}.se`, x);
  const narrow = `${name}.${widens ? "conv_pwl" : "conv_pw"}`;
  x = net.conv(narrow, x, { in: expanded, out, kernel: 1, bias: false });
  norm(out);
  net.module(`${name}.drop_path`, x);
  if (isResidual(block)) x = plus(net, name, x, input);
  return net.container(name, from, x);
}

/** A stage of one 1×1 convolution. */
function addLast(
  net: GraphBuilder,
  name: string,
  input: string,
  [from, out]: readonly [number, number],
  activation: ActivationName,
): string {
  const start = net.mark(), block = `${name}.0`;
  let x = net.conv(`${block}.conv`, input, { in: from, out, kernel: 1, bias: false });
  x = normAct(net, `${block}.bn1`, x, out, activation);
  net.module(`${block}.aa`, x);
  net.module(`${block}.drop_path`, x);
  return net.container(name, start, net.container(block, start, x));
}

/** Writes such a network. */
export function timmEfficientGraph(config: TimmEfficient, { channels, classes }: Ends): Graph {
  const { stem, stages, activation, squeeze, last, head, pooledFirst } = config;
  const net = new GraphBuilder([null, null, channels]);
  const first = { in: channels, out: stem, kernel: 3, stride: 2, pad: 1, bias: false };
  let x = normAct(net, "bn1", net.conv("conv_stem", INPUT, first), stem, activation);
  const blocks = net.mark();
  stages.forEach((stage, i) => {
    const name = `blocks.${i}`, from = net.mark();
    stage.forEach((block, j) => x = addBlock(net, `${name}.${j}`, x, block, squeeze));
    net.container(name, from, x);
  });
  let width = stages.at(-1)!.at(-1)!.out;
  if (last !== undefined) {
    x = addLast(net, `blocks.${stages.length}`, x, [width, last], activation);
    width = last;
  }
  net.container("blocks", blocks, x);
  const pool = () => {
    const from = net.mark();
    x = net.add("global_pool.pool", "adaptiveAvgPool", x, { size: [1, 1] });
    net.container("global_pool", from, net.module("global_pool.flatten", x));
  };
  const o = { in: width, out: head, kernel: 1, bias: pooledFirst === true };
  if (pooledFirst) {
    pool();
    x = net.module("norm_head", net.conv("conv_head", x, o));
    x = activate(net, activation, "act2", x);
  } else {
    x = normAct(net, "bn2", net.conv("conv_head", x, o), head, activation);
    pool();
  }
  x = net.add("flatten", "flatten", x);
  if (!pooledFirst) net.unlisted(x);
  return net.build(net.dense("classifier", x, head, classes));
}

/** The weights that tell {@link Ends}. */
export const TIMM_ENDS = ["conv_stem.weight", "classifier.weight"] as const;
