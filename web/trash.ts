/** Runs that were deleted: in a hidden folder for a while, so that they can come back. */
import { UserError } from "../core/errors.ts";
import { platform } from "../platform/mod.ts";

/** In the runs folder; runs' names never begin with a dot. */
const TRASH = ".trash";
/** How long deleted runs are kept. */
export const KEPT_DAYS = 30;

/** A run in the trash. */
export interface Thrown {
  /** Its name there: when it was deleted, and its own. */
  readonly name: string;
  readonly id: string;
  readonly deletedAt: Date;
}

/** The run that a name in the trash stands for; nothing where it is no such name. */
export function runIn(name: string): Thrown | undefined {
  const [, time, id] = /^(\d{1,15})\.([^/\\]+)$/.exec(name) ?? [];
  return id === undefined || id.startsWith(".")
    ? undefined
    : { name, id, deletedAt: new Date(Number(time)) };
}

/** The trash of a runs folder, made if need be. @throws UserError where something is in its place. */
async function trashOf(folder: string): Promise<string> {
  const trash = `${folder}/${TRASH}`;
  await platform.makeFolder(trash).catch(() => {});
  // a link would lead runs elsewhere
  if ((await platform.look(trash))?.kind === "folder") return trash;
  throw new UserError(`Cannot delete runs of "${folder}": "${TRASH}" in it can be no folder.`);
}

const refused = (what: string, error: unknown): unknown =>
  platform.fault(error)
    ? new UserError(`Cannot ${what}: ${platform.reason(error)}.`, { cause: error })
    : error;

/** Moves a run into the trash; its name there. @throws UserError where it cannot be moved. */
export async function throwAway(folder: string, id: string, now = new Date()): Promise<string> {
  const trash = await trashOf(folder), name = `${now.getTime()}.${id}`;
  try {
    await platform.rename(`${folder}/${id}`, `${trash}/${name}`, { replace: false });
  } catch (error) {
    throw refused(`delete the run "${id}"`, error);
  }
  return name;
}

/**
 * Moves a run back.
 *
 * @returns Its name among the runs.
 * @throws UserError where it is in the trash no more, or another run has its name.
 */
export async function restore(folder: string, name: string): Promise<string> {
  const thrown = runIn(name), from = `${folder}/${TRASH}/${name}`;
  if (!thrown || (await platform.look(from))?.kind !== "folder") {
    throw new UserError("Cannot bring this run back: it is in the trash no more.");
  }
  try {
    await platform.rename(from, `${folder}/${thrown.id}`, { replace: false });
  } catch (error) {
    throw refused(`bring the run "${thrown.id}" back`, error);
  }
  return thrown.id;
}

/** What is in the trash, deleted last first. */
export async function thrownIn(folder: string): Promise<Thrown[]> {
  const found: Thrown[] = [];
  try {
    if ((await platform.look(`${folder}/${TRASH}`))?.kind !== "folder") return [];
    for await (const { name, kind } of platform.list(`${folder}/${TRASH}`)) {
      const thrown = kind === "folder" && runIn(name);
      if (thrown) found.push(thrown);
    }
  } catch (error) {
    if (!platform.fault(error)) throw error;
    return [];
  }
  return found.sort((a, b) => b.deletedAt.getTime() - a.deletedAt.getTime());
}

/** Removes for good what was deleted before a time; how many runs that were. */
export async function empty(folder: string, before: Date): Promise<number> {
  const old = (await thrownIn(folder)).filter(({ deletedAt }) => deletedAt < before);
  for (const { name } of old) await platform.remove(`${folder}/${TRASH}/${name}`);
  return old.length;
}

/** Removes for good what has been in the trash for too long. */
export const forgetOld = (folder: string, now = new Date()): Promise<number> =>
  empty(folder, new Date(now.getTime() - KEPT_DAYS * 86_400_000));
