/** What was found when a GPU was looked at: kept in the user's cache, not to look each time. */
import config from "../../deno.json" with { type: "json" };
import * as tf from "../../deps/tfjs.ts";
import { userCache } from "../../core/user_folder.ts";
import { platform } from "../../platform/mod.ts";
import type { Adapter } from "./adapter.ts";
import { findFault } from "./fault.ts";
import { gpuHealth } from "./health.ts";

/** What one set of versions found: adapter → its fault, empty where there is none. */
interface Kept {
  readonly versions: string;
  readonly faults: Readonly<Record<string, string>>;
}

/** Whatever takes part in a computation, but for the adapter and its driver. */
const VERSIONS = Object.entries({
  phosphene: config.version,
  tensorflow: tf.version_core,
  ...platform.versions,
}).map(([name, version]) => `${name} ${version}`).join(", ");

/** The file; undefined where nothing can be kept without anybody being asked. */
function file(): string | undefined {
  const cache = userCache(), folder = `${cache}/phosphene`;
  return cache && platform.mayUse(folder) ? `${folder}/gpu.json` : undefined;
}

const isKept = (found: unknown): found is Kept =>
  typeof found === "object" && found !== null && "versions" in found &&
  found.versions === VERSIONS && "faults" in found && typeof found.faults === "object" &&
  found.faults !== null && Object.values(found.faults).every((fault) => typeof fault === "string");

/** What is kept; nothing where that is of other versions, or cannot be read. */
async function read(path: string): Promise<Kept["faults"]> {
  try {
    const found: unknown = JSON.parse(await platform.readText(path));
    return isKept(found) ? found.faults : {};
  } catch {
    return {};
  }
}

/** Forgets all that is kept: a driver may have been mended since. */
export async function forgetFaults(): Promise<void> {
  const path = file();
  if (path) await platform.remove(path).catch(() => {});
}

/**
 * Says what a GPU computes wrongly, as {@link findFault}; looks only where it is not known yet.
 * TensorFlow.js's WebGPU backend must be current, on that adapter; it is so afterwards.
 */
export async function faultOf({ id }: Adapter): Promise<string | undefined> {
  const path = file(), known = path ? await read(path) : {};
  if (Object.hasOwn(known, id)) return known[id] || undefined;
  const fault = await findFault(), health = gpuHealth();
  health?.forget(); // what it refused is the fault
  if (path && !health?.lost) await keep(path, { ...known, [id]: fault ?? "" });
  return fault;
}

/** A full disk, or a folder that only seemed to be writable, is no reason not to compute. */
async function keep(path: string, faults: Kept["faults"]): Promise<void> {
  try {
    await platform.makeFolder(path.slice(0, path.lastIndexOf("/")));
    await platform.writeWhole(path, JSON.stringify({ versions: VERSIONS, faults }, null, 2));
  } catch { /* it is looked at again next time */ }
}
