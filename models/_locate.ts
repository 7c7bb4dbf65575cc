/** Which adapter takes what a user names as a model: by its id, or by what the file holds. */
import { UserError } from "../core/errors.ts";
import { platform } from "../platform/mod.ts";
import type { ModelAdapter, ModelFile } from "../run/model.ts";
import { models } from "../run/models.ts";
import { pathOf } from "./_location.ts";
import { unknownModel } from "./_unknown.ts";

/** What is looked at of a file, in bytes. */
const HEAD = 4096;
/** Files of a folder that are looked at; a folder of more holds something else. */
const MOST_FILES = 256;

/** An adapter, and the id or the path that it is to load. */
export interface Located {
  readonly adapter: ModelAdapter;
  readonly id: string;
}

/**
 * Finds the adapter that a model's id, the path of a file or of a folder with one model means.
 *
 * @throws UserError for an unknown id, with the nearest ones, for a file of an unknown format, and
 * for a folder without a model or with several.
 */
export async function locate(id: string): Promise<Located> {
  const adapter = [...models].find((candidate) => candidate.accepts(id));
  if (adapter) return { adapter, id };
  const kind = await platform.stat(pathOf(id)).then(({ kind }) => kind, () => undefined);
  const there = kind === "file" ? await look(id) : kind;
  if (typeof there === "object") {
    const found = recognizes(there);
    if (found) return { adapter: found, id };
  } else if (there === "folder") {
    const inside = await modelsIn(id);
    if (inside.length === 1) return inside[0];
    if (inside.length > 1) {
      throw new UserError(
        `Cannot load "${id}" as a model: it is a folder of several; name one of them, ` +
          `${inside.slice(0, 5).map((found) => `"${found.id}"`).join(", ")}.`,
        { code: "unsupported", option: "model" },
      );
    }
  }
  const known = [...models].flatMap(({ models, published = [] }) =>
    // a tag is only ever meant where one is written
    id.includes(".") ? [...models, ...published] : models
  );
  throw unknownModel(id, known, there);
}

/** The adapter of a file's format. */
const recognizes = (file: ModelFile): ModelAdapter | undefined =>
  [...models].find((candidate) => candidate.recognizes?.(file));

async function look(path: string): Promise<ModelFile> {
  try {
    await using file = await platform.openFile(pathOf(path));
    return { path, bytes: file.bytes, head: await file.read(0, HEAD) };
  } catch (error) {
    throw new UserError(`Cannot read "${path}": ${platform.reason(error)}.`, {
      code: "no-file",
      option: "model",
      cause: error,
    });
  }
}

/** The models that lie in a folder, by name. */
async function modelsIn(folder: string): Promise<Located[]> {
  const names: string[] = [];
  try {
    for await (const { name, kind } of platform.list(folder)) {
      if (kind !== "file" || name.startsWith(".")) continue;
      names.push(name);
      if (names.length > MOST_FILES) return [];
    }
  } catch {
    return []; // it is told what a folder is, below
  }
  const found: Located[] = [];
  for (const name of names.sort()) {
    const id = `${folder.replace(/[\\/]+$/, "")}/${name}`;
    const adapter = await look(id).then(recognizes, () => undefined);
    if (adapter) found.push({ adapter, id });
  }
  return found;
}
