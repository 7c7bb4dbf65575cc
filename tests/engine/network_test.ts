import assert from "node:assert/strict";
import * as tf from "../../deps/tfjs.ts";
import { UserError } from "../../core/errors.ts";
import type { Values } from "../../core/values.ts";
import { useBackend } from "../../engine/runtime.ts";
import { GraphBuilder } from "../../engine/builder.ts";
import { INPUT } from "../../engine/graph.ts";
import { Network } from "../../engine/network.ts";
import { channelMean, logit, type Objective, scaled, sumOf } from "../../engine/objectives.ts";
import { fromStateDict } from "../../models/_torch.ts";
import { preprocess } from "../../image/preprocess.ts";
import { abortingAt } from "../../conformance/running.ts";
import { branched, families, picture, type Small } from "../../conformance/networks.ts";
import fc from "../_support/property.ts";
import { syntheticNetwork, syntheticState } from "../../conformance/synthetic.ts";
import { asBatch, near, relativeError, take } from "../_support/tensors.ts";

const KINDS: readonly Small[] = [...families, branched];
const [basic, deep] = families;
const numTensors = () => tf.memory().numTensors;

/** The network of a small model and its picture as a batch of one. */
function open(small: Small) {
  const { network, preprocess: spec } = small.model();
  const image = asBatch(preprocess(picture(small.width, small.height), spec).input);
  return { network, image };
}

/** The gradient of an objective at one layer; everything else is freed. */
async function gradientAt(
  network: Network,
  image: tf.Tensor4D,
  objective: Objective,
  layer = INPUT,
  fuse = true,
): Promise<Float32Array> {
  const { value, gradients, taps } = await network.gradient(image, objective, {
    to: [layer],
    fuse,
  });
  tf.dispose([value, taps]);
  return await take(gradients[layer]);
}

for (const small of KINDS) {
  Deno.test(`${small.name}: every layer can be tapped, alone as together with all`, async () => {
    await useBackend("wasm");
    const { network, image } = open(small);
    const names = [INPUT, "logits", ...network.graph.modules.map((module) => module.name)];
    const together = await network.forward(image, { taps: names, fuse: false });
    for (const name of names) {
      const alone = await network.forward(image, { taps: [name] });
      const expected = await together.value(name).data() as Float32Array;
      const found = await alone.value(name).data() as Float32Array;
      assert.deepEqual(alone.value(name).shape, together.value(name).shape);
      if (expected.some((v) => v !== 0)) near(found, expected, 1e-5, name);
      alone.dispose();
    }
    together.dispose();
    tf.dispose(image);
    network.dispose();
  });

  Deno.test(`${small.name}: gradients fused and unfused, at the image and within`, async () => {
    await useBackend("wasm");
    const { network, image } = open(small);
    for (const layer of [INPUT, small.layer]) {
      const fused = await gradientAt(network, image, logit(1), layer, true);
      near(await gradientAt(network, image, logit(1), layer, false), fused, 1e-5, layer);
    }
    image.dispose();
    network.dispose();
  });
}

Deno.test("a convolution is tapped before its batch-norm, a sum before its ReLU", async () => {
  await useBackend("wasm");
  const { network, image } = open(basic);
  const taps = ["layer1.0.conv1", "layer1.0.bn1", "layer1.0.act1", "layer2.1.sum", "layer2.1"];
  const pass = await network.forward(image, { taps });
  const [conv, norm, act, sum, out] = await Promise.all(
    taps.map(async (name) => await pass.value(name).data() as Float32Array),
  );
  assert.ok(relativeError(norm, conv) > 1e-2);
  assert.ok(norm.some((v) => v < 0) && sum.some((v) => v < 0));
  assert.deepEqual(act, norm.map((v) => Math.max(v, 0)));
  assert.deepEqual(out, sum.map((v) => Math.max(v, 0)));
  tf.dispose(image);
  pass.dispose();
  network.dispose();
});

Deno.test("the gradient at a layer, sent on, is the gradient at the image", async () => {
  await useBackend("wasm");
  for (const [small, layer] of [[basic, "layer1"], [deep, "layer2.0.act3"], [branched, "gate"]]) {
    const { network, image } = open(small as Small), at = layer as string;
    const { value, gradients, taps } = await network.gradient(image, logit(0), { to: [at, INPUT] });
    const pass = await network.forward(image, { taps: [at], gradient: true });
    const onward = await pass.backward({ [at]: gradients[at] });
    near(await take(onward.input), await take(gradients.input), 1e-5, at);
    tf.dispose([image, value, taps, gradients[at]]);
    pass.dispose();
    network.dispose();
  }
});

