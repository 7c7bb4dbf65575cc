import { defineMetric, type Metric } from "../run/metric.ts";
import { ROAD_PAPER, roadOf, roadOptions } from "./_road.ts";

/** ROAD, combined: half of what guessing the least important pixels leaves more than the most important. */
export const road: Metric = defineMetric({
  id: "road",
  family: "faithfulness",
  title: "ROAD",
  summary:
    "Whether the class's score lives in the important pixels and not in the others, which are " +
    "guessed from their neighbours instead of being blackened",
  caution:
    "Guessed pixels are smooth. Where many pixels are equally important, more of them are guessed " +
    "than the percentile says: of a map that is mostly zero, all.",
  paper: {
    ...ROAD_PAPER,
    equation:
      "mean over p of ((f(x, least important guessed) − f(x)) − (f(x, most important guessed) − " +
      "f(x))) / 2; a guessed pixel is Σ w·neighbour / Σ w, w 1/6 across sides, 1/12 across corners",
  },
  better: "higher",
  options: roadOptions,
  judge: roadOf(["morf", "lerf"]),
});
