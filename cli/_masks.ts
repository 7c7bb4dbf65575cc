/** Pictures for tasks, with the masks that lie beside them. */
import { UserError } from "../core/errors.ts";
import { loadImage, pictureFile } from "../image/mod.ts";
import type { FileChoice, KnownPicture } from "../jobs/kind.ts";
import { option } from "../core/say.ts";
import { platform } from "../platform/mod.ts";

/** `cat.png` → `cat` */
const stemOf = (name: string) => name.replace(/\.[^./\\]+$/, "");

/** The last part of a path. */
const nameOf = (path: string) => path.split(/[\\/]/).at(-1)!;

/** The mask that lies beside a picture, as `phosphene sample` writes it: `cat.mask.png`. */
const beside = (picture: string) => `${stemOf(picture)}.mask.png`;

const isFile = (path: string) =>
  platform.stat(path).then(({ kind }) => kind === "file", () => false);

/**
 * Finds the mask of a picture: the one that was given, or, in a folder of masks or beside the picture,
 * that of its name. Undefined where there is none.
 *
 * @throws UserError for one mask and several pictures, and for a folder that lacks the picture's.
 */
export async function maskFinder(
  given: string | undefined,
  pictures: number,
): Promise<(picture: string | undefined) => Promise<string | undefined>> {
  if (given === undefined) {
    return async (picture) =>
      picture !== undefined && await isFile(beside(picture)) ? beside(picture) : undefined;
  }
  const folder = await platform.stat(given).then(({ kind }) => kind === "folder", () => false);
  if (!folder) {
    if (pictures > 1) {
      throw new UserError(
        `There are ${pictures} pictures and one mask: give ${
          option("mask")
        } a folder of masks that are ` +
          "called as the pictures are.",
        { code: "bad-option", option: "mask" },
      );
    }
    return () => Promise.resolve(given);
  }
  return async (picture = "") => {
    const stem = stemOf(nameOf(picture));
    const names = [nameOf(picture), `${stem}.png`, `${stem}.mask.png`];
    for (const name of names) {
      if (await isFile(`${given}/${name}`)) return `${given}/${name}`;
    }
    throw new UserError(
      `There is no mask of "${nameOf(picture)}" in "${given}": it would be called ${
        names.slice(1).join(" or ")
      }.`,
      { code: "no-file", option: "mask" },
    );
  };
}

/** A picture's file, as tasks name it. @throws UserError where it cannot be read. */
export async function fileChoice(path: string): Promise<FileChoice> {
  const { name, sha256 } = await pictureFile(path);
  return { name, path: await platform.realPath(path), sha256 };
}

/** Likewise, by the path that was given, of a picture that can be read. @throws UserError for another. */
export async function readablePicture(picture: string): Promise<FileChoice> {
  const { name, path, sha256 } = await loadImage(picture);
  return { name, path: path!, sha256 };
}

/** Pictures with their masks, where there are any; read one after the other. @throws UserError likewise. */
export async function withMasks(
  paths: readonly string[],
  mask: string | undefined,
): Promise<KnownPicture[]> {
  const maskOf = await maskFinder(mask, paths.length), pictures: KnownPicture[] = [];
  for (const path of paths) {
    const found = await maskOf(path);
    pictures.push({
      image: await fileChoice(path),
      ...(found !== undefined && { mask: await fileChoice(found) }),
    });
  }
  return pictures;
}
