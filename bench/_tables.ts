/** Rows as a table: on the terminal, and in the page of measurements. */
import type { Row } from "./_question.ts";

const PAGE = new URL("../docs/measurements.md", import.meta.url);

/** Three digits; whole where there are more before the point. */
const digits = (n: number): string =>
  n === 0 || (Math.abs(n) >= 1e-3 && Math.abs(n) < 1e6)
    ? String(Math.abs(n) >= 100 ? Math.round(n) : Number(n.toPrecision(3)))
    : n.toExponential(0);

const withUnit = (n: number | undefined, unit: string): string =>
  n === undefined ? "" : [digits(n), unit].join(" ").trim();

/** Rows as Markdown, in columns of one width. */
export function table(rows: readonly Row[]): string {
  const hasPeer = rows.some(({ peer }) => peer !== undefined);
  const cells = (row: Row): string[] => [
    row.case,
    row.backend,
    String(row.threads),
    withUnit(row.ours, row.unit),
    ...(hasPeer
      ? [withUnit(row.peer, row.unit), row.ratio === undefined ? "" : digits(row.ratio)]
      : []),
  ];
  const head = ["case", "backend", "threads", "ours", ...(hasPeer ? ["peer", "ours / peer"] : [])];
  const lines = [head, head.map(() => ""), ...rows.map(cells)];
  const widths = head.map((_, i) => Math.max(3, ...lines.map((line) => line[i].length)));
  return lines.map((line, n) =>
    `| ${
      line.map((cell, i) => n === 1 ? "-".repeat(widths[i]) : cell.padEnd(widths[i])).join(" | ")
    } |`
  ).join("\n");
}

/** What stands around a question's table on the page. */
const marks = (id: string) => [`<!-- bench ${id} -->`, `<!-- /bench ${id} -->`] as const;

/** A page with a question's rows where its marks are. @throws Error where there are none. */
export function withTable(page: string, id: string, rows: readonly Row[]): string {
  const [begin, end] = marks(id), from = page.indexOf(begin), to = page.indexOf(end);
  if (from < 0 || to < from) throw new Error(`docs/measurements.md has no ${begin} … ${end}`);
  return `${page.slice(0, from + begin.length)}\n\n${table(rows)}\n\n${page.slice(to)}`;
}

/** Writes a question's rows into the page of measurements. */
export async function write(id: string, rows: readonly Row[]): Promise<void> {
  await Deno.writeTextFile(PAGE, withTable(await Deno.readTextFile(PAGE), id, rows));
  const args = ["fmt", "--quiet", PAGE.pathname]; // which counts a letter's width as it does
  const { success } = await new Deno.Command(Deno.execPath(), { args }).output();
  if (!success) throw new Error(`deno fmt does not take what was written into ${PAGE.pathname}`);
}
