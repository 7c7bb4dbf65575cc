/** TCAV against a literal copy of it, Captum's, concepts that were planted, and concepts that are none. */
import assert from "node:assert/strict";
import * as tf from "../../deps/tfjs.ts";
import { random } from "../../core/random.ts";
import { values } from "../../core/values.ts";
import { GraphBuilder } from "../../engine/builder.ts";
import { INPUT } from "../../engine/graph.ts";
import { Network } from "../../engine/network.ts";
import { normalize } from "../../image/preprocess.ts";
import { outputsOf } from "../../run/outputs.ts";
import { classTarget } from "../../run/target.ts";
import {
  type ConceptRequest,
  encodePng,
  loadModel,
  type Model,
  type Picture,
  testConcepts,
  useBackend,
  UserError,
} from "../../mod.ts";
import { activationsOf, rowsOf } from "../../concepts/_activations.ts";
import { drawn, drawRuns } from "../../concepts/_draws.ts";
import { gradientsOf, slopesOf } from "../../concepts/_gradients.ts";
import { centred, Rows } from "../../concepts/_rows.ts";
import { PENALTY, slopesAlong } from "../../concepts/_scores.ts";
import { compareSets } from "../../concepts/_sets.ts";
import { twoSided } from "../../concepts/_significance.ts";
import { branched, families, grayOne, modelOf } from "../../conformance/networks.ts";
import { CLASSES, draw } from "../../world/scene.ts";
import { forEachBackend } from "../_support/backends.ts";
import { near } from "../_support/tensors.ts";
import { slow, tangled } from "../techniques/_slow.ts";
import { from } from "./_pictures.ts";
import { dot, logistic } from "./_slow.ts";

const mean = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0) / numbers.length;
const range = (begin: number, end: number) =>
  Array.from({ length: end - begin }, (_, i) => begin + i);

/** What a layer says of a picture, and the gradient of a class there. */
function seen({ network, preprocess }: Model, picture: Picture, layer: string, target: number) {
  const { tape, layers, logits } = slow(network, normalize(picture, preprocess), [13, 11, 3]);
  const gradient = tape.gradient(logits[target]), { at } = layers.get(layer)!;
  return { activation: at.map((i) => tape.values[i]), gradient: at.map((i) => gradient[i]) };
}

/** Channels averaged over the places, or added up. */
const pooled = (numbers: readonly number[], channels: number, share: boolean) =>
  range(0, channels).map((c) => {
    const own = numbers.filter((_, i) => i % channels === c);
    return share ? mean(own) : own.reduce((a, b) => a + b, 0);
  });

