/** Texts in a PNG, as far as they say which way up it is: XMP, and EXIF as ImageMagick writes it. */
import { fromHex } from "../core/hex.ts";
import { platform } from "../platform/mod.ts";
import type { Metadata } from "./_exif.ts";
import { ascii, text } from "./_picture.ts";

/** The most bytes that a packed text may have. */
const LIMIT = 2 ** 20;

/**
 * Adds to `metadata` what a chunk `tEXt`, `zTXt` or `iTXt` says and is not known yet; nothing where
 * it is damaged.
 */
export async function readText(type: string, body: Uint8Array, metadata: Metadata): Promise<void> {
  const keyword = ascii(body.subarray(0, Math.min(80, Math.max(0, body.indexOf(0)))));
  if (keyword === "XML:com.adobe.xmp") {
    const content = await contentOf(type, body);
    if (content) metadata.xmp ??= text(content);
  } else if (/^Raw profile type (exif|APP1)$/.test(keyword)) {
    const content = await contentOf(type, body);
    if (content) metadata.exif ??= profile(text(content));
  }
}

/** The text itself, unpacked. */
async function contentOf(type: string, body: Uint8Array): Promise<Uint8Array | undefined> {
  let at = body.indexOf(0) + 1, packed = type === "zTXt";
  if (type === "zTXt") at++; // the method, always zlib
  if (type === "iTXt") {
    packed = body[at] === 1;
    at += 2;
    for (let i = 0; i < 2; i++) { // language and translated keyword
      const end = body.indexOf(0, at);
      if (end < 0) return undefined;
      at = end + 1;
    }
  }
  const content = body.subarray(at);
  return packed ? await platform.inflate(content, LIMIT).catch(() => undefined) : content;
}

/** The bytes of a profile: its name, its length and its hexadecimal digits, in lines. */
function profile(content: string): Uint8Array | undefined {
  const [, length, digits] = /^\s*\w+\s+(\d+)\s+([0-9a-f\s]*)/i.exec(content) ?? [];
  const packed = digits?.replace(/\s/g, "").slice(0, 2 * Number(length)) ?? "";
  return packed.length && packed.length % 2 === 0 ? fromHex(packed) : undefined;
}
