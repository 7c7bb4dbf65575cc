import * as tf from "../deps/tfjs.ts";
import { z } from "../deps/zod.ts";
import { sizeOf } from "../core/values.ts";
import { constant } from "../engine/constant.ts";
import { defineTechnique, type VisualizationTechnique } from "../run/technique.ts";
import type { CaricatureOptions } from "./options.ts";
import { stretched } from "../visualize/mod.ts";
import { reconstruct, reconstructOptions } from "./_reconstruct.ts";

/** Below this cosine the length alone counts, so that there is a way up from anywhere. */
const LEAST_COSINE = 0.1;

/**
 * Caricature: from noise, an image that goes further in the direction in which a layer sees the
 * picture: what it finds there, exaggerated.
 */
export const caricature: VisualizationTechnique<
  CaricatureOptions,
  Partial<CaricatureOptions>,
  "required"
> = defineTechnique({
  id: "caricature",
  title: "Caricature",
  kind: "visualization",
  picture: "required",
  summary: "What a layer makes most of in a picture, exaggerated",
  caution:
    "It exaggerates all that the layer sees, also what no decision rests on, and the priors " +
    "choose how it looks.",
  paper: {
    citation:
      "Olah, Cammarata, Schubert, Goh, Petrov, Carter 2020, Zoom In (as in Lucid's notebook)",
    url: "https://distill.pub/2020/circuits/zoom-in/",
    equation: "max over x of ⟨φ(x), φ₀⟩ · max(0.1, cos(φ(x), φ₀))^p",
  },
  options: z.object({
    ...reconstructOptions({ steps: 256, transforms: "default", tv: 0 }),
    power: z.number().min(0).max(20).default(2).describe(
      "Power of the cosine: more keeps closer to the picture",
    ),
  }),
  async *run(context) {
    const { power } = context.options;
    return yield* reconstruct(context, (layer, activation) => ({
      layers: [layer],
      value(read) {
        const now = read(layer);
        const given = constant(activation, [1, ...activation.shape]);
        // transformations leave another size: what was found is looked for where it went
        const fitted =
          given.rank === 4 && `${given.shape.slice(1, 3)}` !== `${now.shape.slice(1, 3)}`
            ? stretched(given as tf.Tensor4D, now.shape[1]!, now.shape[2]!)
            : given;
        const dot = tf.sum(tf.mul(now, fitted));
        const length = (x: tf.Tensor) => tf.sqrt(tf.maximum(tf.sum(tf.square(x)), 1e-12));
        const cosine = tf.div(dot, tf.mul(tf.add(length(now), 1e-4), tf.add(length(fitted), 1e-4)));
        const straight = tf.pow(tf.maximum(cosine, LEAST_COSINE), power);
        return tf.div(tf.mul(dot, straight), sizeOf(activation.shape));
      },
    }));
  },
});
