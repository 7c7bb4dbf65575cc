/** What `deno doc --json` says of types, in TypeScript again. */

/** Longer parameters stand on lines of their own. */
const WIDE = 72;

/** A type. */
export interface DocType {
  readonly kind: string;
  readonly repr?: string;
  // deno-lint-ignore no-explicit-any -- a different thing for each kind
  readonly value?: any;
}

export interface DocParam {
  readonly kind: string;
  readonly name?: string;
  readonly optional?: boolean;
  readonly tsType?: DocType;
  readonly left?: DocParam;
  readonly right?: string;
  readonly arg?: DocParam;
}

export interface DocTypeParam {
  readonly name: string;
  readonly constraint?: DocType;
  readonly default?: DocType;
}

/** A function, a method, or what a value may be called with. */
export interface DocCallable {
  readonly params?: readonly DocParam[];
  readonly typeParams?: readonly DocTypeParam[];
  readonly returnType?: DocType;
}

const listed = (types: readonly DocType[] = []) => types.map(inTypeScript).join(", ");

/** In brackets where a type would be read wrongly beside others. */
const bracketed = (type: DocType) =>
  ["union", "intersection", "fnOrConstructor", "conditional", "infer"].includes(type.kind)
    ? `(${inTypeScript(type)})`
    : inTypeScript(type);

function literal(value: { kind: string; string?: string; number?: number; boolean?: boolean }) {
  if (value.kind === "string") return JSON.stringify(value.string);
  return String(value.number ?? value.boolean ?? "");
}

// deno-lint-ignore no-explicit-any -- see DocType
function members(value: any): string {
  const parts = [
    // deno-lint-ignore no-explicit-any
    ...(value.properties ?? []).map((p: any) =>
      `${p.readonly ? "readonly " : ""}${p.name}${p.optional ? "?" : ""}: ${inTypeScript(p.tsType)}`
    ),
    // deno-lint-ignore no-explicit-any
    ...(value.methods ?? []).map((m: any) => `${m.name}${m.optional ? "?" : ""}${callable(m)}`),
    // deno-lint-ignore no-explicit-any
    ...(value.indexSignatures ?? []).map((s: any) =>
      `[${s.params.map(param).join(", ")}]: ${inTypeScript(s.tsType)}`
    ),
    ...(value.callSignatures ?? []).map((s: DocCallable) => callable(s)),
  ];
  return parts.length > 0 ? `{ ${parts.join("; ")} }` : "{}";
}

/** A type as TypeScript writes it. */
export function inTypeScript(type: DocType | undefined): string {
  if (!type) return "unknown";
  const { kind, value, repr = "" } = type;
  switch (kind) {
    case "keyword":
      return value ?? repr;
    case "literal":
      return literal(value);
    case "typeRef":
      return value.typeName + (value.typeParams ? `<${listed(value.typeParams)}>` : "");
    case "union":
      return value.map(inTypeScript).join(" | ");
    case "intersection":
      return value.map(bracketed).join(" & ");
    case "array":
      return `${value.kind === "typeOperator" ? `(${inTypeScript(value)})` : bracketed(value)}[]`;
    case "typeOperator":
      return `${value.operator} ${bracketed(value.tsType)}`;
    case "tuple":
      return `[${listed(value)}]`;
    case "parenthesized":
      return `(${inTypeScript(value)})`;
    case "optional":
      return `${inTypeScript(value)}?`;
    case "rest":
      return `...${inTypeScript(value)}`;
    case "this":
      return "this";
    case "typeQuery":
      return `typeof ${typeof value === "string" ? value : repr}`;
    case "indexedAccess":
      return `${inTypeScript(value.objType)}[${inTypeScript(value.indexType)}]`;
    case "fnOrConstructor":
      return `${value.constructor === true ? "new " : ""}${callable(value, " =>")}`;
    case "conditional":
      return `${inTypeScript(value.checkType)} extends ${inTypeScript(value.extendsType)} ? ${
        inTypeScript(value.trueType)
      } : ${inTypeScript(value.falseType)}`;
    case "infer":
      return `infer ${value.typeParam?.name ?? ""}`;
    case "mapped": {
      const { typeParam, nameType, tsType } = value;
      const as = nameType ? ` as ${inTypeScript(nameType)}` : "";
      return `{ [${typeParam.name} in ${inTypeScript(typeParam.constraint)}${as}]${
        value.optional ? "?" : ""
      }: ${inTypeScript(tsType)} }`;
    }
    case "typePredicate":
      return `${value.asserts ? "asserts " : ""}${value.param?.name ?? "this"}${
        value.type ? ` is ${inTypeScript(value.type)}` : ""
      }`;
    case "typeLiteral":
      return members(value);
    default:
      return repr || kind;
  }
}

function param(given: DocParam): string {
  const { kind, name, optional, tsType, left, arg } = given;
  if (kind === "assign") return optionalParam(left!);
  if (kind === "rest") return `...${arg?.name ?? "rest"}: ${inTypeScript(tsType ?? arg?.tsType)}`;
  const called = name ?? "options"; // what is taken apart has no name
  return tsType ? `${called}${optional ? "?" : ""}: ${inTypeScript(tsType)}` : called;
}

/** One with a default may be left out. */
const optionalParam = ({ name, tsType }: DocParam): string =>
  `${name ?? "options"}?: ${inTypeScript(tsType)}`;

function typeParams(given: readonly DocTypeParam[] | undefined): string {
  if (!given?.length) return "";
  const one = ({ name, constraint, default: fallback }: DocTypeParam) =>
    name + (constraint ? ` extends ${inTypeScript(constraint)}` : "") +
    (fallback ? ` = ${inTypeScript(fallback)}` : "");
  return `<${given.map(one).join(", ")}>`;
}

/** `<T>(a: A, b?: B): C`; what returns is left out where the code leaves it to be inferred. */
export function callable(given: DocCallable, returns = ":"): string {
  const { params = [], returnType } = given;
  const end = returnType ? `${returns} ${inTypeScript(returnType)}` : "";
  const all = params.map(param), before = typeParams(given.typeParams);
  const line = `${before}(${all.join(", ")})${end}`;
  return returns === ":" && line.length > WIDE
    ? `${before}(\n${all.map((one) => `  ${one},\n`).join("")})${end}`
    : line;
}

/** `<T extends X>`, or nothing. */
export const generic = typeParams;
