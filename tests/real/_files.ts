/** Packages with networks in them, fetched and laid out as files. */
import { createRequire } from "node:module";
import { join } from "node:path";

/** A network's file, and how its own runtime reads it. */
export interface Fetched {
  readonly package: string;
  readonly path: string;
  readonly kind: "graph-model" | "layers-model" | "onnx" | "h5";
}

const HUMAN = [
  ...["antispoof", "blazeface", "centernet", "emotion", "facemesh", "faceres"],
  ...["handlandmark-lite", "handtrack", "iris", "liveness", "movenet-lightning"],
];
const FACES = [
  "age",
  "detect",
  "expression",
  "eye",
  "feature",
  "gender",
  "landmark",
  "liveness",
  "pose",
];
const NSFW = ["mobilenet_v2", "mobilenet_v2_mid", "inception_v3"];

async function run(command: string, args: readonly string[], cwd: string): Promise<string> {
  const { success, stdout } = await new Deno.Command(command, {
    args: [...args],
    cwd,
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`${command} ${args.join(" ")} failed`);
  return new TextDecoder().decode(stdout).trim();
}

/** A package's folder; fetched where it is not there yet. */
async function unpacked(folder: string, name: string, version: string): Promise<string> {
  const target = join(folder, `${name.replace(/\W+/g, "-")}-${version}`);
  try {
    await Deno.stat(join(target, "package"));
  } catch {
    await Deno.mkdir(target, { recursive: true });
    const archive = await run("npm", ["pack", "--silent", `${name}@${version}`], target);
    await run("tar", ["xzf", archive.split("\n").at(-1)!], target);
    await Deno.remove(join(target, archive.split("\n").at(-1)!));
  }
  return join(target, "package");
}

interface Manifest {
  readonly format?: string;
  readonly weightsManifest: readonly { readonly paths: readonly string[] }[];
}

/** The networks of ONNX's own tests: real graphs, their weights constants. In Python's package. */
async function light(folder: string): Promise<string[]> {
  const target = join(folder, "onnx"), data = join(target, "onnx/backend/test/data/light");
  try {
    await Deno.stat(data);
  } catch {
    await Deno.mkdir(target, { recursive: true });
    const pip = ["-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"];
    await run("python3", [...pip, "-d", target, "onnx==1.23.1"], target);
    const wheel = [...Deno.readDirSync(target)].find(({ name }) => name.endsWith(".whl"))!.name;
    await run("python3", ["-m", "zipfile", "-e", wheel, "."], target);
  }
  return [...Deno.readDirSync(data)].map(({ name }) => name)
    .filter((name) => name.endsWith(".onnx")).sort().map((name) => join(data, name));
}

/** A model that a package has as scripts, of base64, as the files that they were made of. */
function fromScripts(folder: string): { path: string; format: string } {
  const require = createRequire(`${folder}/`),
    open = (name: string) => require(`${folder}/${name}`);
  const json = open("model.min.js") as Manifest;
  const shards = json.weightsManifest.flatMap(({ paths }) => paths);
  for (const shard of shards) {
    const text = open(`${shard}.min.js`) as string;
    Deno.writeFileSync(`${folder}/${shard}`, Uint8Array.from(atob(text), (c) => c.charCodeAt(0)));
  }
  const path = `${folder}/model.json`;
  Deno.writeTextFileSync(path, JSON.stringify(json));
  return { path, format: json.format ?? "layers-model" };
}

/** Files that somebody put into a folder: ONNX models, and Keras's. */
function ownFiles(folder: string): Fetched[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => join(folder, name)).sort()
      .filter((path) => /\.(onnx|h5)$/.test(path))
      .map((path) => ({ package: "own", path, kind: path.endsWith("h5") ? "h5" : "onnx" }));
  } catch {
    return [];
  }
}

/** All of them, and those in the folder's own/. */
export async function fetchAll(folder: string): Promise<Fetched[]> {
  await Deno.mkdir(folder, { recursive: true });
  const root = await Deno.realPath(folder);
  const nsfw = await unpacked(root, "nsfwjs", "4.3.0");
  const human = await unpacked(root, "@vladmandic/human", "3.3.6");
  const faces = await unpacked(root, "faceplugin-face-recognition-js", "0.0.1");
  const onnx = await light(root);
  return [
    ...ownFiles(join(root, "own")),
    ...onnx.map((path): Fetched => ({ package: "onnx", path, kind: "onnx" })),
    ...NSFW.map((name): Fetched => {
      const { path, format } = fromScripts(`${nsfw}/dist/models/${name}`);
      return { package: `nsfwjs ${name}`, path, kind: format as Fetched["kind"] };
    }),
    ...HUMAN.map((name): Fetched => ({
      package: "@vladmandic/human",
      path: `${human}/models/${name}.json`,
      kind: "graph-model",
    })),
    ...FACES.map((name): Fetched => ({
      package: "faceplugin",
      path: `${faces}/model/fr_${name}.onnx`,
      kind: "onnx",
    })),
  ];
}
