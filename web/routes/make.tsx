/** @jsxImportSource npm:preact@10.29.8 */
/** `/new`, `/jobs`: runs asked for on the page. */
import { UserError } from "../../core/errors.ts";
import { platform } from "../../platform/mod.ts";
import type { Technique } from "../../run/technique.ts";
import { techniques } from "../../techniques/mod.ts";
import { readForm, workOf } from "../_form.ts";
import { stream } from "../_sse.ts";
import type { Page } from "../components/Document.tsx";
import { allShown, Facts } from "../components/Facts.tsx";
import { Island } from "../components/Island.tsx";
import { lossPoints } from "../../run/curve.ts";
import { RunForm } from "../components/RunForm.tsx";
import type { Gallery } from "../gallery.ts";
import { type JobNews, JobView } from "../islands/JobView.tsx";
import type { Job, Jobs } from "../jobs.ts";
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
      <p class="lead">Choose a technique.</p>
      <ul class="entries">
        {[...techniques].map(({ id, title, summary }) => (
          <li key={id}>
            <h2>
              <a href={href(paths.make(id))}>{title}</a>
            </h2>
            <p>{summary}</p>
          </li>
        ))}
      </ul>
    </>
  );
}

/** Attributions that a technique can build on: all but itself. */
const attributionIds = (technique: Technique): string[] =>
  [...techniques].filter((other) => other.kind === "attribution" && other !== technique)
    .map(({ id }) => id);

async function formPage(
  technique: Technique,
  gallery: Gallery,
  sent?: FormData,
  fault?: UserError,
): Promise<Page> {
  const { models, samples } = gallery, layers = await gallery.outlines.layers();
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
              sent={sent}
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

function newsOf(job: Job, jobs: Jobs): JobNews {
  const { id, state, step, of, losses, frames, pictures, message, run } = job;
  return {
    state,
    place: jobs.place(id),
    step,
    of,
    loss: losses.at(-1),
    frames,
    pictures,
    message,
    run: run && paths.run(run),
  };
}

const isOver = ({ state }: Job) => state !== "queued" && state !== "running";

function JobPage({ job, jobs }: { job: Job; jobs: Jobs }) {
  const { id, work } = job, path = paths.job(id);
  return (
    <article class="about">
      <header>
        <p class="kicker">Run under way</p>
        <h1>{techniqueOf(work.technique).title}</h1>
        <p class="lead">{[work.image?.name, work.model.id].filter(Boolean).join(" · ")}</p>
      </header>
      <Island
        of={JobView}
        props={{
          news: newsOf(job, jobs),
          losses: lossPoints(job.losses),
          events: `${path}/events`,
          picture: `${path}/picture`,
          cancel: `${path}/cancel`,
        }}
      />
      <section>
        <h2>Options</h2>
        <Facts
          facts={{
            ...allShown(work.options),
            ...(work.target === undefined ? {} : { target: work.target }),
            seed: String(work.seed),
          }}
        />
      </section>
    </article>
  );
}

function find(jobs: Jobs, id: string): Job {
  const job = jobs.get(id);
  if (!job) {
    throw missing(
      "There is no such run under way: it ended long ago, or before the gallery was restarted.",
    );
  }
  return job;
}

export const makeRoutes = [
  get("/new", ({ gallery }) => {
    jobsOf(gallery);
    return { title: "New run", section: "new", body: <Choose /> };
  }),
  get("/new/:technique", ({ gallery, params }) => {
    const jobs = jobsOf(gallery), technique = techniqueOf(params.technique);
    jobs.prepare(); // while the form is filled in
    return formPage(technique, gallery);
  }),
  post("/new/:technique", async ({ gallery, params, request }) => {
    const jobs = jobsOf(gallery), technique = techniqueOf(params.technique);
    const form = await readForm(request);
    try {
      return redirect(paths.job(jobs.add(await workOf(form, technique, gallery)).id));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return formPage(technique, gallery, form, error);
    }
  }),
  get("/samples/:number", async ({ gallery, params }) => {
    const sample = gallery.samples[Number(params.number)];
    if (!sample) throw missing("There is no such sample picture.");
    const type = /\.png$/i.test(sample.name) ? "image/png" : "image/jpeg";
    return new Response(await platform.readFile(sample.url), { headers: { "content-type": type } });
  }),
  get("/jobs/:id", ({ gallery, params }) => {
    const jobs = jobsOf(gallery), job = find(jobs, params.id);
    if (job.run) return redirect(paths.run(job.run));
    return {
      title: techniqueOf(job.work.technique).title,
      section: "new",
      refresh: isOver(job) ? undefined : 2,
      body: <JobPage job={job} jobs={jobs} />,
    };
  }),
  get("/jobs/:id/picture", ({ gallery, params }) => {
    const { picture } = find(jobsOf(gallery), params.id);
    if (!picture) throw missing("There is no picture yet.");
    const headers = { "content-type": "image/png", "cache-control": "no-store" };
    return new Response(new Uint8Array(picture), { headers });
  }),
  get("/jobs/:id/events", ({ gallery, params }) => {
    const jobs = jobsOf(gallery), job = find(jobs, params.id);
    return stream((send) => {
      send(newsOf(job, jobs));
      return jobs.watch((changed) => {
        // others' ends move this one forward in the queue
        if (changed === job || isOver(changed)) send(newsOf(job, jobs));
      });
    });
  }),
  post("/jobs/:id/cancel", ({ gallery, params }) => {
    const jobs = jobsOf(gallery), { id } = find(jobs, params.id);
    jobs.cancel(id);
    return redirect(paths.job(id));
  }),
];
