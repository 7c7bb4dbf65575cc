import assert from "node:assert/strict";
import { random } from "../../core/random.ts";
import fc from "../_support/property.ts";

const draw = (stream: { next(): number }, count = 20) =>
  Array.from({ length: count }, () => stream.next());

Deno.test("a seed always gives the same numbers", () => {
  fc.assert(fc.property(fc.oneof(fc.integer(), fc.string()), (seed) => {
    assert.deepEqual(draw(random(seed)), draw(random(seed)));
  }));
  assert.notDeepEqual(draw(random(1)), draw(random(2)));
  assert.deepEqual(draw(random(7)), draw(random("7")));
});

Deno.test("the numbers of seed 0 stay what they are: saved runs can be repeated", () => {
  assert.deepEqual(draw(random(0), 4).map((v) => v * 2 ** 32), [
    3470146671,
    2417663506,
    2816749012,
    1571104547,
  ]);
  assert.ok(Math.abs(random(0).normal() + 1.6765479223964117) < 1e-12);
});

Deno.test("every draw keeps its bounds", () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: -9, max: 9 }), fc.nat(20), (seed, low, width) => {
      const stream = random(seed), high = low + width;
      for (let i = 0; i < 30; i++) {
        const unit = stream.next();
        assert.ok(unit >= 0 && unit < 1);
        const uniform = stream.uniform(low, high + 1);
        assert.ok(uniform >= low && uniform < high + 1);
        const whole = stream.integer(low, high);
        assert.ok(Number.isInteger(whole) && whole >= low && whole <= high);
        assert.ok(Number.isFinite(stream.normal()));
      }
    }),
    { numRuns: 30 },
  );
});

Deno.test("whole numbers reach both ends, and every item is picked", () => {
  const stream = random(3);
  const drawn = new Set(Array.from({ length: 200 }, () => stream.integer(-2, 2)));
  assert.deepEqual([...drawn].sort((a, b) => a - b), [-2, -1, 0, 1, 2]);
  const picked = new Set(Array.from({ length: 100 }, () => stream.pick(["a", "b", "c"])));
  assert.equal(picked.size, 3);
});

/** Mean and variance. */
function moments(numbers: Float32Array) {
  const mean = numbers.reduce((a, b) => a + b, 0) / numbers.length;
  return [mean, numbers.reduce((sum, v) => sum + (v - mean) ** 2, 0) / numbers.length];
}

Deno.test("uniform and normal numbers have the mean and variance of their kind", () => {
  const [mean, variance] = moments(random(5).uniformValues([100, 200], -1, 3));
  assert.ok(Math.abs(mean - 1) < 0.03 && Math.abs(variance - 16 / 12) < 0.03);
  const normal = random(5).normalValues([100, 200], 2, 3);
  assert.deepEqual(normal.shape, [100, 200]);
  const [m, v] = moments(normal);
  assert.ok(Math.abs(m - 2) < 0.1 && Math.abs(v - 9) < 0.3);
  const beyond = normal.filter((x) => Math.abs(x - 2) > 6).length / normal.length;
  assert.ok(Math.abs(beyond - 0.0455) < 0.01, "two deviations leave 4.55 %");
});

Deno.test("a fork depends on its name alone, not on what was drawn before", () => {
  const fresh = random(9), used = random(9);
  draw(used);
  assert.deepEqual(draw(used.fork("jitter")), draw(fresh.fork("jitter")));
  assert.notDeepEqual(draw(fresh.fork("jitter")), draw(fresh.fork("noise")));
  assert.notDeepEqual(draw(fresh.fork("jitter")), draw(random(9)));
});
