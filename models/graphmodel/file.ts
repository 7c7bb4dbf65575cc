/** The nodes of a TensorFlow.js graph-model in the form that ONNX's have, and what it consists of. */
import { create } from "../../deps/protobuf.ts";
import {
  type TensorProto,
  TensorProto_DataType as Type,
  TensorProtoSchema,
} from "../../deps/onnx_buf.ts";
import { isObject } from "../../core/json.ts";
import type { Values } from "../../core/values.ts";
import { type Fail, isName, type Json, type KerasFile, shown } from "../keras/files.ts";
import { MAX_LINKS, MAX_NODES } from "../onnx/_limits.ts";
import type { Declared, OnnxFile, OnnxNode } from "../onnx/file.ts";
import { attributesOf, numberOf } from "./attributes.ts";

/** The version whose operators those of TensorFlow are said in. */
const OPSET = 18;
/** A node's outputs beyond its first: `split:3`. */
const MAX_OUTPUTS = 1000;
/** A side larger than any picture's is a mistake; it is as good as open. */
const MAX_SIDE = 2 ** 16;
/** Names in a message. */
const LISTED = 5;

/** A graph-model, read; its constants' numbers are still in the shards. */
export interface GraphFile extends Omit<OnnxFile, "initializers" | "left"> {
  /** Names of constants that an output may need. */
  readonly constants: ReadonlySet<string>;
  /** The name of the output that is asked for. */
  readonly asked?: string;
}

/** `name:0` is `name`. */
const plainName = (value: string) => value.replace(/:0$/, "");
const nodeOf = (value: string) => value.replace(/:\d+$/, "");

/** Inputs are read as pictures, and constants from the shards. */
const isInput = (op: string) => op === "Placeholder";

/** A node as it is written. */
interface Written {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly string[];
  readonly attr: unknown;
}

function writtenNodes(topology: Json, fail: Fail): Written[] {
  const { node: nodes, library } = topology;
  if (!Array.isArray(nodes) || nodes.length === 0) {
    fail("its topology, a graph-model's, has no nodes");
  }
  if (nodes.length > MAX_NODES) fail(`it has ${nodes.length} nodes; ${MAX_NODES} are the limit`);
  let links = 0;
  const known = new Set<string>();
  const found = nodes.map((node: unknown): Written => {
    if (!isObject(node) || !isName(node.name) || !isName(node.op)) {
      fail(`it has a node without a name or an operator: ${shown(node)}`);
    }
    const { name, op, input = [], attr } = node;
    if (known.has(name)) fail(`it has two nodes "${name}"`);
    known.add(name);
    if (!Array.isArray(input) || !input.every(isName)) {
      fail(`its node "${name}" reads ${shown(input)}`);
    }
    links += input.length;
    if (links > MAX_LINKS) fail(`its nodes read more than ${MAX_LINKS} values`);
    // "^name" only says what is to happen before
    const inputs = input.filter((value) => !value.startsWith("^")).map(plainName);
    return { name, op, inputs, attr };
  });
  const { function: functions } = isObject(library) ? library : {};
  const own = Array.isArray(functions) ? new Set(functions.map(functionName)) : undefined;
  const called = own && found.find(({ op }) => own.has(op));
  if (called) fail(`its node "${called.name}" calls a function of its own: freeze the graph`);
  return found;
}

const functionName = (x: unknown): unknown =>
  isObject(x) && isObject(x.signature) ? x.signature.name : undefined;

/** Axes as an attribute of shape, or the signature, has them; undefined where all is open. */
function axesOf(shape: unknown): (number | null)[] | undefined {
  if (!isObject(shape) || shape.unknownRank === true || !Array.isArray(shape.dim)) return undefined;
  return shape.dim.slice(0, 9).map((dim: unknown) => {
    const size = numberOf(isObject(dim) ? dim.size : undefined);
    return size > 0 && size <= MAX_SIDE ? size : null;
  });
}

/** What a list of the signature says of each: its key, and the name and the shape. */
function* signedIn(list: unknown): Generator<readonly [key: string, name: string, info: Json]> {
  if (!isObject(list)) return;
  for (const [key, info] of Object.entries(list)) {
    if (isObject(info) && isName(info.name)) yield [key, plainName(info.name), info];
  }
}

/** The nodes that some values need, themselves among them. */
function behind(outputs: readonly string[], nodes: ReadonlyMap<string, Written>): Set<string> {
  const found = new Set<string>(), waiting = outputs.map(nodeOf);
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const node = nodes.get(name);
    if (!node || found.has(name)) continue;
    found.add(name);
    for (const value of node.inputs) waiting.push(nodeOf(value));
  }
  return found;
}

