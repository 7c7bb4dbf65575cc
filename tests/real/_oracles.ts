/** What a file's own runtime computes. */
import { dirname } from "node:path";
import * as tfjs from "@tensorflow/tfjs";
import type * as tf from "../../deps/tfjs.ts";
import { findPython } from "../../training/python.ts";
import type { Fetched } from "./_files.ts";

/** A network in its own runtime. */
export interface Oracle {
  readonly outputs: readonly string[];
  /** An output's numbers, an NCHW map as the engine has it, for a picture `[1, height, width, channels]`. */
  run(x: tf.Tensor4D, output: string): Promise<ArrayLike<number>>;
  dispose(): void;
}

/** `[1, channels, …places]` with its channels last. */
function channelsLast(numbers: ArrayLike<number>, shape: readonly number[]): ArrayLike<number> {
  if (shape.length !== 4) return numbers;
  const [, channels, height, width] = shape, places = height * width;
  return Float32Array.from(
    { length: numbers.length },
    (_, i) => numbers[(i % channels) * places + Math.floor(i / channels)],
  );
}

/** Reads a model's JSON and weights from its folder. */
function handler(path: string): tfjs.io.IOHandler {
  return {
    load() {
      const json = JSON.parse(Deno.readTextFileSync(path)) as tfjs.io.ModelJSON;
      const shards = json.weightsManifest.flatMap(({ paths }) => paths)
        .map((name) => Deno.readFileSync(`${dirname(path)}/${name}`));
      const bytes = new Uint8Array(shards.reduce((sum, { length }) => sum + length, 0));
      let at = 0;
      for (const shard of shards) {
        bytes.set(shard, at);
        at += shard.length;
      }
      return Promise.resolve({
        modelTopology: json.modelTopology,
        format: json.format,
        signature: json.signature,
        weightSpecs: json.weightsManifest.flatMap(({ weights }) => weights),
        weightData: bytes.buffer,
      });
    },
  };
}

/** TensorFlow.js on the backend that is nobody's but its own, without its advice. */
async function ready(): Promise<void> {
  tfjs.enableProdMode();
  await tfjs.setBackend("cpu");
}

/** By the way that warns of nothing, where it can be gone. */
async function executed(model: tfjs.GraphModel, given: tfjs.Tensor, output: string) {
  try {
    return model.execute(given, output) as tfjs.Tensor;
  } catch {
    return await model.executeAsync(given, output) as tfjs.Tensor;
  }
}

async function graphModel(path: string): Promise<Oracle> {
  await ready();
  const model = await tfjs.loadGraphModel(handler(path));
  return {
    outputs: model.outputs.map(({ name }) => name),
    async run(x, output) {
      const given = tfjs.tensor(await x.data(), x.shape);
      const found = await executed(model, given, output);
      const numbers = await found.data();
      tfjs.dispose([given, found]);
      return numbers as Float32Array;
    },
    dispose: () => model.dispose(),
  };
}

async function layersModel(path: string): Promise<Oracle> {
  await ready();
  const model = await tfjs.loadLayersModel(handler(path));
  return {
    outputs: [model.outputNames[0] ?? ""],
    async run(x) {
      // pictures of one channel may have no axis for it
      const shape = model.inputs[0].shape.length === 3 ? x.shape.slice(0, 3) : x.shape;
      const given = tfjs.tensor(await x.data(), shape);
      const found = [model.predict(given)].flat()[0];
      const numbers = await found.data();
      tfjs.dispose([given, found]);
      return numbers as Float32Array;
    },
    dispose: () => model.dispose(),
  };
}

/** As much of `onnxruntime-node` as is needed here. */
interface Ort {
  readonly env: { logLevel: string };
  readonly Tensor: new (type: "float32", data: Float32Array, dims: readonly number[]) => object;
  readonly InferenceSession: {
    create(path: string): Promise<{
      readonly inputNames: readonly string[];
      readonly outputNames: readonly string[];
      readonly inputMetadata: readonly { readonly shape: readonly (number | string)[] }[];
      run(feeds: Record<string, object>): Promise<
        Record<string, { readonly data: Float32Array; readonly dims: readonly number[] }>
      >;
      release(): Promise<void>;
    }>;
  };
}

// by a name that is not seen before it is wanted: nobody else needs its hundreds of megabytes
const ONNX_RUNTIME = "npm:onnxruntime-node@1.30.0";

async function onnx(path: string): Promise<Oracle> {
  const ort = (await import(ONNX_RUNTIME)).default as Ort;
  ort.env.logLevel = "error";
  const session = await ort.InferenceSession.create(path), [name] = session.inputNames;
  return {
    outputs: session.outputNames,
    async run(x, output) {
      const [, height, width, channels] = x.shape, numbers = await x.data();
      const shape = session.inputMetadata[0].shape;
      const isLast = Number(shape.at(-1)) === channels && Number(shape[1]) !== channels;
      const places = height * width;
      const ordered = isLast ? numbers as Float32Array : Float32Array.from(
        { length: numbers.length },
        (_, i) => numbers[(i % places) * channels + Math.floor(i / places)],
      );
      const dims = isLast ? [1, height, width, channels] : [1, channels, height, width];
      const found = await session.run({ [name]: new ort.Tensor("float32", ordered, dims) });
      const { data, dims: own } = found[output];
      return channelsLast(data, own);
    },
    dispose: () => void session.release(),
  };
}

/** A Keras file, read by h5py, in TensorFlow.js: the file's own runtime is too large to ask for. */
async function h5(path: string): Promise<Oracle> {
  const python = await findPython(["h5py"]);
  if (!python) throw new Error("there is no Python with h5py");
  const folder = await Deno.makeTempDir(), script = new URL("_h5.py", import.meta.url).pathname;
  try {
    const { success } = await new Deno.Command(python, { args: [script, path, folder] }).output();
    if (!success) throw new Error("h5py did not read it");
    return await layersModel(`${folder}/model.json`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const RUNTIMES = { onnx, h5, "graph-model": graphModel, "layers-model": layersModel };

/** A file's own runtime with it. */
export const oracleOf = ({ kind, path }: Fetched): Promise<Oracle> => RUNTIMES[kind](path);
