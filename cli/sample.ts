/** `phosphene sample`: a drawn picture, and where its subject is, to try things on. */
import { z } from "../deps/zod.ts";
import { encodePng } from "../image/mod.ts";
import { UserError } from "../core/errors.ts";
import { platform } from "../platform/mod.ts";
import { seedOption, withRole } from "../core/options.ts";
import type { AddCommand } from "./_context.ts";
import { addFlags, readFlags } from "./_flags.ts";
import { table } from "./_text.ts";

const sampleOptions = z.object({
  class: withRole("class", z.string().min(1).optional())
    .describe("Class to draw, by number or name; default: the seed chooses"),
  seed: seedOption.describe("Seed for everything else in the picture"),
  size: z.int().min(16).max(2048).default(256).describe("Width and height in pixels"),
  hard: z.boolean().default(false).describe(
    "Draw the subject smaller, more hidden and among more clutter",
  ),
  out: z.string().min(1).default(".").describe("Folder for the picture and its mask"),
});

/** What says that a file or folder cannot be written. */
const unwritable = (what: string) => (cause: unknown) => {
  throw new UserError(
    `Cannot write ${what}: ${platform.reason(cause)}.`,
    { code: "cannot-write", option: "out", cause },
  );
};

const write = (path: string, bytes: Uint8Array): Promise<void> =>
  platform.writeWhole(path, bytes).catch(unwritable(`"${path}"`));

export const addSample: AddCommand = (program, context) => {
  const command = program.command("sample")
    .summary("Draw a picture that the built-in networks know")
    .description(
      "Draws a picture of one of the classes of the built-in networks, and its mask: white where the " +
        "subject is. The same seed draws the same picture everywhere.",
    );
  addFlags(command, sampleOptions, "Options of sample:");
  command.action(async () => {
    const { CLASSES, draw } = await import("../world/scene.ts");
    const { maskPicture } = await import("../world/held_out.ts");
    const given = readFlags(command, sampleOptions);
    const { seed, size, hard, out } = given;
    const wanted = given.class ?? CLASSES[seed % CLASSES.length];
    const name = /^\d+$/.test(wanted) ? CLASSES[Number(wanted)] : wanted;
    if (name === undefined) {
      throw new UserError(
        `There is no class ${wanted}: they are 0 to ${CLASSES.length - 1}.`,
        { code: "unknown-class" },
      );
    }
    const drawn = draw({ class: name, seed, size, difficulty: hard ? "hard" : "normal" });
    await platform.makeFolder(out).catch(unwritable(`to "${out}"`));
    const stem = `${out}/${name}-${seed}`.replace(/^\.\//, "");
    const paths = { picture: `${stem}.png`, mask: `${stem}.mask.png` };
    await write(paths.picture, await encodePng(drawn.picture));
    await write(paths.mask, await encodePng(maskPicture(drawn.mask, drawn.picture)));
    context.print(
      { class: name, index: CLASSES.indexOf(name), seed, size, hard, ...paths },
      () => table([["class", name], ["picture", paths.picture], ["mask", paths.mask]]),
    );
  });
};
