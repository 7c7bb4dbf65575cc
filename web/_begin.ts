/** What the helpers that run techniques begin with. */
import type { BackendName } from "../engine/backends.ts";
import { useBackend } from "../engine/runtime.ts";
import { decodeImage, type SourcePicture } from "../image/mod.ts";
import { platform } from "../platform/mod.ts";
import { loadPlugin } from "../run/plugins/mod.ts";

/** What a helper is told first. */
export interface Beginning {
  /** The runs folder. */
  readonly out: string;
  readonly backend: BackendName | "auto";
  /** How many threads compute on wasm; default: as many as the machine has. */
  readonly threads?: number;
  /** Files whose default exports are techniques or models, by path or `file:` address. */
  readonly plugins: readonly string[];
}

/** Chooses what computes, and loads the plugins. */
export async function begin({ backend, threads, plugins }: Beginning): Promise<void> {
  await useBackend(backend, { threads });
  for (const file of plugins) await loadPlugin(file);
}

/** Reads a picture's file; a run of it keeps the file. */
export async function sourceOf({ name, bytes }: {
  readonly name: string;
  readonly bytes: Uint8Array;
}): Promise<SourcePicture> {
  return { ...await decodeImage(bytes, name), name, sha256: await platform.sha256(bytes), bytes };
}
