/** Maps that nobody should trust: no metric says a number of them without saying so. */
import assert from "node:assert/strict";
import { z } from "../../deps/zod.ts";
import { branched, picture } from "../../conformance/networks.ts";
import { UserError } from "../../core/errors.ts";
import { values } from "../../core/values.ts";
import { useBackend } from "../../engine/runtime.ts";
import { judge, metrics } from "../../metrics/mod.ts";
import type { Judged } from "../../run/judge.ts";
import { defineMetric } from "../../run/metric.ts";
import { attribute } from "../../techniques/mod.ts";

await useBackend("wasm");
const model = branched.model(), image = picture(branched.width, branched.height);
const signed = await attribute("input-x-gradient", { model, image });
const unsigned = await attribute("saliency", { model, image });
const [height, width] = signed.map.shape;
const mask = values(signed.map.map((_, at) => at % width > 8 ? 1 : 0), [height, width]);

/** A run whose numbers are others. */
function changed(run: Judged, to: (v: number, at: number) => number): Judged {
  const attribution = values(run.attribution.map(to), run.attribution.shape);
  if (run === signed) return { ...run, attribution };
  const map = values(run.map.map((_, at) => to(run.map[at], at)), run.map.shape);
  return { ...run, attribution, map, scale: undefined };
}

const BROKEN = /^\d+ of \d+ numbers of the attribution are not finite: they count as zero\.$/;
const FLAT = /^The map is the same everywhere: it points at no place\.$/;
const AGAINST = /^Nothing in the map speaks for the class\.$/;

const ODD: readonly (readonly [name: string, run: Judged, notes: readonly RegExp[]])[] = [
  ["one of the signed numbers is none", changed(signed, (v, at) => at === 5 ? NaN : v), [BROKEN]],
  ["one is infinite", changed(signed, (v, at) => at === 5 ? Infinity : v), [BROKEN]],
  ["one of the others is none", changed(unsigned, (v, at) => at === 5 ? NaN : v), [BROKEN]],
  ["none is a number", changed(signed, () => NaN), [BROKEN, FLAT]],
  ["none of the others is a number", changed(unsigned, () => NaN), [BROKEN, FLAT]],
  ["all are zero", changed(signed, () => 0), [FLAT]],
  ["all of the others are zero", changed(unsigned, () => 0), [FLAT]],
  ["all are the same", changed(signed, () => 0.1), [FLAT]],
  ["all of the others are the same", changed(unsigned, () => 0.5), [FLAT]],
  ["none is above zero", changed(signed, (v) => -Math.abs(v)), [AGAINST]],
];

for (const [name, run, expected] of ODD) {
  Deno.test(`where ${name}, each metric comes to a number and says what is wrong`, async () => {
    for (const metric of metrics) {
      const { value, curve = [], notes } = await judge(run, metric, {}, { mask });
      assert.ok([value, ...curve].every(Number.isFinite), `${metric.id}: ${value}, ${curve}`);
      expected.forEach((note, i) => assert.match(notes![i] ?? "", note, metric.id));
    }
  });
}

Deno.test("a sound map is judged without a word about it", async () => {
  for (const run of [signed, unsigned]) {
    for (const metric of metrics) {
      const { notes = [] } = await judge(run, metric, {}, { mask });
      for (const note of [BROKEN, FLAT, AGAINST]) {
        assert.ok(!notes.some((sentence) => note.test(sentence)), `${metric.id}: ${notes}`);
      }
    }
  }
});

Deno.test("a map that only speaks against the class points nowhere", async () => {
  const away = changed(signed, (v) => -Math.abs(v) - 1);
  const everywhere = values(mask.map((_, at) => at === 0 ? 0 : 1), mask.shape);
  assert.equal((await judge(away, "pointing-game", {}, { mask: everywhere })).value, 0);
});

Deno.test("a metric that comes to no number is refused, by its value and by its curve", async () => {
  const broken = (value: number, curve: readonly number[]) =>
    defineMetric({
      id: "broken",
      title: "Broken",
      summary: "Divides by zero",
      caution: "Always.",
      paper: { citation: "None", url: "https://example.org/", equation: "0 / 0" },
      better: "neither",
      options: z.object({}),
      async *judge() {
        yield { step: 1, of: 1 };
        return { value, curve };
      },
    });
  const cases = [[NaN, [1]], [1, [0, Infinity]]] as const;
  for (const [value, curve] of cases) {
    await assert.rejects(judge(signed, broken(value, curve)), (error: Error) => {
      assert.ok(error instanceof UserError);
      assert.match(error.message, /^broken cannot judge this run: it comes to (NaN|Infinity), /);
      return true;
    });
  }
});

Deno.test("where equal pixels compete, it is told how many", async () => {
  const steps = changed(unsigned, (_, at) => at < 40 ? 1 : at < 100 ? 0.5 : 0);
  const notes = async (id: string, options = {}) =>
    (await judge(steps, id, options, { mask })).notes;
  assert.deepEqual(await notes("pointing-game"), [
    "40 pixels share the largest value: the first of them is taken.",
  ]);
  const pixels = height * width;
  assert.deepEqual(await notes("top-k-intersection", { share: 50 / pixels }), [
    "60 equally important pixels compete for the last of 50 places: those that come first in the " +
    "picture have them.",
  ]);
  assert.deepEqual(await notes("top-k-intersection", { share: 100 / pixels }), []);
  const alone = changed(unsigned, (_, at) => at);
  assert.deepEqual((await judge(alone, "pointing-game", {}, { mask })).notes, []);
});

Deno.test("only a share of the score asks for a score above zero", async () => {
  const share = /^The score is not above zero: a share of it says nothing\.$/;
  for (
    const [target, score] of [["0 - 2", "logit"], ["0 - 2", "probability"], ["2 - 0", "logit"]]
  ) {
    const run = await attribute("input-x-gradient", { model, image, target });
    const notes = async (id: string, options = {}) =>
      (await judge(run, id, { score, ...options })).notes!;
    const told = await notes("average-drop");
    if (run.target.logit > 0) assert.deepEqual(told, []);
    else assert.match(told[0] ?? "", share, `${target} ${score}`);
    assert.deepEqual(await notes("average-drop", { share: false }), []);
    assert.deepEqual(await notes("increase"), []);
  }
});

Deno.test("where all pixels are guessed, it is told at which percentiles", async () => {
  const third = Math.floor(height * width / 3);
  const sparse = changed(unsigned, (_, at) => at < third ? at + 1 : 0);
  const notes = async (id: string) =>
    (await judge(sparse, id, { percentiles: [80, 50, 20] })).notes;
  const of = (percentiles: string) => [
    `At ${percentiles} all pixels are guessed, since so many are equally important: nothing of the ` +
    "picture is left.",
  ];
  assert.deepEqual(await notes("road-morf"), of("the percentiles 20, 50"));
  assert.deepEqual(await notes("road-lerf"), []);
  assert.deepEqual(await notes("road"), of("the percentiles 20, 50"));
});

Deno.test("percentiles in any order give one value, and a curve that can be drawn", async () => {
  const asked = (percentiles: number[]) => judge(signed, "road", { percentiles });
  const rising = await asked([20, 50, 80]), mixed = await asked([80, 20, 50]);
  assert.deepEqual([mixed.value, mixed.curve, mixed.axes], [
    rising.value,
    rising.curve,
    rising.axes,
  ]);
  assert.deepEqual(mixed.axes!.x, [20, 50, 80]);
});
