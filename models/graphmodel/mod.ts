/**
 * TensorFlow.js graph-models: a `model.json` whose topology is a graph of TensorFlow's operators, with
 * weights in shards, becomes a graph like any other, whose backward pass is the engine's own.
 *
 * Its nodes are said in the words of ONNX's, and go the way that those go (`models/onnx/`). Layers are
 * called by TensorFlow's scopes; the full names are understood too. Where an activation is fused into a
 * layer, `NAME.linear` is what the activation reads. A final softmax or sigmoid is left out, and the
 * name of its layer means the logits.
 */
import type { ModelAdapter } from "../../run/model.ts";
import { refuseWeights } from "../_described.ts";

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** The reader is loaded when it is first needed: most commands read no file of this format. */
const reader = () => import("./reader.ts");

/**
 * Graph-models by what a file holds. A path or an address that ends in `.json` is taken by the
 * layers-models' adapter, which looks into the file and hands a graph-model on.
 */
export const tfjsGraph: ModelAdapter = {
  id: "tfjs-graph",
  title: "TensorFlow.js graph-model",
  licence: "Apache-2.0 (the format); a model's own licence is its maker's",
  source: "https://www.tensorflow.org/js/guide/conversion",
  models: [],
  namesOutputs: true,
  accepts: () => false,
  recognizes: ({ head }) =>
    /^\s*\{[^]*("format"\s*:\s*"graph-model"|"modelTopology"\s*:\s*\{\s*"node"\s*:)/
      .test(text(head)),
  async architecture(id) {
    const { graphArchitecture, readGraphFile } = await reader();
    return await graphArchitecture(await readGraphFile(id));
  },
  async load(id, options) {
    refuseWeights(id, options);
    const { loadGraphModel, readGraphFile } = await reader();
    return await loadGraphModel(await readGraphFile(id, options.signal), options);
  },
};
