/** The numbers of a graph's parameters: those that are at hand, and those that are read now. */
import { widen } from "../../core/_widen.ts";
import type { Values } from "../../core/values.ts";
import type { Once } from "../_once.ts";
import type { Stored } from "./constants.ts";
import type { OpenFiles } from "./opened.ts";
import { numbersOf, type Room, roomFor } from "./parameter.ts";
import type { Written } from "./writer.ts";

/** Numbers of a file → how they are wanted, in words → where they go. */
type Wanted = ReadonlyMap<Stored, ReadonlyMap<string, Room>>;

/**
 * Reads a model's files to their end, each of their numbers straight to its place.
 *
 * @returns Each parameter's numbers, and the SHA-256 of the files, one after the other.
 * @throws the signal's reason once it is aborted.
 */
export async function filled(
  { graph, parameters: written }: Written,
  { opened, hash }: OpenFiles,
  signal?: AbortSignal,
): Promise<{ readonly parameters: ReadonlyMap<string, Values>; readonly sha256: string }> {
  const parameters = new Map<string, Values>(), wanted = new Map<Stored, Map<string, Room>>();
  for (const name of graph.parameters.keys()) {
    signal?.throwIfAborted();
    const parameter = written.get(name)!, { of, ...how } = parameter;
    if (!("stored" in of)) {
      parameters.set(name, numbersOf(parameter));
      continue;
    }
    const rooms = wanted.get(of.stored) ?? new Map<string, Room>(), key = JSON.stringify(how);
    const room = rooms.get(key) ?? roomFor(parameter);
    wanted.set(of.stored, rooms.set(key, room));
    parameters.set(name, room.into);
  }
  for (const file of opened) await readFrom(file, wanted);
  return { parameters, sha256: hash.hex() };
}

/** Reads a file to its end. */
async function readFrom(file: Once, wanted: Wanted): Promise<void> {
  const own = [...wanted].filter(([stored]) => stored.file === file);
  for (const [{ at, length, dtype }, rooms] of own.sort(([a], [b]) => a.at - b.at)) {
    let from = 0;
    for await (const bytes of file.pieces(at, at + length)) {
      const numbers = widen(bytes, dtype);
      for (const { take } of rooms.values()) take(numbers, from);
      from += numbers.length;
    }
  }
  await file.rest();
}
