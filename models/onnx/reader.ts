/** From an ONNX file to a model. */
import { INPUT } from "../../engine/graph.ts";
import type { Architecture, LoadOptions, Model } from "../../run/model.ts";
import { declared, sizeAfter } from "../../run/preprocess.ts";
import { modelOf, refuseWeights } from "../_described.ts";
import { undeclared } from "../_evaluation.ts";
import { filled } from "./fill.ts";
import { type Imported, importGraph } from "./graph.ts";
import { metadataLabels } from "./labels.ts";
import { openFiles } from "./opened.ts";
import { numbersOf } from "./parameter.ts";

/** What a network that takes 0..255 multiplies its pictures by, at most: one over a deviation. */
const RESCALES = 0.02;

/**
 * An ONNX model does not declare how it wants its pictures: exactly its input's size, 0..1, unless it
 * begins with a division that shows that it takes 0..255. `LoadOptions.preprocess` says otherwise.
 */
export function ownPreprocess({ graph, parameters }: Imported): Parameters<typeof declared>[0] {
  const first = graph.nodes.filter(({ inputs }) => inputs[0] === INPUT);
  const rescales = first.length > 0 &&
    first.every(({ params }) => {
      const scale = parameters.get(params.scale);
      return scale && numbersOf(scale).every((n) => Math.abs(n) <= RESCALES);
    });
  return undeclared(graph.input.shape, rescales ? 255 : 1);
}

/** The network of a file, without its numbers. */
export async function architecture(id: string): Promise<Architecture> {
  await using files = await openFiles(id);
  const imported = importGraph(files), { graph } = imported;
  const preprocess = declared(ownPreprocess(imported), undefined, graph.input.shape[2], id);
  return { graph, preprocess, inputSize: sizeAfter(preprocess) };
}

/** The model of a file. @throws UserError where it is damaged, or not supported. */
export async function load(id: string, title: string, options: LoadOptions): Promise<Model> {
  refuseWeights(id, options, "an ONNX model has its own");
  await using files = await openFiles(id, options);
  const { metadata } = files.file, imported = importGraph(files, options.output, options.onNote);
  const { graph, scores } = imported;
  const { parameters, sha256 } = await filled(imported, files, options.signal);
  const described = {
    graph,
    parameters,
    preprocess: ownPreprocess(imported),
    labels: (outputs: number) => metadataLabels(metadata, outputs),
    scores,
  };
  return modelOf(id, title, described, { sha256, source: id }, options);
}
