/** The raw numbers of a run, in the browser. */
import { useEffect, useState } from "../deps/preact_hooks.ts";
import { readSafetensors, type Safetensors } from "../core/safetensors.ts";
import type { Values } from "../core/values.ts";
import { bytesAt } from "./bytes.ts";

export type Tensors = Safetensors["tensors"];

/** Reads a file of raw numbers. @throws where there is none. */
export const tensorsAt = async (address: string): Promise<Tensors> =>
  readSafetensors(await bytesAt(address)).tensors;

/** The raw numbers at an address, once they are `wanted` and have come; `"failed"` where they do not. */
export function useTensors(
  address: string | undefined,
  wanted: boolean,
): Tensors | "failed" | undefined {
  const [found, setFound] = useState<Tensors | "failed">();
  useEffect(() => {
    if (address === undefined || !wanted || found) return;
    let gone = false;
    tensorsAt(address).catch(() => "failed" as const).then((read) => gone || setFound(read));
    return () => void (gone = true);
  }, [address, wanted]);
  return found;
}

/** The map among them: `[height, width]` of 0..1. */
export function mapIn(tensors: Tensors | "failed" | undefined): Values | undefined {
  const map = tensors instanceof Map ? tensors.get("map") : undefined;
  return map?.shape.length === 2 && map.length > 0 ? map : undefined;
}

/** The numbers `[…, C]` of a tensor `[h, w]` or `[h, w, C]` at a pixel of the picture; it may be coarser. */
export function valuesAt(
  tensor: Float32Array,
  [rows, columns, channels = 1]: readonly number[],
  { x, y }: { readonly x: number; readonly y: number },
  { width, height }: { readonly width: number; readonly height: number },
): number[] | undefined {
  if (!rows || !columns || rows * columns * channels !== tensor.length || channels > 8) return;
  const row = Math.floor(y / height * rows), column = Math.floor(x / width * columns);
  const at = (row * columns + column) * channels;
  return [...tensor.subarray(at, at + channels)];
}
