/** Batch normalization, in inference mode only: a scale and an offset for each channel. */
import * as tf from "@tensorflow/tfjs-core";
import { values } from "../../core/values.ts";
import type { Attributes } from "../graph.ts";
import type { Affine, Op, Parameters } from "./op.ts";

/** `y = slope·x + shift` for each channel; γ/√(variance + ε) and β − mean·slope. */
function affine(params: Parameters, attrs: Attributes): Affine {
  const mean = params.values("mean"), variance = params.values("variance");
  const scale = params.has("scale") ? params.values("scale") : undefined;
  const offset = params.has("offset") ? params.values("offset") : undefined;
  const slope = variance.map((v, c) =>
    (scale?.[c] ?? 1) / Math.sqrt(v + (attrs.epsilon as number))
  );
  const shift = mean.map((m, c) => (offset?.[c] ?? 0) - m * slope[c]);
  return { slope: values(slope, mean.shape), shift: values(shift, mean.shape) };
}

/** Parameters `mean, variance, scale?, offset?`, each `[channels]`; attribute `epsilon`. */
export const batchNorm: Op = {
  traits: { nature: "elementwise", observed: ["mean", "variance"], affine },
  shape: ([input]) => input,
  cost: ([input]) => input.reduce((a, b) => a * b, 1),
  forward([x], { params, attrs }) {
    const slope = params.derived("slope", () => affine(params, attrs).slope);
    const shift = params.derived("shift", () => affine(params, attrs).shift);
    return tf.add(tf.mul(x, slope), shift);
  },
  backward: (dy, { params, attrs }) => [
    tf.mul(dy, params.derived("slope", () => affine(params, attrs).slope)),
  ],
};
