/** Keras layers as nodes of a graph: one row a layer class, in a file of its kind. */
import { activationLayers } from "./layers/activations.ts";
import { weightedLayers } from "./layers/convolutions.ts";
import { mergingLayers } from "./layers/merges.ts";
import { normalizingLayers } from "./layers/normalizations.ts";
import { pictureLayers } from "./layers/pictures.ts";
import { type Converter, type Converters, nothing } from "./layers/settings.ts";
import type { LayerCall } from "./writer.ts";

/** Layers that only training knows. */
const trainingLayers: Converters = {
  ActivityRegularization: nothing,
  AlphaDropout: nothing,
  Dropout: nothing,
  GaussianDropout: nothing,
  GaussianNoise: nothing,
  Identity: nothing,
  RandomBrightness: nothing,
  RandomContrast: nothing,
  RandomFlip: nothing,
  RandomRotation: nothing,
  RandomTranslation: nothing,
  RandomZoom: nothing,
  SpatialDropout2D: nothing,
};

const LAYERS: ReadonlyMap<string, Converter> = new Map(
  [
    activationLayers,
    mergingLayers,
    normalizingLayers,
    pictureLayers,
    trainingLayers,
    weightedLayers,
  ].flatMap((layers) => Object.entries(layers)).sort(([a], [b]) => a < b ? -1 : 1),
);

/** The layer classes that can be converted. */
export const layerClasses: readonly string[] = [...LAYERS.keys()];

/**
 * Writes one use of a layer into its writer's graph.
 *
 * @returns The node that gives the layer's output.
 * @throws UserError for a setting that is not supported.
 */
export function writeLayer(call: LayerCall): string {
  if (call.config.data_format === "channels_first") {
    call.fail('its data_format is "channels_first"; only "channels_last" is supported');
  }
  const merges = Object.hasOwn(mergingLayers, call.className);
  if (!merges && call.inputs.length !== 1) call.fail(`it has ${call.inputs.length} inputs`);
  return LAYERS.get(call.className)!(call);
}
