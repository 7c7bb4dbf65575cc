import * as tf from "../../deps/tfjs.ts";
import { z } from "../../deps/zod.ts";
import { defineObjective, type ObjectiveMaker } from "../../run/objective.ts";
import { member } from "../_members.ts";
import { checkLayer, layer as layerField } from "./_fields.ts";

/** How many images ahead are compared. */
const REACH = 4;

/**
 * How far neighbours of a batch are from each other, a penalty: used as `… - alignment(…)` it makes
 * the images of an interpolation go over into one another.
 */
export const alignment: ObjectiveMaker<{ layer: string; decay: number }> = defineObjective({
  id: "alignment",
  summary: "How far images that follow each other in a batch are apart at a layer, a penalty",
  paper: {
    citation: "Mordvintsev, Pezzotti, Schubert, Olah 2018, Differentiable Image Parameterizations",
    url: "https://distill.pub/2018/differentiable-parameterizations/",
    equation: "Σ_{d=1..4} Σᵢ mean((aᵢ − aᵢ₊d)²) / decayᵈ",
  },
  options: z.object({
    layer: layerField,
    decay: z.number().positive().default(2).describe("How much less each further neighbour counts"),
  }),
  make({ layer, decay }, { model }) {
    checkLayer(model, layer);
    return {
      layers: [layer],
      value(read) {
        const activation = read(layer), [batch] = activation.shape;
        const images = Array.from({ length: batch }, (_, n) => member(activation, n));
        let sum: tf.Tensor = tf.scalar(0);
        for (let d = 1; d <= REACH; d++) {
          for (let i = 0; i + d < batch; i++) {
            const apart = tf.mean(tf.square(tf.sub(images[i], images[i + d])));
            sum = tf.add(sum, tf.div(apart, decay ** d));
          }
        }
        return sum;
      },
    };
  },
});
