/** The programs that were prepared, kept for the next pass of their kind as long as there is room. */
import type { Program } from "./program.ts";
import type { ParameterStore } from "../../parameters.ts";
import type { Step } from "../../plan.ts";

/** Bytes of graphs that are kept; the runtime needs about as much again to compute. */
const MOST = 2 ** 31;

/** Which program it is: of a network's steps, for inputs of a size, taps, and rules. */
interface Entry {
  readonly parameters: ParameterStore;
  readonly steps: readonly Step[];
  readonly key: string;
  /** None where the plan is left to the steps. */
  readonly program: Promise<Program | undefined>;
  /** 0 until it is prepared. */
  bytes(): number;
}

/** Those used last come last. */
let entries: readonly Entry[] = [];

const drop = (dropped: (entry: Entry) => boolean) => {
  const gone = entries.filter(dropped);
  entries = entries.filter((entry) => !gone.includes(entry));
  for (const { program } of gone) program.then((program) => program?.release(), () => {});
};

/** Lets go of those that were used longest ago, until the others fit. */
function fit(): void {
  let bytes = 0;
  const fitting = entries.toReversed().filter((entry, i) => {
    bytes += entry.bytes();
    return i === 0 || bytes <= MOST;
  });
  drop((entry) => !fitting.includes(entry));
}

/** Networks whose numbers are gone let go of their programs. */
const watched = new WeakSet<ParameterStore>();

/**
 * The program for a plan of a network, which whoever asks holds until it lets go; `make` is asked
 * for it once.
 *
 * @param key what it depends on besides the network's steps
 */
export function programFor(
  parameters: ParameterStore,
  steps: readonly Step[],
  key: string,
  make: () => Promise<Program | undefined>,
): Promise<Program | undefined> {
  if (!watched.has(parameters)) {
    watched.add(parameters);
    parameters.onDispose(() => drop((entry) => entry.parameters === parameters));
  }
  const found = entries.find((entry) =>
    entry.parameters === parameters && entry.steps === steps && entry.key === key
  );
  let ready: Program | undefined;
  const entry: Entry = found ??
    { parameters, steps, key, program: make(), bytes: () => ready?.bytes ?? 0 };
  entries = [...entries.filter((other) => other !== entry), entry];
  entry.program.then((program) => ready = program, () => drop((other) => other === entry));
  fit();
  // before anybody who drops it can release it
  return entry.program.then((program) => {
    program?.hold();
    return program;
  });
}
