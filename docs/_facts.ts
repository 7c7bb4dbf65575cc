/** Pages of what programs rely on: the manifest, the roles of options, the codes of errors. */
import { z } from "../deps/zod.ts";
import { optionFields } from "../core/options.ts";
import { ROLES } from "../core/roles.ts";
import { manifestSchema } from "../run/manifest.ts";
import { techniques } from "../techniques/mod.ts";
import { code, NOTE, table } from "./_markdown.ts";

const root = new URL("../", import.meta.url);
const read = (path: string) => Deno.readTextFile(new URL(path, root));
const unfolded = (comment: string) => comment.replace(/\s*\n\s*\* ?/g, " ").trim();

/** What JSON Schema says of a value. */
interface Schema {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly string[];
  readonly format?: string;
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema;
  readonly required?: readonly string[];
}

/** The comments of a module's schemas, by the schema and the way to the key: `manifestSchema.model.scores`. */
function commentsIn(source: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>(), way: string[] = [];
  let comment = "";
  for (const [, indent, text] of source.matchAll(/^( *)(\S.*)$/gm)) {
    const said = /^\/\*\* (.*?) \*\/$/.exec(text)?.[1];
    const more = /^\/?\*+\/? ?(.*)$/.exec(text)?.[1];
    const key = /^(?:export )?(?:const )?(\w+)(?: =|:)/.exec(text)?.[1];
    if (said !== undefined) comment = said;
    else if (text.startsWith("/**")) comment = "";
    else if (more !== undefined) comment = `${comment} ${more.replace(/\/$/, "")}`.trim();
    else if (key) {
      way.splice(indent.length / 2, Infinity, key);
      if (comment) found.set(way.join("."), comment);
      comment = "";
    } else comment = "";
  }
  return found;
}

/** Schemas of the module whose keys stand under these keys of the manifest. */
const STANDS_UNDER: readonly (readonly [way: RegExp, schemas: readonly string[]])[] = [
  [/^target\./, ["target", "prediction"]],
  [/^predicted\[\]\./, ["prediction"]],
  [/^files\[\]\./, ["file"]],
  [/^(image\.file|model\.labels)\./, ["kept"]],
];

function typeOf(schema: Schema): string {
  if (schema.const !== undefined) return code(JSON.stringify(schema.const));
  if (schema.enum) return schema.enum.map((value) => code(JSON.stringify(value))).join(", ");
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(" or ");
  if (typeof schema.type === "object") {
    return schema.type.map((type) => typeOf({ type })).join(" or ");
  }
  if (schema.type === "array") return `list of ${typeOf(schema.items ?? {})}`;
  if (schema.additionalProperties) return "values by name";
  if (schema.type === "object") return "object";
  if (schema.type === "integer") return "whole number";
  if (schema.format === "date-time") return "time, ISO 8601";
  return schema.type === "null"
    ? "`null`"
    : schema.type === "string"
    ? "text"
    : schema.type ?? "any";
}

type Row = readonly [key: string, type: string, meaning: string];

function rowsOf(schema: Schema, comments: ReadonlyMap<string, string>, way = ""): Row[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, value]): Row[] => {
    const here = way + key;
    const under = STANDS_UNDER.find(([pattern]) => pattern.test(here))?.[1];
    const meaning = under
      ? under.map((name) => comments.get(`${name}.${key}`)).find(Boolean)
      : comments.get(`manifestSchema.${here}`);
    const optional = schema.required?.includes(key) ? "" : ", may be absent";
    const [inner, deeper] = value.type === "array"
      ? [value.items!, `${here}[].`]
      : [value, `${here}.`];
    return [[here, typeOf(value) + optional, meaning ?? ""], ...rowsOf(inner, comments, deeper)];
  });
}

