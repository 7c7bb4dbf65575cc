/** Objectives against those of Lucid, Lucent and PyTorch, and by themselves. */
import assert from "node:assert/strict";
import * as tf from "../../deps/tfjs.ts";
import { smallNetworks } from "../../conformance/mod.ts";
import { UserError } from "../../core/errors.ts";
import { random } from "../../core/random.ts";
import type { Values } from "../../core/values.ts";
import { valueAndGrads } from "../../engine/gradients/mod.ts";
import { useBackend } from "../../engine/runtime.ts";
import { loadModel } from "../../models/mod.ts";
import {
  objectives,
  parseObjective,
  parseParameterization,
  parseTransforms,
  transforms,
} from "../../visualize/mod.ts";
import { forEachBackend } from "../_support/backends.ts";
import { absence, hasShared, shared } from "../_support/reference.ts";
import fc from "../_support/property.ts";
import { near } from "../_support/tensors.ts";

type Four = [number, number, number, number];

const FOLDER = "feature-viz-and-metrics/", LAYER = "layer2", PICTURE = "car";

interface Facts {
  readonly layer: string;
  readonly other_layer: string;
  readonly channel: number;
  readonly other_channel: number;
  readonly class: number;
  readonly row: number;
  readonly column: number;
  readonly values: Readonly<Record<string, number>>;
}

/** The reference's objectives as expressions. */
function expressions(facts: Facts, direction: Values): Record<string, string> {
  const { layer, other_layer, channel, other_channel, class: wanted, row, column } = facts;
  const v = `[${[...direction].join(", ")}]`;
  return {
    channel: `channel(${layer}, ${channel})`,
    neuron: `neuron(${layer}, ${channel})`,
    neuron_at: `neuron(${layer}, ${channel}, ${row}, ${column})`,
    direction_dot: `direction(${layer}, ${v})`,
    direction_pow1: `direction(${layer}, ${v}, 1)`,
    direction_pow2: `direction(${layer}, ${v}, power=2)`,
    direction_cosine_lucent: `cosine(${layer}, ${v})`,
    direction_neuron_pow1: `direction(${layer}, ${v}, 1, 8, 8)`,
    deepdream: `layer(${layer})`,
    class_logit: `logit(${wanted})`,
    class_log_probability: `log_probability(${wanted})`,
    channel_plus_class: `0.5*channel(${layer}, ${channel}) + 2 * logit(${wanted})`,
    l1: "l1",
    l2: "l2()",
    total_variation: "tv",
    diversity: `diversity(${layer})`,
    diversity_lucent_negated: `diversity(${layer})`,
    alignment_lucent: `alignment(${layer})`,
    interpolation: `interpolation(channel(${layer}, ${channel}), ` +
      `channel(${other_layer}, ${other_channel}))`,
    channel_of_batch: `channel(${layer}, ${channel})`,
    channel_of_second: `channel(${layer}, ${channel}, batch=1)`,
  };
}

if (hasShared) {
  forEachBackend("objectives and their gradients are the reference's", async (backend) => {
    const name = `${FOLDER}objectives-${LAYER}-${PICTURE}`;
    const tensors = shared.tensors(`${name}.safetensors`);
    const facts = shared.json<Facts>(`${name}.json`);
    const weights = shared.path("models/resnet20-12fca82f.th");
    const model = await loadModel("resnet20-cifar", { weights });
    const texts = expressions(facts, tensors.get("direction")!);
    assert.deepEqual(Object.keys(texts).sort(), Object.keys(facts.values).sort());
    const tolerance = backend === "webgpu" ? 1e-3 : 1e-4;
    for (const [key, text] of Object.entries(texts)) {
      const gradient = tensors.get(`${key}.gradient`)!;
      const input = tensors.get(gradient.shape[0] === 4 ? "batch" : "input")!;
      const image = tf.tensor4d(input, [...input.shape] as Four);
      const objective = parseObjective(text, model);
      const { value, gradients, taps } = await model.network.gradient(image, objective);
      near(await value.data(), [facts.values[key]], tolerance, key);
      near(await gradients.input.data(), gradient, tolerance, `${key}.gradient`);
      tf.dispose([image, value, gradients, taps]);
    }
    model.network.dispose();
  });
} else Deno.test({ name: `objectives are the reference's${absence}`, ignore: true, fn() {} });

