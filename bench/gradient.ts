/**
 * How fast is a gradient? Forward, and forward + input gradient, of networks with random weights: the
 * engine against `tf.grad` over the same (batch-norm folded) weights on the same backend, and against
 * PyTorch at as many threads.
 */
import { percent } from "../core/text.ts";
import { engine, tape } from "./_gradient.ts";
import { type Case, CASES } from "./_networks.ts";
import type { Bench, Found, Question } from "./_question.ts";

/** Those that the tape is tried with: it knows no more ops, and one more takes a minute. */
const TAPED = ["resnet50", "vgg19", "resnet152d to layer3"];

/** At so many threads, against PyTorch. */
async function* atThreads(bench: Bench, name: string, threads: number): AsyncGenerator<Found> {
  const test = CASES[name];
  const { ours, torch } = await bench.inTurns({
    ours: bench.side("engine", { case: test }, { threads }),
    torch: await bench.torch({ ask: "gradient", case: test }, threads),
  });
  const against = torch ? ", PyTorch" : "";
  const row = (what: string, unit: string, of: (side: NonNullable<typeof ours>) => number) => ({
    case: `${name}: ${what}${against}`,
    ours: of(ours!),
    peer: torch && of(torch),
    unit,
    threads,
  });
  yield row("forward", "ms", ({ forwardMs }) => forwardMs);
  yield row("gradient", "ms", ({ gradientMs }) => gradientMs);
  yield row("gradient / forward", "", ({ gradientMs, forwardMs }) => gradientMs / forwardMs);
  yield row("peak memory", "MB", ({ peakMB }) => peakMB);
}

/** On one thread, as the tape computes, against the tape. */
async function* againstTape(bench: Bench, name: string, test: Case): AsyncGenerator<Found> {
  const { ours, its } = await bench.inTurns({
    ours: bench.side("engine", { case: test }, { threads: 1 }),
    its: bench.side("tape", { case: test }, { threads: 1 }),
  }, 1);
  const row = (what: string, unit: string, of: (side: NonNullable<typeof ours>) => number) => ({
    case: `${name}: ${what}, tf.grad`,
    ours: of(ours!),
    peer: of(its!),
    unit,
    threads: 1,
  });
  yield row("forward", "ms", ({ forwardMs }) => forwardMs);
  yield row("gradient", "ms", ({ gradientMs }) => gradientMs);
  yield row("peak memory", "MB", ({ peakMB }) => peakMB);
  const off = Math.abs(ours!.sum / its!.sum - 1);
  if (off > 0.01) bench.note(`the gradients of ${name} differ by ${percent(off, 1)}`);
}

export const question: Question = {
  asks: "How fast is a gradient?",
  sides: { engine, tape },
  async *rows(bench) {
    for (const [name, test] of Object.entries(CASES)) {
      yield* atThreads(bench, name, bench.threads);
      if (bench.threads > 1 && TAPED.includes(name)) yield* atThreads(bench, name, 1);
      // the tape is TensorFlow.js's
      if (bench.backend !== "native" && TAPED.includes(name)) yield* againstTape(bench, name, test);
    }
  },
};
