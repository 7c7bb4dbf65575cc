/** The examples, run as readers run them: what they print and what they leave. */
import { encodePng, loadImage } from "../image/mod.ts";
import { contactSheet } from "../image/sheet.ts";
import { loadModel } from "../models/mod.ts";
import { loadPlugin } from "../run/plugins/mod.ts";
import type { Technique } from "../run/technique.ts";
import { attribute } from "../techniques/mod.ts";

const root = new URL("../", import.meta.url);
const path = (url: URL) => decodeURIComponent(url.pathname);
const examples = new URL("examples/", root);

/** What an example did. */
export interface Done {
  readonly printed: string;
  /** The files that it left, by their names; folders are not looked into. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

const args = ["run", "--quiet", "-A", `--lock=${path(new URL("deno.dev.lock", root))}`, "--frozen"];
const env = { NO_COLOR: "1" };

/** Runs a script in an empty folder. @throws Error with what it said, where it failed. */
export async function runScript(url: URL): Promise<Done> {
  const cwd = await Deno.makeTempDir();
  try {
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [...args, url.href],
      cwd,
      env,
    }).output();
    if (!success) throw new Error(`${url.href}: ${new TextDecoder().decode(stderr)}`);
    const files = new Map<string, Uint8Array>();
    for await (const { name, isFile } of Deno.readDir(cwd)) {
      if (isFile) files.set(name, await Deno.readFile(`${cwd}/${name}`));
    }
    return { printed: new TextDecoder().decode(stdout).trimEnd(), files };
  } finally {
    await Deno.remove(cwd, { recursive: true });
  }
}

/** Runs an example of `examples/`. */
export const runExample = (name: string): Promise<Done> => runScript(new URL(name, examples));

/** Starts `server.ts` on any free port, asks it, and ends it. */
export async function withServer<T>(ask: (address: string) => Promise<T>): Promise<T> {
  const server = new Deno.Command(Deno.execPath(), {
    args: [...args, "--unstable-no-legacy-abort", new URL("server.ts", examples).href, "0"],
    env,
    stdout: "piped",
  }).spawn();
  const lines = server.stdout.pipeThrough(new TextDecoderStream()).getReader();
  try {
    let said = "";
    while (!said.includes("\n")) {
      const { value, done } = await lines.read();
      if (done) throw new Error(`server.ts ended, having said "${said}"`);
      said += value;
    }
    return await ask(said.trim());
  } finally {
    await lines.cancel();
    server.kill();
    await server.status;
  }
}

/** What a notebook is made of. */
export interface Notebook {
  readonly nbformat: number;
  readonly nbformat_minor: number;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly cells: readonly {
    readonly cell_type: string;
    readonly id: string;
    readonly source: readonly string[];
    readonly outputs?: readonly unknown[];
  }[];
}

export const notebook = async (): Promise<Notebook> =>
  JSON.parse(await Deno.readTextFile(new URL("notebook.ipynb", examples)));

/** What one cell's last line showed: media types with their contents; null where it showed nothing. */
export type CellShown = Readonly<Record<string, string>> | null;

/**
 * Runs the code of the notebook's cells in order, in the folder where it lies, and asks what each ends
 * with to show itself, as Jupyter's kernel does.
 */
export async function runNotebook(): Promise<readonly CellShown[]> {
  const cells = (await notebook()).cells.filter(({ cell_type }) => cell_type === "code");
  const module = cells.map(({ source }) => {
    const lines = source.join("").split("\n");
    const last = lines.findLastIndex((line) => /^[^\s})\]]/.test(line)); // where the last statement begins
    const ending = lines.slice(last).join("\n");
    if (/^(import|const|let|for|if) /.test(ending)) {
      return [...lines, "shown.push(null);"].join("\n");
    }
    return [...lines.slice(0, last), `shown.push(${ending.replace(/;$/, "")});`].join("\n");
  });
  const shown = `for (const thing of shown) {
  console.log(JSON.stringify(await thing?.[Symbol.for("Jupyter.display")]?.() ?? null));
}`;
  const code = ["const shown: any[] = [];", ...module, shown].join("\n")
    .replace(/"\.\.\/(\w+\.ts)"/g, (_, file) => JSON.stringify(new URL(file, root).href));
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(file, code);
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [...args, "--no-check", `--config=${path(new URL("deno.json", root))}`, file],
      cwd: examples,
      env,
    }).output();
    if (!success) throw new Error(`notebook.ipynb: ${new TextDecoder().decode(stderr)}`);
    return new TextDecoder().decode(stdout).trimEnd().split("\n").map((line) => JSON.parse(line));
  } finally {
    await Deno.remove(file);
  }
}

/** The techniques of an example that is a plugin. */
export async function techniquesOf(name: string): Promise<readonly Technique[]> {
  return (await loadPlugin(new URL(name, examples).href)).techniques;
}

/** Examples that leave a picture, or a table, of their own name. */
export const LEAVING: Readonly<Record<string, string>> = {
  "along_training.ts": "png",
  "dream_video.ts": "gif",
  "explain.ts": "png",
  "folder_to_csv.ts": "csv",
  "objective.ts": "png",
  "segmentation.ts": "png",
  "two_networks.ts": "png",
  "which_layer.ts": "png",
  "wrong_reason.ts": "png",
};

/** What every example leaves, by the path in `docs/images/examples/`. */
export async function* left(): AsyncGenerator<[name: string, bytes: Uint8Array]> {
  for (const [name, extension] of Object.entries(LEAVING)) {
    const file = name.replace(/ts$/, extension);
    yield [file, (await runExample(name)).files.get(file)!];
  }
  const sample = new URL("images/cat-4.png", examples), image = await loadImage(sample);
  yield [
    "server.png",
    await withServer(async (address) =>
      await (await fetch(address, { method: "POST", body: await Deno.readFile(sample) })).bytes()
    ),
  ];
  const shown = (await runNotebook()).findLast((cell) => cell?.["image/png"])!["image/png"];
  yield ["notebook.png", Uint8Array.from(atob(shown), (byte) => byte.charCodeAt(0))];

  const plugins = ["plugin_technique.ts", "plugin_agreement.ts", "plugin_sobol.ts"];
  const resnet = await loadModel("phosphene-resnet");
  for (const name of plugins) {
    const [technique] = await techniquesOf(name);
    const run = await attribute(technique, { model: resnet, image });
    yield [name.replace(/ts$/, "png"), await encodePng(await run.figure())];
  }
  await loadPlugin(new URL("plugin_model.ts", examples).href);
  const tiny = await loadModel("tiny-cnn"), cells = [];
  for (const name of ["butterfly-12", "flower-30", "mushroom-21", "snail-3"]) {
    const picture = await loadImage(new URL(`images/${name}.png`, examples));
    const run = await attribute("grad-cam", { model: tiny, image: picture });
    cells.push({ picture: await run.overlay(), title: run.target.label, caption: name });
  }
  yield ["plugin_model.png", await encodePng(await contactSheet([cells]))];
}
