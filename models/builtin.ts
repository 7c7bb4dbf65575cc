/**
 * The networks that come with Phosphene, trained by `training/` on pictures that it draws; their
 * cards lie beside their weights in `models/builtin/`.
 */
import { createHash } from "node:crypto";
import type { LoadOptions, Model, ModelAdapter } from "../core/model.ts";
import type { Preprocess } from "../core/preprocess.ts";
import { readSafetensors } from "../core/safetensors.ts";
import { UserError } from "../core/errors.ts";
import { assemble, type Built, sizeAfter } from "./_family.ts";
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

function read(id: string) {
  const bytes = Deno.readFileSync(new URL(`builtin/${id}.safetensors`, import.meta.url));
  const { tensors, metadata } = readSafetensors(bytes, id);
  const architecture: Architecture = JSON.parse(metadata.architecture);
  const labels: string[] = JSON.parse(metadata.labels);
  const preprocess: Preprocess = JSON.parse(metadata.preprocess);
  const graph = architecture.family === "resnet"
    ? resnetGraph(architecture, labels.length)
    : vggLinearGraph(architecture.stages, architecture.batchNorm, labels.length);
  const built: Built = { graph, preprocess, labels };
  return { bytes, tensors, built };
}

/** The built-in networks. */
export const builtin: ModelAdapter = {
  id: "builtin",
  title: "Networks that come with Phosphene",
  licence: "MIT",
  source: "models/builtin/*.md",
  models: Object.keys(NETWORKS),
  accepts: (id) => Object.hasOwn(NETWORKS, id),
  architecture(id) {
    const { graph, preprocess } = read(id).built;
    return { graph, preprocess, inputSize: sizeAfter(preprocess) };
  },
  load(id, options: LoadOptions): Promise<Model> {
    if (options.weights !== undefined) {
      throw new UserError(
        `${id} comes with its weights; --weights goes with an architecture, such as resnet50.`,
      );
    }
    const { bytes, tensors, built } = read(id);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const weights = { tensors, sha256, source: "built in" };
    return Promise.resolve(assemble(id, NETWORKS[id], built, weights, options));
  },
};
