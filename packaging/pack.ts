/**
 * `deno task pack`: the package for npm, `dist/phosphene-VERSION.tgz`. TypeScript's own compiler makes
 * JavaScript that Node reads and the types beside it; here the sources are laid out for it, with
 * packages named as Node finds them, and what it made is packed with the files that are read at run
 * time.
 */
import { create } from "tar";
import config from "../deno.json" with { type: "json" };
import { LEAST } from "../platform/least.ts";
import { forNode, helpersIn, packagesIn } from "./_sources.ts";

/** What compiles, and the types of what compiles it knows not of. */
const TOOLS = { "typescript": "7.0.2", "@types/node": "22.20.5" };

/** Rooms and files that a program needs none of. */
const LEFT_OUT =
  /^(tests|bench|docs|training|packaging|dist|runs|node_modules|\.)|\/hosts\/fresh|\/client\.ts$|\/kernels\/(simd\/.*|build\.ts)$/;
/** What is read beside the modules, or told to people. */
const ASSETS =
  /\.(wasm|safetensors)$|^models\/builtin\/.*\.md$|^web\/static\/|^examples\/images\/[\w.-]+\.png$|^(README\.md|LICENSE|CHANGELOG\.md)$/;

const root = new URL("../", import.meta.url);

/** All files of the project, by their path from the root. */
async function* files(folder = ""): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(new URL(folder || ".", root))) {
    const path = folder + name;
    if (LEFT_OUT.test(path)) continue;
    if (isDirectory) yield* files(`${path}/`);
    else yield path;
  }
}

const read = (path: string) => Deno.readTextFile(new URL(path, root));

async function write(path: string, content: string): Promise<void> {
  await Deno.mkdir(path.replace(/[^/]*$/, ""), { recursive: true });
  await Deno.writeTextFile(path, content);
}

async function run(folder: string, ...args: string[]): Promise<void> {
  const command = new Deno.Command(Deno.execPath(), { args, cwd: folder });
  const { success, stdout, stderr } = await command.output();
  const said = new TextDecoder().decode(new Uint8Array([...stdout, ...stderr]));
  if (!success) throw new Error(`\`deno ${args.join(" ")}\` failed:\n${said}`);
}

/** `./mod.ts` of deno.json's exports → the entries of package.json's. */
const exportsOf = (exported: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(exported).map(([name, path]) => [name, {
      types: path.replace(/\.ts$/, ".d.ts"),
      default: path.replace(/\.ts$/, ".js"),
    }]),
  );

/** What names packages that are used where they are found, and that nobody must have. */
const FOUND = "engine/executors/native/ort.ts";

type Packages = Readonly<Record<string, string>>;

/** What package.json says. */
const description = (dependencies: Packages, found: Packages) => ({
  name: config.name,
  version: config.version,
  description: "See what a convolutional network looks at, and what it looks for",
  keywords: ["explainable-ai", "saliency", "grad-cam", "lrp", "deepdream", "feature-visualization"],
  license: config.license,
  type: "module",
  engines: { node: `>=${LEAST.Node}` },
  bin: { phosphene: "cli.js" },
  exports: { ...exportsOf(config.exports), "./package.json": "./package.json" },
  dependencies,
  peerDependencies: found,
  peerDependenciesMeta: Object.fromEntries(
    Object.keys(found).map((name) => [name, { optional: true }]),
  ),
});

/** How TypeScript compiles: what Node cannot read yet is said otherwise. */
const compiler = (entries: readonly string[]) => ({
  compilerOptions: {
    target: "es2023",
    lib: ["esnext", "dom", "dom.iterable", "dom.asynciterable"],
    types: ["node"],
    module: "nodenext",
    jsx: "react-jsx",
    jsxImportSource: "preact",
    rewriteRelativeImportExtensions: true,
    declaration: true,
    noCheck: true, // `deno check` does
    outDir: "package",
  },
  files: entries,
});

/**
 * Makes the package.
 *
 * @param out the folder that it is put in
 * @returns where it is
 */
export async function pack(out: string): Promise<string> {
  const stage = await Deno.makeTempDir({ prefix: "phosphene-pack-" });
  try {
    const entries = Object.values(config.exports).map((path) => path.slice(2));
    const assets: string[] = [], scripts: string[] = [];
    let dependencies: Record<string, string> = packagesIn(Object.values(config.imports).join("\n"));
    for await (const path of files()) {
      if (ASSETS.test(path)) assets.push(path);
      else if (/\.js$/.test(path)) scripts.push(path);
      if (!/\.tsx?$/.test(path)) continue;
      const source = await read(path);
      if (path.startsWith("deps/")) dependencies = { ...dependencies, ...packagesIn(source) };
      entries.push(...helpersIn(path, source));
      await write(`${stage}/${path}`, forNode(source));
    }
    dependencies = Object.fromEntries(Object.entries(dependencies).sort());
    await write(
      `${stage}/_config.ts`,
      `export default ${JSON.stringify({ version: config.version })};\n`,
    );
    const packaged = description(dependencies, packagesIn(await read(FOUND)));
    await write(`${stage}/tsconfig.json`, JSON.stringify(compiler(entries)));
    await write(`${stage}/package.json`, JSON.stringify({ ...packaged, devDependencies: TOOLS }));
    await run(stage, "install", "--quiet", "--node-modules-dir=manual");
    await run(stage, "run", "-A", "npm:typescript/tsc", "-p", ".");

    const made = `${stage}/package`;
    for (const path of assets) {
      await write(`${made}/${path}`, "");
      await Deno.copyFile(new URL(path, root), `${made}/${path}`);
    }
    for (const path of scripts) await write(`${made}/${path}`, forNode(await read(path), ".js"));
    await write(`${made}/package.json`, JSON.stringify(packaged, null, 2) + "\n");
    await Deno.mkdir(out, { recursive: true });
    const file = `${out}/phosphene-${config.version}.tgz`;
    // the same bytes from the same sources: no times, no owners
    const mtime = new Date(0);
    await create({ gzip: true, portable: true, mtime, file, cwd: stage }, ["package"]);
    return file;
  } finally {
    await Deno.remove(stage, { recursive: true });
  }
}

if (import.meta.main) {
  const file = await pack(decodeURIComponent(new URL("dist", root).pathname));
  console.log(`${file}, ${((await Deno.stat(file)).size / 1e6).toFixed(2)} MB`);
}
