/** From an ONNX model's nodes to a graph of the engine. */
import { nearestHint, UserError } from "../../core/errors.ts";
import { option } from "../../core/say.ts";
import { sizeOf } from "../../core/values.ts";
import { INPUT } from "../../engine/graph.ts";
import { type Scores, splitScores } from "../../engine/scores.ts";
import type { TensorProto } from "../../deps/onnx_buf.ts";
import { Call, type Converter } from "./call.ts";
import type { Constant, Unread } from "./constants.ts";
import { constantIn, type Fail, failure } from "./file.ts";
import { folds } from "./fold.ts";
import { fused, type Lookup } from "./fuse.ts";
import { type Picture, pictureInput, pictureValue } from "./input.ts";
import { arranged } from "./layout.ts";
import { layerNames, type Named } from "./names.ts";
import { converters } from "./ops/mod.ts";
import type { Files } from "./opened.ts";
import { liveNodes, nodesFor, type Numbered } from "./order.ts";
import { readTensor } from "./tensors.ts";
import { isLive, type Live, PICTURE, read, type Value } from "./values.ts";
import { Writer, type Written } from "./writer.ts";

/** A graph that ends in scores, and what it was written for. */
export interface Imported extends Written {
  readonly scores: Scores;
}

/** Sides that a picture is tried with, where the file leaves them open. */
const SIDES = [224, 299, 32, 28, 64, 96, 128, 256, 384];
/** Two sizes of which a graph must be the same to be one for any. */
const FURTHER = 64;
/** Outputs that are tried, where none is named. */
const MAX_TRIED = 8;
/** Operators that are listed where they are not supported. */
const LISTED = 8;

type Note = (sentence: string) => void;

/** How what a graph is written in is read: ONNX's operators, or others that look like them. */
export interface Dialect {
  /** Operators that follow from the picture. */
  readonly converters: ReadonlyMap<string, Converter>;
  /** Operators on constants. */
  readonly folds: ReadonlyMap<string, Converter>;
  /** Operators that are written in several, as one. */
  readonly fused: typeof fused;
  /** What the nodes' layers are called. */
  readonly layerNames: (nodes: readonly Numbered[]) => ReadonlyMap<number, Named>;
  /** A picture's axes, in the engine's order. */
  readonly picture: readonly number[];
}

const ONNX: Dialect = { converters, folds, fused, layerNames, picture: PICTURE };

/**
 * Writes the graph of a model up to one of its outputs.
 *
 * @param output Its name; default: the first that ends in scores of classes.
 * @throws UserError for anything that is not supported or does not fit together.
 */
export function importGraph(
  files: Files,
  output?: string,
  note: Note = () => {},
  dialect = ONNX,
): Imported {
  const { file } = files, fail: Fail = failure(file.source);
  const names = file.outputs.map(({ name }) => name);
  if (output !== undefined && !names.includes(output)) {
    throw new UserError(
      `"${file.source}" has no output "${output}"; ${nearestHint(output, names)}.`,
      { code: "bad-option", option: "output" },
    );
  }
  const reader = tensorReader(files, fail);
  const tried: { name: string; found: Imported }[] = [];
  const refused: UserError[] = [];
  const taken = (name: string) => {
    if (output !== undefined || names.length < 2) return;
    note(
      `"${file.source}" has ${names.length} outputs (${names.slice(0, LISTED).join(", ")}${
        names.length > LISTED ? ", …" : ""
      }); "${name}" is taken, and ${option("output")} names another.` +
        (refused.length ? ` One before it cannot be: ${refused[0].message}` : ""),
    );
  };
  for (const name of output === undefined ? names.slice(0, MAX_TRIED) : [output]) {
    try {
      const found = importOutput(files, name, reader, note, dialect);
      if (found.isList || output !== undefined) {
        taken(name);
        return found.found;
      }
      tried.push({ ...found, name });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      refused.push(error);
    }
  }
  if (tried.length === 0) throw refused[0];
  taken(tried[0].name);
  return tried[0].found;
}

/** Reads each tensor once. */
function tensorReader({ places }: Files, fail: Fail): (tensor: TensorProto) => Constant | Unread {
  const known = new Map<TensorProto, Constant | Unread>();
  return (tensor) => {
    const found = known.get(tensor) ?? readTensor(tensor, places.get(tensor), fail);
    known.set(tensor, found);
    return found;
  };
}

