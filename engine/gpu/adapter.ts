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

/** What an adapter is called. */
export const nameOf = ({ description, vendor, device }: GPUAdapterInfo): string =>
  description || [vendor, device].filter(Boolean).join(" ") || "unnamed adapter";

/** Looks for a GPU; undefined where WebGPU or an adapter is missing. */
export async function findAdapter(): Promise<Adapter | undefined> {
  const adapter = await platform.gpuAdapter();
  if (!adapter) return undefined;
  const info: GPUAdapterInfo & { readonly isFallbackAdapter?: boolean } = adapter.info;
  const name = nameOf(info);
  return {
    name,
    id: [info.vendor, info.architecture, info.device, info.description].join("/"),
    software: info.isFallbackAdapter === true ||
      /llvmpipe|lavapipe|swiftshader|software|basic render/i.test(name),
  };
}
