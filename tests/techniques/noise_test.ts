/** Attributions over noisy copies of a picture, with options of their own. */
import assert from "node:assert/strict";
import { UserError } from "../../core/errors.ts";
import { attributionOptions, layersOption, z } from "../../kit.ts";
import { verdictOf } from "../../conformance/check.ts";
import { grayOne } from "../../conformance/networks.ts";
import { ON_ONE } from "../../conformance/technique.ts";
import { read } from "../../engine/read.ts";
import { useBackend } from "../../engine/runtime.ts";
import { type AttributionTechnique, defineTechnique } from "../../run/technique.ts";
import { attribute, techniques } from "../../techniques/mod.ts";
import { sampled } from "../../techniques/_samples.ts";
import { near } from "../_support/tensors.ts";
import { tangled } from "./_slow.ts";

const ID = "noise-tunnel";

/** A technique whose attribution is the image it is shown, times a number. */
const scaling = (id: string, seen: Float32Array[]) =>
  defineTechnique({
    id,
    title: "Scaled",
    kind: "attribution",
    summary: "The image itself, times a number",
    caution: "For tests.",
    paper: { citation: "none", url: "https://example.org", equation: "R = b·x" },
    options: attributionOptions.extend({
      by: z.number().default(1).describe("The number"),
      layer: layersOption(),
    }),
    async *run({ image, options }) {
      const attribution = (await read(image.input)).map((v) => v * options.by);
      seen.push(attribution);
      yield { step: 1, of: 1 };
      return {
        attribution: Object.assign(attribution, { shape: image.input.shape.slice(1) }),
        map: attribution as never,
        colors: "diverging",
        overlay: 0,
      };
    },
  });

Deno.test("noise tunnel: the mean, the mean square and the variance of an attribution with its options", async () => {
  await useBackend("wasm");
  const { model, image, input } = tangled(), seen: Float32Array[] = [];
  techniques.add(scaling("test-scaled", seen));
  const samples = 40, sigma = 0.7;
  const run = async (variant: "mean" | "squared" | "var", more = {}) => {
    seen.length = 0;
    const options = {
      of: "test-scaled(by=-3)",
      variant,
      samples,
      sigma,
      scale: "absolute" as const,
      ...more,
    };
    return await attribute(ID, { model, image, options, seed: 2 });
  };
  const { attribution, figures } = await run("mean");
  assert.equal(seen.length, samples);
  assert.equal(figures!.deviation, sigma);
  const average = (f: (v: number) => number) =>
    Array.from(input, (_, i) => seen.reduce((sum, s) => sum + f(s[i]), 0) / samples);
  const means = average((v) => v), squares = average((v) => v * v);
  near(attribution, means, 1e-6, "mean");
  near((await run("squared")).attribution, squares, 1e-6, "squared");
  near((await run("var")).attribution, squares.map((s, i) => s - means[i] ** 2), 1e-4, "var");

  /** The deviation of what the technique has been shown. */
  const deviation = () => {
    const noise = seen.flatMap((s) => Array.from(s, (v, i) => v / -3 - input[i]));
    return Math.sqrt(noise.reduce((sum, v) => sum + v * v, 0) / noise.length);
  };
  assert.ok(Math.abs(deviation() / sigma - 1) < 0.02, `${deviation()}`);
  const range = Math.max(...input) - Math.min(...input);
  await run("mean", { sigma: 0.2, scale: "range" });
  assert.ok(Math.abs(deviation() / (0.2 * range) - 1) < 0.02, `${deviation()}`);
  model.network.dispose();
});