type Reader = ReturnType<typeof tensorReader>;

/** A graph up to one output, for the sizes of pictures that it takes. */
function importOutput(
  files: Files,
  output: string,
  reader: Reader,
  note: Note,
  dialect: Dialect,
) {
  const { file } = files, fail: Fail = failure(file.source);
  const nodes = dialect.fused(nodesFor(file, output, fail), output, lookupIn(file, reader));
  const order = dialect.picture === PICTURE ? undefined : dialect.picture;
  const picture = pictureInput(file, nodes.map(([, node]) => node), fail, order);
  const live = liveNodes(nodes, picture.name);
  refuseUnsupported(nodes, live, dialect, fail);
  const write = (
    height: number,
    width: number,
    input: Written["graph"]["input"]["shape"],
    told = note,
  ) =>
    writeAt(
      { files, output, nodes, live, picture, reader, note: told, dialect },
      [height, width],
      input,
    );
  const { height, width, channels } = picture;
  if (height !== null && width !== null) return write(height, width, [height, width, channels]);
  let refused: unknown;
  for (const side of SIDES) {
    const size = [height ?? side, width ?? side] as const;
    let first: ReturnType<typeof write>;
    try {
      first = write(...size, [height, width, channels]);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      // what is said again of another size is not the size's fault
      if (refused instanceof UserError && refused.message === error.message) throw error;
      refused = error;
      continue;
    }
    // one graph for any size, unless a number in it follows from the size
    const other = [height ?? side + FURTHER, width ?? side + FURTHER] as const;
    try {
      const second = write(...other, [height, width, channels], () => {});
      if (sameGraph(first.found, second.found)) return first;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
    }
    const { found } = first;
    const graph = { ...found.graph, input: { shape: [...size, channels] as const } };
    return { ...first, found: { ...found, graph } };
  }
  throw refused;
}

const sameGraph = ({ graph: a }: Written, { graph: b }: Written) =>
  JSON.stringify([a.nodes, [...a.parameters]]) === JSON.stringify([b.nodes, [...b.parameters]]);

/** What is known of constants: initializers, and nodes that are nothing else. */
function lookupIn({ nodes, initializers }: Files["file"], reader: Reader): Lookup {
  const constants = new Map<string, TensorProto>();
  const find = (value: string) => initializers.get(value) ?? constants.get(value);
  for (const node of nodes) {
    // PyTorch writes equal weights once, and hands them on
    const tensor = constantIn(node) ?? (node.op === "Identity" ? find(node.inputs[0]) : undefined);
    if (tensor) constants.set(node.outputs[0], tensor);
  }
  return {
    shape: (value) => find(value)?.dims.map(Number),
    single(value) {
      const tensor = find(value);
      return tensor?.dims.every((n) => n === 1n) ? read(reader(tensor)).data[0] : undefined;
    },
  };
}

/** Refuses operators that cannot be converted, all at once. */
function refuseUnsupported(
  nodes: readonly Numbered[],
  live: ReadonlySet<number>,
  { converters, folds }: Dialect,
  fail: Fail,
): void {
  const missing = new Map<string, string>();
  for (const [n, { op, name, outputs }] of nodes) {
    const known = live.has(n) ? converters.has(op) : folds.has(op);
    if (!known && !missing.has(op)) missing.set(op, name || outputs[0] || `${n}`);
  }
  if (missing.size === 0) return;
  const named = [...missing].slice(0, LISTED).map(([op, at]) => `${op} ("${at.slice(0, 80)}")`);
  const more = missing.size > LISTED ? ` and ${missing.size - LISTED} more` : "";
  fail(
    `it has operators that are not supported: ${named.join(", ")}${more}`,
    undefined,
    "unsupported",
  );
}

interface Task {
  readonly files: Files;
  readonly output: string;
  readonly nodes: readonly Numbered[];
  readonly live: ReadonlySet<number>;
  readonly picture: Picture;
  readonly reader: Reader;
  readonly note: Note;
  readonly dialect: Dialect;
}

/** A module that is being written: where it begins in the list, and its last value. */
interface Open {
  readonly from: number;
  node: string;
}

