/** Products of vectors with a matrix on the memory of TensorFlow.js's WebAssembly backend, by simd/dense.ts. */
import * as tf from "../../deps/tfjs.ts";
import type { Kernels } from "./kernels.ts";
import type { Machine } from "./_machine.ts";
import { checkDense } from "./_tensors.ts";

/** Numbers of a part, as simd/dense.ts has it. */
const SOME = 256;

export function simdDense(m: Machine): Pick<Kernels, "dense" | "denseGrad"> {
  const { at } = m;
  return {
    dense(x, matrix, bias, activation) {
      checkDense(x, matrix, 0);
      const [inputs, outputs] = matrix.shape, [batch] = x.shape;
      const y = m.output<tf.Tensor2D>([batch, outputs]);
      const numbers = [at(x), at(matrix), at(y), batch, inputs, outputs];
      m.run("product", numbers, Math.ceil(outputs / SOME), batch * matrix.size);
      if (!bias && !activation) return y;
      const result = tf.tidy(() => {
        const sum = bias ? tf.add<tf.Tensor2D>(y, bias) : y;
        return activation ? tf[activation](sum) : sum;
      });
      y.dispose();
      return result;
    },

    denseGrad(dy, matrix) {
      checkDense(dy, matrix, 1);
      const [inputs, outputs] = matrix.shape, [batch] = dy.shape;
      const dx = m.output<tf.Tensor2D>([batch, inputs]);
      const numbers = [at(dy), at(matrix), at(dx), batch, inputs, outputs];
      m.run("productTransposed", numbers, Math.ceil(inputs / SOME), batch * matrix.size);
      return dx;
    },
  };
}
