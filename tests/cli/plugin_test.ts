/** Plugins on the command line: those that are right are everywhere, those that are wrong are one line. */
import assert from "node:assert/strict";
import { main } from "../../cli/main.ts";
import { gallery } from "../web/_cli.ts";
import {
  ended,
  entries,
  file,
  phosphene,
  pictureFile,
  root,
  scratch,
  start,
} from "./_phosphene.ts";

const kit = new URL("../../kit.ts", import.meta.url).href;
const picture = await pictureFile("picture.png", 40, 30), runs = scratch("runs");

const HEAD =
  `import { attributionOptions, defineMetric, definePlugin, tf, values, z } from "${kit}";
const paper = { citation: "A 2020, B", url: "https://example.org/", equation: "a = b + c" };
const result = ({ image: { input: { shape: [, h, w] } } }, fill = 0.5) => ({
  attribution: values(new Float32Array(h * w).fill(1), [h, w]),
  map: values(new Float32Array(h * w).fill(fill), [h, w]),
  colors: "gray",
  overlay: 0.5,
});
const technique = {
  id: "mine", title: "Mine", kind: "attribution", summary: "What it shows", caution: "Never trust it",
  paper, options: attributionOptions,
  async *run(context) {
    context.signal?.throwIfAborted();
    (await context.model.network.logits(context.image.input, context.signal)).dispose();
    yield { step: 1, of: 1 };
    return result(context);
  },
};
const step = { step: 1, of: 1 };
`;
let count = 0;
const written = (text: string) => file(`broken-${++count}.ts`, text);
const exporting = (expression: string) => written(`${HEAD}export default ${expression};`);
/** A plugin of one technique, with an id of its own where several are loaded by one program. */
const one = (changes: string) =>
  exporting(`definePlugin({ techniques: [{ ...technique, id: "mine-${count}", ${changes} }] })`);
/** The id of the technique of {@link one}'s plugin. */
const idOf = (file: string) => `mine-${Number(/(\d+)\.ts$/.exec(file)![1]) - 1}`;

/** The command line within this program: what starts one each is slow. */
async function said(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const lines = { out: "", err: "" }, { log, error } = console;
  console.log = (text: string) => void (lines.out += `${text}\n`);
  console.error = (text: string) => void (lines.err += `${text}\n`);
  try {
    return { code: await main(args, new AbortController().signal), ...lines };
  } finally {
    Object.assign(console, { log, error });
  }
}
const running = (body: string) => one(`async *run(context) { ${body} }`);

/** What is wrong when a plugin is loaded: any command tells it. */
const AT_LOAD: readonly [what: string, file: string, told: RegExp][] = [
  ["a syntax error", written("export default {"), /Expected|parse|Unexpected/],
  ["no default export", written("export const a = 1;"), /it has no default export/],
  ["a default export of another type", written("export default 3;"), /neither a technique nor/],
  ["a promise of a plugin", exporting("Promise.resolve({})"), /neither a technique nor/],
  ["what throws at load", written('throw new RangeError("too early");'), /: too early\.$/],
  ["what imports nothing that is there", written('import "./gone.ts";'), /gone\.ts/],
  ["what reads what it may not", written('Deno.env.get("SHELL");'), /--allow-env/],
  ["a missing file", scratch("absent.ts"), /there is no such file/],
  ["a folder", root, /it is not a file/],
  ["an address where nobody answers", "http://127.0.0.1:1/plugin.ts", /127\.0\.0\.1:1/],
  [
    "a wrong contract version",
    exporting("{ contract: 2, techniques: [] }"),
    /contract is version 2,/,
  ],
  ["a contract that is none", exporting('{ contract: "x" }'), /contract is version "x"/],
  [
    "an unknown part",
    exporting("definePlugin({ technics: [technique] })"),
    /"technics"; nearest: "te/,
  ],
  [
    "a part that is no list",
    exporting("definePlugin({ techniques: technique })"),
    /must be a list/,
  ],
  ["nothing at all", exporting("definePlugin({})"), /it adds nothing; it may have /],
  ["a field that is missing", one("caution: undefined"), /"mine-\d+", caution is missing/],
  ["a field of another type", one("title: 3"), /"mine-\d+", title must be a line of text, not 3/],
  ["an option without a meaning", one("options: z.object({ n: z.int() })"), /options\.n needs/],
  ["an id that is taken", one('id: "saliency"'), /already a technique "saliency"/],
  ["an id that is a command's", one('id: "predict"'), /already a command "predict"/],
  [
    "a metric without judge",
    exporting("definePlugin({ metrics: [{ ...technique, better: 'lower' }] })"),
    /metric "mine", judge is missing/,
  ],
  [
    "an op without a nature",
    exporting("definePlugin({ ops: { myOp: { traits: {} } } })"),
    /op "myOp", traits\.nature is/,
  ],
  [
    "a colour map of no colours",
    exporting("definePlugin({ colourMaps: [{ id: 'jet', title: 'Jet' }] })"),
    /colour map "jet", diverging is missing.*scale is/,
  ],
];

