/** DeepLIFT against Captum's values, a literal reading of the paper, and every op's own change. */
import assert from "node:assert/strict";
import * as tf from "../../deps/tfjs.ts";
import { modelOf, picture } from "../../conformance/networks.ts";
import { syntheticNetwork } from "../../conformance/synthetic.ts";
import { random } from "../../core/random.ts";
import { type Values, values } from "../../core/values.ts";
import { GraphBuilder } from "../../engine/builder.ts";
import { INPUT } from "../../engine/graph.ts";
import { op } from "../../engine/ops/mod.ts";
import { ParameterStore } from "../../engine/parameters.ts";
import { ruleFor } from "../../engine/rules.ts";
import { useBackend } from "../../engine/runtime.ts";
import { loadImage } from "../../image/mod.ts";
import { loadModel } from "../../models/mod.ts";
import { deepLiftRules } from "../../techniques/_deep_lift_rules.ts";
import { attribute } from "../../techniques/mod.ts";
import { type Case, cases } from "../engine/_op_cases.ts";
import { forEachBackend } from "../_support/backends.ts";
import { absence, hasShared, shared } from "../_support/reference.ts";
import { near } from "../_support/tensors.ts";
import { slow, tangled } from "./_slow.ts";

const ID = "deep-lift";

/** Sums over each row's columns and channels, and over each column's rows and channels. */
function sumsOf(attribution: Values) {
  const [height, width, channels] = attribution.shape;
  const rows = new Array<number>(height).fill(0), columns = new Array<number>(width).fill(0);
  attribution.forEach((v, i) => {
    const pixel = Math.floor(i / channels);
    rows[Math.floor(pixel / width)] += v;
    columns[pixel % width] += v;
  });
  return { rows, columns };
}

const magnitude = (numbers: Values) => numbers.reduce((sum, v) => sum + Math.abs(v), 0);

/** By Captum 0.7's DeepLift in double precision, with ReLU6 among the activations that it rescales. */
const TANGLED = [
  {
    baseline: "zero",
    magnitude: 0.6356551694978554,
    // deno-fmt-ignore
    rows: [-0.00411109, -0.01209435, 0.00237406, 0.00255805, 0.01075433, 0.02175977, -0.03538833,
      0.00487241, -0.00365086, 0.00341992, 0.01052785, 0.0039976, 0.00086363],
    // deno-fmt-ignore
    columns: [-0.00160849, -0.00723084, -0.01064736, -0.00277645, 0.0135791, 0.02339151, 0.00691369,
      -0.0176004, 0.00996387, -0.00769464, -0.000407],
  },
  {
    baseline: 0.5,
    magnitude: 0.5024155825628324,
    // deno-fmt-ignore
    rows: [-0.0022697, -0.00466147, 0.00764835, -0.00031871, 0.01730984, 0.02150437, -0.03404009,
      -0.00022767, -0.00070684, 0.00474623, 0.00898079, 0.00141962, -0.00049047],
    // deno-fmt-ignore
    columns: [-0.00273262, -0.002202, -0.00602378, -0.01232496, 0.0109286, 0.01649226, 0.01107278,
      -0.00412722, 0.00416058, -0.00291048, 0.00656109],
  },
];

forEachBackend("DeepLIFT: Captum's values on branches, a max-pool, batch-norm", async () => {
  const { model, image } = tangled({ stride: 2 });
  for (const { baseline, ...expected } of TANGLED) {
    const options = { baseline };
    const { attribution } = await attribute(ID, { model, image, target: 2, options });
    const { rows, columns } = sumsOf(attribution);
    near(rows, expected.rows, 1e-5, `rows, ${baseline}`);
    near(columns, expected.columns, 1e-5, `columns, ${baseline}`);
    near([magnitude(attribution)], [expected.magnitude], 1e-5, `magnitude, ${baseline}`);
  }
  model.network.dispose();
});

