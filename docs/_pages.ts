/** The pages, from schemas, metadata and docstrings. */
import { attributionOptions, type OptionField, optionFields, taken } from "../core/options.ts";
import type { Preprocess } from "../image/preprocess.ts";
import { commandLine } from "../run/command.ts";
import type { Technique } from "../run/technique.ts";
import { weightsOf } from "../models/catalogue/mod.ts";
import { architectureOf, models } from "../models/mod.ts";
import { techniques } from "../techniques/mod.ts";
import { either, kebab } from "../core/text.ts";
import { libraryPages } from "./_api.ts";
import { commandsPage } from "./_commands.ts";
import { MODEL, PICTURE, shownOf, shownOptions } from "./_examples.ts";
import { errorsPage, manifestPage, rolesPage } from "./_facts.ts";
import { code, fence, NOTE, table } from "./_markdown.ts";
import { readBoards, standing, withBoards } from "./_leaderboard.ts";
import { metricsPage } from "./_metrics.ts";
import { visualizePage } from "./_visualize.ts";
import { readMeasured, withMeasured } from "./_measured.ts";

const root = new URL("../", import.meta.url);
const KINDS = [
  ["attribution", "What a network looks at"],
  ["visualization", "What it looks for"],
] as const;

/** Pages written by hand that show files or measurements: in a file of the same name with `_` before it. */
async function* written(folder = ""): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(new URL(`docs/${folder}`, root))) {
    if (isDirectory) yield* written(`${folder}${name}/`);
    else if (name.startsWith("_") && name.endsWith(".md")) yield folder + name.slice(1);
  }
}

/** Every page by its path in `docs/`, formatted. */
export async function pages(): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  for (const technique of techniques) {
    texts.set(`techniques/${technique.id}.md`, await techniquePage(technique));
  }
  texts.set("techniques/README.md", indexPage());
  texts.set("models.md", await modelsPage());
  texts.set("reference/commands.md", await commandsPage());
  for (const [path, text] of await libraryPages()) texts.set(path, text);
  texts.set("reference/manifest.md", await manifestPage());
  texts.set("reference/option-roles.md", await rolesPage());
  texts.set("reference/errors.md", await errorsPage());
  texts.set("reference/objectives.md", visualizePage());
  texts.set("reference/metrics.md", metricsPage());
  for await (const path of written()) texts.set(path, await writtenPage(path));
  return await formatted(texts);
}

/** Formats pages as `deno fmt` does, so that they pass its check. */
async function formatted(texts: ReadonlyMap<string, string>): Promise<Map<string, string>> {
  const folder = await Deno.makeTempDir();
  const file = (path: string) => `${folder}/${path.replaceAll("/", "-")}`;
  try {
    for (const [path, text] of texts) await Deno.writeTextFile(file(path), text);
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["fmt", "--quiet", "--config", decodeURIComponent(new URL("deno.json", root).pathname)]
        .concat([...texts.keys()].map(file)),
    }).output();
    if (!success) throw new Error(`deno fmt: ${new TextDecoder().decode(stderr)}`);
    const result = new Map<string, string>();
    for (const path of texts.keys()) result.set(path, await Deno.readTextFile(file(path)));
    return result;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const literal = (value: unknown) => typeof value === "string" ? JSON.stringify(value) : `${value}`;

const range = (field: OptionField): string => {
  if (field.type === "boolean") return "";
  return field.choices ? either(field.choices.map(code)) : taken(field);
};

function optionsTable(fields: readonly OptionField[]): string {
  return table(
    ["flag", "name", "default", "takes", "meaning"],
    fields.map((field) => [
      code(`--${field.flag}`),
      code(field.name),
      field.default === undefined ? "" : code(String(field.default)),
      range(field),
      field.description,
    ]),
  );
}

