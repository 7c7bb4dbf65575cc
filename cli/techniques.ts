/** `phosphene techniques`: what there is to run. */
import { optionFields } from "../core/options.ts";
import { techniques } from "../techniques/mod.ts";
import type { AddCommand } from "./_context.ts";
import { table } from "./_text.ts";

const KINDS = [
  ["attribution", "What a network looks at"],
  ["visualization", "What it looks for"],
] as const;

export const addTechniques: AddCommand = (program, context) => {
  program.command("techniques")
    .summary("List the techniques")
    .description("Lists the techniques; `phosphene TECHNIQUE --help` describes one.")
    .action(() => {
      const all = [...techniques];
      const width = Math.max(...all.map(({ id }) => id.length));
      context.print(
        all.map(({ options, run: _, ...described }) => ({
          ...described,
          options: optionFields(options),
        })),
        () =>
          KINDS.map(([kind, heading]) => {
            const rows = all.filter((technique) => technique.kind === kind)
              .map(({ id, summary }) => [` ${id.padEnd(width)}`, summary]);
            return `${heading}\n${table(rows)}`;
          }).join("\n\n"),
      );
    });
};
