/**
 * Keras models: TensorFlow.js layers-models (`model.json` with `modelTopology` and `weightsManifest`, as
 * tfjs and its Keras converter write it, and shards), Keras's HDF5 files and its `.keras` archives become
 * a graph like any other, not a `tf.LayersModel`.
 *
 * Names are Keras's. A layer's name means the layer's output; where a layer has an activation of its
 * own (`Conv2D(activation="relu")`), `NAME.linear` is what the activation reads. A SeparableConv2D
 * also has `NAME.depthwise`. The second use of a shared layer is `NAME_1`; layers of a model inside
 * the model are `MODEL.NAME`. A final softmax or sigmoid is left out, and the name of its layer means
 * the logits.
 */
import type { ModelAdapter } from "../../run/model.ts";
import type { Format } from "./reader.ts";
import { isArchive, isHdf5 } from "./recognize.ts";

/** The reader is loaded when it is first needed: most commands read no file of these formats. */
const reader = () => import("./reader.ts");

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** The adapter of a format of Keras's. */
const kerasAdapter = (
  description:
    & Pick<ModelAdapter, "title" | "source" | "accepts" | "recognizes" | "namesOutputs">
    & {
      readonly id: Format;
    },
): ModelAdapter => ({
  ...description,
  licence: "Apache-2.0 (the format); a model's own licence is its maker's",
  models: [],
  architecture: async (id) => await (await reader()).architecture(id, description.id),
  load: async (id, options) =>
    await (await reader()).load(id, description.id, description.title, options),
});

/**
 * Layers-models of TensorFlow.js, by the path or the http(s) address of their `model.json`; a
 * graph-model under such a name goes to what reads those.
 */
export const tfjs = kerasAdapter({
  id: "tfjs",
  title: "TensorFlow.js layers-model",
  source: "https://www.tensorflow.org/js/guide/save_load",
  namesOutputs: true, // of a graph-model
  accepts: (id) => /\.json(\?.*)?$/i.test(id),
  recognizes: ({ head }) => /^\s*\{[^]*"(modelTopology|weightsManifest)"\s*:/.test(text(head)),
});

/** Keras's own files, by path or address: HDF5 (`.h5`) and the archives of Keras 3 (`.keras`). */
export const keras = kerasAdapter({
  id: "keras",
  title: "Keras",
  source: "https://keras.io/guides/serialization_and_saving/",
  accepts: (id) => /^https?:.*\.(h5|hdf5|keras)(\?.*)?$/i.test(id),
  recognizes: ({ head }) => isHdf5(head) || isArchive(head),
});
