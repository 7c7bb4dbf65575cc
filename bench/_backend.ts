/** The backend that a measured process computes on. */
import type { Backend } from "../engine/backends.ts";
import { useBackend } from "../engine/runtime.ts";
import type { Settings } from "./_question.ts";

/** Starts the backend that the settings name. */
export const startBackend = (
  { backend, threads }: Pick<Settings, "backend" | "threads">,
): Promise<Backend> => useBackend(backend, { threads });
