/** Bytes for a page: over HTTP, or, of a site that is opened as files, out of a script. */
import { fromBase64, toBase64 } from "../core/hex.ts";

/** What the name of a script that holds another file's bytes ends with. */
export const AS_SCRIPT = ".js";

/**
 * A script that hands over bytes to {@link bytesAt}: browsers let a page that is a file load scripts
 * beside it, and nothing else.
 */
export const asScript = (bytes: Uint8Array): string =>
  `document.currentScript.dataset.bytes="${toBase64(bytes)}"\n`;

async function fromScript(address: string): Promise<Uint8Array<ArrayBuffer>> {
  const script = document.createElement("script");
  script.src = address;
  await new Promise((resolve, reject) => {
    script.onload = resolve;
    script.onerror = () => reject(new Error(`${address} cannot be read`));
    document.head.append(script);
  });
  script.remove();
  return fromBase64(script.dataset.bytes ?? "");
}

/** The bytes at an address, or those that a script there holds. @throws where there are none. */
export async function bytesAt(address: string): Promise<Uint8Array<ArrayBuffer>> {
  if (address.endsWith(AS_SCRIPT)) return await fromScript(address);
  const response = await fetch(address);
  if (!response.ok) throw new Error(response.statusText);
  return new Uint8Array(await response.arrayBuffer());
}
