/** Atlases: which places are drawn, which squares they lie in, and what a square's image is made for. */
import assert from "node:assert/strict";
import { Layer } from "../../jobs/kinds/_layer_scan.ts";
import { cellsOf, gridFor, gridsOf, LEAST_POINTS } from "../../microscope/cells.ts";
import { embedded } from "../../microscope/embed.ts";
import { iconOf } from "../../microscope/icons.ts";
import { layersOf } from "../../microscope/layers.ts";
import { sampledOf, Samples } from "../../microscope/samples.ts";
import { loadModel, useBackend } from "../../mod.ts";
import { random } from "../../core/random.ts";
import { values } from "../../core/values.ts";

Deno.test("places are drawn by their picture, each once, none at the edge of a map", () => {
  const [rows, columns, channels] = [5, 6, 2], shape = [1, rows, columns, channels];
  // both channels say which place it is
  const data = Float32Array.from(
    { length: rows * columns * channels },
    (_, i) => Math.floor(i / 2) + 1,
  );
  const drawn = (sampled: number, seed: string) => {
    const layer = new Layer(sampled);
    layer.add(data, shape, [seed]);
    const { sample, of } = layer.result();
    assert.deepEqual(sample.shape, [of.length, channels]);
    assert.ok(of.every((row) => row === 0));
    return [...sample].filter((_, i) => i % 2 === 0).map((value) => value - 1);
  };
  const inner = drawn(64, "a").sort((a, b) => a - b);
  assert.deepEqual(inner, [7, 8, 9, 10, 13, 14, 15, 16, 19, 20, 21, 22], "all that are inside");
  const some = drawn(4, "a");
  assert.deepEqual(some, drawn(4, "a"));
  assert.equal(new Set(some).size, 4);
  assert.ok(some.every((place) => inner.includes(place)));
  const seeds = Array.from({ length: 40 }, (_, i) => drawn(1, `${i}`)[0]);
  assert.ok(new Set(seeds).size > 8, "pictures are not all asked at one place");
});

Deno.test("a row of features is one place; small maps are drawn from as a whole", () => {
  const row = new Layer(8), small = new Layer(8);
  row.add(Float32Array.of(1, 2, 3, 4), [2, 2], ["a", "b"]);
  assert.deepEqual([...row.result().sample], [1, 2, 3, 4]);
  assert.deepEqual([...row.result().of], [0, 1]);
  small.add(new Float32Array(9 * 3), [1, 3, 3, 3], ["a"]);
  assert.deepEqual(small.result().sample.shape, [8, 3]);
});

Deno.test("few pictures give several places each, many give one", () => {
  assert.deepEqual([1, 100, 300, 500, 2000, 4000, 1e6].map(sampledOf), [16, 16, 16, 8, 2, 1, 1]);
});

Deno.test("samples: those that say nothing are left out; means and angles are theirs", () => {
  const samples = new Samples(2, 10, 0), none = values(new Float32Array(), [0]);
  const scan = (rows: number[][], of: number[]) => ({
    sample: values(Float32Array.from(rows.flat()), [rows.length, 2]),
    of: values(Float32Array.from(of), [of.length]),
    ...{ max: none, place: none, mean: none, histogram: none },
  });
  samples.add(scan([[3, 4], [0, 0], [NaN, 1]], [0, 0, 1]), [7, 8]);
  samples.add(scan([[0, 2]], [0]), [9]);
  assert.equal(samples.count, 2);
  assert.deepEqual([0, 1].map((place) => samples.pictureOf(place)), [7, 9]);
  assert.deepEqual([...samples.directions()], [...Float32Array.of(0.6, 0.8, 0, 1)]);
  assert.deepEqual([...samples.mean([0, 1])], [1.5, 3]);
  assert.ok(Math.abs(samples.cosine(0, Float64Array.of(0, 5)) - 0.8) < 1e-12);

  const many = new Samples(2, 100_000, 0), rows = Array.from({ length: 1000 }, () => [1, 1]);
  many.add(scan(rows, rows.map((_, i) => i)), rows.map((_, i) => i));
  // 5 000 of 100 000 are kept: about one in twenty
  assert.ok(many.count > 20 && many.count < 90, `${many.count}`);
});

