/** The classes that a metric explains beside the run's own. */
import { UserError } from "../core/errors.ts";
import type { MetricContext } from "../run/metric.ts";
import { type Outputs, outputsOf } from "../run/outputs.ts";
import { outputsFor, rankClasses } from "../run/predict.ts";

type Context = Pick<MetricContext<unknown>, "model" | "image" | "target" | "signal">;

/** The outputs of a network that gives one list of scores, of more than one class. @throws UserError */
export function classesOf({ model, image: { picture }, target }: Context, metric: string): Outputs {
  const outputs = outputsOf(model, picture);
  if (outputs.places.length > 0 || !target.plain) {
    throw new UserError(
      `${metric} judges maps of one whole class; this run explains ${target.label}.`,
    );
  }
  if (outputs.count === 1) {
    throw new UserError(
      `${metric} compares classes; ${model.id} has one score alone, whose opposite has the same map.`,
    );
  }
  return outputs;
}

/** The most and the least probable class. @throws UserError as {@link classesOf}. */
export async function mostAndLeast(context: Context): Promise<readonly [number, number]> {
  const { model, image: { input }, signal } = context;
  const outputs = classesOf(context, "class-sensitivity");
  const ranked = rankClasses(outputs, await outputsFor(model, input, signal));
  return [ranked[0].index, ranked[ranked.length - 1].index];
}
