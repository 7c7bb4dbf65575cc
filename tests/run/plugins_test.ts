/** Plugins: what is right is taken, what is wrong is refused in one sentence that names it. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { PluginError } from "../../core/errors.ts";
import { loadModel, models } from "../../models/mod.ts";
import { execute, finish } from "../../run/execute.ts";
import { checkResult, loadPlugin, originOf } from "../../run/plugins/mod.ts";
import { attribute, techniques, visualize } from "../../techniques/mod.ts";
import { useBackend } from "../../engine/runtime.ts";
import { picture } from "../../conformance/networks.ts";

const folder = await Deno.makeTempDir({ prefix: "phosphene-plugins-" });
addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));

const library = new URL("../../mod.ts", import.meta.url);
const zod = import.meta.resolve("../../deps/zod.ts");
let count = 0;

/** Writes a module; its path. */
function written(text: string): string {
  const file = `${folder}/plugin-${++count}.ts`;
  Deno.writeTextFileSync(file, text);
  return file;
}

const HEAD = `import { z } from "${zod}";
import { attributionOptions, values, withRole } from "${library}";
const paper = { citation: "A 2020, B", url: "https://example.org/", equation: "a = b" };
const result = ({ image: { input: { shape: [, h, w] } } }) => ({
  attribution: values(new Float32Array(h * w).fill(1), [h, w]),
  map: values(new Float32Array(h * w).fill(0.5), [h, w]),
  colors: "gray",
  overlay: 0.5,
});
const technique = {
  id: "mine", title: "Mine", kind: "attribution", summary: "What it shows", caution: "Never trust it",
  paper, options: attributionOptions,
  async *run(context) { yield { step: 1, of: 1 }; return result(context); },
};
const image = (n = 48) => ({ width: 4, height: 4, data: new Uint8ClampedArray(n) });
const dream = {
  ...technique, kind: "visualization", picture: "none", options: z.object({}),
  async *run() {
    yield { step: 1, of: 1 };
    return { image: values(new Float32Array(48), [4, 4, 3]), final: image(), losses: [1] };
  },
};
const adapter = {
  id: "my-models", title: "Mine", licence: "MIT", source: "here", models: ["my-net"],
  accepts: (id) => id === "my-net",
  architecture: () => ({}),
  load: () => Promise.resolve({}),
};
`;
/** A module that exports this. */
const exporting = (expression: string) => written(`${HEAD}export default ${expression};`);

