/** Pictures as they are named on the command line: files, and folders of them. */
import { UserError } from "../core/errors.ts";
import { either } from "../core/text.ts";

const EXTENSIONS = ["png", "jpg", "jpeg", "webp", "gif"];
const isPicture = (name: string) =>
  !name.startsWith(".") && EXTENSIONS.includes(name.split(".").at(-1)!.toLowerCase());

/** `frame-2` before `frame-10`. */
const order = new Intl.Collator("en", { numeric: true });

/** What the arguments name. */
export interface NamedPictures {
  readonly paths: readonly string[];
  /** Whether they name one picture as such: not several, and no folder. */
  readonly single: boolean;
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
  const paths: string[] = [];
  let single = args.length === 1;
  for (const arg of args) {
    const isFolder = await Deno.stat(arg).then((info) => info.isDirectory, () => false);
    if (isFolder) single = false;
    paths.push(...(isFolder ? await picturesOf(arg, recursive) : [arg]));
  }
  return { paths, single };
}

async function picturesOf(folder: string, recursive: boolean): Promise<string[]> {
  const found = await listed(folder.replace(/(?<=.)\/+$/, ""), recursive).catch((error) => {
    throw new UserError(`Cannot read the folder "${folder}": ${(error as Error).message}.`);
  });
  if (found.length > 0) return found.sort(order.compare);
  throw new UserError(
    `There is no picture in the folder "${folder}": pictures are files that end in ` +
      `${either(EXTENSIONS)}${
        recursive ? "" : "; `recursive: true` looks into its subfolders too"
      }.`,
  );
}

async function listed(folder: string, recursive: boolean): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = folder === "/" ? `/${name}` : `${folder}/${name}`;
    if (!isDirectory) found.push(...(isPicture(name) ? [path] : []));
    else if (recursive && !name.startsWith(".")) found.push(...await listed(path, true));
  }
  return found;
}
