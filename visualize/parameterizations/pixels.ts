import * as tf from "../../deps/tfjs.ts";
import { z } from "../../deps/zod.ts";
import { defineParameterization, type Parameterization } from "../../run/parameterization.ts";

/** Spread of the noise that a run starts from, before the sigmoid. */
const DEVIATION = 0.01;

/** Each pixel by itself. */
export const pixels: Parameterization<Record<never, never>> = defineParameterization({
  id: "pixels",
  title: "Pixels",
  summary: "Each pixel by itself, without a prior: what comes out is high-frequency noise",
  options: z.object({}),
  start({ batch, height, width, channels }, _options, random) {
    const shape = [batch, height, width, channels];
    return {
      parameters: [tf.tensor(random.normalValues(shape, 0, DEVIATION), shape)],
      image: ([x]) => tf.sigmoid(x) as tf.Tensor4D,
    };
  },
});
