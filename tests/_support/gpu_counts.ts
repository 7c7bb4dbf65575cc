/** What a GPU is asked to do, counted at the device: nothing that computes on it need know. */

/** How often, and how many bytes. */
export interface GpuCounts {
  /** Shaders that were run. */
  dispatches: number;
  /** Command buffers that were handed in. */
  submits: number;
  /** Results that were waited for. */
  readBacks: number;
  /** Pipelines that were compiled. */
  compiled: number;
  /** What shaders read and write was bound so often. */
  bindGroups: number;
  /** Buffers that were made. */
  buffers: number;
  /** Bytes of shapes and the like, written for each shader that is run. */
  uniformBytes: number;
  /** Bytes of numbers that were brought to it. */
  uploadedBytes: number;
}

/** Wraps a method of all devices, queues, … until it is given back. */
function wrap<T extends object, K extends keyof T>(
  { prototype }: { readonly prototype: T },
  name: K,
  // deno-lint-ignore no-explicit-any -- of any method
  seen: (args: any[]) => void,
): () => void {
  const own = prototype[name];
  if (typeof own !== "function") throw new Error(`${String(name)} is no method`);
  prototype[name] = function (this: T, ...args: unknown[]) {
    seen(args);
    return own.apply(this, args);
  } as T[K];
  return () => prototype[name] = own;
}

/** Counts what all GPUs are asked while `work` runs. */
export async function counting<R>(work: () => Promise<R>): Promise<[GpuCounts, R]> {
  const counts: GpuCounts = {
    dispatches: 0,
    submits: 0,
    readBacks: 0,
    compiled: 0,
    bindGroups: 0,
    buffers: 0,
    uniformBytes: 0,
    uploadedBytes: 0,
  };
  const undo = [
    wrap(GPUComputePassEncoder, "dispatchWorkgroups", () => counts.dispatches++),
    wrap(GPUQueue, "submit", () => counts.submits++),
    wrap(GPUBuffer, "mapAsync", () => counts.readBacks++),
    wrap(GPUDevice, "createComputePipeline", () => counts.compiled++),
    wrap(GPUDevice, "createBindGroup", () => counts.bindGroups++),
    wrap(GPUDevice, "createBuffer", ([{ size, mappedAtCreation }]) => {
      counts.buffers++;
      if (mappedAtCreation) counts.uploadedBytes += size;
    }),
    wrap(GPUQueue, "writeBuffer", ([, , data, , size]) => {
      counts.uniformBytes += size ?? data.byteLength;
    }),
  ];
  try {
    return [counts, await work()];
  } finally {
    for (const giveBack of undo) giveBack();
  }
}
