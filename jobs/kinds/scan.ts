/** Tasks of the kind `scan`: what some pictures excite in some layers of a network, channel by channel. */
import { z } from "../../deps/zod.ts";
import * as tf from "../../deps/tfjs.ts";
import { UserError } from "../../core/errors.ts";
import { readSafetensors, writeSafetensors } from "../../core/safetensors.ts";
import { runtime } from "../../engine/runtime.ts";
import { platform } from "../../platform/mod.ts";
import type { Model } from "../../run/model.ts";
import { classScores, type Outputs, outputsOf } from "../../run/outputs.ts";
import { show } from "../../run/predict.ts";
import { batches, batchSize } from "../../run/batches.ts";
import {
  type FileChoice,
  identityOf,
  type Kind,
  type ModelChoice,
  pathsOf,
  type Tools,
} from "../kind.ts";
import { fileSchema, modelSchema } from "../schemas.ts";
import { keyOf, type Task } from "../task.ts";
import { unchanged } from "./_picture.ts";
import { Layer, type LayerScan } from "./_layer_scan.ts";

/** Which pictures, and which layers. */
export interface ScanInput {
  readonly model: ModelChoice;
  /** Their nodes. */
  readonly layers: readonly string[];
  readonly pictures: readonly FileChoice[];
  /** Of how many places of each picture all channels are kept, where a layer has so many. */
  readonly sampled: number;
}

const schema = z.strictObject({
  model: modelSchema,
  layers: z.array(z.string().min(1).max(1000)).min(1).max(1000),
  pictures: z.array(fileSchema).min(1).max(10_000),
  sampled: z.int().min(1).max(64),
}) as unknown as z.ZodType<ScanInput>;

/** What is told of a scan. */
export interface ScanTold {
  /** Of the pictures: which could be read, and which class the network gives each. */
  readonly read: readonly { readonly at: number; readonly best: number }[];
  /** Which could not, and why. */
  readonly bad: readonly { readonly name: string; readonly reason: string }[];
}

const PARTS = ["max", "place", "mean", "histogram", "sample", "of"] as const;

export const scan: Kind<ScanInput> = {
  id: "scan",
  schema,
  identity: ({ model, layers, pictures, sampled }) =>
    JSON.stringify([identityOf(model), layers, pictures.map(({ sha256 }) => sha256), sampled]),
  paths: ({ pictures, model }) => [...pictures.map(({ path }) => path), ...pathsOf(model)],
  texts: () => [],
  perform,
};

async function perform(
  { model: choice, layers, pictures, sampled }: ScanInput,
  tools: Tools,
): Promise<ScanTold> {
  const model = await tools.model(choice), { signal } = tools;
  const { width, height } = model.inputSize, found = layers.map(() => new Layer(sampled));
  const read: { at: number; best: number }[] = [], bad: { name: string; reason: string }[] = [];
  let done = 0;
  for (const [from, to] of batches(pictures.length, batchSize(model, height, width))) {
    const inputs: tf.Tensor4D[] = [], at: number[] = [];
    try {
      for (let i = from; i < to; i++) {
        const input = await shown(pictures[i], model, tools, bad);
        if (!input) continue;
        inputs.push(input);
        at.push(i);
      }
      // pictures that are shown in their own size do not fit together
      for (const group of alike(inputs)) {
        const shown = group.map((i) => ({ input: inputs[i], sha256: pictures[at[i]].sha256 }));
        const best = await look(model, layers, shown, found, signal);
        group.forEach((i, n) => read.push({ at: at[i], best: best[n] }));
      }
    } finally {
      tf.dispose(inputs);
    }
    done = to;
    tools.onProgress(done, pictures.length);
  }
  for (const [i, layer] of found.entries()) {
    await platform.writeFile(fileOf(tools.folder, i), writeSafetensors({ ...layer.result() }));
  }
  return { read, bad };
}

/** A picture in the network's space; undefined, and noted, where it cannot be read. */
async function shown(
  picture: FileChoice,
  model: Model,
  tools: Tools,
  bad: { name: string; reason: string }[],
): Promise<tf.Tensor4D | undefined> {
  try {
    return show(await unchanged(picture, tools), model).input;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    bad.push({ name: picture.name, reason: error.message });
  }
}

/** The numbers of the tensors that have one shape, in their order. */
function alike(tensors: readonly tf.Tensor[]): readonly (readonly number[])[] {
  const groups = new Map<string, number[]>();
  tensors.forEach(({ shape }, i) => groups.set(`${shape}`, [...groups.get(`${shape}`) ?? [], i]));
  return [...groups.values()];
}

/** A picture as the network sees it, and the hash of its file. */
interface Shown {
  readonly input: tf.Tensor4D;
  readonly sha256: string;
}

/** Looks at pictures of one size together; the best class of each. */
async function look(
  model: Model,
  layers: readonly string[],
  pictures: readonly Shown[],
  found: readonly Layer[],
  signal: AbortSignal,
): Promise<readonly number[]> {
  const { network } = model, { output } = network.graph;
  const work = async () => {
    const inputs = pictures.map(({ input }) => input);
    const hashes = pictures.map(({ sha256 }) => sha256);
    const batch = inputs.length === 1 ? inputs[0] : tf.concat(inputs);
    const pass = await network.forward(batch, { taps: [...layers, output], signal });
    try {
      for (const [i, layer] of layers.entries()) {
        const value = pass.value(layer);
        found[i].add(await value.data<"float32">(), value.shape, hashes);
      }
      const [, height, width] = inputs[0].shape, outputs = outputsOf(model, { width, height });
      return bestOf(await pass.value(output).data<"float32">(), pictures.length, outputs);
    } finally {
      pass.dispose();
      if (pictures.length > 1) batch.dispose();
    }
  };
  return await runtime.inTurn(work, { backend: runtime.backend, signal });
}

/** The best class of each picture; where there are scores for every place, by their means. */
function bestOf(numbers: Float32Array, pictures: number, outputs: Outputs): number[] {
  const { count } = outputs, places = numbers.length / pictures / count;
  return Array.from({ length: pictures }, (_, picture) => {
    const means = new Float64Array(count), from = picture * places * count;
    for (let i = 0; i < places * count; i++) means[i % count] += numbers[from + i] / places;
    const scores = classScores(outputs, means);
    return scores.indexOf(Math.max(...scores));
  });
}

/** The file of a layer, by its place among the scan's: they are read one at a time. */
const fileOf = (folder: string, layer: number) => `${folder}/layer-${layer}.safetensors`;

/**
 * Reads what a scan has found of a layer.
 *
 * @param layer its place among the scan's layers
 * @throws UserError for a damaged file.
 */
export async function readScan(folder: string, layer: number): Promise<LayerScan> {
  const path = fileOf(folder, layer);
  const { tensors } = readSafetensors(await platform.readFile(path), path);
  const missing = PARTS.find((part) => !tensors.has(part));
  if (missing === undefined) return Object.fromEntries(tensors) as unknown as LayerScan;
  throw new UserError(`"${path}" does not say its layer's ${missing}.`, { code: "bad-file" });
}

/** The task of looking at some pictures. */
export async function scanTask(input: ScanInput, label: string): Promise<Task> {
  return { key: await keyOf(scan.id, scan.identity(input)), kind: scan.id, input, label };
}
