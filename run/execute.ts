/** Runs a technique: checks what it is given, shows the picture to the network, frees everything. */
import type * as tf from "../deps/tfjs.ts";
import type { Backend } from "../engine/backends.ts";
import { runtime, useBackend } from "../engine/runtime.ts";
import { UserError } from "../core/errors.ts";
import type { Picture, SourcePicture } from "../image/mod.ts";
import { diagnose } from "./maps.ts";
import type { Model } from "./model.ts";
import { outputsOf, refuseMap } from "./outputs.ts";
import { fieldOfRole, parseOptions } from "../core/options.ts";
import { option } from "../core/say.ts";
import { random } from "../core/random.ts";
import type { Values } from "../core/values.ts";
import { checkRequest } from "./given.ts";
import { diagnoseLayers } from "./_layer_notes.ts";
import { diagnosePicture } from "./_picture_notes.ts";
import { rememberTarget } from "./explained.ts";
import { fitted } from "./preprocess.ts";
import { outputsFor, rankClasses, show } from "./predict.ts";
import { classTarget, type Explained, targetOf, type TargetRequest } from "./target.ts";
import type {
  AttributionContext,
  AttributionTechnique,
  Progress,
  Target,
  Technique,
  VisualizationTechnique,
} from "./technique.ts";
import type { AttributionRun, Frame, Ran, Run, RunTarget, Shown, VisualizationRun } from "./run.ts";
import { type Bare, showing } from "./show.ts";
import { techniques } from "./techniques.ts";

export type { AttributionRun, Frame, Ran, Run, RunTarget, Shown, VisualizationRun } from "./run.ts";

/** What {@link execute} is asked. */
export interface RunRequest {
  /** The network to ask. */
  readonly model: Model;
  /** Needed by attributions and by visualizations that start from a picture. */
  readonly image?: Picture | SourcePicture;
  /** The technique's options; what is left out has its default. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** What an attribution explains, where it is more than the class of its options. */
  readonly target?: TargetRequest;
  /** Default 0. */
  readonly seed?: number;
  /** Stops the run between two ops. */
  readonly signal?: AbortSignal;
}

/** What a technique's own part of a run gives. */
type Outcome =
  | Omit<AttributionRun, keyof Ran | keyof Shown | "technique" | "overlay"> & Told
  | Omit<VisualizationRun, keyof Ran | keyof Shown | "technique"> & Told;
type Told = Pick<Ran, "diagnosis">;

/** A technique of a kind, by its id or as it is. @throws UserError for one of the other kind. */
export function techniqueOf<Kind extends Technique["kind"]>(
  technique: string | Technique,
  kind: Kind,
): Extract<Technique, { kind: Kind }> {
  const found = typeof technique === "object" && technique
    ? technique
    : techniques.get(String(technique));
  if (found.kind === kind) return found as Extract<Technique, { kind: Kind }>;
  const other = found.kind === "attribution" ? "attribute" : "visualize";
  throw new UserError(`${found.id} is a technique of kind ${found.kind}: use ${other}().`);
}

/** Lets an attribution run others. */
export function withInner<Options>(
  context: Omit<AttributionContext<Options>, "attribute">,
): AttributionContext<Options> {
  return {
    ...context,
    async attribute(id, request = {}) {
      const technique = techniqueOf(id, "attribution"), { model, signal } = context;
      const options = parseOptions(technique.options, request.options ?? {}, technique.id);
      const { input = context.image.input, random = context.random } = request;
      const image = { ...context.image, input };
      const target = request.input
        ? await answered(context.target, model, input, signal)
        : context.target;
      const steps = technique.run(withInner({ ...context, options, image, target, random }));
      return await finish(runtime.inTurns(steps, { signal }));
    },
  };
}

/** A target with what a model says of another input. */
export async function answered<Of extends Target>(
  target: Of,
  model: Model,
  input: tf.Tensor4D,
  signal?: AbortSignal,
): Promise<Of> {
  const numbers = await outputsFor(model, input, signal);
  const [probability] = target.probability === undefined ? [] : target.probabilities(numbers) ?? [];
  return {
    ...target,
    logit: target.scores(numbers)[0],
    ...(probability === undefined ? {} : { probability }),
  };
}

/** What is asked for; undefined for the predicted class. */
function wantedTarget(
  technique: AttributionTechnique,
  options: Record<string, unknown>,
  target: TargetRequest | undefined,
): TargetRequest | undefined {
  const field = fieldOfRole(technique.options, "class");
  const asked = field && options[field.name] as string | number | undefined;
  if (asked === undefined) return target;
  if (target === undefined) return typeof asked === "string" ? [{ class: asked }] : asked;
  throw new UserError(
    `Cannot explain both ${option(field!.name)} and ${option("target")}: give one of them.`,
    { code: "bad-option", option: "target" },
  );
}

/** What the network says of what is explained. */
export function answerTo(explained: Explained, numbers: Values, given: boolean): RunTarget {
  const { label, plain, expression, terms: [first, ...others] } = explained;
  const whole = others.length === 0 && first.weight === 1;
  const probability = whole ? explained.probabilities(numbers)?.[0] : undefined;
  return {
    index: first.index,
    label,
    logit: explained.scores(numbers)[0],
    ...(probability === undefined ? {} : { probability }),
    plain,
    ...(given && expression !== undefined ? { expression } : {}),
  };
}

/** What is explained, with what the network says of it and what makes its scores. */
export const explaining = (
  { objective, weights, scores, probabilities }: Explained,
  answer: RunTarget,
): RunTarget & Target => ({ ...answer, objective, weights, scores, probabilities });

