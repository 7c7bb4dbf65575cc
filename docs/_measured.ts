/** What was measured, as the pages tell it: `<!-- measured NAME -->` in a page becomes the table of that name. */
import { techniques } from "../techniques/mod.ts";
import { BASELINES, COMPARED, type Measured, PICTURES, STAGES } from "./_experiments.ts";
import { table } from "./_markdown.ts";
import type { Recognition } from "./_priors.ts";

/** The file that the experiments write and the pages read. */
export const MEASURED = new URL("_measured.json", import.meta.url);

export const readMeasured = async (): Promise<Measured> =>
  JSON.parse(await Deno.readTextFile(MEASURED));

const link = (id: string, from = "../") =>
  `[${techniques.get(id).title}](${from}techniques/${id}.md)`;
const two = (n: number) => n.toFixed(2);
/** A share that is never said to be all of it. */
const probability = (p: number) => p > 0.9999 ? "more than 99.99 %" : `${(100 * p).toFixed(2)} %`;

const TABLES: Readonly<Record<string, (measured: Measured) => string>> = {
  randomized: ({ randomized }) =>
    table(
      [
        "technique",
        ...STAGES.map((stage, i) => i === 0 ? `\`${stage}\` shuffled` : `and \`${stage}\``),
      ],
      Object.entries(randomized).sort(([, [a]], [, [b]]) => b - a)
        .map(([id, found]) => [link(id), ...found.map(two)]),
    ),
  subject: ({ onSubject: { area, ...shares } }) =>
    table(
      ["technique", "share on the subject"],
      [
        ...Object.entries(shares).sort(([, a], [, b]) => b - a)
          .map(([id, share]) => [link(id), two(share)]),
        ["the subject's share of the picture", two(area)],
      ],
    ),
  agreement: ({ agreement }) =>
    table(
      ["technique", ...COMPARED.map((_, i) => `${i + 1}`)],
      COMPARED.map((id, row) => [
        `${row + 1} ${link(id)}`,
        ...agreement[row].map((r, column) => column > row ? "" : two(r)),
      ]),
    ),
  completeness: ({ completeness }) =>
    table(
      ["picture", "score, minus the baseline's", "Σ integrated gradients", "Σ input × gradient"],
      PICTURES.map((name) => {
        const { difference, integrated, inputTimesGradient } = completeness[name];
        return [name, ...[difference, integrated, inputTimesGradient].map(two)];
      }),
    ),
  baselines: ({ baselines }) =>
    table(
      ["technique", `mean rank correlation of two of ${BASELINES.join(", ")}`],
      Object.entries(baselines).map(([id, alike]) => [link(id), two(alike)]),
    ),
  empty: ({ empty }) =>
    table(
      ["picture", "the network says", "with"],
      Object.entries(empty).map(([kind, said]) => [
        kind === "noise" ? "noise" : `nothing but ${kind}`,
        said.label,
        probability(said.probability),
      ]),
    ),
  targets: ({ targets: { first, second, alike } }) =>
    [
      `Of the sample picture of a cat, the network's first answer is ${first.label} (logit ` +
      `${two(first.logit)}, ${
        probability(first.probability)
      }), its second ${second.label} (logit ` +
      `${two(second.logit)}, ${
        probability(second.probability)
      }). Rank correlation of the magnitudes ` +
      `of the maps:`,
      table(
        [
          "technique",
          `${first.label} and ${second.label}`,
          `${first.label} and ${first.label} − ${second.label}`,
        ],
        Object.entries(alike).map(([id, { firstSecond, firstDifference }]) => [
          link(id),
          two(firstSecond),
          two(firstDifference),
        ]),
      ),
    ].join("\n\n"),
  recognized: recognizedTable,
  inversion: ({ priors: { inversion } }) =>
    table(
      ["layer", "relative error of the image"],
      Object.entries(inversion).map(([layer, error]) => [`\`${layer}\``, two(error)]),
    ),
};

/** Which classes the other network recognizes, by the network that was asked and with what. */
function recognizedTable({ priors: { recognitions } }: Measured): string {
  const ways = [...new Set(recognitions.map(({ model }) => model))].flatMap((model) =>
    [false, true].map((plain) =>
      recognitions.filter((found) => found.model === model && found.plain === plain)
    )
  );
  const told = ({ wanted, seen, probability }: Recognition) =>
    seen === wanted ? `${(100 * probability).toFixed(0)} %` : `_${seen}_`;
  const right = (of: readonly Recognition[]) =>
    of.filter(({ wanted, seen }) => wanted === seen).length;
  return table(
    [
      "asked for",
      ...ways.map(([{ model, plain }]) => `\`${model}\`, ${plain ? "pixels" : "priors"}`),
    ],
    [
      ...ways[0].map(({ wanted }, i) => [wanted, ...ways.map((way) => told(way[i]))]),
      ["recognized", ...ways.map((way) => `**${right(way)} of ${way.length}**`)],
    ],
  );
}

/** A page with the tables that it asks for. @throws Error for one that there is not. */
export function withMeasured(page: string, measured: Measured): string {
  return page.replace(/^<!-- measured (\S+) -->$/gm, (_, name) => {
    if (!Object.hasOwn(TABLES, name)) throw new Error(`Nothing is measured as "${name}"`);
    return TABLES[name](measured);
  });
}
