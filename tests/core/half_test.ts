import assert from "node:assert/strict";
import { fromHalves, toHalves } from "../../core/half.ts";
import fc from "../_support/property.ts";

const every = Uint16Array.from({ length: 2 ** 16 }, (_, bits) => bits);

Deno.test("every half means what the engine's own array says, and comes back", () => {
  const numbers = fromHalves(every), wanted = new Float16Array(every.buffer);
  assert.ok(numbers.every((number, i) => Object.is(number, wanted[i])));
  const back = toHalves(numbers);
  const isNumber = (bits: number) => !Number.isNaN(numbers[bits]);
  assert.deepEqual(back.filter((_, i) => isNumber(i)), every.filter(isNumber));
  assert.ok(fromHalves(back.filter((_, i) => !isNumber(i))).every(Number.isNaN));
});

Deno.test("numbers between two halves become the one that the engine takes", () => {
  const halves = fromHalves(every).filter(Number.isFinite).sort();
  const middles = halves.slice(1).map((half, i) => (half + halves[i]) / 2);
  const check = (numbers: Float32Array) =>
    assert.deepEqual(toHalves(numbers), new Uint16Array(new Float16Array(numbers).buffer));
  check(middles);
  check(new Float32Array([65504, 65519.99, 65520, 65536, 3e38, Infinity, -Infinity, 0, -0, 1e-45]));
  fc.assert(fc.property(fc.float32Array({ noNaN: true }), check), { numRuns: 300 });
});
