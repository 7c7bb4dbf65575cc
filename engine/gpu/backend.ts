/** TensorFlow.js's WebGPU backend, on a device that we ask for and listen to. */
import { util } from "../../deps/tfjs.ts";
import { WebGPUBackend } from "../../deps/tfjs_webgpu.ts";
import { UserError } from "../../core/errors.ts";
import { platform } from "../../platform/mod.ts";
import { nameOf } from "./adapter.ts";
import { Health } from "./health.ts";

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

/** The backend, which says what it cannot hold. */
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
  }

  /** @throws UserError for a tensor that is too large. */
  override runWebGPUProgram(...[program, inputs, ...rest]: Parameters<Run>): ReturnType<Run> {
    for (const shape of [program.outputShape, ...inputs.map(({ shape }) => shape)]) {
      const bytes = 4 * util.sizeFromShape(shape);
      if (bytes > this.largest) throw this.#tooLarge(shape, bytes);
    }
    return super.runWebGPUProgram(program, inputs, ...rest);
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
