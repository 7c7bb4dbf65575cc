/** How many do tasks at a time. */
import { platform } from "../platform/mod.ts";
import { useBackend } from "../engine/runtime.ts";
import type { BackendName } from "../engine/backends.ts";
import { sizeOf } from "../core/values.ts";
import type { Model } from "../run/model.ts";
import { doubled, type Hand, helper, own } from "./hands.ts";

/** The most bytes of weights that all hold together, this program too, where there is more than one. */
const MOST_WEIGHTS = 2e9;
/** Tasks from which on one more is of use: it takes a second to begin. */
const TASKS_EACH = 4;

/** What decides it. */
export interface CrewSettings {
  /** Loaded already, for this program's own part. */
  readonly models: readonly Model[];
  readonly backend: BackendName | "auto";
  /** Threads that compute on wasm, of all together; default: as many as the machine has. */
  readonly threads?: number;
  readonly plugins: readonly string[];
  /** How many tasks there are, at most. */
  readonly tasks: number;
  /** How many shall do them; default: as many as are of use. */
  readonly workers?: number;
}

const weightsOf = ({ network }: Model) =>
  4 * [...network.graph.parameters.values()].reduce((sum, shape) => sum + sizeOf(shape), 0);

/** How many are of use: a GPU computes for one at a time, and each holds the weights. */
function usable({ models, tasks }: CrewSettings, backend: BackendName, threads: number): number {
  if (backend === "webgpu") return 1;
  const weights = Math.max(...models.map(weightsOf));
  const fit = Math.floor((MOST_WEIGHTS - weights) / (2 * weights));
  return Math.max(1, Math.min(threads, Math.ceil(tasks / TASKS_EACH), fit));
}

/**
 * This program; or helpers beside it, which share its threads: while it computes, it could give them
 * nothing to do. Each is two {@link Hand}s: see {@link doubled}.
 */
export async function crewFor(settings: CrewSettings): Promise<readonly Hand[]> {
  const { models, plugins, threads = platform.cores } = settings;
  const { name: backend } = await useBackend(settings.backend);
  const count = settings.workers ?? usable(settings, backend, threads);
  if (count === 1) return doubled(own(...models));
  const beginning = { backend, threads: Math.max(1, Math.floor(threads / count)), plugins };
  return Array.from({ length: count }, () => doubled(helper(beginning))).flat();
}
