/** What is recorded on a GPU and replayed gives what the steps give, bit by bit, to everybody his own. */
import assert from "node:assert/strict";
import * as tf from "../../deps/tfjs.ts";
import { random } from "../../core/random.ts";
import { branched, families, type Small } from "../../conformance/networks.ts";
import type { Executor, Plan } from "../../engine/executor.ts";
import { recorded } from "../../engine/executors/recorded/mod.ts";
import { Recording } from "../../engine/executors/recorded/recording.ts";
import { stepwise } from "../../engine/executors/steps.ts";
import { Unrecordable } from "../../engine/gpu/arena.ts";
import { GpuBackend } from "../../engine/gpu/backend.ts";
import { INPUT } from "../../engine/graph.ts";
import type { ForwardOptions, Network } from "../../engine/network.ts";
import { channelMean, logit, sumOf } from "../../engine/objectives.ts";
import { opNames, shapeAfter } from "../../engine/ops/mod.ts";
import type { Rules } from "../../engine/rules.ts";
import { runtime, useBackend } from "../../engine/runtime.ts";
import { deconvnetRules, guidedRules } from "../../techniques/_relu_rules.ts";
import { forEachBackend } from "../_support/backends.ts";
import { counting } from "../_support/gpu_counts.ts";
import { near } from "../_support/tensors.ts";
import { cases } from "./_op_cases.ts";
import { BATCH, networkOf, tensor, used } from "./_op_networks.ts";

const onGpu = (name: string, test: () => Promise<void>) => forEachBackend(name, test, ["webgpu"]);

const small = families[0];

/** The backend in use. */
function gpu(): GpuBackend {
  const backend = tf.backend();
  assert.ok(backend instanceof GpuBackend);
  return backend;
}

/** A tensor on the GPU: TensorFlow.js computes on the CPU with small ones that are not. */
function onIt<T extends tf.Tensor>(x: T): T {
  gpu().uploadToGPU(x.dataId);
  return x;
}

/** The same picture for a seed. */
function image({ width, height }: Small, seed: number, batch = 1): tf.Tensor4D {
  const shape = [batch, height, width, 3] as const;
  return onIt(tf.tensor4d(random(`image ${seed}`).uniformValues([...shape], -1, 1), [...shape]));
}

/** Computes without recordings. */
async function bySteps<R>(work: () => Promise<R>): Promise<R> {
  const before = runtime.executors.splice(0, Infinity, stepwise);
  try {
    return await work();
  } finally {
    runtime.executors.splice(0, Infinity, ...before);
  }
}

/** The bits of tensors, which are disposed of. */
async function bitsOf(tensors: readonly tf.Tensor[]): Promise<readonly Uint32Array[]> {
  const all = await Promise.all(tensors.map(async (x) => new Uint32Array((await x.data()).buffer)));
  tf.dispose([...tensors]);
  return all;
}

const floats = ({ buffer }: Uint32Array) => new Float32Array(buffer);

/** Fails unless a third time, which is replayed, gives what the steps give, and each before. */
async function same(what: string, work: (seed: number) => Promise<readonly tf.Tensor[]>) {
  for (const seed of [1, 2, 3, 4]) {
    const expected = await bitsOf(await bySteps(() => work(seed)));
    const [counts, made] = await counting(() => work(seed));
    assert.deepEqual(await bitsOf(made), expected, `${what}, number ${seed}`);
    if (seed > 2) assert.ok(counts.bindGroups < counts.dispatches / 2, `${what} is not replayed`);
  }
}

/** An objective's value, the values of a layer, and the gradients there and at the image. */
async function gone(network: Network, layer: string, image: tf.Tensor4D, rules?: Rules) {
  const objective = sumOf(logit([0, 1, 0]), channelMean(layer, 0));
  const options = { rules, also: [layer], to: [INPUT, layer] };
  const { value, gradients, taps } = await network.gradient(image, objective, options);
  image.dispose();
  return [value, taps.logits, taps[layer], gradients[layer], gradients[INPUT]];
}

const RULES: Readonly<Record<string, () => Rules | undefined>> = {
  plain: () => undefined,
  guided: guidedRules,
  deconvnet: deconvnetRules,
};

