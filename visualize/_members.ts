/** Objectives of single images of a batch. */
import * as tf from "../deps/tfjs.ts";
import { UserError } from "../core/errors.ts";
import type { Objective } from "../engine/objectives.ts";

/** One image of a layer's activation, its batch axis kept. */
export function member(activation: tf.Tensor, n: number): tf.Tensor {
  const { shape: [, ...rest] } = activation;
  return tf.slice(activation, [n, ...rest.map(() => 0)], [1, ...rest]);
}

/** An objective of one image of the batch alone, by its number from 0. */
export const memberOf = (objective: Objective, n: number): Objective => ({
  ...objective,
  value: (read) =>
    objective.value((layer) => {
      const activation = read(layer), [batch] = activation.shape;
      if (n >= batch) {
        throw new UserError(
          `There is no image ${n}: the batch has ${batch}, 0 to ${batch - 1}.`,
          { code: "bad-option", option: "objective" },
        );
      }
      return member(activation, n);
    }),
});

/** The sum of a scalar over the images of a batch, each with its number and how many there are. */
export function overBatch(
  layers: readonly string[],
  value: (read: (layer: string) => tf.Tensor, n: number, batch: number) => tf.Tensor,
): Objective {
  return {
    layers,
    value(read) {
      const [batch] = read(layers[0]).shape;
      const each = Array.from(
        { length: batch },
        (_, n) => value((layer) => member(read(layer), n), n, batch),
      );
      return each.reduce((a, b) => tf.add(a, b));
    },
  };
}
