import assert from "node:assert/strict";
import {
  channelSum,
  diagnose,
  maxMagnitude,
  percentile,
  rangeOf,
  signedMap,
  unsignedMap,
} from "../../run/maps.ts";
import { values } from "../../core/values.ts";
import fc from "../_support/property.ts";

const map = (...numbers: number[]) => values(new Float32Array(numbers), [1, numbers.length]);

Deno.test("the range of nothing is [0, 0]", () => {
  assert.deepEqual(rangeOf(new Float32Array()), [0, 0]);
  assert.deepEqual(rangeOf(new Float32Array([3, -1, 2])), [-1, 3]);
});

Deno.test("the largest magnitude over the channels", () => {
  const gradient = values(new Float32Array([1, -3, 2, 0, 0, -0.5]), [1, 2, 3]);
  assert.deepEqual(maxMagnitude(gradient), map(3, 0.5));
});

Deno.test("the sum over the channels keeps its sign; a map stays itself", () => {
  const gradient = values(new Float32Array([1, -3, 1, 0, 0, 0.5]), [1, 2, 3]);
  assert.deepEqual(channelSum(gradient), map(-1, 0.5));
  assert.deepEqual(channelSum(map(2, -4)), map(2, -4));
});

Deno.test("a percentile is interpolated, and leaves out what is not finite", () => {
  // numpy.percentile([1, 2, 3, 4], [0, 25, 50, 90, 100])
  const data = new Float32Array([4, 1, 3, 2, NaN, Infinity]);
  const found = [0, 25, 50, 90, 100].map((p) => percentile(data, p));
  [1, 1.75, 2.5, 3.7, 4].forEach((p, i) => assert.ok(Math.abs(found[i] - p) < 1e-6));
  assert.equal(percentile(new Float32Array([NaN]), 50), 0);
});

Deno.test("a map is scaled from its smallest to its largest", () => {
  const { map: scaled, scale } = unsignedMap(map(2, 4, 3));
  assert.deepEqual(scaled, map(0, 1, 0.5));
  assert.deepEqual(scale, { low: 2, high: 4 });
});

Deno.test("a map can be clipped at a percentile", () => {
  const { map: scaled, scale } = unsignedMap(map(0, 1, 2, 3, 100), 75);
  assert.equal(scale.high, 3);
  assert.deepEqual(scaled, values(new Float32Array([0, 1 / 3, 2 / 3, 1, 1]), [1, 5]));
});

Deno.test("a constant map becomes zeros, never NaN", () => {
  for (const v of [0, -2, 1e30]) assert.deepEqual(unsignedMap(map(v, v, v)).map, map(0, 0, 0));
});

Deno.test("a signed map has its zero at 0.5", () => {
  const { map: scaled, scale } = signedMap(map(-4, 0, 2));
  assert.deepEqual(scaled, map(0, 0.5, 0.75));
  assert.deepEqual(scale, { low: -4, high: 4 });
  assert.deepEqual(signedMap(map(0, 0)).map, map(0.5, 0.5));
});

Deno.test("any finite attribution makes maps of 0..1", () => {
  const numbers = fc.float32Array({
    minLength: 6,
    maxLength: 6,
    noNaN: true,
    noDefaultInfinity: true,
  });
  fc.assert(fc.property(numbers, fc.integer({ min: 1, max: 100 }), (data, clip) => {
    const small = values(data.map((v) => v / 1e5), [2, 3]);
    for (const { map } of [unsignedMap(small, clip), signedMap(small, clip)]) {
      assert.deepEqual(map.shape, [2, 3]);
      for (const v of map) assert.ok(v >= 0 && v <= 1, `${v} of [${small}]`);
    }
  }));
});

Deno.test("what is wrong with an attribution is said in words", () => {
  const about = (...numbers: number[]) => {
    const attribution = map(...numbers);
    return diagnose(attribution, unsignedMap(attribution).map).join(" ");
  };
  assert.equal(about(1, 2, 3), "");
  assert.match(about(1, NaN, Infinity), /^2 of 3 numbers are not finite/);
  assert.match(about(0, 0, 0), /^The attribution is zero everywhere/);
  assert.match(about(5, 5, 5), /^The map is the same everywhere/);
});