for (const [what, name, told] of AT_LOAD) {
  Deno.test(`a plugin with ${what}: one line, exit code 2`, async () => {
    const { code, out, err } = await (/may not|command's/.test(what) ? phosphene : said)(
      ...["techniques", "--plugin", name],
    );
    assert.deepEqual([code, out], [2, ""], err);
    assert.match(err, /^error: [^\n]*\.\n$/);
    assert.ok(err.includes(name), err);
    assert.match(err.trimEnd(), told);
  });
}

/** What is wrong when it runs. */
const AT_RUN: readonly [what: string, file: string, told: RegExp][] = [
  ["throws", running('yield step; throw new TypeError("out of luck");'), /TypeError: out of luck/],
  ["never yields", running("return result(context);"), /yielded no progress/],
  [
    "yields what is no progress",
    running("yield 3; return result(context);"),
    /no.* progress|not progress/,
  ],
  ["returns nothing", running("yield step;"), /nothing was returned/],
  [
    "returns NaN",
    running("yield step; return result(context, NaN);"),
    /map must be of numbers from 0 to 1, not of NaN/,
  ],
  [
    "returns a wrong shape",
    running("yield step; return { ...result(context), map: values(new Float32Array(4), [2, 2]) };"),
    /map must be .*\[2,2\]/,
  ],
  [
    "returns unknown colours",
    running('yield step; return { ...result(context), colors: "jet" };'),
    /colors must be/,
  ],
  [
    "changes its picture",
    running("yield step; context.image.picture.data.fill(0); return result(context);"),
    /must leave image\.picture/,
  ],
  ["is no generator", one("run() { return 3; }"), /run is not an async generator/],
];

for (const [what, name, told] of AT_RUN) {
  Deno.test(`a plugin that ${what}: one line, exit code 2, nothing saved`, async () => {
    const { code, out, err } = await said(
      ...[idOf(name), picture, "--plugin", name, "--out", runs, "--quiet", "--backend", "cpu"],
    );
    assert.deepEqual([code, out], [2, ""], err);
    assert.match(err, /^error: The technique "mine-\d+" of the plugin [^\n]*\.\n$/);
    assert.ok(err.includes(name), err);
    assert.match(err, told);
    assert.deepEqual(entries(runs), []);
  });
}

