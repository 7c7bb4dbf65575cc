/**
 * Makes gradients.js from TensorFlow.js's own files: `deno task gradients`.
 *
 * The core package registers no gradient by itself, and the files in it that do cannot be imported:
 * they name each other without an extension, and bring a second engine. Here each of their imports
 * becomes one of the public package where it has that name, so that what is left of them is the
 * gradients, over the one engine that there is.
 */
import * as tf from "@tensorflow/tfjs-core";

/** Files that are a namespace of the public package, or a part of one. */
const NAMESPACES: Readonly<Record<string, string>> = {
  "util.js": "util",
  "util_base.js": "util",
  "ops/axis_util.js": "backend_util",
  "ops/broadcast_util.js": "broadcast_util",
  "ops/conv_util.js": "backend_util",
  "ops/slice_util.js": "slice_util",
};

const CORE = `"@tensorflow/tfjs-core"`;

const BANNER = `/**
 * @license Gradients of @tensorflow/tfjs-core ${tf.version_core}, copyright Google LLC, Apache-2.0:
 * http://www.apache.org/licenses/LICENSE-2.0. Made by build.ts.
 */
`;

/** One import of TensorFlow.js's, said with the public package; undefined where it is private. */
function fromCore(what: string, file: string): string | undefined {
  const names = what.startsWith("{") ? what.slice(1, -1).split(",").map((name) => name.trim()) : [];
  const whole = what.replace(/^\* as /, "");
  if (file === "engine.js") return `import { engine } from ${CORE}; const ENGINE = engine();`;
  if (file === "tensor.js" && what === "{ getGlobalTensorClass }") {
    return `import { Tensor } from ${CORE}; const getGlobalTensorClass = () => Tensor;`;
  }
  if (file === "base.js") return `import ${what} from ${CORE};`;
  const space = NAMESPACES[file];
  if (space && !names.length) return `import { ${space} as ${whole} } from ${CORE};`;
  const all = file.replace(/\W/g, "_");
  if (space) return `import { ${space} as ${all} } from ${CORE}; const ${what} = ${all};`;
  if (names.length && names.every((name) => name in tf)) return `import ${what} from ${CORE};`;
  return undefined;
}

/** Copies a file and what it needs beyond the public package into a folder. */
async function copy(file: string, dist: URL, to: URL, done = new Set<string>()): Promise<void> {
  if (done.has(file)) return;
  done.add(file);
  const needed: string[] = [];
  const text = (await Deno.readTextFile(new URL(file, dist)))
    .replace(/^\/\*\*\n \* @license[^]*?\*\/\n/, "")
    .replace(/\n\/\/# sourceMappingURL=.*/, "")
    .replace(/^import (.+) from '(\.[^']*)';$/gm, (_, what: string, path: string) => {
      const target = new URL(`${path}.js`, new URL(file, dist)).href.slice(dist.href.length);
      const said = fromCore(what, target);
      if (said) return said;
      needed.push(target);
      return `import ${what} from "${path}.js";`;
    });
  const here = new URL(file, to);
  await Deno.mkdir(new URL(".", here), { recursive: true });
  await Deno.writeTextFile(here, text);
  for (const next of needed) await copy(next, dist, to, done);
}

/** The text of gradients.js, made from the installed package. */
export async function bundle(): Promise<string> {
  const folder = await Deno.makeTempDir();
  try {
    const to = new URL(`file://${folder}/`);
    const first = "register_all_gradients.js";
    await copy(first, new URL(".", import.meta.resolve("@tensorflow/tfjs-core")), to);
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ..."bundle --no-config --minify --external @tensorflow/tfjs-core -o".split(" "),
        "all.js",
        first,
      ],
      cwd: folder,
    }).output();
    if (!success) {
      throw new Error(`The gradients cannot be bundled: ${new TextDecoder().decode(stderr)}`);
    }
    return BANNER + await Deno.readTextFile(new URL("all.js", to));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

if (import.meta.main) {
  await Deno.writeTextFile(new URL("gradients.js", import.meta.url), await bundle());
}
