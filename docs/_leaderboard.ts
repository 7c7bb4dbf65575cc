/** The leaderboard on the pages: `<!-- leaderboard NAME -->` becomes the table of that name. */
import type { Board, Mean, Row } from "../leaderboard/table.ts";
import { beats } from "../leaderboard/table.ts";
import { signed } from "../metrics/directions.ts";
import { techniques } from "../techniques/mod.ts";
import { code, table } from "./_markdown.ts";

/** What was measured of the built-in networks, in the same order in both lists. */
export interface Boards {
  /** Whether maps find the thing, and whether the network uses what they show. */
  readonly found: Board[];
  /** Whether they depend on what was learnt, and on the class; and whether they stay. */
  readonly sane: Board[];
}

/** The file that `deno task leaderboard` writes. */
export const BOARDS = new URL("_leaderboard.json", import.meta.url);

/** By what, and on how many drawn pictures. */
export const FOUND = {
  metrics: "relevance-rank, relevance-mass, pointing-game, insertion, deletion, road",
  pictures: 20,
};
/** Each of these explains again, so the pictures are fewer. */
export const SANE = {
  metrics: "model-randomization(stages=3), random-logit(classes=2), " +
    "sensitivity-max(samples=2), input-invariance",
  pictures: 4,
};

/** What expensive techniques are told, so that all can be measured in an hour or two. */
export const CHEAPER: Readonly<Record<string, string>> = {
  "rise": "masks=500",
  "ss-cam": "samples=5",
  "is-cam": "samples=3",
  "sobol": "designs=8",
  "hsic": "masks=200",
  "kernel-shap": "samples=300",
  "lime": "samples=300",
  "guided-ig": "steps=50",
  "xrai": "steps=20",
  "gradient-shap": "samples=10",
};

export const readBoards = async (): Promise<Boards | undefined> =>
  JSON.parse(await Deno.readTextFile(BOARDS).catch(() => "null")) ?? undefined;

const three = (n: number) => n.toPrecision(3);

/** A row's name: a link to the technique's page, or, of what knows nothing of the network, in italics. */
const named = ({ technique, title, baseline }: Row, from: string): string =>
  baseline || !techniques.has(technique)
    ? `_${title}_`
    : `[${title}](${from}techniques/${technique}.md)`;

const meanOf = (mean: Mean | null) =>
  mean ? `${three(mean.mean)} (${three(mean.low)} to ${three(mean.high)})` : "–";

/** A network's table; what is not better than noise beyond doubt is in italics. */
function boardTable({ metrics, rows }: Board): string {
  const noise = rows.find(({ technique }) => technique === "random");
  return table(
    ["technique", ...metrics.map(({ title, better }) => signed(title, better))],
    rows.map((row) => [
      named(row, "../"),
      ...row.means.map((mean, i) => {
        const other = noise?.means[i] ?? null;
        const sure = row.baseline || beats(mean, other, metrics[i].better);
        return sure ? meanOf(mean) : `_${meanOf(mean)}_`;
      }),
    ]),
  );
}

/** What is said under a table. */
const under = ({ model, pictures, accuracy }: Board): string =>
  `${code(model)}, ${pictures} pictures` +
  (accuracy === undefined ? "" : `, ${Math.round(100 * accuracy)} % of them named right`) +
  "; means with their 95 % intervals.";

const TABLES: Readonly<Record<string, (boards: Boards) => string>> = {
  found: ({ found }) =>
    found.flatMap((board) => [`### ${code(board.model)}`, boardTable(board), under(board)])
      .join("\n\n"),
  sane: ({ sane }) =>
    sane.flatMap((board) => [`### ${code(board.model)}`, boardTable(board), under(board)])
      .join("\n\n"),
};

/** A page with the tables that it asks for. @throws Error for one that there is not. */
export function withBoards(page: string, boards: Boards | undefined): string {
  return page.replace(/^<!-- leaderboard (\S+) -->$/gm, (_, name) => {
    if (!Object.hasOwn(TABLES, name)) throw new Error(`The leaderboard has no "${name}"`);
    return boards ? TABLES[name](boards) : "_Not measured yet: `deno task leaderboard`._";
  });
}

/** Where a technique stands among those that explain a network, by one metric. */
function rankOf(board: Board, metric: number, technique: string): string {
  const { better } = board.metrics[metric], sign = better === "lower" ? -1 : 1;
  const own = board.rows.filter(({ baseline, means }) => !baseline && means[metric]);
  const order = own.sort((a, b) => sign * (b.means[metric]!.mean - a.means[metric]!.mean));
  return `${1 + order.findIndex((row) => row.technique === technique)} of ${order.length}`;
}

/** A technique's own rows, for its page; nothing where it was not measured. */
export function standing(technique: string, boards: Boards | undefined): string[] {
  if (!boards) return [];
  const lines = [...boards.found, ...boards.sane].flatMap((board) => {
    const row = board.rows.find((row) => row.technique === technique);
    return row
      ? board.metrics.flatMap(({ title, better }, i) =>
        row.means[i]
          ? [[
            signed(title, better),
            code(board.model),
            meanOf(row.means[i]),
            rankOf(board, i, technique),
          ]]
          : []
      )
      : [];
  });
  if (lines.length === 0) return [];
  const told = CHEAPER[technique];
  return [
    "## On the leaderboard",
    "On drawn pictures whose masks are known. [The leaderboard](../explanation/leaderboard.md) says how " +
    "it was measured, what noise and an edge detector reach, and what such numbers do not say." +
    (told ? ` Measured with ${code(told)}.` : ""),
    table(["metric", "network", "mean (95 %)", "place"], lines),
  ];
}
