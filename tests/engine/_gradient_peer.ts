/** A worker that says what all of TensorFlow.js takes the gradients to be, on its own engine. */
import * as tf from "@tensorflow/tfjs";
import { cases, gradientsOf } from "./_gradient_cases.ts";

await tf.setBackend("cpu");
const found: Record<string, Float32Array | string> = {};
for (const example of cases) {
  try {
    found[example.name] = await gradientsOf(example);
  } catch (error) {
    found[example.name] = String(error);
  }
}
(self as unknown as Worker).postMessage(found);
