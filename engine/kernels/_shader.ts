/** Compute shaders, run by TensorFlow.js's WebGPU backend. */
import * as tf from "../../deps/tfjs.ts";
import type { Activation } from "./kernels.ts";
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

/** What shaders have in common. */
interface Common {
  name: string;
  inputs: Record<string, tf.Tensor>;
  shape: number[];
  /** vec2<i32> each; `uniforms.<input>Shape` and `uniforms.outShape` are there already. */
  uniforms?: Record<string, number[]>;
  /** vec2<f32> each, likewise. */
  floats?: Record<string, number[]>;
}

/** A compute shader that gives each number of its result by itself. */
export interface Shader extends Common {
  /** The body of `fn value(index: i32) -> f32`, where inputs are arrays in row-major order. */
  value: string;
}

/** A compute shader whose invocations work together, group by group, and set what they like. */
export interface GroupShader extends Common {
  groups: number;
  /** Invocations of a group. */
  lanes: number;
  /** Declarations, and `fn work(group: i32, lane: i32)`, which `setOutputAtIndex`. */
  code: string;
}

/** Runs a shader on `backend`, a WebGPUBackend. */
export const dispatch = <T extends tf.Tensor>(backend: object, shader: Shader): T =>
  run(backend, shader, {
    lanes: 128,
    groups: Math.ceil(tf.util.sizeFromShape(shader.shape) / 128),
    code: `
      fn value(index : i32) -> f32 {
        ${shader.value}
      }
      fn main(index : i32) {
        if (index < uniforms.size) { setOutputAtIndex(index, value(index)); }
      }`,
  });

/** Likewise. */
export const dispatchGroups = <T extends tf.Tensor>(backend: object, shader: GroupShader): T =>
  run(backend, shader, {
    ...shader,
    code: `
      ${shader.code}
      fn main(index : i32) {
        work(index / ${shader.lanes}, i32(localIndex));
      }`,
  });

function run<T extends tf.Tensor>(
  backend: object,
  { name, inputs, shape, uniforms = {}, floats = {} }: Common,
  { lanes, groups, code }: Pick<GroupShader, "lanes" | "groups" | "code">,
): T {
  const program = {
    shaderKey: `phosphene_${name}`,
    variableNames: Object.keys(inputs),
    uniforms: [
      ...Object.keys(uniforms).map((uniform) => `${uniform} : vec2<i32>, `),
      ...Object.keys(floats).map((uniform) => `${uniform} : vec2<f32>, `),
    ].join(""),
    outputShape: shape,
    size: true, // uniforms.size
    workgroupSize: [lanes, 1, 1],
    dispatchLayout: { x: shape.map((_, axis) => axis) },
    dispatch: [groups, 1, 1],
    getUserCode: () => code,
  };
  const data = [
    ...Object.values(uniforms).map((data) => ({ type: "int32" as const, data })),
    ...Object.values(floats).map((data) => ({ type: "float32" as const, data })),
  ];
  return tensorOf<T>(
    (backend as WebGPUBackend).runWebGPUProgram(program, Object.values(inputs), "float32", data),
  );
}

/** A value with an activation, in WGSL. */
export const limited = (value: string, activation?: Activation): string =>
  activation === undefined
    ? value
    : activation === "relu"
    ? `max(${value}, 0.0)`
    : `clamp(${value}, 0.0, 6.0)`;
