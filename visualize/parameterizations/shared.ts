import * as tf from "../../deps/tfjs.ts";
import { z } from "../../deps/zod.ts";
import { defineParameterization, type Parameterization } from "../../run/parameterization.ts";
import { stretched } from "../_resample.ts";
import { valid } from "../colors.ts";
import { decay, fourierImage } from "./fourier.ts";

/** Waves of each image's own upon long ones that all of a batch have in common. */
export const shared: Parameterization<{ decay: number; coarse: number }> = defineParameterization({
  id: "shared",
  title: "Fourier upon a shared base",
  summary:
    "Fourier images that have what is large in common, so that those of a strip lead into each other",
  paper: {
    citation: "Mordvintsev, Pezzotti, Schubert, Olah 2018, Differentiable Image Parameterizations",
    url: "https://distill.pub/2018/differentiable-parameterizations/",
    equation: "x_i = sigmoid(C · (irfft2(s_i · scale) + upsampled(irfft2(s · scale))))",
  },
  options: z.object({
    decay,
    coarse: z.int().min(1).max(64).default(4).describe(
      "How many times fewer pixels a side the shared base has",
    ),
  }),
  start(shape, { decay, coarse }, random) {
    const { height, width } = shape;
    const own = fourierImage({ ...shape, decay }, random.fork("own"));
    const base = fourierImage({
      ...shape,
      batch: 1,
      height: Math.ceil(height / coarse),
      width: Math.ceil(width / coarse),
      decay,
    }, random.fork("base"));
    const count = own.parameters.length;
    return {
      parameters: [...own.parameters, ...base.parameters],
      image: (now) =>
        tf.tidy(() => {
          const large = stretched(base.image(now.slice(count)), height, width);
          return valid(tf.add(own.image(now.slice(0, count)), large));
        }),
    };
  },
});
