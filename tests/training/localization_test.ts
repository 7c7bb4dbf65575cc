import assert from "node:assert/strict";
import { useBackend } from "../../engine/runtime.ts";
import { loadModel } from "../../models/mod.ts";
import { attribute } from "../../techniques/mod.ts";
import { CLASSES, draw } from "../../world/scene.ts";

const PICTURES = 60;
/** Far from the seeds of the training and of the model cards. */
const FIRST_SEED = 7_000_000;

/** How much more of the map lies in the mask than if it lay everywhere alike. */
function concentration(map: Float32Array, mask: Uint8Array): number {
  let inside = 0, all = 0, area = 0;
  for (let i = 0; i < map.length; i++) {
    all += map[i];
    area += mask[i];
    if (mask[i]) inside += map[i];
  }
  return (inside / all) / (area / map.length);
}

for (const id of ["phosphene-resnet", "phosphene-vgg"]) {
  Deno.test(`${id}: saliency of what is recognized lies on the subject, twice its share`, async () => {
    await useBackend("wasm");
    const model = await loadModel(id), ratios: number[] = [];
    for (let i = 0; i < PICTURES; i++) {
      const name = CLASSES[i % CLASSES.length];
      const { picture, mask } = draw({ class: name, seed: FIRST_SEED + i });
      const run = await attribute("saliency", { model, image: picture });
      if (run.target.label === name) ratios.push(concentration(run.map, mask));
    }
    model.network.dispose();
    assert(ratios.length > 0.9 * PICTURES, `only ${ratios.length} of ${PICTURES} recognized`);
    const mean = ratios.reduce((a, b) => a + b, 0) / ratios.length;
    assert(mean >= 2, `${mean.toFixed(2)} times`);
  });
}
