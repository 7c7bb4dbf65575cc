/** Compute shaders, run by TensorFlow.js's WebGPU backend. */
import * as tf from "../../deps/tfjs.ts";
import { tensorOf } from "./_tensors.ts";

/** What TensorFlow.js's WebGPUBackend has besides its published interface. */
interface WebGPUBackend {
  runWebGPUProgram(
    program: object,
    inputs: tf.TensorInfo[],
    dtype: "float32",
    uniforms?: { type: "int32" | "float32"; data: number[] }[],
  ): tf.TensorInfo;
}

/** A compute shader that gives each number of its result by itself. */
export interface Shader {
  name: string;
  inputs: Record<string, tf.Tensor>;
  shape: number[];
  /** vec2<i32> each; `uniforms.<input>Shape` and `uniforms.outShape` are there already. */
  uniforms?: Record<string, number[]>;
  /** vec2<f32> each, likewise. */
  floats?: Record<string, number[]>;
  /** The body of `fn value(index: i32) -> f32`, where inputs are arrays in row-major order. */
  value: string;
}

/** Runs a shader on `backend`, a WebGPUBackend. */
export function dispatch<T extends tf.Tensor>(backend: object, shader: Shader): T {
  const { name, inputs, shape, uniforms = {}, floats = {}, value } = shader;
  const workgroupSize = [128, 1, 1];
  const program = {
    shaderKey: `phosphene_${name}`,
    variableNames: Object.keys(inputs),
    uniforms: [
      ...Object.keys(uniforms).map((uniform) => `${uniform} : vec2<i32>, `),
      ...Object.keys(floats).map((uniform) => `${uniform} : vec2<f32>, `),
    ].join(""),
    outputShape: shape,
    size: true, // uniforms.size
    workgroupSize,
    dispatchLayout: { x: shape.map((_, axis) => axis) },
    dispatch: [Math.ceil(tf.util.sizeFromShape(shape) / workgroupSize[0]), 1, 1],
    getUserCode: () => `
      fn value(index : i32) -> f32 {
        ${value}
      }
      fn main(index : i32) {
        if (index < uniforms.size) { setOutputAtIndex(index, value(index)); }
      }`,
  };
  const data = [
    ...Object.values(uniforms).map((data) => ({ type: "int32" as const, data })),
    ...Object.values(floats).map((data) => ({ type: "float32" as const, data })),
  ];
  return tensorOf<T>(
    (backend as WebGPUBackend).runWebGPUProgram(program, Object.values(inputs), "float32", data),
  );
}
