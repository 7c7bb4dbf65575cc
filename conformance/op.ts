/** What an op owes. */
import * as tf from "../deps/tfjs.ts";
import { INPUT } from "../engine/graph.ts";
import { GraphBuilder } from "../engine/builder.ts";
import { Network } from "../engine/network.ts";
import { logit } from "../engine/objectives.ts";
import { useBackend } from "../engine/runtime.ts";
import { random } from "../core/random.ts";
import { op } from "../engine/ops/mod.ts";
import type { Check } from "./check.ts";
import { expect } from "./expect.ts";

/** The small network of an op: between two convolutions, where it takes one input and no weights. */
function networkWith(name: string): Network {
  const net = new GraphBuilder();
  const before = net.conv("before", INPUT, { in: 3, out: 4, kernel: 3, pad: 1 });
  const itself = net.add("itself", name, before);
  const graph = net.build(net.dense("fc", net.globalAvgPool("pool", itself), 4, 2));
  const stream = random("op");
  return new Network(
    graph,
    new Map([...graph.parameters].map(([key, shape]) => [key, stream.normalValues(shape)])),
    name,
  );
}

/** An op's backward is the gradient of its forward. */
export const OF_OPS: readonly Check<string>[] = [
  {
    name: "its backward is what small steps show of its forward",
    async look(name) {
      if ((op(name).inputs ?? 1) !== 1 || op(name).needs?.length) return;
      await useBackend("cpu");
      const network = networkWith(name), stream = random("steps");
      try {
        const input = stream.normalValues([1, 6, 5, 3]), way = stream.normalValues([1, 6, 5, 3]);
        const at = async (by: number) => {
          const image = tf.tensor4d(input.map((v, i) => v + by * way[i]), [1, 6, 5, 3]);
          const logits = await network.logits(image);
          const [score] = await logits.data();
          tf.dispose([image, logits]);
          return score;
        };
        const image = tf.tensor4d(input, [1, 6, 5, 3]);
        const { value, gradients } = await network.gradient(image, logit(0), {});
        const gradient = await gradients.input.data<"float32">();
        tf.dispose([image, value, gradients]);
        const told = gradient.reduce((sum, v, i) => sum + v * way[i], 0), step = 1e-3;
        const slope = (await at(step) - await at(-step)) / (2 * step);
        expect(
          Math.abs(told - slope) <= 0.02 * Math.max(1, Math.abs(slope)),
          `the score grows by ${slope}, its backward says ${told}`,
        );
      } finally {
        network.dispose();
        await useBackend("wasm");
      }
    },
  },
];
