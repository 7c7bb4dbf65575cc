/**
 * SqueezeNet: Iandola et al. 2016, "SqueezeNet: AlexNet-level accuracy with 50x fewer parameters". Its
 * last convolution gives a map for each class, whose mean over the picture is the score; so the layer
 * that the classifier pools, `classifier.2`, is these maps. Modules are named as in torchvision.
 */
import { GraphBuilder } from "../engine/builder.ts";
import { type Graph, INPUT } from "../engine/graph.ts";
import { type Ends, endsOf, familyAdapter, ofOps, transform } from "./_family.ts";

/** Channels of a fire module: squeezed, then of each of its two convolutions; `pool` halves the size. */
type Row = readonly [squeezed: number, expanded: number] | "pool";

interface Config {
  readonly first: { readonly out: number; readonly kernel: number };
  readonly rows: readonly Row[];
}

const MEMBERS: Readonly<Record<string, Config>> = {
  squeezenet1_0: {
    first: { out: 96, kernel: 7 },
    // deno-fmt-ignore
    rows: [
      "pool", [16, 64], [16, 64], [32, 128], "pool", [32, 128], [48, 192], [48, 192], [64, 256],
      "pool", [64, 256],
    ],
  },
  squeezenet1_1: {
    first: { out: 64, kernel: 3 },
    // deno-fmt-ignore
    rows: [
      "pool", [16, 64], [16, 64], "pool", [32, 128], [32, 128], "pool", [48, 192], [48, 192],
      [64, 256], [64, 256],
    ],
  },
};

function addFire(
  net: GraphBuilder,
  name: string,
  input: string,
  channels: number,
  [squeezed, expanded]: readonly [number, number],
): string {
  const from = net.mark();
  const convolution = (part: string, x: string, from: number, to: number, kernel: number) => {
    const o = { in: from, out: to, kernel, pad: (kernel - 1) / 2 };
    return net.relu(`${name}.${part}_activation`, net.conv(`${name}.${part}`, x, o));
  };
  const x = convolution("squeeze", input, channels, squeezed, 1);
  const both = [
    convolution("expand1x1", x, squeezed, expanded, 1),
    convolution("expand3x3", x, squeezed, expanded, 3),
  ];
  return net.container(name, from, net.unlisted(net.add(`${name}.cat`, "concat", both)));
}

function graphOf({ first, rows }: Config, { channels, classes }: Ends): Graph {
  const net = new GraphBuilder([null, null, channels]), features = net.mark();
  let x = net.conv("features.0", INPUT, { in: channels, stride: 2, ...first }), width = first.out;
  x = net.relu("features.1", x);
  rows.forEach((row, i) => {
    const name = `features.${i + 2}`;
    if (row === "pool") {
      x = net.maxPool(name, x, { kernel: 3, stride: 2, ceil: true });
    } else {
      x = addFire(net, name, x, width, row);
      width = 2 * row[1];
    }
  });
  net.container("features", features, x);
  const from = net.mark();
  net.module("classifier.0", x);
  x = net.conv("classifier.1", x, { in: width, out: classes, kernel: 1 });
  x = net.globalAvgPool("classifier.3", net.relu("classifier.2", x));
  return net.build(net.container("classifier", from, x));
}

export const squeezenet = familyAdapter({
  id: "squeezenet",
  title: "SqueezeNet",
  licence: "BSD-3-Clause (torchvision's weights)",
  source: "https://arxiv.org/abs/1602.07360",
  models: Object.keys(MEMBERS),
  inPlace: ofOps("relu"),
  build: (id, tensors) => ({
    graph: graphOf(MEMBERS[id], endsOf(tensors, "features.0.weight", "classifier.1.weight")),
    preprocess: transform(256, 224),
  }),
});
