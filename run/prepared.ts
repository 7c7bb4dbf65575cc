/** Pictures that are prepared for a model once, for many runs. */
import type { Picture } from "../image/mod.ts";
import { type Preprocess, preprocess } from "../image/preprocess.ts";
import type { Model } from "./model.ts";
import { preprocessOf } from "./preprocess.ts";

type Prepared = ReturnType<typeof preprocess>;

/** What pictures became, by the preprocessing that was declared; kept while the picture is. */
const kept = new WeakMap<Picture, Map<Preprocess, Prepared>>();

/**
 * Prepares a picture for a model now, so that runs and predictions need not do it again: worth it for
 * many of one large photograph. The picture's pixels must not be changed any more.
 */
export function keepPrepared(picture: Picture, model: Model): void {
  const spec = preprocessOf(model), all = kept.get(picture) ?? new Map<Preprocess, Prepared>();
  if (!all.has(spec)) all.set(spec, preprocess(picture, spec));
  kept.set(picture, all);
}

/** What a picture becomes for a model, made now unless it is kept. */
export function preparedFor(picture: Picture, model: Model): Prepared {
  const spec = preprocessOf(model);
  return kept.get(picture)?.get(spec) ?? preprocess(picture, spec);
}
