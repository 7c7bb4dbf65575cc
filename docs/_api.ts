/** The pages of the library, from what `deno doc` finds in the entry points: every export, by theme. */
import config from "../deno.json" with { type: "json" };
import { code, fence, NOTE } from "./_markdown.ts";
import { callable, type DocCallable, type DocType, generic, inTypeScript } from "./_types.ts";

const root = new URL("../", import.meta.url);

interface Tag {
  readonly kind: string;
  readonly name?: string;
  readonly doc?: string;
}
interface JsDoc {
  readonly doc?: string;
  readonly tags?: readonly Tag[];
}
interface Member extends DocCallable {
  readonly name: string;
  readonly jsDoc?: JsDoc;
  readonly tsType?: DocType;
  readonly optional?: boolean;
  readonly readonly?: boolean;
  readonly isStatic?: boolean;
  readonly kind?: string;
  readonly accessibility?: string;
  readonly functionDef?: DocCallable;
}
interface Declaration {
  readonly location: { readonly filename: string };
  readonly declarationKind: string;
  readonly jsDoc?: JsDoc;
  readonly kind: string;
  // deno-lint-ignore no-explicit-any -- a different thing for each kind
  readonly def: any;
}
interface DocSymbol {
  readonly name: string;
  readonly declarations: readonly Declaration[];
}
type Nodes = Readonly<Record<string, { readonly symbols: readonly DocSymbol[] }>>;

/** An export, and what is imported to have it. */
export interface Export {
  readonly name: string;
  /** As in `deno.json`: `.`, `./kit`, …. */
  readonly entry: string;
  readonly declarations: readonly Declaration[];
  /** Path of the file that declares it. */
  readonly file: string;
}

/** A page of exports: those whose file begins with one of the paths. */
interface Theme {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  readonly files: RegExp;
}

/** Each export is of the first theme that its file fits; the last of a room takes what is new in it. */
const THEMES: readonly Theme[] = [
  {
    id: "running",
    title: "Running techniques",
    summary: "One call from a picture and a model to a result, and what can be explained.",
    files:
      /^(techniques\/|run\/(techniques|execute|predict|classes|outputs|target|_target_text|given)\.ts|engine\/scores\.ts)/,
  },
  {
    id: "concepts",
    title: "Concepts",
    summary: "Whether scores answer to what people see in some pictures.",
    files: /^concepts\//,
  },
  {
    id: "runs",
    title: "Saved runs and figures",
    summary: "Runs as folders, read back and checked, and as pictures with their colour bars.",
    files: /^(run\/(save|load|manifest|folder|figure|command|display|picture)|image\/sheet)/,
  },
  {
    id: "pictures",
    title: "Pictures",
    summary: "Files to pixels and back, and what a network is shown of them.",
    files: /^image\//,
  },
  {
    id: "models",
    title: "Models",
    summary: "Networks by name or from a file, with all that is needed to show them pictures.",
    files: /^(models\/|run\/models?\.ts)/,
  },
  {
    id: "networks",
    title: "Networks and scores",
    summary: "Graphs, activations, gradients, and what gradients are taken of.",
    files: /^engine\/(graph|builder|network|objectives|rules|layers|ops)/,
  },
  {
    id: "backends",
    title: "Backends",
    summary: "What computes.",
    files: /^engine\//,
  },
  {
    id: "plugins",
    title: "Plugins and options",
    summary: "Techniques of your own, their options and what these mean, and how they are added.",
    files: /^(run\/|core\/(options|roles|registry))/,
  },
  {
    id: "values",
    title: "Values and random numbers",
    summary: "Numbers with a shape, in memory and in files, and streams of random ones.",
    files: /^core\/(values|random|safetensors)/,
  },
  {
    id: "errors",
    title: "Errors and words",
    summary: "What is thrown, and how a message names options.",
    files: /^core\//,
  },
  { id: "others", title: "Further exports", summary: "What else there is.", files: /^/ },
];

async function docOf(paths: readonly string[], flags: readonly string[] = []): Promise<Nodes> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--quiet", "--json", ...flags, ...paths],
    cwd: root,
    env: { NO_COLOR: "1" },
  }).output();
  if (!success) throw new Error(`deno doc: ${new TextDecoder().decode(stderr)}`);
  return JSON.parse(new TextDecoder().decode(stdout)).nodes;
}

const pathFrom = (url: string) => decodeURIComponent(url.slice(root.href.length));

/** What can be imported; a program is none. */
const PROGRAMS = ["./cli"];

