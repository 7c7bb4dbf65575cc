/** Sobol and HSIC attribution: the papers read literally, the peer's estimators, and what is exact. */
import assert from "node:assert/strict";
import { sobolSequence } from "../../core/sobol_sequence.ts";
import { useBackend } from "../../engine/runtime.ts";
import { attribute } from "../../techniques/mod.ts";
import { forEachBackend } from "../_support/backends.ts";
import { near } from "../_support/tensors.ts";
import { dense, explained } from "../parity/_peers.ts";
import { slow, tangled } from "./_slow.ts";

/** The logit of a masked picture, each of whose pixels shows the cell that its centre lies in. */
function maskedLogit(
  { model, input, shape, height, width }: ReturnType<typeof tangled>,
  target: number,
  grid: number,
  fill = 0,
) {
  return (mask: readonly number[]) => {
    const shown = Array.from(input, (v, i) => {
      const y = Math.floor(i / 3 / width), x = Math.floor(i / 3) % width;
      const row = Math.floor((y + 0.5) / height * grid);
      const m = mask[row * grid + Math.floor((x + 0.5) / width * grid)];
      return v * m + fill * (1 - m);
    });
    const { tape, logits } = slow(model.network, shown, shape);
    return tape.values[logits[target]];
  };
}

const rows = (points: Float32Array, each: number) =>
  Array.from({ length: points.length / each }, (_, n) => [
    ...points.subarray(n * each, (n + 1) * each),
  ]);
const mean = (of: readonly number[]) => of.reduce((sum, v) => sum + v, 0) / of.length;

forEachBackend("sobol: Jansen's estimate over A, B and A with a cell of B", async (backend) => {
  const small = tangled(), target = 2, grid = 3, designs = 8, cells = grid * grid;
  const score = maskedLogit(small, target, grid, 0.25);
  const both = rows(sobolSequence(designs, 2 * cells), 2 * cells);
  const ofA = both.map((point) => score(point.slice(0, cells)));
  const variance = ofA.reduce((sum, f) => sum + (f - mean(ofA)) ** 2, 0) / (designs - 1);
  const expected = Array.from({ length: cells }, (_, cell) =>
    mean(both.map((point, j) => {
      const mixed = point.slice(0, cells).with(cell, point[cells + cell]);
      return (ofA[j] - score(mixed)) ** 2;
    })) / 2 / variance);
  const { model, image } = small, options = { class: target, grid, designs, fill: 0.25 };
  const run = await attribute("sobol", { model, image, options });
  assert.deepEqual(run.attribution.shape, [grid, grid]);
  near(run.attribution, expected, backend === "webgpu" ? 1e-2 : 1e-3, "sobol");
  near([run.figures!.variance as number], [variance], 1e-2, "variance");
  assert.equal(run.colors, "perceptual");
  model.network.dispose();
}, ["wasm", "cpu"]);

forEachBackend("HSIC: the trace of the centred kernels", async (backend) => {
  const small = tangled(), target = 1, grid = 2, masks = 37, cells = grid * grid;
  const score = maskedLogit(small, target, grid);
  const shown = rows(sobolSequence(masks, cells), cells)
    .map((point) => point.map((v) => v > 0.5 ? 1 : 0));
  const scores = shown.map(score), width = scores.toSorted((a, b) => a - b)[18];
  const matrix = (of: (i: number, j: number) => number) =>
    Array.from({ length: masks }, (_, i) => Array.from({ length: masks }, (_, j) => of(i, j)));
  const times = (a: number[][], b: number[][]) =>
    matrix((i, j) => a[i].reduce((sum, v, k) => sum + v * b[k][j], 0));
  const h = matrix((i, j) => (i === j ? 1 : 0) - 1 / masks);
  const l = matrix((i, j) => Math.exp(-((scores[i] - scores[j]) ** 2) / (2 * width ** 2)));
  const expected = Array.from({ length: cells }, (_, cell) => {
    const k = matrix((i, j) => 1.5 - (shown[i][cell] - shown[j][cell]) ** 2);
    const product = times(times(k, h), times(l, h));
    return product.reduce((sum, row, i) => sum + row[i], 0) / masks;
  });
  const { model, image } = small, options = { class: target, grid, masks };
  const run = await attribute("hsic", { model, image, options });
  assert.deepEqual(run.attribution.shape, [grid, grid]);
  near(run.attribution, expected, backend === "webgpu" ? 1e-2 : 1e-3, "hsic");
  assert.deepEqual(run.diagnosis, []);
  model.network.dispose();
}, ["wasm", "cpu"]);