/** The message that a file is refused with. */
async function refusal(file: string): Promise<string> {
  const before = [...techniques.ids, ...models.ids];
  const error = await loadPlugin(file).then(() => assert.fail(`${file} was taken`), (e) => e);
  assert.ok(error instanceof PluginError, error.stack);
  assert.deepEqual([error.code, error.file], ["bad-plugin", file]);
  assert.deepEqual([...techniques.ids, ...models.ids], before, "something was added");
  assert.ok(error.message.includes(`the plugin "${file}": `), error.message);
  assert.doesNotMatch(error.message, /\n|undefined|\[object/);
  assert.match(error.message, /[^.]\.$/);
  return error.message.slice(error.message.indexOf(file) + file.length + 3);
}

const technique = (changes: string) => `{ ...technique, ${changes} }`;
const FAULTS: readonly [what: string, expression: string, told: RegExp][] = [
  ["no id", technique("id: undefined"), /^of the technique, id is missing/],
  ["an id with spaces", technique('id: "My way"'), /technique "My way", id must be .*kebab/],
  ["no title", technique("title: undefined"), /technique "mine", title is missing/],
  ["an empty title", technique('title: ""'), /title must be a line of text, not empty/],
  ["a summary of two lines", technique('summary: "a\\nb"'), /summary must be a line/],
  ["no summary", technique("summary: undefined"), /summary is missing/],
  ["a caution that is a number", technique("caution: 3"), /caution must be a text, not 3/],
  ["no paper", technique("paper: undefined"), /, paper is missing \(it must be \{ citation, url/],
  ["no citation", technique("paper: { ...paper, citation: '' }"), /paper\.citation must be/],
  ["a wrong url", technique('paper: { ...paper, url: "here" }'), /paper\.url must be an address/],
  ["no equation", technique("paper: { citation: 'a', url: paper.url }"), /paper\.equation is miss/],
  ["an unknown kind", technique('kind: "map"'), /kind must be "attribution" or .*, not "map"/],
  ["no kind", technique("kind: undefined"), /kind is missing/],
  ["options that are no schema", technique("options: { steps: 3 }"), /options must be a z\.object/],
  ["no options", technique("options: undefined"), /options is missing/],
  ["an option with an unsuitable name", technique("options: z.object({ 'a-b': z.int() })"), /a-b/],
  [
    "an option without a meaning",
    technique("options: z.object({ n: z.int() })"),
    /options\.n needs/,
  ],
  ["an option of no flag", technique("options: z.object({ at: z.date() })"), /options cannot be/],
  [
    "an option of an unknown role",
    technique("options: z.object({ a: withRole('clas', z.int()).describe('A') })"),
    /"a" has an unknown role; nearest: "class"/,
  ],
  ["no run", technique("run: undefined"), /run is missing/],
  [
    "a gradient that is none",
    technique("gradient: true"),
    /gradient must be \{ colors, rules\?, timesInput\? \}, or left out, not true/,
  ],
  [
    "a gradient whose rules are no function",
    technique('gradient: { colors: "gray", rules: {} }'),
    /gradient must be \{ colors/,
  ],
  ["a run that is a text", technique('run: "fast"'), /run must be an async generator .*"fast"/],
  ["a visualization without picture", "{ ...dream, picture: undefined }", /picture is missing/],
  ["an id that is taken", technique('id: "saliency"'), /there is already a technique "saliency"/],
  ["the same id twice", "[technique, { ...technique }]", /there is already a technique "mine"\.$/],
  ["one of two that is broken", `[technique, ${technique("id: 'b', run: 1")}]`, /"b", run must/],
  ["an adapter without a licence", "{ ...adapter, licence: '' }", /"my-models", licence must be/],
  ["an adapter without models", "{ ...adapter, models: undefined }", /models is missing/],
  [
    "an adapter of numbers",
    "{ ...adapter, models: [1] }",
    /models must be a list of ids, not \[1\]/,
  ],
  ["an adapter without accepts", "{ ...adapter, accepts: undefined }", /accepts is missing/],
  ["an adapter without architecture", "{ ...adapter, architecture: 1 }", /architecture must be/],
  ["an adapter without load", "{ ...adapter, load: undefined }", /load is missing/],
  ["a family that is there", "{ ...adapter, id: 'vgg' }", /there is already a model adapter "vgg"/],
  [
    "something else",
    "{ id: 'x' }",
    /its default export is neither a technique nor a model adapter/,
  ],
  ["a number", "3", /its default export is neither a technique nor/],
  ["null", "null", /its default export is neither a technique nor/],
  ["an empty list", "[]", /its default export is an empty list/],
];

for (const [what, expression, told] of FAULTS) {
  Deno.test(`a plugin is refused, and its field named: ${what}`, async () => {
    assert.match(await refusal(exporting(expression)), told);
  });
}

Deno.test("what cannot be loaded is refused in a sentence, and the cause is kept", async () => {
  assert.match(await refusal(`${folder}/absent.ts`), /^there is no such file\.$/);
  assert.match(await refusal(folder), /^it is not a file\.$/);
  assert.match(await refusal(written("export const a = 1;")), /^it has no default export, /);
  assert.match(await refusal(written("export default {")), /could not be parsed|Expected/);
  assert.match(await refusal(written('import "./absent.ts"; export default 1;')), /absent\.ts/);
  assert.match(await refusal(written('import "no-such-package"; export default 1;')), /no-such-pa/);
  assert.match(await refusal(written('throw new RangeError("at once");')), /^at once\.$/);
  assert.match(await refusal(written('throw "a text";')), /^a text\.$/);
  const file = written('throw new RangeError("at once");');
  const error = await loadPlugin(file).catch((error) => error);
  assert.ok(error.cause instanceof RangeError);
});

const model = await loadModel("phosphene-resnet", {
  preprocess: { resize: { width: 32, height: 24 }, crop: null },
});

/** Loads a technique under a name of its own and runs it; the message of what it throws. */
async function failure(changes: string, of = "technique"): Promise<PluginError> {
  await useBackend("cpu");
  const id = `broken-${++count}`, file = exporting(`{ ...${of}, ${changes}, id: "${id}" }`);
  const { techniques: [broken] } = await loadPlugin(file);
  const image = of === "technique" ? picture(32, 24) : undefined;
  const error = await finish(execute(broken, { model, image }))
    .then(() => assert.fail("it was taken"), (error) => error);
  assert.ok(error instanceof PluginError, error.stack);
  assert.ok(error.message.startsWith(`The technique "${id}" of the plugin "${file}" `));
  assert.doesNotMatch(error.message, /\n|undefined|\[object/);
  return error;
}

/** A run that returns a good result but for some fields. */
const returning = (fields: string) =>
  `async *run(context) { yield { step: 1, of: 1 }; return { ...result(context), ${fields} }; }`;
const dreaming = (fields: string) =>
  `async *run() { yield { step: 1, of: 1 }; const { value } = await (async () => {
    const steps = dream.run(); await steps.next(); return steps.next(); })();
    return { ...value, ${fields} }; }`;

const RESULTS: readonly [what: string, of: string, run: string, told: RegExp][] = [
  ["nothing", "technique", "async *run() {}", /returned something .*: nothing was returned\.$/],
  ["no map", "technique", returning("map: undefined"), /map is missing \(.*\[24, 32\]/],
  [
    "a map of another size",
    "technique",
    returning("map: values(new Float32Array(4), [2, 2])"),
    /map must be .*\[24, 32\] of the input, not 4 numbers with the shape \[2,2\]/,
  ],
  ["a map beyond 1", "technique", returning("map: result(context).map.fill(1.5)"), /not of 1\.5/],
  ["a map of NaN", "technique", returning("map: result(context).map.fill(NaN)"), /not of NaN/],
  ["a plain array", "technique", returning("attribution: [1, 2]"), /attribution must be .*\[1,2\]/],
  [
    "an attribution without a shape",
    "technique",
    returning("attribution: new Float32Array(9)"),
    /attribution must be .*not 9 numbers without a shape/,
  ],
  [
    "a shape that does not match",
    "technique",
    returning("attribution: Object.assign(new Float32Array(9), { shape: [3, 4] })"),
    /attribution .*9 numbers with the shape \[3,4\]/,
  ],
  [
    "a shape of texts",
    "technique",
    returning("attribution: Object.assign(new Float32Array(9), { shape: ['3', '3'] })"),
    /attribution must be/,
  ],
  ["unknown colours", "technique", returning('colors: "jet"'), /colors must be gray, .*not "jet"/],
  ["an overlay beyond 1", "technique", returning("overlay: 2"), /overlay must be .* 1, not 2/],
  ["an endless scale", "technique", returning("scale: { low: 0, high: Infinity }"), /scale must/],
  ["figures of objects", "technique", returning("figures: { a: {} }"), /figures must be/],
  [
    "a diagnosis that is a text",
    "technique",
    returning('diagnosis: "a"'),
    /diagnosis must be a li/,
  ],
  [
    "no progress",
    "technique",
    "async *run(context) { yield 3; return result(context); }",
    /yielded something that is not progress: it must be \{ step, of \}/,
  ],
  [
    "progress without an end",
    "technique",
    "async *run(context) { yield { step: 1 }; return result(context); }",
    /yielded .*: of is missing/,
  ],
  ["no image", "dream", dreaming("image: undefined"), /image is missing/],
  [
    "an image of one channel",
    "dream",
    dreaming("image: values(new Float32Array(16), [4, 4, 1])"),
    /image must be .*\[height, width, 3\]/,
  ],
  ["a final picture cut short", "dream", dreaming("final: image(40)"), /final must be a picture/],
  ["losses of NaN", "dream", dreaming("losses: [1, NaN]"), /losses must be a list of finite/],
  ["a start of another kind", "dream", dreaming("start: 'a.png'"), /start must be a picture/],
];

for (const [what, of, run, told] of RESULTS) {
  Deno.test(`what a plugin gives back is refused, and its field named: ${what}`, async () => {
    assert.match((await failure(run, of)).message, told);
  });
}

Deno.test("what a plugin throws is its fault, with its line, and the cause is kept", async () => {
  const thrown = await failure('async *run() { throw new TypeError("out of luck"); }');
  assert.match(thrown.message, / failed: TypeError: out of luck \(line \d+\)\.$/);
  assert.ok(thrown.cause instanceof TypeError);
  const later = await failure('async *run() { yield { step: 1, of: 2 }; throw "a text"; }');
  assert.match(later.message, / failed: a text\.$/);
  const none = await failure("run() { return 3; }");
  assert.match(none.message, / failed: TypeError: run is not an async generator/);
});

Deno.test("what the user can mend, and an abort, stay what they are", async () => {
  await useBackend("cpu");
  const file = exporting(`[
    ${
    technique(
      "id: 'picky', async *run({ model, image }) { await model.network.forward(image.input, { taps: ['layer9'] }); }",
    )
  },
    ${
    technique(
      "id: 'endless', async *run({ signal }) { for (let step = 1;; step++) { signal?.throwIfAborted(); yield { step, of: 9e6 }; } }",
    )
  },
  ]`);
  const { techniques: [picky, endless] } = await loadPlugin(file);
  const request = { model, image: picture(32, 24) };
  await assert.rejects(finish(execute(picky, request)), {
    name: "UserError",
    code: "unknown-layer",
  });
  const abort = new AbortController(), reason = new Error("enough");
  const steps = execute(endless, { ...request, signal: abort.signal });
  await steps.next();
  abort.abort(reason);
  await assert.rejects(finish(steps), (error) => error === reason);
});

Deno.test("a good plugin is registered, knows where it came from, and runs; twice is once", async () => {
  await useBackend("cpu");
  const file = exporting(`[${technique("id: 'good'")}, { ...dream, id: "good-dream" }]`);
  const plugin = await loadPlugin(file);
  const sha256 = createHash("sha256").update(Deno.readFileSync(file)).digest("hex");
  assert.deepEqual([plugin.file, plugin.sha256], [file, sha256]);
  assert.deepEqual(originOf(techniques.get("good")), { file, sha256 });
  assert.equal(originOf(techniques.get("saliency")), undefined);
  assert.deepEqual((await loadPlugin(file)).techniques, plugin.techniques);
  const run = await attribute("good" as string, { model, image: picture(32, 24) });
  assert.deepEqual(run.map.shape, [24, 32]);
  assert.equal((await visualize("good-dream" as string, { model })).losses.length, 1);
  // also where another technique calls it
  const smooth = { of: "good", samples: 2 };
  await attribute("smooth-grad", { model, image: picture(32, 24), options: smooth });
});

Deno.test("a result is checked of plugins alone", async () => {
  checkResult(techniques.get("saliency"), undefined); // our tests hold our own to it
  const { techniques: [mine] } = await loadPlugin(exporting(technique("id: 'checked'")));
  assert.throws(() => checkResult(mine, { overlay: 3 }, { shape: [1, 2, 2, 3] }), PluginError);
});

Deno.test("a class option that is called otherwise chooses the class", async () => {
  await useBackend("cpu");
  const options = 'z.object({ breed: withRole("class", z.string().optional()).describe("Breed") })';
  const file = exporting(technique(`id: "by-breed", options: ${options}`));
  await loadPlugin(file);
  const request = { model, image: picture(32, 24) };
  const run = await attribute("by-breed" as string, { ...request, options: { breed: "snail" } });
  assert.equal(run.target.label, "snail");
  await assert.rejects(
    attribute("by-breed" as string, { ...request, options: { breed: "unicorn" } }),
    { code: "unknown-class" },
  );
});

Deno.test("an adapter's faults are the plugin's: what it throws, and what it loads", async () => {
  const file = exporting(`[adapter, {
    ...adapter, id: "thrower", models: ["thrown"], accepts: (id) => id === "thrown",
    load() { throw new TypeError("no disk"); },
  }]`);
  const { models: [mine], sha256 } = await loadPlugin(file);
  assert.deepEqual(originOf(mine), { file, sha256 });
  const refused = (id: string, message: RegExp) =>
    assert.rejects(loadModel(id), (error: Error) => {
      assert.ok(error instanceof PluginError, error.stack);
      assert.match(error.message, message);
      return true;
    });
  await refused("thrown", /model adapter "thrower" of the plugin ".*" failed: TypeError: no disk/);
  await refused(
    "my-net",
    /"my-models" .*loaded something that is not a model: id is missing.*; weights is miss/,
  );
  await assert.rejects(
    async () => await mine.architecture("my-net"),
    /not an architecture: graph is/,
  );
});
