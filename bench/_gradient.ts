/** A gradient, measured: what several questions ask for. */
import * as tf from "../deps/tfjs.ts";
import { startBackend } from "./_backend.ts";
import { peakMB, timed, took } from "./_measure.ts";
import { type Case, caseNetwork, caseObjective, image } from "./_networks.ts";
import type { Side } from "./_question.ts";

/** By which two gradients are known to be the same. */
function magnitude(numbers: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < numbers.length; i++) sum += Math.abs(numbers[i]);
  return sum;
}

/** `{ forwardMs, gradientMs, peakMB, sum }` of a case by the engine. */
export const engine: Side = async (argument, settings) => {
  await startBackend(settings);
  const test = argument.case as Case;
  const network = await caseNetwork(test), x = image(test), objective = caseObjective(test);
  const forwardMs = await timed(async () => {
    const pass = await network.forward(x, { taps: objective.layers });
    await pass.value(objective.layers[0]).data();
    pass.dispose();
  });
  let sum = 0;
  const gradientMs = await timed(async () => {
    const { value, gradients, taps } = await network.gradient(x, objective);
    const found = await gradients.input.data();
    tf.dispose([value, gradients, taps]);
    sum = magnitude(found);
  });
  return { forwardMs, gradientMs, peakMB: peakMB(), sum };
};

/** The same of TensorFlow.js's own tape. It takes many seconds, so it is measured once. */
export const tape: Side = async (argument, settings) => {
  await startBackend(settings);
  // only here: it brings all of TensorFlow.js with it
  const { tapeGradient } = await import("./_tape.ts");
  const test = argument.case as Case;
  const network = await caseNetwork(test), x = image(test), objective = caseObjective(test);
  const plain = tapeGradient(network, objective);
  await plain.forward(x);
  const forwardMs = await took(() => plain.forward(x));
  let sum = 0;
  const gradientMs = await took(async () => {
    sum = magnitude(await plain.gradient(x));
  });
  return { forwardMs, gradientMs, peakMB: peakMB(), sum };
};
