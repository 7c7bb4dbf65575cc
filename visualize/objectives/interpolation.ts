import * as tf from "../../deps/tfjs.ts";
import { z } from "../../deps/zod.ts";
import { withRole } from "../../core/options.ts";
import type { Objective } from "../../engine/objectives.ts";
import { defineObjective, type ObjectiveMaker } from "../../run/objective.ts";
import { overBatch } from "../_members.ts";

const objective = (which: string) => withRole("objective", z.unknown()).describe(which);

/** From one objective to another, over the images of a batch. */
export const interpolation: ObjectiveMaker<{ from: unknown; to: unknown }> = defineObjective({
  id: "interpolation",
  summary: "From one objective, at the first image of a batch, to another at the last",
  paper: {
    citation: "Olah, Mordvintsev, Schubert 2017, Feature Visualization",
    url: "https://distill.pub/2017/feature-visualization/",
    equation: "Σₙ (1 − wₙ)·from(xₙ) + wₙ·to(xₙ), wₙ = n / (batch − 1)",
  },
  options: z.object({ from: objective("Objective at the start"), to: objective("And at the end") }),
  make(options) {
    const [from, to] = [options.from, options.to] as Objective[];
    const layers = [...new Set([...from.layers, ...to.layers])];
    return overBatch(layers, (read, n, batch) => {
      const share = batch > 1 ? n / (batch - 1) : 0;
      return tf.add(tf.mul(from.value(read), 1 - share), tf.mul(to.value(read), share));
    });
  },
});
