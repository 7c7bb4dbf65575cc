/** Peers' own tests, asked of ours: Captum's, xplique's, iNNvestigate's. */
import assert from "node:assert/strict";
import { encodePng, execute, techniques, useBackend } from "../../mod.ts";
import { QUADRATURES } from "../../techniques/_quadrature.ts";
import { onNative, onWasm } from "../_support/native.ts";
import { near, relativeError } from "../_support/tensors.ts";
import {
  check,
  dense,
  distance,
  type Expectation,
  explained,
  modelOf,
  pictureOf,
} from "./_peers.ts";
import { oneConv, simpleLrp } from "./_peers_captum_networks.ts";
import { different } from "./_peers_different.ts";
import {
  covered,
  coveredByPictures,
  expectationOf,
  mapped,
  maskedBy,
  shared,
  smoothed,
} from "./_peers_captum_regions.ts";
import { ANALYZERS, compared, type Layer, LAYERS, trivia } from "./_peers_innvestigate.ts";
import * as xplique from "./_peers_xplique.ts";
import { likeInputTimesGradient, relevances } from "./_peers_captum_lrp.ts";
import {
  complete,
  gradients,
  integratedAtLayer,
  integratedGradients,
  riemann,
} from "./_peers_captum_gradients.ts";

/**
 * Holds ours against all of a list, of so many comparisons, and says at the end which fail: by steps,
 * and in ONNX Runtime what that computes.
 */
async function checkAll(expectations: readonly Expectation[], comparisons: number): Promise<void> {
  const failed: string[] = [];
  const compare = async () => {
    let count = 0;
    for (const expectation of expectations) {
      try {
        count += await check(expectation);
      } catch (error) {
        failed.push(`${expectation.from}: ${(error as Error).message}`);
      }
    }
    return count;
  };
  const native = await onNative(compare), count = await onWasm(compare);
  assert.equal(native.result, count);
  assert.deepEqual(failed, []);
  assert.equal(count, comparisons);
}

/** Writes numbers as the levels of a grey picture, for as long as it is used. */
async function withPicture(
  levels: readonly number[],
  width: number,
  use: (file: string) => Promise<void>,
): Promise<void> {
  const file = await Deno.makeTempFile({ suffix: ".png" });
  try {
    const data = Uint8ClampedArray.from(levels.flatMap((level) => [level, level, level]));
    await Deno.writeFile(file, await encodePng({ width, height: levels.length / width, data }));
    await use(file);
  } finally {
    await Deno.remove(file);
  }
}

Deno.test("gradients, and what ReLUs let back, are what Captum's tests expect", async () => {
  await checkAll(gradients, 67);
});

Deno.test("integrated gradients are what Captum's tests expect", async () => {
  await checkAll(integratedGradients, 28);
});

Deno.test("integrated gradients add up to the change in score where Captum's tests ask for it", async () => {
  await useBackend("wasm");
  for (const [test, net, input, method] of complete) {
    const options = { steps: 500, method };
    const { figures } = await explained({ net, input, technique: "integrated-gradients", options });
    assert.ok(Math.abs(Number(figures!.completenessGap)) <= 0.07, test);
  }
});

Deno.test("integrated gradients at a layer are what Captum's tests expect", async () => {
  const { baseline, ...about } = integratedAtLayer;
  await withPicture(baseline, 4, async (file) => {
    const options = { baseline: file };
    const technique = "integrated-gradients";
    await checkAll([{ ...about, technique, options, target: 0, within: 1e-3 }], 1);
  });
});

Deno.test("points along a path lie and count as Captum's and xplique's tests expect", () => {
  const same = (ours: readonly number[], theirs: readonly number[]) =>
    assert.ok(distance(ours, theirs) < 1e-12, `${ours}, where the peer expects ${theirs}`);
  for (const { n, middle, each, trapezoid } of riemann) {
    same(QUADRATURES.midpoint(n).points, middle);
    same(QUADRATURES.midpoint(n).weights, each);
    same(QUADRATURES.trapezoid(n).points, trapezoid);
  }
  const { value, baselines, points } = xplique.straight;
  for (const baseline of baselines) {
    const path = QUADRATURES.trapezoid(points).points.map((p) => baseline + p * (value - baseline));
    const step = (value - baseline) / (points - 1);
    same(path, Array.from({ length: points }, (_, i) => baseline + i * step));
  }
  const { values, integral } = xplique.trapezoid;
  const { weights } = QUADRATURES.trapezoid(values.length);
  same([values.reduce((sum, v, i) => sum + weights[i] * v, 0)], [integral]);
});

