/** The models: families of networks and file formats, one line each. */
import type { Architecture, LoadOptions, Model, ModelAdapter } from "../run/model.ts";
import { nearestHint, UserError } from "../core/errors.ts";
import { displayed } from "../core/display.ts";
import { isObject } from "../core/json.ts";
import { models } from "../run/models.ts";
import { locate } from "./_locate.ts";
import { alexnet } from "./alexnet.ts";
import { builtin } from "./builtin.ts";
import { checkpoint } from "./checkpoint.ts";
import { convnext } from "./convnext.ts";
import { densenet } from "./densenet.ts";
import { efficientnet } from "./efficientnet.ts";
import { googlenet } from "./googlenet.ts";
import { inception } from "./inception.ts";
import { hub } from "./hub/mod.ts";
import { readLabels } from "./labels.ts";
import { tfjsGraph } from "./graphmodel/mod.ts";
import { mnasnet } from "./mnasnet.ts";
import { mobilenetV2 } from "./mobilenet_v2.ts";
import { mobilenetV3 } from "./mobilenet_v3.ts";
import { onnx } from "./onnx/mod.ts";
import { regnet } from "./regnet.ts";
import { resnet } from "./resnet.ts";
import { resnetCifar } from "./resnet_cifar.ts";
import { keras, tfjs } from "./keras/mod.ts";
import { portable } from "./portable.ts";
import { shufflenetV2 } from "./shufflenet_v2.ts";
import { squeezenet } from "./squeezenet.ts";
import { vgg } from "./vgg.ts";

export { encodeModel } from "./portable.ts";
export { models };

/** What a request may hold; `adapter` is what a model's `loaded` remembers beside. */
const FIELDS = [
  ...["weights", "output", "labels", "preprocess", "scores"],
  ...["signal", "onProgress", "onNote", "adapter"],
];

models.addOwn([
  builtin,
  resnet,
  resnetCifar,
  vgg,
  alexnet,
  squeezenet,
  googlenet,
  inception,
  densenet,
  mobilenetV2,
  mobilenetV3,
  mnasnet,
  efficientnet,
  shufflenetV2,
  regnet,
  convnext,
  tfjsGraph,
  tfjs,
  keras,
  onnx,
  portable,
  hub,
  checkpoint,
]);

/**
 * The ids of all models that are known by name.
 *
 * @example
 * ```ts
 * modelIds().includes("resnet50"); // true
 * ```
 */
export const modelIds = (): string[] => [...models].flatMap((adapter) => adapter.models);

/**
 * The adapter that a model's id, or the path of a file or of a folder with one, means.
 *
 * @throws UserError for an unknown id, with the nearest ones, and for a file of another format.
 */
export const adapterFor = async (id: string): Promise<ModelAdapter> => (await locate(id)).adapter;

/**
 * Loads a model with its weights.
 *
 * @param id An architecture's id, with a tag for certain of its published weights; a built-in network's
 * id; or a path or URL of a file.
 * @throws UserError for an unknown id, and for weights that are missing or do not fit.
 * @example
 * ```ts
 * const model = await loadModel("resnet20-cifar", { weights: "resnet20.th" });
 * const published = await loadModel("resnet50.a1_in1k"); // fetched once, then from the cache
 * ```
 */
export async function loadModel(id: string | URL, request: ModelRequest = {}): Promise<Model> {
  checkRequest(id, request);
  return await load(String(id), request);
}

async function load(id: string, request: ModelRequest): Promise<Model> {
  const { adapter, id: found } = await locate(id),
    { weights, output, labels, preprocess, scores } = request;
  if (output !== undefined && !adapter.namesOutputs) {
    throw new UserError(
      `Cannot take the output "${output}" of ${id}: it has one; \`output\` is for files of several, ` +
        `as ONNX models are.`,
      { code: "bad-option", option: "output" },
    );
  }
  const names = typeof labels === "string" ? await readLabels(labels) : labels;
  const model = await adapter.load(found, { ...request, labels: names });
  return shownModel({
    ...model,
    scores: scores ?? model.scores,
    loaded: {
      // which weights an architecture takes may change: the ones it took are named
      id: weights === undefined && adapter.accepts(model.id) ? model.id : id,
      adapter: adapter.id,
      weights: weights === undefined ? undefined : String(weights),
      output,
      labels,
      preprocess,
      scores,
    },
  });
}

/** Lets a console print what a model is instead of its numbers. */
const shownModel = (model: Model): Model =>
  displayed(model, () => {
    const { id, title, inputSize: { width, height }, labels } = model;
    return `${id}: ${title}, ${width}×${height} pixels, ${labels.length} classes`;
  });

/** @throws UserError for what a script without type checks may hand in. */
function checkRequest(id: unknown, request: unknown): void {
  if (typeof id !== "string" && !(id instanceof URL)) {
    throw new UserError(
      "loadModel() takes a model's id, or a path, as text and what else it needs as an object: " +
        'loadModel("resnet50", { weights: "resnet50.safetensors" }).',
    );
  }
  if (!isObject(request)) {
    throw new UserError(
      `loadModel("${id}", …) takes what else it needs as an object: { weights }.`,
    );
  }
  for (const field of Object.keys(request)) {
    if (FIELDS.includes(field)) continue;
    throw new UserError(`loadModel() has no "${field}"; ${nearestHint(field, FIELDS)}.`, {
      code: "unknown-option",
    });
  }
}

/** What may be said of a model's loading: {@link LoadOptions}, and a file of labels. */
export interface ModelRequest extends Omit<LoadOptions, "labels"> {
  /** Names of the classes, one for each logit; or the path of a file of them (see {@link readLabels}). */
  readonly labels?: readonly string[] | string;
}

/**
 * A model's graph and preprocessing, without its weights.
 *
 * @throws UserError for an unknown id, and where only a file of weights can tell.
 * @example
 * ```ts
 * const { graph } = await architectureOf("resnet50");
 * summarize(graph, 224, 224).at(-1)?.shape; // [1000]
 * ```
 */
export async function architectureOf(id: string): Promise<Architecture> {
  const { adapter, id: found } = await locate(id);
  return await adapter.architecture(found);
}
