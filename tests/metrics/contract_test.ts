/** What every metric of the registry owes to whoever judges by it. */
import assert from "node:assert/strict";
import { UserError } from "../../core/errors.ts";
import { verdictOf } from "../../conformance/check.ts";
import { OF_METRICS } from "../../conformance/metric.ts";
import { branched, families, grayOne, picture } from "../../conformance/networks.ts";
import { useBackend } from "../../engine/runtime.ts";
import { judge, metrics } from "../../metrics/mod.ts";
import { attribute } from "../../techniques/mod.ts";
import { values } from "../../core/values.ts";

for (const metric of metrics) {
  for (const check of OF_METRICS) {
    Deno.test(`${metric.id}: ${check.name}`, async () => {
      const { passed, found } = await verdictOf(check, metric, { subject: metric.id });
      assert.ok(passed, found);
    });
  }
}

const NEEDS_CLASSES = ["class-sensitivity", "random-logit"];

Deno.test("of a network with one score, only what compares classes says that it cannot", async () => {
  await useBackend("wasm");
  const model = grayOne.model(), image = picture(grayOne.width, grayOne.height);
  const run = await attribute("saliency", { model, image });
  const mask = values(
    run.map.map((_, at) => at % 3 === 0 ? 1 : 0),
    run.map.shape,
  );
  for (const metric of metrics) {
    const judged = judge(run, metric, {}, { mask });
    if (!NEEDS_CLASSES.includes(metric.id)) await judged;
    else await assert.rejects(judged, /compares classes; gray has one score alone/);
  }
  model.network.dispose();
});

Deno.test("a difference of classes is judged as it was explained", async () => {
  await useBackend("wasm");
  const model = branched.model(), image = picture(branched.width, branched.height);
  const target = "0 - 2", run = await attribute("input-x-gradient", { model, image, target });
  const gap = await judge(run, "completeness", { baseline: "zero" });
  const whole = await judge(run, "deletion", { score: "logit", steps: 5 });
  assert.ok(Math.abs(whole.curve![0] - run.target.logit) < 1e-5, `${whole.curve}`);
  const shared = run.attribution.reduce((a, b) => a + b, 0);
  const difference = whole.curve![0] - whole.curve!.at(-1)!;
  assert.ok(Math.abs(gap.value - Math.abs(shared - difference) / Math.abs(difference)) < 1e-4);
  await assert.rejects(judge(run, "random-logit"), /one whole class; this run explains/);
  model.network.dispose();
});

Deno.test("what cannot be judged is told, and what would work", async () => {
  await useBackend("wasm");
  const [small] = families, model = small.model(), image = picture(small.width, small.height);
  const run = await attribute("saliency", { model, image });
  const refused = (judging: Promise<unknown>, message: RegExp) =>
    assert.rejects(judging, (error: Error) => {
      assert.ok(error instanceof UserError, `${error}`);
      assert.match(error.message, message);
      return true;
    });
  await refused(judge(run, "deltion"), /no metric "deltion"; .*deletion/);
  await refused(judge(run, "deletion", { step: 3 }), /no option "step".*steps/);
  await refused(judge(run, "deletion", { steps: 0 }), /`steps` takes a whole number/);
  await refused(judge(run, "iou"), /needs to know where the thing in the picture is: give `mask`/);
  const mask = (width: number, height: number, level: number) => ({
    width,
    height,
    data: new Uint8ClampedArray(width * height * 3).fill(level),
  });
  await refused(judge(run, "iou", {}, { mask: mask(3, 4, 255) }), /it is 3×4, the picture 18×22/);
  await refused(judge(run, "iou", {}, { mask: mask(18, 22, 0) }), /nothing of what/);
  await refused(judge(run, "iou", {}, { mask: mask(18, 22, 255) }), /all of what/);
  await refused(judge(run, "iou", {}, { mask: "nowhere.png" }), /nowhere\.png/);
  await refused(judge({ ...run, target: { ...run.target } }, "deletion"), /judges runs of this/);
  await refused(judge(run, "completeness", { baseline: "blck" }), /no baseline "blck"/);
  const linear = { ...model, scores: "linear" as const };
  const scored = await attribute("saliency", { model: linear, image });
  assert.equal((await judge(scored, "deletion")).axes!.titles[1], "logit");
  await refused(judge(scored, "deletion", { score: "probability" }), /has no probability/);
  model.network.dispose();
});
