/** Matrix products. */
import type { Call, Converter, Converters } from "../../onnx/call.ts";
import type { Constant } from "../../onnx/constants.ts";
import { isLive, type Live, type Value } from "../../onnx/values.ts";
import { say, turned } from "../said.ts";
import { activated } from "./activations.ts";
import { fusedInto, inner } from "./convolutions.ts";

/** Rows and columns exchanged, where that is asked for. */
function crossed(call: Call, value: Live | Constant, asked: boolean): Value {
  if (!asked) return value;
  const rank = value.shape.length;
  if (rank < 2) call.fail(`it reads [${value.shape.join(", ")}], which is no matrix`);
  if (!isLive(value)) call.writer.fold(value.data.length);
  const ahead = [...Array(rank - 2).keys()];
  return turned(call, value, [...ahead, rank - 1, rank - 2]);
}

/** Two matrices, or as many with as many. */
const product = (names: readonly [string, string]): Converter => (call) => {
  const [a, b] = names.map((name, n) => crossed(call, call.input(n), call.int(name, 0) === 1));
  return say(call, "MatMul", [a, b]);
};

const fusedProduct: Converter = (call) => {
  const a = crossed(call, call.live(0), call.int("transpose_a", 0) === 1);
  const weight = call.constant(1), crosses = call.int("transpose_b", 0) === 1;
  if (weight.shape.length !== 2) {
    call.fail(`its weight is [${weight.shape.join(", ")}], which is no matrix`);
  }
  const outputs = weight.shape[crosses ? 0 : 1];
  const { params, activation, alpha } = fusedInto(call, outputs);
  const inputs = [a, weight, params.bias ? call.constant(2) : undefined];
  const own = inner(call, activation);
  const value = say(own, "Gemm", inputs, { transB: crosses }, own.name);
  return activation === undefined ? value : activated(call, activation, value, alpha);
};

export const matrices: Converters = {
  MatMul: product(["transpose_a", "transpose_b"]),
  BatchMatMul: product(["adj_x", "adj_y"]),
  BatchMatMulV2: product(["adj_x", "adj_y"]),
  _FusedMatMul: fusedProduct,
};
