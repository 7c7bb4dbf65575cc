import * as tf from "../deps/tfjs.ts";
import { z } from "../deps/zod.ts";
import { normOf } from "../core/correlation.ts";
import { values } from "../core/values.ts";
import { type Graph, INPUT } from "../engine/graph.ts";
import { Network } from "../engine/network.ts";
import { read } from "../engine/read.ts";
import { defineMetric, type Metric } from "../run/metric.ts";
import type { Model } from "../run/model.ts";
import { relative } from "./_steady.ts";

/** The node that undoes the shift. */
const SHIFT = "unshifted-input";

/** A model that gives of shifted pictures what the model gives of the pictures themselves. */
function unshifting(model: Model, shift: number): Model {
  const { graph, parameters } = model.network, channels = graph.input.shape[2];
  const offset = `${SHIFT}.offset`;
  const shifted: Graph = {
    ...graph,
    nodes: [
      { name: SHIFT, op: "affine", inputs: [INPUT], attrs: {}, params: { offset } },
      ...graph.nodes.map((node) => ({
        ...node,
        inputs: node.inputs.map((name) => name === INPUT ? SHIFT : name),
      })),
    ],
    parameters: new Map([...graph.parameters, [offset, [channels]]]),
  };
  const host = new Map(parameters.host);
  host.set(offset, values(new Float32Array(channels).fill(-shift), [channels]));
  return { ...model, network: new Network(shifted, host, model.id) };
}

/** How far the attribution moves when picture and network are shifted, so that no score changes. */
export const inputInvariance: Metric = defineMetric({
  id: "input-invariance",
  family: "axioms",
  title: "Input invariance",
  summary:
    "How far the map moves when a number is added to the picture and the network takes it off again",
  caution:
    "What compares with a fixed baseline must move, since the baseline has become another picture: " +
    "that is the point, and it can be answered by a baseline that follows the data.",
  paper: {
    citation: "Kindermans et al. 2019, The (Un)reliability of Saliency Methods",
    url: "https://arxiv.org/abs/1711.00867",
    equation: "‖Φ₂(x + m) − Φ₁(x)‖ / ‖Φ₁(x)‖ with f₂(x + m) = f₁(x) for all x",
  },
  better: "lower",
  options: z.object({
    shift: z.number().min(-1000).max(1000).default(1)
      .describe("What is added to each number, in the network's normalized space"),
  }),
  async *judge({ model, image, options: { shift }, again }) {
    const other = unshifting(model, shift), input = await read(image.input);
    const moved = tf.tensor4d(input.map((v) => v + shift), image.input.shape);
    try {
      const { attribution: own } = await again();
      yield { step: 1, of: 2 };
      const { attribution } = await again({ model: other, input: moved });
      yield { step: 2, of: 2 };
      const change = normOf(attribution.map((v, i) => v - own[i]));
      return { value: relative({ change, own: normOf(own), distance: 0 }) };
    } finally {
      other.network.dispose();
      moved.dispose();
    }
  },
});
