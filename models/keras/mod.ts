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
import { UserError } from "../../core/errors.ts";
import type { Architecture, LoadOptions, Model, ModelAdapter } from "../../run/model.ts";
import { declared, sizeAfter } from "../../run/preprocess.ts";
import { type Values, values } from "../../core/values.ts";
import { INPUT } from "../../engine/graph.ts";
import { modelOf, refuseWeights } from "../_described.ts";
import { undeclared } from "../_evaluation.ts";
import { type Told, toldBeside } from "./beside.ts";
import { isHdf5 } from "./_hdf5.ts";
import { isArchive } from "./archive.ts";
import { type KerasFile, readModelFile } from "./files.ts";
import { readKerasFile } from "./own.ts";
import { layersGraph } from "./graph.ts";
import type { LayersGraph } from "./writer.ts";

type Own = Parameters<typeof declared>[0];

/**
 * A layers-model does not declare how it wants its pictures: exactly its input's size, 0..1, unless
 * it begins with a Rescaling that shows that it takes 0..255, or Teachable Machine's metadata lies
 * beside it. `LoadOptions.preprocess` says otherwise.
 */
function ownPreprocess({ graph, constants }: LayersGraph, told: Told): Own {
  const rescales = graph.nodes.some(({ inputs, params }) =>
    inputs[0] === INPUT && constants.get(params.scale)?.every((scale) => scale <= 0.01)
  );
  return { ...undeclared(graph.input.shape, rescales ? 255 : 1), ...told.preprocess };
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** How a format's files are opened. */
type Open = (source: string, signal?: AbortSignal) => Promise<KerasFile>;

/** Graph-models have a reader of their own, which is loaded when it is first needed. */
const graphReader = () => import("../graphmodel/reader.ts");

/** The adapter of a format of Keras's. */
function kerasAdapter(
  open: Open,
  description: Pick<
    ModelAdapter,
    "id" | "title" | "source" | "accepts" | "recognizes" | "namesOutputs"
  >,
): ModelAdapter {
  return {
    ...description,
    licence: "Apache-2.0 (the format); a model's own licence is its maker's",
    models: [],
    async architecture(id): Promise<Architecture> {
      const file = await open(id);
      if (file.signature) return await (await graphReader()).graphArchitecture(file);
      const written = layersGraph(file);
      const own = ownPreprocess(written, await toldBeside(id));
      const preprocess = declared(own, undefined, written.graph.input.shape[2], id);
      return { graph: written.graph, preprocess, inputSize: sizeAfter(preprocess) };
    },
    async load(id: string, options: LoadOptions): Promise<Model> {
      refuseWeights(id, options);
      const file = await open(id, options.signal);
      if (file.signature) return await (await graphReader()).loadGraphModel(file, options);
      if (options.output !== undefined) {
        throw new UserError(
          `Cannot take the output "${options.output}" of ${id}: a layers-model has one.`,
          { code: "bad-option", option: "output" },
        );
      }
      const written = layersGraph(file);
      const { graph, constants, scores } = written;
      const { weights, sha256 } = await file.read(new Set(written.weights.values()), options);
      const parameters = new Map<string, Values>(constants);
      for (const [parameter, weight] of written.weights) {
        // a view of its own: two layers may share the numbers, in two shapes
        parameters.set(
          parameter,
          values(weights.get(weight)!.subarray(), graph.parameters.get(parameter)!),
        );
      }
      const told = await toldBeside(id), preprocess = ownPreprocess(written, told);
      if (told.note) options.onNote?.(told.note);
      const described = { graph, parameters, preprocess, labels: told.labels, scores };
      return modelOf(id, description.title, described, { sha256, source: id }, options);
    },
  };
}

/**
 * Layers-models of TensorFlow.js, by the path or the http(s) address of their `model.json`; a
 * graph-model under such a name goes to what reads those.
 */
export const tfjs = kerasAdapter(readModelFile, {
  id: "tfjs",
  title: "TensorFlow.js layers-model",
  source: "https://www.tensorflow.org/js/guide/save_load",
  namesOutputs: true, // of a graph-model
  accepts: (id) => /\.json(\?.*)?$/i.test(id),
  recognizes: ({ head }) => /^\s*\{[^]*"(modelTopology|weightsManifest)"\s*:/.test(text(head)),
});

/** Keras's own files, by path or address: HDF5 (`.h5`) and the archives of Keras 3 (`.keras`). */
export const keras = kerasAdapter(readKerasFile, {
  id: "keras",
  title: "Keras",
  source: "https://keras.io/guides/serialization_and_saving/",
  accepts: (id) => /^https?:.*\.(h5|hdf5|keras)(\?.*)?$/i.test(id),
  recognizes: ({ head }) => isHdf5(head) || isArchive(head),
});
