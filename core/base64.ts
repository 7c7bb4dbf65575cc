/** Bytes as text. */

/** So many at a time: a call has room for no more arguments. */
const CHUNK = 2 ** 15;

/** Bytes in base64 (RFC 4648). */
export function base64(bytes: Uint8Array): string {
  let binary = "";
  for (let at = 0; at < bytes.length; at += CHUNK) {
    binary += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  }
  return btoa(binary);
}
