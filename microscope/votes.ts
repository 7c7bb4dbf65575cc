/** Which classes a layer's channels speak for. */
import { readVotes, type VotesInput, votesTask } from "../jobs/kinds/votes.ts";
import { choiceOf } from "../jobs/kind.ts";
import type { KeyResults } from "../jobs/results.ts";
import { outputsOf } from "../run/outputs.ts";
import { chunksOf } from "./_chunks.ts";
import type { ChannelEntry } from "./data.ts";
import type { MicroscopePlan } from "./plan.ts";

/** Pictures on which classes are asked, and classes that one task asks for. */
const ASKED = 8, CLASSES_AT_ONCE = 25;
/** Classes that are asked for at most: those that the network gives most often. */
const MOST_CLASSES = 100;
/** Classes that are named of a channel, on either side. */
const VOTES = 5;

/** Gradients of classes at the layers: node → class → channel. */
export type Votes = ReadonlyMap<string, ReadonlyMap<number, Float32Array>>;

/** Asks for the classes, on some of the pictures that could be read. */
export async function votesOf(
  plan: MicroscopePlan,
  results: KeyResults,
  read: readonly { readonly picture: number; readonly best: number }[],
): Promise<Votes> {
  const times = new Map<number, number>();
  for (const { best } of read) times.set(best, (times.get(best) ?? 0) + 1);
  const all = [...outputsOf(plan.model).classes.keys()];
  const classes = all.sort((a, b) => (times.get(b) ?? 0) - (times.get(a) ?? 0))
    .slice(0, MOST_CLASSES);
  // spread over all pictures, and so over whatever order they have
  const step = Math.max(1, Math.floor(read.length / ASKED));
  const pictures = read.filter((_, i) => i % step === 0).slice(0, ASKED)
    .map(({ picture }) => plan.pictures[picture]);
  const model = choiceOf(plan.model), layers = plan.layers.map(({ node }) => node);
  const parts = await Promise.all(
    chunksOf(classes, CLASSES_AT_ONCE).map(async (some, i) => {
      const input: VotesInput = { model, layers, classes: some, pictures };
      return { some, task: await votesTask(input, `classes, part ${i + 1}`) };
    }),
  );
  const failed = await plan.perform("classes", parts.map(({ task }) => task), results);
  const votes = new Map(layers.map((layer) => [layer, new Map<number, Float32Array>()]));
  for (const { some, task } of parts) {
    if (failed.includes(task.label)) continue;
    const found = await readVotes(results.pathOf(task), layers);
    for (const layer of layers) {
      const gradients = found.get(layer)!, channels = gradients.shape[1];
      some.forEach((wanted, i) =>
        votes.get(layer)!.set(wanted, gradients.subarray(i * channels, (i + 1) * channels))
      );
    }
  }
  return votes;
}

/** The classes that grow most in a direction, and those that fall most. @param along how much one does */
export function strongest(
  classes: ReadonlyMap<number, Float32Array>,
  along: (gradients: Float32Array) => number,
): ChannelEntry["votes"] {
  const sorted = [...classes].map(([wanted, gradients]) => ({
    class: wanted,
    gradient: along(gradients),
  })).sort((a, b) => b.gradient - a.gradient);
  const up = sorted.filter(({ gradient }) => gradient > 0).slice(0, VOTES);
  const down = sorted.filter(({ gradient }) => gradient < 0).slice(-VOTES);
  return [...up, ...down];
}
