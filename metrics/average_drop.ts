import { z } from "../deps/zod.ts";
import { defineMetric, type Metric } from "../run/metric.ts";
import { byImportantPart, DROP_PAPER, dropOptions } from "./_drop.ts";

/** Keeps a quotient finite. */
const EPSILON = 1e-7;

/** The share of the score that is lost when only the important part of the picture is shown. */
export const averageDrop: Metric = defineMetric({
  id: "average-drop",
  family: "faithfulness",
  title: "Average drop",
  summary: "Which share of the class's score is lost when the picture is shown times its map",
  caution:
    "A map that is bright everywhere loses nothing. The mean over many pictures is meant: one " +
    "picture alone says little.",
  paper: {
    ...DROP_PAPER,
    equation: "max(0, f(x) − f(x ⊙ map)) / f(x); without share: max(0, f(x) − f(x ⊙ map))",
  },
  better: "lower",
  options: dropOptions.extend({
    share: z.boolean().default(true)
      .describe("Of the picture's score: false says how much of it is lost"),
  }),
  judge: byImportantPart((whole, part, { share }) => ({
    value: Math.max(0, whole - part) / (share ? whole + EPSILON : 1),
    notes: share && whole <= 0 ? ["The score is not above zero: a share of it says nothing."] : [],
  })),
});
