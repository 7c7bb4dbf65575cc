/** Scripts that people write: several runs in one process, and what happens between their steps. */
import assert from "node:assert/strict";
import * as tf from "../../deps/tfjs.ts";
import { z } from "../../deps/zod.ts";
import {
  attribute,
  type AttributionTechnique,
  defineTechnique,
  execute,
  predict,
  techniques,
  useBackend,
  visualize,
} from "../../mod.ts";
import { families, picture } from "../../conformance/networks.ts";

const small = families[0], model = small.model();
const image = picture(small.width, small.height);
const dreaming = { model, image, options: { layer: small.layer, channel: small.channel } };

await useBackend("wasm");
const saliency = techniques.get("saliency") as AttributionTechnique;

/** An attribution that is saliency, with something done before. */
const saliencyAfter = (
  id: string,
  before: (context: Parameters<AttributionTechnique["run"]>[0]) => Promise<unknown>,
) =>
  defineTechnique<z.ZodObject>({
    ...saliency,
    id,
    options: z.object({}),
    async *run(context: Parameters<AttributionTechnique["run"]>[0]) {
      await before(context);
      yield { step: 1, of: 2 };
      return yield* saliency.run({ ...context, options: saliency.options.parse({}) });
    },
  });

const alone = (await attribute("saliency", { model, image })).map;

Deno.test("between two steps of a run, a script may ask the network something", async () => {
  const expected = await predict(model, image);
  const losses = (await visualize("deepdream", {
    ...dreaming,
    options: { ...dreaming.options, steps: 3 },
  })).losses;
  const seen: number[] = [];
  const steps = execute(techniques.get("deepdream"), {
    ...dreaming,
    options: { ...dreaming.options, steps: 3 },
  });
  for await (const { loss } of steps) {
    seen.push(loss!);
    assert.deepEqual(await predict(model, image), expected);
    assert.deepEqual((await attribute("saliency", { model, image })).map, alone);
  }
  assert.deepEqual(seen, [...losses]);
});

Deno.test("a technique may call another: by its context, or as any script would", async () => {
  const byContext = saliencyAfter("by-context", async (context) => {
    const { map } = await context.attribute("saliency");
    assert.deepEqual(map, alone);
    const dark = tf.zerosLike(context.image.input);
    const other = await context.attribute("input-x-gradient", { input: dark });
    assert.ok(other.attribution.every((v) => v === 0));
  });
  assert.deepEqual((await attribute(byContext, { model, image })).map, alone);
  const byLibrary = saliencyAfter("by-library", async () => {
    assert.deepEqual((await attribute("saliency", { model, image })).map, alone);
    assert.equal((await predict(model, image)).length, model.labels.length);
  });
  assert.deepEqual((await attribute(byLibrary, { model, image })).map, alone);
  const wrong = saliencyAfter("wrong", (context) => context.attribute("deepdream"));
  await assert.rejects(attribute(wrong, { model, image }), { name: "UserError" });
});

Deno.test("what a technique that another called leaves behind is freed", async () => {
  await attribute("saliency", { model, image }); // weights are there
  const before = tf.memory().numTensors;
  const untidy = saliencyAfter("untidy", () => Promise.resolve(tf.zeros([100])));
  const caller = saliencyAfter("caller", (context) => context.attribute(untidy));
  await attribute(caller, { model, image });
  assert.equal(tf.memory().numTensors, before);
});

Deno.test("a listener that throws ends its run and nobody else's", async () => {
  const before = tf.memory().numTensors;
  const onProgress = () => {
    throw new Error("enough");
  };
  await assert.rejects(visualize("deepdream", { ...dreaming, onProgress }), /enough/);
  assert.equal(tf.memory().numTensors, before);
  assert.deepEqual((await attribute("saliency", { model, image })).map, alone);
});

Deno.test("a consumer that leaves frees the turn and the tensors", async () => {
  const before = tf.memory().numTensors;
  for await (const { step } of execute(techniques.get("deepdream"), dreaming)) {
    if (step === 2) break;
  }
  assert.equal(tf.memory().numTensors, before);
  const forgotten = execute(techniques.get("deepdream"), dreaming);
  await forgotten.next(); // and never ended
  assert.deepEqual((await attribute("saliency", { model, image })).map, alone);
  await forgotten.return(undefined as never);
  assert.equal(tf.memory().numTensors, before);
});

