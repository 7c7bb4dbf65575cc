/** What people write beside a run: a note and tags, in a file that no hash of the run covers. */
import { z } from "../deps/zod.ts";
import { checked } from "../core/checked.ts";
import { parseJson } from "../core/json.ts";
import { platform } from "../platform/mod.ts";

/** Its name, in the run's folder. */
export const NOTES_FILE = "notes.json";

const MOST_BYTES = 200_000, MOST_LETTERS = 20_000;
export const MOST_TAGS = 20;
const LONGEST_TAG = 60;

export interface Notes {
  readonly note: string;
  readonly tags: readonly string[];
}

export const NO_NOTES: Notes = { note: "", tags: [] };

const text = z.string().refine((t) => t.isWellFormed(), "has half a character");
const schema = z.object({
  note: text.max(MOST_LETTERS).default(""),
  tags: z.array(text.min(1).max(LONGEST_TAG)).max(MOST_TAGS).default([]),
});

/** The tags in a text of several between commas, each once, as they may be kept. */
export function tagsIn(text: string): string[] {
  const tags = text.toWellFormed().split(",").map((tag) =>
    [...tag.replace(/\s+/g, " ").trim()].slice(0, LONGEST_TAG / 2).join("")
  );
  return [...new Set(tags.filter(Boolean))].slice(0, MOST_TAGS);
}

/** What is written beside a run; nothing where there is no such file, or it holds something else. */
export async function readNotes(folder: string): Promise<Notes> {
  const path = `${folder}/${NOTES_FILE}`;
  try {
    const info = await platform.look(path);
    if (info?.kind !== "file" || info.bytes > MOST_BYTES) return NO_NOTES;
    return checked(schema, parseJson(await platform.readText(path), 4)).data ?? NO_NOTES;
  } catch {
    return NO_NOTES; // a run is shown whatever lies beside it
  }
}

/** Writes a note and tags beside a run; a file of neither goes. */
export async function writeNotes(folder: string, { note, tags }: Notes): Promise<void> {
  const kept = note.toWellFormed().slice(0, MOST_LETTERS).toWellFormed().trim();
  const path = `${folder}/${NOTES_FILE}`;
  if (!kept && tags.length === 0) return await platform.remove(path);
  await platform.writeWhole(path, JSON.stringify({ note: kept, tags }, null, 1) + "\n");
}
