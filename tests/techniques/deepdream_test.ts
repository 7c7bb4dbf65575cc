/** DeepDream beyond the notebook's: octaves, jitter, even steps, clipping, tiles, another aim. */
import assert from "node:assert/strict";
import * as tf from "../../deps/tfjs.ts";
import { smallNetworks } from "../../conformance/mod.ts";
import { random } from "../../core/random.ts";
import { type Values, values } from "../../core/values.ts";
import { GraphBuilder } from "../../engine/builder.ts";
import { INPUT } from "../../engine/graph.ts";
import { Network } from "../../engine/network.ts";
import { channelMean } from "../../engine/objectives.ts";
import { useBackend } from "../../engine/runtime.ts";
import { encodePng, loadImage, type Picture } from "../../image/mod.ts";
import { normalize, preprocess } from "../../image/preprocess.ts";
import { loadModel } from "../../models/mod.ts";
import type { Model } from "../../run/model.ts";
import { deepdream, visualize } from "../../techniques/mod.ts";
import type { DeepdreamOptions } from "../../techniques/options.ts";
import { evened, jittered, rolled, type Seen, whole } from "../../visualize/look.ts";
import { inTiles, shares, spans } from "../../visualize/tiles.ts";

const [small] = smallNetworks, { layer, channel } = small;

/** A picture of soft noise. */
function picture(width: number, height: number): Picture {
  const levels = random("picture").uniformValues([width * height * 3], 40, 215);
  return { width, height, data: Uint8ClampedArray.from(levels) };
}

async function dreamt(options: Partial<DeepdreamOptions>, image = picture(40, 32), model?: Model) {
  await useBackend("wasm");
  const own = model ?? small.model(), size = `${image.width}x${image.height}`;
  const run = await visualize(deepdream, {
    model: own,
    image,
    options: { layer, channel, steps: 3, size, ...options },
  });
  if (!model) own.network.dispose();
  return run;
}

const largest = (numbers: Iterable<number>) => Math.max(...Array.from(numbers, Math.abs));

Deno.test("tiles cover a side, share a part of it, and their weights sum to 1", () => {
  for (const size of [64, 96, 100, 512]) {
    for (const exact of [false, true]) {
      for (const length of [1, 63, 64, 65, 97, 101, 130, 200, 513, 1500, 2000]) {
        const all = spans(length, { size, exact }), told = `${length} by ${size}, ${exact}`;
        assert.equal(all[0].from, 0, told);
        assert.equal(all.at(-1)!.from + all.at(-1)!.length, length, told);
        for (const [i, { from, length: side }] of all.entries()) {
          assert.ok(side <= size && side > 0, told);
          if (i > 0) assert.ok(all[i - 1].from + all[i - 1].length > from, told);
          if (exact && length > size) assert.equal(side, size, told);
          if (!exact) assert.equal(from % 32, 0, told);
        }
        const sums = new Float64Array(length), weights = shares(all, length);
        weights.forEach((own, i) => own.forEach((weight, x) => sums[all[i].from + x] += weight));
        assert.ok(sums.every((sum) => Math.abs(sum - 1) < 1e-6), told);
      }
    }
  }
  // by hand: 64 and 64 pixels that share 32; of these the first and last 8 fade not
  assert.deepEqual(spans(96, { size: 64, exact: false }), [
    { from: 0, length: 64 },
    { from: 32, length: 64 },
  ]);
  const [first, second] = shares(spans(96, { size: 64, exact: false }), 96);
  assert.deepEqual([first[31], first[32 + 7], first[63 - 7], second[7], second[24]], [
    1,
    1,
    0,
    0,
    1,
  ]);
  assert.equal(first[32 + 15] + second[15], 1);
  assert.ok(Math.abs(first[32 + 15] - (1 - (15.5 / 32 - 0.25) * 2)) < 1e-6);
});

