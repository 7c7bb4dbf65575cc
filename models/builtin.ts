/**
 * The networks that come with Phosphene, trained by `training/` on pictures that it draws; their
 * cards lie beside their weights in `models/builtin/`.
 */
import type { LoadOptions, Model, ModelAdapter } from "../run/model.ts";
import type { Preprocess } from "../image/preprocess.ts";
import { readSafetensors } from "../core/safetensors.ts";
import { UserError } from "../core/errors.ts";
import { platform } from "../platform/mod.ts";
import { sizeAfter } from "../run/preprocess.ts";
import { assemble } from "./_family.ts";
import { fromStateDict } from "./_torch.ts";
import { type ResNetConfig, resnetGraph } from "./resnet.ts";
import { vggLinearGraph } from "./vgg.ts";

/** What a weight file says of its network. */
type Architecture =
  | { readonly family: "resnet" } & ResNetConfig
  | { readonly family: "vgg"; readonly stages: number[][]; readonly batchNorm: boolean };

const NETWORKS: Readonly<Record<string, string>> = {
  "phosphene-resnet": "Small ResNet of 20 drawn things",
  "phosphene-vgg": "Small VGG of 20 drawn things",
};

/** The built-in network that is meant where none is named. */
export const DEFAULT_MODEL = "phosphene-resnet";

const file = (id: string) => new URL(`builtin/${id}.safetensors`, import.meta.url);

/** @throws UserError where it cannot be read. */
async function read(id: string): Promise<Uint8Array> {
  try {
    return await platform.readFile(file(id));
  } catch (cause) {
    const reason = platform.reason(cause);
    throw new UserError(`Cannot read the weights of ${id}: ${reason}.`, { code: "no-file", cause });
  }
}

/** A weight file's network and numbers. */
function parse(bytes: Uint8Array, id: string) {
  const { tensors, metadata } = readSafetensors(bytes, id);
  const architecture: Architecture = JSON.parse(metadata.architecture);
  const labels: string[] = JSON.parse(metadata.labels);
  const preprocess: Preprocess = JSON.parse(metadata.preprocess);
  const graph = architecture.family === "resnet"
    ? resnetGraph(architecture, labels.length)
    : vggLinearGraph(architecture.stages, architecture.batchNorm, labels.length);
  return { tensors, graph, preprocess, labels };
}

/** The model of a weight file that says in its metadata what network it is for. */
export async function selfDescribed(
  bytes: Uint8Array,
  id: string,
  source: string,
  options: LoadOptions = {},
): Promise<Model> {
  const { tensors, ...built } = parse(bytes, id);
  const sha256 = await platform.sha256(bytes);
  const parameters = fromStateDict(built.graph, tensors, id);
  return assemble(id, NETWORKS[id] ?? id, built, parameters, { sha256, source }, options);
}

/** The built-in networks. */
export const builtin: ModelAdapter = {
  id: "builtin",
  title: "Built-in networks",
  licence: "MIT",
  source: "models/builtin/*.md",
  models: Object.keys(NETWORKS),
  ready: Object.keys(NETWORKS),
  accepts: (id) => Object.hasOwn(NETWORKS, id),
  async architecture(id) {
    const { graph, preprocess, labels } = parse(await read(id), id);
    return { graph, preprocess, inputSize: sizeAfter(preprocess), labels };
  },
  async load(id, options: LoadOptions): Promise<Model> {
    if (options.weights !== undefined) {
      throw new UserError(
        `${id} comes with its weights; \`weights\` is for an architecture, such as resnet50.`,
        { code: "bad-option", option: "weights" },
      );
    }
    return await selfDescribed(await read(id), id, "built in", options);
  },
};
