/** What outputs are, which class is meant, and what is explained. */
import assert from "node:assert/strict";
import * as tf from "../../deps/tfjs.ts";
import { GraphBuilder } from "../../engine/builder.ts";
import { INPUT } from "../../engine/graph.ts";
import type { Network } from "../../engine/network.ts";
import {
  attribute,
  classIndex,
  type Model,
  normalize,
  predict,
  type Scores,
  type TargetRequest,
  techniques,
  useBackend,
  UserError,
  type Values,
  values,
  visualize,
} from "../../mod.ts";
import { classList } from "../../run/classes.ts";
import { parseTarget } from "../../run/target.ts";
import fc from "../_support/property.ts";
import { modelOf, picture } from "../../conformance/networks.ts";
import { syntheticNetwork } from "../../conformance/synthetic.ts";
import { near } from "../_support/tensors.ts";

await useBackend("wasm");
const SIDE = 16, image = picture(SIDE, SIDE);

/** A small convolutional network with so many outputs for the picture, or (`map`) for every place. */
function network(outputs: number, { map = false } = {}): Network {
  const net = new GraphBuilder([null, null, 3]);
  const a = net.relu("a", net.conv("c1", INPUT, { in: 3, out: 6, kernel: 3, pad: 1, bias: true }));
  const b = net.relu("b", net.conv("c2", a, { in: 6, out: 6, kernel: 3, stride: 2, pad: 1 }));
  const end = map
    ? net.conv("head", b, { in: 6, out: outputs, kernel: 1, bias: true })
    : net.dense("fc", net.globalAvgPool("pool", b), 6, outputs);
  return syntheticNetwork(net.build(end), `small-${outputs}${map ? "-map" : ""}`);
}

const model = (net: Network, about: Partial<Model> = {}): Model => ({
  ...modelOf(net, SIDE, SIDE),
  labels: Array.from({ length: net.shapeOf("logits", SIDE, SIDE).at(-1)! }, (_, i) => `class ${i}`),
  ...about,
});

const refused = (promise: Promise<unknown>, message: RegExp) =>
  assert.rejects(promise, (error: Error) => {
    assert.ok(error instanceof UserError, String(error.stack));
    assert.match(error.message, message);
    return true;
  });

const FEW: Readonly<Record<string, Record<string, unknown>>> = { "rise": { masks: 8, grid: 3 } };
const attributions = [...techniques].filter((t) => t.kind === "attribution");

const explain = (id: string, target: TargetRequest, on: Model) =>
  attribute(id, { model: on, image, target, options: FEW[id] ?? {} });

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

const OUTPUTS: readonly [Scores | undefined, (logits: number[]) => number[] | undefined][] = [
  ["softmax", softmaxOf],
  [undefined, softmaxOf],
  ["sigmoid", (logits) => logits.map(sigmoid)],
  ["linear", () => undefined],
  ["probabilities", (logits) => logits],
];

function softmaxOf(logits: number[]): number[] {
  const total = logits.reduce((sum, l) => sum + Math.exp(l), 0);
  return logits.map((l) => Math.exp(l) / total);
}

for (const [scores, expected] of OUTPUTS) {
  Deno.test(`probabilities of ${scores ?? "undeclared"} outputs, and RISE's weights`, async () => {
    const net = network(3), on = model(net, { scores });
    const ranked = (await predict(on, image)).toSorted((a, b) => a.index - b.index);
    const shares = expected(ranked.map(({ logit }) => logit));
    assert.deepEqual(
      ranked.map(({ probability }) => probability?.toFixed(6)),
      shares?.map((share) => share.toFixed(6)) ?? [undefined, undefined, undefined],
    );
    // one mask that shows everything: RISE is the class's probability, or else its score
    const all = { masks: 1, grid: 1, probability: 0.99 };
    const { attribution } = await attribute("rise", {
      model: on,
      image,
      options: { ...all, class: 1 },
    });
    const weight = shares ? shares[1] : ranked[1].logit;
    near(attribution, attribution.map(() => weight / 0.99), 1e-5, "RISE");
  });
}