/** The page of `manifest.json`. */
export async function manifestPage(): Promise<string> {
  const schema = z.toJSONSchema(manifestSchema, { unrepresentable: "any", io: "output" }) as Schema;
  const rows = rowsOf(schema, commentsIn(await read("run/manifest.ts")));
  return [
    NOTE,
    "# The manifest",
    "Every run is a folder, and `manifest.json` in it says all there is to know about the run. It is " +
    "written last, so that a folder with one is whole. `loadRun` reads and checks it; `--json` prints " +
    "it, with the folder's `path` added.",
    "## Keys",
    table(
      ["key", "is", "meaning"],
      rows.map(([key, type, meaning]) => [code(key), type, meaning]),
    ),
    "`null` stands where a number is not finite, which JSON cannot write.",
    "## Files beside it",
    table(["file", "role", "holds"], [
      ["`input.png`", "`input`", "what the network saw, not normalized"],
      ["`map.png`", "`map`", "an attribution's map in its colours"],
      ["`overlay.png`", "`overlay`", "the map over the picture"],
      ["`figure.png`", "`figure`", "both beside each other, with the colour bar"],
      ["`frame-0050.png`, …", "`frame`", "a visualization on its way"],
      ["`final.png`", "`final`", "its last picture"],
      [
        "`animation.gif`",
        "`animation`",
        "the picture that it started from and its frames, one after the other, in 256 colours",
      ],
      ["`animation.webp`", "`animation`", "the same, pixel by pixel what the frames are"],
      ["`losses.svg`", "`losses`", "the curve of its loss over the steps, with axes"],
      [
        "`values.safetensors`",
        "`values`",
        "the raw numbers: `attribution` and `map`, or `image` in the network's normalized space",
      ],
    ]),
    "Where a visualization has one frame alone and no picture to start from, there is no animation; " +
    "of fewer than two finite losses there is no curve. " +
    "[A video of a visualization](../how-to/saved-runs.md#a-video-of-a-visualization) is made of the " +
    "frames.",
    "[Read saved runs](../how-to/saved-runs.md) shows how programs use it.",
  ].join("\n\n");
}

/** The page of option roles. */
export async function rolesPage(): Promise<string> {
  const source = await read("core/roles.ts");
  const meaning = (role: string) =>
    unfolded(new RegExp(`/\\*\\* ([^/]*?) \\*/\\n +"${role}",`).exec(source)?.[1] ?? "");
  const users = (role: string) =>
    [...techniques].filter(({ options }) => optionFields(options).some((f) => f.role === role))
      .map(({ id }) => `[${id}](../techniques/${id}.md)`);
  const attributions = [...techniques].filter(({ kind }) => kind === "attribution").length;
  return [
    NOTE,
    "# Roles of options",
    "What an option means is its role, not its name: forms suggest layers for one of the role `layer`, " +
    "`compare` sets the one of the role `class`, whatever they are called. A technique's schema gives " +
    "a role with `withRole`, or takes an option that has one; `optionsByRole` and `optionByRole` of " +
    "[the library](library/plugins.md) ask for them.",
    table(
      ["role", "means", "techniques with such an option"],
      ROLES.map((role) => {
        const all = users(role);
        return [
          code(role),
          meaning(role),
          all.length === attributions ? "every attribution" : all.join(", "),
        ];
      }),
    ),
  ].join("\n\n");
}

/** The page of error codes. */
export async function errorsPage(): Promise<string> {
  const source = await read("core/errors.ts");
  const [, rows] = /\| code \| what is at fault \|\n \* \| --- \| --- \|\n([^]*?) \*\/\nexport type/
    .exec(
      source,
    )!;
  const cells = rows.trim().split("\n").map((line) =>
    line.replace(/^ \* /, "").split("|").slice(1, -1).map((cell) =>
      cell.trim().replace(/\{@link (\w+)\}/g, "`$1`")
    )
  );
  return [
    NOTE,
    "# Errors",
    "What the user can mend is a [`UserError`](library/errors.md#usererror): its message says what " +
    "could not be done, what was found and what would work, in one line; its `code` tells programs " +
    "which kind of fault it is, its `option` the option that it is about. What a plugin got wrong is a " +
    "[`PluginError`](library/errors.md#pluginerror), which names the plugin's file. Anything else is a " +
    "bug in Phosphene. On the command line the first two end with the exit code 2, a bug with 1.",
    "## Codes",
    table(["code", "what is at fault"], cells),
    "## Asking for the code",
    "```ts\n" +
    `import { attribute, loadImage, loadModel, UserError } from "./mod.ts";

const model = await loadModel("phosphene-resnet");
const image = await loadImage("examples/images/cat-4.png");
try {
  await attribute("grad-cam", { model, image, options: { layer: "layer9" } });
} catch (error) {
  if (!(error instanceof UserError)) throw error; // a bug: let it be seen
  console.log(error.code, error.message); // unknown-layer There is no layer "layer9" in …
}` + "\n```",
  ].join("\n\n");
}
