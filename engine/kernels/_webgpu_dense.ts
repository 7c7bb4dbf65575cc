/**
 * Products of a few vectors with a large matrix as compute shaders. TensorFlow.js's are made for
 * matrices: they take vectors in tiles of 32, most of them empty. Here each number of the matrix is
 * read once for each vector, beside its neighbours.
 */
import type * as tf from "../../deps/tfjs.ts";
import type { Kernels } from "./kernels.ts";
import { dispatchGroups, limited } from "./_shader.ts";
import { checkDense } from "./_tensors.ts";

/** Up to so many vectors it is better to read the matrix once for each. */
export const FEW = 4;

/** Columns that a group takes, and parts that it makes of the rows. */
const WIDTH = 32, PARTS = 8;
/** Invocations that share a row. */
const ROW = 64;

/** On `backend`, a WebGPUBackend. */
export const webgpuDense = (backend: object): Pick<Kernels, "dense" | "denseGrad"> => ({
  dense(x, matrix, bias, activation) {
    checkDense(x, matrix, 0);
    const kind = activation ?? "linear";
    const [batch] = x.shape, [, out] = matrix.shape;
    return dispatchGroups<tf.Tensor2D>(backend, {
      name: ["dense", bias ? "bias" : "", kind].join("_"),
      inputs: { x, matrix, ...(bias && { bias }) },
      shape: [batch, out],
      groups: batch * Math.ceil(out / WIDTH),
      lanes: WIDTH * PARTS,
      code: `
        var<workgroup> sums : array<f32, ${WIDTH * PARTS}>;
        fn work(group : i32, lane : i32) {
          let rows = uniforms.matrixShape.x;
          let out = uniforms.matrixShape.y;
          let strips = (out + ${WIDTH - 1}) / ${WIDTH};
          let image = group / strips;
          let column = (group % strips) * ${WIDTH} + lane % ${WIDTH};
          // a large dispatch is rounded up
          let isThere = image < uniforms.xShape.x && column < out;
          var sum = 0.0;
          if (isThere) {
            for (var row = lane / ${WIDTH}; row < rows; row += ${PARTS}) {
              sum += x[image * rows + row] * matrix[row * out + column];
            }
          }
          sums[lane] = sum;
          workgroupBarrier();
          if (lane < ${WIDTH} && isThere) {
            for (var part = 1; part < ${PARTS}; part++) { sum += sums[part * ${WIDTH} + lane]; }
            let y = sum${bias ? " + bias[column]" : ""};
            setOutputAtIndex(image * out + column, ${limited("y", activation)});
          }
        }`,
    });
  },

  denseGrad(dy, matrix) {
    checkDense(dy, matrix, 1);
    const [batch] = dy.shape, [rows] = matrix.shape;
    return dispatchGroups<tf.Tensor2D>(backend, {
      name: "denseGrad",
      inputs: { dy, matrix },
      shape: [batch, rows],
      groups: batch * rows,
      lanes: ROW,
      code: `
        var<workgroup> sums : array<f32, ${ROW}>;
        fn work(group : i32, lane : i32) {
          let out = uniforms.matrixShape.y;
          let row = group % uniforms.matrixShape.x;
          let image = group / uniforms.matrixShape.x;
          var sum = 0.0;
          // a large dispatch is rounded up
          let isThere = image < uniforms.dyShape.x;
          if (isThere) {
            for (var column = lane; column < out; column += ${ROW}) {
              sum += dy[image * out + column] * matrix[row * out + column];
            }
          }
          sums[lane] = sum;
          workgroupBarrier();
          if (lane == 0 && isThere) {
            for (var other = 1; other < ${ROW}; other++) { sum += sums[other]; }
            setOutputAtIndex(group, sum);
          }
        }`,
    });
  },
});
