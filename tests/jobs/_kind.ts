/** A kind of tasks whose results are known beforehand, and which can go wrong in every way. */
import { z } from "../../deps/zod.ts";
import { UserError } from "../../core/errors.ts";
import type { Kind } from "../../jobs/kind.ts";
import { kinds } from "../../jobs/kinds/mod.ts";
import { keyOf, type Task } from "../../jobs/task.ts";

export interface Trial {
  readonly number: number;
  /** What goes wrong. */
  readonly fault?: "own" | "program" | "killer";
  /** How long it takes, in ms. */
  readonly ms?: number;
  readonly files?: readonly string[];
}

/** What the result's file holds. */
export const contentOf = (number: number): string => `${number} squared is ${number ** 2}\n`;

const trial: Kind<Trial> = {
  id: "trial",
  schema: z.strictObject({
    number: z.int(),
    fault: z.enum(["own", "program", "killer"]).optional(),
    ms: z.number().optional(),
    files: z.array(z.string()).optional(),
  }),
  identity: ({ number, fault }) => `${number} ${fault}`,
  paths: ({ files = [] }) => files,
  texts: () => [],
  async perform({ number, fault, ms = 0, files = [] }, { folder, at, signal }) {
    await Deno.writeTextFile(`${folder}/half.txt`, "half");
    if (fault === "own") throw new UserError("this one never works", { code: "bad-file" });
    if (fault === "program") throw new TypeError("out of luck");
    if (fault === "killer") Deno.kill(Deno.pid, "SIGKILL");
    await new Promise((resolve) => setTimeout(resolve, ms));
    signal.throwIfAborted();
    await Deno.remove(`${folder}/half.txt`);
    await Deno.writeTextFile(`${folder}/result.txt`, contentOf(number));
    for (const [i, path] of files.entries()) await Deno.copyFile(at(path), `${folder}/file-${i}`);
    return { number };
  },
};
kinds.add(trial);

export const trialTask = async (input: Trial): Promise<Task> => ({
  key: await keyOf(trial.id, trial.identity(input)),
  kind: trial.id,
  input,
  label: `trial ${input.number}`,
});
