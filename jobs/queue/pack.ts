/**
 * A result as one piece: the length of its table as four bytes (little-endian), the table as JSON (what
 * is told of the result, and each file with its size), then the files' bytes in that order.
 */
import { z } from "../../deps/zod.ts";
import { checked } from "../../core/checked.ts";
import { parseJson } from "../../core/json.ts";
import { platform } from "../../platform/mod.ts";

/** A file's own name: no folder, nothing hidden. */
const name = z.string().regex(/^[\w-][\w.-]{0,200}$/);
const tableSchema = z.strictObject({
  told: z.unknown(),
  files: z.array(z.strictObject({ name, bytes: z.int().min(0) })).max(10_000),
});

/** Packs the files of a folder. @throws as `platform.fault` tells. */
export async function pack(folder: string, told: unknown): Promise<Uint8Array<ArrayBuffer>> {
  const names: string[] = [];
  for await (const { name, kind } of platform.list(folder)) if (kind === "file") names.push(name);
  const contents = await Promise.all(
    names.sort().map((name) => platform.readFile(`${folder}/${name}`)),
  );
  const files = names.map((name, i) => ({ name, bytes: contents[i].length }));
  const table = new TextEncoder().encode(JSON.stringify({ told, files }));
  const length = new Uint8Array(Uint32Array.of(table.length).buffer);
  return new Uint8Array(await new Blob([length, table, ...contents]).arrayBuffer());
}

/**
 * Unpacks them into a folder; what was told.
 *
 * @throws Error where the piece is damaged; else as `platform.fault` tells.
 */
export async function unpack(piece: Uint8Array, folder: string): Promise<unknown> {
  const damaged = () => new Error("a result came damaged from the queue");
  if (piece.length < 4) throw damaged();
  const length = new DataView(piece.buffer, piece.byteOffset).getUint32(0, true);
  let at = 4 + length;
  const table = at <= piece.length && checked(
    tableSchema,
    parseJson(new TextDecoder().decode(piece.subarray(4, at))),
  ).data;
  if (!table) throw damaged();
  const end = table.files.reduce((end, { bytes }) => end + bytes, at);
  if (
    end !== piece.length || new Set(table.files.map(({ name }) => name)).size !== table.files.length
  ) {
    throw damaged();
  }
  for (const { name, bytes } of table.files) {
    await platform.writeFile(`${folder}/${name}`, piece.subarray(at, at += bytes));
  }
  return table.told;
}
