/**
 * TensorFlow.js layers-models: a `model.json` (`modelTopology` and `weightsManifest`, as tfjs and its
 * Keras converter write it) and its shards become a graph like any other, not a `tf.LayersModel`.
 *
 * Names are Keras's. A layer's name means the layer's output; where a layer has an activation of its
 * own (`Conv2D(activation="relu")`), `NAME.linear` is what the activation reads. A SeparableConv2D
 * also has `NAME.depthwise`. The second use of a shared layer is `NAME_1`; layers of a model inside
 * the model are `MODEL.NAME`. A final softmax or sigmoid is left out, and the name of its layer means
 * the logits.
 */
import { UserError } from "../../core/errors.ts";
import {
  type Architecture,
  labelsFor,
  type LoadOptions,
  type Model,
  type ModelAdapter,
} from "../../run/model.ts";
import { declared, sizeAfter } from "../../run/preprocess.ts";
import { type Values, values } from "../../core/values.ts";
import { INPUT } from "../../engine/graph.ts";
import { Network } from "../../engine/network.ts";
import { type Told, toldBeside } from "./beside.ts";
import { readModelFile, readWeights } from "./files.ts";
import { layersGraph } from "./graph.ts";
import { DEFAULT_SIDE, type LayersGraph } from "./writer.ts";

type Own = Parameters<typeof declared>[0];

/**
 * A layers-model does not declare how it wants its pictures: exactly its input's size, 0..1, unless
 * it begins with a Rescaling that shows that it takes 0..255, or Teachable Machine's metadata lies
 * beside it. `LoadOptions.preprocess` says otherwise.
 */
function ownPreprocess({ graph, constants }: LayersGraph, told: Told): Own {
  const [height, width] = graph.input.shape;
  const rescales = graph.nodes.some(({ inputs, params }) =>
    inputs[0] === INPUT && constants.get(params.scale)?.every((scale) => scale <= 0.01)
  );
  return {
    resize: { width: width ?? DEFAULT_SIDE, height: height ?? DEFAULT_SIDE },
    crop: null,
    interpolation: "bilinear",
    mean: [0],
    std: [1],
    range: rescales ? 255 : 1,
    ...told.preprocess,
  };
}

/** Layers-models of TensorFlow.js, by the path or the http(s) address of their `model.json`. */
export const tfjs: ModelAdapter = {
  id: "tfjs",
  title: "TensorFlow.js layers-model",
  licence: "Apache-2.0 (the format); a model's own licence is its maker's",
  source: "https://www.tensorflow.org/js/guide/save_load",
  models: [],
  accepts: (id) => /\.json(\?.*)?$/i.test(id),
  async architecture(id): Promise<Architecture> {
    const written = layersGraph(await readModelFile(id));
    const own = ownPreprocess(written, await toldBeside(id));
    const preprocess = declared(own, undefined, written.graph.input.shape[2], id);
    return { graph: written.graph, preprocess, inputSize: sizeAfter(preprocess) };
  },
  async load(id: string, options: LoadOptions): Promise<Model> {
    if (options.weights !== undefined) {
      throw new UserError(
        `Cannot load other weights into "${id}": a model.json names its own.`,
        { code: "bad-option", option: "weights" },
      );
    }
    const file = await readModelFile(id, options.signal);
    const written = layersGraph(file);
    const { graph, constants, scores } = written;
    const { weights, sha256 } = await readWeights(
      file,
      new Set(written.weights.values()),
      options,
    );
    const host = new Map<string, Values>(constants);
    for (const [parameter, weight] of written.weights) {
      // a view of its own: two layers may share the numbers, in two shapes
      host.set(
        parameter,
        values(weights.get(weight)!.subarray(), graph.parameters.get(parameter)!),
      );
    }
    const network = new Network(graph, host, id);
    const channels = graph.input.shape[2];
    const told = await toldBeside(id);
    const preprocess = declared(ownPreprocess(written, told), options.preprocess, channels, id);
    const inputSize = sizeAfter(preprocess);
    const outputs = network.shapeOf(graph.output, inputSize.height, inputSize.width).at(-1)!;
    return {
      id,
      title: tfjs.title,
      network,
      preprocess,
      inputSize,
      labels: labelsFor(outputs, options.labels ?? told.labels, id),
      scores,
      weights: { sha256, source: id },
    };
  },
};
