/** One node of an ONNX graph, as its converter sees it. */
import type { AttributeProto, TensorProto } from "../../deps/onnx_buf.ts";
import { AttributeProto_AttributeType as Kind } from "../../deps/onnx_buf.ts";
import type { Attributes } from "../../engine/graph.ts";
import { type Constant, constantOf, type Unread } from "./constants.ts";
import { MAX_RANK } from "./_limits.ts";
import type { Fail, OnnxNode } from "./file.ts";
import { isLive, type Live, read, type Value } from "./values.ts";
import type { Parameter } from "./parameter.ts";
import type { Writer } from "./writer.ts";
import { shapeOf } from "./tensors.ts";

/** What makes a value of a node, or, of a node with several outputs, all of them. */
export type Converter = (call: Call) => Value | readonly Value[];
export type Converters = Readonly<Record<string, Converter>>;

/** What a call may look up. */
export interface Surroundings {
  readonly opset: number;
  /** Pictures that the file's input is declared to hold; 1 where that is open. */
  readonly batch: number;
  readonly writer: Writer;
  readonly tensor: (tensor: TensorProto) => Constant | Unread;
  /** Hears a sentence of what is left out. */
  readonly note: (sentence: string) => void;
}

/** One node, its inputs known. */
export class Call {
  readonly opset: number;
  readonly batch: number;
  readonly writer: Writer;
  readonly fail: Fail;
  readonly note: (sentence: string) => void;
  readonly #tensor: Surroundings["tensor"];

  constructor(
    readonly node: OnnxNode,
    /** The name of the layer. */
    readonly name: string,
    readonly inputs: readonly (Value | undefined)[],
    { opset, batch, writer, tensor, note }: Surroundings,
  ) {
    this.opset = opset;
    this.batch = batch;
    this.writer = writer;
    this.fail = writer.fail;
    this.note = note;
    this.#tensor = tensor;
  }

  // inputs

  /** An input that must be there, and may be a weight that is read late. */
  weight(n: number): Value {
    return this.inputs[n] ?? this.fail(`its input ${n + 1} is missing`, undefined, "bad-file");
  }

  /** An input that must be there, with its numbers. */
  input(n: number): Live | Constant {
    return read(this.weight(n));
  }

  /** An input that must follow from the picture. */
  live(n: number): Live {
    const value = this.weight(n);
    return isLive(value)
      ? value
      : this.fail(`its input ${n + 1} is a constant, which is not supported`);
  }

  /** An input that must be a constant. */
  constant(n: number): Constant {
    const value = this.input(n);
    return isLive(value)
      ? this.fail(`its input ${n + 1} follows from the picture; only a constant is supported`)
      : value;
  }

  /** A constant, where there is that input. */
  optional(n: number): Constant | undefined {
    return this.inputs[n] === undefined ? undefined : this.constant(n);
  }

  /** A constant list of whole numbers, where there is that input. */
  numbers(n: number): number[] | undefined {
    const found = this.optional(n);
    if (!found) return undefined;
    if (found.shape.length > 1) this.fail(`its input ${n + 1} is no list`, undefined, "bad-file");
    return Array.from(found.data);
  }

  /** The axes of an ONNX list, counted from 0; attribute in older opsets, input in newer ones. */
  axes(rank: number, from: { readonly input: number }): number[] | undefined {
    const list = this.node.attributes.has("axes") ? this.ints("axes") : this.numbers(from.input);
    const axes = list?.map((axis) => this.axis(axis, rank));
    if (new Set(axes).size !== (axes?.length ?? 0)) {
      this.fail(
        `it names an axis twice, [${list!.slice(0, 20).join(", ")}]`,
        undefined,
        "bad-file",
      );
    }
    return axes;
  }

  /** A number of axes that a value may have. */
  rank(axes: number): number {
    return axes <= MAX_RANK
      ? axes
      : this.fail(`it makes ${axes} axes of it; ${MAX_RANK} are the limit`, undefined, "bad-file");
  }

  /** An axis, counted from 0. */
  axis(axis: number, rank: number): number {
    const from = axis < 0 ? axis + rank : axis;
    if (!Number.isInteger(from) || from < 0 || from >= rank) {
      this.fail(`there is no axis ${axis} of ${rank}`, undefined, "bad-file");
    }
    return from;
  }

  // attributes

  #attribute(name: string, kind: Kind): AttributeProto | undefined {
    const found = this.node.attributes.get(name);
    if (found && found.type !== kind && found.type !== Kind.UNDEFINED) {
      this.fail(`its attribute "${name}" is of another type than it should`, undefined, "bad-file");
    }
    return found;
  }

  int(name: string, or: number): number {
    const found = this.#attribute(name, Kind.INT);
    return found ? Number(found.i) : or;
  }

  float(name: string, or: number): number {
    return this.#attribute(name, Kind.FLOAT)?.f ?? or;
  }

  text(name: string, or: string): string {
    const found = this.#attribute(name, Kind.STRING);
    return found ? new TextDecoder().decode(found.s) : or;
  }

  ints(name: string): number[] | undefined {
    return this.#attribute(name, Kind.INTS)?.ints.map(Number);
  }

  floats(name: string): number[] | undefined {
    return this.#attribute(name, Kind.FLOATS)?.floats.slice();
  }

  tensor(name: string): Constant | Unread | undefined {
    const found = this.#attribute(name, Kind.TENSOR)?.t;
    if (!found) return undefined;
    this.writer.fold(shapeOf(found, this.fail).reduce((a, b) => a * b, 1));
    return this.#tensor(found);
  }

  /** Refuses an attribute that has another value than the one that is supported. */
  only(name: string, value: number | string): void {
    const found = typeof value === "number" ? this.int(name, value) : this.text(name, value);
    if (found !== value) this.fail(`its ${name} is ${found}; only ${value} is supported`);
  }

  // outputs

  /** Whether an output further than the first is read by anybody. */
  wants(n: number): boolean {
    return (this.node.outputs[n] ?? "") !== "";
  }

  /** Writes the layer's own node. */
  add(
    op: string,
    inputs: readonly string[],
    attrs: Attributes = {},
    params: Readonly<Record<string, Parameter>> = {},
  ): string {
    return this.writer.add(this.writer.freeName(this.name), op, inputs, attrs, params);
  }

  /** A function of one number each: whatever the order of the axes. */
  pointwise(op: string, attrs: Attributes = {}, live = this.live(0)): Live {
    return { ...live, node: this.add(op, [live.node], attrs), pending: undefined };
  }

  /** A constant that was worked out. */
  folded(
    shape: readonly number[],
    make: () => Float64Array | Float32Array | readonly number[],
    kind: Constant["kind"] = "float",
  ): Constant {
    this.writer.fold(shape.reduce((a, b) => a * b, 1));
    return constantOf(shape, make(), kind);
  }
}
