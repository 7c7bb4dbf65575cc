/**
 * Types of the techniques' options, from their schemas: `techniques/options.ts`. As text, so that
 * editors show what each option means, and type checks need not work out the schemas.
 */
import { z } from "../deps/zod.ts";
import { type OptionField, optionFields, rangeOf } from "../core/options.ts";
import type { Technique } from "../run/technique.ts";
import { techniques } from "../techniques/mod.ts";

/** The file that the types are written to, from the root. */
export const OPTION_TYPES = "techniques/options.ts";

interface JsonSchema {
  type?: string;
  enum?: unknown[];
  const?: unknown;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
}

const union = (types: readonly string[]) => [...new Set(types)].filter(Boolean).join(" | ");

/** What a schema lets out, as TypeScript; empty for what another form of it becomes. */
function typeOf(schema: JsonSchema): string {
  if (schema.anyOf) return union(schema.anyOf.map(typeOf));
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return union(schema.enum.map((choice) => JSON.stringify(choice)));
  if (schema.type === "array") return `readonly ${typeOf(schema.items!)}[]`;
  if (schema.type === "integer") return "number";
  return schema.type ?? "";
}

/** `GradCamPlusPlusOptions` */
const nameOf = ({ id }: Technique) =>
  id.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase()) + "Options";

function comment(field: OptionField): string {
  const fallback = field.default === undefined ? "" : `default: ${JSON.stringify(field.default)}`;
  const facts = [rangeOf(field), fallback].filter(Boolean).join("; ");
  return facts ? `${field.description} (${facts}).` : `${field.description}.`;
}

function interfaceOf(technique: Technique): string {
  const { properties = {}, required = [] } = z.toJSONSchema(technique.options, {
    io: "output",
    unrepresentable: "any", // a transformed text, which is a number then
  }) as JsonSchema;
  const fields = optionFields(technique.options).map((field) => {
    const optional = required.includes(field.name) ? "" : "?";
    return `  /** ${comment(field)} */\n` +
      `  readonly ${field.name}${optional}: ${typeOf(properties[field.name])};`;
  });
  return `/** Options of ${technique.title}. */\n` +
    `export type ${nameOf(technique)} = {\n${fields.join("\n")}\n};`;
}

const idsOf = (name: string, what: string, all: readonly Technique[]) =>
  `/** ${what} */\nexport interface ${name} {\n${
    all.map((technique) =>
      `  /** ${technique.summary}. */\n  readonly "${technique.id}": ${nameOf(technique)};`
    ).join("\n")
  }\n}`;

const USES = {
  required: "starts from a picture, which must be given",
  optional: "starts from a picture where one is given",
  none: "takes no picture",
};

/** The text of `techniques/options.ts`, formatted. */
export async function optionTypes(): Promise<string> {
  const all = [...techniques].filter((technique) => techniques.isOwn(technique));
  const attributions = all.filter(({ kind }) => kind === "attribution");
  const visualizations = all.filter((technique) => technique.kind === "visualization");
  const uses = visualizations.map(({ id, title, picture }) =>
    `  /** ${title} ${USES[picture]}. */\n  readonly "${id}": "${picture}";`
  );
  const text = [
    "/** What each technique takes, by its id. Written by `deno task docs` from their schemas. */",
    ...all.map(interfaceOf),
    idsOf("Attributions", "Options of each attribution of the library's, by its id.", attributions),
    idsOf(
      "Visualizations",
      "Options of each visualization of the library's, by its id.",
      visualizations,
    ),
    `/** Whether each visualization starts from a picture. */\nexport interface PictureUses {\n${
      uses.join("\n")
    }\n}`,
  ].join("\n\n");
  const formatting = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--quiet", "--line-width", "100", "--ext", "ts", "-"],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = formatting.stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
  const { success, stdout } = await formatting.output();
  if (!success) throw new Error("deno fmt failed");
  return new TextDecoder().decode(stdout);
}
