import * as tf from "../../deps/tfjs.ts";
import { z } from "../../deps/zod.ts";
import { defineObjective, type ObjectiveMaker } from "../../run/objective.ts";
import { checkLayer, layer as layerField } from "./_fields.ts";

/**
 * How alike the images of a batch are in style, a penalty: used as `channel(…) - 10*diversity(…)`.
 * Divided by the batch, as in Lucid.
 */
export const diversity: ObjectiveMaker<{ layer: string }> = defineObjective({
  id: "diversity",
  summary: "How alike the images of a batch are at a layer, a penalty: subtract it",
  paper: {
    citation: "Olah, Mordvintsev, Schubert 2017, Feature Visualization",
    url: "https://distill.pub/2017/feature-visualization/",
    equation: "Σᵢ Σ_{j≠i} ⟨Gᵢ, Gⱼ⟩ / batch, G = AᵀA / ‖AᵀA‖",
  },
  options: z.object({ layer: layerField }),
  make({ layer }, { model }) {
    checkLayer(model, layer);
    return {
      layers: [layer],
      value(read) {
        const activation = read(layer), [batch] = activation.shape;
        const channels = activation.shape.at(-1)!;
        const flat = tf.reshape(activation, [batch, -1, channels]) as tf.Tensor3D;
        const grams = tf.reshape(tf.matMul(flat, flat, true, false), [batch, -1]);
        const squares = tf.sum(tf.square(grams), -1, true);
        const units = tf.div(grams, tf.sqrt(tf.maximum(squares, 1e-10)));
        const all = tf.sum(tf.square(tf.sum(units, 0))), own = tf.sum(tf.square(units));
        return tf.div(tf.sub(all, own), batch);
      },
    };
  },
});
