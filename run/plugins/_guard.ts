/** What a plugin makes wrong when it runs is the plugin's fault, and is told so. */
import * as tf from "../../deps/tfjs.ts";
import { PluginError, UserError } from "../../core/errors.ts";
import type { Op, Rule } from "../../engine/ops/op.ts";
import type { ColourMap } from "../../image/colour_maps.ts";
import type { Judgement, Metric, MetricContext } from "../metric.ts";
import type { ModelAdapter } from "../model.ts";
import type { ObjectiveMaker } from "../objective.ts";
import type { Parameterization } from "../parameterization.ts";
import type { Transform } from "../transform.ts";
import type { AttributionContext, Progress, Technique } from "../technique.ts";
import { type Origin, originOf } from "./origin.ts";
import { judgementFaults, progressFaults, resultFaults } from "./_result.ts";
import { architectureFaults, modelFaults } from "./_rules.ts";

/** `TypeError: out of luck`, with the line of the plugin where it was thrown. */
function reasonOf(error: unknown, { file }: Origin): string {
  if (!(error instanceof Error)) return String(error);
  const name = file.split(/[\\/]/).at(-1)!;
  const line = error.stack?.split("\n").find((at) => at.includes(`/${encodeURI(name)}:`));
  const where = line && /:(\d+):\d+\)?$/.exec(line)?.[1];
  const [first] = error.message.split("\n");
  const named = error.name === "Error" ? first : [error.name, first].filter(Boolean).join(": ");
  return `${named.replace(/\.$/, "")}${where ? ` (line ${where})` : ""}`;
}

const subject = (noun: string, id: string, { file }: Origin) =>
  `The ${noun} "${id}" of the plugin "${file}"`;

/** A failure of the plugin's; what the user can mend, or has aborted, stays what it is. */
function failed(error: unknown, who: string, origin: Origin, signal?: AbortSignal): unknown {
  if (error instanceof UserError || signal?.aborted) return error;
  if (error instanceof Error && error.name === "UserError") {
    // of another copy of the library, which the plugin has imported
    const { message, code, option } = error as UserError;
    return new UserError(message, { code, option, cause: error });
  }
  return new PluginError(origin.file, `${who} failed: ${reasonOf(error, origin)}.`, {
    cause: error,
  });
}

function refuse(faults: readonly string[], who: string, does: string, { file }: Origin): void {
  if (faults.length > 0) throw new PluginError(file, `${who} ${does}: ${faults.join("; ")}.`);
}

/**
 * Checks what a plugin's technique gave back; of the library's own nothing is checked here.
 *
 * @param input What an attribution explained, `[1, height, width, channels]`; of a visualization its
 * channels count.
 * @throws PluginError naming the technique, its file and each field that is not as it must be.
 */
export function checkResult(
  technique: Technique,
  result: unknown,
  input?: { readonly shape: readonly number[] },
): void {
  const origin = originOf(technique);
  if (!origin) return;
  const faults = resultFaults(technique.kind, result, input?.shape);
  refuse(
    faults,
    subject("technique", technique.id, origin),
    "returned something that cannot be used",
    origin,
  );
}

/** Ends steps that may have ended already. */
async function close(steps: AsyncGenerator<Progress, unknown> | undefined): Promise<void> {
  await steps?.return?.(undefined);
}

/** The steps of a plugin, of which each must be progress and one there must be; what they return. */
async function* toldOf<Result>(
  steps: AsyncGenerator<Progress, Result>,
  who: string,
  origin: Origin,
): AsyncGenerator<Progress, Result> {
  let next = await steps.next();
  if (next.done && next.value !== undefined) {
    refuse(["it must yield { step, of } at least once"], who, "yielded no progress", origin);
  }
  while (!next.done) {
    refuse(progressFaults(next.value), who, "yielded something that is not progress", origin);
    yield next.value;
    next = await steps.next();
  }
  return next.value;
}

