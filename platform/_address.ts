/** Files by address: where the library itself was imported from the web, what lies beside it. */
import type { Path } from "./platform.ts";

/** Whether a file is one of the web. */
export const isRemote = (path: Path): path is URL =>
  path instanceof URL && /^https?:$/.test(path.protocol);

/** Fetches a file whole. */
export async function fetchFile(url: URL, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(url, { signal });
  if (response.ok) return new Uint8Array(await response.arrayBuffer());
  await response.body?.cancel();
  const code = response.status === 404 || response.status === 410 ? "ENOENT" : "EIO";
  throw Object.assign(new Error(`the server answered ${response.status} to ${url}`), { code });
}