/** The docstring of the technique that its file exports. */
async function docstring({ id }: Technique): Promise<string> {
  const file = new URL(`techniques/${id.replaceAll("-", "_")}.ts`, root);
  const source = await Deno.readTextFile(file).catch(() => "");
  const exported = /\/\*\*((?:(?!\*\/)[^])*)\*\/\nexport const \w+(?:: [^=]+)?\s*=\s*\w+\(\{\n/g;
  const [, text = ""] = [...source.matchAll(exported)].at(-1) ?? [];
  return text.replace(/^\s*\* ?/gm, "").replace(/\{@link (\w+)\}/g, "`$1`").trim();
}

const imagePath = ({ id }: Technique) => `../images/${id}.png`;

/** What the picture of a page shows, and how it was made. */
function caption(technique: Technique): string {
  if (technique.kind === "attribution") {
    return `${technique.title} of \`${MODEL}\` for [a sample picture](../../${PICTURE}) of a cat.`;
  }
  return `${technique.title}: ${shownOf(technique).map(({ shows }) => shows).join(", ")}.`;
}

const exampleOptions = (technique: Technique): Record<string, unknown> =>
  technique.kind === "visualization" ? shownOf(technique)[0].options : shownOptions(technique);

/** The picture of a technique's example, where it takes one. */
function pictureOf(technique: Technique): string | undefined {
  if (technique.kind === "attribution") return PICTURE;
  return shownOf(technique)[0].picture;
}

function exampleCommand(technique: Technique): string {
  const flags = Object.entries(exampleOptions(technique))
    .flatMap(([name, value]) => [`--${kebab(name)}`, ...value === true ? [] : [String(value)]]);
  const picture = pictureOf(technique);
  return commandLine(
    ["deno", "task", "phosphene", technique.id, ...picture ? [picture] : [], ...flags],
  );
}

function exampleScript(technique: Technique): string {
  const options = Object.entries(exampleOptions(technique))
    .map(([name, value]) => `${name}: ${literal(value)}`).join(", ");
  const picture = pictureOf(technique);
  const run = technique.kind === "attribution" ? "attribute" : "visualize";
  const names = [run, ...picture ? ["loadImage"] : [], "loadModel", "saveRun"];
  return [
    `import { ${names.join(", ")} } from "./mod.ts";`,
    "",
    `const model = await loadModel("${MODEL}");`,
    ...picture ? [`const image = await loadImage("${picture}");`] : [],
    `const run = await ${run}(${JSON.stringify(technique.id)}, {`,
    "model,",
    ...picture ? ["image,"] : [],
    ...options ? [`options: { ${options} },`] : [],
    "});",
    technique.kind === "attribution"
      ? "run.attribution; // raw values, with their shape; run.map is 0..1"
      : "run.final; // the picture; run.losses has one for each step",
    `await saveRun(run, "runs");`,
  ].join("\n");
}

/** Of a plugin's there are neither pictures nor examples here. */
async function techniquePage(technique: Technique): Promise<string> {
  const { title, summary, caution, paper, options } = technique;
  const isOwn = techniques.isOwn(technique);
  return [
    NOTE,
    `# ${title}`,
    `${summary}.`,
    isOwn && `![${title}](${imagePath(technique)})`,
    isOwn && `_${caption(technique)}_`,
    "## What it computes",
    await docstring(technique),
    fence("text", paper.equation),
    `[${paper.citation}](${paper.url})`,
    "## When not to trust it",
    caution,
    technique.kind === "visualization" &&
    "[What priors show, and what they hide](../explanation/priors.md) is a page of its own.",
    ...standing(technique.id, await readBoards()),
    "## Options",
    optionsTable(optionFields(options)),
    `The [options of every command](README.md#options-of-every-command) choose the model, the seed ` +
    `and the folder.`,
    ...isOwn
      ? ["## Try it", fence("sh", exampleCommand(technique)), fence("ts", exampleScript(technique))]
      : [],
  ].filter(Boolean).join("\n\n");
}

function indexPage(): string {
  const parts = [
    NOTE,
    "# Techniques",
    "Each is a command of its own, an id for `attribute()` or `visualize()`, and one file in " +
    "[`techniques/`](../../techniques). `phosphene compare` puts several on one sheet.",
  ];
  for (const [kind, heading] of KINDS) {
    const rows = [...techniques].filter((technique) => technique.kind === kind)
      .map((technique) => [
        techniques.isOwn(technique) ? `<img src="${imagePath(technique)}" width="240" alt="">` : "",
        `[${technique.title}](${technique.id}.md)`,
        `${technique.summary}.`,
      ]);
    parts.push(`## ${heading}`, table(["picture", "technique", "what it shows"], rows));
  }
  const shared = optionFields(attributionOptions).map(({ flag }) => code(`--${flag}`)).join(", ");
  parts.push(
    "## Options of every command",
    `Attributions share ${shared}. Every technique's command also takes \`--model\`, \`--weights\`, ` +
      "`--labels`, `--backend`, `--seed`, `--out`, `--json`, `--quiet`, and `--resize`, `--crop`, " +
      "`--interpolation`, `--mean`, `--std`, `--range`, `--channel-order` for a model that needs its " +
      "pictures prepared differently. `phosphene TECHNIQUE --help` lists them all.",
    "Attributions take several pictures, and folders of them (`--recursive` for subfolders too). A " +
      "picture is skipped if `--out` holds a finished run of it with the same options, weights and " +
      "seed (`--force` runs it again), so a batch that was interrupted goes on where it stopped.",
    "A technique of your own: [Writing a technique](../writing-a-technique.md).",
  );
  return parts.join("\n\n");
}

const side = (size: Preprocess["resize"]) =>
  size === null ? "no" : typeof size === "number" ? `${size}` : `${size.width}×${size.height}`;

const digits = (triple: readonly number[]) => triple.map((n) => Number(n.toFixed(4))).join(", ");

async function modelsPage(): Promise<string> {
  const parts = [
    NOTE,
    "# Models",
    "`--model` takes these ids, and files of these formats. An architecture takes its [published " +
    "weights](#published-weights), fetched once, or what `--weights` names: a `.safetensors`, `.pth` " +
    "or `.th` file, or its URL, with timm's or torchvision's names. How a model needs its pictures " +
    "prepared is declared here, never guessed; flags declare it differently.",
  ];
  for (const { title, id, licence, source, models: ids, takes } of models) {
    const where = source.split(", ").map((at) => /^https?:/.test(at) ? `<${at}>` : code(at));
    const from = `Adapter \`${id}\`. Source: ${where.join(", ")}. Licence: ${licence}.`;
    parts.push(`## ${title}`, from);
    if (ids.length > 0) parts.push(await preprocessTable(ids));
    else parts.push(takes ? `${takes}.` : "A file: give its path to `--model`.");
  }
  parts.push(...PUBLISHED, publishedTable(), ...FILES);
  return parts.join("\n\n");
}

/** What is said of published weights. */
const PUBLISHED = [
  "## Published weights",
  "An architecture without `--weights` takes the published ones that timm takes, or torchvision where " +
  "timm has none; an id with a tag (`resnet50.tv_in1k`) certain ones. `phosphene models resnet50` " +
  "lists them, with what each wants of pictures and its licence. They bring their preprocessing. " +
  "`hf-hub:ORGANIZATION/NAME` is any other network that timm saved to the hub, of an architecture " +
  "that is known here: its `config.json` says how pictures are prepared and what classes are called.",
  "They are fetched into the cache of Python's `huggingface_hub`, in its layout, so that either finds " +
  "what the other fetched; files of torchvision's into that of `torch.hub`. What is there is asked of " +
  "nobody. A download that breaks off, or whose program ends, is gone on with; a file takes its place " +
  "once its SHA-256 is right; of two programs that want the same file one fetches it. " +
  "`phosphene pull ID…` fetches beforehand, `phosphene cache` lists what is there and " +
  "`phosphene cache remove ID…` removes it.",
  [
    "| variable | says |",
    "| --- | --- |",
    "| `HF_HOME`, `HF_HUB_CACHE` | where the cache is; else `~/.cache/huggingface/hub` |",
    "| `HF_TOKEN` | who asks, for gated and private repositories; else what `hf auth login` left |",
    "| `HF_ENDPOINT` | which hub is asked; else `https://huggingface.co` |",
    "| `HF_HUB_OFFLINE` | with `1`, that none is |",
    "| `HF_HUB_DISABLE_SYMLINKS` | with `1`, that files are not linked; nor are they where that cannot be |",
    "| `TORCH_HOME` | where torchvision's files are; else `~/.cache/torch` |",
    "| `HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY` | how to get there |",
  ].join("\n"),
  "`--weights https://…#sha256=…` is fetched once too, and addresses of torchvision's " +
  "(`https://download.pytorch.org/models/resnet50-11ad3fa6.pth`), which are named after their hash. Of " +
  "an address without a hash nothing is kept. A file of torchvision's is recognized by its SHA-256, " +
  "wherever it lies, and brings its preprocessing (the second generation's ResNets: resize 232, " +
  "bilinear); flags go before it.",
  "A network of 1000 classes is taken to be ImageNet's, and has its names of classes, as torchvision " +
  "writes them. One that was trained further on 1000 others cannot be told apart: name its classes " +
  "with `--labels`.",
  "These architectures have published weights, here those that are taken where no tag is named:",
];

function publishedTable(): string {
  const rows = [...models].flatMap((family) => family.models).flatMap((id) => {
    const [first, ...more] = weightsOf(id);
    if (!first) return [];
    return [[
      code(id),
      code(first.id),
      "url" in first.from ? "torchvision" : "timm",
      first.licence ?? "",
      more.map((entry) => code(entry.id.slice(id.length + 1))).join(", "),
    ]];
  });
  return table(["architecture", "weights", "of", "licence", "other tags"], rows);
}

/** What is said of the files that weights and models are read from. */
const FILES = [
  "## ONNX files",
  "The path of an `.onnx` file, whatever it is called, or an http(s) address that ends in `.onnx`. " +
  "Opset 7 to 25, of networks that take one picture, channels first or last, of one size or of any, " +
  "and give scores. Weights may lie in files beside it, in single, double or half precision, or as " +
  "integers with scales (`DequantizeLinear`).",
  "Read are convolutions (groups, dilation, transposed ones without groups), pools, normalizations, " +
  "LRN, the usual activations, `Gemm`, `MatMul` and attention, arithmetic between branches and with " +
  "constants, reductions, `Concat`, `Split`, `Slice`, `Gather` in even steps, `Pad` with numbers, " +
  "`Reshape`, `Transpose` and their like, `DepthToSpace`, `Resize` by nearest and linear. What only " +
  "works on sizes and weights is worked out at loading. What is not supported is named, all of it at " +
  "once: `If`, `Loop`, recurrent layers, cubic resizing, operators on integers (`QLinearConv`) and of " +
  "other domains, 1-D and 3-D convolutions.",
  "Layers are called as PyTorch's modules, where the export tells them (`/layer1/layer1.0/conv1/Conv` " +
  "is `layer1.0.conv1`; in exports before PyTorch 1.13, a weight's name does), else as the file calls " +
  "its nodes or values; these names are understood besides. A GELU, a layer normalization or a linear " +
  "layer that an export has written out in parts is one layer. Nodes that only move numbers are none.",
  "Of several outputs the first that gives scores of classes is taken; `--output NAME` takes another. " +
  "A final softmax or sigmoid is left out; without one, several outputs are logits of a softmax " +
  "(`--scores` says otherwise). The file does not tell how it wants its pictures: exactly its input's " +
  "size, 0..1, or 0..255 where it begins by dividing them; flags declare it. Names of classes are " +
  "taken from the metadata (`names`, `classes`, `labels`).",
  "## Weight files",
  "The network's tensors may lie behind any prefix (`module.`, `model.`, `state_dict.backbone.`, …) " +
  "and among what trainers keep beside them: what fits the architecture is found, and what is left " +
  "out is told. Where two networks in a file would do and differ (weights and their moving average, " +
  "teacher and student), both are named and neither is taken. Nothing of a pickle is executed.",
  "## Graph-models",
  "A `model.json` may hold Keras's layers or, of a graph-model, TensorFlow's operators; which, is found " +
  "in the file. A graph-model must take one picture, `[batch, height, width, channels]`, and be " +
  "without control flow; operators that are not supported are named all at once. Layers are called by " +
  "TensorFlow's scopes: the node `Conv2D` in the scope `conv1` is `conv1`, and the full name is " +
  "understood too. Where an activation is fused into a layer, `conv1.linear` is what it reads. Of " +
  "several outputs, `output` of `loadModel` chooses one, by its node's name or by what the signature " +
  "calls it; without it, the first that is a list of scores.",
  "## Limits",
  "Files come from anywhere, so what is read is bounded. Real networks stay far below; what is above " +
  "is refused in one line.",
  [
    "| what | at most |",
    "| --- | --- |",
    "| a weight file, or all shards of a model | 4 GiB |",
    "| a `model.json` | 8 MiB, 100 levels deep |",
    "| layers, those of models within the model counted at each use | 20 000, reading 200 000 others |",
    "| weights that a `model.json` names | 65 536, each shard once |",
    "| numbers in a layer's output; in all together | 67 million; 2 147 million |",
    "| an ONNX file; the files of data beside it | 2 GiB; 4 GiB in 4096 files |",
    "| its nodes; numbers that are worked out at loading | 50 000, reading 500 000 values; 268 million |",
    "| a safetensors header | 4 MiB |",
    "| a pickle | 2 097 152 operations, 524 288 lists and dicts, tensors of 8 axes |",
    "| a run's `manifest.json` | 4 MB |",
    "| a file of labels | 4 MiB |",
    "| a download | the same sizes; it ends where less than 30 kB come in 30 seconds |",
  ].join("\n"),
];

async function preprocessTable(ids: readonly string[]): Promise<string> {
  const rows = await Promise.all(ids.map(async (id) => {
    const { preprocess: { resize, crop, interpolation, mean, std }, inputSize } =
      await architectureOf(id);
    return [
      code(id),
      `${inputSize.width}×${inputSize.height}`,
      side(resize),
      side(crop),
      interpolation,
      digits(mean),
      digits(std),
    ];
  }));
  return table(["id", "input", "resize", "crop", "interpolation", "mean", "std"], rows);
}

/** A page written by hand, with the files that it shows where it says `<!-- show FILE -->`. */
async function writtenPage(path: string): Promise<string> {
  const folder = path.slice(0, path.lastIndexOf("/") + 1), name = `_${path.slice(folder.length)}`;
  const page = await Deno.readTextFile(new URL(`docs/${folder}${name}`, root));
  const shown = /^<!-- show (\S+) -->$/gm, files = new Map<string, string>();
  for (const [, path] of page.matchAll(shown)) {
    files.set(path, await Deno.readTextFile(new URL(path, root)));
  }
  const up = "../".repeat(folder.split("/").length);
  const filled = page.replace(
    shown,
    (_, path) =>
      `[\`${path}\`](${up}${path}):\n\n${fence(path.split(".").at(-1)!, files.get(path)!)}`,
  );
  const measured = filled.includes("<!-- measured ")
    ? withMeasured(filled, await readMeasured())
    : filled;
  const found = withBoards(measured, await readBoards());
  return `<!-- Written by \`deno task docs\` from ${name}. -->\n\n${found}`;
}

/** Every page of the documentation, those included that nothing is filled into, by its path from `docs/`. */
export async function allPages(made: ReadonlyMap<string, string>): Promise<Map<string, string>> {
  const all = new Map(made);
  for await (const path of plainPages()) {
    if (!all.has(path)) all.set(path, await Deno.readTextFile(new URL(`docs/${path}`, root)));
  }
  for (const path of OUTSIDE) {
    all.set(path, await Deno.readTextFile(new URL(path, new URL("docs/", root))));
  }
  return all;
}

/** Pages that lie elsewhere. */
const OUTSIDE = ["../CONTRIBUTING.md", "../CHANGELOG.md"];

async function* plainPages(folder = ""): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(new URL(`docs/${folder}`, root))) {
    if (isDirectory) yield* plainPages(`${folder}${name}/`);
    else if (!name.startsWith("_") && name.endsWith(".md")) yield folder + name;
  }
}