/** Every export of every entry point, by name; what several export stands under the first. */
export async function exportsOf(): Promise<readonly Export[]> {
  const entries = Object.entries(config.exports as Record<string, string>)
    .filter(([entry]) => !PROGRAMS.includes(entry));
  const nodes = await docOf(entries.map(([, path]) => path));
  const found = new Map<string, Export>();
  for (const [entry, path] of entries) {
    const { symbols } = nodes[new URL(path, root).href];
    for (const { name, declarations } of symbols) {
      const own = declarations.filter((d) => d.declarationKind === "export");
      if (own.length === 0 || found.has(name)) continue;
      const file = pathFrom(own[0].location.filename);
      found.set(name, { name, entry, declarations: own, file });
    }
  }
  return [...found.values()];
}

const themeOf = ({ file }: Export): Theme => THEMES.find(({ files }) => files.test(file))!;

const isType = ({ declarations: [{ kind }] }: Export) =>
  kind === "interface" || kind === "typeAlias";
/** What is done comes before what it is done with. */
const inOrder = (exports: readonly Export[]): readonly Export[] => [
  ...exports.filter((each) => !isType(each)),
  ...exports.filter(isType),
];

/** Where each export's heading is on its page: `random` and `Random` are two. */
function anchorsOf(exports: readonly Export[]): ReadonlyMap<string, string> {
  const anchors = new Map<string, string>();
  for (const theme of THEMES) {
    const taken = new Map<string, number>();
    for (const { name } of inOrder(exports.filter((each) => themeOf(each) === theme))) {
      const base = name.toLowerCase(), before = taken.get(base) ?? 0;
      taken.set(base, before + 1);
      anchors.set(name, before ? `${base}-${before}` : base);
    }
  }
  return anchors;
}

const addressOf = ({ id }: Theme) => `reference/library/${id}.md`;

/** Writes types with names that lead somewhere where they can: `Model`, in prose. */
class Words {
  constructor(
    readonly exports: ReadonlyMap<string, Export>,
    readonly anchors: ReadonlyMap<string, string>,
    readonly theme: Theme,
  ) {}

  /** A name, as a link if it is exported. */
  name(name: string): string {
    const found = this.exports.get(name);
    if (!found) return code(name);
    const theme = themeOf(found), anchor = `#${this.anchors.get(name)}`;
    return `[${code(name)}](${theme === this.theme ? "" : `${theme.id}.md`}${anchor})`;
  }

  /** A docstring with its links. */
  text(text = ""): string {
    return text.trim().replace(/\{@link ([\w.]+)\}/g, (_, name) => this.name(name));
  }
}

const tagsOf = ({ tags = [] }: JsDoc = {}, kind: string) => tags.filter((tag) => tag.kind === kind);

