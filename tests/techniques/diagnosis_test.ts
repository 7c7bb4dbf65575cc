/** What runs say of themselves when something is wrong; and that it is true. */
import assert from "node:assert/strict";
import { GraphBuilder } from "../../engine/builder.ts";
import { INPUT } from "../../engine/graph.ts";
import { Network } from "../../engine/network.ts";
import { attribute, type Model, useBackend, type Values, values, visualize } from "../../mod.ts";
import { paint } from "../../image/render.ts";
import { signedMap, unsignedMap } from "../../run/maps.ts";
import { firstComponent } from "../../techniques/_principal.ts";
import { modelOf, picture } from "../../conformance/networks.ts";
import { near } from "../_support/tensors.ts";

await useBackend("wasm");
const SIDE = 8, image = picture(SIDE, SIDE);

/** A convolution of 2 channels, its ReLU, its mean, and a dense layer, with these numbers. */
function network(numbers: { conv?: number[]; bias?: number[]; dense?: number[]; out?: number[] }) {
  const net = new GraphBuilder();
  const relu = net.relu("relu", net.conv("conv", INPUT, { in: 3, out: 2, kernel: 1, bias: true }));
  const graph = net.build(net.dense("fc", net.globalAvgPool("pool", relu), 2, 2));
  const host = new Map<string, Values>([
    ["conv.weight", values(Float32Array.from(numbers.conv ?? [1, 0, 0, 1, 1, 1]), [1, 1, 3, 2])],
    ["conv.bias", values(Float32Array.from(numbers.bias ?? [0.1, 0.1]), [2])],
    ["fc.weight", values(Float32Array.from(numbers.dense ?? [1, 0, 0, 1]), [2, 2])],
    ["fc.bias", values(Float32Array.from(numbers.out ?? [0, 0]), [2])],
  ]);
  return new Network(graph, host, "small");
}

const model = (numbers: Parameters<typeof network>[0]): Model => ({
  ...modelOf(network(numbers), SIDE, SIDE),
  labels: ["cat", "dog"],
});

const explain = (id: string, on: Model, options: Record<string, unknown> = {}) =>
  attribute(id, { model: on, image, options: { class: 0, ...options } });
const says = (run: { diagnosis: readonly string[] }, sentence: RegExp) =>
  assert.match(run.diagnosis.join("\n"), sentence);

Deno.test("a score that no channel moves: ablation's map is zero, and both trials say so", async () => {
  const on = model({ dense: [0, 1, 0, 1] });
  const ablation = await explain("ablation-cam", on);
  assert.equal(ablation.target.logit, 0);
  assert.deepEqual([...new Set(ablation.attribution)], [0]);
  says(ablation, /No channel of "relu" moves the score of cat by itself/);
  says(await explain("score-cam", on), /No channel of "relu" moves the score of cat by itself/);
});

