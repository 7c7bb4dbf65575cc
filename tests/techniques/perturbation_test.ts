/** Occlusion and RISE against a literal reading of the papers; batches, maps and their colours. */
import assert from "node:assert/strict";
import * as tf from "../../deps/tfjs.ts";
import { UserError } from "../../core/errors.ts";
import { useBackend } from "../../engine/runtime.ts";
import { encodePng } from "../../image/mod.ts";
import { normalize } from "../../image/preprocess.ts";
import { percentile, signedMap, unsignedMap } from "../../run/maps.ts";
import { random } from "../../core/random.ts";
import { values } from "../../core/values.ts";
import { baseline } from "../../run/baseline.ts";
import { batches, batchSize, scoreBatches } from "../../run/batches.ts";
import { scoreWindows } from "../../techniques/_windows.ts";
import { attribute } from "../../techniques/mod.ts";
import { forEachBackend } from "../_support/backends.ts";
import fc from "../_support/property.ts";
import { near } from "../_support/tensors.ts";
import { enlarge, slow, tangled } from "./_slow.ts";

forEachBackend("occlusion: each pixel's mean fall over the windows on it", async (backend) => {
  const { model, image, input, shape, height, width } = tangled();
  const target = 2, window = 5, stride = 3;
  const score = (of: ArrayLike<number>) => {
    const { tape, logits } = slow(model.network, of, shape);
    return tape.values[logits[target]];
  };
  const whole = score(input);
  const falls = new Array(height * width).fill(0), times = new Array(height * width).fill(0);
  // the first window that reaches the border is the last
  for (let top = 0, done = false; !done; top += stride) {
    done = top + window >= height;
    for (let left = 0, last = false; !last; left += stride) {
      last = left + window >= width;
      const under = (i: number) => {
        const y = Math.floor(i / width), x = i % width;
        return y >= top && y < top + window && x >= left && x < left + window;
      };
      const fall = whole - score(Array.from(input, (v, i) => under(Math.floor(i / 3)) ? 0 : v));
      falls.forEach((_, i) => {
        if (!under(i)) return;
        falls[i] += fall;
        times[i]++;
      });
    }
  }
  const expected = Array.from(input, (_, i) => falls[Math.floor(i / 3)] / times[Math.floor(i / 3)]);
  const options = { class: target, window, stride };
  const run = await attribute("occlusion", { model, image, options });
  near(run.attribution, expected, backend === "webgpu" ? 1e-3 : 2e-4, "occlusion");
  assert.equal(run.colors, "diverging");
  model.network.dispose();
});

forEachBackend("occlusion: every pixel is covered, with what was asked for", async () => {
  const { model, image } = tangled();
  const fills = ["zero", "mean", "blur", "noise"];
  const found = [];
  for (const fill of fills) {
    const options = { fill, window: 11, stride: 11 };
    const { attribution } = await attribute("occlusion", { model, image, options });
    assert.ok(attribution.every(Number.isFinite));
    found.push(String(attribution));
  }
  assert.equal(new Set(found).size, fills.length, "each fill has its own map");
  for (const options of [{ window: 12 }, { window: 3, stride: 4 }]) {
    await assert.rejects(attribute("occlusion", { model, image, options }), UserError);
  }
  const { figures } = await attribute("occlusion", { model, image });
  assert.deepEqual([figures!.window, figures!.stride], [1, 1], "an eighth of 11 pixels");
  model.network.dispose();
}, ["wasm"]);

