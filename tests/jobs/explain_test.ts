/** Tasks of the kind `explain`: their keys, what they are given, and who looks on. */
import assert from "node:assert/strict";
import { parseOptions } from "../../core/options.ts";
import { useBackend } from "../../engine/runtime.ts";
import { type Errand, type Hand, helper, own } from "../../jobs/hands.ts";
import { choiceOf, type ModelChoice, namesIn } from "../../jobs/kind.ts";
import { explain, type ExplainInput, explainTask } from "../../jobs/kinds/explain.ts";
import { kinds } from "../../jobs/kinds/mod.ts";
import { RunResults } from "../../jobs/results.ts";
import { runTasks } from "../../jobs/run.ts";
import type { Task } from "../../jobs/task.ts";
import type { KeptFrame, Sight } from "../../jobs/watch.ts";
import { decodeImage } from "../../image/mod.ts";
import { loadModel } from "../../models/mod.ts";
import { platform } from "../../platform/mod.ts";
import type { Manifest } from "../../run/manifest.ts";
import { techniques } from "../../techniques/mod.ts";
import { within } from "../_support/patience.ts";

const PATH = new URL("../../examples/images/cat-4.png", import.meta.url).pathname;
const CAT = await Deno.readFile(PATH), sha256 = await platform.sha256(CAT);
/** The cat where it lies, and the same as something that was sent. */
const lying = { name: "cat-4.png", path: PATH, sha256 }, sent = { name: "cat-4.png", sha256 };
const SENT = new Map([[sha256, CAT]]);
const never = () => new AbortController().signal;

await useBackend("wasm");

type Given = Pick<ExplainInput, "technique" | "model"> & Partial<ExplainInput>;

/** A task whose options have their defaults. */
const taskOf = ({ technique, options = {}, ...given }: Given): Promise<Task> =>
  explainTask({
    seed: 0,
    ...given,
    technique,
    options: parseOptions(techniques.get(technique).options, options, technique),
  });

