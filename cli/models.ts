/** `phosphene models`: the networks that are known by name, and the formats. */
import { nearestHint, UserError } from "../core/errors.ts";
import type { Entry } from "../models/catalogue/mod.ts";
import type { Kept } from "../models/hub/cache.ts";
import { platform } from "../platform/mod.ts";
import type { ModelAdapter } from "../run/model.ts";
import type { AddCommand } from "./_context.ts";
import { megabytes, table } from "./_text.ts";

export const addModels: AddCommand = (program, context) => {
  program.command("models")
    .summary("List the models, their published weights and the file formats")
    .description(
      "Lists the models that --model takes by id, and the file formats it reads. With a network's " +
        "id, lists its published weights: which are fetched, how large they are, on what terms.",
    )
    .argument("[id]", "a network, to list its published weights")
    .action(async (id?: string) => {
      const { models } = await import("../models/mod.ts");
      const { inventory } = await import("../models/hub/cache.ts");
      const { kept } = await inventory().catch(() => ({ kept: [] }));
      const { weightsOf, architectureIn, published } = await import("../models/catalogue/mod.ts");
      const all = [...models];
      if (id === undefined) {
        const families = all.map((adapter) => ({
          adapter,
          weights: adapter.models.flatMap((model) => told(weightsOf(model), kept)),
        }));
        return context.print(
          families.map(({ adapter: { id, title, licence, source, models, takes }, weights }) => ({
            id,
            title,
            licence,
            source,
            models,
            takes,
            weights,
          })),
          () => families.map(({ adapter, weights }) => text(adapter, weights)).join("\n\n"),
        );
      }
      const architecture = architectureIn(id), entries = weightsOf(architecture);
      const ids = all.flatMap((adapter) => adapter.models);
      if (!ids.includes(architecture)) {
        if (await platform.exists(id)) {
          throw new UserError(
            `"${id}" is no network's id, but a file or a folder; \`phosphene layers\` lists the ` +
              `layers of a network in it.`,
            { code: "unknown-model" },
          );
        }
        throw new UserError(`There is no model "${id}"; ${nearestHint(id, ids)}.`, {
          code: "unknown-model",
        });
      }
      if (entries.length === 0) {
        const known = ids.filter((other) => published().includes(other));
        throw new UserError(
          `No published weights of "${architecture}" are known; there are of ${known.join(", ")}.`,
          { code: "unknown-model" },
        );
      }
      const rows = told(entries, kept);
      context.print(rows, () => weightsTable(rows));
    });
};

/** Published weights as they are told. */
interface Known {
  readonly id: string;
  /** Whether they are taken where the network alone is named. */
  readonly isDefault: boolean;
  readonly from: string;
  readonly classes: number;
  readonly input: number;
  readonly licence: string | null;
  /** What is kept, else what is published; null where that is not known. */
  readonly bytes: number | null;
  readonly cached: boolean;
}

const told = (entries: readonly Entry[], kept: readonly Kept[]) =>
  entries.map((entry, i) => known(entry, i === 0, kept));

function known(entry: Entry, isDefault: boolean, kept: readonly Kept[]): Known {
  const { id, from, preprocess, classes, licence = null } = entry;
  const name = "url" in from ? from.url.split("/").at(-1)! : id;
  const found = kept.find((one) => one.id === name && one.bytes > one.incomplete);
  return {
    id,
    isDefault,
    from: "url" in from ? from.url : `hf-hub:${from.repo}`,
    classes,
    input: preprocess.crop as number,
    licence,
    bytes: found?.bytes ?? entry.bytes ?? null,
    cached: found !== undefined,
  };
}

function text({ title, licence, source, models, takes }: ModelAdapter, weights: readonly Known[]) {
  const ids = models.length ? models : [takes ?? "(a file: give its path to --model)"];
  const fetched = weights.filter(({ cached }) => cached)
    .map(({ id, bytes }) => `  fetched: ${id}, ${megabytes(bytes!)}`);
  return [title, ...folded(ids).map((line) => `  ${line}`), ...fetched, `  ${source}; ${licence}`]
    .join("\n");
}

function weightsTable(rows: readonly Known[]): string {
  return table([
    ["weights", "", "input", "classes", "size", "", "licence"],
    ...rows.map(({ id, isDefault, input, classes, bytes, cached, licence }) => [
      id,
      isDefault ? "default" : "",
      `${input}×${input}`,
      String(classes),
      bytes === null ? "" : megabytes(bytes),
      cached ? "fetched" : "",
      licence ?? "",
    ]),
  ], [3, 4]);
}

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
