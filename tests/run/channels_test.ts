/** Networks that see brightness alone, or colours and alpha; what is declared of their pictures. */
import assert from "node:assert/strict";
import { GraphBuilder } from "../../engine/builder.ts";
import { INPUT } from "../../engine/graph.ts";
import {
  attribute,
  type Model,
  normalize,
  predict,
  type Preprocess,
  techniques,
  unnormalize,
  useBackend,
  UserError,
  visualize,
} from "../../mod.ts";
import { seenBy } from "../../image/preprocess.ts";
import { declared } from "../../run/preprocess.ts";
import { resultFaults } from "../../run/plugins/_result.ts";
import { modelOf, picture } from "../../conformance/networks.ts";
import { syntheticNetwork } from "../../conformance/synthetic.ts";

await useBackend("wasm");
const SIDE = 14, image = picture(SIDE, SIDE);
const plain: Preprocess = {
  resize: null,
  crop: null,
  interpolation: "bilinear",
  mean: [0.25],
  std: [0.5],
  range: 1,
  channelOrder: "rgb",
};

function model(channels: number, about: Partial<Preprocess> = {}): Model {
  const net = new GraphBuilder([null, null, channels]);
  const a = net.relu("a", net.conv("c1", INPUT, { in: channels, out: 6, kernel: 3, pad: 1 }));
  const graph = net.build(net.dense("fc", net.globalAvgPool("pool", a), 6, 3));
  const made = modelOf(syntheticNetwork(graph, `of-${channels}`), SIDE, SIDE);
  return { ...made, preprocess: declared(plain, about, channels, made.id) };
}

const MODELS = { gray: model(1), rgba: model(4, { channelOrder: "rgba" }) };

for (const [name, on] of Object.entries(MODELS)) {
  const channels = on.preprocess.mean.length;
  for (const technique of techniques) {
    Deno.test(`${technique.id} on a network of ${name} pictures`, async () => {
      const options = {
        "rise": { masks: 8 },
        "deepdream": { steps: 3, learningRate: 0.1 },
        "filter-viz": { steps: 3 },
        "feature-viz": { steps: 3 },
        "class-viz": { steps: 3 },
        "feature-inversion": { steps: 3 },
        "caricature": { steps: 3 },
      }[technique.id] ?? {};
      if (technique.kind === "attribution") {
        const run = await attribute(technique.id, { model: on, image, options });
        const result = { ...run, overlay: run.strength };
        assert.deepEqual(resultFaults("attribution", result, [1, SIDE, SIDE, channels]), []);
        const { shape } = run.attribution;
        assert.ok(shape.length === 2 || shape[2] === channels, `${shape}`);
        const { data } = run.seen;
        if (channels === 1) assert.ok(data.every((v, i) => v === data[i - i % 3]), "in gray");
      } else {
        const asked = technique.picture === "none" ? {} : { image };
        const run = await visualize(technique.id, { model: on, ...asked, options });
        assert.deepEqual(run.image.shape, [SIDE, SIDE, channels]);
        assert.ok(run.losses.length > 0 && run.image.every(Number.isFinite));
      }
    });
  }
}

Deno.test("brightness is Pillow's, and gray pictures are themselves", () => {
  // Image.new("RGB", (1, 1), color).convert("L") of Pillow
  const LUMA: readonly [rgb: number[], gray: number][] = [
    [[255, 0, 0], 76],
    [[0, 255, 0], 150],
    [[0, 0, 255], 29],
    [[12, 200, 77], 130],
    [[255, 255, 255], 255],
    [[7, 7, 7], 7],
  ];
  for (const [rgb, gray] of LUMA) {
    const one = { width: 1, height: 1, data: Uint8ClampedArray.from(rgb) };
    assert.deepEqual([...seenBy(one, "gray").data], [gray, gray, gray]);
    const spec = { ...plain, channelOrder: "gray" } as const;
    const input = normalize(one, spec);
    assert.deepEqual([...input], [Math.fround((Math.fround(gray / 255) - 0.25) / 0.5)]);
    assert.deepEqual([...unnormalize(input, spec).data], [gray, gray, gray]);
  }
});

Deno.test("a picture comes back from each kind of channels", () => {
  for (const channelOrder of ["rgb", "bgr", "rgba", "bgra"] as const) {
    for (const range of [1, 255] as const) {
      const spec = { ...plain, channelOrder, range, mean: [0.2], std: [0.7] };
      assert.deepEqual(unnormalize(normalize(image, spec), spec).data, image.data, channelOrder);
    }
  }
  const alpha = normalize(image, { ...plain, channelOrder: "bgra" }).filter((_, i) => i % 4 === 3);
  assert.ok(alpha.every((v) => v === 1.5), "full alpha: (1 − 0.25) / 0.5");
});

const DECLARED: readonly [
  channels: number,
  given: Partial<Preprocess>,
  found: Partial<Preprocess> | RegExp,
][] = [
  [1, {}, { channelOrder: "gray", mean: [0.25], std: [0.5] }],
  [3, {}, { channelOrder: "rgb", mean: [0.25, 0.25, 0.25] }],
  [3, { mean: [1, 2, 3] }, { mean: [1, 2, 3] }],
  [3, { channelOrder: "bgr", std: undefined }, { channelOrder: "bgr", std: [0.5, 0.5, 0.5] }],
  [1, { mean: [1, 2, 3] }, /`mean` has 3 numbers, and the network has 1 channel\./],
  [3, { std: [1, 2] }, /`std` has 2 numbers/],
  [3, { channelOrder: "gray" }, /order gray, which has 1 channels: the network takes 3/],
  [4, { channelOrder: "rgba" }, { channelOrder: "rgba", mean: [0.25, 0.25, 0.25, 0.25] }],
];

Deno.test("what is declared of channels fits the network, or is refused", () => {
  const { channelOrder: _, ...own } = plain;
  for (const [channels, given, found] of DECLARED) {
    const declare = () => declared(own, given, channels, "it");
    if (found instanceof RegExp) assert.throws(declare, (e: Error) => found.test(e.message));
    else {
      const made = declare();
      for (const [part, value] of Object.entries(found)) {
        assert.deepEqual(made[part as keyof Preprocess], value, part);
      }
    }
  }
  // as timm makes an RGB network gray: one mean of the three
  assert.deepEqual(declared({ ...own, mean: [0.25, 0.5, 0.75] }, {}, 1, "it").mean, [0.5]);
});

Deno.test("four channels are not guessed, and five have no picture", async () => {
  for (
    const [channels, message] of [[4, /declare `channelOrder: rgba`/], [5, /1 \(brightness\)/]]
  ) {
    const on = model(channels as number);
    await assert.rejects(predict(on, image), (error: Error) => {
      assert.ok(error instanceof UserError);
      assert.match(error.message, message as RegExp);
      return true;
    });
  }
});
