/** Runs a network on from one of its layers, whose value is given. */
import * as tf from "@tensorflow/tfjs";
import { UserError } from "../core/errors.ts";
import { breathe } from "./_breathe.ts";
import { share } from "./_share.ts";
import { ancestors } from "./graph.ts";
import type { Network } from "./network.ts";
import { plan, type Step } from "./plan.ts";

/** The rest of a network behind a layer, for one image. */
export interface Rest {
  /** Logits `[batch, classes]` for other values of the layer, `[batch, …]`; they are the caller's. */
  run(values: tf.Tensor, signal?: AbortSignal): Promise<tf.Tensor2D>;
  dispose(): void;
}

/**
 * Prepares to run what lies behind a layer for many values of the layer. What else of the image the
 * rest reads (the other branch, where the layer lies in one) is computed once and kept.
 *
 * @param image `[1, height, width, channels]`
 * @throws UserError for an unknown layer, or one that does not lead to the logits.
 */
export async function resume(
  network: Network,
  layer: string,
  image: tf.Tensor4D,
  signal?: AbortSignal,
): Promise<Rest> {
  const { graph } = network, start = network.layer(layer);
  const behind = new Set([start]);
  for (const node of ancestors(graph, [graph.output])) {
    if (node.inputs.some((input) => behind.has(input))) behind.add(node.name);
  }
  if (!behind.has(graph.output)) {
    throw new UserError(`Cannot go on from "${layer}": the scores do not depend on it.`);
  }
  const read = graph.nodes.filter(({ name }) => name !== start && behind.has(name))
    .flatMap(({ inputs }) => inputs);
  const beside = [...new Set(read)].filter((name) => !behind.has(name));
  const steps = plan(graph, network.parameters, new Set([start, ...beside, graph.output]))
    .filter(({ output }) => output !== start && behind.has(output));
  const pass = await network.forward(image, { taps: beside, signal });
  return {
    async run(values, signal) {
      const known = new Map([[start, share(values)]]);
      try {
        for (const name of beside) known.set(name, repeated(pass.value(name), values.shape[0]));
        await runSteps(steps, known, graph.output, signal);
        return share(known.get(graph.output)!) as tf.Tensor2D;
      } finally {
        tf.dispose([...known.values()]);
      }
    },
    dispose: () => pass.dispose(),
  };
}

const repeated = (value: tf.Tensor, times: number) =>
  tf.tile(value, [times, ...value.shape.slice(1).map(() => 1)]);

/** Adds the steps' values to the known ones, and drops each with its last reader. */
async function runSteps(
  steps: readonly Step[],
  known: Map<string, tf.Tensor>,
  output: string,
  signal?: AbortSignal,
) {
  const lastReader = new Map(steps.flatMap((step) => step.node.inputs.map((name) => [name, step])));
  for (const step of steps) {
    await breathe(signal);
    const { node, op, params, activation } = step;
    const inputs = node.inputs.map((name) => known.get(name)!);
    const call = { node, attrs: node.attrs, params };
    known.set(step.output, tf.tidy(() => op.forward(inputs, call, activation)));
    for (const name of new Set(node.inputs)) {
      if (name === output || lastReader.get(name) !== step) continue;
      known.get(name)!.dispose();
      known.delete(name);
    }
  }
}
