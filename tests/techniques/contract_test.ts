/** What every technique of the registry owes to whoever runs it, on every kind of model. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import * as tf from "../../deps/tfjs.ts";
import { checkMisfits, ON_EVERY, ON_ONE } from "../../conformance/technique.ts";
import { verdictOf } from "../../conformance/check.ts";
import { rawOf, requestOf, runAll } from "../../conformance/running.ts";
import { branched, families, grayOne, type Small } from "../../conformance/networks.ts";
import type { Model } from "../../run/model.ts";
import { optionFields } from "../../core/options.ts";
import { execute, finish, type Run } from "../../run/execute.ts";
import type { Manifest } from "../../run/manifest.ts";
import { saveRun } from "../../run/save.ts";
import { readSafetensors } from "../../core/safetensors.ts";
import { useBackend } from "../../engine/runtime.ts";
import { loadModel } from "../../models/mod.ts";
import { techniques } from "../../techniques/mod.ts";
import { hasShared, own, shared } from "../_support/reference.ts";

/** Loaded once for the file; for small pictures where it takes any size. */
async function loaded(
  id: string,
  layer: string,
  channel: number,
  size?: { width: number; height: number },
): Promise<Small> {
  const model = await loadModel(id, size && { preprocess: { resize: size, crop: null } });
  const { width, height } = model.inputSize;
  return { name: model.network.name, width, height, layer, channel, model: () => model };
}

const KINDS: readonly Small[] = [
  ...families,
  branched,
  grayOne,
  await loaded("phosphene-resnet", "layer2", 1, { width: 32, height: 24 }),
  await loaded("phosphene-vgg", "features.9", 1, { width: 32, height: 24 }),
  await loaded(
    own.path("models/keras/model.json"),
    "relu_1_2",
    own.json<
      { dream: { channel: number } }
    >("expected/keras-star.json").dream.channel,
  ),
  ...(hasShared ? [await loaded(shared.path("models/tinyvgg/model.json"), "relu_1_2", 8)] : []),
];
const [first] = families;

const numTensors = () => tf.memory().numTensors;

/** One model of each kind for the whole file; its weights are prepared by the first run. */
const models = new Map<string, Model>();
function modelFor(small: Small): Model {
  const model = models.get(small.name) ?? small.model();
  models.set(small.name, model);
  return model;
}

for (const technique of techniques) {
  const { id } = technique;

  for (const small of KINDS) {
    for (const check of small === first ? [...ON_EVERY, ...ON_ONE] : ON_EVERY) {
      Deno.test(`${id} on ${small.name.split("/").slice(-2)[0]}: ${check.name}`, async () => {
        const of = { technique, small, model: modelFor(small) };
        const { passed, found } = await verdictOf(check, of, { subject: id });
        assert.ok(passed, found);
      });
    }
  }

  for (const field of optionFields(technique.options)) {
    Deno.test(`${id}: refuses what --${field.flag} cannot be`, () => {
      checkMisfits(technique, field);
    });
  }

  Deno.test(`${id}: a saved run is complete and reads back`, async () => {
    await useBackend("wasm");
    const out = await Deno.makeTempDir();
    try {
      const { run } = await runAll(technique, requestOf(technique, first, modelFor(first)));
      const before = numTensors();
      const { path, manifest } = await saveRun(run, out);
      assert.equal(numTensors(), before);
      const written = JSON.parse(await Deno.readTextFile(`${path}/manifest.json`)) as Manifest;
      assert.deepEqual(written, JSON.parse(JSON.stringify(manifest)));
      checkManifest(written, run);

      const inFolder = [...Deno.readDirSync(path)].map(({ name }) => name).sort();
      assert.deepEqual(
        inFolder,
        [...written.files, ...keptFiles(written)].map(({ name }) => name)
          .concat("manifest.json").sort(),
      );
      for (const { name, bytes, sha256 } of [...written.files, ...keptFiles(written)]) {
        const data = await Deno.readFile(`${path}/${name}`);
        assert.equal(data.length, bytes);
        assert.equal(createHash("sha256").update(data).digest("hex"), sha256);
      }
      const { tensors } = readSafetensors(await Deno.readFile(`${path}/values.safetensors`));
      assert.deepEqual(Object.fromEntries(tensors), rawOf(run));
      assert.deepEqual([...Deno.readDirSync(out)].length, 1, "something partial was left");
    } finally {
      await Deno.remove(out, { recursive: true });
    }
  });
}

/** What is kept of what a run was made of. */
const keptFiles = ({ image, model }: Manifest) =>
  [image?.file, model.labels].filter((file) => file !== undefined);

function checkManifest(manifest: Manifest, run: Run) {
  assert.equal(manifest.schema, 1);
  assert.ok(!Number.isNaN(Date.parse(manifest.createdAt)));
  assert.deepEqual(manifest.technique, { id: run.technique.id, title: run.technique.title });
  for (const field of optionFields(run.technique.options)) {
    if (field.default !== undefined) {
      assert.ok(
        Object.hasOwn(manifest.options, field.name),
        `${field.name} is not in the manifest`,
      );
    }
  }
  assert.match(manifest.command, new RegExp(`^phosphene ${run.technique.id} `));
  assert.deepEqual(
    Object.keys(manifest.model),
    ["id", "weights", "preprocess", "labelsCount", "scores"],
  );
  assert.equal(manifest.backend.name, "wasm");
  for (const part of ["phosphene", "deno", "tfjs"]) {
    assert.match(manifest.versions[part], /^\d/);
  }
  assert.ok(Array.isArray(manifest.result.diagnosis));
  assert.ok(manifest.durationMs >= 0);
  if ("map" in run) {
    assert.ok(manifest.target && manifest.predicted && manifest.image);
    assert.match(manifest.image.sha256, /^[0-9a-f]{64}$/);
  } else {
    assert.deepEqual(manifest.result.losses, run.losses);
  }
}

Deno.test("runs of one process wait for each other", async () => {
  await useBackend("wasm");
  const all = [...techniques].map((technique) => {
    const request = requestOf(technique, first, modelFor(first));
    return { technique, request };
  });
  const alone = [];
  for (const { technique, request } of all) {
    alone.push(rawOf((await runAll(technique, request)).run));
  }
  const before = numTensors();
  const together = await Promise.all(
    all.map(({ technique, request }) => finish(execute(technique, request))),
  );
  assert.deepEqual(together.map(rawOf), alone);
  assert.equal(numTensors(), before);
});
