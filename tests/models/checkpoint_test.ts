/** Files of weights that are named as models. */
import assert from "node:assert/strict";
import { architectureOf, loadModel, UserError } from "../../mod.ts";
import { writeSafetensors } from "../../core/safetensors.ts";
import { type Values, values } from "../../core/values.ts";
import { specsOf } from "../../models/_torch.ts";
import { sizeOf } from "../../core/values.ts";

const root = await Deno.makeTempDir({ prefix: "checkpoints-" });
Deno.test.afterAll(() => Deno.remove(root, { recursive: true }));

/** Parameters as PyTorch would save them of an architecture. */
async function parametersOf(id: string, prefix = ""): Promise<Record<string, Values>> {
  const { graph } = await architectureOf(id);
  return Object.fromEntries(
    [...specsOf(graph)].map((
      [name, { shape }],
    ) => [prefix + name, values(new Float32Array(sizeOf(shape)).fill(0.01), shape)]),
  );
}

async function saved(name: string, tensors: Record<string, Values>): Promise<string> {
  const path = `${root}/${name}`;
  await Deno.writeFile(path, writeSafetensors(tensors));
  return path;
}

async function refused(path: string, message: RegExp, options = {}): Promise<void> {
  await assert.rejects(loadModel(path, options), (error: Error) => {
    assert.ok(error instanceof UserError, String(error));
    assert.match(error.message, message);
    return true;
  });
}

Deno.test("weights say which network they are of, whatever their file is called", async () => {
  const path = await saved("last_week.bin", await parametersOf("resnet32-cifar", "module."));
  const notes: string[] = [];
  const model = await loadModel(path, { onNote: (note) => notes.push(note) });
  assert.equal(model.id, "resnet32-cifar");
  assert.equal(model.weights.source, path);
  assert.equal(model.loaded?.id, path); // so that a run's command names the file
  assert.match(notes.join(), /last_week\.bin" fit resnet32-cifar/);
  assert.deepEqual((await architectureOf(path)).graph.nodes, model.network.graph.nodes);
});

Deno.test("a network of the user's own classes is known too", async () => {
  const tensors = await parametersOf("resnet18");
  tensors["fc.weight"] = values(new Float32Array(512 * 4), [4, 512]);
  tensors["fc.bias"] = values(new Float32Array(4), [4]);
  const model = await loadModel(await saved("four.safetensors", tensors));
  assert.equal(model.id, "resnet18");
  assert.equal(model.labels.length, 4);
});

Deno.test("networks of the same names are told apart by their shapes", async () => {
  const wide = await saved("wide.safetensors", await parametersOf("resnet26d"));
  assert.equal((await loadModel(wide)).id, "resnet26d");
});

Deno.test("weights of no known network are said to be that, and those of several which", async () => {
  const path = await saved("odd.safetensors", { "a.weight": values(new Float32Array(4), [2, 2]) });
  await refused(
    path,
    /it holds weights alone \(1 parameters, the first "a\.weight"\), which fit no/,
  );
  const { "fc.weight": _, ...headless } = await parametersOf("resnet18");
  await refused(await saved("headless.safetensors", headless), /fit no network/);
});

Deno.test("of two networks in one file both are named, not neither", async () => {
  const [net, ema] = [
    await parametersOf("resnet20-cifar", "net."),
    await parametersOf("resnet20-cifar", "ema."),
  ];
  ema["ema.linear.bias"] = values(new Float32Array(10).fill(1), [10]);
  await refused(
    await saved("twins", { ...net, ...ema }),
    /into resnet20-cifar: "net\.…" and "ema\.…" would both do/,
  );
});

Deno.test("weights that are a model take no other weights", async () => {
  const path = await saved("own.safetensors", await parametersOf("resnet20-cifar"));
  await refused(path, /Cannot load other weights into/, { weights: path });
});

Deno.test("TorchScript and whole modules are known as files of weights", async () => {
  for (const file of ["script.pt", "trace.pt", "whole.pth", "whole_legacy.pth", "zip.pth"]) {
    const url = new URL(`../fixtures/weights/${file}`, import.meta.url);
    await assert.rejects(loadModel(url), /holds weights alone/);
  }
});
