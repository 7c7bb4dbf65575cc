/** Pictures that tasks name by their path, and that may have changed since. */
import { UserError } from "../../core/errors.ts";
import { decodeImage, pictureFile, type SourcePicture } from "../../image/mod.ts";
import type { FileChoice, Tools } from "../kind.ts";

/** The picture of a file. @throws UserError where it is not the one any more that was meant, or none. */
export async function unchanged(
  { name, path, sha256: wanted }: FileChoice,
  { at }: Pick<Tools, "at">,
): Promise<SourcePicture> {
  const { bytes, sha256 } = await pictureFile(at(path));
  if (sha256 === wanted) return { ...await decodeImage(bytes, name), name, path, sha256, bytes };
  throw new UserError(
    `"${path}" is not the picture any more that it was when the work was planned.`,
    { code: "bad-file" },
  );
}

/** A picture that a task is about. */
export interface PictureChoice extends Omit<FileChoice, "path"> {
  /** Where it lay when the task was made; none: it goes with the errand. */
  readonly path?: string;
}

/** @throws UserError where it is not there (any more), or no picture. */
export async function pictureOf(
  { name, path, sha256 }: PictureChoice,
  tools: Pick<Tools, "at" | "sent">,
): Promise<SourcePicture> {
  if (path !== undefined) return await unchanged({ name, path, sha256 }, tools);
  const bytes = tools.sent.get(sha256);
  if (bytes) return { ...await decodeImage(bytes, name), name, sha256, bytes };
  throw new UserError(`Cannot read picture "${name}": it did not come with the task.`, {
    code: "no-file",
  });
}
