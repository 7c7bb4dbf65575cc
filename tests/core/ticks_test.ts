import assert from "node:assert/strict";
import { axisOf } from "../../core/ticks.ts";
import fc from "../_support/property.ts";

const labels = (...given: Parameters<typeof axisOf>) =>
  axisOf(...given).ticks.map(({ label }) => label).join(" ");

Deno.test("marks are round, and an axis ends at them", () => {
  assert.deepEqual(axisOf(0.12, 0.87), {
    low: 0,
    high: 1,
    ticks: [
      { value: 0, label: "0" },
      { value: 0.2, label: "0.2" },
      { value: 0.4, label: "0.4" },
      { value: 0.6, label: "0.6" },
      { value: 0.8, label: "0.8" },
      { value: 1, label: "1.0" },
    ],
  });
  assert.equal(labels(-9, 3), "−10 −5 0 5");
  assert.equal(labels(-9, 3, { most: 3 }), "−10 0 10");
  assert.equal(labels(0, 0.3), "0 0.1 0.2 0.3", "though 0.3 / 0.1 is less than 3");
  assert.equal(labels(1234, 1290), "1220 1240 1260 1280 1300");
});

Deno.test("small and large numbers are written with powers of ten", () => {
  assert.equal(labels(0.00085, 0.00123), "8e−4 9e−4 1e−3 1.1e−3 1.2e−3 1.3e−3");
  assert.equal(labels(0, 0.004), "0 0.001 0.002 0.003 0.004");
  assert.equal(labels(-2.5e6, 0), "−2.5e6 −2e6 −1.5e6 −1e6 −5e5 0");
  assert.equal(labels(0, 3e38), "0 1e38 2e38 3e38");
});

Deno.test("an axis of steps ends where they do, with whole marks between", () => {
  const steps = { exactly: true, whole: true };
  assert.deepEqual(axisOf(1, 50, steps), {
    low: 1,
    high: 50,
    ticks: [10, 20, 30, 40, 50].map((value) => ({ value, label: String(value) })),
  });
  assert.equal(labels(1, 2, steps), "1 2");
  assert.equal(labels(1, 4, steps), "1 2 3 4");
  assert.equal(labels(1, 2000, steps), "500 1000 1500 2000");
});

Deno.test("one number, or almost one, has room on either side", () => {
  assert.equal(labels(5, 5), "2 4 6 8");
  assert.equal(labels(-5, -5 + 1e-12), "−8 −6 −4 −2");
  assert.equal(labels(0, 0), "−1.0 −0.5 0 0.5 1.0");
});

Deno.test("labels tell marks apart and say their values; marks are few and within reach", () => {
  const real = fc.double({ min: -1e300, max: 1e300, noNaN: true });
  fc.assert(
    fc.property(
      real,
      real,
      fc.integer({ min: 3, max: 12 }),
      fc.boolean(),
      (a, b, most, exactly) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        const axis = axisOf(low, high, { most, exactly });
        const { ticks } = axis, step = (axis.high - axis.low) / ticks.length;
        assert.ok(ticks.length >= 1 && ticks.length <= most, `${ticks.length}`);
        if (!exactly) assert.ok(axis.low <= low + 1e-6 * step && axis.high >= high - 1e-6 * step);
        for (const { value, label } of ticks) {
          assert.equal(Number(label.replaceAll("−", "-")), value);
          assert.ok(label.length <= 18, label);
        }
        assert.equal(new Set(ticks.map(({ label }) => label)).size, ticks.length);
      },
    ),
  );
});
