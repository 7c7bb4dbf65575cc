import assert from "node:assert/strict";
import { UserError } from "../../core/errors.ts";
import { loadModel } from "../../models/mod.ts";
import { parseObjective } from "../../visualize/mod.ts";
import { type Ask, withGallery } from "./_gallery.ts";

const MODELS = [
  { id: "phosphene-resnet" },
  { id: "resnet18" },
  { id: "resnet34", weights: "own.pth" },
  { id: "resnet50", weights: "own.pth", labels: Array.from({ length: 1000 }, (_, i) => `n${i}`) },
  { id: "no/such.onnx" },
];

const names = async (ask: Ask, model: string) =>
  await (await ask(`/models/${encodeURIComponent(model)}/names.json`)).json();

const check = async (ask: Ask, model: string, objective: string) => {
  const query = new URLSearchParams({ objective });
  return await ask(`/models/${encodeURIComponent(model)}/check.json?${query}`);
};
const fault = async (ask: Ask, model: string, objective: string): Promise<string | undefined> =>
  (await (await check(ask, model, objective)).json()).fault;

Deno.test("the field of an objective is told what the models have, without loading them", () =>
  withGallery({ models: MODELS }, async ({ ask }) => {
    const own = await names(ask, "phosphene-resnet"), model = await loadModel("phosphene-resnet");
    assert.deepEqual(own.classes, model.labels);
    assert.deepEqual(own.layers, model.network.graph.modules.map(({ name }) => name));
    const neuron = own.objectives.find(({ id }: { id: string }) => id === "neuron");
    assert.deepEqual(
      neuron.takes.map((
        taken: Record<string, unknown>,
      ) => [taken.name, taken.role, taken.required]),
      [
        ["layer", "layer", true],
        ["channel", "channel", true],
        ["row", undefined, false],
        ["column", undefined, false],
      ],
    );
    assert.equal((await names(ask, "resnet18")).classes[0], "tench");
    const other = await names(ask, "resnet34");
    assert.deepEqual(other.classes, []); // whatever the file's are
    assert.ok(other.layers.includes("layer4.2"));
    assert.equal((await names(ask, "resnet50")).classes[7], "n7");
    assert.deepEqual((await names(ask, "no/such.onnx")).layers, []);
    for (const id of ["vgg16", "nonsense", "../deno.json"]) {
      assert.equal((await ask(`/models/${encodeURIComponent(id)}/names.json`)).status, 404, id);
    }
    model.network.dispose();
  }));

Deno.test("a mistake is told in the sentence that the run would end with", () =>
  withGallery({ models: MODELS }, async ({ ask }) => {
    const model = await loadModel("phosphene-resnet");
    const texts = [
      ...["channel(layr3, 1)", "channel(layer3, 99)", "channel(layer3", "2", "", "tv + ", "chanel"],
      ...["logit(nobody)", "logit(99)", "(".repeat(100), "neuron(layer3, 1, raw=2)", "tv\u0007"],
      ...["cosine(layer3, [1])", 'logit("<b>")'],
    ];
    for (const text of texts) {
      const told = (error: unknown) => error instanceof UserError ? error.message : assert.fail();
      const wanted = (() => {
        try {
          return assert.fail(parseObjective(text, model).text);
        } catch (error) {
          return told(error);
        }
      })();
      assert.equal(await fault(ask, "phosphene-resnet", text), wanted, text);
    }
    for (const text of ["channel(layer3, 1) - 1e-3*tv", "logit(cat)", "interpolation(l1, l2)"]) {
      assert.equal(await fault(ask, "phosphene-resnet", text), undefined, text);
    }
    model.network.dispose();
  }));

Deno.test("what only the run can tell is no mistake yet", () =>
  withGallery({ models: MODELS }, async ({ ask }) => {
    // no file is read for a look at what is typed
    for (const file of ["no-such.json", '"/etc/passwd"', "vector=no.safetensors#x"]) {
      assert.equal(await fault(ask, "phosphene-resnet", `direction(layer3, ${file})`), undefined);
    }
    assert.equal(await fault(ask, "resnet34", "logit(mine)"), undefined);
    assert.match(await fault(ask, "resnet50", "logit(mine)") ?? "", /no class "mine"/);
    assert.equal(await fault(ask, "no/such.onnx", "channel(any, 1)"), undefined);
    const long = await check(ask, "phosphene-resnet", "tv+".repeat(1000));
    assert.equal(long.status, 400);
    assert.match(await long.text(), /3000 characters; at most 2000/);
    assert.equal((await check(ask, "nonsense", "tv")).status, 404);
  }));