Deno.test("a gradient is the slope of the objective (central differences)", async () => {
  await useBackend("wasm");
  const { network, image } = open(branched);
  const gradient = await gradientAt(network, image, logit(2));
  const at = image.dataSync().slice(), step = 1e-2;
  const score = async (pixel: number, by: number) => {
    const moved = at.slice();
    moved[pixel] += by;
    const x = tf.tensor4d(moved, image.shape);
    const logits = await network.logits(x);
    x.dispose();
    return (await take(logits))[2];
  };
  for (const pixel of [5, 100, 333, 500]) {
    const slope = (await score(pixel, step) - await score(pixel, -step)) / (2 * step);
    assert.ok(Math.abs(slope - gradient[pixel]) < 2e-4, `${pixel}: ${gradient[pixel]}, ${slope}`);
  }
  image.dispose();
  network.dispose();
});

Deno.test("gradients from several layers add up", async () => {
  await useBackend("wasm");
  const { network, image } = open(branched);
  const layers = ["gate", "middle", "again", "logits"];
  const pass = await network.forward(image, { taps: layers, gradient: true, to: [INPUT, "stem"] });
  const seeds = Object.fromEntries(
    layers.map((layer, i) => [layer, tf.fill(pass.value(layer).shape, i + 1)]),
  );
  const together = await pass.backward(seeds, { retain: true });
  for (const to of [INPUT, "stem"]) {
    const sum = new Float32Array(together[to].size);
    for (const layer of layers) {
      const alone = await pass.backward({ [layer]: seeds[layer] }, { retain: true });
      (await alone[to].data()).forEach((v, i) => sum[i] += v);
      tf.dispose(alone);
    }
    near(await together[to].data() as Float32Array, sum, 1e-5, to);
  }
  tf.dispose([image, seeds, together]);
  pass.dispose();
  network.dispose();
});

Deno.test("a pass that retains can go back again, another says that it cannot", async () => {
  await useBackend("wasm");
  const { network, image } = open(deep);
  const pass = await network.forward(image, { gradient: true });
  const seed = tf.ones([1, 6]);
  const first = await pass.backward({ [network.graph.output]: seed }, { retain: true });
  const second = await pass.backward({ [network.graph.output]: seed });
  assert.deepEqual(await second.input.data(), await first.input.data());
  await assert.rejects(pass.backward({ [network.graph.output]: seed }), /retain/);
  const forward = await network.forward(image);
  await assert.rejects(forward.backward({}), /not asked to keep/);
  await assert.rejects(
    network.forward(image, { gradient: true }).then(async (p) => {
      try {
        return await p.backward({ layer1: seed });
      } finally {
        p.dispose();
      }
    }),
    /"layer1" was not tapped/,
  );
  assert.throws(() => forward.value("layer1"), /"layer1" was not tapped/);
  for (const p of [pass, forward]) p.dispose();
  tf.dispose([image, seed, first, second]);
  network.dispose();
});

Deno.test("where nothing arrives, the gradient is zero", async () => {
  await useBackend("wasm");
  const { network, image } = open(basic);
  const { value, gradients, taps } = await network.gradient(image, channelMean("layer1", 0), {
    to: ["layer2", "layer1", INPUT],
  });
  assert.deepEqual(gradients.layer2.shape, [1, ...network.shapeOf("layer2", 22, 18)]);
  assert.ok((await gradients.layer2.data()).every((v) => v === 0));
  const area = gradients.layer1.shape[1]! * gradients.layer1.shape[2]!;
  (await gradients.layer1.data()).forEach((v, i) =>
    assert.ok(Math.abs(v - (i % 8 === 0 ? 1 / area : 0)) < 1e-7)
  );
  assert.ok((await gradients.input.data()).some((v) => v !== 0));
  tf.dispose([image, value, taps, gradients]);
  network.dispose();
});

/** Weights that tell which of them were asked for. */
class Watched extends Map<string, Values> {
  readonly asked = new Set<string>();
  override get(name: string) {
    this.asked.add(name);
    return super.get(name);
  }
}

