/** What every technique is run with, and how. */
import * as tf from "../deps/tfjs.ts";
import { optionFields } from "../core/options.ts";
import { option } from "../core/say.ts";
import { execute, finish, type Run, type RunRequest } from "../run/execute.ts";
import type { Progress, Technique } from "../run/technique.ts";
import type { Values } from "../core/values.ts";
import type { Model } from "../run/model.ts";
import { Unmet } from "./expect.ts";
import { picture, type Small } from "./networks.ts";

/** How many tensors the backend holds. */
export const numTensors = (): number => tf.memory().numTensors;

/** More than this is effort (steps, samples, masks), of which a test wants little. */
const LITTLE = 4;

/**
 * Options with which any technique does little work: its defaults, and few repetitions of anything
 * (whole numbers that are large, or follow from the picture's size).
 */
export function quickOptions(technique: Technique, small: Small): Record<string, unknown> {
  const chosen: Record<string, unknown> = {};
  for (const field of optionFields(technique.options)) {
    const { name, role, type, minimum = -Infinity, required } = field;
    if (type === "integer" && !((field.default as number) <= LITTLE)) {
      chosen[name] = Math.max(minimum, LITTLE);
    }
    if (role === "layer" && (required || technique.kind === "visualization")) {
      chosen[name] = small.layer;
    }
    if (role === "channel") chosen[name] = small.channel;
    if (!required || name in chosen) continue;
    throw new Unmet(`${option(name)} has no default: what a user leaves out must still work`);
  }
  return chosen;
}

/** A request for a technique on a small model. */
export const requestOf = (technique: Technique, small: Small, model: Model): RunRequest => ({
  model,
  options: quickOptions(technique, small),
  ...(takesPicture(technique) ? { image: picture(small.width, small.height) } : {}),
});

/** Whether a technique can be given a picture. */
export const takesPicture = (technique: Technique): boolean =>
  technique.kind === "attribution" || technique.picture !== "none";

/** Runs a technique to its end, keeping its progress. */
export async function runAll(
  technique: Technique,
  request: RunRequest,
): Promise<{ run: Run; progress: Progress[] }> {
  const progress: Progress[] = [];
  const run = await finish(execute(technique, request), (step) => void progress.push(step));
  return { run, progress };
}

/** The raw numbers of a run. */
export const rawOf = (run: Run): Record<string, Values> =>
  "map" in run ? { attribution: run.attribution, map: run.map } : { image: run.image };

/** A signal that aborts by itself when it is asked for the `call`th time whether it has. */
export function abortingAt(call: number): {
  signal: AbortSignal;
  reason: Error;
  calls(): number;
} {
  const controller = new AbortController(), { signal } = controller;
  const reason = new Error("enough");
  let calls = 0;
  const check = signal.throwIfAborted.bind(signal);
  Object.defineProperty(signal, "throwIfAborted", {
    value() {
      calls++;
      if (calls === call) controller.abort(reason);
      check();
    },
  });
  return { signal, reason, calls: () => calls };
}
