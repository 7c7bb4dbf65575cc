/** A saved run, opened again: with its model, it can be judged as on the day it was made. */
import { UserError } from "../core/errors.ts";
import { parseOptions } from "../core/options.ts";
import { runtime, useBackend } from "../engine/runtime.ts";
import type { Colors } from "../image/render.ts";
import { answerTo, explaining, techniqueOf } from "./execute.ts";
import { rememberTarget } from "./explained.ts";
import type { Judged } from "./judge.ts";
import { loadRun, type SavedRun } from "./load.ts";
import type { Model } from "./model.ts";
import { outputsOf } from "./outputs.ts";
import { outputsFor, show } from "./predict.ts";
import { fitted } from "./preprocess.ts";
import { targetOf } from "./target.ts";

/** Scores of two backends differ by less, as a share of the score. */
const SAME = 1e-2;

/**
 * Opens a saved attribution with the model that it was made with: `judge` takes it. Nothing is explained
 * again.
 *
 * @param run The run's own folder, or the run as `loadRun` has read it.
 * @param model The same model, with the same weights.
 * @throws UserError for a visualization, another model, and a run whose picture was not kept.
 * @example
 * ```ts
 * const run = await openRun("runs/20260101-120000-saliency-cat", model);
 * const { value } = await judge(run, "deletion");
 * ```
 */
export async function openRun(run: string | SavedRun, model: Model): Promise<Judged> {
  const saved = typeof run === "string" ? await loadRun(run) : run;
  const { manifest } = saved, { technique: { id }, result, seed } = manifest;
  const refuse = (reason: string) =>
    new UserError(`Cannot open the run "${saved.path}": ${reason}.`);
  const technique = techniqueOf(id, "attribution"), { scale } = result;
  if (model.weights.sha256 !== manifest.model.weights.sha256) {
    throw refuse(
      `it was made with other weights of ${manifest.model.id} (SHA-256 ` +
        `${manifest.model.weights.sha256.slice(0, 12)}…) than these (${
          model.weights.sha256.slice(0, 12)
        }…)`,
    );
  }
  const source = await saved.source();
  if (!source) throw refuse("its picture was not kept with it");
  const { attribution, map } = await saved.values();
  if (!attribution || !map) throw refuse("it has no attribution");
  const backend = await useBackend(), own = fitted(model);
  const { seen, target } = await runtime.inTurn(async () => {
    const shown = show(source, own), outputs = outputsOf(own, shown.picture);
    const { expression, index } = manifest.target!;
    const explained = await targetOf(own, outputs, expression ?? index);
    const answer = answerTo(
      explained,
      await outputsFor(own, shown.input),
      expression !== undefined,
    );
    rememberTarget(answer, explaining(explained, answer));
    return { seen: shown.picture, target: answer };
  }, { backend });
  const { logit } = manifest.target!;
  if (logit !== null && Math.abs(target.logit - logit) > SAME * Math.max(1, Math.abs(logit))) {
    throw refuse(
      `the model gives ${target.label} the score ${target.logit.toPrecision(5)} now, and gave it ` +
        `${logit.toPrecision(5)}: it was loaded or is prepared in another way`,
    );
  }
  if (`${map.shape}` !== `${[seen.height, seen.width]}`) {
    throw refuse(
      `its map is [${
        map.shape.join(", ")
      }], and the model sees ${seen.width}×${seen.height}: the ` +
        "preprocessing is another",
    );
  }
  return {
    technique,
    options: parseOptions(technique.options, { ...manifest.options }, technique.id),
    seed,
    model,
    source,
    seen,
    target,
    attribution,
    map,
    colors: result.colors as Colors,
    ...(scale && { scale: { low: scale.low ?? NaN, high: scale.high ?? NaN } }),
  };
}