/** Likewise, of the class "automobile". */
const RESNET = [
  {
    baseline: "zero",
    magnitude: 429.0072521922729,
    // deno-fmt-ignore
    rows: [-1.36585974, 3.86103768, -3.76345198, 2.46946515, 0.43053099, 1.63185052, -1.61294617,
      0.79973217, -0.08269384, 3.00054251, 0.85533779, 2.51762402, 4.56174565, 0.9938877,
      1.38368765, 1.11160666, 3.16763352, 1.63059991, 2.0088226, -0.40721896, 3.21345528,
      0.76926121, 0.11578523, 4.30528131, -0.52557945, 3.68722696, -1.80335631, 0.03787624,
      5.83925258, -1.36087158, -5.87199138, 3.17819438],
  },
  {
    baseline: 0.5,
    magnitude: 557.9633862178923,
    // deno-fmt-ignore
    rows: [-1.65628649, 4.26059423, -3.42837907, 1.87828898, 0.54398901, 1.40253616, -1.34773983,
      1.01850354, -0.60715136, 3.75753703, -0.25313946, 2.44761809, 5.18496018, 0.93948974,
      1.18242156, -0.03790194, 3.59579185, 1.81012222, 2.26999464, 0.82108904, 1.41170656,
      2.32118089, -1.6623362, 5.40107698, -0.94632123, 4.72570275, -2.15429341, -2.74347136,
      12.04213287, -5.49868709, -6.01958904, 3.79113274],
  },
];

Deno.test({
  name: `DeepLIFT: Captum's values on ResNet-20${absence}`,
  ignore: !hasShared,
  async fn() {
    await useBackend("wasm");
    const weights = shared.path("models/resnet20-12fca82f.th");
    const model = await loadModel("resnet20-cifar", { weights });
    const image = await loadImage(shared.path("images/car.png"));
    for (const { baseline, ...expected } of RESNET) {
      const options = { baseline };
      const { attribution, figures } = await attribute(ID, { model, image, options });
      near(sumsOf(attribution).rows, expected.rows, 1e-4, `rows, ${baseline}`);
      near([magnitude(attribution)], [expected.magnitude], 1e-5, `magnitude, ${baseline}`);
      assert.ok(Math.abs(Number(figures!.completenessGap)) < 1e-4);
    }
    model.network.dispose();
  },
});

forEachBackend("DeepLIFT: the paper's multipliers, number by number, and they add up", async () => {
  const { model, image, input, shape } = tangled();
  const before = Array.from(input, () => -0.3);
  const [now, then] = [input, before].map((x) => slow(model.network, x, shape));
  const ofClass = async (target: number | string) =>
    await attribute(ID, { model, image, target, options: { baseline: -0.3 } });
  for (const logit of [0, 1, 2, 3]) {
    const multipliers = now.tape.multipliers(now.logits[logit], then.tape);
    const { attribution, figures } = await ofClass(logit);
    near(
      attribution,
      Array.from(input, (v, i) => (v - before[i]) * multipliers[i]),
      1e-5,
      `class ${logit}`,
    );
    const [score, base] = [now, then].map(({ tape, logits }) => tape.values[logits[logit]]);
    const sum = attribution.reduce((a, b) => a + b);
    assert.ok(Math.abs(sum - (score - base)) < 1e-6, `${sum} for ${score - base}`);
    assert.ok(Math.abs(Number(figures!.baselineScore) - base) < 1e-6);
  }
  const [one, other, difference] = await Promise.all([1, 3, "class 1 - class 3"].map(ofClass));
  near(
    difference.attribution,
    one.attribution.map((v, i) => v - other.attribution[i]),
    1e-5,
    "of a difference, the difference",
  );
  model.network.dispose();
}, ["wasm", "cpu"]);

/** Sums, in double precision, of products. */
const inner = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((sum, v, i) => sum + v * b[i], 0);

