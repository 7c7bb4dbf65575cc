/** What of the caches Phosphene can use, how large it is, and its removal. */
import { nearestHint, UserError } from "../../core/errors.ts";
import { platform } from "../../platform/mod.ts";
import { entryOf, namedLike } from "../catalogue/mod.ts";
import { torchFolder, weightsFolder } from "./address.ts";
import { placesOf, repoName } from "./layout.ts";
import { hubSettings } from "./settings.ts";

/** Something that is kept. */
export interface Kept {
  /** What takes it: a model's id, `hf-hub:…`, or a file's name. */
  readonly id: string;
  /** Its folder, or its file. */
  readonly path: string;
  /** What is there, in bytes. */
  readonly bytes: number;
  /** How much of that is of downloads that broke off. */
  readonly incomplete: number;
  /** What goes with it when it is removed. */
  readonly parts: readonly string[];
}

/** What is kept. */
export interface Inventory {
  /** The folder of the hub's cache. */
  readonly folder: string;
  readonly kept: readonly Kept[];
  /** Repositories of the hub that are of other programs: how many, and how large together. */
  readonly others: { readonly count: number; readonly bytes: number };
}

/** A file with its size. */
interface Sized {
  readonly name: string;
  readonly bytes: number;
}

/** The files in a folder and below, each once: links are what they lead to, which lies elsewhere. */
async function filesIn(folder: string): Promise<Sized[]> {
  const found: Sized[] = [];
  try {
    for await (const { name, kind } of platform.list(folder)) {
      const path = `${folder}/${name}`;
      if (kind === "folder") found.push(...await filesIn(path));
      else if (kind === "file") found.push({ name, bytes: (await platform.stat(path)).bytes });
    }
  } catch {
    // nothing is there, or not for us
  }
  return found;
}

const sum = (files: readonly Sized[]) => files.reduce((all, { bytes }) => all + bytes, 0);
const isIncomplete = ({ name }: Sized) => name.endsWith(".incomplete");

async function foldersIn(folder: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const { name, kind } of platform.list(folder)) {
      if (kind === "folder") names.push(name);
    }
  } catch {
    // there is no cache yet
  }
  return names.sort();
}

/** Whether a repository says of itself that it is of a network of timm's. */
async function isTimms(root: string): Promise<boolean> {
  for (const commit of await foldersIn(`${root}/snapshots`)) {
    const text = await platform.readText(`${root}/snapshots/${commit}/config.json`).catch(() => "");
    if (/"architecture"\s*:/.test(text)) return true;
  }
  return false;
}

/** The id of a repository's network: timm's own are called as their repository. */
function idOf(repo: string): string | undefined {
  const [organization, name] = repo.split("/");
  return organization === "timm" && entryOf(name)?.id === name ? name : undefined;
}

async function repositories(cache: string): Promise<Pick<Inventory, "kept" | "others">> {
  const kept: Kept[] = [];
  let count = 0, bytes = 0;
  for (const folder of await foldersIn(cache)) {
    const repo = repoName(folder);
    if (repo === undefined) continue;
    const { root, locks } = placesOf(cache, repo), files = await filesIn(root);
    const id = idOf(repo) ?? (await isTimms(root) ? `hf-hub:${repo}` : undefined);
    if (id === undefined) {
      count++;
      bytes += sum(files);
      continue;
    }
    const incomplete = sum(files.filter(isIncomplete));
    kept.push({ id, path: root, bytes: sum(files), incomplete, parts: [root, locks] });
  }
  return { kept, others: { count, bytes } };
}

/** Files that lie in a folder for themselves, with those that are on their way. */
async function singles(folder: string, isOurs: (name: string) => boolean): Promise<Kept[]> {
  const byName = new Map<string, Sized[]>();
  try {
    for await (const { name, kind } of platform.list(folder)) {
      const whole = name.replace(/\.incomplete$/, "");
      if (kind !== "file" || !isOurs(whole)) continue;
      const { bytes } = await platform.stat(`${folder}/${name}`);
      byName.set(whole, [...byName.get(whole) ?? [], { name, bytes }]);
    }
  } catch {
    // nothing is there
  }
  return [...byName].sort(([a], [b]) => a < b ? -1 : 1).map(([name, files]) => ({
    id: name,
    path: `${folder}/${name}`,
    bytes: sum(files),
    incomplete: sum(files.filter(isIncomplete)),
    parts: [
      ...files.map((file) => `${folder}/${file.name}`),
      `${folder}/.locks/${name}.lock`,
    ],
  }));
}

/** Looks at what is kept. */
export async function inventory(): Promise<Inventory> {
  const { cache } = hubSettings();
  const { kept, others } = await repositories(cache);
  return {
    folder: cache,
    kept: [
      ...kept,
      ...await singles(torchFolder(), (name) => namedLike(name) !== undefined),
      ...await singles(weightsFolder(), (name) => !name.startsWith(".")),
    ],
    others,
  };
}

/** Ids of the models whose weights are whole in the cache: they load without asking a hub. */
export async function keptModels(): Promise<readonly string[]> {
  const { kept } = await inventory();
  const whole = kept.filter(({ incomplete }) => incomplete === 0);
  const ids = whole.flatMap(({ id }) =>
    /^hf-hub:/.test(id) || entryOf(id)?.id === id ? [id] : namedLike(id)?.id ?? []
  );
  return [...new Set(ids)];
}

/** Removes what is kept under an id; how much that was. @throws UserError where there is none. */
export async function removeKept(id: string): Promise<Kept> {
  const { kept } = await inventory(), wanted = entryOf(id)?.id ?? id;
  const found = kept.find((one) => one.id === wanted || one.id === id);
  if (!found) {
    throw new UserError(
      `Nothing is kept of "${id}"; ${nearestHint(id, kept.map((one) => one.id))}.`,
      { code: "no-file" },
    );
  }
  try {
    for (const part of found.parts) await platform.remove(part);
  } catch (error) {
    throw new UserError(`Cannot remove "${found.path}": ${platform.reason(error)}.`, {
      code: "cannot-write",
      cause: error,
    });
  }
  return found;
}
