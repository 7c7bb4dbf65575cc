/**
 * Which convolution is faster at which shape? Ours on the memory of the backend "wasm" against
 * TensorFlow.js's (XNNPACK's), for each shape of a network's forward and backward pass. The two take
 * turns; the best time of each counts, as other programs only ever make one slower.
 *
 *     deno run -A bench/conv.ts [--only resnet50] [--repeats 15]
 */
import { parseArgs } from "node:util";
import * as tf from "../deps/tfjs.ts";
import { random } from "../core/random.ts";
import { sizeOf, values } from "../core/values.ts";
import { useBackend } from "../engine/runtime.ts";
import { opKernels } from "../engine/kernels/_ops.ts";
import { type ConvSpec, kernels } from "../engine/kernels/mod.ts";
import { type Case, caseNetwork, caseObjective, CASES, image } from "./_networks.ts";

interface Shape {
  readonly input: tf.Tensor4D["shape"];
  readonly spec: ConvSpec;
}

/** Shape → how often a gradient has it, found by listening to one. */
async function shapesOf(test: Case): Promise<Map<string, number>> {
  const found = new Map<string, number>(), ours = kernels(), { conv2d } = ours;
  ours.conv2d = (x, kernel, spec, ...rest) => {
    const { kernel: taps, strides, dilations, pad: { top, left }, size } = spec;
    const shape: Shape = {
      input: x.shape,
      spec: { kernel: taps, strides, dilations, pad: { top, left }, size },
    };
    const key = JSON.stringify(shape);
    found.set(key, (found.get(key) ?? 0) + 1);
    return conv2d(x, kernel, spec, ...rest);
  };
  const network = caseNetwork(test), x = image(test);
  tf.dispose({ ...await network.gradient(x, caseObjective(test)), x });
  network.dispose();
  ours.conv2d = conv2d;
  return found;
}

const { values: flags } = parseArgs({
  options: { only: { type: "string" }, repeats: { type: "string", default: "15" } },
});
const stream = random("conv");
const uniform = (shape: readonly number[]) =>
  values(stream.uniformValues([...shape], -1, 1), [...shape]);

/** Milliseconds of ours and of TensorFlow.js's. */
function times({ input, spec }: Shape): number[] {
  return tf.tidy(() => {
    const x = tf.tensor4d(uniform(input), input), numbers = uniform(spec.kernel);
    const ways = [kernels(), opKernels].map((way) => ({ way, kernel: way.convKernel(numbers) }));
    const best = [Infinity, Infinity];
    for (let i = 0; i < Number(flags.repeats); i++) {
      ways.forEach(({ way, kernel }, n) => {
        const start = performance.now();
        way.conv2d(x, kernel, spec).dispose();
        best[n] = Math.min(best[n], performance.now() - start);
      });
    }
    return best;
  });
}

const cells = (...all: string[]) =>
  console.log(all.map((c, i) => i ? c.padStart(12) : c.padEnd(44)).join(""));

await useBackend("wasm");
for (const [name, test] of Object.entries(CASES)) {
  if (flags.only && flags.only !== name) continue;
  const total = [0, 0];
  cells(`\n${name}`, "times", "ours", "XNNPACK", "ratio");
  for (const [key, count] of await shapesOf(test)) {
    const shape: Shape = JSON.parse(key), { kernel, strides, size } = shape.spec;
    const pair = times(shape);
    const rate = (ms: number) => `${(2 * sizeOf(kernel) * sizeOf(size) / ms / 1e6).toFixed(1)}`;
    pair.forEach((ms, n) => total[n] += ms * count);
    cells(
      `${shape.input.slice(1).join("×")} * ${kernel.join("×")} / ${strides[0]}`,
      String(count),
      ...pair.map(rate),
      (pair[1] / pair[0]).toFixed(2),
    );
  }
  cells("all, ms", "", ...total.map((ms) => ms.toFixed(0)), (total[1] / total[0]).toFixed(2));
}
