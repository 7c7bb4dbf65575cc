/** What a metric owes. */
import { PluginError, UserError } from "../core/errors.ts";
import { useBackend } from "../engine/runtime.ts";
import { type Values, values } from "../core/values.ts";
import { judge } from "../run/judge.ts";
import { techniques } from "../run/techniques.ts";
import { checkProgress } from "./technique.ts";
import { type AttributionRun, execute, finish } from "../run/execute.ts";
import type { Judgement, Metric } from "../run/metric.ts";
import type { Progress } from "../run/technique.ts";
import type { Check } from "./check.ts";
import { expect } from "./expect.ts";
import { branched, families, grayOne, picture, type Small } from "./networks.ts";
import { numTensors } from "./running.ts";

/** The upper half of a map. */
function halfOf({ map: { shape: [height, width] } }: AttributionRun): Values {
  const half = Math.floor(height / 2) * width;
  return values(
    Float32Array.from({ length: height * width }, (_, at) => at < half ? 1 : 0),
    [height, width],
  );
}

/** Whether a drawing can be made of what was said. */
function checkCurve({ curve, axes }: Judgement): void {
  if (!axes) return;
  const { x } = axes, rises = x.every((at, i) => i === 0 || at > x[i - 1]);
  expect(x.length === curve?.length, `${curve?.length ?? 0} values at ${x.length} places`);
  expect(rises, `the places of its curve do not rise: ${x.join(", ")}`);
}

/** Explains a picture on a small network, for what judges the run; frees the network. */
async function withRun(
  small: Small,
  technique: string,
  judging: (run: AttributionRun) => Promise<void>,
): Promise<void> {
  await useBackend("wasm");
  const model = small.model(), image = picture(small.width, small.height);
  try {
    await judging(
      await finish(execute(techniques.get(technique), { model, image })) as AttributionRun,
    );
  } finally {
    model.network.dispose();
  }
}

/** Whether what was said can be shown, and nothing is left of it. */
async function checkJudgement(run: AttributionRun, metric: Metric): Promise<void> {
  const progress: Progress[] = [], mask = halfOf(run);
  const onProgress = (step: Progress): void => void progress.push(step);
  const judgement = await judge(run, metric, {}, { mask, onProgress });
  checkProgress(progress);
  checkCurve(judgement);
  expect(Number.isFinite(judgement.value), `its value is ${judgement.value}`);
  for (const { picture } of judgement.steps ?? []) {
    const { width, height } = picture(), { seen } = run;
    expect(width === seen.width && height === seen.height, "a step is of another size");
  }
  const before = numTensors(), again = await judge(run, metric, {}, { mask });
  expect(
    Object.is(again.value, judgement.value),
    `it says ${judgement.value}, then ${again.value}`,
  );
  expect(numTensors() === before, `${numTensors() - before} tensors are left`);
}

/** A metric says the same of the same, of any network or why not, stops, and leaves nothing. */
export const OF_METRICS: readonly Check<Metric>[] = [
  {
    name: "judges, repeatably, and leaves nothing",
    async look(metric) {
      for (const technique of ["saliency", "grad-cam"]) {
        await withRun(families[0], technique, (run) => checkJudgement(run, metric));
      }
    },
  },
  {
    name: "judges networks of branches, of gray pictures and of one score, or says why not",
    async look(metric) {
      for (const small of [branched, grayOne]) {
        for (const technique of ["input-x-gradient", "grad-cam"]) {
          await withRun(small, technique, async (run) => {
            try {
              await checkJudgement(run, metric);
            } catch (error) {
              if (!(error instanceof UserError) || error instanceof PluginError) throw error;
            }
          });
        }
      }
    },
  },
  {
    name: "stops when it is told to, and leaves nothing",
    async look(metric) {
      await withRun(families[0], "saliency", async (run) => {
        const before = numTensors(), stop = new AbortController();
        let steps = 0;
        const onProgress = () => {
          if (steps++ === 0) stop.abort();
        };
        const request = { mask: halfOf(run), signal: stop.signal, onProgress };
        const { of } = await judge(run, metric, {}, request).then(
          () => ({ of: undefined }),
          (error) => ({ of: error }),
        );
        // one that is done with its first step has nothing to stop
        expect(steps <= 1 || of === stop.signal.reason, `it went on for ${steps} steps`);
        expect(numTensors() <= before, `${numTensors() - before} tensors are left`);
      });
    },
  },
];
