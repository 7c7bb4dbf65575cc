/** What objectives, transformations and parameterizations owe. */
import * as tf from "../deps/tfjs.ts";
import { optionFields, parseOptions } from "../core/options.ts";
import { random } from "../core/random.ts";
import { record, valueAndGrads } from "../engine/gradients/mod.ts";
import { useBackend } from "../engine/runtime.ts";
import type { ObjectiveMaker } from "../run/objective.ts";
import type { Parameterization } from "../run/parameterization.ts";
import type { OptionsSchema } from "../run/technique.ts";
import type { Transform } from "../run/transform.ts";
import type { Check } from "./check.ts";
import { expect, finite } from "./expect.ts";
import { families, type Small } from "./networks.ts";
import { numTensors } from "./running.ts";

const SHAPE = [2, 9, 8, 3] as const, STEP = 1e-2;

/** Options that will do: the defaults, and for what has none a layer, a class, a small number. */
function someOptions({ options }: { readonly options: OptionsSchema }, small: Small) {
  const given: Record<string, unknown> = {};
  for (const { name, role, required, type } of optionFields(options)) {
    if (role === "layer") given[name] = small.layer;
    else if (role === "channel") given[name] = small.channel;
    else if (required) given[name] = type === "number" || type === "integer" ? 1 : "1";
  }
  return parseOptions(options, given, "the defaults");
}

const [small] = families;

/** Fails where tensors are left behind. */
async function leavingNothing(look: () => Promise<void>): Promise<void> {
  await useBackend("cpu");
  const before = numTensors();
  await look();
  const left = numTensors() - before;
  await useBackend("wasm");
  expect(left === 0, `${left} tensors are left`);
}

const dot = (a: tf.Tensor, b: tf.Tensor): number =>
  tf.tidy(() => tf.sum(tf.mul(a, b)).dataSync()[0]);

/** An objective is a scalar that has a slope. */
export const OF_OBJECTIVES: readonly Check<ObjectiveMaker>[] = [{
  name: "its gradient is what small steps show of its value",
  async look(maker) {
    const model = small.model(), objective = maker.make(someOptions(maker, small), { model });
    await leavingNothing(async () => {
      const { height, width } = small, shape = [1, height, width, 3] as const, stream = random("o");
      const at = stream.normalValues(shape), way = stream.normalValues(shape);
      const askedAt = async (by: number) => {
        const image = tf.tensor4d(at.map((n, i) => n + by * way[i]), [...shape]);
        const { value, gradients, taps } = await model.network.gradient(image, objective);
        const [number] = await value.data(), gradient = await gradients.input.data();
        tf.dispose([image, value, gradients, taps]);
        return { number, gradient };
      };
      const { number, gradient } = await askedAt(0);
      finite([number, ...gradient], "its value or gradient");
      const told = way.reduce((sum, n, i) => sum + n * Number(gradient[i]), 0), step = 1e-3;
      const slope = ((await askedAt(step)).number - (await askedAt(-step)).number) / (2 * step);
      expect(
        Math.abs(told - slope) <= 0.05 * Math.max(1, Math.abs(slope)),
        `it grows by ${slope}, its gradient says ${told}`,
      );
      model.network.dispose();
    });
  },
}];

/** A transformation gives images that have a gradient, the same from the same stream. */
export const OF_TRANSFORMS: readonly Check<Transform>[] = [{
  name:
    "gives images whose gradient is what small steps show, and the same ones from the same stream",
  look: (transform) =>
    leavingNothing(() => {
      const options = someOptions(transform, small), stream = random("t");
      const change = (x: tf.Tensor) => transform.apply(x as tf.Tensor4D, options, random("seed"));
      tf.tidy(() => {
        const at = tf.tensor4d(stream.uniformValues(SHAPE, 0.2, 0.8), [...SHAPE]);
        const way = tf.tensor4d(stream.normalValues(SHAPE), [...SHAPE]);
        const out = change(at), dy = tf.tensor(stream.normalValues(out.shape), out.shape);
        finite(out.dataSync(), "an image");
        expect(
          dot(tf.abs(tf.sub(out, change(at))), tf.onesLike(out)) === 0,
          "it draws other numbers",
        );
        const recorded = record(([x]) => change(x), [at]);
        const [back] = recorded.back(dy), told = dot(back, way);
        recorded.dispose();
        const moved = (by: number) => dot(change(tf.add(at, tf.mul(way, by))), dy);
        const slope = (moved(STEP) - moved(-STEP)) / (2 * STEP);
        expect(
          Math.abs(told - slope) <= 0.05 * Math.max(1, Math.abs(slope)),
          `what it gives changes by ${slope}, its gradient says ${told}`,
        );
      });
      return Promise.resolve();
    }),
}];

/** A parameterization makes images of 0..1 that follow its numbers. */
export const OF_PARAMETERIZATIONS: readonly Check<Parameterization>[] = [{
  name: "makes images of 0..1, of any size, that its numbers change",
  look: (parameterization) =>
    leavingNothing(() => {
      for (const [batch, height, width, channels] of [[2, 9, 8, 3], [1, 5, 7, 1]]) {
        tf.tidy(() => {
          const options = someOptions(parameterization, small);
          const shape = { batch, height, width, channels };
          const { parameters, image } = parameterization.start(shape, options, random("p"));
          const made = image(parameters), numbers = made.dataSync();
          expect(
            `${made.shape}` === `${[batch, height, width, channels]}`,
            `it is [${made.shape}]`,
          );
          expect(numbers.every((n) => n >= 0 && n <= 1), "a number is not from 0 to 1");
          const { grads } = valueAndGrads((now) => tf.sum(tf.square(image(now))), parameters);
          expect(
            grads.some((gradient) => gradient.dataSync().some((n) => n !== 0)),
            "none of its numbers changes anything",
          );
        });
      }
      return Promise.resolve();
    }),
}];
