/** A campaign: inputs by the thousand, and what was found. */
import { TextLineStream } from "./_lines.ts";
import type { Line } from "./_child.ts";

/** What a campaign found. */
export interface Findings {
  readonly kind: string;
  inputs: number;
  read: number;
  /** Milliseconds, and megabytes of the whole process. */
  slowest: number;
  peak: number;
  seconds: number;
  readonly uncaught: Failure[];
  readonly slow: Failure[];
  readonly large: Failure[];
}

export interface Failure {
  readonly seed: number;
  readonly what: string;
}

/** Inputs of one process: a new one gives all memory back. */
const BATCH = 20_000;
const MOST_MS = 2000;
const TELL_EVERY_MS = 30_000;

/** Runs a process; what it printed, with what it said last if it died. */
async function child(kind: string, from: number, count: number, patience: number) {
  const scratch = await Deno.makeTempDir({ prefix: "fuzz-" });
  const process = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--lock=deno.dev.lock", "--no-check", "-A"],
      decodeURIComponent(new URL("./_child.ts", import.meta.url).pathname),
      ...[kind, from, count, patience].map(String),
    ],
    env: { TMPDIR: scratch, NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const failed: Failure[] = [];
  let last: Exclude<Line, { failed: number }> | undefined, at = from;
  const errors = new Response(process.stderr).text();
  const lines = process.stdout.pipeThrough(new TextDecoderStream()).pipeThrough(
    new TextLineStream(),
  );
  for await (const text of lines) {
    const line: Line = JSON.parse(text);
    if ("failed" in line) failed.push({ seed: line.failed, what: line.error });
    else last = line;
    if ("at" in line) at = line.at;
  }
  await process.status;
  await Deno.remove(scratch, { recursive: true }).catch(() => {});
  return { failed, last, at, errors: await errors };
}

/** Reads one input alone, up to three times: a machine that is busy or a heap that waits is no fault. */
async function alone(kind: string, seed: number) {
  let last: Awaited<ReturnType<typeof child>>["last"];
  for (let attempt = 0; attempt < 3; attempt++) {
    ({ last } = await child(kind, seed, 1, MOST_MS));
    if (last && "done" in last) return last;
  }
  return last;
}

/** Throws inputs at a parser, until there were so many or the time is over. */
export async function campaign(
  kind: string,
  { from, inputs, until }: {
    readonly from: number;
    readonly inputs: number;
    readonly until: number;
  },
): Promise<Findings> {
  const start = performance.now();
  const found: Findings = {
    ...{ kind, inputs: 0, read: 0, slowest: 0, peak: 0, seconds: 0 },
    ...{ uncaught: [], slow: [], large: [] },
  };
  let seed = from, told = Date.now();
  while (seed < from + inputs && Date.now() < until) {
    if (Date.now() - told > TELL_EVERY_MS) {
      told = Date.now();
      console.error(`${kind}: ${found.inputs} inputs so far`);
    }
    const count = Math.min(BATCH, from + inputs - seed);
    const { failed, last, at, errors } = await child(kind, seed, count, MOST_MS);
    found.uncaught.push(...failed);
    if (last) found.peak = Math.max(found.peak, Math.min(last.peak, 1e9) / 1e6);
    if (last && "done" in last) {
      found.inputs += count;
      found.read += last.done.read;
      found.slowest = Math.max(found.slowest, last.done.slowest);
      seed += count;
      continue;
    }
    // it ended early: which input was it, and is it that one's fault?
    const suspect = last && "slow" in last ? last.slow : last && "large" in last ? last.large : at;
    const again = await alone(kind, suspect);
    if (!again || "at" in again) {
      found.uncaught.push({ seed: suspect, what: `the process died: ${errors.slice(-500)}` });
    } else if ("slow" in again) found.slow.push({ seed: suspect, what: `over ${MOST_MS} ms` });
    else if ("large" in again) {
      found.large.push({ seed: suspect, what: `${Math.round(again.peak / 1e6)} MB` });
    } else if ("done" in again) found.slowest = Math.max(found.slowest, again.done.slowest);
    found.inputs += suspect - seed + 1;
    seed = suspect + 1;
  }
  found.seconds = (performance.now() - start) / 1000;
  return found;
}