for (const kind of [...families, branched]) {
  onGpu(`${kind.name}: what is replayed has the bits of the steps, with any rules`, async () => {
    const { network } = kind.model(), before = tf.memory().numTensors;
    for (const [name, rules] of Object.entries(RULES)) {
      await same(name, (seed) => gone(network, kind.layer, image(kind, seed), rules()));
    }
    await same("forward alone", async (seed) => {
      const x = image(kind, seed);
      const pass = await network.forward(x, { taps: [kind.layer, "logits"] });
      const taken = [kind.layer, "logits"].map((layer) => tf.clone(pass.value(layer)));
      pass.dispose();
      x.dispose();
      return taken;
    });
    network.dispose();
    assert.equal(tf.memory().numTensors, before, "tensors are left");
  });
}

/** Sums that come together in any order. */
const UNORDERED = new Set(["gatherAxis"]);

for (const name of opNames()) {
  onGpu(`${name}: what is replayed has the bits of the steps`, async () => {
    for (const testCase of cases[name]) {
      const network = networkOf(name, testCase), { attrs = {}, params = {}, inputs } = testCase;
      const shape = shapeAfter(name, inputs, { attrs: { epsilon: 1e-3, ...attrs }, params });
      const make: typeof tensor = (...of) => onIt(tensor(...of));
      const seed = make("seed", [BATCH, ...shape]), before = tf.memory().numTensors;
      const once = () => used(network, testCase, seed, make);
      const expected = await bitsOf(await bySteps(once)), what = JSON.stringify(testCase);
      for (const time of ["first", "recorded", "replayed"]) {
        const [{ bindGroups }, made] = await counting(once);
        const found = await bitsOf(made);
        for (const [i, bits] of found.entries()) {
          const sure = `${time} ${what}`;
          if (UNORDERED.has(name)) near(floats(bits), floats(expected[i]), 1e-6, sure);
          else assert.deepEqual(bits, expected[i], sure);
        }
        if (time === "replayed") assert.equal(bindGroups, 0, what);
      }
      network.dispose();
      assert.equal(tf.memory().numTensors, before, "tensors are left");
      seed.dispose();
    }
  });
}

/** A network whose plans are recorded already, and what it computes of an image, step by step. */
async function known(options: ForwardOptions = {}) {
  const { network } = small.model(), seed = tf.fill([1, 5], 1);
  const all: ForwardOptions = { taps: ["logits", small.layer], gradient: true, ...options };
  const back = async (x: tf.Tensor4D) => {
    const pass = await network.forward(x, all);
    const { input } = await pass.backward({ logits: seed });
    pass.dispose();
    x.dispose();
    return [input];
  };
  const stepped = (number: number) =>
    bySteps(async () => await bitsOf(await back(image(small, number))));
  for (const number of [1, 2, 3]) tf.dispose(await back(image(small, number)));
  const end = () => {
    network.dispose();
    seed.dispose();
  };
  return { network, seed, all, back, stepped, end };
}

onGpu("what a pass has given stays as it is, whatever is replayed after it", async () => {
  const { network, seed, all, back, stepped, end } = await known();
  const x = image(small, 7), first = await network.forward(x, all);
  const kept = tf.reshape(first.value(small.layer), [-1]),
    { input } = await first.backward({
      logits: seed,
    });
  const before = await Promise.all([kept.clone().data(), input.clone().data()]);
  first.dispose();
  tf.dispose(await back(image(small, 8)));
  network.dispose();
  const after = await bitsOf([kept, input]);
  assert.deepEqual(after, before.map((numbers) => new Uint32Array(numbers.buffer)));
  assert.deepEqual(after.slice(1), await stepped(7));
  x.dispose();
  end();
});

onGpu("passes that are under way at once do not share what is recorded", async () => {
  const { network, seed, all, stepped, end } = await known();
  const xs = [4, 5, 6].map((number) => image(small, number));
  const passes = await Promise.all(xs.map((x) => network.forward(x, all)));
  for (const [i, pass] of passes.entries()) {
    const { input } = await pass.backward({ logits: seed });
    assert.deepEqual(await bitsOf([input]), await stepped(4 + i), `pass ${i}`);
    pass.dispose();
  }
  tf.dispose(xs);
  end();
});

