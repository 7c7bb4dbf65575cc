/**
 * Each structure of the families against PyTorch, on a small network with synthetic weights.
 *
 * The figures of `fixtures/parity/tiny.safetensors` were computed by PyTorch 1.13 in float64, with
 * the networks written out in `torch.nn`, the weights of `conformance/synthetic.ts`, and the picture of
 * `conformance/networks.ts` minus ImageNet's mean over its deviation: `NAME.logits`, `NAME.gradient`
 * (of the largest logit, height and width first), `NAME.saliency`, and `NAME.losses` of three steps
 * of DeepDream (SGD, learning rate 12, weight decay 1e-4) at the layer and channel given there.
 */
import assert from "node:assert/strict";
import { preprocess } from "../../image/preprocess.ts";
import { readSafetensors } from "../../core/safetensors.ts";
import { logit } from "../../engine/objectives.ts";
import { attribute, visualize } from "../../techniques/mod.ts";
import { forEachBackend } from "../_support/backends.ts";
import { families, picture } from "../../conformance/networks.ts";
import { asBatch, eachNear, near, take } from "../_support/tensors.ts";

const figures = readSafetensors(
  Deno.readFileSync(new URL("../fixtures/parity/tiny.safetensors", import.meta.url)),
).tensors;

for (const small of families) {
  const expected = (what: string) => figures.get(`${small.name}.${what}`)!;
  const image = picture(small.width, small.height);

  forEachBackend(`${small.name}: saliency and dream equal PyTorch's`, async (backend) => {
    const tolerance = backend === "webgpu" ? 1e-4 : 1e-5;
    const model = small.model();
    const run = await attribute("saliency", { model, image });
    const logits = [...expected("logits")];
    assert.equal(run.target.index, logits.indexOf(Math.max(...logits)));
    assert.deepEqual(run.attribution.shape, [small.height, small.width, 3]);
    near(run.attribution, expected("gradient"), tolerance, "gradient");
    near(run.map, expected("saliency"), tolerance, "saliency");
    const { layer, channel } = small;
    const dream = await visualize("deepdream", {
      model,
      image,
      options: { layer, channel, steps: 3 },
    });
    eachNear(dream.losses, [...expected("losses")], tolerance, "loss");
    model.network.dispose();
  });

  forEachBackend(`${small.name}: unfused, logits and gradient equal PyTorch's`, async (backend) => {
    const tolerance = backend === "webgpu" ? 1e-4 : 1e-5;
    const { network, preprocess: spec } = small.model();
    const input = asBatch(preprocess(image, spec).input);
    const logits = expected("logits");
    const target = logits.indexOf(Math.max(...logits));
    for (const fuse of [true, false]) {
      const { value, gradients, taps } = await network.gradient(input, logit(target), { fuse });
      near(await take(taps.logits), logits, tolerance, `logits, fuse ${fuse}`);
      near(await take(value), [logits[target]], tolerance, `value, fuse ${fuse}`);
      near(await take(gradients.input), expected("gradient"), tolerance, `gradient, fuse ${fuse}`);
    }
    input.dispose();
    network.dispose();
  });
}
