/** The options of all that makes runs. */
import { z } from "../deps/zod.ts";
import { seedOption, withRole } from "../core/options.ts";

export const targetOptions = z.object({
  target: z.string().min(1).optional().describe(
    "Explain more than a class: a difference (cat - dog), a mean (mean(cat, dog)), or, of a network " +
      "that gives scores for every place, a class in a row and column (3@12:20) or where a mask is " +
      "white (3@mask.png)",
  ),
});

export const runOptions = z.object({
  seed: seedOption,
  out: withRole("folder", z.string().min(1).default("runs"))
    .describe("Folder that runs are saved in"),
});