forEachBackend("scores, accuracies and chance are those of a literal copy", async (backend) => {
  const { model } = tangled(), CONCEPT = 8, RANDOM = 14, size = 6, runs = 3, sets = 5, target = 2;
  const [concept, others, shown] = [from(0, CONCEPT), from(100, RANDOM), from(200, 7)];
  for (const [layer, pool, channels] of [["mix", false, 4], ["capped", true, 7]] as const) {
    const report = await testConcepts({
      ...{ model, layer, random: others },
      concepts: [{ name: "odd", pictures: concept }],
      classes: [{ class: target, pictures: shown }],
      options: { runs, size, permutations: sets, pool, seed: 3 },
    });
    const looked = [...concept, ...others].map((one) => seen(model, one, layer, target).activation)
      .map((row) => pool ? pooled(row, channels, true) : row);
    const slopes = shown.map((one) => seen(model, one, layer, target).gradient)
      .map((row) => pool ? pooled(row, channels, false) : row);
    const centre = looked[0].map((_, k) => mean(looked.map((row) => row[k])));
    const moved = looked.map((row) => row.map((v, k) => v - centre[k]));
    const unit = Math.sqrt(mean(moved.map((row) => dot(row, row))));
    const rows = moved.map((row) => row.map((v) => v / unit));
    const all = range(0, CONCEPT + RANDOM), stream = random(3).fork("concepts");
    const look = (set: readonly number[], name: string) => {
      const outside = all.filter((i) => !set.includes(i));
      return drawRuns(set, outside, { runs, size, random: stream.fork(name) }).map(
        ({ train, test }) => {
          const pictures = [...train.inside, ...train.outside];
          assert.equal(new Set([...pictures, ...test.inside, ...test.outside]).size, 2 * size);
          const labels = pictures.map((i) => Number(set.includes(i)));
          const { weights, bias } = logistic(pictures.map((i) => rows[i]), labels, PENALTY);
          const tried = [...test.inside, ...test.outside];
          const right = tried.filter((i) => (dot(weights, rows[i]) + bias > 0) === set.includes(i));
          const along = slopes.map((slope) => dot(slope, weights));
          const length = Math.hypot(...weights);
          return {
            weights: weights.map((w) => w / length),
            score: along.filter((v) => v > 0).length / along.length,
            cosine: mean(along.map((v, i) => v / length / Math.hypot(...slopes[i]))),
            accuracy: right.length / tried.length,
          };
        },
      );
    };
    const found = look(range(0, CONCEPT), "concept");
    const chance = range(0, sets).map((i) =>
      look(drawn(all, CONCEPT, stream.fork(`set ${i}`)), `runs ${i}`)
    );
    const [score] = report.scores, [direction] = report.directions;
    const tolerance = backend === "webgpu" ? 1e-3 : 1e-4, what = `${layer}, ${pool}`;
    assert.deepEqual(score.scores, found.map(({ score }) => score), what);
    near([score.score], [mean(found.map(({ score }) => score))], 1e-9, what);
    near([score.sensitivity], [mean(found.map(({ cosine }) => cosine))], tolerance, what);
    near([direction.accuracy], [mean(found.map(({ accuracy }) => accuracy))], 1e-9, what);
    near(
      [score.chance.mean],
      [mean(chance.map((runs) => mean(runs.map(({ score }) => score))))],
      1e-9,
      what,
    );
    const better = chance.filter((runs) =>
      mean(runs.map(({ accuracy }) => accuracy)) >= direction.accuracy - 1e-12
    );
    near([direction.p], [(1 + better.length) / (1 + sets)], 1e-9, what);
    const sum = found[0].weights.map((_, k) => mean(found.map(({ weights }) => weights[k])));
    near(direction.vector, sum.map((v) => v / Math.hypot(...sum)), tolerance, `${what}, vector`);
    assert.deepEqual(
      direction.vector.shape,
      pool ? [channels] : model.network.shapeOf(layer, 13, 11),
    );
  }
  model.network.dispose();
});

/**
 * Captum 0.6's TCAV on the same network and pictures in PyTorch, by layer and class: `sign_count` and
 * `magnitude` of the concept, whose direction a classifier of our own there took to be the difference
 * of the two sets' means.
 */
const CAPTUM: Record<string, readonly (readonly [score: number, magnitude: number])[]> = {
  again_1: [
    [0.15, -0.0048247762],
    [0.25, -0.0056454116],
    [0.05, -0.010648268],
    [0.4, -0.0043920977],
  ],
  mix: [
    [0.2, -0.0037446641],
    [0.25, -0.0024854243],
    [0.2, -0.0055947741],
    [0.4, -0.0022885457],
  ],
  capped: [[0, -0.010932889], [0, -0.010057159], [0, -0.017200861], [1, 0.010545277]],
};

