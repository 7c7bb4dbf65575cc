import assert from "node:assert/strict";
import { useBackend } from "../../engine/runtime.ts";
import { loadModel } from "../../models/mod.ts";
import { evaluate } from "../../training/evaluate.ts";
import { CLASSES } from "../../world/scene.ts";

/** Seeds that neither the training nor the card's held-out sets have used. */
const FRESH_SEED = 2_000_000_000;

for (const id of ["phosphene-resnet", "phosphene-vgg"]) {
  const card = await Deno.readTextFile(
    new URL(`../../models/builtin/${id}.md`, import.meta.url),
  );
  const claimed = [...card.matchAll(/\*\*([\d.]+) %\*\*/g)].map(([, percent]) => +percent / 100);

  Deno.test(`the card of ${id} names these very weights and these classes`, async () => {
    const model = await loadModel(id);
    assert.deepEqual(model.labels, CLASSES);
    assert.ok(card.includes(model.weights.sha256));
  });

  Deno.test(`${id} is as good on freshly drawn pictures as its card says`, async () => {
    await useBackend("wasm");
    const model = await loadModel(id);
    for (const [i, difficulty] of (["normal", "hard"] as const).entries()) {
      const { accuracy } = await evaluate(model, { count: 100, seed: FRESH_SEED, difficulty });
      assert.ok(accuracy >= [0.95, 0.9][i], `${difficulty}: ${accuracy}`);
      assert.ok(Math.abs(accuracy - claimed[i]) < 0.03, `${difficulty}: ${accuracy} of ${claimed}`);
    }
  });
}
