/** A folder of runs: what lies in it, and whether more can be written. */
import { UserError } from "../core/errors.ts";
import { encodePng, type Picture } from "../image/mod.ts";
import { platform } from "../platform/mod.ts";
import { type Manifest, MAX_MANIFEST_BYTES, parseManifest, type ReadManifest } from "./manifest.ts";

/** The most characters of a picture's name in a folder's. */
const MOST = 40;

/**
 * Letters and digits of a file's name, of any script, for a folder's; a name that has none, as one
 * of emoji, gives the characters' numbers in Unicode.
 */
function slug(name: string): string {
  const stem = name.replace(/\.[^.]*$/, "").toLowerCase().normalize("NFC")
    .replace(/\p{Default_Ignorable_Code_Point}/gu, "");
  const joined = (text: string) => [...text].slice(0, MOST).join("").replace(/^-|-$/g, "");
  const letters = joined(stem.replace(/[^\p{L}\p{M}\p{N}]+/gu, "-").replace(/^-/, ""));
  if (letters) return letters;
  const numbers = [...stem].map((character) => character.codePointAt(0)!)
    .filter((code) => code > 127 && !(code >= 0xd800 && code <= 0xdfff))
    .map((code) => `u${code.toString(16)}`);
  return joined(numbers.join("-"));
}

/**
 * What a file or a folder in `out` is called: the time, what it is, and of which picture.
 *
 * @example
 * ```ts
 * nameOf(new Date(0), "saliency", "My cat.png"); // "19700101-000000-saliency-my-cat"
 * nameOf(new Date(0), "saliency", "猫の写真.png"); // "19700101-000000-saliency-猫の写真"
 * ```
 */
export function nameOf(time: Date, what: string, picture = ""): string {
  const stamp = time.toISOString().replace(/[-:]/g, "").replace("T", "-").slice(0, 15);
  return [stamp, what, slug(picture)].filter(Boolean).join("-");
}

/** Says why a folder cannot be written, in the system's words where ours are no better. */
export function unwritable(folder: string, error: unknown): UserError {
  const reason = platform.fault(error) === "exists"
    ? "a file is in the way"
    : platform.reason(error);
  return new UserError(
    `Cannot write to "${folder}": ${reason}; choose another folder with \`out\`.`,
    {
      code: "cannot-write",
      option: "out",
      cause: error,
    },
  );
}

/**
 * Makes sure, before any work is done, that runs can be written to a folder; makes it if need be, and
 * clears away what runs that were killed left half written.
 *
 * @throws UserError where it cannot be written.
 */
export async function ensureWritable(folder: string): Promise<void> {
  try {
    await platform.makeFolder(folder);
    await platform.sweep(folder);
    await platform.remove(await platform.makeTemporaryFolder(folder));
  } catch (error) {
    throw unwritable(folder, error);
  }
}

/** Does something for the names `stem`, `stem-2`, … until one was free; that name. */
export async function firstFree(
  stem: string,
  take: (name: string) => Promise<void>,
): Promise<string> {
  for (let n = 1;; n++) {
    const name = n === 1 ? stem : `${stem}-${n}`;
    try {
      await take(name);
      return name;
    } catch (error) {
      if (platform.fault(error) !== "exists") throw error;
    }
  }
}

/**
 * Writes a picture to a folder, under the first free of the names `stem.png`, `stem-2.png`, …; whole
 * or not at all.
 *
 * @returns Its path.
 * @throws UserError where it cannot be written.
 */
export async function savePng(out: string, stem: string, picture: Picture): Promise<string> {
  await ensureWritable(out);
  const bytes = await encodePng(picture);
  try {
    const name = await firstFree(
      stem,
      (name) => platform.writeWhole(`${out}/${name}.png`, bytes, { replace: false }),
    );
    return `${out}/${name}.png`;
  } catch (error) {
    if (!platform.fault(error)) throw error;
    throw unwritable(out, error);
  }
}

/** What a manifest is read from: nothing but a file, and not too large a one. */
export async function readManifest(folder: string): Promise<ReadManifest | undefined> {
  const path = `${folder}/manifest.json`;
  try {
    const { kind, bytes } = await platform.stat(path);
    if (kind !== "file") return undefined;
    if (bytes > MAX_MANIFEST_BYTES) {
      return { damage: `manifest.json is too large: ${bytes} bytes` };
    }
    return parseManifest(await platform.readText(path));
  } catch (error) {
    if (platform.fault(error) === "missing") return undefined;
    return { damage: `manifest.json cannot be read: ${platform.reason(error)}` };
  }
}

/**
 * What a run's numbers follow from, as a text: where two runs have the same, one need not be made.
 * The backend is not in it, and neither is the name of the picture.
 */
export function runKey(
  { technique, options, target, seed, model, image }: {
    readonly technique: { readonly id: string };
    readonly options: Readonly<Record<string, unknown>>;
    readonly target?: { readonly expression?: string };
    readonly seed: number;
    readonly model: {
      readonly id: string;
      readonly scores?: string;
      readonly preprocess: unknown;
      readonly weights: { readonly sha256: string };
    };
    readonly image?: { readonly sha256: string };
  },
): string {
  const { id, weights, preprocess, scores } = model, { expression } = target ?? {};
  const made = [technique.id, options, seed, id, weights.sha256, preprocess, image?.sha256];
  return JSON.stringify([...made, expression, scores]);
}

/**
 * The finished runs of a technique in a folder; nothing where there is no such folder. What is no
 * run, or has a manifest that cannot be read, is passed over.
 */
export async function* savedRuns(
  out: string,
  technique: string,
): AsyncGenerator<{ path: string; manifest: Manifest }> {
  if (!await platform.exists(out)) return;
  for await (const { name, kind } of platform.list(out)) {
    // the names that `nameOf` gives: others need not be opened
    if (kind !== "folder" || name.startsWith(".") || !name.includes(`-${technique}`)) continue;
    const path = `${out}/${name}`, manifest = (await readManifest(path))?.manifest;
    if (manifest?.technique.id === technique) yield { path, manifest };
  }
}