Deno.test("squares: each point in the one that it lies in, stray ones and thin squares left out", () => {
  // a hundred points in each corner of [0, 8)², one far outside
  const points = [0.5, 7.5].flatMap((y) =>
    [0.5, 7.5].flatMap((x) =>
      Array.from({ length: 100 }, (_, i) => [x + (i % 10) / 100, y + Math.floor(i / 10) / 100])
    )
  );
  points.push([1000, 4], [4, -1000]);
  const positions = Float32Array.from(points.flat()), cells = cellsOf(positions, 4);
  assert.deepEqual(
    cells.map(({ row, column }) => [row, column]),
    [[0, 0], [0, 3], [3, 0], [3, 3]],
  );
  for (const { row, column, members } of cells) {
    assert.ok(members.length >= 95 && members.length <= 100);
    for (const point of members) {
      assert.equal(points[point][0] > 4, column === 3);
      assert.equal(points[point][1] > 4, row === 3);
    }
  }
  const thin = Float32Array.from([0, 0, 0, 0, 0, 0, 9, 9, 9, 9].slice(0, 10));
  assert.deepEqual(cellsOf(thin, 4).map(({ members }) => members), [[0, 1, 2]]);
  assert.equal(LEAST_POINTS, 3);
  const same = cellsOf(new Float32Array(20).fill(2), 8);
  assert.deepEqual(same.map(({ row, column, members }) => [row, column, members.length]), [
    [0, 0, 10],
  ]);
});

Deno.test("grids halve down to four squares a side, and are finer for more points", () => {
  assert.deepEqual(gridsOf(16), [4, 8, 16]);
  assert.deepEqual(gridsOf(20), [5, 10, 20]);
  assert.deepEqual(gridsOf(4), [4]);
  assert.deepEqual([10, 300, 1000, 4000, 5000, 1e6].map(gridFor), [4, 4, 8, 16, 16, 16]);
});

Deno.test("a layout keeps together what is alike, and is the same again", async () => {
  const groups = 3, each = 30, size = 8, drawn = random(1), { signal } = new AbortController();
  const data = Float32Array.from({ length: groups * each * size }, (_, i) => {
    const group = Math.floor(i / size / each);
    return (i % size === group ? 1 : 0) + drawn.uniform(0, 0.2);
  });
  const laidOut = () => embedded({ data, size, seed: 3 }, signal, () => {});
  const positions = await laidOut();
  assert.equal(positions.length, 2 * groups * each);
  const at = (point: number) => [positions[2 * point], positions[2 * point + 1]];
  const far = (a: number, b: number) => Math.hypot(at(a)[0] - at(b)[0], at(a)[1] - at(b)[1]);
  for (let point = 0; point < groups * each; point++) {
    const others = [...Array(groups * each).keys()].filter((other) => other !== point);
    const nearest = others.reduce((a, b) => far(point, a) <= far(point, b) ? a : b);
    assert.equal(Math.floor(nearest / each), Math.floor(point / each), `point ${point}`);
  }
  assert.deepEqual(await laidOut(), positions);
});

Deno.test("a layout can be stopped", async () => {
  const stop = new AbortController(), drawn = random(2);
  const data = Float32Array.from({ length: 2000 * 32 }, () => drawn.next());
  const running = embedded({ data, size: 32, seed: 0 }, stop.signal, () => {});
  setTimeout(() => stop.abort(), 50);
  await assert.rejects(running, { name: "AbortError" });
  await assert.rejects(embedded({ data, size: 32, seed: 0 }, stop.signal, () => {}), {
    name: "AbortError",
  });
});

Deno.test("an image is as large as what its place sees, and shows the middle", async () => {
  await useBackend("cpu");
  const model = await loadModel("phosphene-resnet");
  const [first, third, pooled] = layersOf(model, ["layer1", "layer3", "avgpool"]);
  const early = iconOf(model, first), late = iconOf(model, third);
  assert.ok(early.side < late.side && late.side <= 64, `${early.side} and ${late.side}`);
  for (const { side, shown, each, place } of [early, late]) {
    assert.ok(shown < side && each === shown);
    assert.ok(place && place[0] === place[1] && place[0] > 0);
  }
  assert.deepEqual(iconOf(model, pooled), { side: 64, shown: 64, each: 64, place: undefined });
  model.network.dispose();
});
