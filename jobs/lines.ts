/** Text files that are read line by line: longer than anyone would hold at once. */
import { platform } from "../platform/mod.ts";

/** Bytes that are read at a time. */
const PIECE = 2 ** 20;
/** A longer line is none of ours. */
const LONGEST = 2 ** 20;

/**
 * The lines of a UTF-8 file, without their ends.
 *
 * @throws SyntaxError for a line of more than a megabyte; else as `platform.fault` tells.
 */
export async function* linesOf(path: string): AsyncGenerator<string> {
  await using file = await platform.openFile(path);
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let rest = "";
  for (let at = 0; at < file.bytes; at += PIECE) {
    const bytes = await file.read(at, PIECE);
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = lines.pop()!;
    if (rest.length > LONGEST) throw new SyntaxError("a line of it is too long");
    yield* lines;
  }
  rest += decoder.decode();
  if (rest) yield rest;
}