/** Two convolutions of reach 1: what a pixel changes lies within 2 of it. */
function near(): Network {
  const net = new GraphBuilder();
  const conv = (name: string, from: string, channels: number, out: number) =>
    net.relu(`${name}.relu`, net.conv(name, from, { in: channels, out, kernel: 3, pad: 1 }));
  const top = conv("second", conv("first", INPUT, 3, 4), 4, 4);
  const graph = net.build(net.dense("fc", net.globalAvgPool("pool", top), 4, 2));
  const stream = random("near");
  return new Network(
    graph,
    new Map([...graph.parameters].map(([name, shape]) => [name, stream.normalValues(shape)])),
  );
}

const read = async ({ value, gradient }: Seen) => {
  const [own] = await value.data(), numbers = Float32Array.from(await gradient.data());
  tf.dispose([value, gradient]);
  return { value: own, numbers };
};

Deno.test("what tiles see is what the whole image shows, where it lies within a tile", async () => {
  await useBackend("wasm");
  const network = near(), look = whole(network, channelMean("second.relu", 1));
  const image = tf.tensor4d(random("image").normalValues([1, 150, 210, 3]), [1, 150, 210, 3]);
  const all = await read(await look(image));
  for (const exact of [false, true]) {
    const tiled = await read(await inTiles(look, { size: 64, exact })(image));
    // beyond the middle of what tiles share, and the edges of all: the same numbers
    const apart = largest(tiled.numbers.map((n, i) => n - all.numbers[i]));
    assert.ok(apart < 1e-6 * largest(all.numbers) + 1e-12, `${exact}: ${apart}`);
    assert.ok(Math.abs(tiled.value - all.value) < 0.02 * Math.abs(all.value));
  }
  const one = await read(await inTiles(look, { size: 256, exact: false })(image));
  assert.deepEqual(one, all);
  image.dispose();
  network.dispose();
});

Deno.test("a dream in tiles has no seams, and is much like the whole one", async () => {
  const model = await loadModel("phosphene-vgg"), [width, height] = [224, 160];
  await useBackend("wasm");
  const image = await loadImage(new URL("../../examples/images/flower-30.png", import.meta.url));
  const options = { layer: "features.13", channel: 3, steps: 4, size: `${width}x${height}` };
  const aim = { ...options, normalize: true, learningRate: 0.1, weightDecay: 0 };
  const start = (await dreamt({ ...aim, steps: 1, learningRate: 1e-9 }, image, model)).image;
  const change = async (options: Partial<DeepdreamOptions>) => {
    const { image: end } = await dreamt({ ...aim, ...options }, image, model);
    return values(end.map((n, i) => n - start[i]), end.shape);
  };
  const tiled = await change({ tile: 96 }), all = await change({});
  /** Largest step from a pixel to its right or lower neighbour, of pairs that are chosen. */
  const steepest = (x: Values, chosen: (row: number, column: number, down: boolean) => boolean) => {
    let most = 0;
    for (let row = 0; row + 1 < height; row++) {
      for (let column = 0; column + 1 < width; column++) {
        for (const down of [false, true]) {
          if (!chosen(row, column, down)) continue;
          const at = (row * width + column) * 3, next = at + (down ? width * 3 : 3);
          for (let c = 0; c < 3; c++) most = Math.max(most, Math.abs(x[at + c] - x[next + c]));
        }
      }
    }
    return most;
  };
  const tiling = { size: 96, exact: false };
  const edges = (length: number) =>
    new Set(spans(length, tiling).flatMap(({ from, length }) => [from - 1, from + length - 1]));
  const [rows, columns] = [edges(height), edges(width)];
  const crosses = (row: number, column: number, down: boolean) =>
    down ? rows.has(row) : columns.has(column);
  const across = steepest(tiled, crosses);
  const inside = steepest(tiled, (row, column, down) => !crosses(row, column, down));
  assert.ok(across > 0 && across <= inside, `${across} across, ${inside} inside`);
  // as steep there as the whole dream is there: no seam that is merely less steep than the steepest
  assert.ok(across <= 1.5 * steepest(all, crosses), `${across}, ${steepest(all, crosses)}`);
  const dot = (a: Values, b: Values) => a.reduce((sum, n, i) => sum + n * b[i], 0);
  const alike = dot(tiled, all) / Math.sqrt(dot(tiled, tiled) * dot(all, all));
  assert.ok(alike > 0.9, `${alike}`);
  model.network.dispose();
});