/** A plugin's technique whose faults, in what it throws, yields and returns, are told as its own. */
export function guardTechnique(technique: Technique, origin: Origin): Technique {
  const who = subject("technique", technique.id, origin);
  type Context = Parameters<Technique["run"]>[0];
  async function* run(context: Context): AsyncGenerator<Progress, unknown> {
    const { signal } = context, { image } = context as Partial<AttributionContext<unknown>>;
    let steps: AsyncGenerator<Progress, unknown> | undefined;
    try {
      steps = (technique.run as (context: Context) => typeof steps)(context);
      if (typeof steps?.next !== "function") {
        throw new TypeError("run is not an async generator (async *run(context) { … })");
      }
      const seen = image?.picture.data.slice();
      const returned = yield* toldOf(steps, who, origin);
      const changed = seen?.some((level, i) => level !== image!.picture.data[i]);
      refuse(
        changed ? ["it must leave image.picture as it is"] : [],
        who,
        "changed its input",
        origin,
      );
      const [, , channels] = context.model.network.graph.input.shape;
      checkResult(guarded, returned, image?.input ?? { shape: [1, 0, 0, channels] });
      return returned;
    } catch (error) {
      throw failed(error, who, origin, signal);
    } finally {
      // after a consumer that stopped early, or progress that was refused
      await close(steps).catch((error) => Promise.reject(failed(error, who, origin, signal)));
    }
  }
  const guarded: Technique = Object.assign(
    Object.create(Object.getPrototypeOf(technique)),
    technique,
    { run },
  );
  return guarded;
}

/** A plugin's adapter, likewise: also for what it loads. */
export function guardAdapter(adapter: ModelAdapter, origin: Origin): ModelAdapter {
  const who = subject("model adapter", adapter.id, origin);
  const asked = (answer: () => unknown): boolean => {
    try {
      return answer() === true;
    } catch (error) {
      throw failed(error, who, origin);
    }
  };
  const own: Pick<ModelAdapter, "accepts" | "recognizes" | "architecture" | "load"> = {
    accepts: (id) => asked(() => adapter.accepts(id)),
    recognizes: (file) => asked(() => adapter.recognizes?.(file)),
    async architecture(id) {
      try {
        const architecture = await adapter.architecture(id);
        refuse(
          architectureFaults(architecture),
          who,
          "returned something that is not an architecture",
          origin,
        );
        return architecture;
      } catch (error) {
        throw failed(error, who, origin);
      }
    },
    async load(id, options) {
      try {
        const model = await adapter.load(id, options);
        refuse(modelFaults(model), who, "loaded something that is not a model", origin);
        return model;
      } catch (error) {
        throw failed(error, who, origin, options.signal);
      }
    },
  };
  return Object.assign(Object.create(Object.getPrototypeOf(adapter)), adapter, own);
}

/** A plugin's metric, likewise, in what it throws, yields and says. */
export function guardMetric(metric: Metric, origin: Origin): Metric {
  const who = subject("metric", metric.id, origin);
  async function* judge(context: MetricContext<unknown>): AsyncGenerator<Progress, Judgement> {
    let steps: AsyncGenerator<Progress, Judgement> | undefined;
    try {
      steps = metric.judge(context);
      if (typeof steps?.next !== "function") {
        throw new TypeError("judge is not an async generator (async *judge(context) { … })");
      }
      const judgement = yield* toldOf(steps, who, origin);
      refuse(judgementFaults(judgement), who, "said something that is no judgement", origin);
      return judgement;
    } catch (error) {
      throw failed(error, who, origin, context.signal);
    } finally {
      await close(steps).catch((error) =>
        Promise.reject(failed(error, who, origin, context.signal))
      );
    }
  }
  return { ...metric, judge };
}

