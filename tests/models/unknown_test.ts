import assert from "node:assert/strict";
import { loadModel, UserError } from "../../mod.ts";

const root = await Deno.makeTempDir({ prefix: "unknown-models-" });
Deno.test.afterAll(() => Deno.remove(root, { recursive: true }));

/** What may be named as a model, and what is said of it. */
const NAMED: Readonly<Record<string, RegExp>> = {
  "mnist.onnx": /it is no ONNX model by what it holds/,
  "keras_model.h5": /it is no Keras model, though it is called like one/,
  "resnet56.th": /it is no file of weights, though it is called like one/,
  "something.xyz": /it is a file of an unknown format/,
};

for (const [name, message] of Object.entries(NAMED)) {
  Deno.test(`a file that is no model we read is called what it is: ${name}`, async () => {
    await Deno.writeTextFile(`${root}/${name}`, "x");
    await refused(`${root}/${name}`, message);
  });
}

Deno.test("what stands in a model's place is called what it is", async () => {
  const said = {
    "version https://git-lfs.github.com/spec/v1\n": /Git LFS pointer/,
    "": /it is empty/,
  };
  for (const [text, message] of Object.entries(said)) {
    for (const name of ["model.h5", "model.onnx", "model.keras", "model.json"]) {
      await Deno.writeTextFile(`${root}/${name}`, text);
      await refused(`${root}/${name}`, message);
      await Deno.remove(`${root}/${name}`);
    }
  }
});

Deno.test("a folder is called one, or stands for the one model in it", async () => {
  await refused(root, /it is a folder without a model/);
  const folder = `${root}/my_model`;
  await Deno.mkdir(folder);
  await Deno.writeTextFile(`${folder}/metadata.json`, "{}");
  await Deno.writeTextFile(`${folder}/model.json`, `{"modelTopology": {}, "weightsManifest": []}`);
  await refused(folder, /my_model\/model\.json/); // it is read, and refused for what it holds
  await Deno.writeTextFile(`${folder}/other.json`, `{"modelTopology": {}, "weightsManifest": []}`);
  await refused(folder, /a folder of several; name one of them, ".*model\.json", ".*other\.json"/);
});

Deno.test("a model is known by what its file holds, whatever the file is called", async () => {
  await Deno.writeTextFile(`${root}/model`, ` {"format": "x",\n "modelTopology": {}}`);
  await refused(`${root}/model`, /Cannot load TensorFlow\.js model "|Cannot .*model"/);
});

Deno.test("a name that there is not is told with the nearest", () =>
  refused("resnet5", /There is no model "resnet5"; nearest: "resnet50"/));

async function refused(id: string, message: RegExp): Promise<void> {
  await assert.rejects(loadModel(id), (error: Error) => {
    assert.ok(error instanceof UserError, String(error));
    assert.match(error.message, message);
    return true;
  });
}
