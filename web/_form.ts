/** What a form for a run sent, read with bounds and turned into work. */
import { z } from "../deps/zod.ts";
import { UserError } from "../core/errors.ts";
import { optionFields, parseOptions, readFlag, seedOption } from "../core/options.ts";
import { option } from "../core/say.ts";
import { platform } from "../platform/mod.ts";
import { parseTarget } from "../run/target.ts";
import type { Technique } from "../run/technique.ts";
import type { Gallery } from "./gallery.ts";
import { MAX_UPLOAD_BYTES, readWithin } from "./_body.ts";
import { Refusal } from "./guard.ts";
import { plainName } from "./_picture_name.ts";
import type { Work } from "./worker.ts";

/** The largest form: such a picture, and room for the other fields. */
const MAX_FORM_BYTES = MAX_UPLOAD_BYTES + 100_000;

/** Name of the form's field for one of the technique's options. */
export const optionName = (name: string): string => `option-${name}`;

/** Whether the form for a technique must have a picture, may have one, or has no place for one. */
export const takesPicture = (technique: Technique): "required" | "optional" | "none" =>
  technique.kind === "attribution" ? "required" : technique.picture;

/**
 * Reads a form.
 *
 * @throws Refusal where it is too large, or not a form.
 */
export async function readForm(request: Request): Promise<FormData> {
  const body = await readWithin(request, { most: MAX_FORM_BYTES });
  const headers = { "content-type": request.headers.get("content-type") ?? "" };
  try {
    return await new Response(body, { headers }).formData();
  } catch {
    throw new Refusal(400, "Not a form", "What was sent could not be read as a form.");
  }
}

/** The picture that a form sends, or else the sample that it chooses; undefined where it does neither. */
async function pictureOf(form: FormData, gallery: Gallery): Promise<Work["image"]> {
  const file = form.get("picture"), wanted = form.get("sample");
  if (file instanceof File && file.size > 0) {
    if (file.size > MAX_UPLOAD_BYTES) {
      throw new UserError(
        `This picture is too large: it may have at most ${MAX_UPLOAD_BYTES / 1e6} MB.`,
      );
    }
    const image = { name: plainName(file.name), bytes: await file.bytes() };
    await gallery.pictures.check(image.name, image.bytes);
    return image;
  }
  if (!wanted) return undefined;
  const sample = gallery.samples.find(({ name }) => name === wanted);
  if (!sample) throw new UserError("There is no such sample picture.");
  return { name: sample.name, bytes: await platform.readFile(sample.url) };
}

/** The options that a form gives, not yet validated; empty fields are left out, boxes never are. */
function optionsOf(form: FormData, technique: Technique): Record<string, unknown> {
  const options: Record<string, unknown> = {};
  for (const field of optionFields(technique.options)) {
    const sent = form.get(optionName(field.name));
    // an unchecked box sends nothing
    if (field.type === "boolean") options[field.name] = sent !== null;
    else if (typeof sent === "string" && sent.trim()) {
      options[field.name] = readFlag(field, sent.trim());
    }
  }
  return options;
}

const seedSchema = z.object({ seed: seedOption });

/** The seed that a form gives. @throws UserError where it is not one. */
function seedOf(form: FormData, technique: Technique): { seed: number } {
  const [field] = optionFields(seedSchema), sent = form.get(field.name);
  const given = typeof sent === "string" && sent.trim() ? { seed: readFlag(field, sent) } : {};
  return parseOptions(seedSchema, given, technique.title);
}

/** What a form wants explained, where it is more than a class. @throws UserError where that is a file. */
function targetOf(form: FormData, technique: Technique): string | undefined {
  const sent = form.get("target");
  if (technique.kind !== "attribution" || typeof sent !== "string" || !sent.trim()) {
    return undefined;
  }
  if (parseTarget(sent, () => false).some(({ mask }) => mask !== undefined)) {
    throw new UserError(
      `${option("target")} names a file: on a page, give a row and a column, such as 3@12:20.`,
      { code: "bad-option", option: "target" },
    );
  }
  return sent.trim();
}

/**
 * Turns a form into work, checking all that can be checked before the model is loaded.
 *
 * @throws UserError saying what does not fit.
 */
export async function workOf(
  form: FormData,
  technique: Technique,
  gallery: Gallery,
): Promise<Work> {
  const model = gallery.models.find(({ id }) => id === form.get("model"));
  if (!model) {
    throw new UserError("There is no such model here: choose one from the list.", {
      code: "unknown-model",
    });
  }
  const options = optionsOf(form, technique);
  parseOptions(technique.options, options, technique.title);
  const { seed } = seedOf(form, technique), target = targetOf(form, technique);
  const takes = takesPicture(technique);
  const image = takes === "none" ? undefined : await pictureOf(form, gallery);
  if (takes === "required" && !image) {
    throw new UserError(`${technique.title} needs a picture.`, { code: "no-picture" });
  }
  return { technique: technique.id, model, options, target, seed, image };
}
