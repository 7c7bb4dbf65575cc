/**
 * Metrics beside torch-cam's, pytorch-grad-cam's, Captum's and Quantus's, on two networks whose weights,
 * pictures and maps follow from their names: colours and one channel, pictures that are not square, maps
 * of many equal numbers.
 */
import assert from "node:assert/strict";
import { judge, metrics } from "../../metrics/mod.ts";
import { attribute } from "../../techniques/mod.ts";
import { useBackend } from "../../engine/runtime.ts";
import { unsignedMap } from "../../run/maps.ts";
import type { Judged } from "../../run/judge.ts";
import { type Beside, coloured, gray, noiseOf, withDraws } from "./_beside.ts";
import { FIGURES } from "./_figures.ts";

/** What the figures call the runs. */
async function runsOf({ model, picture: image, maps, above, signed }: Beside) {
  const product = await attribute("input-x-gradient", { model, image });
  const saliency = await attribute("saliency", { model, image });
  const mapped = (map: Beside["above"]): Judged => ({
    ...saliency,
    attribution: map,
    ...unsignedMap(map),
  });
  const as = (map: Beside["above"]): Judged => ({ ...mapped(map), map, scale: undefined });
  return new Map<string, Judged>([
    ["saliency", saliency],
    ["input-x-gradient", product],
    ["signed", { ...product, attribution: signed }],
    ["above", mapped(above)],
    ...Object.entries(maps).map(([name, map]) => [name, as(map)] as const),
  ]);
}

await useBackend("wasm");
const cases = { coloured: coloured(), gray: gray() };
const runs = { coloured: await runsOf(cases.coloured), gray: await runsOf(cases.gray) };

for (const [peer, figures] of Object.entries(FIGURES)) {
  Deno.test(`metrics are ${peer}'s, of colours and of gray, and where numbers are equal`, async () => {
    for (const [network, of, id, options, value] of figures) {
      const run = runs[network].get(of)!, { mask } = cases[network];
      const noise = noiseOf(6, cases[network].signed.shape);
      const found = (await judge(run, withDraws(metrics.get(id), noise), options, { mask })).value;
      assert.ok(
        Math.abs(found - value) <= 2e-5 * Math.max(1, Math.abs(value)),
        `${id} ${JSON.stringify(options)} of ${of} on ${network}: ${found}, not ${value}`,
      );
    }
  });
}

Deno.test("the smallest number of an attribution is taken off, unless it is asked for raw", async () => {
  const above = runs.gray.get("above")!, { mask } = cases.gray;
  for (const id of ["sparseness", "entropy", "relevance-mass"]) {
    const { value } = await judge(above, id, {}, { mask });
    const { value: raw } = await judge(above, id, { raw: true }, { mask });
    assert.ok(Math.abs(value - raw) > 1e-3, `${id}: ${value} and ${raw}`);
  }
});
