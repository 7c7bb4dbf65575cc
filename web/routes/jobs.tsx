/** @jsxImportSource npm:preact@10.29.8 */
/** `/jobs`: what was asked for, and how it comes along. */
import { lossPoints } from "../../run/curve.ts";
import { isJudging, type Work } from "../_job.ts";
import { formsOf, lineOf, pageOf, reporter, titleOf } from "../_job_news.ts";
import { stream } from "../_sse.ts";
import { allShown, Facts } from "../components/Facts.tsx";
import { Island } from "../components/Island.tsx";
import { JobList } from "../islands/JobList.tsx";
import { JobView } from "../islands/JobView.tsx";
import { isOver, type Job, type Jobs } from "../jobs.ts";
import { paths, useSite } from "../site.ts";
import { MOST_COMPARED } from "../compared.ts";
import { get, jobsOf, missing, post, redirect } from "./_route.ts";

/** What is told what makes a run or a score, in words. */
const factsOf = (work: Work): Record<string, string> => ({
  ...allShown(work.options),
  ...(isJudging(work) || work.target === undefined ? {} : { target: work.target }),
  seed: String(work.seed),
});

/** What all runs of a job are told alike. */
function sharedBy(works: readonly Work[]): Record<string, string> {
  const [first, ...others] = works.map(factsOf);
  return Object.fromEntries(
    Object.entries(first).filter(([name, value]) => others.every((one) => one[name] === value)),
  );
}

function JobPage({ job, jobs }: { job: Job; jobs: Jobs }) {
  const { href } = useSite(), { id, items } = job, path = paths.job(id);
  const line = lineOf(jobs, job), several = items.length > 1;
  return (
    <article class="about">
      <header>
        <p class="kicker">
          <a href={href(paths.jobs)}>Jobs</a>
        </p>
        <h1>{several ? `${line.title}, ${line.total} ${line.outcome}s` : line.title}</h1>
        <p class="lead">{line.about}</p>
      </header>
      <Island
        of={JobView}
        props={{
          news: reporter(jobs, job)(),
          losses: lossPoints(job.losses),
          events: `${path}/events`,
          picture: `${path}/picture`,
          cancel: line.cancel,
          compare: { path: "/compare", most: MOST_COMPARED },
          ...formsOf(job),
        }}
      />
      <section>
        <h2>{several ? "Options of all" : "Options"}</h2>
        <Facts facts={sharedBy(items.map(({ work }) => work))} />
      </section>
    </article>
  );
}

/** What is said of a job that is not known: a page that waited for it is led on. */
function Unknown() {
  const { href } = useSite();
  return (
    <section class="notice">
      <h1>This job is not known</h1>
      <p>
        It ended long ago, or before the gallery was restarted. What it had done by then is among
        the runs.
      </p>
      <p class="actions">
        <a class="button primary" href={href("/new")}>New run</a>
        <a class="button" href={href(paths.jobs)}>Jobs</a>
        <a class="button" href={href("/")}>Runs</a>
      </p>
    </section>
  );
}

function find(jobs: Jobs, id: string): Job {
  const job = jobs.get(id);
  if (!job) {
    throw missing(
      "There is no such job: it ended long ago, or before the gallery was restarted.",
    );
  }
  return job;
}

const png = (bytes: Uint8Array) => {
  const headers = { "content-type": "image/png", "cache-control": "no-store" };
  return new Response(new Uint8Array(bytes), { headers });
};

const linesOf = (jobs: Jobs) => jobs.list().map((job) => lineOf(jobs, job));

export const jobRoutes = [
  get("/jobs", ({ gallery }) => {
    const jobs = linesOf(jobsOf(gallery));
    return {
      title: "Jobs",
      section: "jobs",
      refresh: jobs.some(({ state }) => state === "queued" || state === "running") ? 5 : undefined,
      body: (
        <>
          <h1>Jobs</h1>
          <Island of={JobList} props={{ jobs, events: "/events", list: "/jobs.json" }} />
        </>
      ),
    };
  }),
  get(
    "/jobs.json",
    ({ gallery }) =>
      Response.json(linesOf(jobsOf(gallery)), { headers: { "cache-control": "no-store" } }),
  ),
  get("/jobs/:id", ({ gallery, params }) => {
    const jobs = jobsOf(gallery), job = jobs.get(params.id);
    if (!job) return { title: "Unknown job", section: "jobs", status: 404, body: <Unknown /> };
    if (job.run && !job.found) return redirect(pageOf(job.work, job.run));
    return {
      title: titleOf(job),
      section: "jobs",
      refresh: isOver(job) ? undefined : 2,
      body: <JobPage job={job} jobs={jobs} />,
    };
  }),
  get("/jobs/:id/picture", ({ gallery, params }) => {
    const { picture } = find(jobsOf(gallery), params.id);
    if (!picture) throw missing("There is no picture yet.");
    return png(picture);
  }),
  get("/jobs/:id/kept/:step", ({ gallery, params }) => {
    const { kept } = find(jobsOf(gallery), params.id);
    const frame = kept.find(({ step }) => String(step) === params.step);
    if (!frame) throw missing("This picture is not kept (any more).");
    return png(frame.png);
  }),
  get("/jobs/:id/events", ({ gallery, params }) => {
    const jobs = jobsOf(gallery), job = find(jobs, params.id), news = reporter(jobs, job);
    return stream((send) => {
      send(news());
      return jobs.watch((changed) => {
        // others' ends move this one forward in the queue
        if (changed === job || isOver(changed)) send(news());
      });
    });
  }),
  post("/jobs/:id/cancel", ({ gallery, params, url }) => {
    const jobs = jobsOf(gallery), { id } = find(jobs, params.id);
    jobs.cancel(id);
    return redirect(url.searchParams.get("to") === "jobs" ? paths.jobs : paths.job(id));
  }),
];
