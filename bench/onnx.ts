/**
 * Do ONNX models give what PyTorch gives? Relative errors ‖ours − exact‖ / ‖exact‖ of logits and of the
 * gradient at the picture, against PyTorch in double precision; the peer is PyTorch's own single
 * precision. The networks are torchvision's, with random weights, written by
 * `tests/fixtures/onnx/make.py`.
 */
import * as tf from "../deps/tfjs.ts";
import { loadModel, logit, readSafetensors, type Values } from "../mod.ts";
import { findPython } from "../training/python.ts";
import { startBackend } from "./_backend.ts";
import type { Question, Side } from "./_question.ts";

/** A few of the sixteen that make.py can write: the others are as large as they are alike. */
const NAMES = ["mobilenet_v2", "resnet18", "squeezenet1_1"];

/** ‖a − b‖ / ‖b‖ */
function apart(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let error = 0, size = 0;
  for (let i = 0; i < b.length; i++) {
    error += (a[i] - b[i]) ** 2;
    size += b[i] ** 2;
  }
  return Math.sqrt(error / size);
}

/** `[3, height, width]` as the engine has pictures. */
function channelsLast(x: Values): Float32Array {
  const pixels = x.length / 3;
  return x.map((_, i) => x[(i % 3) * pixels + Math.floor(i / 3)]);
}

const errors: Side = async (argument, settings) => {
  await startBackend(settings);
  const path = String(argument.path);
  const file = await Deno.readFile(`${path}.safetensors`);
  const { tensors, metadata } = readSafetensors(file, path);
  const { network } = await loadModel(`${path}.onnx`);
  const x = tensors.get("x")!, [, height, width] = x.shape, own = tensors.get("own");
  const image = tf.tensor4d(channelsLast(x), [1, height, width, 3]);
  const { gradients, taps } = await network.gradient(image, logit(Number(metadata.class)));
  const exact = tensors.get("gradient")!;
  return {
    logits: apart(await taps.logits.data(), tensors.get("logits")!),
    gradient: apart(await gradients.input.data(), channelsLast(exact)),
    ...(own ? { own: apart(own, exact) } : {}),
  };
};

/** Writes the networks; false where PyTorch is not there. */
async function make(folder: string): Promise<boolean> {
  const python = await findPython(["torch", "torchvision"]);
  if (!python) return false;
  const script = new URL("../tests/fixtures/onnx/make.py", import.meta.url).pathname;
  const { success } = await new Deno.Command(python, {
    args: [script, folder, ...NAMES],
    stdout: "null",
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`It failed: ${script}`);
  return true;
}

export const question: Question = {
  asks: "Do ONNX models give what PyTorch gives?",
  sides: { errors },
  async *rows(bench) {
    const folder = await Deno.makeTempDir();
    try {
      if (!bench.peer || !await make(folder)) {
        return bench.note("onnx: the networks are PyTorch's to write, so --peer is needed");
      }
      for (const name of NAMES) {
        const { logits, gradient, own } = await bench.side("errors", {
          path: `${folder}/${name}`,
        })();
        yield { case: `${name}: logits`, ours: logits, unit: "" };
        yield { case: `${name}: gradient, PyTorch's Float32`, ours: gradient, peer: own, unit: "" };
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
};
