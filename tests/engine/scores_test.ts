import assert from "node:assert/strict";
import { GraphBuilder } from "../../engine/builder.ts";
import { INPUT } from "../../engine/graph.ts";
import { type Scores, splitScores } from "../../engine/scores.ts";

/** How a network may end behind a map `map` of 8×8 places with 4 numbers, and what is left of that. */
const ENDS: Readonly<
  Record<string, [scores: Scores, left: string, end: (net: GraphBuilder) => string]>
> = {
  "a dense layer": ["linear", "fc", (net) => dense(net)],
  "softmax": ["softmax", "fc", (net) => net.add("out", "softmax", dense(net))],
  "sigmoid": ["sigmoid", "fc", (net) => net.add("out", "sigmoid", dense(net))],
  "softmax, then dropout": [
    "softmax",
    "drop",
    (net) => net.add("drop", "identity", net.add("out", "softmax", dense(net))),
  ],
  "softmax of one place, then flatten": [
    "softmax",
    "flat",
    (net) =>
      net.add(
        "flat",
        "flatten",
        net.add("out", "softmax", net.avgPool("one", "map", { kernel: 8 })),
      ),
  ],
  "softmax, then a shape with the same last axis": [
    "softmax",
    "shaped",
    (net) => net.add("shaped", "reshape", net.add("out", "softmax", "map"), { shape: [64, 4] }),
  ],
  "softmax, then a shape that mixes places": [
    "probabilities",
    "shaped",
    (net) => net.add("shaped", "reshape", net.add("out", "softmax", "map"), { shape: [32, 8] }),
  ],
  "sigmoid, then a shape that mixes places": [
    "sigmoid",
    "flat",
    (net) => net.add("flat", "flatten", net.add("out", "sigmoid", "map")),
  ],
  "the largest of sigmoids": [
    "sigmoid",
    "most",
    (net) => net.add("most", "globalMaxPool", net.add("out", "sigmoid", "map")),
  ],
  "the largest of softmaxes": [
    "probabilities",
    "most",
    (net) => net.add("most", "globalMaxPool", net.add("out", "softmax", "map")),
  ],
  "the mean of softmaxes": [
    "probabilities",
    "mean",
    (net) => net.globalAvgPool("mean", net.add("out", "softmax", "map")),
  ],
  "the mean of two networks' sigmoids": [
    "probabilities",
    "mean",
    (net) =>
      net.add("mean", "average", [
        net.add("a", "sigmoid", dense(net)),
        net.add("b", "sigmoid", net.dense("fc2", "pool", 4, 3)),
      ]),
  ],
  "a log-softmax": ["softmax", "fc", (net) => net.add("out", "logSoftmax", dense(net))],
  "the mean of log-softmaxes, which is no probability": [
    "linear",
    "mean",
    (net) => net.globalAvgPool("mean", net.add("out", "logSoftmax", "map")),
  ],
  "softmax, then axes in another order": ["probabilities", "turned", (net) => {
    const cube = net.conv("cube", "map", { in: 4, out: 8, kernel: 1 });
    return net.add("turned", "permute", net.add("out", "softmax", cube), { order: [2, 0, 1] });
  }],
  "softmax, then a larger map": [
    "softmax",
    "large",
    (net) => net.add("large", "resizeNearest", net.add("out", "softmax", "map"), { size: [9, 11] }),
  ],
  "softmax, then between its pixels": [
    "probabilities",
    "large",
    (net) => net.add("large", "resizeBilinear", net.add("out", "softmax", "map"), { size: [9, 9] }),
  ],
  "softmax side by side with sigmoid": ["probabilities", "both", (net) => {
    const a = net.add("a", "softmax", dense(net));
    return net.add("both", "concat", [a, net.add("b", "sigmoid", "fc")]);
  }],
  "sigmoid with zeros around it": [
    "probabilities",
    "pad",
    (net) => net.add("pad", "zeroPad", net.add("out", "sigmoid", "map"), { pad: [1, 1, 1, 1] }),
  ],
  "a dense layer behind a sigmoid": [
    "linear",
    "fc2",
    (net) => net.dense("fc2", net.add("gate", "sigmoid", dense(net)), 3, 2),
  ],
  "a map of sigmoids, cropped": [
    "sigmoid",
    "cut",
    (net) => net.add("cut", "crop", net.add("out", "sigmoid", "map"), { crop: [1, 1, 1, 1] }),
  ],
};

const dense = (net: GraphBuilder) => net.dense("fc", net.globalAvgPool("pool", "map"), 4, 3);

for (const [name, [scores, left, end]] of Object.entries(ENDS)) {
  Deno.test(`what outputs are, from the graph's end: ${name}`, () => {
    const net = new GraphBuilder([8, 8, 3]);
    net.conv("map", INPUT, { in: 3, out: 4, kernel: 1 });
    const whole = net.build(end(net)), split = splitScores(whole);
    assert.equal(split.scores, scores);
    assert.equal(split.graph.output, left);
    const isLeft = scores === "softmax" || scores === "sigmoid";
    assert.equal(split.graph.nodes.length, whole.nodes.length - (isLeft ? 1 : 0));
    // whoever read the softmax reads what it read
    const names = new Set([INPUT, ...split.graph.nodes.map((node) => node.name)]);
    for (const { inputs } of split.graph.nodes) assert.ok(inputs.every((i) => names.has(i)));
    for (const { node } of split.graph.modules) assert.ok(names.has(node), node);
  });
}
