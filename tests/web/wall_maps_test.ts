import assert from "node:assert/strict";
import { clippedEnds, commonEnds, outline, rawOf, type WallMap } from "../../web/wall_maps.ts";

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

Deno.test("maps that share a scale span all their raw values, and signed ones keep zero in the middle", () => {
  const small = mapOf([0, 1], { low: 0.5, high: 1 }), large = mapOf([0, 1], { low: 0, high: 4 });
  assert.deepEqual(commonEnds([small, large]), { low: 0, high: 4 });
  const signed = mapOf([0.5], { low: -3, high: 3, diverging: true });
  assert.deepEqual(commonEnds([signed, large]), { low: -4, high: 4 });
  assert.equal(commonEnds([mapOf([1])]), undefined);
});

Deno.test("a scale can end where all but the strongest pixels are", () => {
  const map = mapOf([...Array.from({ length: 100 }, (_, i) => i / 1000), 1], { low: 0, high: 10 });
  const ends = clippedEnds(map, 99)!;
  assert.equal(ends.low, 0);
  assert.ok(Math.abs(ends.high - 0.99) < 1e-6); // raw: a tenth of the map's own end
  const signed = mapOf([0.5, 0.4, 0.6, 0.5, 0], { low: -2, high: 2, diverging: true });
  const half = clippedEnds(signed, 75)!; // strengths 0, 0, 0.2, 0.2, 1
  assert.ok(Math.abs(half.high - 0.4) < 1e-6 && half.low === -half.high);
  assert.equal(clippedEnds(mapOf([0, 1]), 99), undefined);
  assert.equal(clippedEnds(mapOf([0, 0], { low: 0, high: 1 }), 99), undefined);
});

Deno.test("an outline goes around what is strong enough, of signed maps on both sides of zero", () => {
  const map = { ...mapOf([0, 0, 0, 0, 1, 0, 0, 0, 0]), width: 3, height: 3 };
  const [ring, ...others] = outline(map, 0.5);
  assert.equal(others.length, 0);
  for (const [x, y] of ring) assert.ok(Math.abs(x - 1.5) <= 0.5 && Math.abs(y - 1.5) <= 0.5);
  const half = new Array(25).fill(0.5);
  const signed = { ...mapOf(half, { diverging: true }), width: 5, height: 5 };
  signed.map.set([0], 6);
  signed.map.set([1], 18);
  assert.equal(outline(signed, 0.5).length, 2);
  assert.deepEqual(outline(mapOf([0, 0, NaN]), 0.5), []);
});
