import assert from "node:assert/strict";
import { rankCorrelation, ranks } from "../../core/rank.ts";

Deno.test("equal numbers share the middle of their ranks", () => {
  assert.deepEqual([...ranks([3, 1, 3, 2])], [2.5, 0, 2.5, 1]);
  assert.deepEqual([...ranks([])], []);
});

Deno.test("rank correlation: order alone counts", () => {
  assert.equal(rankCorrelation([1, 2, 3], [10, 200, 3000]), 1);
  assert.equal(rankCorrelation([1, 2, 3], [3, 2, 1]), -1);
  // 1 − 6·Σd²/(n(n² − 1)), d = 1, 1, 0, 0
  assert.equal(rankCorrelation([1, 2, 3, 4], [2, 1, 3, 4]), 1 - 6 * 2 / (4 * 15));
  assert.equal(rankCorrelation([5, 5, 5], [1, 2, 3]), 0);
});
