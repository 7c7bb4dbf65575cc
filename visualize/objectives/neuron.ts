import * as tf from "../../deps/tfjs.ts";
import { z } from "../../deps/zod.ts";
import { channelOf } from "../../engine/objectives.ts";
import { defineObjective, type ObjectiveMaker } from "../../run/objective.ts";
import { channel, checkLayer, column, layer, row } from "./_fields.ts";
import { placeOf } from "./_place.ts";

/** One unit: a channel at a place. */
export const neuron: ObjectiveMaker<
  { layer: string; channel: number; row?: number; column?: number }
> = defineObjective({
  id: "neuron",
  summary: "Activation of a channel at one place, the middle or a row and a column",
  options: z.object({ layer, channel, row, column }),
  make({ layer, channel, row, column }, { model }) {
    checkLayer(model, layer, channel);
    return {
      layers: [layer],
      value: (read) => tf.mean(channelOf(placeOf(read(layer), row, column), channel)),
    };
  },
});
