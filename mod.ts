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
export {
  PluginError,
  UserError,
  type UserErrorCode,
  type UserErrorDetails,
} from "./core/errors.ts";
export { type Naming, option, say } from "./core/say.ts";
export {
  centerCrop,
  decodeImage,
  encodeGif,
  encodePng,
  encodeWebp,
  type Interpolation,
  loadImage,
  type Picture,
  resize,
  type SourcePicture,
} from "./image/mod.ts";
export { type AttributionPictures, drawFigure } from "./run/figure.ts";
export { type ScaledMap, signedMap, unsignedMap } from "./run/maps.ts";
export {
  type Architecture,
  type LoadedWith,
  type LoadOptions,
  type Model,
  type ModelAdapter,
  type ModelFile,
  type OpenWeights,
  type TakeNumbers,
  type WeightsInfo,
  type WeightsReader,
  type WeightTensor,
} from "./run/model.ts";
export { classIndex } from "./run/classes.ts";
export { type Outputs, outputsOf } from "./run/outputs.ts";
export type { ClassAt, TargetRequest, TargetTerm } from "./run/target.ts";
export type { Scores } from "./engine/scores.ts";
export {
  attributionOptions,
  channelOption,
  classOption,
  clipAt,
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
  type ChannelOrder,
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
  type Ran,
  type Run,
  type RunRequest,
  type RunTarget,
  type Shown,
  type VisualizationRun,
} from "./run/execute.ts";
export { predict } from "./run/predict.ts";
export { loadRun, type SavedRun } from "./run/load.ts";
export {
  type FileRole,
  type KeptFile,
  type Manifest,
  type ManifestBackend,
  type ManifestImage,
  type ManifestModel,
  type ManifestPlugin,
  type ManifestPrediction,
  type ManifestResult,
  manifestSchema,
  type ManifestTarget,
  type ManifestTechnique,
  type RunFile,
} from "./run/manifest.ts";
export type { Json } from "./core/json.ts";
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
export {
  type AgainRequest,
  type CurveAxes,
  defineMetric,
  type JudgedStep,
  type Judgement,
  type Metric,
  type MetricContext,
  type MetricFamily,
} from "./run/metric.ts";
export { judge, type Judged, type JudgeRequest, type MaskRequest, metrics } from "./metrics/mod.ts";
export { openRun } from "./run/open.ts";
export {
  type Concept,
  type ConceptClass,
  type ConceptDirection,
  type ConceptOptions,
  type ConceptReport,
  type ConceptRequest,
  type ConceptScore,
  type PictureSource,
  testConcepts,
} from "./concepts/mod.ts";
export { blend, type Colors, overlay, paint, type Scale } from "./image/render.ts";
export { type ColourMap, colourMaps, type Rgb } from "./image/colour_maps.ts";
export { upsample, type Upsampling } from "./image/upsample.ts";
export { type Cell, contactSheet } from "./image/sheet.ts";
export { readSafetensors, type Safetensors, writeSafetensors } from "./core/safetensors.ts";
export {
  type AttributionContext,
  type AttributionResult,
  type AttributionTechnique,
  defineTechnique,
  type Described,
  type GradientMethod,
  type ImageGradient,
  type InnerRequest,
  type OptionsSchema,
  type Paper,
  type PictureUse,
  type Prediction,
  type Progress,
  type Target,
  type Technique,
  type TechniqueContext,
  type VisualizationContext,
  type VisualizationResult,
  type VisualizationTechnique,
} from "./run/technique.ts";
export { type Values, values } from "./core/values.ts";
export type { Backend, BackendName } from "./engine/backends.ts";
export { type BackendOptions, currentBackend, useBackend } from "./engine/runtime.ts";
export type { Attributes, Graph, Module, Node } from "./engine/graph.ts";
export { type NodeSummary, summarize } from "./engine/summary.ts";
export {
  type ConvOptions,
  type DepthwiseOptions,
  GraphBuilder,
  type Padding,
  type PoolOptions,
  type Size2,
} from "./engine/builder.ts";
export {
  type ForwardOptions,
  type Gradient,
  type GradientOptions,
  Network,
} from "./engine/network.ts";
export type { Pass } from "./engine/executor.ts";
export type { ParameterStore, Source as ParameterSource } from "./engine/parameters.ts";
export {
  channelMean,
  channelOf,
  logit,
  type Objective,
  scaled,
  sumOf,
} from "./engine/objectives.ts";
export type { Rules } from "./engine/rules.ts";
export type {
  Affine,
  BackwardCall,
  Call,
  Nature,
  Op,
  Parameters as NodeParameters,
  Reach,
  Rule,
  Shape,
  ShapeCall,
  Traits,
} from "./engine/ops/op.ts";
export type { Pad, Window } from "./engine/ops/window.ts";
export type { Activation } from "./engine/kernels/mod.ts";
export { readLabels } from "./models/labels.ts";
export {
  adapterFor,
  architectureOf,
  encodeModel,
  loadModel,
  modelIds,
  type ModelRequest,
  models,
} from "./models/mod.ts";
export * from "./techniques/mod.ts";
export type { ObjectiveContext, ObjectiveMaker } from "./run/objective.ts";
export type { ImageShape, Parameterization, Parameterized } from "./run/parameterization.ts";
export type { Transform } from "./run/transform.ts";
export {
  type Change,
  decorrelate,
  DEFAULT_TRANSFORMS,
  fourierImage,
  type FourierShape,
  objectives,
  type ObjectiveTerm,
  parameterizations,
  type ParsedObjective,
  parseObjective,
  parseParameterization,
  parseTransforms,
  type Start,
  transforms,
} from "./visualize/mod.ts";
