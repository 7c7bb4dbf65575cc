/** Runs a network on from one of its layers, whose value is given. */
import * as tf from "../deps/tfjs.ts";
import { UserError } from "../core/errors.ts";
import { ancestors, descendants } from "./graph.ts";
import type { Network } from "./network.ts";

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
  const { graph } = network, start = network.layer(layer), behind = descendants(graph, start);
  if (!behind.has(graph.output)) {
    throw new UserError(`Cannot go on from "${layer}": the scores do not depend on it.`);
  }
  // only what the logits need: a branch that ends elsewhere is not run again
  const read = ancestors(graph, [graph.output]).filter(({ name }) =>
    name !== start && behind.has(name)
  ).flatMap(({ inputs }) => inputs);
  const beside = [...new Set(read)].filter((name) => !behind.has(name));
  const pass = await network.forward(image, { taps: beside, signal });
  return {
    async run(values, signal) {
      const others = beside.map((name) => [name, repeated(pass.value(name), values.shape[0])]);
      try {
        return await network.logits({ ...Object.fromEntries(others), [start]: values }, signal);
      } finally {
        tf.dispose(others.map(([, value]) => value));
      }
    },
    dispose: () => pass.dispose(),
  };
}

const repeated = (value: tf.Tensor, times: number) =>
  tf.tile(value, [times, ...value.shape.slice(1).map(() => 1)]);
