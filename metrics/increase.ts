import { z } from "../deps/zod.ts";
import { defineMetric, type Metric } from "../run/metric.ts";
import { byImportantPart, DROP_PAPER, dropOptions } from "./_drop.ts";

/** Whether the important part of the picture alone has a higher score than the whole. */
export const increase: Metric = defineMetric({
  id: "increase",
  family: "faithfulness",
  title: "Increase in confidence",
  summary: "1 where the picture times its map has a higher score than the picture, 0 elsewhere",
  caution:
    "Of a class that is all but certain already nothing can rise. The mean over many pictures is " +
    "meant: the share of those where the score rises.",
  paper: {
    ...DROP_PAPER,
    equation: "1 if f(x ⊙ map) > f(x), else 0; its amount: f(x ⊙ map) − f(x)",
  },
  better: "higher",
  verdict: true,
  options: dropOptions.extend({
    amount: z.boolean().default(false)
      .describe(
        "Say by how much the score rises, below zero where it falls, and not whether it does",
      ),
  }),
  judge: byImportantPart((whole, part, { amount }) => ({
    value: amount ? part - whole : part > whole ? 1 : 0,
  })),
});
