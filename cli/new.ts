/** `phosphene new technique|model|metric NAME`: a plugin to begin with. */
import { UserError } from "../core/errors.ts";
import { random } from "../core/random.ts";
import { writeSafetensors } from "../core/safetensors.ts";
import { sizeOf } from "../core/values.ts";
import { metrics } from "../metrics/mod.ts";
import { models } from "../models/mod.ts";
import { platform } from "../platform/mod.ts";
import { techniques } from "../techniques/mod.ts";
import type { AddCommand } from "./_context.ts";
import { table } from "./_text.ts";
import { type Kind, readme, tasks, test } from "./templates/beside.ts";
import { metric } from "./templates/metric.ts";
import { model, WEIGHTS } from "./templates/model.ts";
import { technique } from "./templates/technique.ts";

const TEMPLATES = { technique, model, metric };

/** A module of this library, as a plugin on this machine imports it. */
const own = (name: string): string =>
  new URL(`../${name}${/\.\w+$/.exec(import.meta.url)![0]}`, import.meta.url).href;

/** `center-of-mass` → `Center of mass` */
const titleOf = (id: string) => `${id[0].toUpperCase()}${id.slice(1).replaceAll("-", " ")}`;

/** Random weights that a new network begins with: they neither fade nor explode. */
function weights(): Uint8Array {
  const stream = random("new model");
  return writeSafetensors(
    Object.fromEntries(
      Object.entries(WEIGHTS).map(([name, shape]) => {
        const reach = shape.length > 1 ? Math.sqrt(2 / sizeOf(shape.slice(1))) : 0;
        return [name, stream.normalValues(shape, 0, reach)];
      }),
    ),
  );
}

function check(kind: Kind, id: string): void {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(id)) {
    throw new UserError(
      `"${id}" cannot be the name of a ${kind}: it takes small letters and digits, and hyphens ` +
        "between them, such as my-technique.",
    );
  }
  const taken = {
    technique: techniques.has(id),
    model: [...models].some((adapter) => adapter.models.includes(id)),
    metric: metrics.has(id),
  }[kind];
  if (taken) throw new UserError(`There is a ${kind} "${id}" already.`, { code: "taken" });
}

/** Writes the files of a new plugin into a new folder of its name. */
async function write(kind: Kind, id: string): Promise<readonly string[]> {
  const title = titleOf(id);
  const files: Record<string, string | Uint8Array> = {
    [`${id}.ts`]: TEMPLATES[kind](id, title, own("kit")),
    [`${id}_test.ts`]: test(id, own("testing")),
    "deno.json": tasks(kind, id, own("cli")),
    "README.md": readme(kind, id, title),
    ...(kind === "model" ? { [`${id}.safetensors`]: weights() } : {}),
  };
  const names = Object.keys(files);
  await platform.writeWhole(id, async (partial) => {
    await platform.makeFolder(partial);
    for (const name of names) await platform.writeFile(`${partial}/${name}`, files[name]);
  }, { replace: false }).catch((cause) => {
    const reason = platform.fault(cause) === "exists"
      ? "there is something of that name already"
      : platform.reason(cause);
    throw new UserError(`Cannot write the folder "${id}": ${reason}.`, {
      code: "cannot-write",
      cause,
    });
  });
  return names.map((name) => `${id}/${name}`);
}

export const addNew: AddCommand = (program, context) => {
  const command = program.command("new")
    .summary("Write a plugin to begin with: a technique, a model or a metric")
    .description(
      "Writes a new folder with a plugin of one file that runs as it is, its test, its tasks and its " +
        "README.",
    )
    .argument("<kind>", `what it adds: ${Object.keys(TEMPLATES).join(", ")}`)
    .argument("<name>", "its id, and the folder's name: my-technique");
  command.action(async (kind: string, id: string) => {
    if (!Object.hasOwn(TEMPLATES, kind)) {
      throw new UserError(
        `There are no plugins of the kind "${kind}" to begin with; there are ` +
          `${Object.keys(TEMPLATES).join(", ")}.`,
      );
    }
    check(kind as Kind, id);
    const files = await write(kind as Kind, id);
    context.print(
      { kind, id, files },
      () =>
        `${
          table(files.map((file) => [file]))
        }\n\nphosphene plugin check ${id}/${id}.ts   # holds it to the contract`,
    );
  });
};
