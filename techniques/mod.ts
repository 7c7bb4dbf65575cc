/** The techniques: one line each, and the two ways to run one by its id. */
import { Registry } from "../core/registry.ts";
import {
  type AttributionRun,
  execute,
  finish,
  type RunRequest,
  type VisualizationRun,
} from "../core/run.ts";
import { UserError } from "../core/errors.ts";
import type { Progress, Technique } from "../core/technique.ts";
import { deepdream } from "./deepdream.ts";
import { filterViz } from "./filter_viz.ts";
import { saliency } from "./saliency.ts";

/** Every technique there is; `add` plugs in another. */
export const techniques: Registry<Technique> = new Registry<Technique>("technique", [
  saliency,
  deepdream,
  filterViz,
]);

/** A {@link RunRequest}, and a listener for its progress. */
export interface Request extends RunRequest {
  readonly onProgress?: (progress: Progress) => void;
}

async function run(id: string | Technique, kind: Technique["kind"], request: Request) {
  const technique = typeof id === "string" ? techniques.get(id) : id;
  if (technique.kind !== kind) {
    const other = technique.kind === "attribution" ? "attribute" : "visualize";
    throw new UserError(
      `${technique.id} is a technique of kind ${technique.kind}: use ${other}().`,
    );
  }
  return await finish(execute(technique, request), request.onProgress);
}

/**
 * Explains a picture.
 *
 * @param technique Id, or a technique that need not be registered.
 * @throws UserError for a wrong id, option, class, layer or picture.
 * @example
 * ```ts
 * const model = await loadModel("resnet50", { weights: "resnet50.safetensors" });
 * const run = await attribute("saliency", { model, image: await loadImage("cat.jpg") });
 * run.map; // Float32Array with shape [H, W], 0..1
 * ```
 */
export const attribute = (technique: string | Technique, request: Request) =>
  run(technique, "attribution", request) as Promise<AttributionRun>;

/**
 * Makes a picture of what a network, or a part of it, looks for.
 *
 * @throws UserError for a wrong id, option, layer or picture.
 * @example
 * ```ts
 * const run = await visualize("filter-viz", { model, options: { layer: "features.17", channel: 0 } });
 * run.final; // the picture
 * ```
 */
export const visualize = (technique: string | Technique, request: Request) =>
  run(technique, "visualization", request) as Promise<VisualizationRun>;
