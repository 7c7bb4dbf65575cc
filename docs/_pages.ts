/** The pages, from schemas, metadata and docstrings. */
import { attributionOptions, type OptionField, optionFields, rangeOf } from "../core/options.ts";
import type { Preprocess } from "../image/preprocess.ts";
import { commandLine } from "../run/command.ts";
import type { Technique } from "../run/technique.ts";
import { architectureOf, models } from "../models/mod.ts";
import { techniques } from "../techniques/mod.ts";
import { CHANNELS, MODEL, PICTURE, shownOptions } from "./_examples.ts";

const root = new URL("../", import.meta.url);
const NOTE = "<!-- Written by `deno task docs`. -->";
const KINDS = [
  ["attribution", "What a network looks at"],
  ["visualization", "What it looks for"],
] as const;

/** Every page by its path in `docs/`, formatted. */
export async function pages(): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  for (const technique of techniques) {
    texts.set(`techniques/${technique.id}.md`, await techniquePage(technique));
  }
  texts.set("techniques/README.md", indexPage());
  texts.set("models.md", await modelsPage());
  texts.set("writing-a-technique.md", await writingPage());
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

/** A table; what is in the cells may hold anything but line ends. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [row(head), row(head.map(() => "---")), ...rows.map(row)].join("\n");
}

const code = (text: string) => `\`${text}\``;
const fence = (language: string, text: string) => `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``;
const literal = (value: unknown) => typeof value === "string" ? JSON.stringify(value) : `${value}`;

function range(field: OptionField): string {
  const { type, choices, minimum, maximum } = field;
  if (choices) return choices.map(code).join(", ");
  if (type === "boolean") return "";
  const words = { integer: "whole number", number: "number", string: "text", list: "list" }[type];
  if (minimum !== undefined && maximum !== undefined) return rangeOf(field);
  return [words, rangeOf(field)].filter(Boolean).join(", ");
}

function optionsTable(fields: readonly OptionField[]): string {
  return table(
    ["flag", "name", "default", "range", "meaning"],
    fields.map((field) => [
      code(`--${field.flag}`),
      code(field.name),
      field.default === undefined ? "" : code(String(field.default)),
      range(field),
      field.description,
    ]),
  );
}

/** The docstring of what a technique's file exports, without its summary line's repetition. */
async function docstring({ id }: Technique): Promise<string> {
  const file = new URL(`techniques/${id.replaceAll("-", "_")}.ts`, root);
  const source = await Deno.readTextFile(file).catch(() => "");
  const [, text = ""] = /\/\*\*((?:(?!\*\/)[^])*)\*\/\nexport const \w+ = /.exec(source) ?? [];
  return text.replace(/^\s*\* ?/gm, "").replace(/\{@link (\w+)\}/g, "`$1`").trim();
}

const imagePath = ({ id }: Technique) => `../images/${id}.png`;

/** What the picture of a page shows, and how it was made. */
function caption(technique: Technique): string {
  if (technique.kind === "attribution") {
    return `${technique.title} of \`${MODEL}\` on [its picture](../../${PICTURE}) of a cat.`;
  }
  const shown = CHANNELS.map(({ model, layer, channel, shows }) =>
    `${shows} (channel ${channel} of \`${layer}\`, \`${model}\`)`
  );
  return `${technique.title}: ${shown.join(", ")}.`;
}

const flagOf = (name: string) => `--${name.replace(/[A-Z]/g, (l) => `-${l.toLowerCase()}`)}`;

const exampleOptions = (technique: Technique): Record<string, unknown> =>
  shownOptions(technique, technique.kind === "visualization" ? CHANNELS[0] : {});

/** The picture of a technique's example, where it takes one. */
function pictureOf(technique: Technique): string | undefined {
  if (technique.kind === "attribution") return PICTURE;
  return technique.picture === "required" ? CHANNELS[0].picture : undefined;
}

function exampleCommand(technique: Technique): string {
  const flags = Object.entries(exampleOptions(technique))
    .flatMap(([name, value]) => [flagOf(name), String(value)]);
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

async function techniquePage(technique: Technique): Promise<string> {
  const { title, summary, caution, paper, options } = technique;
  return [
    NOTE,
    `# ${title}`,
    `${summary}.`,
    `![${title}](${imagePath(technique)})`,
    `_${caption(technique)}_`,
    "## What it computes",
    await docstring(technique),
    fence("text", paper.equation),
    `[${paper.citation}](${paper.url})`,
    "## When to distrust it",
    caution,
    "## Options",
    optionsTable(optionFields(options)),
    `[Options of every command](README.md#options-of-every-command) choose the model, the seed and ` +
    `the folder.`,
    "## Try it",
    fence("sh", exampleCommand(technique)),
    fence("ts", exampleScript(technique)),
  ].filter(Boolean).join("\n\n");
}

function indexPage(): string {
  const parts = [
    NOTE,
    "# Techniques",
    "Each is a command of its own, a name for `attribute()` or `visualize()`, and one file in " +
    "[`techniques/`](../../techniques). `phosphene compare` puts several on one sheet.",
  ];
  for (const [kind, heading] of KINDS) {
    const rows = [...techniques].filter((technique) => technique.kind === kind)
      .map((technique) => [
        `[<img src="${imagePath(technique)}" width="240" alt="">](${technique.id}.md)`,
        `[${technique.title}](${technique.id}.md)`,
        `${technique.summary}.`,
      ]);
    parts.push(`## ${heading}`, table(["", "technique", "what it shows"], rows));
  }
  const shared = optionFields(attributionOptions).map(({ flag }) => code(`--${flag}`)).join(", ");
  parts.push(
    "## Options of every command",
    `Attributions share ${shared}. Every technique's command also takes \`--model\`, \`--weights\`, ` +
      "`--labels`, `--backend`, `--seed`, `--out`, `--json`, `--quiet`, and `--resize`, `--crop`, " +
      "`--interpolation`, `--mean`, `--std` where a model wants its pictures otherwise; " +
      "`phosphene TECHNIQUE --help` tells of all.",
    "Attributions take several pictures, and folders of them (`--recursive`): pictures that `--out` " +
      "has a finished run of with the same options, weights and seed are passed over (`--force` runs " +
      "them again), so a batch that was interrupted goes on where it was.",
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
    "`--model` takes these ids, and files of these formats. Architectures want `--weights`: a " +
    "`.safetensors`, `.pth` or `.th` file, or its address, with timm's or torchvision's names. How a " +
    "model wants its pictures is declared here and never guessed; flags declare it otherwise.",
  ];
  for (const { title, id, licence, source, models: ids } of models) {
    const where = source.split(", ").map((at) => /^https?:/.test(at) ? `<${at}>` : code(at));
    const from = `Adapter \`${id}\`. Source: ${where.join(", ")}. Licence: ${licence}.`;
    parts.push(`## ${title}`, from);
    if (ids.length === 0) parts.push("A file: give its path as `--model`.");
    else parts.push(await preprocessTable(ids));
  }
  return parts.join("\n\n");
}

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

/** The page as it is, with the code of the files that it shows. */
async function writingPage(): Promise<string> {
  const page = await Deno.readTextFile(new URL("docs/writing-a-technique.md", root));
  const shown = /(<!-- (\S+\.ts) -->\n\n)```ts\n[^]*?\n```/g;
  const files = new Map<string, string>();
  for (const [, , path] of page.matchAll(shown)) {
    files.set(path, await Deno.readTextFile(new URL(path, root)));
  }
  return page.replace(shown, (_, mark, path) => mark + fence("ts", files.get(path)!));
}