Deno.test("one output stands for two classes, of opposite scores", async () => {
  const net = network(1);
  const NAMED: [labels: string[], own: number, names: string[]][] = [
    [["class 0"], 0, ["class 0", "not class 0"]],
    [["spam"], 0, ["spam", "not spam"]],
    [["ham", "spam"], 1, ["ham", "spam"]],
  ];
  for (const [labels, own, names] of NAMED) {
    const on = model(net, { labels, scores: "sigmoid" });
    const ranked = (await predict(on, image)).toSorted((a, b) => a.index - b.index);
    assert.deepEqual(ranked.map(({ label }) => label), names);
    const input = tf.tensor4d(normalize(image, on.preprocess), [1, SIDE, SIDE, 3]);
    const [logit] = await (await net.logits(input)).data();
    assert.ok(Math.abs(ranked[own].logit - logit) < 1e-5);
    assert.equal(ranked[1 - own].logit, -ranked[own].logit);
    assert.ok(Math.abs(ranked[own].probability! - sigmoid(logit)) < 1e-6);
    assert.ok(Math.abs(ranked[0].probability! + ranked[1].probability! - 1) < 1e-12);
  }
});

for (const { id } of attributions) {
  Deno.test(`${id} explains one output and its opposite`, async () => {
    const on = model(network(1), { scores: "sigmoid" });
    const [yes, no] = [await explain(id, 0, on), await explain(id, 1, on)];
    assert.equal(yes.target.logit, -no.target.logit);
    assert.ok([...yes.attribution, ...no.attribution].every(Number.isFinite));
    const linear = ["saliency", "input-x-gradient", "integrated-gradients", "occlusion", "lrp"];
    if (linear.includes(id)) near(no.attribution, yes.attribution.map((v) => -v), 1e-5, id);
  });
}

Deno.test("an undeclared output of one number is a score without a probability", async () => {
  const ranked = await predict(model(network(1)), image);
  assert.equal(ranked.length, 2);
  assert.ok(ranked.every(({ probability }) => probability === undefined));
});

Deno.test("a difference and a mean of classes: the same of what speaks for each", async () => {
  const on = model(network(4), { labels: ["cat", "dog", "cow", "hen"] });
  const of = async (target: TargetRequest) =>
    (await explain("input-x-gradient", target, on)).attribution;
  const [cat, dog, cow] = [await of(0), await of("dog"), await of("cow")];
  const weighed = (...parts: [Values, number][]) =>
    cat.map((_, i) => parts.reduce((sum, [values, by]) => sum + by * values[i], 0));
  const difference = weighed([cat, 1], [dog, -1]);
  near(await of("cat - dog"), difference, 1e-5, "difference");
  near(await of("#0 − =dog"), difference, 1e-5, "difference");
  near(await of([{ class: 0 }, { class: "dog", weight: -1 }]), difference, 1e-5, "terms");
  near(
    await of("mean(cat, dog, cow)"),
    weighed([cat, 1 / 3], [dog, 1 / 3], [cow, 1 / 3]),
    1e-5,
    "",
  );
  near(await of('0.5*"cat" + 2*dog - cow'), weighed([cat, 0.5], [dog, 2], [cow, -1]), 1e-5, "");
  const run = await explain("occlusion", "cat - dog", on);
  assert.equal(run.target.label, "cat − dog");
  assert.equal(run.target.expression, "cat - dog");
  const scores = new Map((await predict(on, image)).map((p) => [p.label, p.logit]));
  assert.ok(Math.abs(run.target.logit - (scores.get("cat")! - scores.get("dog")!)) < 1e-6);
  assert.equal(run.target.probability, undefined);
});

