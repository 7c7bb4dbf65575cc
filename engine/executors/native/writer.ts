/** Writes ONNX graphs: what an op's row says it is made of, in the order in which it is said. */
import { Message } from "./protobuf.ts";

/** What a node of the graph is told besides: whole numbers, texts; numbers with a point as `float`. */
export type Attributes = Readonly<
  Record<string, number | string | readonly number[] | { readonly float: number }>
>;

/** What values are made of, as the runtime calls it. */
export type Type = "float32" | "int64" | "bool";

/** ONNX's numbers for them. */
const TYPES: Record<Type, number> = { float32: 1, int64: 7, bool: 9 };

/** The batch, whose size is open, as an axis. */
const BATCH = "batch";

/** Weights that are handed over with each run, as they are: what nobody need copy or reorder. */
export interface Fed {
  readonly name: string;
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

/** IR version 8, operators 18: what ONNX Runtime has known since 2022. */
const IR_VERSION = 8, OPSET = 18;

function attribute(name: string, value: Attributes[string]): Message {
  const message = new Message().text(1, name);
  if (typeof value === "number") return message.int(3, value).int(20, 2);
  if (typeof value === "string") return message.text(4, value).int(20, 3);
  if ("float" in value) return message.float(2, value.float).int(20, 1);
  for (const number of value) message.int(8, number);
  return message.int(20, 7);
}

function description(name: string, type: Type, dims?: readonly (number | string)[]): Message {
  const tensor = new Message().int(1, TYPES[type]);
  if (dims) {
    const shape = new Message();
    for (const dim of dims) {
      shape.message(
        1,
        typeof dim === "number" ? new Message().int(1, dim) : new Message().text(2, dim),
      );
    }
    tensor.message(2, shape);
  }
  return new Message().text(1, name).message(2, new Message().message(1, tensor));
}

/** A graph in the making. Values go by their names. */
export class Writer {
  readonly #graph = new Message();
  readonly #constants = new Map<string, string>();
  readonly #fed = new Map<Float32Array, Fed>();
  #count = 0;

  #name(): string {
    return `v${this.#count++}`;
  }

  /** Writes a node with several outputs; their names. */
  nodes(
    op: string,
    inputs: readonly string[],
    attrs: Attributes = {},
    count = 1,
  ): readonly string[] {
    const node = new Message(), outputs = Array.from({ length: count }, () => this.#name());
    for (const input of inputs) node.text(1, input);
    for (const output of outputs) node.text(2, output);
    node.text(4, op);
    for (const [name, value] of Object.entries(attrs)) node.message(5, attribute(name, value));
    this.#graph.message(1, node);
    return outputs;
  }

  /** Writes a node; the name of its output. */
  node(op: string, inputs: readonly string[], attrs?: Attributes): string {
    return this.nodes(op, inputs, attrs)[0];
  }

  /** Numbers that belong to the graph, which the runtime may reorder for itself. */
  weights(data: Float32Array | BigInt64Array, dims: readonly number[]): string {
    const name = this.#name(), tensor = new Message();
    for (const dim of dims) tensor.int(1, dim);
    tensor.int(2, TYPES[data instanceof Float32Array ? "float32" : "int64"]).text(8, name);
    tensor.bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    this.#graph.message(5, tensor);
    return name;
  }

  /** The numbers of a parameter as they are on the host, handed over with each run. */
  feed(data: Float32Array, dims: readonly number[]): string {
    let fed = this.#fed.get(data);
    if (!fed) this.#fed.set(data, fed = { name: this.#name(), data, dims });
    return fed.name;
  }

  /** A number, written once. */
  float(number: number): string {
    return this.#constant(
      `float ${number}`,
      () => this.weights(Float32Array.of(number), []),
    );
  }

  /** Whole numbers: shapes, axes, pads. */
  ints(...numbers: readonly number[]): string {
    return this.#constant(
      `ints ${numbers}`,
      () => this.weights(BigInt64Array.from(numbers, BigInt), [numbers.length]),
    );
  }

  #constant(key: string, make: () => string): string {
    let name = this.#constants.get(key);
    if (name === undefined) this.#constants.set(key, name = make());
    return name;
  }

  /** Declares what each run is given, `[batch, …dims]`. */
  input(type: Type, dims: readonly number[]): string {
    const name = this.#name();
    this.#graph.message(11, description(name, type, [BATCH, ...dims]));
    return name;
  }

  /** Declares what each run gives. */
  output(name: string, type: Type): void {
    this.#graph.message(12, description(name, type));
  }

  /** What is to be handed over with each run. */
  get fed(): readonly Fed[] {
    return [...this.#fed.values()];
  }

  /** The graph as a file; called once, at the end. */
  encode(): Uint8Array<ArrayBuffer> {
    for (const { name, dims } of this.fed) {
      this.#graph.message(11, description(name, "float32", dims));
    }
    this.#graph.text(2, "plan");
    const operators = new Message().text(1, "").int(2, OPSET);
    return new Message().int(1, IR_VERSION).message(7, this.#graph).message(8, operators).encode();
  }
}