/** A picture of 4×4 numbers, three hidden ones and two outputs. */
const hidden = {
  net: () =>
    dense([4, 4, 1], [
      ["hidden", {
        w: [
          [0.5, -1, 0.25, 2, 1, 0, -0.5, 1, -2, 0.75, 1, 0, 0.5, -0.25, 1, -1],
          [-1, 1, 0.5, 0, 0.25, 2, -1, 1, 0, -0.5, 1, 1.5, -1, 0.5, 0.75, 0.25],
          [0.25, 0.5, -1, 1, -0.75, 1, 1, -2, 0.5, 1, 0, -1, 1.5, -1, 0.25, 0.5],
        ],
        b: [0.5, -1, 0.25],
      }],
      ["act", "relu"],
      ["out", { w: [[1, -0.5, 2], [-1, 1.5, 0.5]], b: [0.125, -0.25] }],
    ]),
  input: [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3],
};

Deno.test("sobol and hsic: the figures of xplique's designs and estimators", async () => {
  await useBackend("cpu");
  const cases: [string, Record<string, unknown>, number, number[]][] = [
    ["sobol", { grid: 2, designs: 32 }, 0, [0.13140723, 0.4520637, 0.4040469, 0.14337872]],
    ["sobol", { grid: 3, designs: 64 }, 1, [
      ...[0.024964843, 0.009348014, 0.002394497, 0.0329982, 0.54646975],
      ...[0.19744746, 0.15571001, 0.03042463, 0.015623795],
    ]],
    [
      "sobol",
      { grid: 2, designs: 8, fill: 4 },
      1,
      [0.07638231, 0.13411434, 0.017881911, 0.3362172],
    ],
    ["hsic", { grid: 2, masks: 50 }, 0, [0.360392052, 2.579215633, 2.533955353, 0.794665497]],
    ["hsic", { grid: 3, masks: 300 }, 1, [
      ...[0.795311054, 0.275109422, 0.116207421, 0.751370515, 19.750216184],
      ...[5.054606659, 4.232329329, 0.931515687, 0.401030621],
    ]],
  ];
  for (const [technique, options, target, expected] of cases) {
    const { attribution } = await explained({ ...hidden, technique, options, target });
    near(attribution, expected, 1e-5, `${technique} ${JSON.stringify(options)}`);
  }
});

Deno.test("sobol: of a sum, each place's share of the squares; of a constant, nothing", async () => {
  await useBackend("cpu");
  const weights = [1, -2, 0, 3], input = [2, 1, 7, 1];
  const net = () => dense([2, 2, 1], [["sum", { w: [weights] }]]);
  const options = { grid: 2, designs: 1024 };
  const { attribution } = await explained({ net, input, technique: "sobol", options });
  const squares = weights.map((w, i) => (w * input[i]) ** 2);
  const all = squares.reduce((a, b) => a + b);
  squares.forEach((square, i) =>
    assert.ok(Math.abs(attribution[i] - square / all) < 0.01, `${[...attribution]}`)
  );
  const flat = () => dense([2, 2, 1], [["sum", { w: [[0, 0, 0, 0]], b: [2] }]]);
  for (const technique of ["sobol", "hsic"]) {
    const run = await explained({ net: flat, input, technique, options: { grid: 2 } });
    assert.ok(run.attribution.every((v) => v === 0), technique);
    assert.match(run.diagnosis.join(), /zero everywhere/);
  }
});

Deno.test("sobol and hsic: what they cannot be asked, and masks that tell too little apart", async () => {
  await useBackend("wasm");
  const { model, image } = tangled();
  await assert.rejects(
    attribute("sobol", { model, image, options: { designs: 12 } }),
    /`designs`: a Sobol sequence is even after a power of two .*; found 12/,
  );
  const { diagnosis } = await attribute("hsic", { model, image, options: { grid: 4, masks: 7 } });
  assert.match(diagnosis.join(), /16 cells .* only \d can be told apart: more `masks`/);
  const of = async (target: string) =>
    (await attribute("sobol", { model, image, target, options: { grid: 2 } })).attribution;
  assert.notDeepEqual(await of("0 - 1"), await of("0"));
  model.network.dispose();
});
