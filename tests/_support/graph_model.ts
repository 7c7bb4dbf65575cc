/** Graph-models that a test writes node by node. */
import * as tf from "@tensorflow/tfjs";

/** An attribute as the JSON of a GraphDef has it. */
type Attribute = Readonly<Record<string, unknown>>;

export const int = (i: number): Attribute => ({ i: String(i) });
export const float = (f: number): Attribute => ({ f });
export const bool = (b: boolean): Attribute => ({ b });
export const text = (s: string): Attribute => ({ s: btoa(s) });
export const type = (name: string): Attribute => ({ type: name });
export const ints = (...i: number[]): Attribute => ({ list: { i: i.map(String) } });
export const texts = (...s: string[]): Attribute => ({ list: { s: s.map(btoa) } });

type Dtype = "float32" | "int32" | "bool";
const TYPES = { float32: "DT_FLOAT", int32: "DT_INT32", bool: "DT_BOOL" };

const shapeOf = (shape: readonly number[]) => ({
  dim: shape.map((size) => ({ size: String(size) })),
});

/** A graph of which each node's name is returned as it is added. */
export class GraphModel {
  // deno-lint-ignore no-explicit-any -- JSON that a test changes as it likes
  readonly nodes: any[] = [];
  // deno-lint-ignore no-explicit-any -- likewise
  readonly weights: any[] = [];
  readonly #data: Uint8Array[] = [];
  #seed = 1;

  constructor(readonly input: readonly number[], name = "x") {
    this.nodes.push({
      name,
      op: "Placeholder",
      attr: { shape: { shape: shapeOf(input) }, dtype: type("DT_FLOAT") },
    });
  }

  /** A number between −1 and 1, the next of a fixed row. */
  random(): number {
    this.#seed = (this.#seed * 48271) % 2147483647;
    return this.#seed / 2147483647 * 2 - 1;
  }

  node(
    op: string,
    input: readonly string[],
    attr: Readonly<Record<string, Attribute>> = {},
    name = `${op}_${this.nodes.length}`,
  ): string {
    this.nodes.push({ name, op, input, attr });
    return name;
  }

  constant(
    shape: readonly number[],
    numbers: readonly number[],
    dtype: Dtype = "float32",
    name = `const_${this.nodes.length}`,
  ): string {
    const attr = {
      dtype: type(TYPES[dtype]),
      value: { tensor: { dtype: TYPES[dtype], tensorShape: shapeOf(shape) } },
    };
    this.nodes.push({ name, op: "Const", attr });
    this.weights.push({ name, shape, dtype });
    const array = dtype === "bool" ? Uint8Array : dtype === "int32" ? Int32Array : Float32Array;
    this.#data.push(new Uint8Array(array.from(numbers).buffer));
    return name;
  }

  /** Whole numbers in a list. */
  list(...numbers: number[]): string {
    return this.constant([numbers.length], numbers, "int32");
  }

  scalar(number: number, dtype: Dtype = "float32"): string {
    return this.constant([], [number], dtype);
  }

  /** Weights of a shape, between two numbers. */
  fresh(shape: readonly number[], low = -1, high = 1, name?: string): string {
    const size = shape.reduce((a, b) => a * b, 1);
    const one = () => low + (high - low) * (this.random() + 1) / 2;
    return this.constant(shape, Array.from({ length: size }, one), "float32", name);
  }

  /** All weights, one behind the other. */
  bytes(): Uint8Array<ArrayBuffer> {
    const all = new Uint8Array(this.#data.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const part of this.#data) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }

  json(outputs?: Readonly<Record<string, string>>) {
    const signed = Object.entries(outputs ?? {}).map(([key, name]) => [key, { name }]);
    return {
      format: "graph-model",
      generatedBy: "2.11.0",
      ...(outputs ? { signature: { outputs: Object.fromEntries(signed) } } : {}),
      modelTopology: { node: this.nodes, library: {}, versions: { producer: 1 } },
      weightsManifest: [{ paths: ["weights.bin"], weights: this.weights }],
    };
  }

  /** Writes `model.json` and its shard into a folder; returns the path of the former. */
  async write(folder: string, json: object = this.json(), bytes = this.bytes()): Promise<string> {
    await Deno.writeTextFile(`${folder}/model.json`, JSON.stringify(json));
    await Deno.writeFile(`${folder}/weights.bin`, bytes);
    return `${folder}/model.json`;
  }

  /** The model as TensorFlow.js has it. */
  async load(outputs?: Readonly<Record<string, string>>): Promise<tf.GraphModel> {
    const { modelTopology, ...rest } = this.json(outputs);
    const weightData = this.bytes().buffer, weightSpecs = this.weights;
    const artifacts = { modelTopology, ...rest, weightSpecs, weightData };
    // deno-lint-ignore no-explicit-any -- TensorFlow.js's types know no handlers of plain JSON
    return await tf.loadGraphModel({ load: () => Promise.resolve(artifacts as any) });
  }
}
