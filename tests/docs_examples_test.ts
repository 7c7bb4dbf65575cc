/** Every `@example` of an export: type-checked as it stands, and run where it needs no file that is not there. */
import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { exportsOf } from "../docs/_api.ts";

const root = new URL("../", import.meta.url);
const at = (path: string) => new URL(path, root).href;

/** What examples speak of and do not make: name → what makes it. */
const PRELUDE: Readonly<Record<string, string>> = {
  z: `import { z } from "${at("deps/zod.ts")}";`,
  tf: `import * as tf from "${at("deps/tfjs.ts")}";`,
  model: `const model = await loadModel(MODEL);`,
  image: `const image = await loadImage(SAMPLE);`,
  picture: `const picture = await loadImage(SAMPLE);`,
  technique: `import { z as zod } from "${at("deps/zod.ts")}";
const technique = { options: zod.object({ breed: withRole("class", zod.string()) }) };`,
  data: `const data = new Float32Array(224 * 224);`,
};
/** What these are made with. */
const MADE_WITH = ["loadImage", "loadModel", "withRole"];

interface Example {
  readonly name: string;
  readonly code: string;
}

const exports = await exportsOf();
/** The names of each entry, the first that has one giving it. */
const ENTRIES: [entry: string, names: readonly string[]][] = [];
for (const entry of ["mod.ts", "kit.ts", "testing.ts"]) {
  ENTRIES.push([entry, Object.keys(await import(at(entry)))]);
}
const entryOf = (name: string) => ENTRIES.find(([, names]) => names.includes(name))?.[0];
const examples: Example[] = exports.flatMap(({ name, declarations }) =>
  declarations.flatMap(({ jsDoc, def }) => [
    jsDoc,
    ...[...def.methods ?? [], ...def.properties ?? []].map((member) => member.jsDoc),
  ]).flatMap((jsDoc) => jsDoc?.tags ?? []).filter(({ kind }) => kind === "example")
    .flatMap(({ doc = "" }) =>
      [...doc.matchAll(/^```ts\n([^]*?)\n```$/gm)].map(([, code]) => ({ name, code }))
    )
);

/** One that leaves something out says so with an ellipsis in a comment. */
const isCut = ({ code }: Example) => /^\s*\/\/ …$/m.test(code);

/** An example as a module of its own. */
function moduleOf({ code }: Example): string {
  const bare = code.replace(/"[^"\n]*"/g, '""').replace(/\/\/.*$/gm, "");
  const uses = (name: string) => new RegExp(`(?<![.\\w])${name}\\b(?!\\s*:)`).test(bare);
  const makes = (name: string) =>
    new RegExp(`\\b(const|let|function) (\\{[^}]*\\b)?${name}\\b`).test(bare);
  const speaksOf = Object.keys(PRELUDE).filter((name) =>
    !makes(name) && new RegExp(`(?<![.\\w])${name}\\b`).test(bare)
  );
  const imported = exports.map(({ name }) => name).filter((name) =>
    !makes(name) && !speaksOf.includes(name) &&
    (uses(name) || speaksOf.length > 0 && MADE_WITH.includes(name))
  );
  const model = code.includes("features.") ? "phosphene-vgg" : "phosphene-resnet";
  return [
    ...[...new Set(imported.map((name) => entryOf(name) ?? "mod.ts"))].map((entry) =>
      `import { ${
        imported.filter((name) => (entryOf(name) ?? "mod.ts") === entry).join(", ")
      } } from "${at(entry)}";`
    ),
    `const SAMPLE = "${at("examples/images/cat-4.png")}", MODEL = "${model}";`,
    "SAMPLE; MODEL;",
    ...speaksOf.map((name) => PRELUDE[name]),
    compared(
      code.replaceAll(`"cat.jpg"`, "new URL(SAMPLE)")
        .replace(/"(examples\/[^"]*)"/g, (_, path) => `"${at(path)}"`),
    ),
  ].join("\n");
}

/** Where a comment behind an expression says what it is, and that is a value, it is compared. */
const compared = (code: string): string =>
  code.replace(
    /^([^\s/].*); \/\/ (true|false|"[^"]*"|\d+(?:\.\d+)?)$/gm,
    (_, expression, value) =>
      `if (JSON.stringify(${expression}) !== JSON.stringify(${value})) throw new Error(${
        JSON.stringify(expression)
      });`,
  );

/** Whether it can be run: it reads nothing but what is there, fetches nothing, and ends in no error. */
function isRunnable({ code }: Example): boolean {
  if (/^throw /m.test(code)) return false;
  const read = code.replace(/writeFile\("[^"]*"/g, "").replaceAll(`"cat.jpg"`, "");
  const files = [...read.matchAll(/"([^"]*\.(?:\w{2,12})|runs\/[^"]*)"/g)].map(([, path]) => path)
    .filter((path) => /\.(png|jpg|ts|onnx|safetensors|th|pth)$|^runs\//.test(path));
  const fetched = /loadModel\("(?!phosphene-)/.test(read);
  return !fetched && files.every((path) => path.startsWith("examples/") || path === "mask.png");
}

async function deno(args: readonly string[], cwd: URL | string) {
  const lock = decodeURIComponent(new URL("deno.dev.lock", root).pathname);
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [args[0], "--quiet", `--lock=${lock}`, "--frozen", ...args.slice(1)],
    cwd,
    env: { NO_COLOR: "1" },
  }).output();
  return { success, told: new TextDecoder().decode(stderr) };
}

Deno.test("every example is type-checked, and does what it says", async () => {
  assert.ok(examples.length > 15);
  assert.deepEqual(examples.filter(isCut).map(({ name }) => name), [
    "definePlugin",
    "defineMetric",
    "defineTechnique",
    "defineParameterization",
  ]);
  const folder = await Deno.makeTempDir();
  const config = decodeURIComponent(new URL("deno.json", root).pathname);
  try {
    const whole = examples.filter((example) => !isCut(example));
    const paths = new Map<Example, string>();
    for (const [i, example] of whole.entries()) {
      const path = `${folder}/${i}-${example.name}.ts`;
      await Deno.writeTextFile(path, moduleOf(example));
      paths.set(example, path);
    }
    const wrong = `${folder}/wrong.ts`; // so that a check that finds nothing is noticed
    await Deno.writeTextFile(wrong, moduleOf({ name: "wrong", code: "random(7).nothing();" }));
    const { told } = await deno(["check", `--config=${config}`, ...paths.values(), wrong], root);
    const faulty = [...told.matchAll(/^ *at (file:.*?):\d+:\d+$/gm)].map(([, file]) => file);
    assert.deepEqual([...new Set(faulty)], [pathToFileURL(wrong).href], told);

    const runnable = whole.filter(isRunnable);
    assert.ok(runnable.length > 10, runnable.map(({ name }) => name).join(", "));
    const all = `${folder}/all.ts`;
    const starts = runnable.map((example) =>
      `await import("${pathToFileURL(paths.get(example)!)}").catch((error) => faults.push(error));`
    );
    const backend = `import { useBackend } from "${at("mod.ts")}";\nawait useBackend("wasm");
const faults: unknown[] = [];`;
    await Deno.writeTextFile(
      all,
      [backend, ...starts, "if (faults.length) throw new AggregateError(faults);"].join("\n"),
    );
    const ran = await deno(["run", "-A", "--no-check", `--config=${config}`, all], folder);
    assert.ok(ran.success, ran.told);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