/** Operators that decide what is computed, or call what lies elsewhere. */
const FLOW = new Set([
  ...["Enter", "Exit", "If", "LoopCond", "Merge", "NextIteration", "Switch", "While"],
  ...["PartitionedCall", "StatefulPartitionedCall", "StatelessIf", "StatelessWhile"],
]);

/**
 * Reads the graph.
 *
 * @param asked The one output that is wanted, by its name or by what the signature calls it.
 * @throws what `fail` throws, where it is none, constants are missing, or all needs control flow.
 */
export function parseGraph(model: KerasFile, asked: string | undefined, fail: Fail): GraphFile {
  const written = writtenNodes(model.topology, fail);
  const byName = new Map(written.map((node) => [node.name, node]));
  const signature = model.signature ?? {};
  const signed = new Map([...signedIn(signature.outputs)].map(([key, name]) => [key, name]));
  for (const [key, name] of signed) {
    if (!byName.has(nodeOf(name))) fail(`its signature's output "${key}" is no node: "${name}"`);
  }
  const read = new Set(written.flatMap(({ inputs }) => inputs.map(nodeOf)));
  const ends = written.filter(({ name, op }) => !read.has(name) && !/^(Const|NoOp)$/.test(op));
  const outputs = signed.size ? [...new Set(signed.values())] : ends.map(({ name }) => name);
  if (outputs.length === 0) fail("nothing is its output");
  const own = asked === undefined ? undefined : signed.get(asked) ?? asked;
  const wanted = own !== undefined && outputs.includes(own) ? [own] : outputs;
  const flow = (output: string) =>
    [...behind([output], byName)].find((name) => FLOW.has(byName.get(name)!.op));
  const free = wanted.filter((output) => flow(output) === undefined);
  if (free.length === 0) {
    const name = flow(wanted[0])!;
    fail(`it has control flow, which is not supported: ${byName.get(name)!.op} ("${name}")`);
  }
  const needed = behind(free, byName);
  const constants = new Set(
    [...needed].filter((name) => byName.get(name)!.op === "Const"),
  );
  const missing = [...constants].filter((name) => !model.specs.has(name));
  if (missing.length) {
    const named = missing.slice(0, LISTED).map((name) => `"${name}"`).join(", ");
    const more = missing.length > LISTED ? ` and ${missing.length - LISTED} more` : "";
    fail(`its manifest lacks the numbers of ${named}${more}`);
  }
  const shapes = new Map(
    [...signedIn(signature.inputs)].map(([, name, info]) => [name, axesOf(info.tensorShape)]),
  );
  const inputs = written.filter(({ op }) => isInput(op)).map(({ name, attr }): Declared => {
    const declared = isObject(attr) && isObject(attr.shape) ? axesOf(attr.shape.shape) : undefined;
    return { name, shape: declared?.length ? declared : shapes.get(name) };
  });
  return {
    source: model.source,
    opset: OPSET,
    nodes: nodesOf(written, outputs, fail),
    inputs,
    outputs: (own === wanted[0] ? outputs : free).map((name) => ({ name })),
    metadata: new Map(),
    constants,
    asked: own,
  };
}

/** Nodes with all of their outputs that somebody reads. */
function nodesOf(written: readonly Written[], outputs: readonly string[], fail: Fail): OnnxNode[] {
  const last = new Map<string, number>();
  for (const value of [...written.flatMap(({ inputs }) => inputs), ...outputs]) {
    const at = Number(/:(\d+)$/.exec(value)?.[1] ?? 0), name = nodeOf(value);
    if (at > MAX_OUTPUTS) {
      fail(`"${value}" is read; ${MAX_OUTPUTS} outputs of a node are the limit`);
    }
    last.set(name, Math.max(at, last.get(name) ?? 0));
  }
  return written.filter(({ op }) => op !== "Const" && !isInput(op) && op !== "NoOp").map(
    ({ name, op, inputs, attr }) => ({
      name,
      op,
      inputs,
      outputs: Array.from(
        { length: 1 + (last.get(name) ?? 0) },
        (_, n) => n ? `${name}:${n}` : name,
      ),
      attributes: attributesOf(attr),
    }),
  );
}

const GREATEST = 2 ** 31 - 1;

/** A constant's numbers as a tensor of ONNX's. */
export function tensorOf(name: string, numbers: Values, dtype: string): TensorProto {
  const dims = numbers.shape.map(BigInt);
  if (dtype === "I32" || dtype === "BOOL") {
    const whole = Int32Array.from(numbers, (n) => Math.min(n, GREATEST));
    const dataType = dtype === "I32" ? Type.INT32 : Type.BOOL;
    return create(TensorProtoSchema, { name, dims, dataType, int32Data: Array.from(whole) });
  }
  const { buffer, byteOffset, byteLength } = numbers;
  const rawData = new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
  return create(TensorProtoSchema, { name, dims, dataType: Type.FLOAT, rawData });
}
