/** What the helpers that run techniques begin with. */
import type { BackendName } from "../engine/backends.ts";
import { useBackend } from "../engine/runtime.ts";
import { decodeImage, type SourcePicture } from "../image/mod.ts";
import { platform } from "../platform/mod.ts";
import { loadPlugin } from "../run/plugins/mod.ts";

/** Chooses what computes, and loads the plugins, by path or `file:` address. */
export async function begin({ backend, plugins }: {
  readonly backend: BackendName | "auto";
  readonly plugins: readonly string[];
}): Promise<void> {
  await useBackend(backend);
  for (const file of plugins) await loadPlugin(file);
}

/** Reads a picture's file; a run of it keeps the file. */
export async function sourceOf({ name, bytes }: {
  readonly name: string;
  readonly bytes: Uint8Array;
}): Promise<SourcePicture> {
  return { ...await decodeImage(bytes, name), name, sha256: await platform.sha256(bytes), bytes };
}
