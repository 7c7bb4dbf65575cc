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
import { parseJson } from "../../core/json.ts";
import {
  type Architecture,
  labelsFor,
  type LoadOptions,
  type Model,
  type ModelAdapter,
} from "../../run/model.ts";
import type { Preprocess } from "../../image/preprocess.ts";
import { type Values, values } from "../../core/values.ts";
import { platform } from "../../platform/mod.ts";
import { INPUT } from "../../engine/graph.ts";
import { Network } from "../../engine/network.ts";
import { labelsText } from "../labels.ts";
import { beside, isAddress, isObject, readModelFile, readWeights } from "./files.ts";
import { layersGraph } from "./graph.ts";
import { DEFAULT_SIDE, type LayersGraph } from "./writer.ts";

/**
 * A layers-model does not declare how it wants its pictures: exactly its input's size, 0..1, unless
 * it begins with a Rescaling that shows that it takes 0..255. `LoadOptions.preprocess` says otherwise.
 */
function defaultPreprocess({ graph, constants }: LayersGraph): Preprocess {
  const [height, width] = graph.input.shape;
  const rescales = graph.nodes.some(({ inputs, params }) =>
    inputs[0] === INPUT && constants.get(params.scale)?.every((scale) => scale <= 0.01)
  );
  return {
    resize: { width: width ?? DEFAULT_SIDE, height: height ?? DEFAULT_SIDE },
    crop: null,
    interpolation: "bilinear",
    mean: [0, 0, 0],
    std: [1, 1, 1],
    range: rescales ? 255 : 1,
    channelOrder: "rgb",
  };
}

function sizeAfter({ crop, resize }: Preprocess) {
  const size = crop ?? resize ?? DEFAULT_SIDE;
  return typeof size === "number" ? { width: size, height: size } : size;
}

const LABEL_FILES = ["labels.json", "classes.json", "labels.txt", "class_names.txt"];

/** Names of classes from a file beside `model.json`, if one of the usual names is there. */
async function labelsBeside(source: string): Promise<readonly string[] | undefined> {
  if (isAddress(source)) return undefined; // asking a server for four files is not ours to do
  for (const name of LABEL_FILES) {
    const path = beside(source, name);
    const refuse = (reason: string, cause?: unknown) =>
      new UserError(
        `Cannot read the classes in "${path}": ${reason}. Name them with \`labels\` instead.`,
        { code: "bad-file", option: "labels", cause },
      );
    let text: string;
    try {
      text = await labelsText(path);
    } catch (error) {
      const fault = platform.fault(error);
      if (fault === "missing" || fault === "forbidden") continue; // nobody asked for this file
      throw refuse(platform.reason(error), error);
    }
    if (name.endsWith(".txt")) return text.trimEnd().split(/\r?\n/);
    const wanted = "a list of names, or an object from index to name, is understood";
    try {
      const labels = labelsIn(parseJson(text));
      if (labels) return labels;
    } catch (cause) {
      throw refuse(wanted, cause);
    }
    throw refuse(wanted);
  }
}

/** `["cat", …]`, `{"0": "cat", …}`, or Keras's `{"0": ["n02123045", "cat"], …}`. */
function labelsIn(json: unknown): string[] | undefined {
  const listed = Array.isArray(json)
    ? json
    : isObject(json)
    ? Array.from(Object.keys(json), (_, i) => json[i])
    : [];
  const labels = listed.map((label) => (Array.isArray(label) ? label.at(-1) : label));
  return labels.length && labels.every((l) => typeof l === "string") ? labels : undefined;
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
    const preprocess = defaultPreprocess(written);
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
    const { graph, constants } = written;
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
    const preprocess = { ...defaultPreprocess(written), ...options.preprocess };
    const inputSize = sizeAfter(preprocess);
    const [classes] = network.shapeOf(graph.output, inputSize.height, inputSize.width);
    return {
      id,
      title: tfjs.title,
      network,
      preprocess,
      inputSize,
      labels: labelsFor(classes, options.labels ?? await labelsBeside(id), id),
      weights: { sha256, source: id },
    };
  },
};