Deno.test("a network of one size dreams of larger pictures in tiles of that size", async () => {
  const model = small.model(), { graph } = model.network, [, , channels] = graph.input.shape;
  const fixed = {
    ...model,
    network: new Network(
      { ...graph, input: { ...graph.input, shape: [24, 24, channels] } },
      model.network.parameters.host,
      model.id,
    ),
  };
  const run = await dreamt({ tile: 512 }, picture(50, 40), fixed);
  assert.deepEqual(run.image.shape, [40, 50, 3]);
  assert.ok(run.losses.at(-1)! < run.losses[0]);
  const octaves = await dreamt({ tile: 512, octaves: 2 }, picture(50, 40), fixed);
  assert.deepEqual(octaves.image.shape, [40, 50, 3]);
  await assert.rejects(
    dreamt({ tile: 512, octaves: 3 }, picture(40, 40), fixed),
    /takes pictures of 24×24 .* this one is 20×20/,
  );
  fixed.network.dispose();
  model.network.dispose();
});

Deno.test("an image that is moved comes in on the other side, and jitter moves its gradient back", async () => {
  await useBackend("wasm");
  const image = tf.tensor4d([1, 2, 3, 4, 5, 6], [1, 2, 3, 1]);
  const moved = (down: number, right: number) => [...rolled(image, down, right).dataSync()];
  assert.deepEqual(moved(0, 1), [3, 1, 2, 6, 4, 5]);
  assert.deepEqual(moved(1, 0), [4, 5, 6, 1, 2, 3]);
  assert.deepEqual(moved(-3, -2), [6, 4, 5, 3, 1, 2]);
  // of an objective that knows no place, the gradient is the same wherever it is looked at from
  const square = (image: tf.Tensor4D): Promise<Seen> =>
    Promise.resolve({ value: tf.sum(tf.square(image)), gradient: tf.mul(image, 2) });
  for (let i = 0; i < 5; i++) {
    const { numbers } = await read(await jittered(square, 7, random(i))(image));
    assert.deepEqual([...numbers], [2, 4, 6, 8, 10, 12]);
  }
  const { numbers } = await read(await evened(square)(image));
  assert.ok([...numbers].every((n, i) => Math.abs(n - (i + 1) / 3.5) < 1e-6));
  const zero = tf.zerosLike(image);
  assert.deepEqual([...(await read(await evened(square)(zero))).numbers], [0, 0, 0, 0, 0, 0]);
  tf.dispose([image, zero]);
});

Deno.test("octaves dream at growing sizes, each with what the one before has added", async () => {
  const run = await dreamt({ octaves: 3, octaveScale: 1.5, steps: 4, saveEvery: 2 });
  assert.equal(run.losses.length, 12);
  assert.deepEqual(run.frames.map(({ step }) => step), [2, 4, 6, 8, 10, 12]);
  for (const { picture } of run.frames) assert.deepEqual([picture.width, picture.height], [40, 32]);
  assert.deepEqual(run.image.shape, [32, 40, 3]);
  // what the first octave added is still there, stretched, when the last begins
  const faint = { octaves: 2, octaveScale: 2, steps: 1, weightDecay: 0 } as const;
  const two = await dreamt(faint), one = await dreamt({ ...faint, octaves: 1 });
  assert.ok(largest(two.image.map((n, i) => n - one.image[i])) > 0);
  assert.deepEqual(
    (await dreamt({ octaves: 3, jitter: 4 })).image,
    (await dreamt({ octaves: 3, jitter: 4 })).image,
  );
  await assert.rejects(
    dreamt({ octaves: 16, octaveScale: 8 }),
    /The smallest octave would be 0×0, which .* does not accept: ask for fewer `octaves`, or a/,
  );
});

