/**
 * The families' members against torchvision 0.14 and timm 1.0: names and shapes of all, and of one or
 * more of each family what they compute, under synthetic weights, in PyTorch in float64; and that the
 * techniques take them. `fixtures/families/make.py` says what the figures are.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { UserError } from "../../core/errors.ts";
import { readSafetensors } from "../../core/safetensors.ts";
import { sizeOf, values } from "../../core/values.ts";
import type { Graph } from "../../engine/graph.ts";
import { logit } from "../../engine/objectives.ts";
import { useBackend } from "../../engine/runtime.ts";
import { torchShapes } from "../../models/_torch.ts";
import { alexnetGraph, FLATTENED } from "../../models/alexnet.ts";
import * as convnext from "../../models/convnext.ts";
import { timmEfficientNet } from "../../models/efficientnet.ts";
import { architectureOf } from "../../models/mod.ts";
import { resnetGraph } from "../../models/resnet.ts";
import { attribute, visualize } from "../../techniques/mod.ts";
import { onNative, onWasm } from "../_support/native.ts";
import figures from "../fixtures/families/figures.json" with { type: "json" };
import { modelOf, picture } from "../../conformance/networks.ts";
import { synthetic, syntheticNetwork } from "../../conformance/synthetic.ts";
import { asBatch, channelsLast, near, relativeError, take } from "../_support/tensors.ts";

const expected = readSafetensors(
  Deno.readFileSync(new URL("../fixtures/families/values.safetensors", import.meta.url)),
).tensors;

const TIMM = " (timm)", IMAGENET = { channels: 3, classes: 1000 };

const ONE_EACH = { depths: [1, 1, 1, 1], width: 32 };
/** Shallow or narrow ones of the families whose members are all large. */
const CUT: Readonly<Record<string, () => Graph>> = {
  "alexnet (cut)": () => alexnetGraph(IMAGENET, 16),
  "convnext (cut)": () => convnext.torchvisionGraph(ONE_EACH, IMAGENET),
  "convnext (cut, timm)": () => convnext.timmGraph(ONE_EACH, IMAGENET),
  "resnext (cut)": () => {
    const bottleneck = { block: "bottleneck", stem: "plain", shortcut: "conv" } as const;
    return resnetGraph({ ...bottleneck, ...ONE_EACH, widen: 2, groups: 32 }, 1000);
  },
};

/** A member by the names that it has without weights, or by timm's. */
async function graphOf(name: string): Promise<Graph> {
  if (Object.hasOwn(CUT, name)) return CUT[name]();
  if (!name.endsWith(TIMM)) return (await architectureOf(name)).graph;
  const id = name.slice(0, -TIMM.length);
  return id.startsWith("convnext")
    ? convnext.timmGraph(convnext.MEMBERS[id], IMAGENET)
    : timmEfficientNet(id, IMAGENET);
}

const digest = (lines: readonly string[]) =>
  createHash("sha256").update(lines.toSorted().join("\n")).digest("hex");

/** Names of layers that are no modules in PyTorch. */
const OURS = /^relu$/;

for (const [name, { parameters, shapes, modules }] of Object.entries(figures)) {
  Deno.test(`${name}: parameters and modules are PyTorch's`, async () => {
    const graph = await graphOf(name), all = [...torchShapes(graph)];
    const learnt = all.filter(([key]) => !/running_(mean|var)$/.test(key));
    assert.equal(learnt.reduce((sum, [, shape]) => sum + sizeOf(shape), 0), parameters);
    assert.equal(digest(all.map(([key, shape]) => `${key}:${shape}`)), shapes);
    const names = graph.modules.map((module) => module.name);
    assert.equal(new Set(names).size, names.length, "every module is listed once");
    assert.equal(digest(names.filter((module) => !OURS.test(module))), modules);
  });
}

/** Of an image that the network takes, where that is not 64. */
const SIDES: Readonly<Record<string, number>> = { inception_v3: 75, densenet121: 32 };

/** timm's of a family, which compute what torchvision's do. */
const TIMMS = /timm\)$|^mobilenetv[23]_|^regnetx/;

/** Every so many numbers. */
const every = (numbers: Float32Array, step: number) => numbers.filter((_, i) => i % step === 0);

const networks = [...expected.keys()].filter((key) => key.endsWith(".logits"))
  .map((key) => key.slice(0, -".logits".length));

for (const name of networks) {
  Deno.test(`${name}: logits and gradient are PyTorch's, and techniques take it`, async (t) => {
    const side = SIDES[name] ?? 64;
    const graph = await graphOf(name);
    const flattened = name.startsWith("alexnet") ? FLATTENED : undefined;
    const network = syntheticNetwork(graph, name, flattened);
    const what = (part: string) => expected.get(`${name}.${part}`)!;
    const equal = async () => {
      const numbers = synthetic("image", 3 * side * side);
      const image = asBatch(channelsLast(values(numbers, [1, 3, side, side])));
      const logits = what("logits"), target = 10 * logits.indexOf(Math.max(...logits));
      const { value, gradients, taps } = await network.gradient(image, logit(target));
      near(every(await take(taps.logits), 10), logits, 1e-4, "logits");
      const gradient = await take(gradients.input);
      near(every(gradient, 17), what("gradient"), 1e-3, "gradient");
      const norm = Math.hypot(...gradient);
      assert.ok(relativeError([norm], what("norm")) < 1e-3, `norm ${norm}, not ${what("norm")}`);
      value.dispose();
      image.dispose();
    };
    await t.step("logits and gradient", () => onWasm(equal));
    await t.step("in ONNX Runtime", async () => {
      const { ran } = await onNative(equal);
      assert.equal(ran.length, 1, "it ran by steps");
    });
    await useBackend("wasm");
    if (!TIMMS.test(name)) {
      await t.step("techniques", async () => {
        const model = modelOf(network, side, side), image = picture(side, side);
        for (const id of ["saliency", "grad-cam", "guided-backprop", "lrp"]) {
          try {
            const { attribution } = await attribute(id, { model, image });
            assert.ok(attribution.every(Number.isFinite), id);
            assert.ok(attribution.some((n) => n !== 0), id);
          } catch (error) {
            // a layer normalization's relevance is not defined
            if (id !== "lrp" || !name.startsWith("convnext")) throw error;
            assert.ok(error instanceof UserError && /no rule for layerNorm/.test(error.message));
          }
        }
        const { losses } = await visualize("deepdream", { model, image, options: { steps: 2 } });
        assert.ok(losses.length === 2 && losses.every(Number.isFinite));
      });
    }
    network.dispose();
  });
}
