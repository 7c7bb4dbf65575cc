/** `phosphene models`: the networks that are known by name, and the formats. */
import type { AddCommand } from "./_context.ts";

export const addModels: AddCommand = (program, context) => {
  program.command("models")
    .summary("List the models and file formats")
    .description("Lists the models that --model takes by id, and the file formats it reads.")
    .action(async () => {
      const { models } = await import("../models/mod.ts");
      const all = [...models];
      context.print(
        all.map(({ id, title, licence, source, models }) => ({
          id,
          title,
          licence,
          source,
          models,
        })),
        () =>
          all.map(({ title, licence, source, models }) => {
            const ids = models.length ? models : ["(a file: give its path to --model)"];
            return [title, ...folded(ids).map((line) => `  ${line}`), `  ${source}; ${licence}`]
              .join("\n");
          }).join("\n\n"),
      );
    });
};

/** Words in lines of at most 88 letters. */
function folded(words: readonly string[]): string[] {
  const lines = [""];
  for (const word of words) {
    const line = lines.at(-1)!;
    if (line && line.length + word.length > 88) lines.push(word);
    else lines[lines.length - 1] = line ? `${line} ${word}` : word;
  }
  return lines;
}
