import assert from "node:assert/strict";
import * as tf from "../../deps/tfjs.ts";
import { useBackend } from "../../engine/runtime.ts";
import { platform } from "../../platform/mod.ts";
import { attributions, runOf, Slow, takesLong } from "../../web/_explain_runs.ts";
import { withActivation, withSubject } from "../../web/_ready.ts";

const bytes = await Deno.readFile(new URL("../../examples/images/cat-4.png", import.meta.url));
const subject = {
  picture: { token: "cat", name: "cat-4.png", sha256: await platform.sha256(bytes), bytes },
  model: { id: "phosphene-resnet" },
};
const [saliency, rise] = attributions(["saliency", "rise", "deepdream"]);
const never = new AbortController().signal;

Deno.test("a technique that takes long is refused once it says so, and then at once", async () => {
  await useBackend("wasm");
  assert.ok(!takesLong(rise, subject.model));
  for (let n = 0; n < 2; n++) {
    await assert.rejects(
      runOf(rise, { subject }, never, false, () => {}),
      (error) => error instanceof Slow && error.steps === 4000,
    );
    assert.ok(takesLong(rise, subject.model));
  }
  assert.ok(!takesLong(rise, { id: "phosphene-vgg" })); // of another network nothing is known
});

Deno.test("a run is kept for its picture, class and model", async () => {
  await useBackend("wasm");
  const run = (wanted: number) =>
    runOf(saliency, { subject, class: wanted }, never, false, () => {});
  const first = await run(2);
  assert.equal(await run(2), first);
  assert.notEqual(await run(3), first);
  for (const token of ["b", "c"]) {
    const other = { ...subject, picture: { ...subject.picture, token } };
    await runOf(saliency, { subject: other, class: 2 }, never, false, () => {});
  }
  assert.notEqual(await run(2), first); // two other pictures came since
});

Deno.test("questions that end, are refused or are left keep no tensor", async () => {
  await useBackend("wasm");
  await withSubject(subject, () => Promise.resolve()); // the model's own
  const count = () => tf.memory().numTensors;
  const round = async (n: number) => {
    await runOf(saliency, { subject, class: n }, never, false, () => {});
    await runOf(rise, { subject }, never, false, () => {}).catch(() => {});
    const controller = new AbortController();
    const left = runOf(rise, { subject, class: n }, controller.signal, true, () => {
      controller.abort();
    });
    await assert.rejects(left);
    await withActivation({ subject, layer: "layer3" }, never, () => Promise.resolve());
  };
  await round(4);
  const before = count();
  for (let n = 5; n < 9; n++) await round(n);
  assert.equal(count(), before);
});
