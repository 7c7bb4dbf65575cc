/**
 * What plugins are made of: techniques, models, metrics, ops, colour maps. A plugin is one file that
 * exports `definePlugin({ … })` by default.
 *
 * ```ts
 * import { attributionOptions, defineTechnique, definePlugin } from "./kit.ts";
 * ```
 *
 * @module
 */

// what a plugin is
export {
  CONTRACT,
  definePlugin,
  type PluginDefinition,
  type PluginParts,
} from "./run/plugins/mod.ts";
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
export { defineObjective, type ObjectiveContext, type ObjectiveMaker } from "./run/objective.ts";
export {
  defineParameterization,
  type ImageShape,
  type Parameterization,
  type Parameterized,
} from "./run/parameterization.ts";
export { defineTransform, type Transform } from "./run/transform.ts";
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

// its options
/** Zod: what schemas of options are written in. */
export { z } from "./deps/zod.ts";
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
  type OptionRole,
  optionsByRole,
  overlayOption,
  parseSize,
  signedOptions,
  sizeOption,
  techniqueOption,
  withRole,
} from "./core/options.ts";
export {
  PluginError,
  UserError,
  type UserErrorCode,
  type UserErrorDetails,
} from "./core/errors.ts";
export { option } from "./core/say.ts";
export { Registry } from "./core/registry.ts";

// numbers
/** TensorFlow.js: what tensors are made and computed with. */
export * as tf from "./deps/tfjs.ts";
export { type Random, random } from "./core/random.ts";
export { sizeOf, type Values, values } from "./core/values.ts";
export { read } from "./engine/read.ts";
export { readSafetensors, type Safetensors, writeSafetensors } from "./core/safetensors.ts";

// asking a network
export {
  channelMean,
  channelOf,
  logit,
  type Objective,
  scaled,
  sumOf,
} from "./engine/objectives.ts";
export type { Rules } from "./engine/rules.ts";
export { lastConvolutionalLayer } from "./engine/layers.ts";
export { imageGradients } from "./techniques/_gradient.ts";
export { batches, batchSize, scoreBatches, type Scored } from "./run/batches.ts";
export { scoreWindows } from "./techniques/_windows.ts";
export type { ImagePair, Rectangle, Span } from "./engine/patches/mod.ts";
export { baseline, baselineOption } from "./run/baseline.ts";
export { deconvnetRules, guidedRules } from "./techniques/_relu_rules.ts";

// class activation maps: a method is its weights
export {
  byGradients,
  byTrial,
  cam,
  type CamLayer,
  camLayers,
  type CamMaps,
  camOptions,
  type CamParts,
  type ChannelTrial,
  type MapMaker,
  rectified,
  trialOptions,
  type Tried,
} from "./techniques/_cam.ts";

// maps and pictures
export {
  channelSum,
  maxMagnitude,
  percentile,
  type ScaledMap,
  signedMap,
  unsignedMap,
} from "./run/maps.ts";
export { signedResult } from "./techniques/_shown.ts";
export { upsample, type Upsampling } from "./image/upsample.ts";
export { type ColourMap, colourMaps, type Rgb } from "./image/colour_maps.ts";
export { blend, type Colors, overlay, paint, type Scale } from "./image/render.ts";
export {
  type ChannelOrder,
  normalize,
  type Preprocess,
  preprocess,
  type Size,
  unnormalize,
} from "./image/preprocess.ts";
export type { Interpolation, Picture } from "./image/mod.ts";

// models
export {
  type Attributes,
  type Graph,
  INPUT,
  LOGITS,
  type Module,
  type Node,
} from "./engine/graph.ts";
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
export type { NodeSummary } from "./engine/summary.ts";
export type { Scores } from "./engine/scores.ts";
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
export {
  type Built,
  channelsOf,
  type Ends,
  endsOf,
  evaluation,
  type Family,
  familyAdapter,
  type Flattened,
  IMAGENET_MEAN,
  IMAGENET_STD,
  rowsOf,
  transform,
  type WeightShapes,
} from "./models/_family.ts";
export {
  loadWeights,
  type LoadWeightsOptions,
  type StateDict,
  type WeightFile,
} from "./models/weights/mod.ts";
export {
  type Architecture,
  labelsFor,
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
