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
export { PluginError, UserError, type UserErrorCode } from "./core/errors.ts";
export { type Naming, option, say } from "./core/say.ts";
export {
  centerCrop,
  decodeImage,
  encodeGif,
  encodePng,
  loadImage,
  type Picture,
  resize,
  type SourcePicture,
} from "./image/mod.ts";
export { drawFigure } from "./run/figure.ts";
export { signedMap, unsignedMap } from "./run/maps.ts";
export { type Architecture, type LoadOptions, type Model, type ModelAdapter } from "./run/model.ts";
export { classIndex } from "./run/classes.ts";
export { type Outputs, outputsOf } from "./run/outputs.ts";
export type { ClassAt, TargetRequest, TargetTerm } from "./run/target.ts";
export type { Scores } from "./engine/scores.ts";
export {
  attributionOptions,
  channelOption,
  classOption,
  clipOption,
  fileOption,
  layerOption,
  layersOption,
  optionByRole,
  type OptionField,
  optionFields,
  type OptionRole,
  optionsByRole,
  overlayOption,
  signedOptions,
  sizeOption,
  techniqueOption,
  withRole,
} from "./core/options.ts";
export {
  normalize,
  type Preprocess,
  preprocess,
  type Size,
  unnormalize,
} from "./image/preprocess.ts";
export { type Random, random } from "./core/random.ts";
export { Registry } from "./core/registry.ts";
export {
  type AttributionRun,
  execute,
  type Frame,
  type Run,
  type RunRequest,
  type RunTarget,
  type Shown,
  type VisualizationRun,
} from "./run/execute.ts";
export { predict } from "./run/predict.ts";
export { loadRun, type SavedRun } from "./run/load.ts";
export { type Manifest, manifestSchema } from "./run/manifest.ts";
export { saveRun } from "./run/save.ts";
export {
  CONTRACT,
  definePlugin,
  loadPlugin,
  type Origin,
  originOf,
  type Plugin,
  type PluginDefinition,
  type PluginParts,
} from "./run/plugins/mod.ts";
export { defineMetric, type Judgement, type Metric, type MetricContext } from "./run/metric.ts";
export { judge, type JudgeRequest, metrics } from "./metrics/mod.ts";
export { blend, type Colors, overlay, paint, type Scale } from "./image/render.ts";
export { type ColourMap, colourMaps, type Rgb } from "./image/colour_maps.ts";
export { upsample, type Upsampling } from "./image/upsample.ts";
export { type Cell, contactSheet } from "./image/sheet.ts";
export { readSafetensors, writeSafetensors } from "./core/safetensors.ts";
export {
  type AttributionContext,
  type AttributionResult,
  type AttributionTechnique,
  defineTechnique,
  type InnerRequest,
  type Prediction,
  type Progress,
  type Target,
  type Technique,
  type VisualizationContext,
  type VisualizationResult,
  type VisualizationTechnique,
} from "./run/technique.ts";
export { type Values, values } from "./core/values.ts";
export type { Backend } from "./engine/backends.ts";
export { currentBackend, useBackend } from "./engine/runtime.ts";
export type { Graph } from "./engine/graph.ts";
export { type NodeSummary, summarize } from "./engine/summary.ts";
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
export { readLabels } from "./models/labels.ts";
export {
  adapterFor,
  architectureOf,
  encodeModel,
  loadModel,
  modelIds,
  models,
} from "./models/mod.ts";
export * from "./techniques/mod.ts";
