/** What a metric owes. */
import { useBackend } from "../engine/runtime.ts";
import { judge } from "../run/judge.ts";
import { techniques } from "../run/techniques.ts";
import { checkProgress } from "./technique.ts";
import { type AttributionRun, execute, finish } from "../run/execute.ts";
import type { Metric } from "../run/metric.ts";
import type { Progress } from "../run/technique.ts";
import type { Check } from "./check.ts";
import { expect } from "./expect.ts";
import { families, picture } from "./networks.ts";
import { numTensors } from "./running.ts";

/** A metric says the same of the same, and leaves nothing. */
export const OF_METRICS: readonly Check<Metric>[] = [
  {
    name: "judges, repeatably, and leaves nothing",
    async look(metric) {
      await useBackend("wasm");
      const [small] = families, model = small.model();
      try {
        const image = picture(small.width, small.height);
        for (const id of ["saliency", "grad-cam"]) {
          const run = await finish(execute(techniques.get(id), { model, image })) as AttributionRun;
          const progress: Progress[] = [];
          const onProgress = (step: Progress) => progress.push(step);
          const { value } = await judge(run, metric, { onProgress });
          checkProgress(progress);
          const before = numTensors(), again = await judge(run, metric);
          expect(Object.is(again.value, value), `it says ${value}, then ${again.value}`);
          expect(numTensors() === before, `${numTensors() - before} tensors are left`);
        }
      } finally {
        model.network.dispose();
      }
    },
  },
];
