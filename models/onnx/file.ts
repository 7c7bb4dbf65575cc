/** An ONNX file's bytes as a message, checked as far as it does not concern single ops. */
import { fromBinary } from "../../deps/protobuf.ts";
import {
  type AttributeProto,
  type GraphProto,
  type ModelProto,
  ModelProtoSchema,
  type TensorProto,
} from "../../deps/onnx_buf.ts";
import { UserError, type UserErrorCode } from "../../core/errors.ts";
import type { Looking, Span } from "../../core/looking.ts";
import { quoted } from "../../core/text.ts";
import { MAX_LINKS, MAX_NAME, MAX_NODES } from "./_limits.ts";
import { type Numbers, skeletonOf } from "./skeleton.ts";

/** Gives up on a file: the reason goes into a sentence with its name. */
export type Fail = (reason: string, cause?: unknown, code?: UserErrorCode) => never;

/** What gives up on the model of a file. */
export const failure = (source: string): Fail => (reason, cause, code = "bad-file") => {
  throw new UserError(`Cannot load "${source}": ${reason}.`, { code, cause });
};

/** One operation, as the file writes it. */
export interface OnnxNode {
  readonly name: string;
  readonly op: string;
  /** Names of values; empty where an optional one is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, AttributeProto>;
  /** PyTorch's modules that it lies in, from the outermost on, and its operator behind them. */
  readonly scopes?: readonly string[];
  /** Of a norm that was put together from smaller operators. */
  readonly epsilon?: number;
}

/** What the file says of a value: its axes, null where they are open; nothing where it is silent. */
export interface Declared {
  readonly name: string;
  readonly shape?: readonly (number | null)[];
}

/** A model's file, read. */
export interface OnnxFile {
  /** As the user named it. */
  readonly source: string;
  readonly opset: number;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: ReadonlyMap<string, TensorProto>;
  /** Where the numbers of tensors lie that were left out of the message. */
  readonly left: ReadonlyMap<TensorProto, Span>;
  /** Those that are no weights. */
  readonly inputs: readonly Declared[];
  readonly outputs: readonly Declared[];
  readonly metadata: ReadonlyMap<string, string>;
}

/** The tensor of a node that is nothing else. */
export const constantIn = ({ op, attributes }: OnnxNode): TensorProto | undefined =>
  op === "Constant" ? attributes.get("value")?.t : undefined;

/** A model's tensors: initializers, and nodes that are nothing else. */
export function* tensorsIn({ initializers, nodes }: OnnxFile): Generator<TensorProto> {
  yield* initializers.values();
  for (const node of nodes) {
    const tensor = constantIn(node);
    if (tensor) yield tensor;
  }
}

/** The versions of ONNX's operators that are understood. */
const OPSETS = [7, 25] as const;
/** ONNX's own operators. */
const OWN_DOMAINS = new Set(["", "ai.onnx"]);

/**
 * Parses a file of so many bytes, but for its weights' numbers.
 *
 * @throws UserError where it is no ONNX model, or one of another time.
 */
export function* modelIn(size: number, source: string): Looking<OnnxFile> {
  const fail: Fail = failure(source), damaged = (cause?: unknown) => fail(DAMAGED, cause);
  const { bytes, numbers } = yield* skeletonOf(size, damaged);
  const model = decode(bytes, damaged), { graph } = model;
  const left = leftOut(numbers, model, damaged);
  if (!graph || graph.node.length === 0) {
    fail("it is no ONNX model: it has no graph, or one without nodes");
  }
  const opset = opsetOf(model, fail);
  const nodes = nodesOf(graph, fail);
  const initializers = new Map<string, TensorProto>();
  for (const tensor of graph.initializer) {
    checkName(tensor.name, "an initializer", fail);
    if (initializers.has(tensor.name)) fail(`it has two initializers "${tensor.name}"`);
    initializers.set(tensor.name, tensor);
  }
  if (graph.sparseInitializer.length) {
    fail("it has sparse initializers; only dense ones are understood", undefined, "unsupported");
  }
  const inputs = graph.input.filter(({ name }) => !initializers.has(name)).map(declared);
  if (inputs.length === 0) fail("it has no input");
  if (graph.output.length === 0) fail("it has no output");
  return {
    source,
    opset,
    nodes,
    initializers,
    left,
    inputs,
    outputs: graph.output.map(declared),
    metadata: new Map(model.metadataProps.map(({ key, value }) => [key, value])),
  };
}

