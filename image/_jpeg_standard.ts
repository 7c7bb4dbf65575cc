/**
 * The Huffman tables of T.81, Annex K.3: what a JPEG has that brings none, as single frames of a
 * Motion JPEG do.
 */
import { fromHex } from "../core/hex.ts";
import { type Huffman, huffman } from "./_jpeg_huffman.ts";

/** Sixteen counts, one for each length, then the symbols; brightness and colour. */
const DC = [
  "00010501010101010100000000000000000102030405060708090a0b",
  "00030101010101010101010000000000000102030405060708090a0b",
];
const AC = [
  "0002010303020403050504040000017d01020300041105122131410613516107227114328191a1082342b1c1" +
  "1552d1f02433627282090a161718191a25262728292a3435363738393a434445464748494a53545556575859" +
  "5a636465666768696a737475767778797a838485868788898a92939495969798999aa2a3a4a5a6a7a8a9aab2" +
  "b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4e5e6e7e8e9eaf1f2f3f4f5f6f7f8" +
  "f9fa",
  "00020102040403040705040400010277000102031104052131061241510761711322328108144291a1b1c109" +
  "233352f0156272d10a162434e125f11718191a262728292a35363738393a434445464748494a535455565758" +
  "595a636465666768696a737475767778797a82838485868788898a92939495969798999aa2a3a4a5a6a7a8a9" +
  "aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae2e3e4e5e6e7e8e9eaf2f3f4f5f6f7f8" +
  "f9fa",
];

const tables = (texts: readonly string[]) =>
  texts.map((text) => fromHex(text))
    .map((bytes) => huffman(bytes.subarray(0, 16), bytes.subarray(16)));

/** The tables by their numbers, in arrays of their own. */
export const standardTables = (): { dc: Huffman[]; ac: Huffman[] } => ({
  dc: tables(DC),
  ac: tables(AC),
});
