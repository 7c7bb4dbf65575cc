/** What visualizations are made of: objectives, parameterizations, transformations, and the way up. */
export { ascend, type Ascended, type Ascent } from "./ascend.ts";
export { decorrelate } from "./colors.ts";
export {
  combined,
  type ObjectiveTerm,
  type ParsedObjective,
  parseObjective,
} from "./expression.ts";
export {
  type Change,
  DEFAULT_TRANSFORMS,
  parseParameterization,
  parseTransforms,
  type Start,
} from "./lists.ts";
export { layerText } from "./layer_text.ts";
export { stretched } from "./_resample.ts";
export { objectives } from "./objectives/mod.ts";
export { fourierImage, type FourierShape, parameterizations } from "./parameterizations/mod.ts";
export { transforms } from "./transforms/mod.ts";