Deno.test("along a given direction, scores and magnitudes are Captum's", async () => {
  await useBackend("wasm");
  const { model } = tangled(), rows = rowsOf(model, Object.keys(CAPTUM), false);
  const groups = [[0, "concept"], [12, "random"]] as const;
  await activationsOf(
    { model },
    groups.map(([first, of]) => ({ of, option: of, sources: from(first, 12) })),
    rows,
  );
  const coefficients = Float64Array.from(range(0, 24), (i) => (i < 12 ? 1 : -1) / 12);
  for (const target of range(0, 4)) {
    const about = { index: target, label: `${target}`, pictures: from(24, 20) };
    const explained = classTarget(outputsOf(model), target);
    const gradients = await gradientsOf({ model }, { ...about, target: explained }, rows);
    for (const [i, { layer }] of rows.entries()) {
      const along = slopesAlong(slopesOf(gradients[i], range(0, 24), 1), {
        pictures: range(0, 24),
        coefficients,
      });
      const [score, magnitude] = CAPTUM[layer][target], what = `${layer}, class ${target}`;
      near([along.filter((v) => v > 0).length / 20, 1], [score, 1], 1e-9, what);
      near([mean([...along])], [magnitude], 1e-4, what);
    }
  }
  model.network.dispose();
});

/** Activations and gradients of which nothing is known but chance, and a concept that is shifted. */
function chanceOnly(seed: number, concept: number, others: number, size: number, shift: number) {
  const stream = random(seed), count = concept + others, PICTURES = 12;
  const row = () => Float64Array.from({ length: size }, () => stream.normal());
  const rows = range(0, count).map(row), gradients = range(0, PICTURES).map(row);
  gradients.forEach((gradient) => gradient[0] += 3);
  for (const own of rows.slice(0, concept)) own[0] += shift;
  const { own, square } = centred(
    Float64Array.from(rows.flatMap((a) => rows.map((b) => dot(a, b)))),
  );
  return {
    products: { count, own },
    slopes: {
      pictures: PICTURES,
      products: Float64Array.from(gradients.flatMap((g) => rows.map((a) => dot(g, a)))),
      lengths: Float64Array.from(gradients, (g) => Math.sqrt(dot(g, g) * square)),
    },
  };
}

Deno.test("concepts that are none pass for some as often as the level says, and not as a t-test has it", async () => {
  const CONCEPTS = 300, runs = 4, about = { runs, size: 10, permutations: 59 };
  const ps: number[] = [];
  let byRuns = 0;
  for (const seed of range(0, CONCEPTS)) {
    const { products, slopes } = chanceOnly(seed, 10, 26, 20, 0);
    const found = await compareSets(products, 10, [slopes], { ...about, random: random(seed) });
    ps.push(twoSided(found.responses[0], found.chance.map(({ responses }) => responses[0])));
    // were the runs independent samples, their mean would lie within 3.2 of its errors in 19 of 20
    const error = Math.sqrt(
      found.scores[0].reduce((sum, s) => sum + (s - mean(found.scores[0])) ** 2, 0) /
        (runs * (runs - 1)),
    );
    if (Math.abs(mean(found.scores[0]) - 0.5) > 3.2 * error) byRuns++;
  }
  for (const level of [0.05, 0.2, 0.5]) {
    const passed = ps.filter((p) => p <= level).length, expected = level * CONCEPTS;
    const deviation = Math.sqrt(expected * (1 - level));
    assert.ok(
      Math.abs(passed - expected) < 3.5 * deviation,
      `${passed} of ${CONCEPTS} at ${level}, ${expected} expected`,
    );
  }
  assert.ok(byRuns > 0.15 * CONCEPTS, `only ${byRuns}: the runs look independent`);
});

Deno.test("a concept that is one is found, the more clearly the more it is one", async () => {
  const found = [];
  for (const shift of [0.4, 1, 3]) {
    let significant = 0;
    for (const seed of range(0, 20)) {
      const { products, slopes } = chanceOnly(seed, 10, 26, 20, shift);
      const about = { runs: 4, size: 10, permutations: 59, random: random(seed) };
      const { responses, chance } = await compareSets(products, 10, [slopes], about);
      if (twoSided(responses[0], chance.map(({ responses }) => responses[0])) <= 0.05) {
        significant++;
      }
    }
    found.push(significant);
  }
  assert.ok(found[0] < found[1] && found[1] < found[2] && found[2] > 15, `${found}`);
});

