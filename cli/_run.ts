/** The options of all that makes runs. */
import { z } from "zod";
import { seedOption, withRole } from "../core/options.ts";

export const runOptions = z.object({
  seed: seedOption,
  out: withRole("folder", z.string().min(1).default("runs"))
    .describe("Folder that runs are saved in"),
});
