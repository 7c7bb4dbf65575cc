import { z } from "../../deps/zod.ts";
import { channelMean } from "../../engine/objectives.ts";
import { defineObjective, type ObjectiveMaker } from "../../run/objective.ts";
import { channel as channelField, checkLayer, layer as layerField } from "./_fields.ts";

/** A channel everywhere. */
export const channel: ObjectiveMaker<{ layer: string; channel: number }> = defineObjective({
  id: "channel",
  summary: "Mean activation of a layer's channel",
  options: z.object({ layer: layerField, channel: channelField }),
  make({ layer, channel }, { model }) {
    checkLayer(model, layer, channel);
    return channelMean(layer, channel);
  },
});