forEachBackend(
  "objectives of images alone, of places and of batches have the slopes of small steps",
  async () => {
    const [{ model: make, height, width }] = smallNetworks, model = make();
    const { layer } = smallNetworks[0], stream = random("slopes"), shape = [3, height, width, 3];
    const numbers = stream.normalValues(shape), way = stream.normalValues(shape, 0, 0.1);
    const channels = model.network.shapeOf(layer, height, width).at(-1)!;
    const v = [...stream.normalValues([channels])].map((n) => n.toFixed(3));
    for (
      const text of [
        ...["tv", "l1", "l2", "lp(3)", "lp", "logit(1)", "probability(0)", "log_probability(2)"],
        ...[`layer(${layer})`, `channel(${layer}, 1)`, `neuron(${layer}, 0, 1, 0)`],
        ...[`direction(${layer}, [${v}], 2)`, `cosine(${layer}, [${v}])`],
        ...[`diversity(${layer})`, `alignment(${layer}, 3)`],
        `interpolation(logit(0), 2*logit(1) - 0.1*tv)`,
        `-(channel(${layer}, 1, batch=2) / 2 - 3*logit(1, batch=0))`,
      ]
    ) {
      const objective = parseObjective(text, model);
      const valueAt = async (by: number) => {
        const x = tf.tensor4d(numbers.map((n, i) => n + by * way[i]), shape as Four);
        const { value, gradients, taps } = await model.network.gradient(x, objective);
        const found = [(await value.data())[0], await gradients.input.data<"float32">()] as const;
        tf.dispose([x, value, gradients, taps]);
        return found;
      };
      const step = 2e-3, [, gradient] = await valueAt(0);
      const told = gradient.reduce((sum, g, i) => sum + g * way[i], 0);
      const slope = ((await valueAt(step))[0] - (await valueAt(-step))[0]) / (2 * step);
      const scale = Math.max(0.2, Math.abs(slope));
      assert.ok(Math.abs(told - slope) < 0.05 * scale, `${text}: ${told}, by steps ${slope}`);
    }
    model.network.dispose();
  },
  ["cpu"],
);

Deno.test("blur is half the distance from a blurred copy that counts as given", async () => {
  await useBackend("cpu");
  const image = tf.tensor4d([0, 0, 0, 0, 1, 0, 0, 0, 0], [1, 3, 3, 1]);
  const { value, grads: [gradient] } = valueAndGrads(
    ([x]) => objectives.get("blur").make({}, undefined!).value(() => x),
    [image],
  );
  // weights ½ around 1, over what of them is inside: 5, 3.5 at an edge, 2.5 in a corner
  const blurred = [2.5, 3.5, 2.5, 3.5, 5, 3.5, 2.5, 3.5, 2.5].map((n, i) =>
    (i === 4 ? 1 : 0.5) / n
  );
  const apart = blurred.map((n, i) => (i === 4 ? 1 : 0) - n);
  near(await gradient.data(), apart, 1e-6, "gradient");
  near(await value.data(), [apart.reduce((sum, n) => sum + n * n, 0) / 2], 1e-6, "value");
  tf.dispose([image, value, gradient]);
});

const resnet = await loadModel("phosphene-resnet");
const weightsOf = (text: string) =>
  parseObjective(text, resnet).terms.map(({ weight, text }) => [weight, text]);

Deno.test("an expression is a sum of weighed objectives", () => {
  assert.deepEqual(weightsOf("channel(layer4, 12)"), [[1, "channel(layer4, 12)"]]);
  assert.deepEqual(weightsOf(" 2 * (tv - 3*l1) / 4 + -l2()*1e-3 −.5×lp( 2 )"), [
    [0.5, "tv"],
    [-1.5, "l1"],
    [-1e-3, "l2()"],
    [-0.5, "lp( 2 )"],
  ]);
  assert.deepEqual(weightsOf('logit("cat") + logit(#4) + logit(cat)').length, 3);
  assert.deepEqual(weightsOf("channel(layer4[0].act1, channel = 3, batch=1)").length, 1);
  const { layers, text } = parseObjective("tv + channel(layer3,0)+logit(cat)", resnet);
  assert.deepEqual(layers, ["input", "layer3", "logits"]);
  assert.equal(text, "tv + channel(layer3,0)+logit(cat)");
});

