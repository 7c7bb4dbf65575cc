/** The recordings of the plans that were run last, kept as long as there is room. */
import type { GpuBackend } from "../../gpu/backend.ts";
import type { ParameterStore } from "../../parameters.ts";
import type { Step } from "../../plan.ts";
import { MOST_BYTES, Recording } from "./recording.ts";

/** How many plans are remembered, and bytes that are kept for them. */
const MOST_PLANS = 32, MOST_TOGETHER = 2 * MOST_BYTES;

/** A plan that was run: a network's steps, for inputs of a size, taps and rules. */
interface Entry {
  readonly gpu: GpuBackend;
  readonly parameters: ParameterStore;
  readonly steps: readonly Step[];
  readonly key: string;
  /** None where it was run once. */
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
 * A recording for one pass of a plan of a network: let go of it. Undefined where the plan is run for
 * the first time, as many are but once; where another pass has it; and where it cannot be recorded.
 *
 * @param key what it depends on besides the network's steps
 */
export function recordingFor(
  gpu: GpuBackend,
  parameters: ParameterStore,
  steps: readonly Step[],
  key: string,
): Recording | undefined {
  if (!watched.has(parameters)) {
    watched.add(parameters);
    parameters.onDispose(() => drop((entry) => entry.parameters === parameters));
  }
  drop((entry) => entry.gpu !== gpu); // it was lost
  const found = entries.find((entry) =>
    entry.parameters === parameters && entry.steps === steps && entry.key === key
  );
  const entry: Entry = found ?? { gpu, parameters, steps, key };
  entries = [...entries.filter((other) => other !== entry), entry];
  fit();
  const { recording } = entry;
  if (!found || recording?.isInUse || recording?.isImpossible) return undefined;
  if (recording?.isGood) {
    recording.take();
    return recording;
  }
  recording?.drop();
  return entry.recording = new Recording(gpu);
}
