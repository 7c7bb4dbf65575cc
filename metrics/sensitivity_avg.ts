import { meanOf } from "../core/correlation.ts";
import { defineMetric, type Metric } from "../run/metric.ts";
import { bySteadiness, relative, SENSITIVITY_PAPER, steadyOptions } from "./_steady.ts";

/** The mean relative change of the attribution under disturbances that nobody sees. */
export const sensitivityAvg: Metric = defineMetric({
  id: "sensitivity-avg",
  family: "robustness",
  title: "Average sensitivity",
  summary: "How far the attribution moves on average when the picture changes by next to nothing",
  caution: "A map that is always the same moves least of all.",
  paper: {
    ...SENSITIVITY_PAPER,
    equation: "mean over n, |nᵢ| ≤ r, of ‖Φ(x + n) − Φ(x)‖ / ‖Φ(x)‖",
  },
  better: "lower",
  options: steadyOptions,
  judge: bySteadiness((all) => meanOf(all.map(relative))),
});