onGpu(
  "a pass that is replayed goes back as often as it is told, from where it is told",
  async () => {
    const { network, seed, all, end } = await known();
    const backs = async (x: tf.Tensor4D) => {
      const pass = await network.forward(x, all), taps = pass.value(small.layer).shape;
      const other = tf.fill([...taps], 0.5), twice = tf.mul(seed, 2), retain = { retain: true };
      const made = [
        await pass.backward({ logits: seed }, retain),
        await pass.backward({ [small.layer]: other }, retain),
        await pass.backward({ [small.layer]: other, logits: twice }, retain),
        await pass.backward({ logits: twice }),
      ];
      await assert.rejects(pass.backward({ logits: seed }), /gone back already/);
      pass.dispose();
      tf.dispose([other, twice, x]);
      return made.map(({ input }) => input);
    };
    await same("ways back", (number) => backs(image(small, number)));
    end();
  },
);

onGpu("a pass that is stopped leaves nothing, and the next one is right", async () => {
  for (const runs of [1, 2, 3]) {
    const { network } = small.model();
    const stopped = new Error("stopped"), before = tf.memory().numTensors;
    const x = tf.keep(image(small, 1)), seed = tf.keep(tf.fill([1, 5], 1));
    const options = { taps: ["logits"], gradient: true };
    const back = async (signal?: AbortSignal, after = () => {}) => {
      const pass = await network.forward(x, { ...options, signal });
      after();
      try {
        return (await pass.backward({ logits: seed })).input;
      } finally {
        pass.dispose();
      }
    };
    const expected = await bitsOf([await bySteps(() => back())]);
    for (let i = 1; i < runs; i++) tf.dispose(await back());
    await assert.rejects(back(abortedAfter(3, stopped)), stopped);
    const halfway = new AbortController();
    await assert.rejects(back(halfway.signal, () => halfway.abort(stopped)), stopped);
    for (let i = 0; i < 3; i++) assert.deepEqual(await bitsOf([await back()]), expected);
    tf.dispose([x, seed]);
    network.dispose();
    assert.equal(tf.memory().numTensors, before, `after ${runs} runs`);
  }
});

/** A signal that is aborted once it was looked at so often. */
function abortedAfter(looks: number, reason: Error): AbortSignal {
  const controller = new AbortController();
  const look = controller.signal.throwIfAborted.bind(controller.signal);
  controller.signal.throwIfAborted = () => {
    if (--looks <= 0) controller.abort(reason);
    look();
  };
  return controller.signal;
}

onGpu("a network that is freed between two ways, or two runs, is right afterwards", async () => {
  const { network, seed, all, back, stepped, end } = await known();
  for (const number of [4, 5]) {
    const x = image(small, number), pass = await network.forward(x, all);
    network.dispose();
    const { input } = await pass.backward({ logits: seed });
    pass.dispose();
    x.dispose();
    assert.deepEqual(await bitsOf([input]), await stepped(number));
    for (const again of [6, 7, 8]) {
      assert.deepEqual(await bitsOf(await back(image(small, again))), await stepped(again));
    }
  }
  end();
});

onGpu("networks and sizes take turns", async () => {
  const networks = [families[0].model().network, families[2].model().network];
  const sizes = [small, { ...small, width: 25, height: 31 }];
  await same("turns", async (seed) => {
    const made: tf.Tensor[] = [];
    for (const network of networks) {
      for (const size of sizes) {
        for (const batch of [1, 2]) {
          const x = image(size, seed, batch);
          const { value, gradients, taps } = await network.gradient(x, logit(1));
          made.push(value, gradients.input, taps.logits);
          x.dispose();
        }
      }
    }
    return made;
  });
  for (const network of networks) network.dispose();
});

onGpu("what others compute while a pass is recorded is theirs", async () => {
  const { network } = small.model(), others: tf.Tensor[] = [];
  const compute = async () => {
    while (others.length < 100) {
      others.push(tf.tidy(() => tf.add(tf.fill([30, 30], others.length), 1)));
      await Promise.resolve();
    }
  };
  const gradient = async () => tf.dispose(await gone(network, small.layer, image(small, 1)));
  await gradient();
  await Promise.all([gradient(), compute()]); // recorded
  const expected = await bitsOf(await bySteps(() => gone(network, small.layer, image(small, 2))));
  assert.deepEqual(await bitsOf(await gone(network, small.layer, image(small, 2))), expected);
  network.dispose(); // and what is recorded
  for (const [i, other] of others.entries()) {
    assert.ok((await other.data()).every((n) => n === i + 1), `tensor ${i}`);
  }
  tf.dispose(others);
});

