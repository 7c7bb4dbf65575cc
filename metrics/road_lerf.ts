import { defineMetric, type Metric } from "../run/metric.ts";
import { ROAD_PAPER, roadOf, roadOptions } from "./_road.ts";

/** ROAD, least relevant first: the change of the score when the least important pixels are guessed. */
export const roadLerf: Metric = defineMetric({
  id: "road-lerf",
  family: "faithfulness",
  title: "ROAD LeRF",
  summary:
    "How the class's score changes when the least important pixels are guessed from the others",
  caution:
    "Where many pixels are equally important, more of them are guessed than the percentile says.",
  paper: {
    ...ROAD_PAPER,
    equation: "mean over p of f(x, pixels of unimportance ≥ percentile p guessed) − f(x)",
  },
  better: "higher",
  options: roadOptions,
  judge: roadOf(["lerf"]),
});
