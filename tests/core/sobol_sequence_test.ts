/** Sobol sequences against PyTorch's figures and what makes one. */
import assert from "node:assert/strict";
import { MOST_DIMENSIONS, sobolSequence } from "../../core/sobol_sequence.ts";

Deno.test("points are those of PyTorch's engine behind its first, in every dimension", () => {
  const points = sobolSequence(1000, 512);
  assert.deepEqual(points.shape, [1000, 512]);
  assert.deepEqual([...points.subarray(999 * 512, 999 * 512 + 6)], [
    ...[0.2197265625, 0.0966796875, 0.5185546875, 0.6767578125, 0.2802734375, 0.9072265625],
  ]);
  const later = [100, 200, 300, 400, 511].map((dimension) => points[999 * 512 + dimension]);
  assert.deepEqual(later, [0.7685546875, 0.7529296875, 0.5185546875, 0.5302734375, 0.3955078125]);
  // the sum of p[i]·(7919·i mod 1009) over all of them, from 1.13
  const sum = points.reduce((sum, v, i) => sum + v * (i * 7919 % 1009), 0);
  assert.equal(sum, 129053938.08886719);
  assert.deepEqual([...sobolSequence(3, 2)], [0.5, 0.5, 0.75, 0.25, 0.25, 0.75]);
  assert.deepEqual([...sobolSequence(40, 7)], [
    ...Array.from({ length: 40 }, (_, n) => [...points.subarray(512 * n, 512 * n + 7)]).flat(),
  ], "fewer dimensions are the first ones");
});

Deno.test("of a power of two of points, each part of every axis has one", () => {
  for (const count of [2, 16, 256]) {
    const points = sobolSequence(count - 1, MOST_DIMENSIONS);
    for (let dimension = 0; dimension < MOST_DIMENSIONS; dimension++) {
      const parts = Array.from(
        { length: count - 1 },
        (_, n) => Math.floor(points[n * MOST_DIMENSIONS + dimension] * count),
      );
      assert.equal(new Set([0, ...parts]).size, count, `dimension ${dimension}`);
    }
  }
});

Deno.test("more than there is, is refused", () => {
  assert.throws(() => sobolSequence(2, 513), /1 to 512 dimensions, not 513/);
  assert.throws(() => sobolSequence(2, 0), /not 0/);
  assert.throws(() => sobolSequence(2 ** 24, 1), /fewer than 2\^24 points, not 16777216/);
});