onGpu(
  "what TensorFlow.js computes on the CPU stays there: few numbers that are not on the GPU",
  async () => {
    const network = networkOf("exp", cases.exp[0]), [[...shape]] = cases.exp[0].inputs;
    const seed = tensor("seed", [BATCH, ...shape]);
    const once = () => used(network, cases.exp[0], seed);
    const expected = await bitsOf(await bySteps(once));
    for (let i = 0; i < 3; i++) assert.deepEqual(await bitsOf(await once()), expected);
    seed.dispose();
    network.dispose();
  },
);

onGpu("rules that nobody knows are left to the steps", async () => {
  const { network } = small.model(), asked: number[] = [];
  const rules: Rules = {
    relu: {
      reads: { output: true },
      backward(dy, { output }) {
        asked.push(1);
        return [tf.mul(dy, tf.step(output!))];
      },
    },
  };
  const calls: number[] = [];
  for (const seed of [1, 2, 3, 4]) {
    tf.dispose(await gone(network, small.layer, image(small, seed), rules));
    calls.push(asked.splice(0).length);
  }
  assert.ok(calls[0] > 0);
  assert.deepEqual(calls, calls.map(() => calls[0]));
  network.dispose();
});

/** The plan of a pass to the logits and back. */
async function planOf(network: Network, x: tf.Tensor4D): Promise<Plan> {
  let found: Plan | undefined;
  const curious: Executor = {
    id: "curious",
    can: (plan) => (found = plan, false),
    start: stepwise.start,
  };
  runtime.executors.unshift(curious);
  const pass = await network.forward(x, { taps: ["logits"], gradient: true });
  runtime.executors.shift();
  pass.dispose();
  return found!;
}

onGpu("what takes too much memory is computed all the same, and kept nowhere", async () => {
  const { network } = small.model(), x = image(small, 1), seed = tf.fill([1, 5], 1);
  const plan = await planOf(network, x);
  const given = new Map([[INPUT, x]]), seeds = new Map([["logits", seed]]);
  /** The gradient, and the bytes that a recording takes forward and in all. */
  const within = async (most?: number) => {
    const recording = new Recording(gpu(), most);
    try {
      const taps = await recording.forward(plan, given), forward = recording.bytes;
      const back = await recording.backward(plan, seeds);
      return { taps, back, forward, all: recording.bytes, left: recording.isImpossible };
    } finally {
      recording.letGo();
      recording.drop();
      assert.equal(recording.bytes, 0);
    }
  };
  const free = await within(), before = tf.memory().numTensors;
  const expected = await bitsOf([...free.taps.values(), ...free.back.values()]);
  assert.deepEqual([free.left, free.forward < free.all], [false, true]);
  await assert.rejects(within(free.forward - 4), Unrecordable);
  for (const most of [free.forward + 4, free.all - 4, free.all]) {
    const { taps, back, left } = await within(most);
    assert.deepEqual(await bitsOf([...taps.values(), ...back.values()]), expected);
    assert.equal(left, most < free.all);
  }
  assert.equal(tf.memory().numTensors, before - 2);
  tf.dispose([x, seed]);
  network.dispose();
});

onGpu("a GPU that is lost takes its recordings with it", async () => {
  const { network, stepped, end } = await known();
  const expected = await stepped(4), lost = gpu();
  assert.equal(runtime.executors[0], recorded);
  lost.device.destroy();
  await lost.device.lost;
  await useBackend("webgpu");
  assert.notEqual(gpu(), lost);
  end();
  const seed = tf.fill([1, 5], 1);
  for (let i = 0; i < 3; i++) {
    const x = image(small, 4),
      pass = await network.forward(x, { taps: ["logits"], gradient: true });
    const { input } = await pass.backward({ logits: seed });
    pass.dispose();
    assert.deepEqual(await bitsOf([input]), expected);
    x.dispose();
  }
  network.dispose();
  seed.dispose();
});