/** The scores of class 0 and 1 are the redness, and minus it; blue is seen, and counts for nothing. */
function redNetwork(): Model {
  const net = new GraphBuilder();
  const seen = net.relu("seen", net.conv("colours", INPUT, { in: 3, out: 2, kernel: 1 }));
  const bent = net.relu("bent", net.conv("mixed", seen, { in: 2, out: 3, kernel: 1 }));
  const graph = net.build(net.dense("fc", net.globalAvgPool("pool", bent), 3, 2));
  const numbers = [
    ...[[1, 0, -0.5, -0.5, 0, 1], [1, 1]], // red less green, blue less green
    ...[[1, 1, 0, 0, 0, 1], [0, -1.2, 0]], // red, red where there is much of it, blue
    ...[[1, -1, 1, -1, 0, 0], [0, 0]],
  ];
  const host = new Map([...graph.parameters].map(([name, shape], i) => [
    name,
    values(Float32Array.from(numbers[i]), shape),
  ]));
  return modelOf(new Network(graph, host, "red"), 8, 8);
}

/** Noise with a patch of a colour, at a place of chance. */
function patched(seed: number, colour?: 0 | 2): Picture {
  const stream = random(`patch ${seed}`), data = new Uint8ClampedArray(8 * 8 * 3);
  for (let i = 0; i < data.length; i++) data[i] = stream.integer(60, 190);
  const [top, left] = [stream.integer(0, 4), stream.integer(0, 4)];
  for (let y = top; y < top + 4 && colour !== undefined; y++) {
    for (let x = left; x < left + 4; x++) data[(y * 8 + x) * 3 + colour] = 255;
  }
  return { width: 8, height: 8, data };
}

forEachBackend("what a network was made to see is found, what it ignores is not", async () => {
  const model = redNetwork(),
    pictures = (first: number, count: number, colour?: 0 | 2) =>
      range(first, first + count).map((seed) => patched(seed, colour));
  const shown = pictures(5000, 20);
  const { scores, directions, diagnosis } = await testConcepts({
    ...{ model, layer: "seen", random: pictures(0, 60) },
    concepts: [
      { name: "red", pictures: pictures(1000, 24, 0) },
      { name: "blue", pictures: pictures(2000, 24, 2) },
      { name: "nothing", pictures: pictures(3000, 24) },
    ],
    classes: [{ class: 0, pictures: shown }, { class: 1, pictures: shown }],
    options: { pool: true, permutations: 599, runs: 5 },
  });
  const of = (concept: string, index: number) =>
    scores.find((score) => score.concept === concept && score.class.index === index)!;
  assert.deepEqual([of("red", 0).score, of("red", 1).score], [1, 0]);
  assert.ok(of("red", 0).sensitivity > 0.9 && of("red", 1).sensitivity < -0.9);
  for (const index of [0, 1]) {
    assert.ok(of("red", index).significant);
    assert.deepEqual(of("red", index).diagnosis, []);
    for (const concept of ["blue", "nothing"]) {
      assert.ok(!of(concept, index).significant, concept);
      assert.match(of(concept, index).diagnosis.join(), /no more than to pictures drawn by chance/);
    }
  }
  const [red, blue, nothing] = directions;
  assert.ok(red.accuracy > 0.95 && blue.accuracy > 0.95, "both can be told");
  assert.deepEqual([red.corrected < 0.05, blue.corrected < 0.05], [true, true]);
  assert.ok(nothing.corrected > 0.05);
  assert.match(of("nothing", 0).diagnosis.join(), /does not tell nothing from random pictures/);
  assert.deepEqual(diagnosis, []);
  model.network.dispose();
}, ["wasm", "cpu"]);

