/** A second picture that a dream leans towards. */
import * as tf from "../deps/tfjs.ts";
import { constant } from "../engine/constant.ts";
import type { Objective } from "../engine/objectives.ts";
import { loadImage } from "../image/mod.ts";
import { preprocess } from "../image/preprocess.ts";
import type { Model } from "../run/model.ts";
import { activationOf } from "../run/activation.ts";

/** Likenesses that are held at a time: 16 MiB. */
const AT_A_TIME = 1 << 22;

/** Of each row of numbers the one of others that is most alike: largest scalar product. */
function nearest(rows: tf.Tensor2D, others: tf.Tensor2D): tf.Tensor2D {
  const turned = tf.transpose(others), [count] = rows.shape;
  const step = Math.max(1, Math.floor(AT_A_TIME / others.shape[0])), found: tf.Tensor[] = [];
  for (let from = 0; from < count; from += step) {
    const some = tf.slice(rows, [from, 0], [Math.min(step, count - from), -1]);
    found.push(tf.tidy(() => tf.argMax(tf.matMul(some, turned), 1)));
  }
  return tf.gather(others, tf.concat(found)) as tf.Tensor2D;
}

/**
 * How alike a layer is, place by place, to that of the guide's places which is most alike: the mean of
 * their scalar products, whose gradient is that place's activation (google/deepdream).
 *
 * @param guide `[h, w, channels]`
 */
function alikeTo(layer: string, guide: Float32Array): Objective {
  return {
    layers: [layer],
    value(read) {
      const here = read(layer), channels = here.shape.at(-1)!;
      const likest = tf.customGrad((x, save) => {
        const rows = tf.reshape(x as tf.Tensor, [-1, channels]) as tf.Tensor2D;
        const best = nearest(
          rows,
          constant(guide, [guide.length / channels, channels]) as tf.Tensor2D,
        );
        (save as tf.GradSaveFunc)([best]);
        return {
          value: tf.mean(tf.sum(tf.mul(rows, best), 1)),
          gradFunc: (dy, [best]) =>
            tf.reshape(tf.div(tf.mul(best, dy as tf.Tensor), best.shape[0]), here.shape),
        };
      });
      return likest(here) as tf.Scalar;
    },
  };
}

/**
 * The objective of a guided dream.
 *
 * @param file The guide, prepared as the model takes pictures.
 * @throws UserError where it cannot be read.
 */
export async function guidedBy(
  file: string,
  model: Model,
  layer: string,
  signal?: AbortSignal,
): Promise<Objective> {
  const { input } = preprocess(await loadImage(file), model.preprocess);
  return alikeTo(layer, await activationOf(model, input, layer, signal));
}
