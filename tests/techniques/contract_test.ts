/** What every technique of the registry owes to whoever runs it, on every kind of model. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import * as tf from "../../deps/tfjs.ts";
import { UserError } from "../../core/errors.ts";
import type { Model } from "../../run/model.ts";
import {
  fieldOfRole,
  type OptionField,
  optionFields,
  type OptionRole,
  optionsByRole,
  parseOptions,
} from "../../core/options.ts";
import { execute, finish, type Run } from "../../run/execute.ts";
import type { Manifest } from "../../run/manifest.ts";
import { saveRun } from "../../run/save.ts";
import { readSafetensors } from "../../core/safetensors.ts";
import type { Progress } from "../../run/technique.ts";
import { sizeOf } from "../../core/values.ts";
import { useBackend } from "../../engine/runtime.ts";
import { loadModel } from "../../models/mod.ts";
import { techniques } from "../../techniques/mod.ts";
import {
  abortingAt,
  finite,
  quickOptions,
  rawOf,
  requestOf,
  runAll,
  takesPicture,
} from "../_support/contract.ts";
import { branched, families, picture, type Small } from "../_support/networks.ts";
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

function checkProgress(progress: readonly Progress[]) {
  assert.ok(progress.length > 0, "no progress was told");
  let before = 0;
  for (const { step, of, loss } of progress) {
    assert.ok(Number.isInteger(step) && Number.isInteger(of));
    assert.ok(step > before && step <= of, `step ${step} of ${of} came after ${before}`);
    assert.equal(of, progress[0].of, "the number of steps changed");
    if (loss !== undefined) assert.ok(Number.isFinite(loss));
    before = step;
  }
  assert.equal(progress.at(-1)!.step, progress.at(-1)!.of, "the last step is not the last");
}

function checkRun(run: Run, small: Small) {
  const { width, height } = small;
  assert.ok(run.diagnosis.every((note) => typeof note === "string" && note.length > 0));
  if ("map" in run) {
    assert.deepEqual(run.map.shape, [height, width]);
    assert.equal(run.attribution.length, sizeOf(run.attribution.shape));
    assert.ok([2, 3].includes(run.attribution.shape.length), `rank of [${run.attribution.shape}]`);
    finite(run.attribution, "attribution");
    run.map.forEach((v, i) => assert.ok(v >= 0 && v <= 1, `map[${i}] is ${v}`));
    assert.ok(run.strength > 0 && run.strength <= 1);
    assert.deepEqual([run.seen.width, run.seen.height], [width, height]);
    assert.ok(run.map.some((v) => v > 0), "an empty map");
    return;
  }
  assert.deepEqual(run.image.shape, [run.final.height, run.final.width, 3]);
  assert.equal(run.final.data.length, run.image.length);
  finite(run.image, "image");
  finite(run.losses, "loss");
  assert.ok(run.losses.length > 0);
}

for (const technique of techniques) {
  const { id } = technique;

  for (const small of KINDS) {
    Deno.test(`${id} on ${small.name.split("/").slice(-2)[0]}: sound, repeatable, nothing left`, async () => {
      await useBackend("wasm");
      const request = requestOf(technique, small, modelFor(small));
      const levels = request.image?.data.slice();
      const { run, progress } = await runAll(technique, request);
      checkProgress(progress);
      checkRun(run, small);
      if (levels) assert.deepEqual(request.image!.data, levels, "the picture was changed");

      const before = numTensors();
      const again = await runAll(technique, request);
      assert.equal(numTensors(), before, "tensors were left behind");
      assert.deepEqual(rawOf(again.run), rawOf(run), "the same seed gave other numbers");
    });
  }

  Deno.test(`${id}: the same seed gives the same bytes on cpu`, async () => {
    await useBackend("cpu");
    const request = requestOf(technique, first, first.model());
    const [a, b] = [await runAll(technique, request), await runAll(technique, request)];
    assert.deepEqual(rawOf(a.run), rawOf(b.run));
    request.model.network.dispose();
  });

  Deno.test(`${id}: an abort at any point is heard and leaves nothing`, async () => {
    await useBackend("wasm");
    const request = requestOf(technique, first, modelFor(first));
    const whole = abortingAt(Infinity);
    await runAll(technique, { ...request, signal: whole.signal });
    const calls = whole.calls(), before = numTensors();
    assert.ok(calls > 10, "the signal is not passed on to the passes");
    const points = [1, 2, ...[0.2, 0.4, 0.6, 0.8].map((share) => Math.ceil(share * calls))];
    for (const point of points) {
      const { signal, reason } = abortingAt(point);
      await assert.rejects(runAll(technique, { ...request, signal }), (e) => e === reason);
      assert.equal(numTensors(), before, `aborted at check ${point} of ${calls}`);
    }
    const aborted = { ...request, signal: AbortSignal.abort(new Error("before")) };
    await assert.rejects(runAll(technique, aborted), { message: "before" });
  });

  Deno.test(`${id}: a consumer that stops early leaves nothing`, async () => {
    await useBackend("wasm");
    const request = requestOf(technique, first, modelFor(first));
    await runAll(technique, request);
    const before = numTensors();
    const steps = execute(technique, request);
    await steps.next();
    await steps.return(undefined as unknown as Run);
    assert.equal(numTensors(), before);
    await runAll(technique, request); // the next run's turn has come
    assert.equal(numTensors(), before);
  });

  Deno.test(`${id}: the user's mistakes are told and leave nothing`, async () => {
    await useBackend("wasm");
    const request = requestOf(technique, first, modelFor(first));
    await runAll(technique, request);
    const before = numTensors(), { options: schema } = technique;
    const refused = async (change: object, told: RegExp) => {
      await assert.rejects(runAll(technique, { ...request, ...change }), (error: Error) => {
        assert.ok(error instanceof UserError, error.stack);
        assert.match(error.message, told);
        return true;
      });
      assert.equal(numTensors(), before);
    };
    const options = (more: object) => ({ options: { ...request.options, ...more } });
    await refused(options({ leyer: 1 }), /no option "leyer"/);
    const byRole = (role: OptionRole, value: unknown) =>
      options(optionsByRole(schema, { [role]: value }));
    if (fieldOfRole(schema, "layer")) {
      await refused(byRole("layer", "layer2.1.act7"), /There is no layer .*; nearest: "layer2\.1/);
    }
    if (fieldOfRole(schema, "channel")) {
      await refused(byRole("channel", 100_000), /channel 100000.*0 to/);
    }
    if (fieldOfRole(schema, "class")) {
      await refused(byRole("class", 99), /no class 99.*0 to 4/);
      await refused(byRole("class", "dog"), /no class "dog"/);
    }
    if (technique.kind === "attribution" || technique.picture === "required") {
      await refused({ image: undefined }, /needs a picture to /);
    }
    if (!takesPicture(technique)) await refused({ image: picture(9, 9) }, /takes no picture/);
  });

  Deno.test(`${id}: describes itself, and every option`, () => {
    assert.match(id, /^[a-z]+(-[a-z]+)*$/);
    for (const text of [technique.title, technique.summary, technique.caution]) {
      assert.ok(text.trim().length > 3);
    }
    assert.ok(!technique.summary.includes("\n"));
    assert.match(technique.paper.citation, /\d{4}/);
    assert.match(technique.paper.url, /^https:\/\//);
    assert.ok(technique.paper.equation.length > 3);
    for (const field of optionFields(technique.options)) {
      assert.ok(field.description.length > 3, `--${field.flag} has no description`);
      assert.match(field.flag, /^[a-z0-9]+(-[a-z0-9]+)*$/);
    }
    parseOptions(technique.options, quickOptions(technique, first), id);
  });

  for (const field of optionFields(technique.options)) {
    Deno.test(`${id}: refuses what --${field.flag} cannot be`, () => {
      for (const bad of misfits(field)) {
        assert.throws(
          () => parseOptions(technique.options, { [field.name]: bad }, id),
          (error: Error) => {
            assert.ok(error instanceof UserError, error.stack);
            assert.ok(error.message.includes(`: \`${field.name}\` takes `), error.message);
            assert.deepEqual([error.code, error.option], ["bad-option", field.name]);
            return true;
          },
          `${field.name} = ${JSON.stringify(bad)} was taken`,
        );
      }
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

/** Values that an option must not take. */
function misfits({ type, minimum, maximum, choices }: OptionField): unknown[] {
  const wrong: unknown[] = [{}, null];
  if (type === "number" || type === "integer") wrong.push("many", NaN, Infinity, true);
  if (type === "integer") wrong.push(1.5);
  if (type === "boolean") wrong.push("maybe", 1);
  if (type === "list") wrong.push("one");
  if (minimum !== undefined) wrong.push(minimum - 1);
  if (maximum !== undefined) wrong.push(maximum + 1);
  if (choices) wrong.push(`${choices[0]}!`);
  return wrong;
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
