/** Networks whose answers are not ImageNet's, from outside: their values are PyTorch's in float64. */
import assert from "node:assert/strict";
import { sizeOf } from "../../core/values.ts";
import { loadImage } from "../../image/mod.ts";
import { attribute, loadModel, type Model, predict } from "../../mod.ts";
import { cases, casesAbsence, hasCases } from "../_support/reference.ts";
import { eachNear, near } from "../_support/tensors.ts";

interface Expected {
  readonly logits?: number[];
  readonly logit?: number[];
  readonly probability?: number[];
  readonly probabilities?: number[];
  readonly predicted?: number;
  readonly default_layer?: string;
}

/** What a tensor of a case is of: its technique, and the layer and class that its name tells. */
const TENSORS: readonly [name: RegExp, technique: string, options: Record<string, unknown>][] = [
  [/^gradient/, "saliency", {}],
  [/^grad_cam/, "grad-cam", {}],
  [/^lrp_epsilon_plus/, "lrp", {}],
  [/^integrated_gradients_zero/, "integrated-gradients", { baseline: "zero", steps: 50 }],
];

async function check(folder: string, model: Model, picture: string): Promise<void> {
  const image = await loadImage(cases.path(`${folder}/${picture}`));
  const expected = cases.json<Expected>(`${folder}/expected.json`);
  const ranked = await predict(model, image);
  const inOrder = ranked.toSorted((a, b) => a.index - b.index);
  const logits = expected.logits ?? expected.logit;
  const shares = expected.probabilities ?? expected.probability;
  const found = (of: (typeof inOrder)[number][]) => of.slice(0, (logits ?? shares)!.length);
  if (logits) eachNear(found(inOrder).map((p) => p.logit), logits, 1e-5, "logits");
  if (shares) eachNear(found(inOrder).map((p) => p.probability!), shares, 1e-5, "probabilities");
  if (expected.predicted !== undefined) assert.equal(ranked[0].index, expected.predicted);
  if (expected.default_layer) {
    const { figures } = await attribute("grad-cam", { model, image });
    assert.equal(figures?.layer, expected.default_layer);
  }
  if (!cases.has(`${folder}/expected.safetensors`)) return;
  for (const [name, tensor] of cases.tensors(`${folder}/expected.safetensors`)) {
    const [, technique, options] = TENSORS.find(([of]) => of.test(name))!;
    const index = /class(\d+)/.exec(name)?.[1] ?? (ranked.length === 2 ? "0" : undefined);
    const layer = /^grad_cam_(.+?)(?:_class\d+)?$/.exec(name)?.[1];
    const run = await attribute(technique, {
      model,
      image,
      options: {
        ...options,
        ...(index === undefined ? {} : { class: Number(index) }),
        ...(layer ? { layer } : {}),
      },
    });
    assert.equal(run.attribution.length, sizeOf(tensor.shape), name);
    near(run.attribution, tensor, 1e-4, name);
  }
}

const FOLDERS: readonly [folder: string, picture: string][] = [
  ["answers/01-one-logit-network", "p20.png"],
  ["answers/03-softmax-before-flatten", "p20.png"],
  ["answers/04-outputs-are-probabilities", "p20.png"],
  ["answers/05-multi-label-sigmoid", "p20.png"],
  ["answers/06-squeeze-excite", "p20.png"],
  ["answers/07-default-layer-densenet", "p20.png"],
  ["answers/08-default-layer-inception", "p20.png"],
  ["answers/10-gray-input", "g20.png"],
  ["answers/12-activation-gelu", "p20.png"],
  ["answers/12-activation-mish", "p20.png"],
];

for (const [folder, picture] of FOLDERS) {
  Deno.test({
    name: `${folder}: what it says, and why${casesAbsence}`,
    ignore: !hasCases,
    fn: async () =>
      await check(folder, await loadModel(cases.path(`${folder}/model.json`)), picture),
  });
}
