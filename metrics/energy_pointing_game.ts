import { z } from "../deps/zod.ts";
import { sumOf } from "../core/correlation.ts";
import { defineMetric, type Metric } from "../run/metric.ts";
import { sharesOf } from "./_shade.ts";

/** The share of the map's brightness that lies on the thing. */
export const energyPointingGame: Metric = defineMetric({
  id: "energy-pointing-game",
  family: "localization",
  title: "Energy pointing game",
  summary: "Which share of the map's brightness lies on the thing",
  caution:
    "It grows with the thing: compare it with the thing's share of the picture, which a map that is " +
    "the same everywhere has. A network that knows the class by its surroundings should have a low one.",
  paper: {
    citation: "Wang et al. 2020, Score-CAM",
    url: "https://arxiv.org/abs/1910.01279",
    equation: "Σ_{i ∈ mask} mᵢ / Σ m, m the map of 0..1",
  },
  better: "higher",
  needs: "mask",
  options: z.object({}),
  async *judge(context) {
    const shares = sharesOf(context), all = sumOf(shares);
    yield { step: 1, of: 1 };
    const inside = shares.reduce((sum, v, at) => sum + v * context.mask![at], 0);
    return { value: all > 0 ? inside / all : 0 };
  },
});
