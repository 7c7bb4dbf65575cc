import { defineMetric, type Metric } from "../run/metric.ts";
import { ROAD_PAPER, roadOf, roadOptions } from "./_road.ts";

/** ROAD, most relevant first: the change of the score when the most important pixels are guessed. */
export const roadMorf: Metric = defineMetric({
  id: "road-morf",
  family: "faithfulness",
  title: "ROAD MoRF",
  summary:
    "How the class's score changes when the most important pixels are guessed from the others",
  caution:
    "Where many pixels are equally important, more of them are guessed than the percentile says.",
  paper: {
    ...ROAD_PAPER,
    equation: "mean over p of f(x, pixels of importance ≥ percentile p guessed) − f(x)",
  },
  better: "lower",
  options: roadOptions,
  judge: roadOf(["morf"]),
});
