import * as tf from "../../deps/tfjs.ts";
import { z } from "../../deps/zod.ts";
import { constant } from "../../engine/constant.ts";
import { defineObjective, type ObjectiveMaker } from "../../run/objective.ts";
import { checkLayer, column, layer, row, vector } from "./_fields.ts";
import { lengthOf } from "./_norms.ts";
import { placeOf } from "./_place.ts";
import { directionOf } from "./_vector.ts";

/** Below this cosine the length alone counts, so that there is a way up from anywhere. */
const LEAST_COSINE = 0.1;
const EPSILON = 1e-4;

/** A direction in the space of a layer's channels. */
export const direction: ObjectiveMaker<{
  layer: string;
  vector: readonly number[] | string;
  power: number;
  row?: number;
  column?: number;
}> = defineObjective({
  id: "direction",
  summary: "How far activations go in a direction; with a power, and how straight",
  paper: {
    citation: "Carter, Armstrong, Schubert, Johnson, Olah 2019, Activation Atlas",
    url: "https://distill.pub/2019/activation-atlas/",
    equation: "mean((a·v)·max(0.1, cos(a, v))^p)",
  },
  options: z.object({
    layer,
    vector: vector.describe("Direction, one number for each channel: [1, 0, …] or a file"),
    power: z.number().min(0).max(20).default(0).describe("Power of the cosine"),
    row: row.describe("Row of the layer's map; default: everywhere"),
    column: column.describe("Column of the layer's map; default: everywhere"),
  }),
  make({ layer, vector, power, row, column }, { model }) {
    checkLayer(model, layer);
    const numbers = directionOf(vector, model, layer);
    return {
      layers: [layer],
      value(read) {
        const whole = row === undefined && column === undefined;
        const a = whole ? read(layer) : placeOf(read(layer), row, column);
        const v = constant(numbers, [numbers.length]), dot = tf.sum(tf.mul(a, v), -1, true);
        if (power === 0) return tf.mean(dot);
        const lengths = tf.mul(
          tf.add(lengthOf(a), EPSILON),
          tf.add(lengthOf(v), EPSILON),
        );
        const cosine = tf.maximum(tf.div(dot, lengths), LEAST_COSINE);
        return tf.mean(tf.mul(dot, tf.pow(cosine, power)));
      },
    };
  },
});

/** The angle alone. */
export const cosine: ObjectiveMaker<{ layer: string; vector: readonly number[] | string }> =
  defineObjective({
    id: "cosine",
    summary: "Mean cosine of the angle between activations and a direction: −1 to 1",
    options: z.object({
      layer,
      vector: vector.describe("Direction, one number for each channel: [1, 0, …] or a file"),
    }),
    make({ layer, vector }, { model }) {
      checkLayer(model, layer);
      const numbers = directionOf(vector, model, layer);
      return {
        layers: [layer],
        value(read) {
          const a = read(layer), v = constant(numbers, [numbers.length]);
          const dot = tf.sum(tf.mul(a, v), -1, true);
          return tf.mean(tf.div(dot, tf.mul(tf.maximum(lengthOf(a), 1e-8), lengthOf(v))));
        },
      };
    },
  });
