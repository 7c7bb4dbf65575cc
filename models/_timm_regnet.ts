/** timm's layout of RegNets: `s2.b1.conv2.bn`. What is called `bn` there is a batch-norm with its ReLU. */
import { GraphBuilder } from "../engine/builder.ts";
import { type Graph, INPUT } from "../engine/graph.ts";
import {
  type ActivationName,
  conv,
  normAct,
  type Normed,
  plus,
  SQUEEZE_NAMES,
  type SqueezeExcite,
  squeezeExcite,
} from "./_blocks.ts";
import type { Ends } from "./_family.ts";

/** A bottleneck that is as wide in the middle, where it is convolved in groups. */
export interface RegNetBlock {
  readonly in: number;
  readonly out: number;
  readonly stride: number;
  readonly groups: number;
  readonly squeezes: boolean;
}

/** Channels of the first convolution. */
export const STEM = 32;

/** A block's squeeze-and-excite, which narrows to a quarter of what the block reads. */
export const squeezedOf = (block: RegNetBlock): SqueezeExcite => ({
  channels: block.out,
  squeezed: Math.round(0.25 * block.in),
  activation: "relu",
  gate: "sigmoid",
});

function addConv(
  net: GraphBuilder,
  name: string,
  input: string,
  o: Normed,
  activation?: ActivationName,
): string {
  const from = net.mark(), pad = o.kernel === 3 ? 1 : 0;
  const x = conv(net, `${name}.conv`, input, { ...o, pad, bias: false });
  return net.container(name, from, normAct(net, `${name}.bn`, x, o.out, activation));
}

function addSqueeze(net: GraphBuilder, name: string, input: string, block: RegNetBlock): string {
  if (!block.squeezes) return net.module(name, input);
  const x = squeezeExcite(net, name, input, squeezedOf(block), SQUEEZE_NAMES.timm);
  net.module(`${name}.bn`, `${name}.fc1`);
  return x;
}

function addBlock(net: GraphBuilder, name: string, input: string, block: RegNetBlock): string {
  const from = net.mark(), { out, stride, groups } = block;
  const whole = stride === 1 && block.in === out, down = `${name}.downsample`;
  // the shortcut runs first, so that backward its gradient is there to be added to last
  const shortcut = whole
    ? net.module(down, input)
    : addConv(net, down, input, { in: block.in, out, kernel: 1, stride });
  const between = net.mark();
  let x = addConv(net, `${name}.conv1`, input, { in: block.in, out, kernel: 1 }, "relu");
  x = addConv(net, `${name}.conv2`, x, { in: out, out, kernel: 3, stride, groups }, "relu");
  x = addSqueeze(net, `${name}.se`, x, block);
  const own = addConv(net, `${name}.conv3`, x, { in: out, out, kernel: 1 });
  x = net.relu(`${name}.act3`, plus(net, name, own, shortcut));
  net.listLast(from, between);
  net.module(`${name}.drop_path`, own);
  return net.container(name, from, x);
}

/** Writes a RegNet by timm's names. */
export function timmRegNet(
  stages: readonly (readonly RegNetBlock[])[],
  { channels, classes }: Ends,
): Graph {
  const net = new GraphBuilder([null, null, channels]);
  const stem = { in: channels, out: STEM, kernel: 3, stride: 2 };
  let x = addConv(net, "stem", INPUT, stem, "relu");
  stages.forEach((stage, i) => {
    const name = `s${i + 1}`, from = net.mark();
    stage.forEach((block, j) => x = addBlock(net, `${name}.b${j + 1}`, x, block));
    net.container(name, from, x);
  });
  net.module("final_conv", x);
  const head = net.mark();
  x = net.globalAvgPool("head.global_pool", x);
  for (const name of ["global_pool.pool", "global_pool.flatten", "drop"]) {
    net.module(`head.${name}`, x);
  }
  x = net.dense("head.fc", x, stages.at(-1)!.at(-1)!.out, classes);
  return net.build(net.container("head", head, net.module("head.flatten", x)));
}
