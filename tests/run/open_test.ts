/** Saved runs, opened again. */
import assert from "node:assert/strict";
import { attribute, judge, loadModel, openRun, saveRun, visualize } from "../../mod.ts";
import { picture } from "../../conformance/networks.ts";
import { UserError } from "../../core/errors.ts";
import { useBackend } from "../../engine/runtime.ts";

await useBackend("wasm");
const model = await loadModel("phosphene-resnet"), image = picture(70, 64);

async function withRuns(test: (out: string) => Promise<void>): Promise<void> {
  const out = await Deno.makeTempDir();
  try {
    await test(out);
  } finally {
    await Deno.remove(out, { recursive: true });
  }
}

const refused = (opening: Promise<unknown>, message: RegExp) =>
  assert.rejects(opening, (error: Error) => {
    assert.ok(error instanceof UserError, `${error}`);
    assert.match(error.message, message);
    return true;
  });

Deno.test("an opened run is judged as on the day it was made, whatever it explained", () =>
  withRuns(async (out) => {
    const requests = [
      ["grad-cam", { options: { class: "cat" } }],
      ["input-x-gradient", { target: "cat - fish" }],
      ["integrated-gradients", { options: { steps: 7 }, seed: 3 }],
    ] as const;
    for (const [id, more] of requests) {
      const run = await attribute(id, { model, image, ...more });
      const { path } = await saveRun(run, out);
      const opened = await openRun(path, model);
      assert.deepEqual(opened.attribution, run.attribution);
      assert.equal(opened.target.label, run.target.label);
      for (const metric of ["deletion", "completeness", "sensitivity-max"]) {
        const options = metric === "sensitivity-max" ? { samples: 2 } : {};
        assert.deepEqual(
          (await judge(opened, metric, options)).value,
          (await judge(run, metric, options)).value,
          `${id} ${metric}`,
        );
      }
    }
  }));

Deno.test("what is not that run, or not that model, is refused", () =>
  withRuns(async (out) => {
    const run = await attribute("saliency", { model, image });
    const { path } = await saveRun(run, out);
    const other = await loadModel("phosphene-vgg");
    await refused(openRun(path, other), /was made with other weights of phosphene-resnet/);
    const bright = { ...model, preprocess: { ...model.preprocess, mean: [0, 0, 0] } };
    await refused(
      openRun(path, bright),
      /gives .* the score .* now, and gave it .*: it was loaded/,
    );
    const dream = await visualize("filter-viz", {
      model,
      options: { layer: "layer1", channel: 0, steps: 1, size: "16x16" },
    });
    const saved = await saveRun(dream, out);
    await refused(openRun(saved.path, model), /technique of kind visualization|explains nothing/);
    await refused(openRun(`${out}/nowhere`, model), /there is no manifest\.json/);
    const manifest = JSON.parse(await Deno.readTextFile(`${path}/manifest.json`));
    delete manifest.image.file;
    await Deno.writeTextFile(`${path}/manifest.json`, JSON.stringify(manifest));
    await refused(openRun(path, model), /its picture was not kept/);
    other.network.dispose();
  }));