const DAMAGED = "it is damaged, or no ONNX model: its protobuf does not end well";

function decode(bytes: Uint8Array, damaged: (cause: unknown) => never): ModelProto {
  try {
    return fromBinary(ModelProtoSchema, bytes, { readUnknownFields: false });
  } catch (cause) {
    return damaged(cause);
  }
}

/** Whose the numbers are that were left out. */
function leftOut(
  numbers: readonly Numbers[],
  model: ModelProto,
  damaged: () => never,
): Map<TensorProto, Span> {
  const left = new Map<TensorProto, Span>();
  for (const { at, length, of } of numbers) {
    const tensor = of(model);
    // the message twice, which a reader would join
    if (!tensor || left.has(tensor) || tensor.rawData.length) damaged();
    left.set(tensor, { at, length });
  }
  return left;
}

function opsetOf({ opsetImport }: ModelProto, fail: Fail): number {
  const own = opsetImport.find(({ domain }) => OWN_DOMAINS.has(domain));
  if (!own) fail("it is no ONNX model: it does not say which operators it is written in");
  const version = Number(own.version), [oldest, newest] = OPSETS;
  if (version < oldest || version > newest) {
    const how = version < oldest
      ? "onnx.version_converter makes newer ones of old ones"
      : `export it with opset_version=${newest}`;
    fail(
      `it is written in opset ${version}; ${oldest} to ${newest} are understood (${how})`,
      undefined,
      "unsupported",
    );
  }
  return version;
}

function nodesOf({ node: nodes }: GraphProto, fail: Fail): OnnxNode[] {
  if (nodes.length > MAX_NODES) fail(`it has ${nodes.length} nodes; ${MAX_NODES} are the limit`);
  let links = 0;
  const made = new Set<string>();
  return nodes.map(({ name, opType, domain, input, output, attribute, metadataProps }) => {
    links += input.length + output.length;
    if (links > MAX_LINKS) fail(`its nodes read more than ${MAX_LINKS} values`);
    checkName(opType, "a node's operator", fail);
    for (const value of output) {
      if (value === "") continue;
      checkName(value, "a value", fail);
      if (made.has(value)) fail(`two of its nodes give "${value}"`);
      made.add(value);
    }
    return {
      name: name.slice(0, MAX_NAME),
      op: OWN_DOMAINS.has(domain) ? opType : `${domain}.${opType}`,
      inputs: input,
      outputs: output,
      attributes: new Map(attribute.map((a) => [a.name, a])),
      scopes: scopesIn(metadataProps),
    };
  });
}

/** PyTorch's exporter since 2.5 writes a list as Python prints it: `['', 'layer1', 'layer1.0', 'relu']`. */
function scopesIn(properties: readonly { key: string; value: string }[]): string[] | undefined {
  const text = properties.find(({ key }) => key === "pkg.torch.onnx.name_scopes")?.value;
  if (text === undefined || text.length > MAX_NAME) return undefined;
  const names = [...text.matchAll(/'([^']*)'/g)].map(([, name]) => name).filter(Boolean);
  return names.length ? names : undefined;
}

function checkName(name: string, what: string, fail: Fail): void {
  if (name === "" || name.length > MAX_NAME) {
    fail(`${what} has the name ${quoted(name)}, which is not 1 to ${MAX_NAME} letters long`);
  }
}

/** A side larger than any picture's is a mistake; it is as good as open. */
const MAX_SIDE = 2 ** 16;

function declared({ name, type }: GraphProto["input"][number]): Declared {
  if (type?.value.case !== "tensorType") return { name };
  const { shape } = type.value.value;
  if (!shape) return { name };
  return {
    name,
    shape: shape.dim.map(({ value }) => {
      const size = value.case === "dimValue" ? Number(value.value) : 0;
      return size > 0 && size <= MAX_SIDE ? size : null;
    }),
  };
}
