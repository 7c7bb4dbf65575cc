/** From a graph-model's files to a model. */
import type { Values } from "../../core/values.ts";
import type { Architecture, LoadOptions, Model } from "../../run/model.ts";
import { declared, sizeAfter } from "../../run/preprocess.ts";
import { modelOf } from "../_described.ts";
import { type Told, toldBeside } from "../keras/beside.ts";
import { type KerasFile, readModelFile } from "../keras/files.ts";
import { type Fail, failure } from "../onnx/file.ts";
import { type Dialect, type Imported, importGraph } from "../onnx/graph.ts";
import { numbersOf } from "../onnx/parameter.ts";
import { ownPreprocess } from "../onnx/reader.ts";
import { parseGraph, tensorOf } from "./file.ts";
import { scopeNames } from "./names.ts";
import { operators } from "./ops/mod.ts";

/** TensorFlow's operators, with pictures as the engine has them. */
const TENSORFLOW: Dialect = {
  converters: operators,
  folds: operators,
  fused: (nodes) => [...nodes],
  layerNames: scopeNames,
  picture: [1, 2, 3],
};

type Reading = Pick<LoadOptions, "signal" | "onProgress" | "onNote" | "output">;

/** A model's graph and its numbers, as far as one of its outputs needs them. */
async function imported(
  file: KerasFile,
  { output, onNote, ...reading }: Reading,
): Promise<{ imported: Imported; sha256: string }> {
  const fail: Fail = failure(file.source);
  const graph = parseGraph(file, output, fail);
  const { weights, sha256 } = await file.read(graph.constants, reading);
  const initializers = new Map([...weights].map(([name, numbers]) => {
    const { dtype, quantization } = file.specs.get(name)!;
    return [name, tensorOf(name, numbers, quantization?.isWhole ? "I32" : dtype)];
  }));
  const files = { file: { ...graph, initializers, left: new Map() }, places: new Map() };
  return { imported: importGraph(files, graph.asked, onNote, TENSORFLOW), sha256 };
}

/** What is known of its pictures: as of a layers-model. */
const preprocessOf = (found: Imported, told: Told) => ({
  ...ownPreprocess(found),
  ...told.preprocess,
});

/** The graph of a `model.json` that was read, without its numbers. */
export async function graphArchitecture(file: KerasFile): Promise<Architecture> {
  const found = (await imported(file, {})).imported, { graph } = found;
  const own = preprocessOf(found, await toldBeside(file.source));
  const preprocess = declared(own, undefined, graph.input.shape[2], file.source);
  return { graph, preprocess, inputSize: sizeAfter(preprocess) };
}

/** The model of a `model.json` that was read. */
export async function loadGraphModel(file: KerasFile, options: LoadOptions): Promise<Model> {
  const { source } = file, { imported: found, sha256 } = await imported(file, options);
  const { graph, scores } = found, parameters = new Map<string, Values>();
  for (const name of graph.parameters.keys()) {
    options.signal?.throwIfAborted();
    parameters.set(name, numbersOf(found.parameters.get(name)!));
  }
  const told = await toldBeside(source);
  if (told.note) options.onNote?.(told.note);
  const preprocess = preprocessOf(found, told);
  const described = { graph, parameters, preprocess, labels: told.labels, scores };
  return modelOf(source, "TensorFlow.js graph-model", described, { sha256, source }, options);
}

/** The `model.json` of a graph-model. */
export async function readGraphFile(id: string, signal?: AbortSignal): Promise<KerasFile> {
  const file = await readModelFile(id, signal);
  if (!file.signature) failure(id)("it is no graph-model of TensorFlow.js");
  return file;
}
