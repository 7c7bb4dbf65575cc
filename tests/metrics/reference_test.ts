/**
 * Metrics against torch-cam's, pytorch-grad-cam's and Captum's own values on ResNet-20: for one picture
 * and two maps, probabilities and scores.
 */
import assert from "node:assert/strict";
import { type Values, values } from "../../core/values.ts";
import { type Random, random } from "../../core/random.ts";
import { useBackend } from "../../engine/runtime.ts";
import { loadImage } from "../../image/mod.ts";
import { attribute } from "../../techniques/mod.ts";
import { judge, metrics } from "../../metrics/mod.ts";
import { loadModel } from "../../models/mod.ts";
import type { Judged } from "../../run/judge.ts";
import type { Metric } from "../../run/metric.ts";
import { imputed } from "../../metrics/_impute.ts";
import { percentile } from "../../run/maps.ts";
import { absence, hasShared, shared } from "../_support/reference.ts";

const NAME = "feature-viz-and-metrics/metrics-car";

interface Facts {
  readonly class: number;
  readonly grad_cam_layer: string;
  readonly values: Readonly<Record<string, number>>;
}

/** Without the first size, which is 1 of a batch. */
const one = (tensor: Values) => values(tensor.slice(), tensor.shape.slice(1));

/** A metric that draws the reference's noise, one picture of it after another. */
function withNoise(metric: Metric, noise: Values): Metric {
  const size = noise.length / noise.shape[0];
  return {
    ...metric,
    judge(context) {
      let next = 0;
      const draw = () => values(noise.slice(next * size, ++next * size), noise.shape.slice(1));
      const stub = { normalValues: draw, uniformValues: draw } as unknown as Random;
      return metric.judge({ ...context, random: { ...random(0), fork: () => stub } });
    },
  };
}

Deno.test(`metrics are torch-cam's, pytorch-grad-cam's and Captum's${absence}`, async (t) => {
  if (!hasShared) return;
  await useBackend("wasm");
  const facts = shared.json<Facts>(`${NAME}.json`), tensors = shared.tensors(`${NAME}.safetensors`);
  const weights = shared.path("models/resnet20-12fca82f.th");
  const model = await loadModel("resnet20-cifar", { weights });
  const image = await loadImage(shared.path("images/car.png"));
  const target = { model, image, target: facts.class };
  const runs: Record<string, Judged> = {
    grad_cam: await attribute("grad-cam", { ...target, options: { layer: facts.grad_cam_layer } }),
    saliency: await attribute("saliency", target),
    gradient: await attribute("saliency", target),
    absolute_gradient: await attribute("saliency", target),
    input_x_gradient: await attribute("input-x-gradient", target),
  };
  const blurred = `${shared.path(`${NAME}.safetensors`)}#baseline.blurred`;

  /** What ours says for the key of a value. */
  async function ours(key: string): Promise<number> {
    const [what, ...rest] = key.split(".");
    if (what === "deletion_auc" || what === "insertion_auc") {
      const [map, score, baseline, steps] = rest;
      const options = {
        score,
        steps: Number(steps),
        baseline: baseline === "zero" ? "zero" : blurred,
      };
      const id = what === "deletion_auc" ? "deletion" : "insertion";
      const { value, curve, axes } = await judge(runs[map], id, options);
      const name = `curve.${map}.${score}.${baseline}.${steps}`;
      close(axes!.x, tensors.get(`${name}.a`)!, 1e-6);
      close(curve!, tensors.get(`${name}.${id === "deletion" ? "b" : "c"}`)!, tolerance(score));
      return value;
    }
    if (what === "average_drop" || what === "increase") {
      const [map, score] = rest;
      return (await judge(runs[map], what.replace("_", "-"), { score })).value;
    }
    if (what === "road") {
      const [map, kind, score, percentile] = rest;
      return (await judge(runs[map], `road-${kind}`, { score, percentiles: [Number(percentile)] }))
        .value;
    }
    if (what === "road_combined") {
      const [map, score] = rest;
      return (await judge(runs[map], "road", { score })).value;
    }
    if (what === "infidelity" || what === "infidelity_normalized") {
      const noise = tensors.get("infidelity.noise")!;
      const options = { samples: noise.shape[0], normalize: what !== "infidelity" };
      const metric = withNoise(metrics.get("infidelity"), noise);
      return (await judge(runs[rest[0]], metric, options)).value;
    }
    if (what === "sensitivity_max") {
      const noise = tensors.get("sensitivity.noise")!, [map] = rest;
      const magnitude = map === "absolute_gradient";
      const metric = withNoise(metrics.get("sensitivity-max"), noise);
      return (await judge(runs[map], metric, { samples: noise.shape[0], magnitude })).value;
    }
    if (what === "pgc") {
      const [, map, score] = rest;
      return (await judge(runs[map], "increase", { score, amount: true })).value;
    }
    const mask = tensors.get("pointing.mask")!;
    const tolerated = what === "pointing_tolerance4" ? 4 : 0;
    return (await judge(runs[rest[0]], "pointing-game", { tolerance: tolerated }, { mask })).value;
  }

  /** In single precision, scores of about 10 are good to 1e-5. */
  const tolerance = (score: string) => score === "probability" ? 1e-5 : 1e-4;
  for (const [key, value] of Object.entries(facts.values)) {
    await t.step(key, async () => {
      const found = await ours(key);
      assert.ok(
        Math.abs(found - value) <= 1e-4 * Math.max(1, Math.abs(value)),
        `${key}: ${found}, not ${value}`,
      );
    });
  }
  await t.step("guessed pixels are pytorch-grad-cam's", () => {
    const input = one(tensors.get("input")!);
    for (const map of ["grad_cam", "saliency"]) {
      const importance = tensors.get(`map.${map}`)!;
      for (const kind of ["morf", "lerf"]) {
        const order = kind === "morf" ? importance : importance.map((v) => -v);
        for (const percent of [30, 80]) {
          const least = percentile(order, percent);
          const noise = { deviation: 0, normal: () => 0 };
          const made = imputed(input, (at) => order[at] >= least, noise);
          close(made, tensors.get(`road.${kind}.${map}.${percent}.imputed`)!, 1e-5);
        }
      }
    }
  });
  model.network.dispose();
});

function close(found: ArrayLike<number>, wanted: ArrayLike<number>, tolerance: number): void {
  assert.equal(found.length, wanted.length);
  for (let i = 0; i < wanted.length; i++) {
    assert.ok(Math.abs(found[i] - wanted[i]) <= tolerance, `${i}: ${found[i]}, not ${wanted[i]}`);
  }
}