Deno.test("a pass runs no further than its taps need", async () => {
  await useBackend("wasm");
  const { network: { graph }, image } = open(deep);
  const host = new Watched(fromStateDict(graph, syntheticState(graph), "deep"));
  const network = new Network(graph, host, "deep");
  host.asked.clear();
  (await network.forward(image, { taps: ["layer2.0.act1"] })).dispose();
  const asked = [...host.asked];
  assert.ok(asked.includes("conv1.0.weight") && asked.includes("layer2.0.conv1.weight"));
  const later = /^layer2\.0\.(conv[23]|bn[23]|downsample)|^layer3|^fc/;
  assert.deepEqual(asked.filter((name) => later.test(name)), []);
  image.dispose();
  network.dispose();
});

/** The most tensors that lived at any step of a pass, beyond those before it. */
async function peak(run: (signal: AbortSignal) => Promise<unknown>): Promise<number> {
  const before = numTensors();
  let most = 0;
  const { signal } = new AbortController();
  Object.defineProperty(signal, "throwIfAborted", {
    value: () => most = Math.max(most, numTensors() - before),
  });
  await run(signal);
  return most;
}

Deno.test("values are freed as soon as nobody will read them", async () => {
  await useBackend("wasm");
  const net = new GraphBuilder();
  let x = INPUT;
  for (let i = 0; i < 30; i++) x = net.relu(`relu${i}`, net.add(`tanh${i}`, "tanh", x));
  const network = new Network(net.build(net.globalAvgPool("pool", x)), new Map());
  const image = tf.ones([1, 4, 4, 3]) as tf.Tensor4D;
  const before = numTensors();
  const forward = await peak(async (signal) =>
    (await network.forward(image, { signal })).dispose()
  );
  assert.ok(forward <= 2, `${forward} at once, going forward`);
  const both = await peak(async (signal) => {
    const { value, gradients, taps } = await network.gradient(image, channelMean("pool", 0), {
      signal,
    });
    tf.dispose([value, gradients, taps]);
  });
  // each of the 60 activations once, and a few on the way back
  assert.ok(both > 60 && both <= 60 + 6, `${both} at once, there and back`);
  assert.equal(numTensors(), before);
  image.dispose();
});

Deno.test("an abort within a pass, forward or backward, leaves nothing", async () => {
  await useBackend("wasm");
  const { network, image } = open(basic);
  const run = async (signal?: AbortSignal) => {
    const { value, gradients, taps } = await network.gradient(image, logit(1), { signal });
    tf.dispose([value, gradients, taps]);
  };
  const whole = abortingAt(Infinity);
  await run(whole.signal);
  const before = numTensors();
  await run();
  assert.equal(numTensors(), before);
  assert.ok(whole.calls() > 20, `asked ${whole.calls()} times`);
  for (let call = 1; call <= whole.calls(); call++) {
    const { signal, reason } = abortingAt(call);
    await assert.rejects(run(signal), (error) => error === reason);
    assert.equal(numTensors(), before, `aborted at check ${call}`);
  }
  image.dispose();
  network.dispose();
});

Deno.test("an objective that throws leaves nothing", async () => {
  await useBackend("wasm");
  const { network, image } = open(basic);
  await gradientAt(network, image, logit(0));
  const before = numTensors();
  const broken: Objective = {
    layers: ["layer1"],
    value(read) {
      tf.square(read("layer1"));
      throw new Error("no");
    },
  };
  await assert.rejects(network.gradient(image, broken), /no/);
  const undeclared: Objective = { layers: ["layer1"], value: (read) => tf.sum(read("layer2")) };
  await assert.rejects(network.gradient(image, undeclared), /reads "layer2" but does not name it/);
  await assert.rejects(network.gradient(image, channelMean("layer7", 0)), UserError);
  assert.equal(numTensors(), before);
  image.dispose();
  network.dispose();
});

Deno.test("a rule that throws leaves nothing", async () => {
  await useBackend("wasm");
  const { network, image } = open(families[3]);
  await gradientAt(network, image, logit(0));
  const before = numTensors();
  // reached when a shortcut's gradient waits to be added to
  for (const node of ["layer2.0.conv1", "layer1.0.conv1", "conv1"]) {
    const broken = {
      backward(): tf.Tensor[] {
        throw new Error("no way");
      },
    };
    const rules = { conv2d: ({ name }: { name: string }) => name === node ? broken : undefined };
    await assert.rejects(network.gradient(image, logit(0), { rules }), /no way/);
    assert.equal(numTensors(), before, node);
  }
  image.dispose();
  network.dispose();
});

