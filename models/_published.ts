/** Published weights: found in the cache or fetched, and what is said where neither can be. */
import { UserError } from "../core/errors.ts";
import type { LoadOptions, OpenWeights } from "../run/model.ts";
import type { Entry } from "./catalogue/mod.ts";
import { fileAt } from "./hub/address.ts";
import { hubFile } from "./hub/files.ts";
import type { Cached } from "./hub/layout.ts";
import { openKept } from "./weights/mod.ts";

/** Brings the file of published weights into the cache, if it is not there; its path. */
export async function fetchPublished(
  { from }: Entry,
  options: Pick<LoadOptions, "signal" | "onProgress" | "onNote">,
): Promise<{ readonly path: string; readonly cached?: Cached }> {
  if ("url" in from) return { path: await fileAt(from, options) };
  const cached = await hubFile(from, options);
  return { path: cached.path, cached };
}

/** Opens published weights. @throws UserError where they cannot be had. */
export async function openPublished(
  entry: Entry,
  id: string,
  options: LoadOptions,
): Promise<OpenWeights> {
  const file = await told(entry, id, () => fetchPublished(entry, options));
  const { path, cached } = file, { from } = entry;
  const source = "url" in from ? from.url : `hf-hub:${from.repo}@${cached!.commit}`;
  const begins = "url" in from ? from.sha256 : cached!.sha256;
  return await openKept(source, begins, () => Promise.resolve(path), options);
}

/** Says in one sentence which weights could not be had, why, and what works. */
export async function told<T>(entry: Entry, id: string, get: () => Promise<T>): Promise<T> {
  try {
    return await get();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const whose = id === entry.id ? id : `${id} (${entry.id})`;
    const first = error.code === "no-network" ? "With a network they are fetched once; a" : "A";
    throw new UserError(
      `The weights of ${whose} are not in the cache yet, and cannot be fetched: ${error.message}. ` +
        `${first} file of them works too: \`weights: ${entry.architecture}.safetensors\`.`,
      { code: error.code, option: "weights", cause: error },
    );
  }
}
