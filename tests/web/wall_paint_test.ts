import assert from "node:assert/strict";
import {
  commonEnds,
  cutOf,
  outline,
  painted,
  rawOf,
  rescaled,
  type WallMap,
} from "../../web/wall_paint.ts";

const mapOf = (map: number[], parts: Partial<WallMap> = {}): WallMap => ({
  width: map.length,
  height: 1,
  map: Float32Array.from(map),
  diverging: false,
  ...parts,
});

Deno.test("a map's number stands for a raw value between its ends", () => {
  assert.equal(rawOf({ low: -2, high: 2 }, 0.75), 1);
  assert.equal(rawOf({ low: 1, high: 5 }, 0), 1);
  assert.equal(rawOf({}, 0.25), 0.25);
});

Deno.test("maps that share a scale show equal raw values alike", () => {
  const small = mapOf([0, 1], { low: 0, high: 1 }),
    large = mapOf([0, 0.25, 1], { low: 0, high: 4 });
  const ends = commonEnds([small, large]);
  assert.deepEqual(ends, { low: 0, high: 4 });
  assert.deepEqual([...rescaled(small, ends)], [0, 0.25]);
  assert.deepEqual([...rescaled(large, ends)], [0, 0.25, 1]);
  const signed = [mapOf([0.5], { low: -1, high: 1, diverging: true })];
  assert.deepEqual(commonEnds([...signed, mapOf([1], { low: -3, high: 3, diverging: true })]), {
    low: -3,
    high: 3,
  });
  assert.deepEqual([...rescaled(signed[0], { low: -3, high: 3 })], [0.5]); // zero stays zero
  assert.equal(commonEnds([mapOf([1])]), undefined);
});

Deno.test("the strongest share is cut by weight, of signed maps by distance from zero", () => {
  const unsigned = mapOf([0, 0.1, 0.2, 0.9]);
  assert.equal(cutOf(unsigned, 1), 0);
  assert.equal(cutOf(unsigned, 0.25), Math.fround(0.9));
  assert.equal(cutOf(unsigned, 0.5), Math.fround(0.2));
  const signed = mapOf([0.5, 0, 0.75, 0.5], { diverging: true });
  assert.equal(cutOf(signed, 0.25), 1);
  assert.ok(cutOf(mapOf([0, 0, 0, NaN]), 0.5) > 0); // nothing that has no weight is let through
});

Deno.test("colours, clear parts and what is not finite", () => {
  const table = Uint8ClampedArray.from({ length: 256 * 3 }, (_, i) => Math.floor(i / 3));
  const options = { table, cut: 0, strength: 1, sheer: false };
  assert.deepEqual([...painted(mapOf([0, 1, NaN]), options)], [
    ...[0, 0, 0, 255],
    ...[255, 255, 255, 255],
    ...[255, 0, 255, 255],
  ]);
  const signed = mapOf([0.5, 1, 0.75], { diverging: true });
  const alpha = (data: Uint8ClampedArray) => [3, 7, 11].map((at) => data[at]);
  // as a run's overlay: the share of the map grows with the distance from zero
  assert.deepEqual(alpha(painted(signed, { ...options, strength: 0.8, sheer: true })), [
    0,
    204,
    102,
  ]);
  assert.deepEqual(alpha(painted(signed, { ...options, cut: 0.6 })), [0, 255, 0]);
});

Deno.test("an outline goes around what reaches the cut", () => {
  const map = { ...mapOf([0, 0, 0, 0, 1, 0, 0, 0, 0]), width: 3, height: 3 };
  const [ring, ...others] = outline(map, 0.5);
  assert.equal(others.length, 0);
  for (const [x, y] of ring) assert.ok(Math.abs(x - 1.5) <= 0.5 && Math.abs(y - 1.5) <= 0.5);
  assert.deepEqual(outline(mapOf([0, 0, 0]), 0.5), []);
});
