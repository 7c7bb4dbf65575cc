/**
 * Phosphene: see what a convolutional network looks at, and what it looks for.
 *
 * ```ts
 * import { attribute, loadImage, loadModel, saveRun } from "./mod.ts";
 * const model = await loadModel("phosphene-resnet");
 * const run = await attribute("saliency", { model, image: await loadImage("flower.png") });
 * await saveRun(run, "runs");
 * ```
 *
 * @module
 */
export { UserError } from "./core/errors.ts";
export {
  centerCrop,
  decodeImage,
  encodeGif,
  encodePng,
  loadImage,
  type Picture,
  resize,
  type SourcePicture,
} from "./core/image.ts";
export { drawFigure } from "./core/figure.ts";
export { signedMap, unsignedMap } from "./core/maps.ts";
export {
  type Architecture,
  classIndex,
  type LoadOptions,
  type Model,
  type ModelAdapter,
} from "./core/model.ts";
export { attributionOptions } from "./core/options.ts";
export {
  normalize,
  type Preprocess,
  preprocess,
  type Size,
  unnormalize,
} from "./core/preprocess.ts";
export { type Random, random } from "./core/random.ts";
export { Registry } from "./core/registry.ts";
export {
  type AttributionRun,
  execute,
  predict,
  type Run,
  type RunRequest,
  type VisualizationRun,
} from "./core/run.ts";
export { type Manifest, saveRun } from "./core/runs.ts";
export { type Cell, contactSheet } from "./core/sheet.ts";
export { readSafetensors, writeSafetensors } from "./core/safetensors.ts";
export {
  type AttributionTechnique,
  defineTechnique,
  type Prediction,
  type Progress,
  type Scale,
  type Technique,
  type VisualizationTechnique,
} from "./core/technique.ts";
export { type Values, values } from "./core/values.ts";
export { type Backend, currentBackend, useBackend } from "./engine/backends.ts";
export type { Graph } from "./engine/graph.ts";
export { GraphBuilder } from "./engine/builder.ts";
export { Network } from "./engine/network.ts";
export {
  channelMean,
  channelOf,
  logit,
  type Objective,
  scaled,
  sumOf,
} from "./engine/objectives.ts";
export type { Rules } from "./engine/rules.ts";
export { adapterFor, architectureOf, loadModel, modelIds, models } from "./models/mod.ts";
export { attribute, techniques, visualize } from "./techniques/mod.ts";
