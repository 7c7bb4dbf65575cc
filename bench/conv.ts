/**
 * Which convolution is faster at which shape? Ours on the memory of the backend "wasm" against
 * TensorFlow.js's (XNNPACK's), for each shape of a network's forward and backward pass. The two take
 * turns; the best time of each counts, as other programs only ever make one slower.
 */
import * as tf from "../deps/tfjs.ts";
import { random } from "../core/random.ts";
import { values } from "../core/values.ts";
import { opKernels } from "../engine/kernels/_ops.ts";
import { type ConvSpec, kernels } from "../engine/kernels/mod.ts";
import { startBackend } from "./_backend.ts";
import { took } from "./_measure.ts";
import { type Case, caseNetwork, caseObjective, CASES, image } from "./_networks.ts";
import type { Found, Question, Side } from "./_question.ts";

interface Shape {
  readonly input: tf.Tensor4D["shape"];
  readonly spec: ConvSpec;
}

/** Shape → how often a gradient has it, found by listening to one. */
async function shapesOf(test: Case): Promise<Map<string, number>> {
  const found = new Map<string, number>(), ours = kernels(), { conv2d } = ours;
  ours.conv2d = (x, kernel, spec, ...rest) => {
    const { kernel: taps, strides, dilations, pad: { top, left }, size, groups } = spec;
    const shape: Shape = {
      input: x.shape,
      spec: { kernel: taps, strides, dilations, pad: { top, left }, size, groups },
    };
    const key = JSON.stringify(shape);
    found.set(key, (found.get(key) ?? 0) + 1);
    return conv2d(x, kernel, spec, ...rest);
  };
  const network = await caseNetwork(test), x = image(test);
  tf.dispose({ ...await network.gradient(x, caseObjective(test)), x });
  network.dispose();
  ours.conv2d = conv2d;
  return found;
}

/** How often each is measured. */
const TIMES = 5;
const stream = random("conv");
const uniform = (shape: readonly number[]) =>
  values(stream.uniformValues([...shape], -1, 1), [...shape]);

/** Milliseconds of ours and of TensorFlow.js's. */
async function times({ input, spec }: Shape): Promise<[ours: number, its: number]> {
  const x = tf.tensor4d(uniform(input), input), numbers = uniform(spec.kernel);
  const ways = [kernels(), opKernels].map((way) => {
    const options = { way: way.convWay(spec), groups: spec.groups };
    return { way, kernel: way.convKernel(numbers, options) };
  });
  const best: [number, number] = [Infinity, Infinity];
  for (let i = 0; i < TIMES; i++) {
    for (const [n, { way, kernel }] of ways.entries()) {
      const ms = await took(() => way.conv2d(x, kernel, spec).dispose());
      best[n] = Math.min(best[n], ms);
    }
  }
  tf.dispose([x, ...ways.map(({ kernel }) => kernel)]);
  return best;
}

/** Of all convolutions of a gradient, and of each shape: what both take, as often as it has it. */
const convolutions: Side = async (argument, settings) => {
  await startBackend(settings);
  const figures: Record<string, number> = { ours: 0, its: 0 };
  for (const [key, count] of await shapesOf(argument.case as Case)) {
    const shape: Shape = JSON.parse(key), { kernel, strides } = shape.spec;
    const [ours, its] = await times(shape);
    figures.ours += ours * count;
    figures.its += its * count;
    const name = `${shape.input.slice(1).join("×")} * ${kernel.join("×")} / ${strides[0]}`;
    figures[`${name}, ours`] = ours;
    figures[`${name}, its`] = its;
  }
  return figures;
};

export const question: Question = {
  asks: "Which convolution is faster at which shape?",
  sides: { convolutions },
  async *rows(bench): AsyncGenerator<Found> {
    if (bench.backend !== "wasm") return bench.note("conv: the two are kernels of wasm");
    for (const name of ["resnet50", "vgg19"]) {
      const { ours, its, ...each } = await bench.side("convolutions", { case: CASES[name] })();
      const row = (what: string, ours: number, peer: number): Found => ({
        case: `${name}: ${what}, XNNPACK`,
        ours,
        peer,
        unit: "ms",
      });
      yield row("all convolutions of a gradient", ours, its);
      const slower = Object.keys(each).map((key) => key.replace(/, (ours|its)$/, ""))
        .filter((shape, i, all) => all.indexOf(shape) === i)
        .map((shape) => [shape, each[`${shape}, ours`], each[`${shape}, its`]] as const)
        .toSorted(([, a, b], [, c, d]) => c / d - a / b);
      const [shape, most, its_] = slower[0];
      yield row(`${shape}, where ours is at its worst`, most, its_);
    }
  },
};