/** Parameters that are told of, what is thrown, examples. */
function tagParts(jsDoc: JsDoc | undefined, words: Words): string[] {
  const parts: string[] = [];
  const params = tagsOf(jsDoc, "param").filter(({ doc }) => doc)
    .map(({ name, doc }) => `- ${code(name!)}: ${words.text(doc).replaceAll("\n", " ")}`);
  const returns = tagsOf(jsDoc, "return").map(({ doc }) => `- returns ${words.text(doc)}`);
  const throws = tagsOf(jsDoc, "throws").map(({ doc }) => `- throws ${words.text(doc)}`);
  const listed = [...params, ...returns, ...throws];
  if (listed.length > 0) parts.push(listed.join("\n"));
  for (const { doc = "" } of tagsOf(jsDoc, "example")) {
    parts.push(doc.trim().replace(/^```ts$/m, "```ts example"));
  }
  return parts;
}

const signatureOf = (member: Member): string => {
  const { name, optional, readonly, tsType, kind, functionDef } = member;
  if (kind === "getter") return `readonly ${name}: ${inTypeScript(functionDef?.returnType)}`;
  if (functionDef || member.params) {
    return `${name}${optional ? "?" : ""}${callable(functionDef ?? member)}`;
  }
  return `${readonly ? "readonly " : ""}${name}${optional ? "?" : ""}: ${inTypeScript(tsType)}`;
};

/** Members of an interface or a class, with what each says of itself as a comment above it. */
function bodyOf(members: readonly Member[]): string {
  return members.map((member) => {
    const { doc = "", tags = [] } = member.jsDoc ?? {};
    const said = [
      doc.trim(),
      ...tags.filter(({ kind }) => kind === "throws").map((t) => `@throws ${t.doc}`),
    ]
      .filter(Boolean).join("\n").replace(/\{@link ([\w.]+)\}/g, "$1");
    const comment = !said
      ? ""
      : said.includes("\n")
      ? `  /**\n${said.split("\n").map((line) => `   * ${line}`.trimEnd()).join("\n")}\n   */\n`
      : `  /** ${said} */\n`;
    return `${comment}  ${signatureOf(member)};`;
  }).join("\n");
}

const shown = ({ name, accessibility }: Member) =>
  accessibility !== "private" && accessibility !== "protected" && !name.startsWith("#");

function declared(name: string, { kind, def }: Declaration): string {
  switch (kind) {
    case "function":
      return `${def.isGenerator ? "function*" : "function"} ${name}${callable(def)};`;
    case "variable":
      return `const ${name}${def.tsType ? `: ${inTypeScript(def.tsType)}` : ""};`;
    case "typeAlias":
      return `type ${name}${generic(def.typeParams)} = ${inTypeScript(def.tsType)};`;
    case "interface": {
      const bases = (def.extends ?? []).map(inTypeScript).join(", ");
      const members = [...def.properties ?? [], ...def.methods ?? []].filter(shown);
      return `interface ${name}${generic(def.typeParams)}${bases ? ` extends ${bases}` : ""} {\n${
        bodyOf(members)
      }\n}`;
    }
    case "class": {
      const made = (def.constructors ?? []).map((c: DocCallable & { jsDoc?: JsDoc }) => ({
        ...c,
        name: "constructor",
      }));
      const members = [...made, ...def.properties ?? [], ...def.methods ?? []].filter(shown);
      return `class ${name}${generic(def.typeParams)}${
        def.extends ? ` extends ${def.extends}` : ""
      } {\n${bodyOf(members)}\n}`;
    }
    default:
      return `${kind} ${name}`;
  }
}

/** Names that an interface extends and nobody exports: their members are its own to a reader. */
function basesOf({ kind, def }: Declaration): string[] {
  if (kind !== "interface") return [];
  return (def.extends ?? []).filter((base: DocType) => base.kind === "typeRef")
    .map((base: DocType) => base.value.typeName);
}

/** Interfaces that are not exported and stand behind those that are, by file and name. */
async function hiddenOf(exports: readonly Export[]): Promise<ReadonlyMap<string, Declaration>> {
  const names = new Set(exports.map(({ name }) => name));
  const wanted = exports.flatMap(({ file, declarations }) =>
    declarations.flatMap(basesOf).filter((base) => !names.has(base)).map((base) => ({ file, base }))
  );
  const files = [...new Set(wanted.map(({ file }) => file))];
  if (files.length === 0) return new Map();
  const nodes = await docOf(files, ["--private"]);
  return new Map(wanted.flatMap(({ file, base }) => {
    const symbol = nodes[new URL(file, root).href]?.symbols.find(({ name }) => name === base);
    const found = symbol?.declarations.find(({ kind }) => kind === "interface");
    return found ? [[`${file} ${base}`, found] as const] : [];
  }));
}

function sectionOf(
  { name, declarations, file, entry }: Export,
  words: Words,
  hidden: ReadonlyMap<string, Declaration>,
): string[] {
  const [{ jsDoc }] = declarations;
  const code = declarations.map((declaration) => declared(name, declaration));
  for (const base of declarations.flatMap(basesOf)) {
    const found = hidden.get(`${file} ${base}`);
    if (found) code.push(declared(base, found));
  }
  return [
    `## ${name}`,
    words.text(jsDoc?.doc) || "",
    entry === "." ? "" : `From \`${entry.replace("./", "")}.ts\`.`,
    fence("ts signature", code.join("\n\n")),
    ...declarations.flatMap((declaration) => tagParts(declaration.jsDoc, words)),
  ].filter(Boolean);
}

/** The pages, by path. */
export async function libraryPages(): Promise<ReadonlyMap<string, string>> {
  const exports = await exportsOf(), hidden = await hiddenOf(exports);
  const byName = new Map(exports.map((each) => [each.name, each])), anchors = anchorsOf(exports);
  const pages = new Map<string, string>();
  for (const theme of THEMES) {
    const own = exports.filter((each) => themeOf(each) === theme);
    if (own.length === 0) continue;
    const words = new Words(byName, anchors, theme), ordered = inOrder(own);
    pages.set(
      addressOf(theme),
      [
        NOTE,
        `# ${theme.title}`,
        theme.summary,
        ordered.map(({ name }) => words.name(name)).join(" · "),
        ...ordered.flatMap((each) => sectionOf(each, words, hidden)),
      ].join("\n\n"),
    );
  }
  return pages;
}
