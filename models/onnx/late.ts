/** Which tensors only fill a graph's parameters: all others' numbers decide what becomes of it. */
import type { TensorProto } from "../../deps/onnx_buf.ts";
import { constantIn, type OnnxFile } from "./file.ts";

/** Operators of ONNX → the input that becomes a parameter, whose numbers they do not ask for. */
const WEIGHTS: Readonly<Record<string, number>> = { Conv: 1, ConvTranspose: 1, Gemm: 1, MatMul: 1 };

/** The tensors whose numbers can be read late: nothing asks for them before the graph is written. */
export function readLate({ nodes, initializers }: OnnxFile): ReadonlySet<TensorProto> {
  const asked = new Set<string>(), before = new Map<string, string>();
  for (const { op, inputs, outputs } of nodes) {
    // PyTorch writes equal weights once, and hands them on
    if (op === "Identity") before.set(outputs[0], inputs[0]);
    else inputs.forEach((value, n) => n !== WEIGHTS[op] && asked.add(value));
  }
  for (const value of asked) { // which grows meanwhile
    const from = before.get(value);
    if (from !== undefined) asked.add(from);
  }
  const tensors = new Set<TensorProto>();
  for (const [name, tensor] of initializers) if (!asked.has(name)) tensors.add(tensor);
  for (const node of nodes) {
    const tensor = constantIn(node);
    if (tensor && !asked.has(node.outputs[0])) tensors.add(tensor);
  }
  return tensors;
}
