/** deno task phosphene judge cat.png --plugin examples/plugin_metric.ts --metrics "half, half(share=0.9)" */
import { channelSum, defineMetric, definePlugin, z } from "../kit.ts";

const half = defineMetric({
  id: "half",
  title: "Half of it",
  summary: "The smallest share of the picture that holds half of the attribution",
  caution: "A map may be small and wrong; and of a large thing it should be large.",
  paper: {
    citation: "Lorenz 1905, Methods of Measuring the Concentration of Wealth",
    url: "https://doi.org/10.2307/2276207",
    equation: "min |P| / n, Σ_{i ∈ P} |aᵢ| ≥ share · Σᵢ |aᵢ|",
  },
  better: "lower",
  options: z.object({ share: z.number().gt(0).lt(1).default(0.5).describe("Instead of half") }),
  async *judge({ attribution, options: { share } }) {
    const amounts = channelSum(attribution).map(Math.abs).sort().reverse();
    const wanted = share * amounts.reduce((sum, amount) => sum + amount, 0);
    let held = 0;
    const count = amounts.findIndex((amount) => (held += amount) >= wanted) + 1;
    yield { step: 1, of: 1 };
    return { value: count / amounts.length };
  },
});

export default definePlugin({ metrics: [half] });