/** What only `plugin check` finds. */
const AT_CHECK: readonly [what: string, file: string, told: RegExp][] = [
  [
    "leaves tensors behind",
    running("tf.keep(tf.zeros([3])); yield step; return result(context);"),
    /nothing left.*\n.*tensors are left/,
  ],
  [
    "changes its input",
    running("context.image.input.dataSync()[0] += 1; yield step; return result(context);"),
    /it changes image\.input/,
  ],
  [
    "draws other numbers each time",
    running("yield step; return result(context, Math.random());"),
    /the same seed gives other numbers/,
  ],
  [
    "does not hear an abort",
    running(
      "(await context.model.network.logits(context.image.input)).dispose(); yield step; " +
        "return result(context);",
    ),
    /pass its signal on to network\.logits/,
  ],
  [
    "counts its steps wrongly",
    running("yield step; yield step; return result(context);"),
    /step 1 of 1 came after 1/,
  ],
  [
    "takes three channels for granted",
    running(`const { input } = context.image;
    tf.reshape(input, [input.size / 3 - (input.shape[3] === 3 ? 0 : 0.5), 3]);
    (await context.model.network.logits(input, context.signal)).dispose();
    yield step; return result(context);`),
    /on gray/,
  ],
  [
    "has an op whose gradient is wrong",
    exporting(`definePlugin({ ops: { doubled: {
    traits: { nature: "elementwise" }, shape: ([shape]) => shape,
    forward: ([x]) => tf.mul(x, 2), backward: (dy) => [dy] } } })`),
    /the score grows by .* its backward says/,
  ],
  [
    "has a metric that says nothing",
    exporting(`definePlugin({ metrics: [defineMetric({ ...technique,
    better: "lower", async *judge() { yield step; return { value: NaN }; } })] })`),
    /value must be a finite number, not NaN/,
  ],
  [
    "has colours beyond all",
    exporting(`definePlugin({ colourMaps: [{ id: "loud", title: "Loud",
    diverging: false, scale: () => (t) => [t * 999, 0, 0] }] })`),
    /of .* it gives \[/,
  ],
  [
    "has a model that does not load",
    exporting(`definePlugin({ models: [{ id: "nets", title: "Nets",
    licence: "none", source: "here", models: ["my-net"], accepts: (id) => id === "my-net",
    architecture: () => ({}), load: () => Promise.resolve({}) }] })`),
    /not an architecture: graph is missing/,
  ],
];

for (const [what, name, told] of AT_CHECK) {
  Deno.test(`plugin check finds one that ${what}`, async () => {
    const { code, out, err } = await said("plugin", "check", name, "--quiet");
    assert.equal(code, 2, out + err);
    assert.match(
      err,
      /^error: The plugin ".*" does not keep the contract: \d+ of \d+ checks failed/,
    );
    assert.match(out, /^not ok /m);
    assert.match(out.replace(/ +/g, " "), told);
  });
}

Deno.test("plugin check passes what is right, also as JSON, and checks what an author claims", async () => {
  const right = one("");
  const { code, out, err } = await said("plugin", "check", right, "--json", "--quiet");
  assert.equal(code, 0, err);
  const { passed, verdicts } = JSON.parse(out);
  assert.ok(passed && verdicts.length > 15);
  // a map that is the same whatever is asked: no explanation of a class
  const claim = await said(
    ...["plugin", "check", right, "--also", "class-sensitivity,randomization,completeness"],
  );
  assert.equal(claim.code, 2);
  assert.match(claim.out, /not ok .*another class gets another map/);
  assert.match(claim.out, /not ok .*last layer of other weights/);
  assert.match(claim.out, /not ok .*adds up to the change/);
  const unknown = await said("plugin", "check", right, "--also", "completness");
  assert.match(unknown.err, /no property "completness" to check; nearest: "completeness"/);
  assert.equal(unknown.code, 2);
});

/** Runs the command line from another folder. */
async function phospheneIn(cwd: string, ...args: string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", `${root}cli.ts`, ...args],
    cwd,
    env: { NO_COLOR: "1" },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, out: text(stdout), err: text(stderr) };
}

Deno.test("new technique, model, metric: under 40 lines that keep the contract, type-check and pass their test", async (t) => {
  const folder = scratch("new"), kinds = ["technique", "model", "metric"];
  Deno.mkdirSync(folder);
  for (const kind of kinds) {
    await t.step(kind, async () => {
      const id = `my-${kind}`;
      const made = await phospheneIn(folder, "new", kind, id);
      assert.equal(made.code, 0, made.err);
      const inside = entries(`${folder}/${id}`);
      for (const name of [`${id}.ts`, `${id}_test.ts`, "deno.json", "README.md"]) {
        assert.ok(inside.includes(name), name);
      }
      const lines = Deno.readTextFileSync(`${folder}/${id}/${id}.ts`).trimEnd().split("\n");
      assert.ok(lines.length < 40);
      const checked = await said("plugin", "check", `${folder}/${id}/${id}.ts`, "--quiet");
      assert.equal(checked.code, 0, checked.out + checked.err);
    });
  }
  const again = await phospheneIn(folder, "new", "model", "my-model");
  assert.equal(again.code, 2);
  assert.match(
    again.err,
    /^error: Cannot write the folder "my-\w+": there is something of that name already\.\n$/,
  );
  const names = kinds.map((kind) => `my-${kind}`);
  assert.deepEqual(entries(folder), names.toSorted(), "nothing hidden is left");
  // all at once: the library's types are checked anew by each that begins
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--no-lock", "--quiet", ...names],
    cwd: folder,
    env: { NO_COLOR: "1" },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  assert.ok(success, text(stdout) + text(stderr));
  assert.match(text(stdout), /[3-9] passed/);
});

Deno.test("new refuses names and kinds that cannot be", async () => {
  const refused = async (args: string[], told: RegExp) => {
    const { code, err } = await said("new", ...args);
    assert.equal(code, 2);
    assert.match(err, told);
  };
  await refused(["technique", "My Way"], /"My Way" cannot be the name of a technique/);
  await refused(["technique", "../up"], /"\.\.\/up" cannot be the name/);
  await refused(["technique", "saliency"], /There is a technique "saliency" already/);
  await refused(["poem", "ode"], /no plugins of the kind "poem".* technique, model, metric/);
});

