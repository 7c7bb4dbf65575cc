/** Judges a finished run by a metric. */
import { UserError } from "../core/errors.ts";
import { parseOptions } from "../core/options.ts";
import { random } from "../core/random.ts";
import { runtime, useBackend } from "../engine/runtime.ts";
import { explainedBy } from "./explained.ts";
import { finish, withInner } from "./execute.ts";
import type { Judgement, Metric, MetricContext } from "./metric.ts";
import { metrics } from "./metrics.ts";
import { show } from "./predict.ts";
import { fitted } from "./preprocess.ts";
import type { AttributionRun } from "./run.ts";
import type { Progress, Target } from "./technique.ts";

/** What {@link judge} is asked beside. */
export interface JudgeRequest<Options = Readonly<Record<string, unknown>>> {
  /** The metric's options; what is left out has its default. */
  readonly options?: Options;
  /** Default 0. */
  readonly seed?: number;
  /** Stops it between two ops. */
  readonly signal?: AbortSignal;
  /** Hears how far it has come. */
  readonly onProgress?: (progress: Progress) => void;
}

/**
 * Judges a run by a metric.
 *
 * @param run A run of this program, whose picture was given.
 * @param metric Id, or a metric that need not be registered.
 * @throws UserError for an unknown id, a wrong option, or a run that was not made here.
 * @example
 * ```ts
 * const { value } = await judge(await attribute("saliency", { model, image }), "sparseness");
 * ```
 */
export async function judge(
  run: AttributionRun,
  metric: string | Metric,
  request: JudgeRequest = {},
): Promise<Judgement> {
  const found = typeof metric === "string" ? metrics.get(metric) : metric;
  const target = explainedBy(run.target);
  if (!target) {
    throw new UserError(
      `${found.id} judges runs of this program: attribute() gives one. A saved run is made again ` +
        "by its command.",
    );
  }
  const { seed = 0, signal } = request;
  const options = parseOptions(found.options, request.options ?? {}, found.id);
  const backend = await useBackend(), model = fitted(run.model);
  async function* steps(target: Target): AsyncGenerator<Progress, Judgement> {
    const image = show(run.source ?? run.seen, model);
    const inner = withInner({ model, options, random: random(seed), signal, image, target });
    const context: MetricContext<unknown> = {
      model,
      options,
      image,
      target,
      attribution: run.attribution,
      map: run.map,
      random: inner.random,
      signal,
      again: (request = {}) =>
        inner.attribute(run.technique, {
          random: random(run.seed),
          ...request,
          options: { ...run.options },
        }),
    };
    return yield* found.judge(context);
  }
  return await finish(runtime.inTurns(steps(target), { backend, signal }), request.onProgress);
}
