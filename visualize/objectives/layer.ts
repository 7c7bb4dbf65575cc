import * as tf from "../../deps/tfjs.ts";
import { z } from "../../deps/zod.ts";
import { defineObjective, type ObjectiveMaker } from "../../run/objective.ts";
import { checkLayer, layer as layerField } from "./_fields.ts";

/** All of a layer: what DeepDream asks for. */
export const layer: ObjectiveMaker<{ layer: string }> = defineObjective({
  id: "layer",
  summary: "Mean of the squares of a layer's activations: whatever it sees, more of it",
  paper: {
    citation: "Mordvintsev, Olah, Tyka 2015, Inceptionism: Going Deeper into Neural Networks",
    url: "https://research.google/blog/inceptionism-going-deeper-into-neural-networks/",
    equation: "mean(a²)",
  },
  options: z.object({ layer: layerField }),
  make({ layer }, { model }) {
    checkLayer(model, layer);
    return { layers: [layer], value: (read) => tf.mean(tf.square(read(layer))) };
  },
});
