/** Normalization: by statistics that were learnt, or by the input's own. */
import * as tf from "../../deps/tfjs.ts";
import { sizeOf, values } from "../../core/values.ts";
import { kernels } from "../kernels/mod.ts";
import type { Attributes } from "../graph.ts";
import { normalized, normalizedBack } from "./_statistics.ts";
import { eachPlace } from "./_places.ts";
import type { Affine, Call, Op, Parameters, Shape } from "./op.ts";

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

/**
 * Batch normalization, in inference mode only: a scale and an offset for each channel. Parameters
 * `mean, variance, scale?, offset?`, each `[channels]`; attribute `epsilon`.
 */
export const batchNorm: Op = {
  traits: { nature: "elementwise", observed: ["mean", "variance"], affine },
  needs: ["mean", "variance"],
  shape: ([input]) => input,
  cost: ([input]) => input.reduce((a, b) => a * b, 1),
  fuses: ["relu", "relu6"],
  forward([x], { params, attrs }, activation) {
    const slope = params.derived("slope", () => affine(params, attrs).slope);
    const shift = params.derived("shift", () => affine(params, attrs).shift);
    return kernels().affine(x, slope, shift, activation);
  },
  backward: (dy, { params, attrs }) => [
    kernels().affine(dy, params.derived("slope", () => affine(params, attrs).slope)),
  ],
};

/** An input's shape for the statistics, and the axes that they are over. */
interface Arranged {
  readonly as: Shape;
  readonly axes: number[];
}

/** What normalizes over `axes` of the input, as arranged by `arrange`, then scales and shifts. */
const byOwnStatistics = (
  shape: Op["shape"],
  arrange: (shape: Shape, call: Call) => Arranged,
): Op => {
  const scaled = (x: tf.Tensor, { params }: Call) =>
    params.has("scale") ? tf.mul(x, params.tensor("scale")) : x;
  return {
    traits: { nature: "other" },
    shape,
    cost: ([input]) => 2 * sizeOf(input),
    reads: { inputs: true },
    forward([x], call) {
      const { as, axes } = arrange(x.shape, call);
      const { y } = normalized(tf.reshape(x, [...as]), axes, call.attrs.epsilon as number);
      const z = scaled(tf.reshape(y, x.shape), call);
      return call.params.has("offset") ? tf.add(z, call.params.tensor("offset")) : z;
    },
    backward(dy, call) {
      const [x] = call.inputs!, { as, axes } = arrange(x.shape, call);
      const [from, to] = [scaled(dy, call), x].map((t) => tf.reshape(t, [...as]));
      const dx = normalizedBack(from, to, axes, call.attrs.epsilon as number);
      return [tf.reshape(dx, x.shape)];
    },
  };
};

/**
 * Layer normalization (Ba et al. 2016) over the last `attrs.axes` axes: 1 for the channels of each
 * pixel, as in ConvNeXt. Parameters `scale?, offset?` of these axes; attribute `epsilon`.
 */
export const layerNorm: Op = {
  ...byOwnStatistics(
    ([input], { attrs, params }) => {
      const own = input.slice(-(attrs.axes as number)).join(", ");
      for (const shape of Object.values(params)) {
        if (shape.join(", ") !== own) {
          throw new Error(`its parameters are [${shape.join(", ")}], not [${own}]`);
        }
      }
      return input;
    },
    (shape, { attrs }) => {
      const own = sizeOf(shape.slice(-(attrs.axes as number)));
      return { as: [sizeOf(shape) / own, own], axes: [1] };
    },
  ),
  reach: (inputs, call) => call.attrs.axes === 1 ? eachPlace(inputs, call) : undefined,
};

/**
 * Group normalization (Wu, He 2018): each of `attrs.groups` groups of channels over all pixels, as
 * many groups as channels being instance normalization. Parameters `scale?, offset?` `[channels]`.
 */
export const groupNorm: Op = byOwnStatistics(
  ([input], { attrs }) => {
    const groups = attrs.groups as number, channels = input.at(-1)!;
    if (channels % groups) throw new Error(`${channels} channels do not make ${groups} groups`);
    return input;
  },
  ([batch, ...input], { attrs }) => {
    const groups = attrs.groups as number, channels = input.at(-1)!;
    const pixels = sizeOf(input) / channels;
    return { as: [batch, pixels, groups, channels / groups], axes: [1, 3] };
  },
);
