/** What a form for a run sent, turned into work. */
import { UserError } from "../core/errors.ts";
import { parseOptions } from "../core/options.ts";
import { option } from "../core/say.ts";
import { parseTarget } from "../run/target.ts";
import type { Technique } from "../run/technique.ts";
import { MAX_UPLOAD_BYTES, readWithin } from "./_body.ts";
import { type Fields, optionName } from "./_fields.ts";
import type { Gallery } from "./gallery.ts";
import { Refusal } from "./guard.ts";
import { optionsSent, seedSent } from "./_options_sent.ts";
import type { Wanted } from "./jobs.ts";
import type { Taken } from "./_pictures_sent.ts";
import { type Variant, variantsOf } from "./_sweep.ts";

/** The largest form: a picture of the largest size, and room for the other fields. */
const MAX_FORM_BYTES = MAX_UPLOAD_BYTES + 100_000;
/** The most runs that one form may ask for. */
const MOST_RUNS = 1000;

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

/** What a form wants explained, where it is more than a class. @throws UserError where that is a file. */
function targetOf(fields: Fields, technique: Technique): string | undefined {
  const sent = fields.get("target")?.trim();
  if (technique.kind !== "attribution" || !sent) return undefined;
  if (parseTarget(sent, () => false).some(({ mask }) => mask !== undefined)) {
    throw new UserError(
      `${option("target")} names a file: on a page, give a row and a column, such as 3@12:20.`,
      { code: "bad-option", option: "target" },
    );
  }
  return sent;
}

/** What tells one of several runs from the others. */
const labelOf = (several: boolean, picture: Taken | undefined, { label }: Pick<Variant, "label">) =>
  [several && picture?.name, label].filter(Boolean).join(" · ");

/**
 * Turns a form into work: a run for each picture and each value of a sweep. All that can be checked
 * before the model is loaded is.
 *
 * @throws UserError saying what does not fit.
 */
export function wantedOf(
  fields: Fields,
  pictures: readonly Taken[],
  technique: Technique,
  gallery: Gallery,
): readonly Wanted[] {
  const model = gallery.models.find(({ id }) => id === fields.get("model"));
  if (!model) {
    throw new UserError("There is no such model here: choose one from the list.", {
      code: "unknown-model",
    });
  }
  const target = targetOf(fields, technique);
  const variants = variantsOf(fields, technique).map((variant) => {
    const { fields, label } = variant;
    const options = optionsSent(technique.options, (name) => fields.get(optionName(name)));
    parseOptions(technique.options, options, technique.title);
    return { label, options, seed: seedSent(fields.get("seed"), technique.title) };
  });
  const takes = takesPicture(technique);
  if (takes === "required" && pictures.length === 0) {
    throw new UserError(`${technique.title} needs a picture.`, { code: "no-picture" });
  }
  const taken = takes === "none" || pictures.length === 0 ? [undefined] : pictures;
  if (taken.length * variants.length > MOST_RUNS) {
    throw new UserError(
      `These are ${taken.length * variants.length} runs, and one job takes at most ${MOST_RUNS}: ` +
        "choose fewer pictures or values.",
    );
  }
  return taken.flatMap((picture) =>
    variants.map((variant): Wanted => {
      const { options, seed } = variant, label = labelOf(taken.length > 1, picture, variant);
      const work = { technique: technique.id, model, options, target, seed };
      if (picture && "fault" in picture) return { label, work, fault: picture.fault };
      return { label, work: { ...work, image: picture } };
    })
  );
}