Deno.test("noise tunnel with smooth-grad's noise is smooth-grad, by batches and one by one", async () => {
  await useBackend("wasm");
  const { model, image } = tangled();
  for (const id of ["input-x-gradient", "hires-cam"]) {
    for (const variant of ["mean", "var"] as const) {
      const same = { of: id, variant, samples: 3, sigma: 0.15 };
      const request = { model, image, seed: 6, target: "class 2 - class 0" };
      const ours = await attribute(ID, { ...request, options: { ...same, scale: "range" } });
      const theirs = await attribute("smooth-grad", { ...request, options: same });
      assert.deepEqual(ours.attribution, theirs.attribution);
      assert.deepEqual(ours.map, theirs.map);
    }
  }
  model.network.dispose();
});

Deno.test("noise tunnel: without noise it is the attribution with these options", async () => {
  await useBackend("wasm");
  const { model, image } = tangled();
  const cases = [
    ["integrated-gradients(steps=7, method=trapezoid, baseline=blur)", {
      ...{ steps: 7, method: "trapezoid", baseline: "blur" },
    }],
    ['layer-cam(layer="deep,sum", signed=true, combine=max)', {
      ...{ layer: ["deep", "sum"], signed: true, combine: "max" },
    }],
    ["score-cam(max-channels=2)", { maxChannels: 2 }],
    ['lrp(rule="stem=epsilon,last=gamma", epsilon=0.1)', {
      ...{ rule: ["stem=epsilon", "last=gamma"], epsilon: 0.1 },
    }],
  ] as const;
  for (const [of, options] of cases) {
    const [id] = of.split("(");
    const plain = await attribute(id, { model, image, options: { ...options } });
    const other = await attribute(id, { model, image });
    assert.notDeepEqual(plain.attribution, other.attribution, `${of} changes nothing`);
    const tunnel = { of, samples: 2, sigma: 0 };
    for (const by of [ID, "smooth-grad"]) {
      const { attribution } = await attribute(by, { model, image, options: tunnel });
      near(attribution, plain.attribution, 1e-6, `${by} ${of}`);
    }
  }
  model.network.dispose();
});

Deno.test("options of a technique within another: what is wrong is told once, by name", () => {
  const refused = (text: string, told: RegExp) =>
    assert.throws(() => sampled(text, ID), (error) => {
      assert.ok(error instanceof UserError, `${error}`);
      assert.deepEqual([error.code, error.option], ["bad-option", "of"]);
      assert.match(error.message, told);
      assert.equal(error.message.match(/Cannot/g)!.length, 1, error.message);
      return true;
    });
  refused("lrp(epsilom=1)", /lrp has no "epsilom"; nearest: "epsilon"/);
  refused("lrp(epsilon=many)", /`epsilon` takes a number from 1e-9 to 1000; found "many"/);
  refused("lrp(epsilon=1, epsilon=2)", /"epsilon" is given twice/);
  refused("lrp(class=3)", /"class" has no effect within another technique/);
  refused("saliency(overlay=0.2)", /"overlay" has no effect within another/);
  refused("saliency, lrp", /takes one attribution/);
  refused("salience", /there is no technique "salience"; nearest: "saliency"/);
});

Deno.test("noise tunnel runs attributions, and not itself", async () => {
  await useBackend("wasm");
  const { model, image } = tangled();
  for (
    const [of, told] of [[ID, /takes an attribution/], [
      "deepdream",
      /takes an attribution/,
    ]] as const
  ) {
    await assert.rejects(attribute(ID, { model, image, options: { of } }), told);
  }
  model.network.dispose();
});

Deno.test("a gradient that is another than it says is found by the contract", async () => {
  const check = ON_ONE.find(({ name }) => name === "is the gradient that it says")!;
  const model = grayOne.model();
  const verdict = async (technique: AttributionTechnique) =>
    await verdictOf(check, { technique, small: grayOne, model }, { subject: technique.id });
  const saliency = techniques.get("saliency") as AttributionTechnique;
  assert.ok((await verdict(saliency)).passed);
  for (const gradient of [{ colors: "gray", timesInput: true }, { colors: "diverging" }]) {
    assert.ok(!(await verdict({ ...saliency, gradient })).passed);
  }
  model.network.dispose();
});
