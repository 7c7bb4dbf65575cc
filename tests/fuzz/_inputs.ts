/** The thread that a campaign's inputs are read in; another one watches it. */
import { random } from "../../core/random.ts";
import { targetOf } from "./_target.ts";

/** What the thread is asked to do. */
export interface Task {
  readonly kind: string;
  /** The seed of the first input; each further one has the next number. */
  readonly from: number;
  readonly count: number;
  /** Where it says which input it is at, and since when (milliseconds since 1970). */
  readonly clock: SharedArrayBuffer;
}

/** What it tells. */
export type Told =
  | { readonly failed: number; readonly error: string }
  | { readonly done: Tally };

export interface Tally {
  readonly inputs: number;
  readonly read: number;
  readonly slowest: number;
  readonly slowestSeed: number;
}

async function work({ kind, from, count, clock }: Task): Promise<void> {
  const tell = (told: Told) => postMessage(told), place = new Float64Array(clock);
  const target = await targetOf(kind);
  await target.prepare?.();
  // what is only slow the first time is no input's fault
  for (let seed = 0; seed < Math.min(count, 3); seed++) {
    await Promise.resolve(target.input(random(seed))).then(target.survives).catch(() => {});
  }
  let read = 0, slowest = 0, slowestSeed = from;
  for (let seed = from; seed < from + count; seed++) {
    const input = await target.input(random(seed));
    const start = performance.now();
    place[1] = Date.now();
    place[0] = seed;
    try {
      if (await target.survives(input)) read++;
    } catch (error) {
      tell({ failed: seed, error: error instanceof Error ? error.stack ?? "" : String(error) });
    }
    place[1] = Infinity;
    const took = performance.now() - start;
    if (took > slowest) [slowest, slowestSeed] = [took, seed];
  }
  tell({ done: { inputs: count, read, slowest, slowestSeed } });
}

self.onmessage = ({ data }: MessageEvent<Task>) => void work(data);
