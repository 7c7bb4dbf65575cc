/** The pictures that a form sends or chooses. */
import { UserError } from "../core/errors.ts";
import { MAX_UPLOAD_BYTES } from "./_body.ts";
import type { Gallery } from "./gallery.ts";
import { plainName } from "./_picture_name.ts";
import type { Upload } from "./uploads.ts";

/** A picture for a run, or why there is none of that name. */
export type Taken = Upload | { readonly name: string; readonly fault: string };

/** How the field `sample` names pictures that were sent before: by their tokens. */
const KEPT = "kept:";
export const keptValue = (tokens: readonly string[]): string => KEPT + tokens.join();

/** The tokens that the field `sample` names. */
export const tokensOf = (sample: string | undefined): string[] =>
  sample?.startsWith(KEPT) ? sample.slice(KEPT.length).split(",").filter(Boolean) : [];

/** What has the name of a picture: of a folder, the rest is left alone. */
const IS_PICTURE = /\.(png|jpe?g|webp|gif|bmp|dib|tiff?|p[pgbna]m|pnm)$/i;

/** The files of a form; a field that nobody filled sends one without a name. */
function filesOf(form: FormData): File[] {
  const all = (name: string) =>
    form.getAll(name).filter((sent) => sent instanceof File)
      .filter(({ name, size }) => name !== "" || size > 0);
  const chosen = all("picture"), folder = all("folder");
  return [...chosen, ...folder.filter(({ name }) => IS_PICTURE.test(name))];
}

/** @throws UserError where it is empty, too large or no picture. */
async function keep(file: File, { pictures, uploads }: Gallery): Promise<Upload> {
  const name = plainName(file.name);
  if (file.size === 0) {
    throw new UserError(`Cannot read picture "${name}": it is empty. Choose another file.`);
  }
  if (file.size > MAX_UPLOAD_BYTES) {
    throw new UserError(
      `The picture "${name}" is too large: it may have at most ${MAX_UPLOAD_BYTES / 1e6} MB.`,
    );
  }
  const bytes = await file.bytes();
  await pictures.check(name, bytes);
  return await uploads.add(name, bytes);
}

/**
 * The pictures that a form sends, or else those sent before or the sample that it chooses. Sent ones
 * are kept, so that they need not be sent again. Of several, those that cannot be read are among
 * them, with the reason.
 *
 * @returns Also the value of the field `sample` that chooses the same again.
 * @throws UserError where the only one cannot be read, or is not kept any more.
 */
export async function picturesOf(
  form: FormData,
  gallery: Gallery,
): Promise<{ readonly pictures: readonly Taken[]; readonly sample?: string }> {
  const files = filesOf(form);
  if (files.length > 0) {
    const pictures: Taken[] = [], tokens: string[] = [];
    for (const file of files) {
      try {
        const upload = await keep(file, gallery);
        pictures.push(upload);
        tokens.push(upload.token);
      } catch (error) {
        if (!(error instanceof UserError) || files.length === 1) throw error;
        pictures.push({ name: plainName(file.name), fault: error.message });
      }
    }
    return { pictures, sample: keptValue(tokens) };
  }
  const wanted = form.get("sample");
  if (typeof wanted !== "string" || wanted === "") return { pictures: [] };
  const tokens = tokensOf(wanted);
  if (tokens.length > 0) {
    return { pictures: tokens.map((token) => gallery.uploads.get(token)), sample: wanted };
  }
  if (!gallery.samples.some(({ name }) => name === wanted)) {
    throw new UserError("There is no such sample picture.");
  }
  return { pictures: [gallery.uploads.get(wanted)], sample: wanted };
}

/**
 * The mask that a form sends, or one that was sent before, or one that is known.
 *
 * @param known What a mask that is known is asked for with.
 * @throws UserError where it cannot be read.
 */
export async function maskOf(
  form: FormData,
  gallery: Gallery,
  known: string | undefined,
): Promise<Upload | undefined> {
  const sent = form.get("mask"), before = form.get("kept-mask");
  if (sent instanceof File && (sent.name !== "" || sent.size > 0)) return await keep(sent, gallery);
  const token = typeof before === "string" && gallery.uploads.has(before) ? before : known;
  return token === undefined ? undefined : gallery.uploads.get(token);
}
