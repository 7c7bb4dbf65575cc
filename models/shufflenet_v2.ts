/**
 * ShuffleNet v2: Ma et al. 2018, "ShuffleNet V2: Practical Guidelines for Efficient CNN Architecture
 * Design". Modules are named as in torchvision.
 */
import { GraphBuilder } from "../engine/builder.ts";
import { type Graph, INPUT } from "../engine/graph.ts";
import type { Preprocess } from "../image/preprocess.ts";
import { convNorm } from "./_blocks.ts";
import { type Ends, endsOf, familyAdapter, ofOps, transform } from "./_family.ts";

const DEPTHS = [4, 8, 4], STEM = 24, activation = "relu";

/** Channels of each stage and of the last convolution; torchvision's evaluation of the first weights. */
type Config = readonly [widths: readonly number[], last: number, preprocess: Preprocess];

const MEMBERS: Readonly<Record<string, Config>> = {
  shufflenet_v2_x0_5: [[48, 96, 192], 1024, transform(256, 224)],
  shufflenet_v2_x1_0: [[116, 232, 464], 1024, transform(256, 224)],
  shufflenet_v2_x1_5: [[176, 352, 704], 1024, transform(232, 224)],
  shufflenet_v2_x2_0: [[244, 488, 976], 2048, transform(232, 224)],
};

/** `PREFIX.AT`, `.AT + 1` and `.AT + 2`. */
const three = (prefix: string, at: number) =>
  [`${prefix}.${at}`, `${prefix}.${at + 1}`, `${prefix}.${at + 2}`] as const;

/** Halves the size with two branches, or, where `from` is `to`, changes half of the channels. */
function addUnit(net: GraphBuilder, name: string, input: string, from: number, to: number): string {
  const start = net.mark(), width = to / 2, halves = from !== to;
  const stride = halves ? 2 : 1;
  const half = (part: string, range: { from: number; to: number }) =>
    net.unlisted(net.add(`${name}.${part}`, "channelSlice", input, range));
  const narrow = (channels: number) =>
    ({ in: channels, out: width, kernel: 1, activation }) as const;
  const each = (channels: number) =>
    ({ in: channels, out: channels, groups: channels, kernel: 3, stride }) as const;
  const base = `${name}.branch1`, first = net.mark();
  let left: string;
  if (halves) {
    left = convNorm(net, three(base, 0), input, each(from));
    left = net.container(base, first, convNorm(net, three(base, 2), left, narrow(from)));
  } else {
    left = net.module(base, half("chunk1", { from: 0, to: width }));
  }
  const second = net.mark();
  let x = halves ? input : half("chunk2", { from: width, to });
  x = convNorm(net, three(`${name}.branch2`, 0), x, narrow(halves ? from : width));
  x = convNorm(net, three(`${name}.branch2`, 3), x, each(width));
  x = convNorm(net, three(`${name}.branch2`, 5), x, narrow(width));
  net.container(`${name}.branch2`, second, x);
  x = net.unlisted(net.add(`${name}.cat`, "concat", [left, x]));
  x = net.unlisted(net.add(`${name}.shuffle`, "channelShuffle", x, { groups: 2 }));
  return net.container(name, start, x);
}

function graphOf([widths, last]: Config, { channels, classes }: Ends): Graph {
  const net = new GraphBuilder([null, null, channels]), start = net.mark();
  const stem = { in: channels, out: STEM, kernel: 3, stride: 2, activation } as const;
  let x = net.container("conv1", start, convNorm(net, three("conv1", 0), INPUT, stem));
  x = net.maxPool("maxpool", x, { kernel: 3, stride: 2, pad: 1 });
  let before = STEM;
  widths.forEach((width, i) => {
    const name = `stage${i + 2}`, from = net.mark();
    for (let unit = 0; unit < DEPTHS[i]; unit++) {
      x = addUnit(net, `${name}.${unit}`, x, before, width);
      before = width;
    }
    net.container(name, from, x);
  });
  const from = net.mark(), end = { in: before, out: last, kernel: 1, activation } as const;
  x = net.container("conv5", from, convNorm(net, three("conv5", 0), x, end));
  return net.build(net.dense("fc", net.unlisted(net.globalAvgPool("mean", x)), last, classes));
}

export const shufflenetV2 = familyAdapter({
  id: "shufflenet-v2",
  title: "ShuffleNet v2",
  licence: "BSD-3-Clause (torchvision's weights)",
  source: "https://arxiv.org/abs/1807.11164",
  models: Object.keys(MEMBERS),
  inPlace: ofOps("relu"),
  build: (id, tensors) => ({
    graph: graphOf(MEMBERS[id], endsOf(tensors, "conv1.0.weight", "fc.weight")),
    preprocess: MEMBERS[id][2],
  }),
});
