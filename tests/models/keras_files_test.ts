/** Keras's own files, read as TensorFlow.js runs the same network; and files that are broken. */
import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { loadModel, useBackend, UserError } from "../../mod.ts";
import { openHdf5 } from "../../models/keras/_hdf5.ts";
import fc from "../_support/property.ts";

const root = await Deno.makeTempDir({ prefix: "keras-files-" });
Deno.test.afterAll(() => Deno.remove(root, { recursive: true }));
const fixture = (name: string) => new URL(`../fixtures/keras/${name}`, import.meta.url);

const { layers } = tf;

/** The network of make.py, whose numbers follow from their places. */
function network(): tf.LayersModel {
  const input = tf.input({ shape: [12, 10, 3] });
  const same = { padding: "same" } as const;
  const conv = layers.conv2d({ filters: 4, kernelSize: 3, strides: 2, activation: "relu", ...same })
    .apply(input) as tf.SymbolicTensor;
  const norm = layers.batchNormalization({ epsilon: 1e-3 }).apply(conv) as tf.SymbolicTensor;
  const deep = layers.depthwiseConv2d({ kernelSize: 3, useBias: false, ...same })
    .apply(norm) as tf.SymbolicTensor;
  const block = layers.conv2d({ filters: 5, kernelSize: 1, activation: "relu", ...same })
    .apply(deep) as tf.SymbolicTensor;
  const again = layers.conv2d({ filters: 5, kernelSize: 3, useBias: false, ...same })
    .apply(block) as tf.SymbolicTensor;
  const slope = layers.prelu({ sharedAxes: [1, 2] }).apply(again) as tf.SymbolicTensor;
  const sum = layers.add().apply([slope, block]) as tf.SymbolicTensor;
  const pool = layers.globalAveragePooling2d({}).apply(sum) as tf.SymbolicTensor;
  const outputs = layers.dense({ units: 3 }).apply(pool) as tf.SymbolicTensor;
  const model = tf.model({ inputs: input, outputs });
  // all in the order of the layers; TensorFlow.js keeps statistics last
  const order = [0, 1, 2, 3, 6, 7, 8, 9, 10, 11, 12, 4, 5];
  model.setWeights(model.weights.map(({ shape }, n) => {
    const k = order[n], size = tf.util.sizeFromShape(shape as number[]);
    const wave = Array.from({ length: size }, (_, i) => Math.sin(i + k));
    return tf.tensor(wave.map((w) => k === 5 ? 1 + w * w : w / 2), shape as number[]);
  }));
  return model;
}

for (
  const file of [
    "small.h5",
    "small_split.h5",
    "small.keras",
    "small_v108.keras",
    "small_2.13.keras",
  ]
) {
  Deno.test(`${file} gives the numbers of the same network in TensorFlow.js`, async () => {
    await useBackend("cpu");
    const model = await loadModel(fixture(file));
    assert.equal(model.scores, "softmax");
    assert.deepEqual(model.inputSize, { width: 10, height: 12 });
    const x = tf.randomUniform([2, 12, 10, 3], 0, 1, "float32", 3) as tf.Tensor4D;
    const ours = await (await model.network.logits(x)).data();
    const theirs = await (network().predict(x) as tf.Tensor).data();
    ours.forEach((n, i) => assert.ok(Math.abs(n - theirs[i]) < 1e-5, `${ours} is not ${theirs}`));
    assert.ok(theirs.some((n) => Math.abs(n) > 0.1));
  });
}

async function refused(bytes: Uint8Array, message: RegExp, name = "broken"): Promise<void> {
  await Deno.writeFile(`${root}/${name}`, bytes);
  await assert.rejects(loadModel(`${root}/${name}`), (error: Error) => {
    assert.ok(error instanceof UserError, `${message}: ${error.stack}`);
    assert.match(error.message, message);
    return true;
  });
}

/** A file with one text in it changed to another as long. */
async function changed(file: string, from: string, to: string): Promise<Uint8Array> {
  const text = Array.from(await Deno.readFile(fixture(file)), (b) => String.fromCharCode(b)).join(
    "",
  );
  assert.ok(text.includes(from), from);
  return Uint8Array.from(text.replaceAll(from, to), (c) => c.charCodeAt(0));
}

Deno.test("what a file lacks is said in a sentence", async () => {
  const whole = await Deno.readFile(fixture("small.h5"));
  await refused(whole.subarray(0, 2000), /it is damaged: something is to lie at byte \d+ of 2000/);
  await refused(whole.subarray(0, 100), /damaged/);
  await refused(
    await changed("small.h5", "model_config", "model_xonfig"),
    /it has no model_config/,
  );
  await refused(await changed("small.h5", "model_weights", "model_xeights"), /it has no weights/);
  await refused(
    await changed("small.h5", "weight_names", "weight_xames"),
    /has no weight "conv\/kernel"/,
  );
  await refused(await changed("small.h5", "Functional", "Functionel"), /neither a Sequential nor/);
  await refused(
    await changed("small.keras", "model.weights.h5", "model.weights.xx"),
    /without model\.weights\.h5/,
  );
  await refused(
    await changed("small.keras", "batch_normalization", "batch_normalisation"),
    /no weight "norm/,
  );
});

Deno.test("a small HDF5 file cannot ask for a large network, or for one without end", async () => {
  const whole = await Deno.readFile(fixture("small.h5"));
  const fail = (reason: string): never => {
    throw new UserError(reason);
  };
  const visit = (bytes: Uint8Array) => {
    const walk = (thing: unknown, depth: number): void => {
      const group = thing as ReturnType<typeof openHdf5>;
      if (!group || !("child" in group) || depth > 6) return;
      for (const name of ["layer_names", "weight_names", "model_config"]) group.attribute(name);
      for (const name of group.names.slice(0, 40)) walk(group.child(name), depth + 1);
    };
    try {
      walk(openHdf5(bytes, fail), 0);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
    }
  };
  // any few bytes changed, and addresses that lead elsewhere in the file
  const places = fc.array(fc.tuple(fc.nat(whole.length - 9), fc.nat(255), fc.boolean()), {
    minLength: 1,
    maxLength: 6,
  });
  fc.assert(
    fc.property(places, (changes) => {
      const bytes = whole.slice(), view = new DataView(bytes.buffer);
      for (const [at, value, address] of changes) {
        if (address) view.setBigUint64(at - at % 8, BigInt(value * 64), true);
        else bytes[at] = value;
      }
      visit(bytes);
    }),
    { numRuns: 300 },
  );
});

Deno.test("Teachable Machine's Keras export has its names and its range of levels", async () => {
  const folder = `${root}/converted_keras`;
  await Deno.mkdir(folder);
  await Deno.copyFile(fixture("small.h5"), `${folder}/keras_model.h5`);
  await Deno.writeTextFile(`${folder}/labels.txt`, "0 paper\n1 glass\n2 tin can\n");
  const notes: string[] = [];
  const model = await loadModel(folder, { onNote: (note) => notes.push(note) });
  assert.deepEqual(model.labels, ["paper", "glass", "tin can"]);
  assert.deepEqual([model.preprocess.mean, model.preprocess.std], [[0.5, 0.5, 0.5], [
    0.5,
    0.5,
    0.5,
  ]]);
  assert.match(notes.join(), /Teachable Machine's exports/);
});
