/** Maps of one sign can end at a percentile, as those around zero do. */
import assert from "node:assert/strict";
import { useBackend } from "../../engine/runtime.ts";
import { loadImage } from "../../image/mod.ts";
import { loadModel } from "../../models/mod.ts";
import { percentile } from "../../run/maps.ts";
import { attribute } from "../../techniques/mod.ts";

const PICTURE = new URL("../../examples/images/cat-4.png", import.meta.url);

Deno.test("a clipped map is brighter by the percentile, and its numbers stay", async () => {
  await useBackend("cpu");
  const model = await loadModel("phosphene-resnet"), image = await loadImage(PICTURE);
  for (const technique of ["saliency", "grad-cam"]) {
    const whole = await attribute(technique, { model, image });
    const clipped = await attribute(technique, { model, image, options: { clip: 90 } });
    assert.deepEqual(clipped.attribution, whole.attribution);
    const { low, high } = whole.scale!, span = high - low;
    const cut = percentile(Float32Array.from(whole.map, (v) => low + v * span), 90);
    assert.ok(Math.abs(clipped.scale!.high - cut) < 1e-6 * Math.abs(cut), technique);
    clipped.map.forEach((v, i) => {
      const expected = Math.min(1, whole.map[i] * span / (cut - low));
      assert.ok(Math.abs(v - expected) < 1e-5, `${technique} at ${i}`);
    });
  }
});

Deno.test("a signed class activation map is clipped too", async () => {
  await useBackend("cpu");
  const model = await loadModel("phosphene-resnet"), image = await loadImage(PICTURE);
  const options = { signed: true };
  const whole = await attribute("grad-cam", { model, image, options });
  const clipped = await attribute("grad-cam", { model, image, options: { ...options, clip: 50 } });
  assert.ok(clipped.scale!.high < whole.scale!.high);
  assert.equal(clipped.map.reduce((a, b) => Math.max(a, Math.abs(b - 0.5)), 0), 0.5);
});
