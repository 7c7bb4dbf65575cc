/** Markdown as the pages need it. */

/** A table; what is in the cells may hold anything but line ends. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [row(head), row(head.map(() => "---")), ...rows.map(row)].join("\n");
}

export const code = (text: string): string => `\`${text}\``;

/** A block of code, in a fence that is longer than any in it. */
export function fence(language: string, text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/^ *\*? *(`{3,})/gm)].map(([, f]) => f.length));
  const marks = "`".repeat(longest + 1);
  return `${marks}${language}\n${text.trimEnd()}\n${marks}`;
}

/** What stands above a page that is made. */
export const NOTE = "<!-- Written by `deno task docs`. -->";