forEachBackend("RISE: masks weighted by the class's probability", async (backend) => {
  const { model, image, input, shape, height, width } = tangled();
  const target = 3, masks = 70, grid = 4, probability = 0.4, seed = 5;
  const stream = random(seed), sum = new Array(height * width).fill(0);
  const cell = [Math.ceil(height / grid), Math.ceil(width / grid)];
  const large = [(grid + 1) * cell[0], (grid + 1) * cell[1]];
  let covered = 0;
  for (let n = 0; n < masks; n++) {
    const cells = Array.from({ length: grid * grid }, () => stream.next() < probability ? 1 : 0);
    const top = stream.integer(0, cell[0] - 1), left = stream.integer(0, cell[1] - 1);
    const all = enlarge(cells, [grid, grid], large[0], large[1]);
    const mask = sum.map((_, i) =>
      all[(top + Math.floor(i / width)) * large[1] + left + i % width]
    );
    const shown = Array.from(input, (v, i) => v * mask[Math.floor(i / 3)]);
    const { tape, logits } = slow(model.network, shown, shape);
    const weights = logits.map((at) => Math.exp(tape.values[at]));
    const score = weights[target] / weights.reduce((a, b) => a + b);
    mask.forEach((m, i) => sum[i] += score * m);
    covered += mask.reduce((a, b) => a + b, 0) / mask.length / masks;
  }
  assert.ok(Math.abs(covered - probability) < 0.1, `${covered} of the picture is shown`);
  const options = { class: target, masks, grid, probability };
  const run = await attribute("rise", { model, image, options, seed });
  const expected = sum.map((v) => v / (masks * probability));
  near(run.attribution, expected, backend === "webgpu" ? 1e-3 : 1e-4, "rise");
  const other = await attribute("rise", { model, image, options, seed: seed + 1 });
  assert.notDeepEqual(other.attribution, run.attribution);
  model.network.dispose();
}, ["wasm", "cpu"]);

forEachBackend("progress comes with every batch, and an abort between them is heard", async () => {
  const { model, image } = tangled();
  const options = { masks: 150, grid: 3 }, steps: number[] = [];
  await attribute("rise", { model, image, options, onProgress: (p) => steps.push(p.step / p.of) });
  assert.deepEqual(steps, [64 / 150, 128 / 150, 1]);
  const stop = new AbortController(), reason = new Error("enough");
  const run = attribute("rise", {
    model,
    image,
    options,
    signal: stop.signal,
    onProgress: () => stop.abort(reason),
  });
  await assert.rejects(run, (error) => error === reason);
  model.network.dispose();
}, ["wasm"]);

Deno.test("batches: within cache and memory, at least one picture, every variant once", () => {
  const { model } = tangled();
  const sizes = [[13, 11], [200, 200], [400, 400], [9000, 9000]].map(([h, w]) => [
    batchSize(model, h, w),
    batchSize(model, h, w, { gradient: true }),
  ]);
  assert.deepEqual(sizes[0], [64, 64]);
  assert.deepEqual(sizes[3], [1, 1]);
  sizes.forEach(([forward, gradient]) => assert.ok(gradient <= forward));
  // 400×400 pixels: an op's input and output of 6 channels, in 2²³ numbers
  assert.equal(sizes[2][0], Math.floor(2 ** 23 / (2 * 6 * 400 ** 2)));
  fc.assert(fc.property(fc.nat(300), fc.integer({ min: 1, max: 64 }), (count, size) => {
    const all = [...batches(count, size)].flatMap(([from, to]) => {
      assert.ok(to - from <= size && to > from);
      return Array.from({ length: to - from }, (_, i) => from + i);
    });
    assert.deepEqual(all, Array.from({ length: count }, (_, i) => i));
  }));
});

/** Scores, and how many pictures were scored at a time. */
async function all(batches: AsyncIterable<{ from: number; to: number; logits: Float32Array }>) {
  const scores: number[] = [], sizes: number[] = [];
  for await (const { from, to, logits } of batches) {
    scores.push(...logits);
    sizes.push(to - from);
  }
  return { scores, sizes };
}

forEachBackend("windows of a picture are scored as the pictures that they make", async () => {
  const { model } = tangled(), height = 60, width = 52;
  const [image, other] = ["image", "other"].map((name) =>
    random(name).uniformValues([height, width, 3], -1, 1)
  );
  const windows = Array.from({ length: 70 }, (_, i) => ({
    rows: [i % 56, i % 56 + 4] as const,
    columns: [i * 7 % 50, Math.min(width, i * 7 % 50 + 5)] as const,
  }));
  const pictures = (from: number, to: number) =>
    tf.stack(
      windows.slice(from, to).map(({ rows, columns }) => {
        const picture = image.slice();
        for (let i = 0; i < picture.length; i++) {
          const y = Math.floor(i / 3 / width), x = Math.floor(i / 3) % width;
          const isUnder = y >= rows[0] && y < rows[1] && x >= columns[0] && x < columns[1];
          if (isUnder) picture[i] = other[i];
        }
        return tf.tensor3d(picture, [height, width, 3]);
      }),
    ) as tf.Tensor4D;
  const whole = await all(scoreBatches(model, [height, width], windows.length, pictures));
  const before = tf.memory().numTensors;
  const found = await all(scoreWindows(model, { image, other }, windows));
  assert.ok(found.sizes.every((size) => size >= 1 && size <= 64));
  assert.equal(found.scores.length, whole.scores.length);
  near(found.scores, whole.scores, 1e-6, "scores");
  assert.equal(tf.memory().numTensors, before);
  const beyond = { rows: [58, 61], columns: [0, 3] } as const;
  for (
    const [odd, message] of [
      [[], /no window to score/],
      [[windows[0], beyond], /Window 1 has the rows from 58 to before 61 .* of 52×60/],
      [[{ ...beyond, rows: [4, 4] }], /Window 0 has the rows from 4 to before 4 /],
    ] as const
  ) await assert.rejects(all(scoreWindows(model, { image, other }, odd)), message);
  model.network.dispose();
}, ["wasm", "cpu"]);

