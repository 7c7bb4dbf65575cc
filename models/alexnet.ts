/** AlexNet, as torchvision has it: Krizhevsky 2014, "One weird trick". */
import { GraphBuilder } from "../engine/builder.ts";
import { type Graph, INPUT } from "../engine/graph.ts";
import { type Ends, endsOf, familyAdapter, ofOps, transform } from "./_family.ts";
import type { Flattened } from "./_torch.ts";

const HIDDEN = 4096;

function addFeatures(net: GraphBuilder): string {
  const pool = { kernel: 3, stride: 2 };
  const convolution = (at: number, x: string, to: number, o: { in: number; kernel: number }) =>
    net.relu(`features.${at + 1}`, net.conv(`features.${at}`, x, { pad: 1, ...o, out: to }));
  const from = net.mark();
  const first = { in: net.channels, out: 64, kernel: 11, stride: 4, pad: 2 };
  let x = net.relu("features.1", net.conv("features.0", INPUT, first));
  x = net.maxPool("features.2", x, pool);
  x = net.conv("features.3", x, { in: 64, out: 192, kernel: 5, pad: 2 });
  x = net.maxPool("features.5", net.relu("features.4", x), pool);
  x = convolution(6, x, 384, { in: 192, kernel: 3 });
  x = convolution(8, x, 256, { in: 384, kernel: 3 });
  x = convolution(10, x, 256, { in: 256, kernel: 3 });
  return net.container("features", from, net.maxPool("features.12", x, pool));
}

/** Writes the graph, with so many units in each hidden layer of the classifier. */
export function alexnetGraph({ channels, classes }: Ends, hidden = HIDDEN): Graph {
  const net = new GraphBuilder([null, null, channels]);
  let x = net.add("avgpool", "adaptiveAvgPool", addFeatures(net), { size: [6, 6] });
  x = net.unlisted(net.add("flatten", "flatten", x));
  const from = net.mark();
  net.module("classifier.0", x);
  x = net.relu("classifier.2", net.dense("classifier.1", x, 256 * 36, hidden));
  net.module("classifier.3", x);
  x = net.relu("classifier.5", net.dense("classifier.4", x, hidden, hidden));
  return net.build(
    net.container("classifier", from, net.dense("classifier.6", x, hidden, classes)),
  );
}

/** What the first linear layer reads. */
export const FLATTENED: Flattened = new Map([["classifier.1.weight", [6, 6, 256]]]);

export const alexnet = familyAdapter({
  id: "alexnet",
  title: "AlexNet",
  licence: "BSD-3-Clause (torchvision's weights)",
  source: "https://arxiv.org/abs/1404.5997",
  models: ["alexnet"],
  inPlace: ofOps("relu"),
  build: (_, tensors) => ({
    graph: alexnetGraph(endsOf(tensors, "features.0.weight", "classifier.6.weight")),
    flattened: FLATTENED,
    preprocess: transform(256, 224),
  }),
});
