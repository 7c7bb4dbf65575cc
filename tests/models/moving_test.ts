/** Numbers that are put into another order while they come in pieces. */
import assert from "node:assert/strict";
import { sizeOf } from "../../core/values.ts";
import { moving } from "../../models/_moving.ts";
import fc from "../_support/property.ts";

/** Number by number: the axes' places are counted, then looked up in the other order. */
function slowly(sizes: readonly number[], order: readonly number[], numbers: Float32Array) {
  const moved = new Float32Array(numbers.length), target = order.map((axis) => sizes[axis]);
  numbers.forEach((number, i) => {
    const places: number[] = [];
    let rest = i;
    for (const size of sizes.toReversed()) {
      places.unshift(rest % size);
      rest = Math.floor(rest / size);
    }
    const to = order.reduce((at, axis, n) => at * target[n] + places[axis], 0);
    moved[to] = number;
  });
  return moved;
}

const cases = fc.array(fc.integer({ min: 1, max: 37 }), { maxLength: 5 })
  .filter((sizes) => sizeOf(sizes) <= 20_000)
  .chain((sizes) =>
    fc.record({
      sizes: fc.constant(sizes),
      order: fc.shuffledSubarray([...sizes.keys()], { minLength: sizes.length }),
      cuts: fc.array(fc.integer({ min: 0, max: sizeOf(sizes) }), { maxLength: 6 }),
    })
  );

Deno.test("numbers in pieces are moved as one by one", () => {
  fc.assert(fc.property(cases, ({ sizes, order, cuts }) => {
    const numbers = Float32Array.from({ length: sizeOf(sizes) }, (_, i) => i + 1);
    const into = new Float32Array(numbers.length), take = moving(sizes, order, into);
    const ends = [0, ...cuts.toSorted((a, b) => a - b), numbers.length];
    ends.slice(1).forEach((end, i) => take(numbers.subarray(ends[i], end), ends[i]));
    assert.deepEqual(into, slowly(sizes, order, numbers));
  }));
});

Deno.test("of an axis without a number none is taken", () => {
  const into = new Float32Array(0);
  moving([3, 0, 2], [2, 1, 0], into)(new Float32Array(0), 0);
  assert.equal(into.length, 0);
});
