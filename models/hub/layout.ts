/**
 * How Python's `huggingface_hub` lays out its cache (its `file_download.py`): what either fetches, the
 * other finds.
 *
 * ```text
 * CACHE/CACHEDIR.TAG
 * CACHE/.locks/models--timm--resnet50.a1_in1k/<etag>.lock
 * CACHE/models--timm--resnet50.a1_in1k/blobs/<etag>               the files' contents
 *                                      blobs/<etag>.incomplete    what has come so far
 *                                      refs/main                  the commit that a branch was at
 *                                      snapshots/<commit>/<file>  → ../../blobs/<etag>
 * ```
 */
import { UserError } from "../../core/errors.ts";
import { quoted } from "../../core/text.ts";
import { platform } from "../../platform/mod.ts";

/** A file of a repository of models. */
export interface HubFile {
  /** `organization/name`. */
  readonly repo: string;
  /** Its path in the repository. */
  readonly file: string;
  /** A branch, a tag or a commit. Default `main`. */
  readonly revision?: string;
}

/** A file that is in the cache. */
export interface Cached {
  /** The path to read it at. */
  readonly path: string;
  readonly commit: string;
  /** What its SHA-256 has to be, where its blob's name says it. */
  readonly sha256?: string;
}

/** The branch that is meant where none is named. */
export const MAIN = "main";

const COMMIT = /^[0-9a-f]{40}$/;
const ETAG = /^[\w.-]{1,128}$/;

/** Whether a text is a commit's hash. */
export const isCommit = (text: string): boolean => COMMIT.test(text);
/** Whether an etag is the SHA-256 of a file, as it is of all but small texts. */
export const isSha256 = (etag: string): boolean => /^[0-9a-f]{64}$/.test(etag);

/** A name of parts between slashes, none of which leads elsewhere. */
const isInside = (path: string) =>
  path.split("/").every((part) => /^[\w.\- ]+$/.test(part) && !/^\.+$/.test(part));

/** @throws UserError where a repository, a revision or a file cannot be called that. */
export function checkNames({ repo, file, revision = MAIN }: HubFile): void {
  const [, name, ...more] = repo.split("/");
  const isRepo = isInside(repo) && name !== undefined && more.length === 0 && !repo.includes("--");
  if (isRepo && isInside(file) && isInside(revision)) return;
  throw new UserError(
    `There can be no file ${quoted(file)} of ${quoted(repo)} at ${
      quoted(revision)
    } on the hub: a ` +
      `repository is called ORGANIZATION/NAME.`,
    { code: "unknown-model", option: "model" },
  );
}

/** The folder of a repository, without the cache's. */
export const folderName = (repo: string): string => `models--${repo.replace("/", "--")}`;

/** The repository that a folder of the cache is of; undefined for another kind. */
export const repoName = (folder: string): string | undefined =>
  /^models--(.+)$/.exec(folder)?.[1].replace("--", "/");

/** Where the parts of a repository lie. */
export const placesOf = (cache: string, repo: string) => {
  const root = `${cache}/${folderName(repo)}`;
  return {
    root,
    locks: `${cache}/.locks/${folderName(repo)}`,
    blob: (etag: string) => `${root}/blobs/${etag}`,
    ref: (revision: string) => `${root}/refs/${revision}`,
    snapshot: (commit: string, file: string) => `${root}/snapshots/${commit}/${file}`,
    lock: (etag: string) => `${cache}/.locks/${folderName(repo)}/${etag}.lock`,
  };
};

/** What a server calls a file, made fit to be a file's name. @throws Error where it is not. */
export function plainEtag(header: string): string {
  const etag = header.replace(/^W\//, "").replace(/^"|"$/g, "");
  if (ETAG.test(etag) && !/^\.+$/.test(etag)) return etag;
  throw new Error(`it calls the file ${quoted(header)}`);
}

const isThere = (path: string) =>
  platform.stat(path).then(({ kind }) => kind === "file", () => false);

/** Finds a file in the cache, without asking anybody. */
export async function findCached(cache: string, wanted: HubFile): Promise<Cached | undefined> {
  checkNames(wanted);
  const { repo, file, revision = MAIN } = wanted, places = placesOf(cache, repo);
  const commit = isCommit(revision)
    ? revision
    : (await platform.readText(places.ref(revision)).catch(() => "")).trim();
  if (!isCommit(commit)) return undefined;
  const path = places.snapshot(commit, file);
  if (!await isThere(path)) return undefined;
  const blob = (await platform.realPath(path)).split(/[\\/]/).at(-1)!;
  return { path, commit, sha256: isSha256(blob) ? blob : undefined };
}

/** Backup programs pass over a folder with this file: <https://bford.info/cachedir/>. */
const TAG = "Signature: 8a477f597d28d172789f06886806bc55\n" +
  "# This folder is a cache, shared with huggingface_hub.\n";

async function writeTag(cache: string): Promise<void> {
  const path = `${cache}/CACHEDIR.TAG`;
  // only to be kind
  if (!await platform.exists(path)) await platform.writeWhole(path, TAG).catch(() => {});
}

/** Makes the folders that a file's parts go to. */
export async function makePlaces(cache: string, { repo, file }: HubFile, commit: string) {
  const places = placesOf(cache, repo), snapshot = places.snapshot(commit, file);
  await platform.makeFolder(`${places.root}/blobs`);
  await platform.makeFolder(snapshot.slice(0, snapshot.lastIndexOf("/")));
  await writeTag(cache);
}

/** Remembers which commit a branch was at. */
export async function writeRef(cache: string, wanted: HubFile, commit: string): Promise<void> {
  const { repo, revision = MAIN } = wanted, path = placesOf(cache, repo).ref(revision);
  if (revision === commit) return;
  if (await platform.readText(path).catch(() => "") === commit) return;
  await platform.makeFolder(path.slice(0, path.lastIndexOf("/")));
  await platform.writeWhole(path, commit);
}

/**
 * Shows a blob in its snapshot: by a link that holds wherever the cache is moved to; where there can
 * be none, the file itself moves there if nobody else has it (`isNew`), or is copied.
 */
export async function show(
  cache: string,
  { repo, file }: HubFile,
  { commit, etag, isNew, links }: { commit: string; etag: string; isNew: boolean; links: boolean },
): Promise<void> {
  const places = placesOf(cache, repo), path = places.snapshot(commit, file);
  if (await isThere(path)) return;
  await platform.remove(path); // a link that leads nowhere
  const up = "../".repeat(file.split("/").length + 1);
  if (links && await platform.linkTo(`${up}blobs/${etag}`, path)) return;
  await (isNew ? platform.rename : platform.copyFile)(places.blob(etag), path);
}