Deno.test("what cannot be read is told with its place", () => {
  for (
    const [text, told] of [
      ["", /: it ends where the name of an objective should stand, at its beginning\./],
      ["  ", /ends where/],
      [
        "channel(layer4, 3",
        /a "," or a "\)" is missing, at character 18, after "channel\(layer4, 3"/,
      ],
      ["chanel(layer4, 2)", /no objective "chanel"; nearest: "channel"/],
      ["tv + 3", /a number alone moves no image/],
      ["3", /it is a number/],
      ["2*3*", /ends where/],
      ["tv*tv", /objectives add up; one of the two here has to be a number, at character 3/],
      ["1/tv", /only a number divides/],
      ["tv/0", /divided by zero/],
      ["tv/(1-1)", /divided by zero/],
      ["1e999*tv", /1e999 is too large/],
      ["1e300*1e300*tv", /too large/],
      ["channel(layer9, 2)", /no layer "layer9"/],
      ["tv - channel(layer4, 9999)", /it has 128, 0 to 127, at character 6, after "tv -"/],
      ["channel(layer4)", /`channel` is missing/],
      ["channel(layer4, 2, 3)", /channel takes layer, channel, at character 20/],
      ["channel(layer4, x=3)", /channel has no "x"/],
      ["channel(layer4, 1, layer=layer3)", /"layer" is given twice/],
      ["channel(layer4, two)", /`channel` takes a whole number/],
      ["channel(layer4, 1, batch=x)", /batch is the number of an image/],
      ["tv(3)", /tv takes nothing/],
      ["logit(dog)", /no class "dog"/],
      ["neuron(layer4, 0, -1, 0)", /`row`/],
      ["direction(layer4, [1, 2])", /The direction has 2 numbers; "layer4" has 128/],
      ["direction(layer4, [1, x])", /a list is of numbers/],
      ["direction(layer4, [1, 2)", /a "\]" is missing/],
      ["direction(layer4, none.json)", /there is no such file/],
      ["interpolation(tv, 3)", /an objective should stand here/],
      ["tv) + tv", /"\) \+ tv" does not go on/],
      ["tv\ntv", /cannot be seen/],
      ["(".repeat(70) + "tv", /nested more than 64 times/],
      ["-".repeat(70) + "tv", /nested more than 64 times/],
    ] as const
  ) {
    assert.throws(() => parseObjective(text, resnet), (error) => {
      assert.ok(error instanceof UserError, `${text}: ${error}`);
      assert.match(error.message, /^Cannot read the objective: /, text);
      assert.match(error.message, told);
      return true;
    });
  }
});

Deno.test("any text is an objective or one message", () => {
  const words = [
    ...[
      "channel",
      "tv",
      "l2",
      "logit",
      "interpolation",
      "diversity",
      "layer4",
      "cat",
      "batch=",
      "1",
    ],
    ...[
      "0.5",
      "1e-3",
      "(",
      ")",
      ",",
      "+",
      "-",
      "*",
      "/",
      "[",
      "]",
      '"',
      " ",
      "#",
      "=",
      ".",
      "é",
      "\t",
    ],
  ];
  const texts = fc.oneof(
    fc.array(fc.constantFrom(...words), { maxLength: 24 }).map((parts) => parts.join("")),
    fc.string({ maxLength: 40 }),
  );
  fc.assert(
    fc.property(texts, (text) => {
      try {
        const { terms } = parseObjective(text, resnet);
        assert.ok(terms.length > 0 && terms.every(({ weight }) => Number.isFinite(weight)));
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        assert.doesNotMatch(error.message, /\n/);
      }
    }),
    { numRuns: 3000 },
  );
});

Deno.test("lists of transformations and parameterizations are read alike", () => {
  const { ids } = transforms, of = (text: string) => parseTransforms(text).uses.map(({ id }) => id);
  assert.deepEqual(of("default"), ["pad", "jitter", "scale", "rotate", "jitter"]);
  assert.deepEqual(of("none"), []);
  assert.deepEqual(of("pad(4, reflect), flip,blur(deviation=1.5)"), ["pad", "flip", "blur"]);
  assert.ok(ids.length >= 6);
  assert.throws(() => parseTransforms("pad"), /list of transformations: pad: `pixels` is missing/);
  assert.throws(() => parseTransforms("pad(3),"), /it ends where the name of a transformation/);
  assert.throws(() => parseTransforms("scale(1.2, 0.8)"), /the smallest factor comes first/);
  assert.throws(() => parseTransforms("turn(3)"), /no transformation "turn"/);
  assert.throws(() => parseParameterization("wavelets"), /no parameterization "wavelets"/);
  assert.throws(() => parseParameterization("fourier(decay=9)"), /`decay` takes a number/);
  assert.throws(() => parseParameterization("pixels, fourier"), /does not go on/);
});
