import assert from "node:assert/strict";
import { GraphBuilder } from "../../engine/builder.ts";
import { type Graph, INPUT } from "../../engine/graph.ts";
import { ParameterStore } from "../../engine/parameters.ts";
import { plan } from "../../engine/plan.ts";
import { fromStateDict } from "../../models/_torch.ts";
import { families } from "../../conformance/networks.ts";
import { syntheticState } from "../../conformance/synthetic.ts";

/** The steps as `op+op+op → output`. */
function steps(graph: Graph, taps: string[], fuse = true): string[] {
  const store = new ParameterStore(graph, fromStateDict(graph, syntheticState(graph), "test"));
  return plan(graph, store, new Set(taps), fuse).map(({ node, output, activationNode }) => {
    const last = activationNode?.name ?? output;
    return node.name === output ? node.name : `${node.name}…${last}`;
  });
}

/** conv → bn → relu → conv → relu → fc. */
function chain(): Graph {
  const net = new GraphBuilder();
  const a = net.batchNorm("bn", net.conv("a", INPUT, { in: 3, out: 4, kernel: 3 }), 4);
  const b = net.relu("relu2", net.conv("b", net.relu("relu1", a), { in: 4, out: 5, kernel: 1 }));
  return net.build(net.dense("fc", net.globalAvgPool("pool", b), 5, 2));
}

Deno.test("batch-norm and ReLU are fused into what they follow", () => {
  assert.deepEqual(steps(chain(), ["fc"]), ["a…relu1", "b…relu2", "pool", "fc"]);
});

Deno.test("nothing is fused across a tap", () => {
  assert.deepEqual(steps(chain(), ["fc", "a"]), ["a", "bn…relu1", "b…relu2", "pool", "fc"]);
  assert.deepEqual(steps(chain(), ["fc", "bn"]), ["a…bn", "relu1", "b…relu2", "pool", "fc"]);
  assert.deepEqual(steps(chain(), ["fc", "relu1"]), ["a…relu1", "b…relu2", "pool", "fc"]);
});

Deno.test("nothing behind the last tap is planned", () => {
  assert.deepEqual(steps(chain(), ["relu1"]), ["a…relu1"]);
  assert.deepEqual(steps(chain(), ["bn", "a"]), ["a", "bn"]);
  assert.deepEqual(steps(chain(), [INPUT]), []);
});

Deno.test("unfused, every node is a step", () => {
  const graph = chain();
  assert.deepEqual(steps(graph, ["fc"], false), graph.nodes.map((node) => node.name));
});

Deno.test("nothing is fused into a value that several read", () => {
  const net = new GraphBuilder();
  const conv = net.conv("conv", INPUT, { in: 3, out: 3, kernel: 1 });
  const graph = net.build(net.sum("sum", [net.relu("relu", conv), conv]));
  assert.deepEqual(steps(graph, ["sum"]), ["conv", "relu", "sum"]);
  const twice = new GraphBuilder();
  const one = twice.conv("conv", INPUT, { in: 3, out: 3, kernel: 1 });
  assert.deepEqual(steps(twice.build(twice.sum("sum", [one, one])), ["sum"]), ["conv", "sum"]);
});

Deno.test("a batch-norm that follows no convolution, or another batch-norm, stands by itself", () => {
  const net = new GraphBuilder();
  const first = net.batchNorm("first", net.relu("relu", INPUT), 3);
  const conv = net.conv("conv", first, { in: 3, out: 3, kernel: 1 });
  const twice = net.batchNorm("third", net.batchNorm("second", conv, 3), 3);
  const graph = net.build(net.relu("out", twice));
  assert.deepEqual(steps(graph, ["out"]), ["relu", "first", "conv…second", "third…out"]);
});

Deno.test("a residual block is two convolutions and a sum", () => {
  const { graph } = families[0].model().network; // basic
  const block = steps(graph, ["layer1.0.act2"]).slice(2);
  assert.deepEqual(block, [
    "layer1.0.conv1…layer1.0.act1",
    "layer1.0.conv2…layer1.0.bn2",
    "layer1.0.sum…layer1.0.act2",
  ]);
});
