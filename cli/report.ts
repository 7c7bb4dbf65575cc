/** `phosphene report`: what to know of a network before one trusts it. */
import { z } from "../deps/zod.ts";
import { UserError } from "../core/errors.ts";
import { seedOption, withRole } from "../core/options.ts";
import { option } from "../core/say.ts";
import { percent } from "../core/text.ts";
import { MOST_THREADS } from "../engine/runtime.ts";
import { ensureWritable } from "../run/folder.ts";
import { outputsOf } from "../run/outputs.ts";
import type { Report } from "../report/data.ts";
import { channelsText, strangersText, verdictOf } from "../report/findings.ts";
import { betterWay } from "../report/fit.ts";
import type { AddCommand, Context } from "./_context.ts";
import { addFlags, readFlags } from "./_flags.ts";
import { knownPictures } from "./_known_pictures.ts";
import { addModelFlags, chosenOptions, loadChosen } from "./_model.ts";
import { perform } from "./_perform.ts";
import { phases } from "./_phases.ts";
import { queueOptions } from "./_queue.ts";
import { chosenTechniques } from "./_techniques.ts";
import { table } from "./_text.ts";

const reportOptions = z.object({
  pictures: withRole("folder", z.string().min(1)).describe(
    "Folder of pictures; where it has folders called as the classes are, these say what is what",
  ),
  classes: withRole("file", z.string().min(1).optional()).describe(
    "File that says which class each picture is of: NAME,CLASS in each line",
  ),
  mask: z.string().min(1).optional().describe(
    "Folder of masks, called as the pictures are; default: NAME.mask.png beside the picture, if it is " +
      "there",
  ),
  technique: z.string().min(1).default("grad-cam").describe(
    "What explains the pictures, with options where wanted: grad-cam(layer=layer3)",
  ),
});

const workOptions = z.object({
  seed: seedOption,
  out: withRole("folder", z.string().min(1).default("report")).describe("Folder to write it to"),
  workers: z.int().min(1).max(MOST_THREADS).optional()
    .describe("How many pictures are explained at a time; default: as many as are of use"),
});

type Given =
  & z.output<typeof reportOptions>
  & z.output<typeof workOptions>
  & z.output<typeof queueOptions>;

export const addReport: AddCommand = (program, context) => {
  const command = program.command("report")
    .summary("Say what to know of a network before one trusts it")
    .description(
      "Shows many pictures to a network, explains its answers, and writes a page: how many are right, " +
        "confident mistakes, evidence that lies beside the thing or at one place of all pictures (which " +
        "is then covered, to see whether the network goes by it), classes confused, channels that are dead or " +
        "always on, and whether pictures prepared otherwise would suit it better. What was looked at already is not " +
        "looked at again.",
    );
  addFlags(command, reportOptions, "Options of report:");
  addModelFlags(command);
  addFlags(command, workOptions, "Run:");
  addFlags(command, queueOptions, "On other machines, where `phosphene worker` runs:");
  command.action(async () => {
    const given = {
      ...readFlags(command, reportOptions),
      ...readFlags(command, workOptions),
      ...readFlags(command, queueOptions),
    };
    await report(given, readFlags(command, chosenOptions), context);
  });
};

async function report(
  given: Given,
  chosen: z.output<typeof chosenOptions>,
  context: Context,
): Promise<void> {
  const [{ buildReport }, { writeReport }] = await Promise.all([
    import("../report/build.ts"),
    import("../web/report/page.tsx"),
  ]);
  const { out, seed } = given, { signal } = context;
  const [{ thing, options }, ...more] = chosenTechniques(given.technique, "judge").choices;
  if (more.length > 0) {
    throw new UserError(`${option("technique")} takes one: a report explains in one way.`, {
      code: "bad-option",
      option: "technique",
    });
  }
  await ensureWritable(out);
  const model = await loadChosen(chosen, context);
  const progress = phases(context);
  try {
    const known = await knownPictures(given, outputsOf(model).classes, context);
    const made = await buildReport({
      ...{ ...known, model, seed, out, signal },
      technique: { id: thing.id, options },
      perform: (what, tasks, results) =>
        perform(what, tasks, results, { ...given, ...chosen, model }, context),
      onProgress: (what, step, of) => progress.show(what, step, of),
    });
    progress.stop();
    await writeReport(made, out);
    context.print(made, () => summary(made, out));
  } finally {
    progress.stop();
    model.network.dispose();
  }
}

/** What was found, for people. */
function summary(report: Report, out: string): string {
  const { accuracy, shortcuts, beside, channels, prepared, pictures, bad, confusions, strangers } =
    report;
  const better = betterWay(prepared);
  const [worst] = confusions;
  const unknown = strangers.length > 0 ? `${strangersText(strangers)}\n` : "";
  return `${verdictOf(report)}\n${unknown}\n` + table([
    ["pictures", `${pictures.length}${bad.length ? `, ${bad.length} not looked at` : ""}`],
    ...(accuracy
      ? [[
        "right",
        `${percent(accuracy.mean, 0)} of ${accuracy.count} (${percent(accuracy.low, 0)} to ${
          percent(accuracy.high, 0)
        })`,
      ]]
      : []),
    ...(worst
      ? [[
        "confused",
        `${worst.class} taken for ${worst.answer}, ${
          worst.count === 1 ? "once" : `${worst.count} times`
        }`,
      ]]
      : []),
    ...shortcuts.map(({ class: label, place, covered, pasted, proven }) => [
      proven ? "shortcut" : "suspected",
      `${label} by ${place.name}: covered, ${
        Object.values(covered).map(({ share }) => percent(share.mean, 0)).join(" and ")
      } of the answers change (two ways); put ` +
      `elsewhere, ${percent(pasted.share.mean, 0)} become ${label}`,
    ]),
    ...(beside ? [["beside", `${beside} right with evidence beside the thing`]] : []),
    ...(channels.length ? [["channels", channelsText(channels)]] : []),
    ...(better ? [["prepared", `much better with ${better.how}`]] : []),
    ["report", `${out}/index.html`],
  ]);
}
