/** Networks in the project's own file: written, read back, and refused where they are damaged. */
import assert from "node:assert/strict";
import { encodeModel, loadModel, type Model, predict, useBackend, UserError } from "../../mod.ts";
import { readSafetensors, writeSafetensors } from "../../core/safetensors.ts";
import { branched, families, picture } from "../../conformance/networks.ts";
import fc from "../_support/property.ts";

const root = await Deno.makeTempDir({ prefix: "portable-" });
Deno.test.afterAll(() => Deno.remove(root, { recursive: true }));

async function written(model: Model, name = "model"): Promise<string> {
  const path = `${root}/${name}`;
  await Deno.writeFile(path, encodeModel(model));
  return path;
}

for (const { name, model, width, height } of [...families, branched]) {
  Deno.test(`a network comes back as it was: ${name}`, async () => {
    await useBackend("cpu");
    const before = model(), image = picture(width, height);
    const after = await loadModel(await written(before, name));
    assert.deepEqual(await predict(after, image), await predict(before, image));
    assert.deepEqual(after.network.graph, before.network.graph);
    assert.deepEqual(after.labels, before.labels);
    assert.deepEqual(after.inputSize, after.inputSize);
  });
}

Deno.test("what was declared comes back too, and can be declared anew", async () => {
  await useBackend("cpu");
  const own = await loadModel("phosphene-vgg", {
    scores: "sigmoid",
    preprocess: { resize: 96, crop: 80 },
  });
  const after = await loadModel(await written(own));
  assert.equal(after.scores, "sigmoid");
  assert.deepEqual(after.preprocess, own.preprocess);
  assert.deepEqual(after.inputSize, { width: 80, height: 80 });
  assert.deepEqual(after.labels, own.labels);
  const again = await loadModel(await written(own), { scores: "linear" });
  assert.equal(again.scores, "linear");
});

Deno.test("such a file takes no other weights", async () => {
  const path = await written(families[0].model());
  await assert.rejects(loadModel(path, { weights: path }), /Cannot load other weights/);
});

/** A file with its metadata changed; tensors stay. */
function changed(change: (metadata: Record<string, string>) => void): Uint8Array {
  const { tensors, metadata } = readSafetensors(encodeModel(families[0].model()));
  change(metadata);
  return writeSafetensors(Object.fromEntries(tensors), metadata);
}

async function refused(bytes: Uint8Array, message: RegExp): Promise<void> {
  await Deno.writeFile(`${root}/broken`, bytes);
  await assert.rejects(loadModel(`${root}/broken`), (error: Error) => {
    assert.ok(error instanceof UserError, `${message}: ${error.stack}`);
    assert.match(error.message, message);
    return true;
  });
}

// deno-lint-ignore no-explicit-any -- a path into JSON that the test itself has written
const inGraph = (change: (graph: any) => void) =>
  changed((metadata) => {
    const graph = JSON.parse(metadata.graph);
    change(graph);
    metadata.graph = JSON.stringify(graph);
  });

Deno.test("what cannot be is refused with words", async () => {
  await refused(changed((m) => m.version = "2"), /version 2 of the format; version 1 is read/);
  await refused(changed((m) => m.graph = "{"), /its graph is no JSON/);
  await refused(changed((m) => m.labels = "3"), /its labels is wrong/);
  await refused(changed((m) => m.preprocess = "{}"), /its preprocess\.resize is wrong/);
  await refused(changed((m) => m.labels = `["a"]`), /label/);
  await refused(
    inGraph((g) => g.nodes[1].op = "explode"),
    /its graph is none: "nodes\.1\.op" is wrong/,
  );
  await refused(
    inGraph((g) => g.nodes[1].inputs = ["later"]),
    /reads "later", which does not stand/,
  );
  await refused(inGraph((g) => g.nodes[1].name = g.nodes[0].name), /has two nodes/);
  await refused(inGraph((g) => g.nodes.reverse()), /does not stand before it/);
  await refused(inGraph((g) => g.output = "nowhere"), /names "nowhere", which is not in it/);
  await refused(inGraph((g) => g.parameters.pop()), /has a parameter ".*" that is not there/);
  await refused(
    inGraph((g) => g.parameters[0][1][3]++),
    /\(.*\) in its graph does not fit|is \[.*\], not/,
  );
  await refused(inGraph((g) => g.input.shape = [2 ** 20, 2 ** 20, 3]), /in its graph gives \[/);
  await refused(
    inGraph((g) => g.nodes[0].params = {}),
    /does not fit: it has no parameter "kernel"/,
  );
  await refused(
    inGraph((g) => g.nodes[0].inputs = [{ length: { toString: 1, valueOf: 1 } }]),
    /its graph is none/,
  );
  await refused(inGraph((g) => g.nodes[0].inputs.push("input")), /2 inputs where it takes 1/);
  await refused(inGraph((g) => g.nodes[0].attrs.strides = [0, 0]), /in its graph/);
  await refused(encodeModel(families[0].model()).subarray(0, -8), /broken download/);
});

Deno.test("whatever a graph says, it is read or refused with words", async () => {
  await useBackend("cpu");
  const { metadata } = readSafetensors(encodeModel(families[0].model()));
  const text = metadata.graph;
  const values = ["0", "-1", "1e9", "null", '"x"', "[]", "{}", "0.5", "[3,3]", "true", '"input"'];
  const places = [...text.matchAll(/(?<=[:,[])(-?[\d.]+|"[^"]*")(?=[,\]}])/g)];
  const { tensors } = readSafetensors(encodeModel(families[0].model()));
  await fc.assert(
    fc.asyncProperty(fc.nat(places.length - 1), fc.constantFrom(...values), async (at, value) => {
      const { index, 0: { length } } = places[at];
      const graph = text.slice(0, index) + value + text.slice(index + length);
      await Deno.writeFile(
        `${root}/odd`,
        writeSafetensors(Object.fromEntries(tensors), { ...metadata, graph }),
      );
      try {
        await loadModel(`${root}/odd`);
      } catch (error) {
        assert.ok(
          error instanceof UserError,
          `${graph.slice(index - 40, index + 40)}: ${(error as Error).stack}`,
        );
      }
    }),
    { numRuns: 200 },
  );
});
