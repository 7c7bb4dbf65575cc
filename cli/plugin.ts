/** `phosphene plugin check`: holds a plugin to what our own are held to. */
import { z } from "../deps/zod.ts";
import { UserError } from "../core/errors.ts";
import type { Verdict } from "../conformance/mod.ts";
import { loadPlugin, type Plugin } from "../run/plugins/mod.ts";
import type { AddCommand, Context } from "./_context.ts";
import { addFlags, readFlags } from "./_flags.ts";
import { spoken } from "./_say.ts";
import { table } from "./_text.ts";

const checkOptions = z.object({
  also: z.array(z.string().min(1)).default([]).describe(
    "Properties to check of its attributions: finite-differences (it is the score's gradient), " +
      "completeness (it adds up to the change of the score), class-sensitivity (another class gets " +
      "another map), randomization (so does a last layer of other weights)",
  ),
});

export const addPlugin: AddCommand = (program, context) => {
  const plugin = program.command("plugin")
    .summary("Check a plugin")
    .description("Looks at what a plugin adds; `phosphene new` writes one to begin with.");
  const check = plugin.command("check")
    .summary("Hold a plugin to the contract that the library's own techniques keep")
    .description(
      "Tries everything that a plugin adds: its techniques on small networks of every structure " +
        "(sound, repeatable, aborted at any point, nothing left behind, mistakes told in plain words), " +
        "its models, metrics, objectives, transformations, parameterizations, ops and colour maps. " +
        "Exits with 2 where a promise is not kept.",
    )
    .argument("<plugin>", "the plugin: a file, or an https:, npm: or jsr: address");
  addFlags(check, checkOptions, "Options of plugin check:");
  check.action(async (name: string) => {
    await run(name, readFlags(check, checkOptions).also, context);
  });
};

async function run(name: string, also: readonly string[], context: Context): Promise<void> {
  // first: a plugin stands beside all that there is
  const { checkPlugin } = await import("../conformance/mod.ts"), plugin = await loadPlugin(name);
  const { signal } = context, verdicts: Verdict[] = [];
  const meter = context.meter(`checking ${name}`);
  try {
    for await (const verdict of checkPlugin(plugin, { also, signal })) {
      verdicts.push(verdict);
      meter.update(verdicts.length, undefined, verdict.check);
    }
  } finally {
    meter.stop();
  }
  const failed = verdicts.filter(({ passed }) => !passed);
  context.print(
    { plugin: name, passed: failed.length === 0, verdicts },
    () => report(plugin, verdicts),
  );
  if (failed.length === 0) return;
  const [{ subject, found }] = failed;
  throw new UserError(
    `The plugin "${name}" does not keep the contract: ${failed.length} of ${verdicts.length} checks ` +
      `failed, the first of its ${subject}: ${found}.`,
    { code: "bad-plugin" },
  );
}

/** Each check once, with the networks on which it failed. */
function report(plugin: Plugin, verdicts: readonly Verdict[]): string {
  const rows = new Map<string, Verdict[]>();
  for (const verdict of verdicts) {
    const key = `${verdict.subject}\n${verdict.check}`;
    rows.set(key, [...rows.get(key) ?? [], verdict]);
  }
  const lines = [...rows.values()].flatMap((all) => {
    const [{ subject, check }] = all, failed = all.filter(({ passed }) => !passed);
    const on = all.length > 1 ? `${check} (${all.length} networks)` : check;
    return [
      [failed.length ? "not ok" : "ok", subject, on],
      ...failed.map(({ found, on }) => [
        "",
        "",
        `→ ${on ? `on ${on}: ` : ""}${spoken(found ?? "")}`,
      ]),
    ];
  });
  const passed = verdicts.filter((verdict) => verdict.passed).length;
  return `${table(lines)}\n\n${plugin.file}: ${passed} of ${verdicts.length} checks passed`;
}