Deno.test("baselines: zero, mean colour, blurred, noise within what pictures can hold", async () => {
  const { model: { preprocess }, input, height, width } = tangled();
  const make = (name: "zero" | "mean" | "blur" | "noise") =>
    baseline(name, input, preprocess, random(1));
  const meanOf = (image: Float32Array, c: number) =>
    image.filter((_, i) => i % 3 === c).reduce((a, b) => a + b) / (height * width);
  assert.ok((await make("zero")).every((v) => v === 0));
  for (const c of [0, 1, 2]) {
    const plain = (await make("mean")).filter((_, i) => i % 3 === c);
    assert.ok(plain.every((v) => Math.abs(v - meanOf(input, c)) < 1e-6));
    const levels = (await make("noise")).filter((_, i) => i % 3 === c)
      .map((v) => v * preprocess.std[c] + preprocess.mean[c]);
    assert.ok(levels.every((v) => v > -1e-6 && v < 1 + 1e-6));
    assert.ok(Math.abs(levels.reduce((a, b) => a + b) / levels.length - 0.5) < 0.1);
  }
  // a blurred constant is itself, a blurred point a bell that adds up to it
  const size = 90, deviation = size * 10 / 224;
  const flat = values(new Float32Array(size * size * 3).fill(0.7), [size, size, 3]);
  assert.ok(
    (await baseline("blur", flat, preprocess, random(1))).every((v) => Math.abs(v - 0.7) < 1e-6),
  );
  const point = values(new Float32Array(size * size * 3), [size, size, 3]), middle = 45;
  point[(middle * size + middle) * 3 + 1] = 1;
  const bell = await baseline("blur", point, preprocess, random(1));
  assert.ok(Math.abs(bell.reduce((a, b) => a + b) - 1) < 1e-4);
  const at = (y: number, x: number, c = 1) => bell[(y * size + x) * 3 + c];
  assert.equal(at(middle, middle, 0), 0);
  const share = at(middle + 3, middle - 4) / at(middle, middle);
  assert.ok(Math.abs(share - Math.exp(-25 / (2 * deviation ** 2))) < 1e-4);
});

Deno.test("maps: around zero or from the smallest value, clipped at a percentile", () => {
  const numbers = fc.array(fc.float({ noNaN: true, min: -1e3, max: 1e3 }), {
    minLength: 6,
    maxLength: 60,
  });
  fc.assert(fc.property(numbers, fc.integer({ min: 1, max: 100 }), (list, clip) => {
    const shape = [1, Math.floor(list.length / 3), 3];
    const raw = values(Float32Array.from(list.slice(0, shape[1] * 3)), shape);
    const before = [...raw];
    const { map, scale: { low, high } } = signedMap(raw, clip);
    assert.deepEqual([...raw], before, "raw values are left alone");
    assert.deepEqual(map.shape, [1, shape[1]]);
    assert.equal(low, -high);
    map.forEach((v, i) => {
      const sum = Math.fround(raw[3 * i] + raw[3 * i + 1] + raw[3 * i + 2]);
      assert.ok(v >= 0 && v <= 1);
      if (Math.abs(sum) > 1e-3) {
        assert.ok(Math.sign(v - 0.5) === Math.sign(sum) || high > 1e5 * sum);
      }
      if (Math.abs(sum) >= high && high > 0) assert.ok(v === 0 || v === 1);
    });
    const plain = unsignedMap(raw, clip);
    assert.equal(plain.scale.low, Math.min(...raw));
    assert.ok(plain.map.every((v) => v >= 0 && v <= 1));
  }));
  const row = (...numbers: number[]) => values(Float32Array.from(numbers), [1, numbers.length]);
  assert.deepEqual([...signedMap(row(-2, 0, 1, 4)).map], [0.25, 0.5, 0.625, 1]);
  assert.deepEqual([...signedMap(row(0, 0)).map], [0.5, 0.5]);
  assert.deepEqual([...signedMap(row(0, 0, 0, 0, 0, 3), 50).map], [.5, .5, .5, .5, .5, 1]);
  assert.deepEqual([...unsignedMap(row(1, 3, 5)).map], [0, 0.5, 1]);
  assert.deepEqual(
    [...unsignedMap(row(0, 1, 2, 3, 100), 75).map],
    [0, 1 / 3, 2 / 3, 1, 1]
      .map(Math.fround),
  );
  assert.deepEqual([...unsignedMap(row(7, 7)).map], [0, 0]);
  // numpy.percentile([3, 1, 2, 4], [0, 50, 99, 100])
  const four = Float32Array.of(3, 1, 2, 4);
  assert.deepEqual([0, 50, 99, 100].map((p) => percentile(four, p)), [1, 2.5, 3.97, 4]);
});