for (const { id } of attributions) {
  Deno.test(`${id} explains a class of a place, and of a mask`, async () => {
    const on = model(network(3, { map: true }));
    const place = await explain(id, { class: 2, at: [1, 5] }, on);
    assert.ok(place.attribution.every(Number.isFinite));
    assert.equal(place.target.label, "class 2 at row 1, column 5");
    const half = values(new Float32Array(64), [8, 8]);
    half.fill(1, 0, 32);
    const region = await explain(id, { class: 2, mask: half }, on);
    assert.ok(region.attribution.every(Number.isFinite));
  });
}

Deno.test("a place's gradient reaches no further than its own window; a mask's is the mean", async () => {
  const on = model(network(2, { map: true }));
  const at = async (row: number, column: number) =>
    (await explain("saliency", `1@${row}:${column}`, on)).attribution;
  const corner = await at(0, 0);
  corner.forEach((v, i) => {
    const pixel = Math.floor(i / 3), inside = pixel % SIDE < 3 && Math.floor(pixel / SIDE) < 3;
    assert.ok(inside || v === 0, `pixel ${pixel}`);
  });
  const mask = values(new Float32Array(64), [8, 8]);
  mask[0] = mask[9] = 0.25;
  const other = await at(1, 1);
  near(
    (await explain("saliency", { class: 1, mask }, on)).attribution,
    corner.map((v, i) => (v + other[i]) / 2),
    1e-5,
    "mask",
  );
});

Deno.test("a mask is a picture too: brightness is weight, whatever its size", async () => {
  const on = model(network(2, { map: true }));
  const mask = { width: 16, height: 16, data: new Uint8ClampedArray(16 * 16 * 3) };
  for (let i = 0; i < 256; i++) mask.data.fill(i % 16 < 8 ? 255 : 0, i * 3, i * 3 + 3);
  const left = values(Float32Array.from({ length: 64 }, (_, i) => i % 8 < 4 ? 1 : 0), [8, 8]);
  const [picture, numbers] = [
    await explain("saliency", { class: 0, mask }, on),
    await explain("saliency", { class: 0, mask: left }, on),
  ];
  near(picture.attribution, numbers.attribution, 0.2, "about the same: edges are smoothed");
});

Deno.test("a map is never a list of classes, but may be dreamt of", async () => {
  const on = model(network(3, { map: true }));
  await refused(predict(on, image), /ends in a map of 8×8 places with 3 numbers/);
  for (const { id } of attributions) {
    await refused(attribute(id, { model: on, image }), /ends in a map/);
    await refused(attribute(id, { model: on, image, options: { class: 0 } }), /ends in a map/);
  }
  const dream = await visualize("deepdream", { model: on, image, options: { steps: 2 } });
  assert.equal(dream.figures?.layer, "b");
});

