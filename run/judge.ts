/** Judges a finished run by a metric. */
import { UserError } from "../core/errors.ts";
import { parseOptions } from "../core/options.ts";
import { random } from "../core/random.ts";
import { option } from "../core/say.ts";
import { runtime, useBackend } from "../engine/runtime.ts";
import type { Picture } from "../image/mod.ts";
import { mapNotes, told, usable } from "./_judged.ts";
import { explainedBy } from "./explained.ts";
import { answered, answerTo, explaining, finish, withInner } from "./execute.ts";
import { importanceOf } from "./importance.ts";
import { maskOf, type MaskRequest } from "./mask.ts";
import type { AgainRequest, Judgement, Metric, MetricContext } from "./metric.ts";
import { metrics } from "./metrics.ts";
import type { Model } from "./model.ts";
import { outputsOf } from "./outputs.ts";
import { outputsFor, show } from "./predict.ts";
import { fitted } from "./preprocess.ts";
import type { AttributionRun, RunTarget } from "./run.ts";
import { classTarget } from "./target.ts";
import type { Progress, Target } from "./technique.ts";

/** What of a run is judged: a run of this program, or a saved one that was opened again. */
export type Judged = Pick<
  AttributionRun,
  | "technique"
  | "options"
  | "seed"
  | "model"
  | "source"
  | "seen"
  | "target"
  | "attribution"
  | "map"
  | "colors"
  | "scale"
>;

/** What {@link judge} is asked beside. */
export interface JudgeRequest {
  /** Where the thing in the picture is: some metrics need it, others leave it alone. */
  readonly mask?: MaskRequest;
  /** Default 0. */
  readonly seed?: number;
  /** Stops it between two ops. */
  readonly signal?: AbortSignal;
  /** Hears how far it has come. */
  readonly onProgress?: (progress: Progress) => void | Promise<void>;
}

/** A metric by its id, or as it is. */
export const metricOf = (metric: string | Metric): Metric =>
  typeof metric === "string" ? metrics.get(metric) : metric;

/**
 * Judges a run by a metric.
 *
 * @param run A run of this program, or a saved one that `openRun` has opened.
 * @param metric Id, or a metric that need not be registered.
 * @param options The metric's; what is left out has its default.
 * @throws UserError for an unknown id, a wrong option, a mask that is missing or does not fit, a run
 * that was not made here, or where it comes to no finite number.
 * @example
 * ```ts
 * const run = await attribute("saliency", { model, image });
 * const { value, curve } = await judge(run, "deletion", { steps: 20 });
 * ```
 */
export async function judge(
  run: Judged,
  metric: string | Metric,
  options: Readonly<Record<string, unknown>> = {},
  request: JudgeRequest = {},
): Promise<Judgement> {
  const found = metricOf(metric), target = explainedBy(run.target);
  if (!target) {
    throw new UserError(
      `${found.id} judges runs of this program: attribute() gives one, and openRun() opens one that ` +
        "was saved.",
    );
  }
  const parsed = parseOptions(found.options, options, found.id), { signal } = request;
  if (found.needs === "mask" && request.mask === undefined) {
    throw new UserError(
      `${found.id} needs to know where the thing in the picture is: give ${
        option("mask")
      }, a picture ` +
        "that is white there and black around it.",
      { code: "bad-option", option: "mask" },
    );
  }
  const backend = await useBackend();
  const steps = judging(run, found, parsed, target, request);
  return await finish(runtime.inTurns(steps, { backend, signal }), request.onProgress);
}

async function* judging(
  run: Judged,
  metric: Metric,
  options: Record<string, unknown>,
  target: Target & RunTarget,
  { mask, seed = 0, signal }: JudgeRequest,
): AsyncGenerator<Progress, Judgement> {
  const model = fitted(run.model), source: Picture = run.source ?? run.seen;
  const image = show(source, model), stream = random(seed);
  const again = async (request: AgainRequest = {}) => {
    const { model: asked = model, input = image.input } = request;
    const wanted = request.class === undefined
      ? request.model || request.input ? await answered(target, asked, input, signal) : target
      : await targetOfClass(asked, request.class, { ...image, input }, signal);
    const inner = withInner({
      model: asked,
      options: {},
      random: request.random ?? random(run.seed),
      signal,
      image: { ...image, input },
      target: wanted,
    });
    return await inner.attribute(run.technique, { options: { ...run.options } });
  };
  const { attribution, broken } = usable(run.attribution);
  const importance = importanceOf({ ...run, attribution });
  const context: MetricContext<unknown> = {
    model,
    options,
    image,
    target,
    attribution,
    map: run.map,
    ...importance,
    ...(metric.needs === "mask" && {
      mask: await maskOf(mask!, model, { source, seen: image.picture }),
    }),
    random: stream,
    signal,
    again,
  };
  const notes = mapNotes(importance, { broken, of: attribution.length });
  return told(metric, yield* metric.judge(context), notes);
}

/** One class as what is explained, with what a model says of an input. */
async function targetOfClass(
  model: Model,
  index: number,
  { input, picture }: MetricContext<unknown>["image"],
  signal?: AbortSignal,
): Promise<Target> {
  const found = classTarget(outputsOf(model, picture), index);
  return explaining(found, answerTo(found, await outputsFor(model, input, signal), false));
}
