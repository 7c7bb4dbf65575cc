/**
 * GoogLeNet: Szegedy et al. 2014, "Going Deeper with Convolutions", with batch-norm and, as in the
 * published weights, 3×3 where the paper has 5×5. Modules are named as in torchvision, whose weights
 * these are: it normalizes pictures by ImageNet's mean and deviation and then (`transform_input`)
 * undoes that to 0.5 and 0.5, which is declared here at once.
 */
import { GraphBuilder } from "../engine/builder.ts";
import { type Graph, INPUT } from "../engine/graph.ts";
import { basicConv } from "./_blocks.ts";
import { type Ends, endsOf, familyAdapter, ofOps, transform } from "./_family.ts";
import { COLOURS } from "./catalogue/entry.ts";

type Channels = readonly [
  one: number,
  reduce3: number,
  three: number,
  reduce5: number,
  five: number,
  pooled: number,
];

/** The blocks of each size, and the window that halves the size before them. */
const STAGES: readonly (readonly [pool: string, kernel: number, Record<string, Channels>])[] = [
  ["maxpool2", 3, { "3a": [64, 96, 128, 16, 32, 32], "3b": [128, 128, 192, 32, 96, 64] }],
  ["maxpool3", 3, {
    "4a": [192, 96, 208, 16, 48, 64],
    "4b": [160, 112, 224, 24, 64, 64],
    "4c": [128, 128, 256, 24, 64, 64],
    "4d": [112, 144, 288, 32, 64, 64],
    "4e": [256, 160, 320, 32, 128, 128],
  }],
  ["maxpool4", 2, { "5a": [256, 160, 320, 32, 128, 128], "5b": [384, 192, 384, 48, 128, 128] }],
];

function addInception(
  net: GraphBuilder,
  name: string,
  input: string,
  channels: number,
  [one, reduce3, three, reduce5, five, pooled]: Channels,
): string {
  const start = net.mark();
  const branch = (at: number, reduced: number, out: number) => {
    const base = `${name}.branch${at}`, from = net.mark();
    const x = basicConv(net, `${base}.0`, input, { in: channels, out: reduced, kernel: 1 });
    const o = { in: reduced, out, kernel: 3, pad: 1 };
    return net.container(base, from, basicConv(net, `${base}.1`, x, o));
  };
  const first = basicConv(net, `${name}.branch1`, input, { in: channels, out: one, kernel: 1 });
  const both = [branch(2, reduce3, three), branch(3, reduce5, five)];
  const from = net.mark(), base = `${name}.branch4`;
  let x = net.maxPool(`${base}.0`, input, { kernel: 3, stride: 1, pad: 1, ceil: true });
  x = net.container(
    base,
    from,
    basicConv(net, `${base}.1`, x, { in: channels, out: pooled, kernel: 1 }),
  );
  const all = net.add(`${name}.cat`, "concat", [first, ...both, x]);
  return net.container(name, start, net.unlisted(all));
}

function graphOf({ channels, classes }: Ends): Graph {
  const net = new GraphBuilder([null, null, channels]);
  let x = basicConv(net, "conv1", INPUT, { in: channels, out: 64, kernel: 7, stride: 2, pad: 3 });
  x = net.maxPool("maxpool1", x, { kernel: 3, stride: 2, ceil: true });
  x = basicConv(net, "conv2", x, { in: 64, out: 64, kernel: 1 });
  x = basicConv(net, "conv3", x, { in: 64, out: 192, kernel: 3, pad: 1 });
  let width = 192;
  for (const [pool, kernel, blocks] of STAGES) {
    x = net.maxPool(pool, x, { kernel, stride: 2, ceil: true });
    for (const [name, row] of Object.entries(blocks)) {
      x = addInception(net, `inception${name}`, x, width, row);
      const [one, , three, , five, pooled] = row;
      width = one + three + five + pooled;
    }
  }
  x = net.module("dropout", net.globalAvgPool("avgpool", x));
  return net.build(net.dense("fc", x, width, classes));
}

export const googlenet = familyAdapter({
  id: "googlenet",
  title: "GoogLeNet",
  licence: "BSD-3-Clause (torchvision's weights)",
  source: "https://arxiv.org/abs/1409.4842",
  models: ["googlenet"],
  auxiliary: ["aux1", "aux2"],
  inPlace: ofOps("relu"),
  build: (_, tensors) => ({
    graph: graphOf(endsOf(tensors, "conv1.conv.weight", "fc.weight")),
    preprocess: { ...transform(256, 224), ...COLOURS.half },
  }),
});
