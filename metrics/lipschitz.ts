import { defineMetric, type Metric } from "../run/metric.ts";
import { bySteadiness, steadyOptions } from "./_steady.ts";

/** The steepest change of the attribution from the picture to one beside it. */
export const lipschitz: Metric = defineMetric({
  id: "lipschitz",
  family: "robustness",
  title: "Local Lipschitz estimate",
  summary: "How steeply the attribution changes at worst from the picture to one beside it",
  caution:
    "It has the attribution's unit: values of techniques with different scales cannot be compared.",
  paper: {
    citation: "Alvarez-Melis, Jaakkola 2018, On the Robustness of Interpretability Methods",
    url: "https://arxiv.org/abs/1806.08049",
    equation: "max over n, |nᵢ| ≤ r, of ‖Φ(x + n) − Φ(x)‖ / ‖n‖",
  },
  better: "lower",
  options: steadyOptions,
  judge: bySteadiness((all) =>
    Math.max(...all.map(({ change, distance }) => distance > 0 ? change / distance : 0))
  ),
});
