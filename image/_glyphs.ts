/** Which characters a font has (OpenType, table `cmap`), and what stands in for the others. */
import { ascii, viewOf } from "./_picture.ts";

/** Whether one of some fonts has a character, by its number. */
export function glyphsOf(fonts: readonly Uint8Array[]): (code: number) => boolean {
  const codes = new Set<number>();
  for (const font of fonts) for (const code of codesOf(font)) codes.add(code);
  return (code) => codes.has(code);
}

/** The numbers of all characters of a font. */
function* codesOf(font: Uint8Array): Generator<number> {
  const view = viewOf(font), tables = view.getUint16(4);
  for (let i = 0; i < tables; i++) {
    const at = 12 + 16 * i;
    if (ascii(font.subarray(at, at + 4)) !== "cmap") continue;
    const cmap = view.getUint32(at + 8), count = view.getUint16(cmap + 2);
    for (let j = 0; j < count; j++) {
      yield* mapped(view, cmap + view.getUint32(cmap + 4 + 8 * j + 4));
    }
  }
}

/** The numbers that a map has glyphs for, in its two formats for Unicode: 4 and 12. */
function* mapped(view: DataView, at: number): Generator<number> {
  const format = view.getUint16(at);
  if (format === 12) {
    for (let i = 0, count = view.getUint32(at + 12); i < count; i++) {
      const group = at + 16 + 12 * i, end = view.getUint32(group + 4);
      for (let code = view.getUint32(group); code <= end; code++) yield code;
    }
  } else if (format === 4) {
    const doubled = view.getUint16(at + 6);
    for (let i = 0; i < doubled; i += 2) {
      const end = view.getUint16(at + 14 + i), start = view.getUint16(at + 16 + doubled + i);
      const delta = view.getUint16(at + 16 + 2 * doubled + i);
      const place = at + 16 + 3 * doubled + i, range = view.getUint16(place);
      for (let code = start; code <= end && code < 0xffff; code++) {
        const glyph = range ? view.getUint16(place + range + 2 * (code - start)) : code;
        if (glyph && (glyph + delta & 0xffff)) yield code;
      }
    }
  }
}

/** Characters that are not seen: joiners, variants. */
const UNSEEN = /^\p{Default_Ignorable_Code_Point}$/u;

/**
 * Writes each run of characters that `has` does not know as their numbers in Unicode,
 * `‹U+732B 306E›`, which say what the name is where a box would not.
 */
export function spellOut(text: string, has: (code: number) => boolean): string {
  let out = "", missing: string[] = [];
  const flush = () => {
    if (missing.length) out += `‹U+${missing.join(" ")}›`;
    missing = [];
  };
  for (const character of text.normalize("NFC")) {
    const code = character.codePointAt(0)!;
    const drawn = has(code) || code < 0x20 || code >= 0xd800 && code <= 0xdfff;
    if (!drawn && UNSEEN.test(character)) continue;
    if (drawn) {
      flush();
      out += character;
    } else missing.push(code.toString(16).toUpperCase().padStart(4, "0"));
  }
  flush();
  return out;
}
