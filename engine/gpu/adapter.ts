/** The GPU of this machine, as far as it tells. */
import { platform } from "../../platform/mod.ts";

/** A GPU adapter. */
export interface Adapter {
  readonly name: string;
  /** What tells it from others: all that it says of its maker, kind and driver. */
  readonly id: string;
  /** Rendered in software on the CPU (llvmpipe, SwiftShader): slower than wasm. */
  readonly software: boolean;
}

/** Looks for a GPU; undefined where WebGPU or an adapter is missing. */
export async function findAdapter(): Promise<Adapter | undefined> {
  const adapter = await platform.gpuAdapter();
  if (!adapter) return undefined;
  const { description, vendor, architecture, device, isFallbackAdapter } = adapter
    .info as GPUAdapterInfo & { isFallbackAdapter?: boolean };
  const name = description || [vendor, device].filter(Boolean).join(" ") || "unnamed adapter";
  return {
    name,
    id: [vendor, architecture, device, description].join("/"),
    software: isFallbackAdapter === true ||
      /llvmpipe|lavapipe|swiftshader|software|basic render/i.test(name),
  };
}
