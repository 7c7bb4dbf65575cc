/** The recordings of the plans that were run last, kept as long as there is room. */
import type { GpuBackend } from "../../gpu/backend.ts";
import type { Plan } from "../../executor.ts";
import type { ParameterStore } from "../../parameters.ts";
import type { Step } from "../../plan.ts";
import { MOST_BYTES, Recording } from "./recording.ts";

/** How many plans are remembered, and bytes that are kept for them. */
const MOST_PLANS = 32, MOST_TOGETHER = 2 * MOST_BYTES;

/** A plan that was run: a network's steps, for inputs of a size, taps and rules. */
export interface Entry {
  readonly gpu: GpuBackend;
  readonly parameters: ParameterStore;
  readonly steps: readonly Step[];
  readonly key: string;
  /** How often it was asked for. */
  runs: number;
  /** Whether it is left to the steps. */
  isLeft: boolean;
  recording?: Recording;
}

/** Those used last come last. */
let entries: readonly Entry[] = [];

function drop(dropped: (entry: Entry) => boolean): void {
  const gone = entries.filter(dropped);
  entries = entries.filter((entry) => !gone.includes(entry));
  for (const { recording } of gone) recording?.drop();
}

/** Lets go of those that were used longest ago, until the others fit. */
function fit(): void {
  let bytes = 0;
  const fitting = entries.toReversed().filter(({ recording }, i) => {
    bytes += recording?.bytes ?? 0;
    return i < MOST_PLANS && bytes <= MOST_TOGETHER;
  });
  drop((entry) => !fitting.includes(entry));
}

/** Networks whose numbers are gone let go of their recordings. */
const watched = new WeakSet<ParameterStore>();

/**
 * What is known of a plan of a network.
 *
 * @param key what it depends on besides the network's steps
 */
export function entryFor(
  gpu: GpuBackend,
  { parameters, steps }: Plan,
  key: string,
): Entry {
  if (!watched.has(parameters)) {
    watched.add(parameters);
    parameters.onDispose(() => drop((entry) => entry.parameters === parameters));
  }
  drop((entry) => entry.gpu !== gpu); // it was lost
  const found = entries.find((entry) =>
    entry.parameters === parameters && entry.steps === steps && entry.key === key
  );
  const entry = found ?? { gpu, parameters, steps, key, runs: 0, isLeft: false };
  entries = [...entries.filter((other) => other !== entry), entry];
  fit();
  return entry;
}

/**
 * A recording for one pass: let go of it. Undefined where the plan is run for the first time, as many
 * are but once; where another pass has it; and where it is left to the steps.
 */
export function recordingFor(entry: Entry): Recording | undefined {
  const { recording } = entry, isFirst = entry.runs++ === 0;
  if (isFirst || entry.isLeft || recording?.isInUse || recording?.isImpossible) return undefined;
  if (recording?.isGood) {
    recording.take();
    return recording;
  }
  recording?.drop();
  return entry.recording = new Recording(entry.gpu);
}