Deno.test("a plugin is in every list, in help, in compare; without it there is no trace", async () => {
  const folder = scratch("anywhere");
  Deno.mkdirSync(folder);
  await phospheneIn(folder, "new", "technique", "my-way");
  await phospheneIn(folder, "new", "model", "my-net");
  const plugins = ["--plugin", "my-way/my-way.ts", "--plugin=my-net/my-net.ts"];
  const there = async (args: string[], told: RegExp) => {
    const found = await phospheneIn(folder, ...args, ...plugins);
    assert.equal(found.code, 0, found.err);
    assert.match(found.out, told);
    return found.out;
  };
  const both = async (args: string[], told: RegExp, listed = false) => {
    const found = await there(args, told);
    if (listed) {
      const settings = JSON.stringify({ plugins: ["my-way/my-way.ts", "my-net/my-net.ts"] });
      Deno.writeTextFileSync(`${folder}/phosphene.json`, settings);
      assert.deepEqual((await phospheneIn(folder, ...args)).out, found, "by phosphene.json");
      Deno.removeSync(`${folder}/phosphene.json`);
    }
    const without = await phospheneIn(folder, ...args);
    assert.doesNotMatch(without.out, told);
  };
  await both(["--help"], /^ {2}my-way /m);
  await both(["techniques", "--json"], /"id": "my-way"/, true);
  await both(["models"], /my-net/);
  await there(["my-way", "--help"], /--power <number>/);
  await there(["predict", picture, "--model", "my-net"], /three/);
  const compared = await phospheneIn(
    folder,
    ...["compare", picture, "--techniques", "saliency,my-way", "--model", "my-net", ...plugins],
  );
  assert.equal(compared.code, 0, compared.err);
  assert.match(compared.out, /my-way/i);
  const run = await phospheneIn(folder, "my-way", picture, ...plugins, "--json", "--quiet");
  const manifest = JSON.parse(run.out);
  assert.deepEqual(manifest.plugins.map(({ file }: { file: string }) => file), [
    "my-way/my-way.ts",
  ]);
  assert.match(manifest.command, / --plugin my-way\/my-way\.ts /);
});

Deno.test("the gallery's form offers a plugin's technique and its model", async () => {
  const folder = scratch("form");
  Deno.mkdirSync(folder);
  await phospheneIn(folder, "new", "technique", "form-way");
  await phospheneIn(folder, "new", "model", "form-net");
  const [way, net] = ["form-way", "form-net"].map((id) => `${folder}/${id}/${id}.ts`);
  const { child, url } = await gallery(["--runs", folder, "--plugin", way, "--plugin", net]);
  try {
    const page = await (await fetch(new URL("new/form-way", url))).text();
    assert.match(page, /name="option-power"/);
    assert.match(page, /<option value="form-net"/);
    for (const { name } of Deno.readDirSync(`${root}examples/images`)) {
      if (!name.endsWith(".mask.png")) assert.ok(page.includes(`value="${name}"`), name);
    }
    assert.match(await (await fetch(new URL("techniques", url))).text(), /form-way/);
  } finally {
    child.kill("SIGTERM");
    await child.status;
    await child.stderr.cancel();
  }
});

Deno.test("phosphene.json that is damaged is one line", async () => {
  const folder = scratch("settings");
  Deno.mkdirSync(folder);
  const refused = async (text: string, told: RegExp) => {
    Deno.writeTextFileSync(`${folder}/phosphene.json`, text);
    const { code, err } = await phospheneIn(folder, "techniques");
    assert.equal(code, 2);
    assert.match(err, /^error: Cannot read phosphene\.json: [^\n]*\n$/);
    assert.match(err, told);
  };
  await refused("{", /it is not JSON/);
  await refused('{ "plugin": [] }', /"plugin"/);
  await refused('{ "plugins": "a.ts" }', /plugins: /);
  Deno.writeTextFileSync(`${folder}/phosphene.json`, '{ "plugins": ["./gone.ts"] }');
  const { code, err } = await phospheneIn(folder, "techniques");
  assert.equal(code, 2);
  assert.match(err, /^error: Cannot load the plugin "\.\/gone\.ts": there is no such file\.\n$/);
});

Deno.test("a plugin comes from an address too, where that may be imported", async () => {
  const text =
    `export default { contract: 1, colourMaps: [{ id: "red", title: "Red", diverging: false,
    scale: () => (t) => [255 * t, 0, 0] }] };`;
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => new Response(text, { headers: { "content-type": "text/typescript" } }),
  );
  try {
    const address = `http://127.0.0.1:${server.addr.port}/red.ts`;
    const narrow = await ended(start(["plugin", "check", address]));
    assert.equal(narrow.code, 2);
    assert.match(narrow.err, /^error: Cannot load the plugin .*--allow-import/m);
    const { code, out, err } = await phospheneIn(scratch("."), "plugin", "check", address);
    assert.equal(code, 0, err);
    assert.match(out, /^ok +colour map "red"/);
  } finally {
    await server.shutdown();
  }
});
