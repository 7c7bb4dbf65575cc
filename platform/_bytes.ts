/** Hashes and zlib's packing, as Deno and Node have them. */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { crc32, deflateSync, inflateSync } from "node:zlib";
import type { Sha256 } from "./platform.ts";

export async function sha256(bytes: Uint8Array): Promise<string> {
  // beside the program's thread, which a large file would hold up
  const digest = await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>);
  return Buffer.from(digest).toString("hex");
}

export function startSha256(): Sha256 {
  const hash = createHash("sha256");
  return { update: (bytes) => void hash.update(bytes), hex: () => hash.digest("hex") };
}

// hundreds of times as fast as one of our own
export { crc32 };

// deno-lint-ignore require-await -- elsewhere it has to wait
export async function deflate(bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  return deflateSync(bytes) as Uint8Array<ArrayBuffer>;
}

// deno-lint-ignore require-await -- elsewhere it has to wait
export async function inflate(bytes: Uint8Array, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return inflateSync(bytes, { maxOutputLength: limit }) as Uint8Array<ArrayBuffer>;
  } catch (error) {
    if ((error as { code?: string }).code !== "ERR_BUFFER_TOO_LARGE") throw error;
    throw new RangeError(`There are more than ${limit} bytes`, { cause: error });
  }
}