Deno.test("even steps go as far as they are told, and clipping keeps to what a picture can have", async () => {
  const model = small.model(), image = picture(40, 32);
  const start = normalize(image, model.preprocess);
  const step = { normalize: true, learningRate: 0.3, weightDecay: 0, steps: 1 };
  const { image: moved } = await dreamt(step, image, model);
  const mean = moved.reduce((sum, n, i) => sum + Math.abs(n - start[i]), 0) / moved.length;
  assert.ok(Math.abs(mean - 0.3) < 1e-3, `${mean}`);
  const far = { ...step, learningRate: 50 };
  const bounds = [0, 255].map((level) =>
    normalize({ width: 1, height: 1, data: new Uint8ClampedArray(3).fill(level) }, model.preprocess)
  );
  const { image: clipped } = await dreamt({ ...far, clip: true }, image, model);
  const { image: loose } = await dreamt(far, image, model);
  const within = (x: Values) => x.every((n, i) => n >= bounds[0][i % 3] && n <= bounds[1][i % 3]);
  assert.ok(within(clipped) && !within(loose));
  // a bound is where the loose one went beyond it
  const bounded = loose.map((n, i) => Math.min(bounds[1][i % 3], Math.max(bounds[0][i % 3], n)));
  assert.ok(largest(bounded.map((n, i) => n - clipped[i])) < 1e-6);
  model.network.dispose();
});

Deno.test("a guide pulls each place towards its own likest one", async () => {
  const folder = await Deno.makeTempDir(), guide = `${folder}/guide.png`;
  try {
    await Deno.writeFile(guide, await encodePng(picture(24, 24)));
    const model = small.model(), image = picture(30, 26);
    const options = { guide, channel: 0, steps: 1, learningRate: 1e-3, weightDecay: 0 };
    const run = await dreamt(options, image, model), start = normalize(image, model.preprocess);
    // by hand, from the definition: the likest place of the guide, by scalar product
    const at = async (x: Values) => {
      const input = tf.tensor4d(x, [1, ...x.shape as [number, number, number]]);
      const pass = await model.network.forward(input, { taps: [layer] });
      const tap = pass.value(layer), channels = tap.shape.at(-1)!;
      const numbers = Float32Array.from(await tap.data());
      pass.dispose();
      input.dispose();
      return Array.from(
        { length: numbers.length / channels },
        (_, i) => numbers.subarray(i * channels, (i + 1) * channels),
      );
    };
    const others = await at(preprocess(picture(24, 24), model.preprocess).input);
    const value = async (x: Values) => {
      const rows = await at(x);
      const best = rows.map((row) =>
        Math.max(...others.map((other) => other.reduce((sum, n, c) => sum + n * row[c], 0)))
      );
      return best.reduce((a, b) => a + b) / best.length;
    };
    const before = await value(start);
    assert.ok(
      Math.abs(run.losses[0] + before) < 1e-4 * Math.abs(before),
      `${run.losses[0]}, ${before}`,
    );
    const more = await dreamt({ ...options, steps: 8, learningRate: 12 }, image, model);
    assert.ok(await value(more.image) > before);
    assert.deepEqual(more.figures, { layer });
    await assert.rejects(
      dreamt({ guide, objective: "logit(0)" }, image, model),
      /A dream has one aim: `guide` or `objective`, not both/,
    );
    await assert.rejects(dreamt({ guide: `${folder}/none.png` }, image, model), /none\.png/);
    model.network.dispose();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("an objective may be dreamt of, and is told", async () => {
  const run = await dreamt({ objective: `layer(${layer})`, steps: 5 });
  assert.ok(run.losses.at(-1)! < run.losses[0]);
  assert.equal(run.figures!.objective, `layer(${layer})`);
  await assert.rejects(dreamt({ objective: "layer(nowhere)" }), /nowhere/);
});