Deno.test("baselines: numbers, colours and pictures, in the network's space", async () => {
  const { model: { preprocess: spec }, input, height, width } = tangled();
  const make = (wanted: string | number) => baseline(wanted, input, spec, random(1));
  assert.ok((await make(-0.25)).every((v) => v === -0.25));
  assert.deepEqual(await make("1e-1"), await make(0.1));
  const asColor = normalize(
    { width: 1, height: 1, data: Uint8ClampedArray.of(255, 128, 0) },
    spec,
  );
  assert.ok((await make("#Ff8000")).every((v, i) => v === asColor[i % 3]));
  assert.deepEqual(await make("white"), await make("#ffffff"));
  const file = await Deno.makeTempFile({ suffix: ".png" });
  try {
    const data = Uint8ClampedArray.from({ length: 5 * 7 * 3 }, (_, i) => i % 3 * 90);
    await Deno.writeFile(file, await encodePng({ width: 5, height: 7, data }));
    const found = await make(file);
    assert.deepEqual(found.shape, [height, width, 3]);
    const plain = normalize({ width: 1, height: 1, data: data.slice(0, 3) }, spec);
    assert.ok(found.every((v, i) => v === plain[i % 3]), "one colour stays one when resized");
  } finally {
    await Deno.remove(file);
  }
  await assert.rejects(make("blurr"), /no baseline "blurr"; nearest: "blur"/);
  await assert.rejects(make("./nowhere.png"), /Cannot read picture/);
});

Deno.test("occlusion by rectangles: two strides, windows of two sides", async () => {
  await useBackend("wasm");
  const { model, image, input, height, width } = tangled();
  const window = { width: 4, height: 6 }, stride = { width: 2, height: 5 };
  const run = await attribute("occlusion", {
    model,
    image,
    options: { class: 1, window: "4x6", stride: "2x5" },
  });
  assert.deepEqual([run.figures!.window, run.figures!.stride], ["4x6", "2x5"]);
  // a place that one window alone covers: the top left corner
  const covered = input.map((v, i) => {
    const place = Math.floor(i / 3), y = Math.floor(place / width), x = place % width;
    return y < window.height && x < window.width ? 0 : v;
  });
  const logit = async (numbers: Float32Array) => {
    const image = tf.tensor4d(numbers, [1, height, width, 3]);
    return (await (await model.network.logits(image)).data())[1];
  };
  const fall = await logit(input) - await logit(covered);
  for (let y = 0; y < stride.height; y++) {
    for (let x = 0; x < stride.width; x++) {
      assert.ok(Math.abs(run.attribution[(y * width + x) * 3] - fall) < 1e-5, `${y}, ${x}`);
    }
  }
  for (
    const [options, message] of [
      [{ window: "100x2" }, /window of 100×2/],
      [{ window: "4x6", stride: "2x7" }, /stride of 2×7 leaves gaps between windows of 4×6/],
      [{ window: "4x" }, /`window` takes pixels, or WIDTHxHEIGHT/],
      [{ stride: 0 }, /`stride` takes pixels/],
    ] as const
  ) await assert.rejects(attribute("occlusion", { model, image, options }), message);
});