Deno.test("objectives add and scale, and so do their gradients", async () => {
  await useBackend("wasm");
  const { network, image } = open(branched);
  const a = channelMean("gate", 1), b = logit(0);
  const ga = await gradientAt(network, image, a), gb = await gradientAt(network, image, b);
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: -5, max: 5 }),
      fc.integer({ min: 1, max: 5 }),
      async (p, q) => {
        const both = sumOf(scaled(a, p), scaled(b, q));
        assert.deepEqual([...both.layers].sort(), ["gate", "logits"]);
        const found = await gradientAt(network, image, both);
        near(found, ga.map((v, i) => p * v + q * gb[i]), 1e-5, `${p}·a + ${q}·b`);
      },
    ),
    { numRuns: 8 },
  );
  const twice = await gradientAt(network, image, sumOf(a, a));
  near(twice, ga.map((v) => 2 * v), 1e-6, "a + a");
  image.dispose();
  network.dispose();
});

Deno.test("a batch of pictures, each with its class, equals each by itself", async () => {
  await useBackend("wasm");
  for (const small of KINDS) {
    const { network, image } = open(small);
    const others = [image, tf.neg(image), tf.mul(image, 0.5)] as tf.Tensor4D[];
    const batch = tf.concat(others) as tf.Tensor4D, classes = [1, 0, 3];
    const together = await gradientAt(network, batch, logit(classes));
    const logits = await take(await network.logits(batch)), count = logits.length / 3;
    for (const [i, one] of others.entries()) {
      const size = together.length / 3, part = together.subarray(i * size, (i + 1) * size);
      near(part, await gradientAt(network, one, logit(classes[i])), 1e-5, `${small.name} ${i}`);
      const own = logits.subarray(i * count, (i + 1) * count);
      near(own, await take(await network.logits(one)), 1e-5, `${small.name} ${i}`);
    }
    tf.dispose([batch, ...others]);
    network.dispose();
  }
});

Deno.test("a picture that the network does not take is refused in its words", async () => {
  await useBackend("wasm");
  const fixed = new GraphBuilder([8, 6, 3]);
  const graph = fixed.build(fixed.dense("fc", fixed.globalAvgPool("pool", INPUT), 3, 2));
  const network = syntheticNetwork(graph, "fixed");
  const refused = async (of: Network, shape: [number, number, number, number], told: RegExp) => {
    const before = numTensors(), image = tf.zeros(shape);
    await assert.rejects(of.forward(image as tf.Tensor4D), (error: Error) => {
      assert.ok(error instanceof UserError);
      assert.match(error.message, told);
      return true;
    });
    image.dispose();
    assert.equal(numTensors(), before);
  };
  await refused(
    network,
    [1, 8, 7, 3],
    /^fixed takes pictures of 6×8 with 3 channels; .* 7×8 and has 3\.$/,
  );
  await refused(network, [1, 8, 6, 1], /this one is 6×8 and has 1\./);
  const { network: vgg } = families.find(({ name }) => name === "vgg-torchvision")!.model();
  await refused(
    vgg,
    [1, 3, 9, 3],
    /does not accept a picture of 9×3: at "features\.7" \(maxPool\)/,
  );
  await refused(vgg, [1, 30, 30, 4], /takes pictures of any width×any height with 3 channels/);
});

Deno.test("a rule that fusing would hide numbers from is refused", async () => {
  await useBackend("wasm");
  const { network, image } = open(basic);
  const rules = {
    conv2d: { reads: { output: true }, backward: (dy: tf.Tensor) => [tf.clone(dy)] },
  };
  await assert.rejects(
    network.forward(image, { gradient: true, rules }),
    /A rule for conv2d reads what fusing relu into it hides: pass fuse: false/,
  );
  image.dispose();
  network.dispose();
});

Deno.test("weights follow the backend, and are freed with the network", async () => {
  await useBackend("wasm");
  const before = numTensors();
  const { network, image } = open(basic);
  const wasm = await take(await network.logits(image));
  await useBackend("cpu");
  near(await take(await network.logits(image)), wasm, 1e-5, "cpu");
  await useBackend("wasm");
  assert.deepEqual(await take(await network.logits(image)), wasm);
  image.dispose();
  assert.ok(numTensors() > before);
  network.dispose();
  assert.equal(numTensors(), before);
  assert.equal(
    network.parameters.count,
    [...network.graph.parameters.values()]
      .reduce((sum, shape) => sum + shape.reduce((a, b) => a * b, 1), 0),
  );
});

Deno.test("weights that do not fit the graph are refused", () => {
  const { graph } = basic.model().network;
  const host = fromStateDict(graph, syntheticState(graph), "basic");
  host.delete("fc.bias");
  assert.throws(() => new Network(graph, host), /fc\.bias is \[undefined\], the graph wants \[5\]/);
});
