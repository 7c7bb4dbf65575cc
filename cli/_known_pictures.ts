/** Pictures of a folder, with what is known of each: its class, and where its thing is. */
import { UserError } from "../core/errors.ts";
import { option } from "../core/say.ts";
import { quoted } from "../core/text.ts";
import { platform } from "../platform/mod.ts";
import type { ReportPlan } from "../report/plan.ts";
import type { Context } from "./_context.ts";
import { withMasks } from "./_masks.ts";
import { namedPictures } from "./_pictures.ts";
import { spoken } from "./_say.ts";

/** Where pictures are, and what says more of them. */
interface Told {
  /** The folder that they are in. */
  readonly pictures: string;
  /** A file that lists their classes. */
  readonly classes?: string;
  /** A folder of masks. */
  readonly mask?: string;
  /** The report's folder. */
  readonly out: string;
}

/**
 * The pictures of the folder, each with its class and its mask where these are known.
 *
 * @param names the network's classes
 * @throws UserError for files that cannot be read, and for classes of which the network has none.
 */
export async function knownPictures(
  { pictures: folder, classes, mask, out }: Told,
  names: readonly string[],
  context: Context,
): Promise<Pick<ReportPlan, "pictures" | "strangers">> {
  const { paths, leftOut } = await namedPictures([folder], true);
  for (const sentence of leftOut) context.note(spoken(sentence));
  const own = await withoutMade(out, paths), found = await withMasks(own, mask);
  const listed = classes === undefined ? undefined : await classesIn(classes);
  const byName = new Map(names.map((name) => [name.toLowerCase(), name]));
  const strangers = new Map<string, number>();
  const deep = partsOf(folder).length;
  const pictures = found.map((picture, i) => {
    const parts = partsOf(own[i]), said = listed ? listed(own[i]) : parts.at(-2);
    const name = said === undefined ? undefined : byName.get(said.toLowerCase()) ??
      (listed && /^\d+$/.test(said) ? names[Number(said)] : undefined);
    // the folder that was named need not be called as a class is
    const isStranger = name === undefined && said !== undefined &&
      (listed || parts.length > deep + 1);
    if (isStranger) strangers.set(said, (strangers.get(said) ?? 0) + 1);
    return { ...picture, ...(name !== undefined && { class: name }) };
  });
  if (listed && strangers.size > 0 && pictures.every(({ class: own }) => own === undefined)) {
    throw new UserError(
      `No class in "${classes}" is one of the network's: it says ${
        few([...strangers.keys()])
      }, and ` +
        `they are ${few(names)}. Their names and their numbers work; ${
          option("labels")
        } names them.`,
      { code: "bad-file", option: "classes" },
    );
  }
  return {
    pictures,
    strangers: [...strangers].map(([own, count]) => ({ class: own, count }))
      .sort((a, b) => b.count - a.count),
  };
}

/** `"a", "b", …` */
const few = (names: readonly string[]) =>
  names.slice(0, 3).map(quoted).join(", ") + (names.length > 3 ? ", …" : "");

/** What a report makes, from its folder. */
const MADE =
  /^[\\/](results[\\/][0-9a-f]{64}[\\/].*|pictures[\\/](tried-\d+|[0-9a-f]{64}(-seen)?)\.png)$/;

/** Without what an earlier report left, where that lies among the pictures. */
async function withoutMade(out: string, paths: readonly string[]): Promise<string[]> {
  const folder = await platform.realPath(out).catch(() => undefined), kept: string[] = [];
  if (folder === undefined) return [...paths];
  for (const path of paths) {
    const real = await platform.realPath(path).catch(() => path);
    if (!real.startsWith(folder) || !MADE.test(real.slice(folder.length))) kept.push(path);
  }
  return kept;
}

/** Parts of a path, without those that say nothing. */
const partsOf = (path: string) => path.split(/[\\/]/).filter((part) => part !== "" && part !== ".");

/**
 * Finds the class of a picture in a file that lists them: by the longest end of its path that is listed, else
 * by its own name, where only one of that name is.
 *
 * @throws UserError for another file.
 */
async function classesIn(path: string): Promise<(picture: string) => string | undefined> {
  const text = await platform.readText(path).catch((cause) => {
    throw new UserError(`Cannot read "${path}": ${platform.reason(cause)}.`, {
      code: "no-file",
      option: "classes",
      cause,
    });
  });
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  const listed = new Map(lines.map((line, i) => {
    const [, name, own] = /^\s*"?([^",]+)"?\s*[,;\t]\s*"?([^"]+?)"?\s*$/.exec(line) ?? [];
    if (name !== undefined) return [partsOf(name.trim()).join("/"), own] as const;
    throw new UserError(
      `Cannot read the classes in "${path}": line ${i + 1} is not NAME,CLASS.`,
      { code: "bad-file", option: "classes" },
    );
  }));
  const byName = Map.groupBy(listed, ([name]) => name.split("/").at(-1)!);
  return (picture) => {
    const parts = partsOf(picture);
    const found = parts.keys().map((from) => listed.get(parts.slice(from).join("/")))
      .find((own) => own !== undefined);
    const alike = byName.get(parts.at(-1)!) ?? [];
    return found ?? (alike.length === 1 ? alike[0][1] : undefined);
  };
}
