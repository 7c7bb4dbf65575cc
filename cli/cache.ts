/** `phosphene cache`: what is kept of published weights, and its removal. */
import type { Inventory, Kept } from "../models/hub/cache.ts";
import type { AddCommand, Context } from "./_context.ts";
import { megabytes, table } from "./_text.ts";

export const addCache: AddCommand = (program, context) => {
  const command = program.command("cache")
    .summary("List or remove fetched weights")
    .description(
      "Lists the weights in the cache that models here can use, or removes some. The cache is shared " +
        "with Python's huggingface_hub and torch.hub: what else is there is counted, and left alone.",
    );
  command.command("list", { isDefault: true })
    .summary("List fetched weights, with their sizes")
    .description("Lists the weights in the cache that models here can use.")
    .action(() => list(context));
  command.command("remove")
    .summary("Remove fetched weights")
    .description("Removes weights from the cache; they can be fetched again.")
    .argument("<id...>", "what `phosphene cache list` shows")
    .action((ids: string[]) => remove(ids, context));
};

async function list(context: Context): Promise<void> {
  const { inventory } = await import("../models/hub/cache.ts");
  const found = await inventory();
  context.print(
    {
      folder: found.folder,
      kept: found.kept.map(({ id, path, bytes, incomplete }) => ({ id, path, bytes, incomplete })),
      others: found.others,
    },
    () => text(found),
  );
}

function text({ folder, kept, others }: Inventory): string {
  const all = kept.reduce((sum, { bytes }) => sum + bytes, 0);
  const lines = kept.map(({ id, bytes, incomplete, path }) => [
    id,
    megabytes(bytes),
    incomplete === 0 ? "" : incomplete === bytes ? "incomplete" : "partly incomplete",
    path,
  ]);
  const rest = others.count === 1 ? "1 repository" : `${others.count} repositories`;
  return [
    kept.length
      ? table([...lines, ["total", megabytes(all), "", ""]], [1])
      : `Nothing is kept in ${folder}.`,
    ...others.count ? [`${rest} of other programs, ${megabytes(others.bytes)}, in ${folder}`] : [],
  ].join("\n");
}

async function remove(ids: readonly string[], context: Context): Promise<void> {
  const { removeKept } = await import("../models/hub/cache.ts");
  const removed: Pick<Kept, "id" | "path" | "bytes">[] = [];
  for (const id of ids) {
    const { id: whose, path, bytes } = await removeKept(id);
    removed.push({ id: whose, path, bytes });
  }
  context.print(
    removed,
    () => removed.map(({ id, bytes }) => `removed ${id}, ${megabytes(bytes)}`).join("\n"),
  );
}
