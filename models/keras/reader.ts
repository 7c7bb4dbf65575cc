/** From a file of Keras's, in any of its forms, to a model. */
import { UserError } from "../../core/errors.ts";
import { type Values, values } from "../../core/values.ts";
import { INPUT } from "../../engine/graph.ts";
import type { Architecture, LoadOptions, Model } from "../../run/model.ts";
import { declared, sizeAfter } from "../../run/preprocess.ts";
import { modelOf, refuseWeights } from "../_described.ts";
import { undeclared } from "../_evaluation.ts";
import { type Told, toldBeside } from "./beside.ts";
import { type KerasFile, readModelFile } from "./files.ts";
import { layersGraph } from "./graph.ts";
import { readKerasFile } from "./own.ts";
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

/** Graph-models have a reader of their own. */
const graphReader = () => import("../graphmodel/reader.ts");

/** How the files of a format are opened. */
const FORMATS = { tfjs: readModelFile, keras: readKerasFile } as const satisfies Record<
  string,
  (source: string, signal?: AbortSignal) => Promise<KerasFile>
>;
export type Format = keyof typeof FORMATS;

/** The network of a file, without its numbers. */
export async function architecture(id: string, format: Format): Promise<Architecture> {
  const file = await FORMATS[format](id);
  if (file.signature) return await (await graphReader()).graphArchitecture(file);
  const written = layersGraph(file);
  const own = ownPreprocess(written, await toldBeside(id));
  const preprocess = declared(own, undefined, written.graph.input.shape[2], id);
  return { graph: written.graph, preprocess, inputSize: sizeAfter(preprocess) };
}

/** The model of a file. @throws UserError where it is damaged, or not supported. */
export async function load(
  id: string,
  format: Format,
  title: string,
  options: LoadOptions,
): Promise<Model> {
  refuseWeights(id, options);
  const file = await FORMATS[format](id, options.signal);
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
  return modelOf(id, title, described, { sha256, source: id }, options);
}
