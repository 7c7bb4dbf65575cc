/** TensorFlow.js's WebGPU backend, on a device that we ask for and listen to. */
import { engine, type Tensor, type TensorInfo, util } from "../../deps/tfjs.ts";
import { WebGPUBackend } from "../../deps/tfjs_webgpu.ts";
import { UserError } from "../../core/errors.ts";
import { platform } from "../../platform/mod.ts";
import { nameOf } from "./adapter.ts";
import { arenaOf, Unrecordable } from "./arena.ts";
import { Health } from "./health.ts";
import { type Dispatch, type Operand, recorder, unrecorded } from "./recorder.ts";

/** The most that TensorFlow.js's shaders can make use of. */
const LIMITS = [
  "maxBufferSize",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
  "maxComputeWorkgroupStorageSize",
  "maxComputeWorkgroupsPerDimension",
  "maxStorageBufferBindingSize",
] as const;

type Run = WebGPUBackend["runWebGPUProgram"];

/** Numbers that lie in a buffer. */
export interface Held {
  readonly buffer: GPUBuffer;
  readonly shape: readonly number[];
  readonly dtype: Tensor["dtype"];
}

/** What is asked of the GPU again. */
export interface Replay {
  /** Whose numbers are copied first, and to where. */
  readonly inputs?: readonly (readonly [Tensor, GPUBuffer])[];
  readonly dispatches?: readonly Dispatch[];
  /** What is copied at last. */
  readonly outputs?: readonly Held[];
}

/** The backend, which says what it cannot hold, and can be recorded. */
export class GpuBackend extends WebGPUBackend {
  readonly health: Health;
  /** How many bytes a tensor may have: what one buffer holds, and a shader reads of it. */
  readonly largest: number;
  readonly #name: string;

  /** Computes on a device of an adapter. */
  constructor(
    device: GPUDevice,
    info: GPUAdapterInfo,
    { maxBufferSize, maxStorageBufferBindingSize }: Pick<
      GPUSupportedLimits,
      "maxBufferSize" | "maxStorageBufferBindingSize"
    > = device.limits,
  ) {
    super(device, info);
    this.#name = nameOf(info);
    this.health = new Health(this.#name, device);
    this.largest = Math.min(maxBufferSize, maxStorageBufferBindingSize);
    this.#divideBuffers();
  }

  /** What is recorded computes in buffers of its own. */
  #divideBuffers(): void {
    const { bufferManager } = this;
    const acquire = bufferManager.acquireBuffer.bind(bufferManager);
    const release = bufferManager.releaseBuffer.bind(bufferManager);
    bufferManager.acquireBuffer = (size, usage, mapped, reuse) =>
      recorder()?.arena.acquire(size, usage, mapped) ?? acquire(size, usage, mapped, reuse);
    bufferManager.releaseBuffer = (buffer, reuse) => {
      const arena = arenaOf(buffer);
      if (arena) arena.release(buffer);
      else release(buffer, reuse);
    };
  }

  override write(...values: Parameters<WebGPUBackend["write"]>): object {
    const dataId = super.write(...values);
    recorder()?.make(dataId);
    return dataId;
  }

  /** What others have made stays theirs. */
  override uploadToGPU(dataId: object): void {
    const isOwn = recorder()?.hasMade(dataId) ?? true;
    if (isOwn) super.uploadToGPU(dataId);
    else unrecorded(() => super.uploadToGPU(dataId));
  }

  #operand({ dataId }: TensorInfo): Operand {
    const { resource } = this.tensorMap.get(dataId);
    if (!(resource instanceof GPUBuffer)) throw new Unrecordable("It reads what is no buffer");
    return { dataId, buffer: resource };
  }

  /** The buffer of a tensor's numbers, which are brought there if need be. */
  bufferOf(tensor: TensorInfo): GPUBuffer {
    this.uploadToGPU(tensor.dataId);
    return this.#operand(tensor).buffer;
  }

  /** Whether data are still where they were. */
  isAt({ dataId, buffer }: Operand): boolean {
    return this.tensorMap.has(dataId) && this.tensorMap.get(dataId).resource === buffer;
  }

  /** A tensor of what lies in a buffer, which it does not own. */
  borrow({ buffer, shape, dtype }: Held): Tensor {
    return this.createTensorFromGPUData({ buffer, zeroCopy: true }, [...shape], dtype);
  }

  /** Hands in all that has been asked so far. */
  flush(): void {
    this.endComputePassEncoder();
    if (this["commandEncoder"]) this.submitQueue();
  }

  /** Asks again, after all that has been asked before; the outputs are tensors of their own. */
  replay({ inputs = [], dispatches = [], outputs = [] }: Replay): Tensor[] {
    const from = inputs.map(([tensor]) => this.bufferOf(tensor));
    const made = outputs.map(({ shape, dtype }) => this.makeTensorInfo([...shape], dtype));
    const to = made.map((info) => this.bufferOf(info));
    this.ensureCommandEncoderReady();
    this.endComputePassEncoder();
    const encoder: GPUCommandEncoder = this["commandEncoder"];
    for (const [i, [, buffer]] of inputs.entries()) {
      encoder.copyBufferToBuffer(from[i], 0, buffer, 0, buffer.size);
    }
    const pass = encoder.beginComputePass();
    for (const { pipeline, bindGroup, groups } of dispatches) {
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, bindGroup);
      pass.dispatchWorkgroups(...groups);
    }
    pass.end();
    for (const [i, { buffer }] of outputs.entries()) {
      encoder.copyBufferToBuffer(buffer, 0, to[i], 0, buffer.size);
    }
    this.submitQueue();
    return made.map((info) => engine().makeTensorFromTensorInfo(info));
  }

  /**
   * Runs a shader.
   *
   * @throws UserError for a tensor that is too large.
   */
  override runWebGPUProgram(...[program, inputs, ...rest]: Parameters<Run>): ReturnType<Run> {
    for (const shape of [program.outputShape, ...inputs.map(({ shape }) => shape)]) {
      const bytes = 4 * util.sizeFromShape(shape);
      if (bytes > this.largest) throw this.#tooLarge(shape, bytes);
    }
    const output = super.runWebGPUProgram(program, inputs, ...rest);
    if (recorder() && util.sizeFromShape(output.shape) > 0) this.#record(program, inputs, output);
    return output;
  }

  #record(program: Parameters<Run>[0], inputs: readonly TensorInfo[], output: TensorInfo): void {
    const { pipeline, dispatch: [x, y = 1, z = 1] } = program;
    if (!pipeline || pipeline instanceof Promise) throw new Unrecordable("It is not compiled");
    const operands = inputs.map((input) => this.#operand(input));
    recorder()!.dispatch(pipeline, [x, y, z], this.#operand(output).buffer, operands);
  }

  #tooLarge(shape: readonly number[], bytes: number): UserError {
    return new UserError(
      `Cannot hold ${shape.join("×")} numbers on the GPU ${this.#name}: they take ` +
        `${megabytes(bytes)}, and it binds ${megabytes(this.largest)} at once; a smaller picture ` +
        "or batch would fit, or `backend: wasm`.",
      { code: "no-backend", option: "backend" },
    );
  }
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toPrecision(3)} MB`;

/** Starts one on the fastest GPU there is. */
export async function startGpu(): Promise<GpuBackend> {
  const adapter = await platform.gpuAdapter();
  if (!adapter) throw new Error("no GPU adapter was found");
  const requiredLimits = Object.fromEntries(LIMITS.map((name) => [name, adapter.limits[name]]));
  return new GpuBackend(await adapter.requestDevice({ requiredLimits }), adapter.info);
}