Deno.test("a score below zero is told; ablation keeps the sign of what raises it", async () => {
  // every channel lowers the class's score: nothing speaks for it
  const lowered = await explain("ablation-cam", model({ dense: [-1, 0, -1, 0] }));
  assert.ok(lowered.target.logit < 0);
  assert.deepEqual([...new Set(lowered.attribution)], [0]);
  says(lowered, /The score of cat is below zero \(-\d/);
  // one of them raises a score that its bias keeps below zero
  const raised = await explain("ablation-cam", model({ dense: [1, 0, 0, 0], out: [-9, 0] }));
  assert.ok(raised.target.logit < 0 && Math.max(...raised.attribution) > 0);
  says(await explain("score-cam", model({ out: [-9, 0] })), /below zero/);
  assert.deepEqual((await explain("ablation-cam", model({}))).diagnosis, []);
});

Deno.test("a signed CAM keeps what speaks against the class", async () => {
  const on = model({ dense: [-1, 0, -2, 0] });
  const plain = await explain("grad-cam", on);
  says(plain, /Every place of "relu" speaks against cat.*`signed` shows it/);
  const signed = await explain("grad-cam", on, { signed: true });
  assert.ok(signed.attribution.every((v) => v <= 0) && Math.min(...signed.attribution) < 0);
  assert.equal(signed.colors, "diverging");
  assert.ok(signed.map.every((v) => v <= 0.5));
  assert.equal(signed.scale!.low, -signed.scale!.high);
});

Deno.test("several layers' maps: scaled and averaged, averaged and scaled, or the largest", async () => {
  const net = new GraphBuilder();
  const a = net.relu("a", net.conv("c1", INPUT, { in: 3, out: 2, kernel: 1, bias: true }));
  const b = net.relu("b", net.conv("c2", a, { in: 2, out: 2, kernel: 3, pad: 1, bias: true }));
  const graph = net.build(net.dense("fc", net.globalAvgPool("pool", b), 2, 2));
  const host = new Map([...graph.parameters].map(([name, shape]) =>
    [
      name,
      values(
        Float32Array.from({ length: shape.reduce((x, y) => x * y, 1) }, (_, i) =>
          0.1 + (i * 7 % 5) / 9),
        shape,
      ),
    ] as const
  ));
  const on = { ...modelOf(new Network(graph, host), SIDE, SIDE), labels: ["cat", "dog"] };
  const of = async (options: Record<string, unknown>) =>
    (await explain("grad-cam", on, options)).attribution;
  const [one, two] = [await of({ layer: "a" }), await of({ layer: "b" })];
  const [first, second] = [one, two].map((map) => unsignedMap(map).map);
  const layer = "a,b";
  near(await of({ layer }), first.map((v, i) => (v + second[i]) / 2), 1e-6, "mean");
  near(
    await of({ layer, combine: "mean-first" }),
    one.map((v, i) => (v + two[i]) / 2),
    1e-6,
    "mean-first",
  );
  near(
    await of({ layer, combine: "max" }),
    first.map((v, i) => Math.max(v, second[i])),
    1e-6,
    "max",
  );
});

Deno.test("what is not finite has a colour that no scale has, and hides no other number", async () => {
  const raw = values(Float32Array.of(0, NaN, 2, Infinity, 4, -Infinity), [2, 3]);
  const { map, scale } = unsignedMap(raw);
  assert.deepEqual([...map], [0, NaN, 0.5, NaN, 1, NaN]);
  assert.deepEqual(scale, { low: 0, high: 4 });
  assert.deepEqual([...signedMap(raw).map].map(Number.isNaN), [
    false,
    true,
    false,
    true,
    false,
    true,
  ]);
  for (const colors of ["gray", "perceptual", "diverging"] as const) {
    const { data } = await paint(map, colors);
    const pixels = Array.from({ length: 6 }, (_, i) => [...data.subarray(3 * i, 3 * i + 3)]);
    assert.deepEqual(pixels.filter((_, i) => Number.isNaN(map[i])), [
      [255, 0, 255],
      [255, 0, 255],
      [255, 0, 255],
    ]);
    const others = await paint(
      values(Float32Array.from({ length: 256 }, (_, i) => i / 255), [16, 16]),
      colors,
    );
    for (let i = 0; i < 256; i++) {
      assert.notDeepEqual([...others.data.subarray(3 * i, 3 * i + 3)], [255, 0, 255]);
    }
  }
});

Deno.test("a dream on broken weights is refused for what it is", async () => {
  const on = model({ conv: [NaN, 0, 0, 1, 1, 1] });
  for (const technique of ["deepdream", "filter-viz"]) {
    const asked = technique === "deepdream" ? { image } : {};
    await assert.rejects(
      visualize(technique, { model: on, ...asked, options: { steps: 2 } }),
      /not finite at "relu".*its weights or its preprocessing must be wrong/,
    );
  }
});

Deno.test("a channel that dies on the way is told, with the step", async () => {
  // it responds to bright pixels; weight decay darkens them to a tenth in one step
  const on = model({ conv: [1, 0, 0, 1, 1, 1], bias: [-0.5, 0] });
  const dream = (weightDecay: number) =>
    visualize("filter-viz", {
      model: { ...on, preprocess: { ...on.preprocess, mean: [0], std: [1] } },
      options: { steps: 4, optimizer: "sgd", learningRate: 0.9, weightDecay },
    });
  const dying = await dream(1);
  says(dying, /Channel 0 of "relu" died after step 1: .*A smaller `learningRate`/);
  assert.ok(dying.losses[0] < 0 && dying.losses.slice(1).every((loss) => loss === 0));
  assert.deepEqual((await dream(0)).diagnosis, []);
});

Deno.test("the first component is found where the next is as large but for a thousandth", async () => {
  // two orthogonal directions over the places, of singular values 1 and 0.9995
  const places = 64, channels = 24, close = 0.9995;
  const wave = (k: number, i: number) => Math.cos(Math.PI * k * (i + 0.5) / places);
  const data = Float32Array.from({ length: places * channels }, (_, i) => {
    const place = Math.floor(i / channels), channel = i % channels;
    return (channel === 3 ? wave(1, place) : 0) + (channel === 7 ? close * wave(2, place) : 0);
  });
  const many = await firstComponent(values(data, [8, 8, channels]));
  const up = Math.sign(many.projection[0]);
  const expected = Array.from({ length: places }, (_, i) => wave(1, i));
  near(many.projection.map((v) => up * v), expected, 1e-4, "many places");
  assert.ok(Math.abs(many.share - 1 / (1 + close ** 2)) < 1e-4);
  // fewer places than channels: the other side's products
  const turned = Float32Array.from({ length: 12 * 40 }, (_, i) => {
    const place = Math.floor(i / 40), channel = i % 40;
    const along = (k: number) => Math.cos(Math.PI * k * (place + 0.5) / 12);
    return channel === 5 ? along(1) : channel === 30 ? close * along(2) : 0;
  });
  const { projection } = await firstComponent(values(turned, [3, 4, 40]));
  const sign = Math.sign(projection[0]);
  near(
    projection.map((v) => sign * v),
    Array.from({ length: 12 }, (_, i) => Math.cos(Math.PI * (i + 0.5) / 12)),
    1e-4,
    "few places",
  );
});
