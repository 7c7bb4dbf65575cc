/** Writes small ONNX files. */
import { create, toBinary } from "../../deps/protobuf.ts";
import {
  AttributeProto_AttributeType as Kind,
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  StringStringEntryProtoSchema,
  TensorProto_DataLocation,
  TensorProto_DataType as Type,
  TensorProtoSchema,
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  ValueInfoProtoSchema,
} from "../../deps/onnx_buf.ts";

export { Type };

/** An attribute: a whole number, a list of them, a text; others under the name of what they are. */
export type Attribute = number | string | readonly number[] | { readonly float: number } | {
  readonly tensor: Tensor;
};

export interface Tensor {
  readonly name?: string;
  readonly shape: readonly number[];
  /** Default: Float32. */
  readonly type?: Type;
  /** The numbers, in the list that the type has. */
  readonly data?: readonly number[];
  readonly raw?: Uint8Array<ArrayBuffer>;
  readonly external?: Readonly<Record<string, string>>;
}

export interface OnnxNode {
  readonly op: string;
  readonly name?: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attrs?: Readonly<Record<string, Attribute>>;
  readonly domain?: string;
}

export interface OnnxModel {
  readonly nodes: readonly OnnxNode[];
  readonly weights?: readonly Tensor[];
  /** Axes: a size, or a name for one that is open. */
  readonly inputs?: Readonly<Record<string, readonly (number | string)[]>>;
  readonly outputs?: readonly string[];
  readonly opset?: number;
  readonly metadata?: Readonly<Record<string, string>>;
}

const FLOATS = new Set<Type>([Type.FLOAT]), WIDE = new Set<Type>([Type.UINT64, Type.UINT32]);

export function tensorProto({ name = "", shape, type = Type.FLOAT, data, raw, external }: Tensor) {
  const numbers = [...data ?? []];
  return create(TensorProtoSchema, {
    name,
    dims: shape.map(BigInt),
    dataType: type,
    ...(raw ? { rawData: raw } : {}),
    ...(external
      ? {
        dataLocation: TensorProto_DataLocation.EXTERNAL,
        externalData: Object.entries(external).map(([key, value]) =>
          create(StringStringEntryProtoSchema, { key, value })
        ),
      }
      : FLOATS.has(type)
      ? { floatData: numbers }
      : type === Type.DOUBLE
      ? { doubleData: numbers }
      : type === Type.INT64
      ? { int64Data: numbers.map(BigInt) }
      : WIDE.has(type)
      ? { uint64Data: numbers.map(BigInt) }
      : { int32Data: numbers }),
  });
}

function attribute(name: string, value: Attribute) {
  if (typeof value === "number") {
    return create(AttributeProtoSchema, { name, type: Kind.INT, i: BigInt(value) });
  }
  if (typeof value === "string") {
    return create(AttributeProtoSchema, {
      name,
      type: Kind.STRING,
      s: new TextEncoder().encode(value),
    });
  }
  if ("float" in value) {
    return create(AttributeProtoSchema, { name, type: Kind.FLOAT, f: value.float });
  }
  if ("tensor" in value) {
    return create(AttributeProtoSchema, {
      name,
      type: Kind.TENSOR,
      t: tensorProto(value.tensor),
    });
  }
  return create(AttributeProtoSchema, { name, type: Kind.INTS, ints: value.map(BigInt) });
}

const valueInfo = (name: string, shape?: readonly (number | string)[]) =>
  create(ValueInfoProtoSchema, {
    name,
    type: create(TypeProtoSchema, {
      value: {
        case: "tensorType",
        value: create(TypeProto_TensorSchema, {
          elemType: Type.FLOAT,
          shape: shape && create(TensorShapeProtoSchema, {
            dim: shape.map((size) =>
              create(TensorShapeProto_DimensionSchema, {
                value: typeof size === "number"
                  ? { case: "dimValue", value: BigInt(size) }
                  : { case: "dimParam", value: size },
              })
            ),
          }),
        }),
      },
    }),
  });

/** A model as a message, to be changed before it is written. */
export function onnxMessage(
  { nodes, weights = [], inputs = { x: [1, 3, 8, 8] }, outputs = ["y"], opset = 13, metadata = {} }:
    OnnxModel,
) {
  return create(ModelProtoSchema, {
    irVersion: 8n,
    producerName: "tests",
    opsetImport: [create(OperatorSetIdProtoSchema, { domain: "", version: BigInt(opset) })],
    metadataProps: Object.entries(metadata).map(([key, value]) =>
      create(StringStringEntryProtoSchema, { key, value })
    ),
    graph: create(GraphProtoSchema, {
      name: "graph",
      node: nodes.map(({ op, name = "", inputs, outputs, attrs = {}, domain = "" }) =>
        create(NodeProtoSchema, {
          name,
          opType: op,
          domain,
          input: [...inputs],
          output: [...outputs],
          attribute: Object.entries(attrs).map(([name, value]) => attribute(name, value)),
        })
      ),
      initializer: weights.map(tensorProto),
      input: Object.entries(inputs).map(([name, shape]) => valueInfo(name, shape)),
      output: outputs.map((name) => valueInfo(name)),
    }),
  });
}

/** A model's file. */
export const onnxFile = (model: OnnxModel): Uint8Array<ArrayBuffer> =>
  toBinary(ModelProtoSchema, onnxMessage(model)) as Uint8Array<ArrayBuffer>;

/** Numbers that are none like another, from −1 to 1. */
export const some = (...shape: number[]): number[] =>
  Array.from(
    { length: shape.reduce((a, b) => a * b, 1) },
    (_, i) => Math.fround(Math.sin(7 * i + 3)),
  );
