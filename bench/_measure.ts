/** How long something takes in this process, and how large that has become. */

/** The middle one of some numbers. */
export const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[numbers.length >> 1];

/** Milliseconds of one run. */
export async function took(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** What takes long is not measured more than so long. */
const PATIENCE_MS = 1500;

/** Milliseconds, the median of some runs behind one that warms up: as many as time allows. */
export async function timed(work: () => unknown, most = 5): Promise<number> {
  await work();
  const taken: number[] = [];
  for (let all = 0; taken.length < most && all < PATIENCE_MS; all += taken.at(-1)!) {
    taken.push(await took(work));
  }
  return median(taken);
}

/** The largest resident size that this process has had, in MB; where only Linux tells, the present one. */
export function peakMB(): number {
  if (Deno.build.os !== "linux") return Deno.memoryUsage().rss / 1e6;
  const status = Deno.readTextFileSync("/proc/self/status");
  return Number(/VmHWM:\s+(\d+)/.exec(status)![1]) * 1024 / 1e6;
}
