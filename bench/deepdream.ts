/**
 * How long does a step of a deep dream take? ResNet-152d with random weights, a picture of 413×260,
 * `layer3.1.act3`; against PyTorch's gradient of the same layer and a step along it.
 */
import { visualize } from "../mod.ts";
import { startBackend } from "./_backend.ts";
import { peakMB, took } from "./_measure.ts";
import { caseModel, picture } from "./_networks.ts";
import type { Question, Side } from "./_question.ts";

const LAYER = "layer3.1.act3", WIDTH = 413, HEIGHT = 260, STEPS = 8;

const dream: Side = async (_, settings) => {
  await startBackend(settings);
  const model = await caseModel("resnet152d"), image = await picture(WIDTH, HEIGHT);
  const run = (steps: number) =>
    visualize("deepdream", {
      model,
      image,
      options: { layer: LAYER, channel: 0, steps, saveEvery: steps, size: `${WIDTH}x${HEIGHT}` },
    });
  await run(1);
  const one = await took(() => run(1)), all = await took(() => run(1 + STEPS));
  return { ms: (all - one) / STEPS, peakMB: peakMB() };
};

export const question: Question = {
  asks: "How long does a step of a deep dream take?",
  sides: { dream },
  async *rows(bench) {
    const { ours, torch } = await bench.inTurns({
      ours: bench.side("dream", {}),
      torch: await bench.torch({ ask: "dream", width: WIDTH, height: HEIGHT, steps: STEPS }),
    });
    const what = `resnet152d, ${LAYER}, ${WIDTH}×${HEIGHT}: `, against = torch ? ", PyTorch" : "";
    yield { case: `${what}a step${against}`, ours: ours!.ms, peer: torch?.ms, unit: "ms" };
    yield {
      case: `${what}peak memory${against}`,
      ours: ours!.peakMB,
      peer: torch?.peakMB,
      unit: "MB",
    };
  },
};
