/** A form filled in as it was for another run. */
import { platform } from "../platform/mod.ts";
import type { Manifest } from "../run/manifest.ts";
import { modelName } from "../run/model_name.ts";
import type { Technique } from "../run/technique.ts";
import { type Fields, fieldsOf, fieldsOfRun } from "./_fields.ts";
import { takesPicture } from "./_form.ts";
import type { Gallery } from "./gallery.ts";
import { readManifest, statFile } from "./_manifest.ts";
import { plainName } from "./_picture_name.ts";
import { keptValue, tokensOf } from "./_pictures_sent.ts";

/** What a form begins with. */
export interface Filled {
  /** Nothing for a form that begins with the defaults. */
  readonly fields?: Fields;
  /** What could not be taken over, in sentences. */
  readonly notes: readonly string[];
}

/** The largest picture that runs keep; what is larger was put there by somebody else. */
const MAX_KEPT_BYTES = 2 ** 25;

/** The token of the very picture that a run was made of, where its folder still has it. */
export async function pictureOfRun(
  { folder, uploads }: Gallery,
  id: string,
  { image }: Manifest,
): Promise<string | undefined> {
  const kept = image?.file, path = `${folder}/${id}`;
  const found = kept && await statFile(path, { ...kept, role: "input" });
  if (!found || found.bytes > MAX_KEPT_BYTES) return undefined;
  const bytes = await platform.readFile(`${path}/${kept.name}`).catch(() => undefined);
  if (!bytes || await platform.sha256(bytes) !== kept.sha256) return undefined;
  return (await uploads.add(plainName(image.name), bytes)).token;
}

const gone = (name: string) =>
  name
    ? `The picture "${name}" is not there any more: choose it once more.`
    : "A picture is not there any more: choose it once more.";

/** The form of a run that was saved. */
async function filledByRun(technique: Technique, gallery: Gallery, id: string): Promise<Filled> {
  await gallery.index.refreshIfChanged();
  const read = gallery.index.has(id) && await readManifest(`${gallery.folder}/${id}`);
  if (!read || !read.manifest) {
    const why = read ? "is damaged" : "is not there any more";
    return { notes: [`The run "${id}" ${why}, so this form begins with the defaults.`] };
  }
  const { manifest } = read,
    notes: string[] = [],
    fields = new Map(fieldsOfRun(technique, manifest));
  if (!gallery.models.some(({ id }) => id === manifest.model.id)) {
    notes.push(`Its model, "${modelName(manifest.model.id)}", is not among those of this gallery.`);
  }
  if (takesPicture(technique) !== "none") {
    const token = await pictureOfRun(gallery, id, manifest);
    if (!token && manifest.image) notes.push(gone(manifest.image.name));
    // without it, the form would choose a picture of its own
    fields.set("sample", token ? keptValue([token]) : "");
  }
  return { fields, notes };
}

/** Fields whose picture is chosen by a token that is (still) good, and what is to be said if it is not. */
function withKept(fields: Fields, { uploads }: Gallery, name = ""): Filled {
  const sample = fields.get("sample") ?? "", tokens = tokensOf(sample);
  const left = tokens.filter((token) => uploads.has(token));
  const same = left.length === tokens.length;
  // without any, the form would choose a picture of its own
  const chosen = same ? sample : left.length > 0 ? keptValue(left) : "";
  return {
    fields: new Map(fields).set("sample", chosen),
    notes: same ? [] : [gone(tokens.length === 1 ? name : "")],
  };
}

/** The form of a job that is remembered, whatever became of it. */
function filledByJob(technique: Technique, gallery: Gallery, id: string): Filled {
  const job = gallery.jobs?.get(id);
  if (!job) {
    return {
      notes: [`The job "${id}" is not remembered any more, so this form begins with the defaults.`],
    };
  }
  const fields = fieldsOf(technique, { get: (name) => job.fields.get(name) ?? null });
  return withKept(fields, gallery, job.work.image?.name);
}

/** What a form begins with, by its address: `?run=ID`, `?job=ID`, or its own fields. */
export async function filledBy(
  technique: Technique,
  gallery: Gallery,
  query: URLSearchParams,
): Promise<Filled> {
  const run = query.get("run"), job = query.get("job");
  if (run !== null) return await filledByRun(technique, gallery, run);
  if (job !== null) return filledByJob(technique, gallery, job);
  const fields = fieldsOf(technique, query);
  return fields.size > 0 ? withKept(fields, gallery) : { notes: [] };
}
