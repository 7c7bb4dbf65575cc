import assert from "node:assert/strict";
import { values } from "../../core/values.ts";
import { commonScale, correlations, difference } from "../../web/compared.ts";

const row = (...numbers: number[]) => values(Float32Array.from(numbers), [1, numbers.length]);

Deno.test("one scale spans all, around zero where maps are signed", () => {
  const scales = [{ low: -1, high: 3 }, undefined, { low: -2, high: 1 }];
  assert.deepEqual(commonScale(scales, false), { low: -2, high: 3 });
  assert.deepEqual(commonScale(scales, true), { low: -3, high: 3 });
  assert.equal(commonScale([undefined], true), undefined);
});

Deno.test("a difference is of shares of each map's largest, around a half", () => {
  // 0, ½, 1 and 1, 0, 0 of their largest: differences −1, ½, 1
  const unsigned = difference(
    { map: row(0, 0.25, 0.5), signed: false },
    { map: row(1, 0, 0), signed: false },
  );
  assert.deepEqual([...unsigned], [0, 0.75, 1]);
  // −1, 0, 1 against 1, 0, 0: differences −2, 0, 1 of at most 2
  const signed = difference(
    { map: row(0, 0.5, 1), signed: true },
    { map: row(1, 0.5, 0.5), signed: true },
  );
  assert.deepEqual([...signed], [0, 0.5, 0.75]);
  const coarse = difference({ map: row(1, 1, 1, 1), signed: false }, {
    map: row(1),
    signed: false,
  });
  assert.deepEqual([...coarse], [0.5, 0.5, 0.5, 0.5]);
  const empty = difference({ map: row(0, NaN), signed: false }, { map: row(0, 0), signed: false });
  assert.deepEqual([...empty], [0.5, 0.5]);
});

Deno.test("rank correlations of each pair, also of maps of two sizes; none without a map", () => {
  const found = correlations([row(1, 2, 3), row(3, 2, 1), undefined, row(0, 9, 10)]);
  assert.deepEqual(found, [
    [1, -1, undefined, 1],
    [-1, 1, undefined, -1],
    [undefined, undefined, undefined, undefined],
    [1, -1, undefined, 1],
  ]);
  const sizes = correlations([row(0, 1), row(0, 0.1, 0.5, 0.7)]);
  assert.ok(sizes[0][1]! > 0.9);
  assert.equal(sizes[0][1], sizes[1][0]);
});
