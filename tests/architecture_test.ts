/**
 * The house stands: a room is above all that it imports, no file imports in a circle, only the
 * platform's room knows what the library runs on, and a first run fetches nothing that only
 * development needs.
 */
import assert from "node:assert/strict";
import config from "../deno.json" with { type: "json" };
import { BELOW, OUTSIDE } from "./_support/rooms.ts";

/** What any room may read: facts about the project, and the packages that it uses. */
const FACTS = ["deno.json", "deps"];

const root = new URL("../", import.meta.url);

/** Every module of the project, by its path from the root. */
async function* modules(folder = ""): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(new URL(folder || ".", root))) {
    if (name.startsWith(".") || name === "node_modules") continue;
    if (folder === "" && name === "site") continue; // what `deno task docs` makes
    if (isDirectory) yield* modules(`${folder}${name}/`);
    else if (/\.(tsx?|js)$/.test(name)) yield folder + name;
  }
}

/** A module's text without its comments, which show examples. */
const codeOf = (text: string) => text.replace(/\/\*[^]*?\*\/|(?<![:"'`])\/\/.*$/gm, "");

/** What a module's text imports, for types or in passing too. */
const IMPORT = /(?<!-)\b(?:from|import)\s*\(?\s*"([^"]+)"/g;
/** Starts of helpers, which may import in turn what starts them: they are programs of their own. */
const HELPER = /\b(?:new Worker|startHelper)\(\s*new URL\(\s*"([^"]+)"/g;

const specifiersIn = (text: string, kind = IMPORT): string[] =>
  [...codeOf(text).matchAll(kind)].map(([, name]) => name);

/** The project's own files among that. */
function importsIn(module: string, text: string, kind = IMPORT): string[] {
  const base = new URL(module, root);
  return specifiersIn(text, kind).filter((name) => /^\.{1,2}\//.test(name))
    .map((path) => new URL(path, base).href.slice(root.href.length));
}

/** The packages among that; a text may speak of `from "${name}"` too. */
const packagesIn = (text: string): string[] =>
  specifiersIn(text).filter((name) => /^(npm:)?@?\w/.test(name) && !/^node:|[*]/.test(name))
    .map((name) => name.match(/^(npm:)?(@[^/]+\/)?[^/]+/)![0]);

/**
 * `module → package` for each package that neither `deps/`, where each has its version, nor deno.json
 * gives to that module.
 */
function strangers(module: string, text: string): string[] {
  if (roomOf(module) === "deps") return [];
  const given = Object.entries(config.scopes).filter(([scope]) => `./${module}`.startsWith(scope))
    .flatMap(([, packages]) => Object.keys(packages));
  return packagesIn(text).filter((name) => !(name in config.imports) && !given.includes(name))
    .map((name) => `${module} → ${name}`);
}

const roomOf = (path: string) => path.split("/")[0];

type Imports = ReadonlyMap<string, readonly string[]>;

/** `a → b` for each import that its room may not have. */
const upward = (imports: Imports): string[] =>
  [...imports].flatMap(([module, targets]) => {
    const room = roomOf(module);
    if (OUTSIDE.includes(room)) return [];
    const allowed = [room, ...BELOW[room] ?? [], ...FACTS];
    return targets.filter((to) => !allowed.includes(roomOf(to))).map((to) => `${module} → ${to}`);
  });

/** The first circle of imports, `a → b → a`, if there is any. */
function circle(imports: Imports): string | undefined {
  const done = new Set<string>(), path: string[] = [];
  const visit = (module: string): string | undefined => {
    if (path.includes(module)) {
      return [...path.slice(path.indexOf(module)), module].join(" → ");
    }
    if (done.has(module)) return undefined;
    path.push(module);
    for (const to of imports.get(module) ?? []) {
      const found = visit(to);
      if (found) return found;
    }
    path.pop();
    done.add(module);
    return undefined;
  };
  for (const module of imports.keys()) {
    const found = visit(module);
    if (found) return found;
  }
  return undefined;
}

/** A module, and all that it and they import or start. */
function reach(
  texts: ReadonlyMap<string, string>,
  module: string,
  found = new Set<string>(),
): Set<string> {
  const text = texts.get(module);
  if (text === undefined || found.has(module)) return found;
  found.add(module);
  for (const kind of [IMPORT, HELPER]) {
    for (const to of importsIn(module, text, kind)) reach(texts, to, found);
  }
  return found;
}

/** What a module's text names that only Deno, or Node, has; a symbol of that name is for whoever asks. */
const platformNames = (text: string): string[] => [
  ...codeOf(text).match(/\bDeno\s*(\?\.|[.[])\s*(?!customInspect")\w*|(?<=["'`])node:[\w/]+/g) ??
    [],
];

/** Doors: what may know what runs it, because it is the first that does. */
const DOORS = ["cli.ts"];

/**
 * `module: name` for each such name in what the library, the command line and the gallery consist of,
 * outside the platform's room and the doors.
 */
const platformBound = (texts: ReadonlyMap<string, string>): string[] =>
  [...reach(texts, "cli.ts", reach(texts, "mod.ts"))]
    .filter((module) => roomOf(module) !== "platform" && !DOORS.includes(module))
    .filter((module) => !module.startsWith("cli/templates/")) // texts of files for Deno
    .flatMap((module) => platformNames(texts.get(module)!).map((name) => `${module}: ${name}`));

const texts = new Map<string, string>();
for await (const module of modules()) {
  texts.set(module, await Deno.readTextFile(new URL(module, root)));
}
const imports = new Map([...texts].map(([module, text]) => [module, importsIn(module, text)]));

Deno.test("every room of the house is known", () => {
  const rooms = new Set([...imports.keys()].map(roomOf));
  assert.deepEqual([...rooms].sort(), [...Object.keys(BELOW), ...OUTSIDE, "deps"].sort());
});

Deno.test("nothing imports upward", () => {
  assert.deepEqual(upward(imports), []);
  const added = new Map(imports).set("core/new.ts", ["engine/graph.ts"]);
  assert.deepEqual(upward(added), ["core/new.ts → engine/graph.ts"]);
});

Deno.test("no file imports in a circle", () => {
  assert.equal(circle(imports), undefined);
  const added = new Map(imports).set("core/errors.ts", ["core/registry.ts"]);
  assert.match(circle(added) ?? "", /core\/errors\.ts → core\/registry\.ts/);
});

Deno.test("library, command line and gallery ask the platform, not Deno or Node", () => {
  assert.deepEqual(platformBound(texts), []);

  assert.ok(reach(texts, "mod.ts").has("image/_png.ts"), "what is loaded later belongs to it");
  for (const module of ["cli/main.ts", "jobs/helper.ts", "web/routes/home.tsx"]) {
    assert.ok(reach(texts, "cli.ts").has(module), module);
  }
  const added = platformBound(
    new Map(texts).set(
      "core/random.ts",
      `platform.startHelper(new URL("./new.ts", import.meta.url), listener);`,
    ).set(
      "core/new.ts",
      `/** Deno.cwd() */ import { cpus } from "node:os"; // Deno.exit()
const home = "https://deno.com", cores = cpus() ?? globalThis.Deno?.env;`,
    ),
  );
  assert.deepEqual(added, ["core/new.ts: node:os", "core/new.ts: Deno?.env"]);
});

Deno.test("JSX names its package in each file, as deps/ does: no settings go with an address", () => {
  const [wanted] = /npm:preact@[\d.]+/.exec(texts.get("deps/preact.ts")!)!;
  const jsx = [...texts].filter(([module]) => module.endsWith(".tsx"));
  const others = jsx.filter(([, text]) => !text.startsWith(`/** @jsxImportSource ${wanted} */\n`));
  assert.deepEqual(others.map(([module]) => module), []);
});

Deno.test("property tests take fast-check with the gate's seed", () => {
  const direct = [...texts].filter(([, text]) => /["'](npm:)?fast-check\b/.test(text));
  assert.deepEqual(direct.map(([module]) => module), ["tests/_support/property.ts"]);
});

Deno.test("the product imports no package of development's", () => {
  const product = [...texts].filter(([module]) =>
    roomOf(module) !== "tests" && !config.exclude.includes(module)
  );
  assert.deepEqual(product.flatMap(([module, text]) => strangers(module, text)), []);
  const umbrella = `import * as tf from "@tensorflow/tfjs";`;
  assert.deepEqual(strangers("engine/new.ts", umbrella), ["engine/new.ts → @tensorflow/tfjs"]);
  assert.deepEqual(strangers("bench/new.ts", umbrella), []);
  const inline = `import { z } from "npm:zod@4.6.7";`;
  assert.deepEqual(strangers("core/new.ts", inline), ["core/new.ts → npm:zod@4.6.7"]);
});

Deno.test("a first run fetches no package of development's", async () => {
  const development = Object.values(config.scopes).flatMap((packages) => Object.entries(packages));
  assert.deepEqual(development.filter(([name]) => name in config.imports), []);
  const used = [...texts].filter(([module]) => roomOf(module) === "deps").flatMap(([, text]) =>
    specifiersIn(text)
  );
  assert.deepEqual(development.filter(([, from]) => used.includes(from)), []);
  // as committed: `deno check` and `deno test` without --lock=deno.dev.lock add to the file here
  const git = new Deno.Command("git", { args: ["show", "HEAD:deno.lock"], cwd: root });
  const lock = await git.output().catch(() => undefined);
  if (!lock?.success) return; // no clone
  const { specifiers } = JSON.parse(new TextDecoder().decode(lock.stdout));
  assert.deepEqual(development.filter(([, from]) => from in specifiers), []);
});

Deno.test("every way to import is seen", () => {
  const text = `import a from "./a.ts";
import type { B } from "../core/errors.ts";
export { c } from "./c.ts";
import "./d.ts";
/** import { x } from "./x.ts"; */
const e = await import("./e.ts"), z = await import("zod");
const f = platform.startHelper(new URL("./f.ts", import.meta.url), {}), y = new URL("./y.ts", import.meta.url);`;
  assert.deepEqual(importsIn("engine/new.ts", text, HELPER), ["engine/f.ts"]);
  assert.deepEqual(
    importsIn("engine/new.ts", text),
    ["engine/a.ts", "core/errors.ts", "engine/c.ts", "engine/d.ts", "engine/e.ts"],
  );
});