Deno.test("a run that waits in line hears an abort at once", async () => {
  const arrived = Promise.withResolvers<void>(), gate = Promise.withResolvers<void>();
  const slow = saliencyAfter("slow", () => {
    arrived.resolve();
    return gate.promise;
  });
  const first = attribute(slow, { model, image });
  await arrived.promise;
  const controller = new AbortController(), { signal } = controller;
  const waiting = [
    attribute("saliency", { model, image, signal }),
    predict(model, image, { signal }),
    visualize("deepdream", { ...dreaming, signal }),
  ];
  controller.abort(new Error("no more"));
  // the first one still computes: were the others not heard, this would never end
  for (const run of waiting) await assert.rejects(run, /no more/);
  const behind = attribute("saliency", { model, image });
  gate.resolve();
  assert.deepEqual((await first).map, alone);
  assert.deepEqual((await behind).map, alone, "those behind move up");
});

Deno.test("tensors that others make during a run are theirs", async () => {
  const arrived = Promise.withResolvers<void>(), gate = Promise.withResolvers<void>();
  const slow = saliencyAfter("slow", () => {
    arrived.resolve();
    return gate.promise;
  });
  const before = tf.memory().numTensors;
  const run = attribute(slow, { model, image });
  await arrived.promise;
  const mine = tf.tensor1d([1, 2, 3]); // in the middle of its first step
  gate.resolve();
  await run;
  assert.deepEqual([...await mine.data()], [1, 2, 3]);
  mine.dispose();
  const between: tf.Tensor[] = [];
  for await (
    const _ of execute(techniques.get("deepdream"), {
      ...dreaming,
      options: { ...dreaming.options, steps: 2 },
    })
  ) between.push(tf.tensor1d([4]));
  for (const tensor of between) assert.deepEqual([...await tensor.data()], [4]);
  tf.dispose(between);
  assert.equal(tf.memory().numTensors, before);
});

Deno.test("changing the backend between two steps does not touch a run", async () => {
  const options = { ...dreaming.options, steps: 4, saveEvery: 4 };
  const expected = await visualize("deepdream", { ...dreaming, options });
  const steps = execute(techniques.get("deepdream"), { ...dreaming, options });
  let next = await steps.next();
  try {
    while (!next.done) {
      await useBackend(next.value.step % 2 ? "cpu" : "wasm");
      if (next.value.step % 2) {
        assert.equal(tf.getBackend(), "cpu");
        assert.equal((await attribute("saliency", { model, image })).backend.name, "cpu");
      }
      next = await steps.next();
    }
    assert.equal(next.value.backend.name, "wasm");
    assert.ok("image" in next.value);
    assert.deepEqual(next.value.image, expected.image);
    assert.equal(tf.getBackend(), "wasm");
  } finally {
    await useBackend("wasm");
  }
});

Deno.test("a technique cannot change the backend under its own feet", async () => {
  const turncoat = saliencyAfter("turncoat", () => useBackend("cpu"));
  await assert.rejects(attribute(turncoat, { model, image }), {
    name: "UserError",
    message: /middle of a run on wasm/,
  });
  const loyal = saliencyAfter("loyal", async () => {
    assert.equal((await useBackend()).name, "wasm");
    assert.equal((await useBackend("wasm")).name, "wasm");
  });
  assert.deepEqual((await attribute(loyal, { model, image })).map, alone);
});

Deno.test("two scripts in one process do not trip over each other", async () => {
  const script = async () => {
    const maps = [];
    for (const id of ["saliency", "grad-cam", "saliency"]) {
      maps.push((await attribute(id, { model, image })).map);
      await predict(model, image);
    }
    return maps;
  };
  const before = tf.memory().numTensors;
  const dream = visualize("deepdream", {
    ...dreaming,
    options: { ...dreaming.options, steps: 5 },
  });
  const [one, two] = await Promise.all([script(), script(), dream]);
  assert.deepEqual(one, two);
  assert.deepEqual(one[0], alone);
  assert.equal(tf.memory().numTensors, before);
});