const REFUSED: readonly [TargetRequest, RegExp][] = [
  ["3@9:0", /\[9, 0\] is not in the network's map, whose rows and columns are 0 to 7 and 0 to 7/],
  ["2@1", /not in the network's map/],
  ["2@nowhere.png", /nowhere\.png/],
  ["lion@1:1", /no class "lion"/],
  ["2@", /a place is missing/],
  ["cat - ", /no class|a class is missing/],
  ["mean()", /a class is missing/],
  [[], /no class/],
  [{ class: 0, mask: values(new Float32Array(64), [8, 8]) }, /nothing in it is above zero/],
  [{ class: 0, mask: values(new Float32Array(4), [2, 2]) }, /its shape is \[2, 2\]/],
];

Deno.test("targets that do not fit are refused in a sentence", async () => {
  const on = model(network(4, { map: true }), { labels: ["cat", "dog", "cow", "hen"] });
  for (const [target, message] of REFUSED) await refused(explain("saliency", target, on), message);
  const flat = model(network(2));
  await refused(explain("saliency", "1@0:0", flat), /one list of scores/);
  await refused(
    attribute("saliency", { model: flat, image, target: 1, options: { class: 0 } }),
    /both `class` and `target`/,
  );
  await refused(
    // @ts-expect-error a script may not check its types
    visualize("deepdream", { model: flat, image, target: 1 }),
    /takes no `target`/,
  );
});

Deno.test("a target's text says the same as its terms, whatever classes are called", () => {
  const name = fc.string({ minLength: 1 }).map((s) => s.replaceAll('"', "").trim()).filter(Boolean);
  const term = fc.record({
    class: name,
    weight: fc.constantFrom(1, -1, 0.5, -2),
    at: fc.option(fc.tuple(fc.nat(99), fc.nat(99)), { nil: undefined }),
  });
  fc.assert(fc.property(fc.array(term, { minLength: 1, maxLength: 4 }), (terms) => {
    const text = terms.map(({ class: name, weight, at }, i) =>
      `${i ? weight < 0 ? " - " : " + " : ""}${i ? Math.abs(weight) : weight}*"${name}"` +
      (at ? `@${at.join(":")}` : "")
    ).join("");
    const read = parseTarget(text, () => false);
    assert.deepEqual(
      read.map(({ class: name, weight, at }) => [name, weight, at]),
      terms.map(({ class: name, weight, at }) => [`=${name}`, weight, at && [...at]]),
    );
  }));
});

const CLASSES: readonly [labels: string[], wanted: string | number, found: number | RegExp][] = [
  [["cat", "crane", "crane", "dog"], "crane", /fits several classes.*: 1 "crane", 2 "crane"/],
  [["cat", "crane", "crane", "dog"], "ran", /1 "crane", 2 "crane"/],
  [["cat", "crane", "crane", "dog"], 2, 2],
  [["cat", "Cat"], "Cat", 1],
  [["cat", "Cat"], "CAT", /0 "cat", 1 "Cat"/],
  [["cat", "catfish"], "cat", 0],
  [
    ["5", "6", "7", "8"],
    "7",
    /"7" could be class number 7, which there is not, or the name of class 2/,
  ],
  [["5", "6", "7", "8"], "=7", 2],
  [["1", "2", "3", "0"], "1", /class number 1 \("2"\) or the name of class 0/],
  [["1", "2", "3", "0"], "=1", 0],
  [["1", "2", "3", "0"], "#1", 1],
  [["1", "2", "3", "0"], 1, 1],
  [["0", "1", "2"], "1", 1],
  [["tench, Tinca tinca", "cat"], "tench, Tinca tinca", 0],
  [["tench", "cat"], "tehnch", /nearest: "tench"/],
  [["tench", "cat"], "=ten", /no class "=ten"/],
  [["tench", "cat"], "#2", /no class 2: .* the classes 0 to 1/],
  [["-1", "cat"], "-1", /could be class number -1, which there is not/],
];

Deno.test("which class is meant: numbers, names, and names that are numbers", () => {
  const net = new Map([2, 3, 4].map((n) => [n, network(n)]));
  for (const [labels, wanted, found] of CLASSES) {
    const on = model(net.get(labels.length)!, { labels });
    if (typeof found === "number") assert.equal(classIndex(on, wanted), found, String(wanted));
    else assert.throws(() => classIndex(on, wanted), (e: Error) => found.test(e.message));
  }
});

Deno.test("a list of classes keeps names with commas whole, and names each class once", () => {
  const labels = ["tench, Tinca tinca", "cat", "great white shark, white shark, man-eater"];
  const on = model(network(3), { labels });
  const list = (text: string) => [
    ...classList(on, text.split(",").map((part) => part.trim())).keys(),
  ];
  assert.deepEqual(list("tench, Tinca tinca,cat"), [0, 1]);
  assert.deepEqual(list("cat,tench"), [1, 0]);
  assert.deepEqual(list("tench,Tinca tinca,0,#0,=tench, Tinca tinca"), [0]);
  assert.deepEqual(list("Great White Shark, white shark, man-eater, 1"), [2, 1]);
  assert.throws(() => list("cat,lion"), /no class "lion"/);
});
