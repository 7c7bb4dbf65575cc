/** Pictures as they are named on the command line: files, and folders of them. */
import { UserError } from "../core/errors.ts";
import { either } from "../core/text.ts";
import { platform } from "../platform/mod.ts";

/** What can be read, for the help. */
export const PICTURES = "PNG, JPEG, WebP, GIF, BMP, TIFF or PPM";

const EXTENSIONS = [
  ...["png", "jpg", "jpeg", "jpe", "jfif", "webp", "gif"],
  ...["bmp", "dib", "tif", "tiff", "ppm", "pgm", "pbm", "pnm", "pam"],
];
/** Pictures that cannot be read, and what to do with them. */
const OTHERS: Readonly<Record<string, string>> = Object.fromEntries(
  ["heic", "heif", "avif", "jxl", "jp2", "svg"].map((name) => [name, " (save as JPEG or PNG)"]),
);
/** What a file's name ends in, in small letters: `png`; nothing where there is no point. */
const extensionOf = (name: string) => /.\.([^.]+)$/.exec(name)?.[1].toLowerCase() ?? "";

/** `frame-2` before `frame-10`. */
const order = new Intl.Collator("en", { numeric: true });

/** What the arguments name. */
export interface NamedPictures {
  readonly paths: readonly string[];
  /** Whether they name one picture as such: not several, and no folder. */
  readonly single: boolean;
  /** Sentences: for each folder, how many of its files were left out, and why. */
  readonly leftOut: readonly string[];
}

/** What was found in a folder. */
interface Found {
  readonly paths: string[];
  /** How many were left out for each reason. */
  readonly leftOut: Map<string, number>;
  /** Folders that were not looked into. */
  folders: number;
}

/**
 * Expands folders to the pictures in them, by extension, in their names' order. Files stay as they
 * are, also those that do not exist: reading them tells.
 *
 * @param recursive Whether the folders in a folder are looked into.
 * @throws UserError for a folder that cannot be read or holds no picture.
 */
export async function namedPictures(
  args: readonly string[],
  recursive: boolean,
): Promise<NamedPictures> {
  const paths: string[] = [], leftOut: string[] = [];
  let single = args.length === 1;
  for (const arg of args) {
    const isFolder = await platform.stat(arg).then(({ kind }) => kind === "folder", () => false);
    if (!isFolder) {
      paths.push(arg);
      continue;
    }
    single = false;
    const found = await picturesOf(arg, recursive);
    paths.push(...found.paths);
    leftOut.push(...notesOn(arg, found));
  }
  return { paths, single, leftOut };
}

async function picturesOf(folder: string, recursive: boolean): Promise<Found> {
  const found: Found = { paths: [], leftOut: new Map(), folders: 0 };
  await look(folder.replace(/(?<=.)\/+$/, ""), recursive, found).catch((error) => {
    throw new UserError(`Cannot read the folder "${folder}": ${platform.reason(error)}.`);
  });
  found.paths.sort(order.compare);
  leaveMasks(found);
  if (found.paths.length > 0) return found;
  const others = notesOn(folder, found).map((note) => ` ${note}`).join("");
  throw new UserError(
    `There is no picture in the folder "${folder}": pictures are files that end in ` +
      `${either(EXTENSIONS)}${
        recursive ? "" : "; `recursive: true` looks into its subfolders too"
      }.${others}`,
  );
}

/** What `phosphene sample` calls the mask of `cat.png`: `cat.mask.png`. */
const MASK = /\.mask\.png$/i;

/** Leaves out the masks that lie beside their pictures. */
function leaveMasks({ paths, leftOut }: Found): void {
  const stems = new Set(paths.map((path) => path.replace(/\.[^.]+$/, "")));
  const isMask = (path: string) => MASK.test(path) && stems.has(path.replace(MASK, ""));
  const masks = paths.filter(isMask).length;
  if (masks === 0) return;
  paths.splice(0, paths.length, ...paths.filter((path) => !isMask(path)));
  leftOut.set("masks of others", masks);
}

async function look(folder: string, recursive: boolean, found: Found): Promise<void> {
  const leave = (reason: string) => found.leftOut.set(reason, (found.leftOut.get(reason) ?? 0) + 1);
  for await (const { name, kind } of platform.list(folder)) {
    const path = folder === "/" ? `/${name}` : `${folder}/${name}`;
    const isFolder = kind === "folder",
      hidden = name.startsWith("."),
      extension = extensionOf(name);
    if (isFolder && !hidden && recursive) await look(path, true, found);
    else if (isFolder) found.folders += hidden ? 0 : 1;
    else if (hidden) leave("hidden");
    else if (EXTENSIONS.includes(extension)) found.paths.push(path);
    else leave(extension ? `.${extension}${OTHERS[extension] ?? ""}` : "without an ending");
  }
}

/** The most reasons that are named one by one. */
const MOST_REASONS = 5;

/** How many files of a folder were left out, and why. */
function notesOn(folder: string, { paths, leftOut, folders }: Found): string[] {
  const reasons = [...leftOut].sort(([a, m], [b, n]) => n - m || order.compare(a, b));
  const count = reasons.reduce((sum, [, n]) => sum + n, 0);
  const named = reasons.slice(0, MOST_REASONS).map(([reason, n]) => `${n} ${reason}`);
  const rest = reasons.slice(MOST_REASONS).reduce((sum, [, n]) => sum + n, 0);
  if (rest) named.push(`${rest} others`);
  const sentences: string[] = [];
  if (count) {
    const of = `${count} of the ${count + paths.length} files in "${folder}"`;
    sentences.push(`Left out ${of}: ${named.join(", ")}.`);
  }
  if (folders && paths.length) {
    const those = folders === 1 ? "A subfolder" : `${folders} subfolders`;
    const verb = folders === 1 ? "was" : "were";
    sentences.push(
      `${those} of "${folder}" ${verb} not looked into; \`recursive: true\` looks into them.`,
    );
  }
  return sentences;
}
