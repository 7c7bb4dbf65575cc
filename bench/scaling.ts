/**
 * How does a gradient grow with threads, with the picture and with the batch? ResNet-50 with random
 * weights; of a batch, milliseconds a picture.
 */
import { engine } from "./_gradient.ts";
import { type Case, CASES } from "./_networks.ts";
import type { Bench, Found, Question } from "./_question.ts";

const SIDES = [112, 448], BATCHES = [4, 16];

async function gradient(
  bench: Bench,
  what: string,
  test: Case,
  threads: number,
): Promise<Found> {
  const { ours, torch } = await bench.inTurns({
    ours: bench.side("engine", { case: test }, { threads }),
    torch: await bench.torch({ ask: "gradient", case: test }, threads),
  }, 1);
  const { batch = 1 } = test;
  return {
    case: `resnet50, ${what}${torch ? ", PyTorch" : ""}`,
    ours: ours!.gradientMs / batch,
    peer: torch && torch.gradientMs / batch,
    unit: batch > 1 ? "ms a picture" : "ms",
    threads,
  };
}

/** 1, 2, 4, … and all. */
function threadCounts(all: number): number[] {
  const counts: number[] = [];
  for (let n = 1; n < all; n *= 2) counts.push(n);
  return [...counts, all];
}

export const question: Question = {
  asks: "How does a gradient grow with threads, size and batch?",
  sides: { engine },
  async *rows(bench) {
    const { resnet50 } = CASES, { threads } = bench;
    for (const n of threadCounts(threads)) {
      yield await gradient(bench, n > 1 ? `${n} threads` : "1 thread", resnet50, n);
    }
    for (const side of SIDES) {
      const test = { ...resnet50, width: side, height: side };
      yield await gradient(bench, `${side}×${side}`, test, threads);
    }
    for (const batch of BATCHES) {
      yield await gradient(bench, `batch ${batch}`, { ...resnet50, batch }, threads);
    }
  },
};
