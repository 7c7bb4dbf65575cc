/** Of which networks there are reports. */
import assert from "node:assert/strict";
import { sizeOf, values } from "../../core/values.ts";
import { INPUT } from "../../engine/graph.ts";
import { GraphBuilder, type Model, Network, UserError } from "../../kit.ts";
import { buildReport } from "../../report/build.ts";

Deno.test("a network that gives scores for every place is refused before any work", async () => {
  const net = new GraphBuilder([null, null, 3]);
  const graph = net.build(net.conv("conv", INPUT, { in: 3, out: 4, kernel: 3, pad: 1 }));
  const zeros = [...graph.parameters].map(([name, shape]) => {
    return [name, values(new Float32Array(sizeOf(shape)), shape)] as const;
  });
  const model: Model = {
    ...{ id: "mapper", title: "Mapper", network: new Network(graph, new Map(zeros)) },
    preprocess: {
      ...{ resize: 8, crop: 8, interpolation: "bilinear", channelOrder: "rgb" },
      ...{ range: 1, mean: [0, 0, 0], std: [1, 1, 1] },
    },
    inputSize: { width: 8, height: 8 },
    labels: ["a", "b", "c", "d"],
    weights: { sha256: "", source: "here" },
  };
  const plan = {
    ...{ model, pictures: [], strangers: [], seed: 0, out: "nowhere" },
    technique: { id: "saliency", options: {} },
    signal: new AbortController().signal,
    perform: () => Promise.reject(new Error("work was begun")),
    onProgress: () => {},
  };
  await assert.rejects(buildReport(plan), (error: Error) => {
    assert.ok(error instanceof UserError);
    assert.match(error.message, /mapper: it ends in a map of 8×8 places/);
    return true;
  });
});