Deno.test("on the drawn world, cats speak for the cat, and pictures of anything for nothing", async () => {
  await useBackend("wasm");
  const model = await loadModel("phosphene-resnet");
  const of = (first: number, count: number, wanted?: string) =>
    range(0, count).map((i) =>
      draw({ class: wanted ?? CLASSES[i * 7 % CLASSES.length], seed: first + i }).picture
    );
  const progress = new Map<string, number>();
  const { scores: [cat, anything], directions } = await testConcepts({
    ...{ model, layer: "layer4", random: of(5000, 60) },
    concepts: [
      { name: "cats", pictures: of(1000, 24, "cat") },
      { name: "anything", pictures: of(2000, 24) },
    ],
    classes: [{ class: "cat", pictures: of(9000, 20, "cat") }],
    options: { permutations: 399, runs: 5 },
    onProgress(what, step, of) {
      assert.ok(step > (progress.get(what) ?? 0) && step <= of, `${what}: ${step} of ${of}`);
      progress.set(what, step);
    },
  });
  assert.deepEqual([...progress], [
    ["activations", 108],
    ["gradients", 20],
    ["sets drawn by chance", 798],
  ]);
  assert.ok(cat.score === 1 && cat.significant && cat.sensitivity > 0.3, JSON.stringify(cat));
  assert.ok(!anything.significant && directions[0].accuracy > 0.9);
  assert.match(cat.diagnosis.join(), /From "layer4" on the score of cat is linear/);
  model.network.dispose();
});

Deno.test("pictures in their own sizes: of one size, or pooled", async () => {
  await useBackend("wasm");
  const { model: made, layer } = { ...branched, model: branched.model() };
  const model = { ...made, preprocess: { ...made.preprocess, resize: null, crop: null } };
  const [larger, wide] = [noise(19, 16), noise(23, 15)], asked = { ...quick(model, larger), layer };
  const { directions: [{ vector }], scores: [score] } = await testConcepts(asked);
  assert.deepEqual(vector.shape, model.network.shapeOf(layer, 16, 19));
  assert.ok(Number.isFinite(score.sensitivity));
  const both = { ...asked, random: [...asked.random, ...wide(300, 2)] };
  await assert.rejects(
    testConcepts(both),
    /several sizes in "gate": it is 16×19×6 for one and 15×23/,
  );
  const pooled = await testConcepts({ ...both, options: { ...both.options, pool: true } });
  assert.deepEqual([pooled.directions[0].vector.shape, pooled.pictures.random], [[6], 8]);
  model.network.dispose();
});

Deno.test("more numbers than fit are refused before a picture is read", () => {
  const rows = [new Rows("early", [112, 112, 64], false), new Rows("late", [7, 7, 512], false)];
  Rows.check(rows, 300);
  assert.throws(() => Rows.check(rows, 400), /"early", "late" say of 400 pictures.*331 million/);
  Rows.check(rows.map(({ layer, shape }) => new Rows(layer, shape, true)), 100_000);
});

/** Small, and quick. */
const quick = (model: Model, pictures: (first: number, count: number) => Picture[]) => ({
  ...{ model, random: pictures(100, 6) },
  concepts: [{ name: "one", pictures: pictures(0, 5) }],
  classes: [{ class: 0, pictures: pictures(50, 3) }],
  options: { runs: 2, permutations: 5 },
});

/** Noise of a size. */
const noise = (width: number, height: number) => (first: number, count: number): Picture[] =>
  range(first, first + count).map((seed) => ({
    ...{ width, height },
    data: Uint8ClampedArray.from(random(seed).uniformValues([width * height * 3], 0, 256)),
  }));

Deno.test("any network will do; the same seed gives the same numbers, and nothing is left", async () => {
  await useBackend("wasm");
  for (const { name, width, height, layer, model: make } of [...families, branched, grayOne]) {
    const model = make(), asked = { ...quick(model, noise(width, height)), layer };
    const first = await testConcepts(asked), before = tf.memory().numTensors;
    assert.deepEqual(await testConcepts(asked), first, name);
    assert.equal(tf.memory().numTensors, before, name);
    const [{ score, p }] = first.scores;
    assert.ok(score >= 0 && score <= 1 && p > 0 && p <= 1, name);
    assert.match(
      first.diagnosis.join(),
      /Few pictures of one \(5\).*Few random pictures \(6\)/,
      name,
    );
    if (name === grayOne.name) {
      const classes = [{ class: 1, pictures: asked.classes[0].pictures }];
      const opposite = await testConcepts({ ...asked, classes });
      near([opposite.scores[0].sensitivity], [-first.scores[0].sensitivity], 1e-6, "the opposite");
    }
    model.network.dispose();
  }
});

