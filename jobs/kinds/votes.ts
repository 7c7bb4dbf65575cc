/** Tasks of the kind `votes`: which classes the channels of some layers speak for. */
import { z } from "../../deps/zod.ts";
import * as tf from "../../deps/tfjs.ts";
import { UserError } from "../../core/errors.ts";
import { readSafetensors, writeSafetensors } from "../../core/safetensors.ts";
import { sizeOf, type Values, values } from "../../core/values.ts";
import { runtime } from "../../engine/runtime.ts";
import { platform } from "../../platform/mod.ts";
import { columnOf, outputsOf } from "../../run/outputs.ts";
import { show } from "../../run/predict.ts";
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

/** Of which layers, for which classes, on which pictures. */
export interface VotesInput {
  readonly model: ModelChoice;
  /** Their nodes. */
  readonly layers: readonly string[];
  /** Their numbers. */
  readonly classes: readonly number[];
  readonly pictures: readonly FileChoice[];
}

const schema = z.strictObject({
  model: modelSchema,
  layers: z.array(z.string().min(1).max(1000)).min(1).max(1000),
  classes: z.array(z.int().min(0)).min(1).max(10_000),
  pictures: z.array(fileSchema).min(1).max(1000),
}) as unknown as z.ZodType<VotesInput>;

/**
 * How much each class's score grows with each channel: its gradient, summed over the places and averaged
 * over the pictures.
 */
export const votes: Kind<VotesInput> = {
  id: "votes",
  schema,
  identity: ({ model, layers, classes, pictures }) =>
    JSON.stringify([identityOf(model), layers, classes, pictures.map(({ sha256 }) => sha256)]),
  paths: ({ pictures, model }) => [...pictures.map(({ path }) => path), ...pathsOf(model)],
  texts: () => [],
  perform,
};

async function perform(
  { model: choice, layers, classes, pictures }: VotesInput,
  { model: modelOf, at, signal, folder, onProgress }: Tools,
): Promise<Record<never, never>> {
  const model = await modelOf(choice), { network } = model, { output } = network.graph;
  const sums = new Map<string, Float64Array>();
  for (const [n, file] of pictures.entries()) {
    const { input, picture } = show(await unchanged(file, { at }), model);
    const outputs = outputsOf(model, picture);
    const work = async () => {
      const pass = await network.forward(input, {
        taps: [...new Set([...layers, output])],
        ...{ gradient: true, to: layers, signal },
      });
      try {
        for (const [i, wanted] of classes.entries()) {
          const gradients = await backFrom(pass, output, columnOf(outputs, wanted), layers);
          layers.forEach((layer, l) => add(sums, layer, i, classes.length, gradients[l]));
        }
      } finally {
        pass.dispose();
      }
    };
    await runtime.inTurn(work, { backend: runtime.backend, signal }).finally(() => input.dispose());
    onProgress(n + 1, pictures.length);
  }
  const tensors: Record<string, Values> = {};
  for (const [layer, sum] of sums) {
    const mean = Float32Array.from(sum, (s) => s / pictures.length);
    tensors[layer] = values(mean, [classes.length, sum.length / classes.length]);
  }
  await platform.writeFile(`${folder}/votes.safetensors`, writeSafetensors(tensors));
  return {};
}

type Pass = Awaited<ReturnType<ModelNetwork["forward"]>>;
type ModelNetwork = Awaited<ReturnType<Tools["model"]>>["network"];

/**
 * A class's score as a share of the outputs `[1, …, outputs]`; of a network that gives scores for every
 * place, their mean.
 */
function seedOf(shape: readonly number[], { at, sign }: ReturnType<typeof columnOf>): tf.Tensor {
  const count = shape.at(-1)!, shares = new Float32Array(sizeOf(shape));
  for (let i = at; i < shares.length; i += count) shares[i] = sign * count / shares.length;
  return tf.tensor(shares, [...shape]);
}

/** The gradients of a class's score, summed over the places: `[channels]` of each layer. */
async function backFrom(
  pass: Pass,
  output: string,
  column: ReturnType<typeof columnOf>,
  layers: readonly string[],
): Promise<readonly Float32Array[]> {
  const one = seedOf(pass.value(output).shape, column);
  const gradients = await pass.backward({ [output]: one }, { retain: true });
  one.dispose();
  const sums = layers.map((layer) =>
    tf.tidy(() => {
      const { [layer]: gradient } = gradients;
      return tf.sum(tf.reshape(gradient, [-1, gradient.shape.at(-1)!]), 0);
    })
  );
  tf.dispose(gradients);
  try {
    return await Promise.all(sums.map((sum) => sum.data<"float32">()));
  } finally {
    tf.dispose(sums);
  }
}

function add(
  sums: Map<string, Float64Array>,
  layer: string,
  row: number,
  rows: number,
  numbers: Float32Array,
): void {
  const channels = numbers.length;
  let sum = sums.get(layer);
  if (!sum) sums.set(layer, sum = new Float64Array(rows * channels));
  for (let c = 0; c < channels; c++) sum[row * channels + c] += numbers[c];
}

/** Reads the votes of a layer: `[classes, channels]`. @throws UserError for a damaged file. */
export async function readVotes(
  folder: string,
  layers: readonly string[],
): Promise<ReadonlyMap<string, Values>> {
  const path = `${folder}/votes.safetensors`;
  const { tensors } = readSafetensors(await platform.readFile(path), path);
  for (const layer of layers) {
    if (tensors.has(layer)) continue;
    throw new UserError(`"${path}" says nothing of ${layer}.`, { code: "bad-file" });
  }
  return tensors;
}

/** The task of asking for some classes. */
export async function votesTask(input: VotesInput, label: string): Promise<Task> {
  return { key: await keyOf(votes.id, votes.identity(input)), kind: votes.id, input, label };
}
