import * as tf from "../../deps/tfjs.ts";
import { z } from "../../deps/zod.ts";
import { UserError } from "../../core/errors.ts";
import { sizeOf } from "../../core/values.ts";
import { constant } from "../../engine/constant.ts";
import type { Objective } from "../../engine/objectives.ts";
import { defineObjective, type ObjectiveMaker } from "../../run/objective.ts";
import { checkLayer, layer, vector } from "./_fields.ts";
import { numbersOf } from "./_vector.ts";

/** How far a layer is from given activations, the mean over the batch: 0 where it has them. */
export function distanceFrom(layer: string, numbers: Float32Array): Objective {
  return {
    layers: [layer],
    value(read) {
      const activation = read(layer), shape = [1, ...activation.shape.slice(1)];
      if (numbers.length !== sizeOf(shape)) {
        throw new UserError(
          `There are ${numbers.length} numbers to match; "${layer}" has ${
            shape.slice(1).join("×")
          }.`,
          { code: "bad-option", option: "objective" },
        );
      }
      const wanted = constant(numbers, shape), [batch] = activation.shape;
      const apart = tf.sum(tf.squaredDifference(activation, wanted));
      return tf.div(apart, tf.mul(tf.sum(tf.square(wanted)), batch));
    },
  };
}

/** Activations as some picture has them. */
export const matching: ObjectiveMaker<{ layer: string; activation: readonly number[] | string }> =
  defineObjective({
    id: "matching",
    summary: "Squared distance of a layer's activations from given ones, relative, a penalty",
    paper: {
      citation:
        "Mahendran, Vedaldi 2015, Understanding Deep Image Representations by Inverting Them",
      url: "https://arxiv.org/abs/1412.0035",
      equation: "‖φ(x) − φ₀‖² / ‖φ₀‖²",
    },
    options: z.object({
      layer,
      activation: vector.describe(
        "Activations, as many numbers as the layer has: a .safetensors file, FILE#TENSOR, or a list",
      ),
    }),
    make({ layer, activation }, { model }) {
      checkLayer(model, layer);
      return distanceFrom(layer, numbersOf(activation));
    },
  });
