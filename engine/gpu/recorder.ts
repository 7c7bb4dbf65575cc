/** Writes down what a GPU is asked to do, so that it can be asked again without TensorFlow.js. */
import { platform } from "../../platform/mod.ts";
import { type Arena, arenaOf, Unrecordable } from "./arena.ts";

/** One shader, with all that it reads and writes. */
export interface Dispatch {
  readonly pipeline: GPUComputePipeline;
  readonly bindGroup: GPUBindGroup;
  /** Workgroups along x, y and z. */
  readonly groups: readonly [number, number, number];
}

/** A tensor's data, by TensorFlow.js's name for it, and where it lies. */
export interface Operand {
  readonly dataId: object;
  readonly buffer: GPUBuffer;
}

/** What was recorded, and what came of it from elsewhere: weights. */
export class Recorder {
  readonly dispatches: Dispatch[] = [];
  readonly outside: Operand[] = [];
  readonly #seen = new WeakSet<object>();
  readonly #made = new WeakSet<object>();

  /** Of what computes in the buffers of an arena. */
  constructor(readonly device: GPUDevice, readonly arena: Arena) {}

  /** Takes note of data that are made while it records. */
  make(dataId: object): void {
    this.#made.add(dataId);
  }

  /** Whether data were made while it records. */
  hasMade(dataId: object): boolean {
    return this.#made.has(dataId);
  }

  /**
   * Writes a shader down that was run just now.
   *
   * @throws Unrecordable where it changes what will not be there anew.
   */
  dispatch(
    pipeline: GPUComputePipeline,
    groups: Dispatch["groups"],
    output: GPUBuffer,
    inputs: readonly Operand[],
  ): void {
    const { arena } = this;
    if (arenaOf(output) !== arena || arena.isKept(output)) {
      throw new Unrecordable("It changes a tensor");
    }
    for (const input of inputs) {
      if (arenaOf(input.buffer) === arena || this.#seen.has(input.dataId)) continue;
      this.#seen.add(input.dataId);
      this.outside.push(input);
    }
    const buffers = [output, ...inputs.map(({ buffer }) => buffer), arena.uniforms!];
    const bindGroup = this.device.createBindGroup({
      layout: pipeline.getBindGroupLayout(0),
      entries: buffers.map((buffer, binding) => ({ binding, resource: { buffer } })),
    });
    this.dispatches.push({ pipeline, bindGroup, groups });
  }
}

const current = platform.asyncLocal<Recorder | undefined>();

/** What records the call at hand, if anything. */
export const recorder = (): Recorder | undefined => current.get();

/** Calls `f`; what it and all that it awaits asks the GPU to do is recorded. */
export const recorded = <R>(recorder: Recorder, f: () => R): R => current.run(recorder, f);

/** Calls `f`, which makes what outlasts a recording. */
export const unrecorded = <R>(f: () => R): R => recorder() ? current.run(undefined, f) : f();
