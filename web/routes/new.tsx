/** @jsxImportSource npm:preact@10.29.8 */
/** `/new`: runs asked for on the page. */
import { UserError } from "../../core/errors.ts";
import type { Technique } from "../../run/technique.ts";
import { techniques } from "../../techniques/mod.ts";
import { type Filled, filledBy } from "../_again.ts";
import { fieldsOf } from "../_fields.ts";
import { readForm, takesPicture, wantedOf } from "../_form.ts";
import { picturesOf, tokensOf } from "../_pictures_sent.ts";
import type { Page } from "../components/Document.tsx";
import { TechniqueList } from "../components/TechniqueList.tsx";
import { RunForm } from "../components/RunForm.tsx";
import type { Gallery } from "../gallery.ts";
import type { Job } from "../jobs.ts";
import { paths, useSite } from "../site.ts";
import { get, jobsOf, missing, post, redirect } from "./_route.ts";

function techniqueOf(id: string): Technique {
  if (techniques.has(id)) return techniques.get(id);
  throw missing(`There is no technique "${id}" here.`);
}

function Choose() {
  const { href } = useSite();
  return (
    <>
      <h1>New run</h1>
      <p class="lead">
        Choose a technique. What was asked for is under <a href={href(paths.jobs)}>Jobs</a>.
      </p>
      <TechniqueList hrefOf={({ id }) => href(paths.make(id))} />
    </>
  );
}

/** Attributions that a technique can build on: all but itself. */
const attributionIds = (technique: Technique): string[] =>
  [...techniques].filter((other) => other.kind === "attribution" && other !== technique)
    .map(({ id }) => id);

/** What a form begins with, and what is said above it. */
interface Begun extends Filled {
  readonly fault?: UserError;
}

async function formPage(technique: Technique, gallery: Gallery, begun: Begun): Promise<Page> {
  const { models, samples, uploads } = gallery, { fields, notes, fault } = begun;
  const layers = await gallery.outlines.layers();
  const kept = tokensOf(fields?.get("sample")).filter((token) => uploads.has(token))
    .map((token) => uploads.get(token)).map(({ token, name }) => ({ token, name }));
  return {
    title: `${fault ? "Please check: " : ""}New run of ${technique.title}`,
    section: "new",
    status: fault ? 422 : 200,
    body: (
      <article class="about">
        <header>
          <p class="kicker">New run</p>
          <h1>{technique.title}</h1>
          <p class="lead">{technique.summary}</p>
        </header>
        {models.length > 0
          ? (
            <RunForm
              technique={technique}
              models={models}
              layers={layers}
              techniques={attributionIds(technique)}
              samples={samples}
              fields={fields}
              kept={kept}
              notes={notes}
              fault={fault}
            />
          )
          : (
            <p>
              This gallery was opened without a model, so no run can be made here.
            </p>
          )}
      </article>
    ),
  };
}

/** Takes a form: its job, or, where something does not fit, the form again with all that it had. */
async function take(technique: Technique, gallery: Gallery, form: FormData): Promise<Job | Begun> {
  let fields = fieldsOf(technique, form);
  try {
    if (takesPicture(technique) === "none") {
      return jobsOf(gallery).add(wantedOf(fields, [], technique, gallery), fields);
    }
    const { pictures, sample } = await picturesOf(form, gallery);
    // pictures that came are kept: whatever else does not fit, they need not come again
    fields = new Map(fields).set("sample", sample ?? "");
    return jobsOf(gallery).add(wantedOf(fields, pictures, technique, gallery), fields);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { fields, notes: [], fault: error };
  }
}

export const newRoutes = [
  get("/new", ({ gallery }) => {
    jobsOf(gallery);
    return { title: "New run", section: "new", body: <Choose /> };
  }),
  get("/new/:technique", async ({ gallery, params, url }) => {
    const jobs = jobsOf(gallery), technique = techniqueOf(params.technique);
    jobs.prepare(); // while the form is filled in
    return formPage(technique, gallery, await filledBy(technique, gallery, url.searchParams));
  }),
  post("/new/:technique", async ({ gallery, params, request }) => {
    jobsOf(gallery);
    const technique = techniqueOf(params.technique);
    const taken = await take(technique, gallery, await readForm(request));
    return "id" in taken ? redirect(paths.job(taken.id)) : formPage(technique, gallery, taken);
  }),
];