/** Does one task in a folder that is gone afterwards. */
async function perform(hand: Hand, task: Task, errand: Partial<Errand> = {}): Promise<Manifest> {
  const folder = await Deno.makeTempDir();
  try {
    const given = { folder, out: "runs", signal: never(), ...errand };
    return await hand.perform(task, given) as Manifest;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("options that were parsed once stay as they are: a task's key is that of its run", () => {
  for (const { id, options } of techniques) {
    const once = parseOptions(options, {}, id);
    const again = parseOptions(options, JSON.parse(JSON.stringify(once)), id);
    assert.equal(JSON.stringify(again), JSON.stringify(once), id);
  }
});

Deno.test("runs are found by their tasks, with a picture and without, and with all that is declared", async () => {
  const out = await Deno.makeTempDir(), model = await loadModel("phosphene-resnet");
  const labels = model.labels.map((label) => `the ${label}`);
  const declared = await loadModel("phosphene-resnet", {
    ...{ labels, scores: "sigmoid", preprocess: { std: [0.5, 0.5, 0.5] } },
  });
  const viz = { technique: "feature-viz", options: { steps: 2, size: "32x32" } };
  const tasks = [
    await taskOf({ technique: "saliency", image: lying, model: choiceOf(model) }),
    await taskOf({ technique: "saliency", image: lying, model: choiceOf(declared) }),
    await taskOf({
      ...{ technique: "grad-cam", image: sent, model: choiceOf(model), target: "cat - snail" },
    }),
    await taskOf({ ...viz, model: choiceOf(model) }),
    await taskOf({ ...viz, model: choiceOf(model), seed: 3 }),
  ];
  assert.equal(new Set(tasks.map(({ key }) => key)).size, tasks.length);
  const all = () =>
    runTasks(tasks, {
      hands: [own(model, declared)],
      results: new RunResults(out, techniques.ids), // it has to look what is there
      signal: never(),
      hear: (event) => assert.notEqual(event.type, "failed", JSON.stringify(event)),
      besides: () => ({ sent: SENT }),
    });
  assert.deepEqual(await all(), { done: 5, skipped: 0, failed: 0 });
  assert.deepEqual(await all(), { done: 0, skipped: 5, failed: 0 });
  for (const { network } of [model, declared]) network.dispose();
  await Deno.remove(out, { recursive: true });
});

Deno.test("a picture that did not come with its task is said so", async () => {
  const model = await loadModel("phosphene-resnet");
  const task = await taskOf({ technique: "saliency", image: sent, model: choiceOf(model) });
  await assert.rejects(perform(own(model), task), {
    name: "UserError",
    message: 'Cannot read picture "cat-4.png": it did not come with the task.',
  });
  model.network.dispose();
});

/** One who looks on, and remembers. */
function watching() {
  const sights: Sight[] = [], kept: KeptFrame[] = [];
  let hear = (_: Sight) => {};
  return {
    ...{ sights, kept },
    onSight: (listener: typeof hear) => hear = listener,
    watcher: {
      see(sight: Sight) {
        sights.push(sight);
        hear(sight);
      },
      keep: (frames: readonly KeptFrame[]) => void kept.push(...frames),
    },
  };
}

const dream = (model: ModelChoice, options: Record<string, unknown>) =>
  taskOf({ technique: "deepdream", image: sent, model, options });

for (const [name, make] of [["this program", () => own()], ["a helper", beside]] as const) {
  Deno.test(`who looks on sees all losses and frames, and pictures; of ${name}`, async () => {
    const hand = make(), model = await chosen();
    const { sights, kept, watcher } = watching();
    const task = await dream(model, { steps: 12, saveEvery: 5 });
    const told = await perform(hand, task, { sent: SENT, watcher });
    const sum = (count: (sight: Sight) => number) =>
      sights.reduce((sum, sight) => sum + count(sight), 0);
    assert.equal(sum(({ losses }) => losses.length), 12);
    assert.equal(sum(({ frames }) => frames), told.files.filter((f) => f.role === "frame").length);
    assert.deepEqual([sights.at(-1)!.step, sights.at(-1)!.of], [12, 12]);
    const shown = await decodeImage(sights[0].picture!, "sight.png");
    assert.deepEqual([shown.width, shown.height], [64, 64]);
    assert.deepEqual(kept, []); // it was not stopped
    hand.end();
  });

  Deno.test(`frames of what is stopped are handed on; of ${name}`, async () => {
    const hand = make(), model = await chosen(), stop = new AbortController();
    const { kept, watcher, onSight } = watching();
    let frames = 0;
    onSight((sight) => (frames += sight.frames) >= 3 && stop.abort(new Error("enough")));
    const task = await dream(model, { steps: 100_000, saveEvery: 2 });
    const work = perform(hand, task, { sent: SENT, watcher, signal: stop.signal });
    await within(assert.rejects(work, /enough/), "the end of what was stopped");
    assert.deepEqual(kept.slice(0, 3).map(({ step }) => step), [2, 4, 6]);
    assert.equal((await decodeImage(kept[0].png, "frame.png")).width, 64);
    hand.end();
  });

  Deno.test(`where nobody looks on, steps are all that is told; of ${name}`, async () => {
    const hand = make(), model = await chosen(), steps: number[][] = [];
    const onProgress = (...step: number[]) => void steps.push(step);
    await perform(hand, await dream(model, { steps: 3 }), { sent: SENT, onProgress });
    assert.deepEqual(steps[0].slice(1), [3]);
    assert.ok(steps.every((step) => step.length === 2));
    hand.end();
  });
}

/** A helper that is patient enough to encode frames on a busy machine. */
function beside() {
  return helper({ backend: "wasm", threads: 1, plugins: [] }, 60_000);
}

/** What a task says of a model. */
async function chosen(): Promise<ModelChoice> {
  const model = await loadModel("phosphene-resnet"), choice = choiceOf(model);
  model.network.dispose();
  return choice;
}

Deno.test("a helper says what tasks name of a model, and is sent a picture once for all of them", async () => {
  const hand = beside(), labels = ["one", "two"];
  const model = await hand.choose({ id: "phosphene-resnet" }, never());
  assert.deepEqual(model, await chosen());
  await assert.rejects(hand.choose({ id: "phosphene-resnet", labels }, never()), {
    name: "UserError",
    message: /Cannot use these labels/,
  });
  const task = await taskOf({ technique: "saliency", image: sent, model });
  const sha256 = async (content: Uint8Array) =>
    (await perform(hand, task, { sent: new Map([[sent.sha256, content]]) })).image!.file!.sha256;
  assert.equal(await sha256(CAT), sent.sha256);
  // it has the picture: what is under that name here by now, it does not ask
  assert.equal(await sha256(new Uint8Array()), sent.sha256);
  await perform(hand, await taskOf({ technique: "saliency", image: lying, model }));
  // only that of the last task is kept
  await assert.rejects(sha256(new Uint8Array()), /"cat-4\.png": it is empty/);
  // another helper begins with nothing
  hand.end();
  assert.equal(await sha256(CAT), sent.sha256);
  hand.end();
});

Deno.test("a helper that is ended ends what it does; after a stop it is there again", async () => {
  const hand = helper({ backend: "wasm", threads: 1, plugins: [] }, 1);
  const model = await chosen(), task = await dream(model, { steps: 100_000 });
  const begun = Promise.withResolvers<void>(), onProgress = () => begun.resolve();
  const ended = perform(hand, task, { sent: SENT, onProgress });
  await within(begun.promise, "the first step");
  hand.end();
  await within(assert.rejects(ended, /It was ended/), "the end of a helper");
  // a millisecond is too short to heed: it is given up all the same, and another one comes
  const stop = new AbortController(), signal = stop.signal;
  const stopped = perform(hand, task, { sent: SENT, signal, onProgress: () => stop.abort() });
  await within(assert.rejects(stopped, { name: "AbortError" }), "the end of patience");
  const again = await dream(model, { steps: 1 });
  assert.equal((await perform(hand, again, { sent: SENT })).options.steps, 1);
  hand.end();
});

Deno.test("what of a task may name a file is known, in objectives and targets too", () => {
  assert.deepEqual(namesIn("mean"), ["mean"]);
  const named = namesIn(
    'direction(layer3, "a, b.safetensors#v", 4) - 0.5*cosine(x, vector=/etc/c.json)',
  );
  for (const name of ["a, b.safetensors#v", "a, b.safetensors", "/etc/c.json", "layer3"]) {
    assert.ok(named.includes(name), name);
  }
  const numbers = Array.from({ length: 2048 }, (_, i) => i / 7).join(", ");
  assert.ok(namesIn(`direction(layer4, [${numbers}], 4)`).length < 8, "numbers are no names");

  const texts = (technique: string, options: Record<string, unknown>) =>
    explain.texts({ technique, options } as unknown as ExplainInput);
  assert.ok(
    texts("deepdream", { objective: "direction(conv1, secret.json)" }).includes("secret.json"),
  );
  assert.ok(texts("deepdream", { guide: "other.png" }).includes("other.png"));
  assert.deepEqual(texts("deepdream", { layer: "layer3" }), []);
  const render = kinds.get("render");
  assert.ok(render.texts({ options: { objective: "cosine(l, v.json)" } }).includes("v.json"));
});
