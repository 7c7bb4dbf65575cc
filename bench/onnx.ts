/**
 * Do ONNX models give what PyTorch gives? A table of the relative errors of logits and of the gradient at
 * the picture, against PyTorch in double precision, and what PyTorch's own single precision is off by.
 *
 *     python3 tests/fixtures/onnx/make.py FOLDER
 *     deno run --lock=deno.dev.lock -A bench/onnx.ts FOLDER [NAME …]
 */
import * as tf from "../deps/tfjs.ts";
import { loadModel, logit, readSafetensors, useBackend, type Values } from "../mod.ts";

const [folder = ".", ...wanted] = Deno.args;
const names = [...Deno.readDirSync(folder)].map(({ name }) => name)
  .filter((name) => name.endsWith(".onnx")).map((name) => name.slice(0, -".onnx".length))
  .filter((name) => wanted.length === 0 || wanted.includes(name)).sort();

/** ‖a − b‖ / ‖b‖, in one digit. */
function apart(a: ArrayLike<number>, b: ArrayLike<number>): string {
  let error = 0, size = 0;
  for (let i = 0; i < b.length; i++) {
    error += (a[i] - b[i]) ** 2;
    size += b[i] ** 2;
  }
  return Math.sqrt(error / size).toExponential(0);
}

/** `[3, height, width]` as the engine has pictures. */
function channelsLast(x: Values): Float32Array {
  const pixels = x.length / 3;
  return x.map((_, i) => x[(i % 3) * pixels + Math.floor(i / 3)]);
}

await useBackend("wasm");
console.log("| network | opset | nodes | logits | gradient | PyTorch's float32 | loaded in |");
console.log("| ------- | ----- | ----- | ------ | -------- | ----------------- | --------- |");
for (const name of names) {
  const { tensors, metadata } = readSafetensors(
    await Deno.readFile(`${folder}/${name}.safetensors`),
    name,
  );
  const began = performance.now();
  const { network } = await loadModel(`${folder}/${name}.onnx`);
  const took = Math.round(performance.now() - began);
  const x = tensors.get("x")!, [, height, width] = x.shape, own = tensors.get("own");
  const image = tf.tensor4d(channelsLast(x), [1, height, width, 3]);
  const { value, gradients, taps } = await network.gradient(image, logit(Number(metadata.class)));
  const exact = tensors.get("gradient")!;
  const cells = [
    name,
    metadata.opset,
    network.graph.nodes.length,
    apart(await taps.logits.data(), tensors.get("logits")!),
    apart(await gradients.input.data(), channelsLast(exact)),
    own ? apart(own, exact) : "",
    `${took} ms`,
  ];
  console.log(`| ${cells.join(" | ")} |`);
  tf.dispose([image, value, gradients, taps]);
  network.dispose();
}