/** What a rule's multipliers account for of an op's change, and how much that is. */
async function accounted(name: string, { inputs, attrs, params = {}, positive }: Case) {
  const dice = random(1).fork(`${name} ${JSON.stringify({ inputs, attrs, params })}`);
  const net = new GraphBuilder();
  const named = Object.entries(params).map(([role, shape]) => [role, [role, shape]] as const);
  net.add("node", name, inputs.map(() => INPUT), attrs, Object.fromEntries(named));
  const graph = net.build("node"), [node] = graph.nodes;
  const drawn = (shape: readonly number[], least = -Infinity) =>
    values(
      dice.normalValues(shape, 0, 1.5).map((v) => Math.max(least, Math.abs(v)) * Math.sign(v)),
      shape,
    );
  const host = new Map(
    Object.entries(params).map(([role, shape]) => {
      const numbers = drawn(shape);
      return [role, role === "variance" ? values(numbers.map((v) => v * v + 0.5), shape) : numbers];
    }),
  );
  const store = new ParameterStore(graph, host), entry = op(name);
  const call = { node, attrs: node.attrs, params: store.of(node) };
  const ends = inputs.map((shape) => {
    const numbers = drawn([2, ...shape]);
    return tf.tensor(positive ? numbers.map((v) => Math.abs(v) + 1) : numbers, [2, ...shape]);
  });
  const output = tf.tidy(() => entry.forward(ends, call));
  const one = drawn([1, ...output.shape.slice(1)]);
  const dy = tf.tensor([...one, ...one], output.shape);
  const rule = ruleFor(deepLiftRules(), node) ?? entry;
  const multipliers = tf.tidy(() => [
    ...rule.backward(dy, {
      ...call,
      inputs: rule.reads?.inputs ? ends : undefined,
      output: rule.reads?.output ? output : undefined,
      inputShapes: ends.map(({ shape }) => shape),
      outputShape: output.shape,
    }),
  ]);
  /** Picture less baseline. */
  const change = async (tensor: tf.Tensor) => {
    const all = await tensor.data(), half = all.length / 2;
    return Array.from({ length: half }, (_, i) => all[i] - all[half + i]);
  };
  const parts = await Promise.all(multipliers.map(async (tensor, i) => {
    const numbers = await tensor.data(), moved = await change(ends[i]), half = moved.length;
    assert.deepEqual(tensor.shape, ends[i].shape);
    assert.deepEqual(numbers.subarray(half), numbers.subarray(0, half), "both have the same");
    return {
      sum: inner(moved, numbers),
      size: moved.reduce((s, v, i) => s + Math.abs(v * numbers[i]), 0),
    };
  }));
  const expected = inner(await change(output), one);
  tf.dispose([...ends, output, dy, ...multipliers]);
  store.dispose();
  return {
    found: parts.reduce((all, { sum }) => all + sum, 0),
    expected,
    size: parts.reduce((all, { size }) => all + size, Math.abs(expected)),
  };
}

/** Whether three numbers are divided by their own deviation, which comes near to zero on the line between. */
const isSingular = ({ attrs = {}, inputs: [shape] }: Case) =>
  attrs.axes === 1 && shape.at(-1) === 3;

for (const [name, all] of Object.entries(cases)) {
  Deno.test(`DeepLIFT: multipliers account for the change of ${name}`, async () => {
    await useBackend("wasm");
    for (const one of all) {
      const tolerance = isSingular(one) ? 0.1 : 1e-5;
      const { found, expected, size } = await accounted(name, one);
      assert.ok(
        Math.abs(found - expected) <= tolerance * size,
        `${JSON.stringify(one)}: ${found} of ${expected}, which is made of ${size}`,
      );
    }
  });
}

/** A network of a gate that weighs channels, and attention between places. */
function gated() {
  const net = new GraphBuilder();
  const body = net.add("body.act", "swish", net.conv("body", INPUT, { in: 3, out: 6, kernel: 3 }));
  const pooled = net.conv("squeeze", net.avgPool("pool", body, { kernel: [8, 6] }), {
    in: 6,
    out: 6,
    kernel: 1,
  });
  const gate = net.add("gate", "sigmoid", pooled);
  const weighed = net.add("weighed", "multiply", [body, gate]);
  const tokens = net.add("tokens", "reshape", weighed, { shape: [48, 6] });
  const turned = net.add("turned", "permute", tokens, { order: [1, 0] });
  const shares = net.add("shares", "softmax", net.add("alike", "matMul", [tokens, turned]));
  const mixed = net.add("mixed", "matMul", [shares, tokens]);
  const normed = net.add("normed", "layerNorm", mixed, { axes: 1, epsilon: 1e-3 });
  const flat = net.add("flat", "flatten", net.add("bent", "gelu", normed));
  return modelOf(syntheticNetwork(net.build(net.dense("fc", flat, 288, 3)), "gated"), 8, 10);
}

Deno.test("DeepLIFT adds up through gates, attention and layer norm, and says what misses", async () => {
  await useBackend("wasm");
  const model = gated(), image = picture(8, 10);
  const { attribution, figures, diagnosis } = await attribute(ID, { model, image });
  const change = Number(figures!.scoreChange), sum = attribution.reduce((a, b) => a + b);
  assert.ok(Math.abs(sum - change) < 0.01 * Math.abs(change), `${sum} for ${change}`);
  assert.ok(Math.abs(sum - change - Number(figures!.completenessGap)) < 1e-5);
  assert.ok(!diagnosis.some((note) => note.includes("add up")));
  model.network.dispose();
});

Deno.test("DeepLIFT of a picture from itself is nothing", async () => {
  await useBackend("wasm");
  const { model } = tangled(), data = new Uint8ClampedArray(11 * 13 * 3).fill(128);
  const image = { width: 11, height: 13, data };
  const run = await attribute(ID, { model, image, options: { baseline: "gray" } });
  assert.ok(run.attribution.every((v) => Math.abs(v) < 1e-6));
  model.network.dispose();
});
