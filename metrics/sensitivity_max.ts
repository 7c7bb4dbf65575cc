import { defineMetric, type Metric } from "../run/metric.ts";
import { bySteadiness, relative, SENSITIVITY_PAPER, steadyOptions } from "./_steady.ts";

/** The largest relative change of the attribution under disturbances that nobody sees: Captum's. */
export const sensitivityMax: Metric = defineMetric({
  id: "sensitivity-max",
  family: "robustness",
  title: "Max-sensitivity",
  summary: "How far the attribution moves at worst when the picture changes by next to nothing",
  caution:
    "A map that is always the same moves least of all. Random disturbances find no worst case: " +
    "one that was looked for moves it further.",
  paper: {
    ...SENSITIVITY_PAPER,
    equation: "max over n, |nᵢ| ≤ r, of ‖Φ(x + n) − Φ(x)‖ / ‖Φ(x)‖",
  },
  better: "lower",
  options: steadyOptions,
  judge: bySteadiness((all) => Math.max(...all.map(relative))),
});