async function* runAttribution(
  technique: AttributionTechnique,
  request: RunRequest,
  options: Record<string, unknown>,
  seed: number,
): AsyncGenerator<Progress, Outcome> {
  const { image, signal } = request, model = fitted(request.model);
  if (!image) {
    throw new UserError(`${technique.id} needs a picture to explain.`, { code: "no-picture" });
  }
  const wanted = wantedTarget(technique, options, request.target);
  const shown = show(image, model), outputs = outputsOf(model, shown.picture);
  if (wanted === undefined) refuseMap(outputs, model.id, "choose what to explain");
  const asked = wanted === undefined ? undefined : await targetOf(model, outputs, wanted);
  const numbers = await outputsFor(model, shown.input, signal);
  if (!numbers.every(Number.isFinite)) {
    throw new UserError(
      `${model.id} gives scores that are not finite for this picture: its weights or its preprocessing must be wrong.`,
    );
  }
  const ranked = rankClasses(outputs, asked ? asked.there(numbers) : numbers);
  const found = asked ?? classTarget(outputs, ranked[0].index);
  const target = answerTo(found, numbers, request.target !== undefined);
  const explains = explaining(found, target);
  const result = yield* technique.run(
    withInner({ model, options, random: random(seed), signal, image: shown, target: explains }),
  );
  const diagnosis = [
    ...diagnosePicture(image, model),
    ...(target.probability !== undefined && target.probability > 0.99999
      ? [
        "The score is saturated: the class has a probability of almost 1, so its gradients may be faint.",
      ]
      : []),
    ...diagnose(result.attribution, result.map),
    ...(result.diagnosis ?? []),
  ];
  const { overlay: strength, ...shownAs } = result;
  const outcome = {
    ...shownAs,
    strength,
    diagnosis,
    seen: shown.picture,
    target,
    predicted: ranked.slice(0, 5),
  };
  rememberTarget(target, explains);
  return outcome;
}

async function* runVisualization(
  technique: VisualizationTechnique,
  request: RunRequest,
  options: Record<string, unknown>,
  { seed, backend }: { readonly seed: number; readonly backend: Backend },
): AsyncGenerator<Progress, Outcome> {
  const { image, signal } = request, model = fitted(request.model);
  if (technique.picture === "required" && !image) {
    throw new UserError(`${technique.id} needs a picture to start from.`, { code: "no-picture" });
  }
  if (technique.picture === "none" && image) {
    throw new UserError(`${technique.id} takes no picture.`);
  }
  if (request.target !== undefined) {
    throw new UserError(`${technique.id} explains nothing: it takes no ${option("target")}.`, {
      code: "bad-option",
      option: "target",
    });
  }
  const frames: Frame[] = [];
  const steps = technique.run({ model, options, random: random(seed), signal, picture: image });
  let next = await steps.next();
  while (!next.done) {
    const { step, frame, preview } = next.value;
    if (frame) frames.push({ step, picture: frame });
    // asked for between the technique's turns, so it takes one of its own
    const looked = preview && (() => runtime.inTurn(preview, { backend, signal }));
    yield { ...next.value, preview: looked };
    next = await steps.next();
  }
  return { ...next.value, frames, diagnosis: next.value.diagnosis ?? [] };
}

/**
 * Runs a technique step by step; the generator's return value is the finished run. Runs of one
 * process take turns, a step each: between two steps others may run, another technique, `predict`.
 * Whatever happens (success, an error, an abort, a consumer that stops early), no tensor is left
 * behind but the model's own.
 *
 * @throws UserError for options, classes, layers or pictures that do not fit.
 * @throws the signal's reason once it is aborted.
 * @example
 * ```ts
 * const steps = execute(saliency, { model, image });
 * let next = await steps.next();
 * for (; !next.done; next = await steps.next()) console.log(next.value.step, next.value.of);
 * next.value; // the finished run
 * ```
 */
export async function* execute(
  technique: Technique,
  request: RunRequest,
): AsyncGenerator<Progress, Run> {
  checkRequest(technique, request);
  const { model, image, seed = 0, signal } = request;
  const options = parseOptions(technique.options, request.options ?? {}, technique.id);
  signal?.throwIfAborted();
  const backend = await useBackend();
  const startedAt = new Date(), clock = stopwatch();
  const steps = technique.kind === "attribution"
    ? runAttribution(technique, request, options, seed)
    : runVisualization(technique, request, options, { seed, backend });
  const outcome = yield* runtime.inTurns(clock.time(steps), { backend, signal });
  return showing({
    ...outcome,
    diagnosis: [...diagnoseLayers(technique, options, model), ...outcome.diagnosis],
    technique,
    model,
    source: image,
    options,
    seed,
    backend,
    startedAt,
    durationMs: clock.elapsedMs,
  } as Bare<Run>);
}

/** Counts the time that a generator computes, not what others do between its steps. */
function stopwatch() {
  const clock = {
    elapsedMs: 0,
    async *time<T, R>(steps: AsyncGenerator<T, R>): AsyncGenerator<T, R> {
      try {
        for (;;) {
          const started = performance.now();
          const next = await steps.next();
          clock.elapsedMs += performance.now() - started;
          if (next.done) return next.value;
          yield next.value;
        }
      } finally {
        await steps.return(undefined as R);
      }
    },
  };
  return clock;
}

/** Runs a generator to its end, telling of each step; the next one waits for who listens. */
export async function finish<Result>(
  steps: AsyncGenerator<Progress, Result>,
  onProgress?: (progress: Progress) => void | Promise<void>,
): Promise<Result> {
  try {
    let next = await steps.next();
    while (!next.done) {
      await onProgress?.(next.value);
      next = await steps.next();
    }
    return next.value;
  } finally {
    await steps.return(undefined as Result); // where the listener threw
  }
}
