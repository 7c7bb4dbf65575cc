/** What those who compute beside the program begin with. */
import type { BackendName } from "../engine/backends.ts";
import { useBackend } from "../engine/runtime.ts";
import { loadPlugin } from "../run/plugins/mod.ts";

/** What one is told first. */
export interface Beginning {
  readonly backend: BackendName | "auto";
  /** How many threads compute on wasm; default: as many as the machine has. */
  readonly threads?: number;
  /** Files whose default exports are techniques or models, by path or `file:` address. */
  readonly plugins: readonly string[];
}

/** Chooses what computes, and loads the plugins. @throws UserError for what cannot be used. */
export async function begin({ backend, threads, plugins }: Beginning): Promise<void> {
  await useBackend(backend, { threads });
  for (const file of plugins) await loadPlugin(file);
}
