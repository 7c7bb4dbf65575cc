/** What `phosphene new metric` writes. */
export const metric = (id: string, title: string, kit: string): string =>
  `/** ${title}: a metric. \`deno task check\` holds it to the contract. */
import { channelSum, defineMetric, definePlugin, z } from "${kit}";

const metric = defineMetric({
  id: "${id}",
  title: "${title}",
  summary: "The share of the attribution that lies at the border of the picture",
  caution: "A subject at the border belongs there: say here when your metric misleads.",
  paper: {
    citation: "Your name and year, the title of what you wrote about it, say 2026",
    url: "https://example.org/",
    equation: "B = Σ_border |a| / Σ |a|",
  },
  better: "lower",
  options: z.object({
    border: z.number().min(0.01).max(0.5).default(0.1).describe("Width of the border, as a share"),
  }),
  async *judge({ attribution, options: { border } }) {
    const [height, width] = attribution.shape, amounts = channelSum(attribution).map(Math.abs);
    const near = (at: number, size: number) => Math.min(at + 0.5, size - at - 0.5) < border * size;
    const sum = (some: Float32Array) => some.reduce((all, amount) => all + amount, 0);
    const isOuter = (at: number) => near(Math.floor(at / width), height) || near(at % width, width);
    yield { step: 1, of: 1 };
    return { value: sum(amounts.filter((_, at) => isOuter(at))) / (sum(amounts) || 1) };
  },
});

export default definePlugin({ metrics: [metric] });
`;