Deno.test("stopped at any point, it ends with the signal's reason and leaves nothing", async () => {
  await useBackend("wasm");
  const { width, height, layer, model: make } = branched, model = make();
  const asked = { ...quick(model, noise(width, height)), layer };
  await testConcepts(asked);
  const before = tf.memory().numTensors;
  for (const at of ["activations", "gradients", "sets drawn by chance"]) {
    const controller = new AbortController(), reason = new Error(at);
    const stopped = testConcepts({
      ...asked,
      signal: controller.signal,
      onProgress: (what) => what === at && controller.abort(reason),
    });
    await assert.rejects(stopped, reason);
    assert.equal(tf.memory().numTensors, before, at);
  }
  model.network.dispose();
});

Deno.test("what cannot be tested is refused, what cannot be read is left out or told", async () => {
  await useBackend("wasm");
  const { width, height, layer, model: make } = branched, model = make();
  const few = noise(width, height), asked = { ...quick(model, few), layer };
  const refused = (change: Partial<ConceptRequest>, message: RegExp) =>
    assert.rejects(testConcepts({ ...asked, ...change }), (error: Error) => {
      assert.ok(error instanceof UserError, error.stack);
      assert.match(error.message, message);
      return true;
    });
  const [one] = asked.concepts, [first] = asked.classes;
  await refused({ layer: "nowhere" }, /no layer "nowhere"/);
  await refused({ concepts: [] }, /no concept to test/);
  await refused({ concepts: [one, one] }, /Two concepts are called "one"/);
  await refused(
    { concepts: [{ name: "one", pictures: few(0, 3) }] },
    /few pictures of one \(3\): it takes 4 at/,
  );
  await refused({ random: [] }, /few random pictures \(0\)/);
  await refused({ classes: [] }, /no class/);
  await refused({ classes: [first, first] }, /`class` names class 0 twice/);
  await refused({ classes: [{ class: 9, pictures: few(0, 3) }] }, /no class 9/);
  await refused({ classes: [{ class: 0, pictures: [] }] }, /few pictures of class 0 \(0\)/);
  await refused({ options: { level: 0 } }, /`level` takes/);
  await refused({ model: "x" as unknown as Model }, /loadModel/);

  const folder = await Deno.makeTempDir();
  try {
    const files: string[] = [];
    for (const [i, picture] of few(0, 5).entries()) {
      await Deno.writeFile(`${folder}/${i}.png`, await encodePng(picture));
      files.push(`${folder}/${i}.png`);
    }
    const fromFiles = { ...asked, concepts: [{ name: "one", pictures: files }] };
    assert.deepEqual(await testConcepts(fromFiles), await testConcepts(asked), "files");
    const both = await testConcepts({ ...fromFiles, random: [...asked.random, files[2]] });
    assert.match(both.diagnosis.join(), /one shares 1 of its pictures with the random ones/);

    await Deno.writeTextFile(files[3], "no picture");
    await refused(fromFiles, /Cannot read picture/);
    const told: UserError[] = [];
    const onUnreadable = (error: UserError) => told.push(error);
    const left = await testConcepts({ ...fromFiles, onUnreadable });
    assert.deepEqual([left.pictures.concepts[0].pictures, told.length], [4, 1]);
    await Deno.writeTextFile(files[4], "no picture");
    const three = { ...fromFiles, onUnreadable };
    await assert.rejects(testConcepts(three), /few pictures of one that can be read \(3\)/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  model.network.dispose();
});