/** A plugin's colour map, likewise. */
export function guardColourMap(map: ColourMap, origin: Origin): ColourMap {
  const who = subject("colour map", map.id, origin);
  const isColour = (color: unknown) =>
    Array.isArray(color) && color.length === 3 && color.every(Number.isFinite);
  return {
    ...map,
    async scale() {
      try {
        const colourOf = await map.scale();
        refuse(
          [0, 0.5, 1].every((t) => isColour(colourOf(t))) ? [] : ["scale must give [r, g, b]"],
          who,
          "gave something that is no colour",
          origin,
        );
        return colourOf;
      } catch (error) {
        throw failed(error, who, origin);
      }
    },
  };
}

/** A function of a plugin's, whose failures are told as the plugin's. */
const guardedBy =
  (who: string, origin: Origin) =>
  <Call extends unknown[], Result>(f: (...call: Call) => Result) =>
  (...call: Call): Result => {
    try {
      return f(...call);
    } catch (error) {
      throw failed(error, who, origin);
    }
  };

/** A plugin's objective, likewise: what it makes has layers and a scalar. */
export function guardObjective(maker: ObjectiveMaker, origin: Origin): ObjectiveMaker {
  const who = subject("objective", maker.id, origin), guarded = guardedBy(who, origin);
  return {
    ...maker,
    make: guarded((options, context) => {
      const made = maker.make(options, context), { layers, value } = made ?? {};
      const faults = [
        ...(Array.isArray(layers) && layers.length > 0 ? [] : ["layers must be a list of names"]),
        ...(typeof value === "function" ? [] : ["value must be a function"]),
      ];
      refuse(faults, who, "made something that is no objective", origin);
      return {
        ...made,
        value: guarded((read) => {
          const scalar = made.value(read);
          refuse(
            scalar instanceof tf.Tensor && scalar.size === 1 ? [] : ["value must give a scalar"],
            who,
            "gave something that cannot grow",
            origin,
          );
          return scalar;
        }),
      };
    }),
  };
}

/** A plugin's transformation, likewise. */
export function guardTransform(transform: Transform, origin: Origin): Transform {
  const who = subject("transformation", transform.id, origin);
  return {
    ...transform,
    apply: guardedBy(who, origin)((image, options, random) => {
      const changed: unknown = transform.apply(image, options, random);
      const fits = changed instanceof tf.Tensor && changed.rank === 4 &&
        changed.shape[0] === image.shape[0] && changed.shape[3] === image.shape[3];
      refuse(
        fits ? [] : ["apply must give images [batch, height, width, channels]"],
        who,
        "gave something that is no image",
        origin,
      );
      return changed as tf.Tensor4D;
    }),
  };
}

/** A plugin's parameterization, likewise. */
export function guardParameterization(
  parameterization: Parameterization,
  origin: Origin,
): Parameterization {
  const who = subject("parameterization", parameterization.id, origin);
  const guarded = guardedBy(who, origin);
  return {
    ...parameterization,
    start: guarded((shape, options, random) => {
      const { parameters, image } = parameterization.start(shape, options, random);
      const { batch, height, width, channels } = shape;
      return {
        parameters,
        image: guarded((parameters) => {
          const made: unknown = image(parameters);
          const fits = made instanceof tf.Tensor &&
            `${made.shape}` === `${[batch, height, width, channels]}`;
          refuse(
            fits ? [] : ["image must give [batch, height, width, channels]"],
            who,
            "gave something that is no image",
            origin,
          );
          return made as tf.Tensor4D;
        }),
      };
    }),
  };
}

/** A plugin's op, likewise. */
export function guardOp<Entry extends Op & { readonly id: string }>(
  entry: Entry,
  origin: Origin,
): Entry {
  const guarded = guardedBy(subject("op", entry.id, origin), origin);
  const backward: Rule["backward"] = guarded((...call) => entry.backward(...call));
  const forward: Op["forward"] = guarded((...call) => entry.forward(...call));
  return { ...entry, forward, backward };
}