Deno.test("what is lost when a window is covered is what Captum's tests expect", async () => {
  await checkAll([...covered, smoothed], 64);
});

Deno.test("a stride that leaves gaps is refused, as by Captum's test_too_large_stride", async () => {
  await useBackend("wasm");
  for (const [window, stride] of [["2x1", 2], ["2x4", "3x2"]]) {
    const options = { window, stride }, input = Array.from({ length: 16 }, (_, i) => i);
    const refused = explained({ net: oneConv, input, technique: "occlusion", options });
    await assert.rejects(refused, /leaves gaps/);
  }
});

Deno.test("a window covered by a picture loses what Captum's tests expect of such a baseline", async () => {
  for (const { baseline, ...covered } of coveredByPictures) {
    await withPicture(baseline, 3, async (file) => {
      const expectation = expectationOf(covered);
      await checkAll([{ ...expectation, options: { ...expectation.options, fill: file } }], 1);
    });
  }
});

Deno.test("shares of pixels, and of a mask's features, are what Captum's tests expect", async () => {
  await checkAll(shared.map((expectation) => ({ ...expectation, within: 1e-3 })), 2);
  for (const { mask, ...expectation } of maskedBy) {
    await withPicture(mask, 3, async (segments) => {
      await checkAll([{ ...expectation, options: { ...expectation.options, segments } }], 1);
    });
  }
});

Deno.test("maps of layers are what Captum's tests expect", async () => {
  await checkAll(mapped, 10);
});

Deno.test("relevance is what Captum's tests expect", async () => {
  await checkAll([...relevances, likeInputTimesGradient], 31);
});

Deno.test("what xplique's tests expect of ReLUs, Grad-CAM and occlusion", async () => {
  await checkAll(xplique.xplique, 36);
});

Deno.test("as many windows cover a picture as xplique's test_mask_generator expects", async () => {
  await useBackend("wasm");
  for (const { window, stride, count } of xplique.windows) {
    const net = dense([10, 10, 1], [["sum", { w: [new Array(100).fill(1)] }]]);
    const { picture, preprocess } = pictureOf(new Array(100).fill(1), net.shape);
    const model = modelOf(net, preprocess), steps: number[] = [];
    const technique = techniques.get("occlusion"), options = { window, stride };
    for await (const { of } of execute(technique, { model, image: picture, options })) {
      steps.push(of);
    }
    assert.equal(steps.at(-1), count);
    net.network.dispose();
  }
});

Deno.test("what iNNvestigate's references of single layers expect", async () => {
  await useBackend("wasm");
  let count = 0;
  for (const [analyzer, { but = {}, within = 1e-5 }] of Object.entries(ANALYZERS)) {
    for (const layer of Object.keys(LAYERS) as Layer[]) {
      for await (const { what, ours, theirs } of compared(analyzer, layer)) {
        if (layer in but) {
          assert.ok(relativeError(ours, theirs) > 0.01, `${what} is the same: ${but[layer]}?`);
        } else {
          near(ours, theirs, within, what);
          count++;
        }
      }
    }
  }
  assert.equal(count, 242);
});

Deno.test("iNNvestigate's smallest networks, which have one output, have the numbers worked out by hand", async () => {
  await checkAll(trivia, 32);
});

Deno.test("of one output alone the class is the output, and its opposite has minus its score", async () => {
  await useBackend("wasm");
  // what Captum's relevances of these add up to
  for (const [input, score] of [[[1, 2, 3], 108], [[3, 6, 9], 324]] as const) {
    for (const [target, sign] of [[0, 1], [1, -1]]) {
      const asked = { net: simpleLrp, input, technique: "input-x-gradient", target };
      const run = await explained(asked);
      assert.deepEqual([run.target.index, run.target.logit], [target, sign * score]);
      assert.equal(run.predicted[0].index, 0);
      near(run.attribution, [1, 2, 3].map((x) => sign * x * score / 6), 1e-6, `${target}`);
    }
  }
});

for (const { from, reason, shown } of different) {
  if (!shown) continue;
  Deno.test(`otherwise by intent: ${from}: ${reason}`, async () => {
    await useBackend("wasm");
    await shown();
  });
}
