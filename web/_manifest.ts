/** A run's folder as the gallery believes it: nothing that leads out of it. */
import { type FileFacts, platform } from "../platform/mod.ts";
import { readManifest as read } from "../run/folder.ts";
import type { Manifest, ReadManifest, RunFile } from "../run/manifest.ts";

/** Whether a path is a plain file or folder itself, not a link to one; and its facts. */
async function plain(path: string, kind: "file" | "folder"): Promise<FileFacts | undefined> {
  const info = await platform.look(path);
  return info?.kind === kind ? info : undefined;
}

/** The facts of a plain file or folder, if it is there and is no link. */
export const statPlain = (
  path: string,
  kind: "file" | "folder" = "file",
): Promise<FileFacts | undefined> => plain(path, kind);

/**
 * Reads the manifest of a run's folder; nothing where there is none.
 *
 * @returns With the time at which it was written.
 */
export async function readManifest(
  folder: string,
): Promise<ReadManifest & { writtenAt: Date } | undefined> {
  if (!await plain(folder, "folder")) return undefined;
  const info = await plain(`${folder}/manifest.json`, "file");
  const found = info && await read(folder);
  return found && { ...found, writtenAt: info.modified };
}

/** The facts of one of a run's files, if it is there and is no link. */
export async function statFile(folder: string, file: RunFile): Promise<FileFacts | undefined> {
  if (!await plain(folder, "folder")) return undefined;
  return await plain(`${folder}/${file.name}`, "file");
}

const BEST_FIRST: readonly RunFile["role"][] = ["overlay", "final", "map", "input", "frame"];

/** The picture that stands for a run. */
export function coverOf({ files }: Manifest): RunFile | undefined {
  for (const role of BEST_FIRST) {
    const found = files.findLast((f) => f.role === role && f.width && f.height);
    if (found) return found;
  }
  return undefined;
}
