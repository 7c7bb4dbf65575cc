/** Other ways of preparing pictures, and which of them fit better; how far pictures are from training's. */
import assert from "node:assert/strict";
import { shareOf } from "../../core/bootstrap.ts";
import { random } from "../../core/random.ts";
import { values } from "../../core/values.ts";
import { INPUT } from "../../engine/graph.ts";
import type { Preprocess } from "../../image/preprocess.ts";
import { GraphBuilder, Network } from "../../kit.ts";
import { alternatives } from "../../report/alternatives.ts";
import type { Prepared } from "../../report/data.ts";
import { driftOf, Moments, normalizers } from "../../report/drift.ts";
import { betterWay, fitsBetter, isFar } from "../../report/fit.ts";

Deno.test("other preparations are those that differ from the model's own", () => {
  const own: Preprocess = {
    resize: 32,
    crop: 32,
    interpolation: "bilinear",
    mean: [127.5, 127.5, 127.5],
    std: [127.5, 127.5, 127.5],
    range: 255,
    channelOrder: "rgb",
  };
  const hows = alternatives(own).map(({ how }) => how);
  assert.ok(!hows.includes("levels of −1 to 1"), `${hows}`);
  assert.ok(hows.includes("levels of 0 to 255") && hows.includes("levels of 0 to 1"));
  assert.ok(hows.includes("colours in the order blue, green, red"));
  const gray = alternatives({ ...own, mean: [0], std: [1], channelOrder: "gray", range: 1 });
  assert.deepEqual(gray.map(({ how }) => how), ["levels of 0 to 255", "levels of −1 to 1"]);
});

/** So many of 40 right, and how far from training. */
const prepared = (right?: number, shift?: number, spread = 1, how = ""): Prepared => ({
  how,
  ...(right !== undefined && { accuracy: shareOf(right, 40) }),
  confidence: 0.9,
  drift: shift === undefined ? [] : [{ layer: "bn", shift, spread }],
});

Deno.test("another way fits better by what is right, beyond chance", () => {
  assert.ok(fitsBetter(prepared(12), prepared(36)));
  assert.ok(!fitsBetter(prepared(36), prepared(38)));
  const few = (right: number): Prepared => ({ how: "", accuracy: shareOf(right, 8), drift: [] });
  assert.ok(!fitsBetter(few(5), few(7)), "two of eight are chance");
  // without either nothing is said
  assert.ok(!fitsBetter(prepared(), prepared()));
});

Deno.test("another way fits better where pictures are near to those of training only then", () => {
  assert.ok(fitsBetter(prepared(undefined, 0.9), prepared(undefined, 0.1)));
  assert.ok(fitsBetter(prepared(undefined, 0.1, 0.3), prepared(undefined, 0.1, 0.9)));
  assert.ok(fitsBetter(prepared(undefined, 0.1, 4), prepared(undefined, 0.1, 1.1)));
  assert.ok(
    !fitsBetter(prepared(undefined, 0.4), prepared(undefined, 0.01)),
    "it was near already",
  );
  assert.ok(!fitsBetter(prepared(undefined, 99), prepared(undefined, 9)), "neither is near");
  assert.ok(!fitsBetter(prepared(30, 0.9), prepared(20, 0.1)), "fewer are right");
  assert.ok(isFar(prepared(undefined, 0, 0.4)) && !isFar(prepared(undefined, 0.2, 0.8)));
  assert.ok(!isFar(prepared()), "without batch-norm nothing is said");
});

Deno.test("the best of the ways that fit better is told alone", () => {
  const ways = [
    prepared(undefined, 120, 130),
    prepared(undefined, 0.5, 1, "near"),
    prepared(undefined, 0.05, 1, "nearest"),
    prepared(undefined, 60, 2, "far"),
  ];
  assert.equal(betterWay(ways)?.how, "nearest");
  assert.equal(betterWay([prepared(38), prepared(40, undefined, 1, "other")]), undefined);
  const right = [
    prepared(4),
    prepared(30, undefined, 1, "good"),
    prepared(39, undefined, 1, "best"),
  ];
  assert.equal(betterWay(right)?.how, "best");
  assert.equal(betterWay([]), undefined);
});

Deno.test("moments are the means and variances of channels over all that was given", () => {
  const numbers = random(5).normalValues([60, 3], 2, 3), found = new Moments(3);
  found.add(numbers.slice(0, 90));
  found.add(numbers.slice(90));
  for (const channel of [0, 1, 2]) {
    const own = Array.from({ length: 60 }, (_, i) => numbers[3 * i + channel]);
    const mean = own.reduce((a, b) => a + b) / 60;
    const variance = own.reduce((sum, v) => sum + (v - mean) ** 2, 0) / 60;
    assert.ok(Math.abs(found.mean(channel) - mean) < 1e-9);
    assert.ok(Math.abs(found.variance(channel) - variance) < 1e-9);
  }
});

Deno.test("drift is measured in deviations of training, and one odd channel does not move it", () => {
  const net = new GraphBuilder([null, null, 3]);
  const norm = net.add("bn", "batchNorm", [INPUT], { epsilon: 0 }, {
    mean: ["bn.mean", [3]],
    variance: ["bn.variance", [3]],
  });
  const graph = net.build(net.dense("fc", net.globalAvgPool("pool", norm), 3, 2));
  const [node] = normalizers({ network: { graph } } as never);
  assert.equal(node.name, "bn");
  const zeros = (shape: readonly number[]) =>
    values(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);
  const host = new Map([...graph.parameters].map(([name, shape]) => [name, zeros(shape)]));
  host.set("bn.mean", values(Float32Array.of(1, -4, 0), [3]));
  host.set("bn.variance", values(Float32Array.of(4, 16, 1e-12), [3]));
  const found = new Moments(3);
  // 2 ± 1, −2 ± 2 and 500 ± 0
  found.add(Float32Array.of(1, -4, 500, 3, 0, 500));
  assert.deepEqual(driftOf({ network: new Network(graph, host) } as never, node, found), {
    layer: "bn",
    shift: 0.5,
    spread: 0.5,
  });
});
