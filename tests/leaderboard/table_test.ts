/** Means, intervals and ranks of a leaderboard. */
import assert from "node:assert/strict";
import { bootstrap, shareOf } from "../../core/bootstrap.ts";
import { random } from "../../core/random.ts";
import { beats, rowsOf, type Sample } from "../../leaderboard/table.ts";

Deno.test("a bootstrap interval holds the truth about as often as it says", () => {
  const stream = random("truth");
  let held = 0;
  const trials = 300;
  for (let trial = 0; trial < trials; trial++) {
    const sample = Array.from({ length: 40 }, () => stream.normal(5, 2));
    const { low, high, mean } = bootstrap(sample, stream.fork(`${trial}`));
    assert.ok(low <= mean && mean <= high);
    if (low <= 5 && 5 <= high) held++;
  }
  // 95 % but for what a percentile interval of 40 loses, and chance: three deviations are 4 %
  assert.ok(held / trials > 0.89 && held / trials < 0.99, `${held} of ${trials}`);
});

Deno.test("the interval of a mean has the width that the normal law says, and of one number none", () => {
  const stream = random(3), sample = Array.from({ length: 400 }, () => stream.normal());
  const { low, high } = bootstrap(sample, stream);
  assert.ok(Math.abs(high - low - 2 * 1.96 / Math.sqrt(400)) < 0.03, `${high - low}`);
  assert.deepEqual(bootstrap([7], stream), { mean: 7, low: 7, high: 7 });
  assert.deepEqual(bootstrap([2, 2, 2], stream), { mean: 2, low: 2, high: 2 });
});

Deno.test("a share has Wilson's interval, which is wide where little was seen", () => {
  const near = (found: number, wanted: number) =>
    assert.ok(Math.abs(found - wanted) < 5e-4, `${found}`);
  // 8 of 8, and 81 of 263: Newcombe 1998, table I
  near(shareOf(8, 8).low, 0.6756);
  assert.equal(shareOf(8, 8).high, 1);
  near(shareOf(81, 263).low, 0.2553);
  near(shareOf(81, 263).high, 0.3662);
  assert.deepEqual(shareOf(0, 0), { mean: 0, low: 0, high: 1 });
});

const sample = (technique: string, values: (number | null)[], baseline = false): Sample => ({
  technique,
  name: technique,
  title: technique,
  baseline,
  values: [values, values.map((v) => v === null ? null : -v)],
});
const METRICS = [{ name: "gain", better: "higher" }, { name: "loss", better: "lower" }] as const;

Deno.test("rows come in the order of the first metric; what could not be judged is left out of the means", () => {
  const samples = [
    sample("low", [1, 2, 3]),
    sample("none", [null, null, null]),
    sample("high", [5, null, 7], true),
  ];
  const rows = rowsOf(samples, METRICS, 0);
  assert.deepEqual(rows.map(({ technique }) => technique), ["high", "low", "none"]);
  assert.deepEqual(rows[0].means.map((mean) => [mean!.mean, mean!.count]), [[6, 2], [-6, 2]]);
  assert.deepEqual(rows[2].means, [null, null]);
  const swapped = samples.map((one) => ({ ...one, values: [one.values[1], one.values[0]] }));
  const byLoss = rowsOf(swapped, [METRICS[1], METRICS[0]], 0);
  assert.deepEqual(byLoss.map(({ technique }) => technique), ["high", "low", "none"]);
  // a further technique changes no interval
  const alone = rowsOf(samples.slice(0, 1), METRICS, 0);
  assert.deepEqual(alone[0], rows[1]);
});

Deno.test("of yes and no the interval is a share's: nobody is sure because all of a few were hits", () => {
  const hits = sample("hits", [1, 1, 1, 1, 1, 1, 1, 1]);
  const [asked, plain] = [[{ ...METRICS[0], verdict: true as const }, METRICS[1]], METRICS]
    .map((columns) => rowsOf([hits], columns, 0)[0].means[0]!);
  assert.deepEqual(asked, { ...shareOf(8, 8), count: 8 });
  assert.deepEqual(plain, { mean: 1, low: 1, high: 1, count: 8 });
  // what says yes or no by its defaults may be told to say something else
  const amounts = sample("amounts", [0.5, 1, 0]);
  const columns = [{ ...METRICS[0], verdict: true as const }, METRICS[1]];
  assert.deepEqual(rowsOf([amounts], columns, 0), rowsOf([amounts], METRICS, 0));
});

Deno.test("one beats another where their intervals do not meet", () => {
  const mean = (low: number, high: number) => ({ mean: (low + high) / 2, low, high, count: 9 });
  assert.ok(beats(mean(3, 4), mean(1, 2), "higher"));
  assert.ok(!beats(mean(1.5, 4), mean(1, 2), "higher"));
  assert.ok(beats(mean(1, 2), mean(3, 4), "lower"));
  assert.ok(!beats(mean(3, 4), mean(1, 2), "neither") && !beats(null, mean(1, 2), "higher"));
});