/** Writes the graph for pictures of a size. */
function writeAt(
  { files: { file }, output, nodes, live, picture, reader, note, dialect }: Task,
  size: readonly [number, number],
  input: Written["graph"]["input"]["shape"],
): { found: Imported; isList: boolean } {
  const fail: Fail = failure(file.source), writer = new Writer(input, size, fail);
  const values = new Map<string, Value>([[picture.name, pictureValue(picture, size)]]);
  const read = new Set(nodes.flatMap(([, { inputs }]) => inputs)).add(output);
  const names = dialect.layerNames(
    nodes.filter(([n, { op }]) => live.has(n) && !/^(Shape|Size|Rank)$/.test(op)),
  );
  const modules = new Map<string, Open>(), notes = new Set<string>();
  const surroundings = {
    opset: file.opset,
    batch: picture.batch,
    writer,
    tensor: reader,
    note: (sentence: string) => void notes.add(sentence),
  };
  for (const [n, node] of nodes) {
    const inputs = node.inputs.map((value) => {
      const tensor = values.has(value) ? undefined : file.initializers.get(value);
      return tensor ? reader(tensor) : values.get(value);
    });
    const { name, within, also } = names.get(n) ??
      { name: node.name || `constant_${n}`, within: [] };
    writer.begin(`its node "${(node.name || node.outputs[0]).slice(0, 100)}" (${node.op})`, name);
    const mark = writer.mark();
    const outputs = node.outputs.map((value) => read.has(value) ? value : "");
    const call = new Call({ ...node, outputs }, name, inputs, surroundings);
    const isKnown = inputs.every((value) => value === undefined || !isLive(value));
    const convert = (isKnown ? dialect.folds : dialect.converters).get(node.op);
    if (!convert) {
      return writer.fail(isKnown ? "it cannot be worked out at loading" : "it is not supported");
    }
    const made = [convert(call)].flat() as readonly Value[];
    outputs.forEach((value, i) => {
      if (value === "") return;
      if (!made[i]) writer.fail(`its output ${i + 1} is not supported`);
      call.rank(made[i].shape.length);
      values.set(value, made[i]);
    });
    const [first] = made;
    if (!isLive(first) || first.node === INPUT || writer.mark() === mark) continue;
    for (const module of within) {
      const open = modules.get(module);
      if (open) open.node = first.node;
      else modules.set(module, { from: mark, node: first.node });
    }
    for (const other of [also, node.name, node.outputs[0]]) {
      if (other) writer.alias(other, first.node);
    }
  }
  // from the last and innermost on, so that the places of those before stay
  for (const [module, { from, node }] of [...modules].reverse()) {
    writer.container(module, from, node);
  }
  for (const sentence of notes) note(sentence);
  const maps = picture.rank === 4 && dialect.picture !== PICTURE ? picture.order : dialect.picture;
  return finish(writer, values.get(output), output, maps, fail);
}

/** The graph that ends in an output, and whether that is a list of scores. */
function finish(
  writer: Writer,
  value: Value | undefined,
  output: string,
  picture: readonly number[],
  fail: Fail,
) {
  writer.begin(`its output "${output}"`, output);
  if (!value || !isLive(value)) {
    return fail(`its output "${output}" does not follow from the picture`);
  }
  const { shape } = value, isList = shape.filter((size) => size > 1).length <= 1;
  const end = isList ? listed(writer, value) : mapped(writer, value, picture);
  if (end === INPUT) fail("it computes nothing");
  const built = writer.build(end), split = splitScores(built.graph);
  const count = sizeOf(shape);
  // without a softmax of its own, several outputs are logits: so PyTorch trains classifiers
  const scores = split.scores === "linear" && isList && count > 1 ? "softmax" : split.scores;
  return { found: { ...built, graph: split.graph, scores }, isList };
}

/** All numbers in a row. */
const listed = (writer: Writer, live: Live) => arranged(writer, live, [[...live.shape.keys()]]);

/** A map of scores, or whatever it is, as near to a picture as may be. */
function mapped(writer: Writer, live: Live, picture: readonly number[]): string {
  const { shape } = live;
  const order = shape.length === 4 && shape[0] === 1
    ? picture
    : [...shape.keys()].filter((axis) => shape[axis] > 1);
  return arranged(writer, live, order.map((axis) => [axis]));
}
