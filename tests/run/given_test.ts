import assert from "node:assert/strict";
import {
  attribute,
  execute,
  loadImage,
  loadModel,
  predict,
  saveRun,
  techniques,
  UserError,
  visualize,
} from "../../mod.ts";
import { families, picture } from "../../conformance/networks.ts";

const [small] = families;
const model = small.model(), image = picture(small.width, small.height);
/** Without types, as `deno run` calls. */
// deno-lint-ignore no-explicit-any
type Untyped = (...args: any[]) => Promise<unknown>;
const [explain, show, ask, save, load] = [
  attribute,
  visualize,
  predict,
  saveRun,
  loadModel,
] as readonly Untyped[];

const refused: Readonly<Record<string, [RegExp, () => Promise<unknown>]>> = {
  "no request": [/saliency needs a request.*\{ model, image \}/, () => explain("saliency")],
  "a model beside a picture": [/one object/, () => explain("saliency", model, image)],
  "a promise of a model": [
    /await loadModel/,
    () => explain("saliency", { model: Promise.resolve(model), image }),
  ],
  "a model's id for a model": [
    /await loadModel\("phosphene-vgg"\)/,
    () => show("filter-viz", { model: "phosphene-vgg" }),
  ],
  "a picture's path for a picture": [
    /await loadImage\("cat.png"\)/,
    () => explain("saliency", { model, image: "cat.png" }),
  ],
  "a picture's address": [
    /await loadImage\("file:/,
    () => ask(model, new URL("file:///cat.png")),
  ],
  "a promise of a picture": [
    /await loadImage/,
    () => ask(model, loadImage("cat.png").catch(() => 0)),
  ],
  "a picture of four channels": [
    /three bytes a pixel/,
    () => explain("saliency", { model, image: { ...image, data: new Uint8ClampedArray(8) } }),
  ],
  "a picture for a model": [/not what loadModel/, () => ask(image, model)],
  "an option beside the options": [
    /"class" is an option of saliency: write \{ options: \{ class/,
    () => explain("saliency", { model, image, class: 3 }),
  ],
  "a field that nothing reads": [
    /no "targets"; nearest: "target"/,
    () => explain("saliency", { model, image, targets: "3" }),
  ],
  "options that are text": [
    /options of saliency are an object/,
    () => explain("saliency", { model, image, options: "abs" }),
  ],
  "a seed that is none": [/seed/, () => explain("saliency", { model, image, seed: "x" })],
  "no technique": [/no technique "undefined"/, () => explain(undefined, { model, image })],
  "a step by step run of a path": [/await loadImage/, async () => {
    const steps = execute(techniques.get("saliency"), { model, image: "a.png" as never });
    await steps.next();
  }],
  "a promise of a run": [/await attribute/, () => save(attribute("saliency", { model, image }))],
  "something else for a run": [/no run/, () => save(image)],
  "no model's id": [/loadModel\(\) takes/, () => load()],
  "all in one object": [/loadModel\(\) takes/, () => load({ id: "resnet18" })],
  "weights beside the options": [/as an object: \{ weights \}/, () => load("resnet18", "a.pth")],
  "a field that no loading has": [
    /no "weight"; nearest: "weights"/,
    () => load("resnet18", { weight: "a.pth" }),
  ],
};

for (const [what, [message, call]] of Object.entries(refused)) {
  Deno.test(`a script without type checks is told in a sentence: ${what}`, async () => {
    await assert.rejects(call, (error: Error) => {
      assert.ok(error instanceof UserError, String(error));
      assert.match(error.message, message);
      return true;
    });
  });
}
