/** Removes what an earlier microscope has left in a folder: of layers, pictures and classes that are gone. */
import { UserError } from "../../core/errors.ts";
import type { MicroscopeData } from "../../microscope/data.ts";
import { type Held, openMicroscope } from "../../microscope/folder.ts";
import { platform } from "../../platform/mod.ts";
import { unwritable } from "../../run/folder.ts";
import { isDataOf, isNamedBy, isPictureOf } from "./contents.ts";

/** The folders that it lies in, and those in which each layer has one of its own. */
const FLAT = ["", "/layers", "/atlas", "/seen", "/classes"];
const DEEP = ["/channels", "/images", "/crops"];

/** The microscope that lies in a folder, if there is one that can be read. */
export async function microscopeIn(folder: string): Promise<MicroscopeData | undefined> {
  try {
    return (await openMicroscope(folder)).data;
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

async function filesIn(folder: string, within: string): Promise<readonly string[]> {
  const files: string[] = [];
  try {
    for await (const { name, kind } of platform.list(`${folder}${within}`)) {
      if (kind === "file") files.push(`${within}/${name}`);
    }
  } catch (error) {
    if (platform.fault(error) !== "missing") throw error;
  }
  return files;
}

/**
 * Removes files that an earlier microscope consists of and this one does not. What is called otherwise
 * was never a microscope's, and stays.
 *
 * @param before the earlier one
 * @param pages the paths of this one's pages
 * @throws UserError where a file cannot be removed.
 */
export async function sweep(
  folder: string,
  before: MicroscopeData,
  now: Held,
  pages: ReadonlySet<string>,
): Promise<void> {
  const slugs = before.layers.map(({ slug }) => slug);
  const deep = DEEP.flatMap((within) => slugs.map((slug) => `${within}/${slug}`));
  try {
    for (const within of [...FLAT, ...deep]) {
      for (const path of await filesIn(folder, within)) {
        const stays = pages.has(path) || isPictureOf(now, path) || isDataOf(now, path);
        if (isNamedBy(before, path) && !stays) await platform.remove(`${folder}${path}`);
      }
    }
  } catch (error) {
    throw platform.fault(error) ? unwritable(folder, error) : error;
  }
}
