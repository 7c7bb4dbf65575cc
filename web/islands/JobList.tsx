/** @jsxImportSource npm:preact@10.29.8 */
/** All jobs, as they come along. */
import { useEffect, useRef, useState } from "../../deps/preact_hooks.ts";
import type { JobLine } from "../_job_news.ts";
import { plural } from "../components/format.ts";
import { listen } from "./_events.ts";

/** How often the steps of what runs are asked for, in ms. */
const STEPS_EVERY_MS = 2000;

/** How a job stands. */
function standing({ state, place, total, done, failed, step, of }: JobLine): string {
  const runs = total > 1 ? `${done} of ${total} done` : "";
  const also = total > 1 && failed > 0 ? `${failed} failed` : "";
  const words = {
    queued: place > 0 ? `waits for ${plural(place, "run")}` : "waits",
    running: total === 1 && of > 0 ? `step ${step} of ${of}` : "under way",
    done: "done",
    cancelled: "cancelled",
    failed: "failed",
  };
  const first = total > 1 && (state === "done" || state === "failed") ? "" : words[state];
  return [first, runs, also].filter(Boolean).join(", ");
}

const isOver = ({ state }: JobLine) => state !== "queued" && state !== "running";

function Lines({ title, jobs, none }: {
  title: string;
  jobs: readonly JobLine[];
  /** What is said where there are none. */
  none: string;
}) {
  return (
    <section>
      <h2>{title}</h2>
      {jobs.length === 0 && <p class="quiet">{none}</p>}
      <ul class="jobs">
        {jobs.map((job) => (
          <li key={job.id}>
            <span class={`dot ${job.state}`} aria-hidden="true" />
            <a href={job.page}>
              {job.total > 1 ? `${job.title}, ${job.total} ${job.outcome}s` : job.title}
            </a>
            <span class="quiet">{job.about}</span>
            <span>{standing(job)}</span>
            {isOver(job)
              ? (
                <a href={job.again}>
                  {job.outcome === "run" ? "Run" : "Judge"} again{" "}
                  <span class="hidden">{job.title}</span>
                </a>
              )
              : (
                <form method="post" action={`${job.cancel}?to=jobs`}>
                  <button type="submit" aria-label={`Cancel ${job.title}`}>Cancel</button>
                </form>
              )}
          </li>
        ))}
      </ul>
    </section>
  );
}

export function JobList(props: {
  readonly jobs: readonly JobLine[];
  /** Addresses: what tells that something changed, and the jobs as they are. */
  readonly events: string;
  readonly list: string;
}) {
  const [jobs, setJobs] = useState(props.jobs), steps = useRef(false);
  steps.current = jobs.some(({ state }) => state === "running");
  useEffect(() => {
    let turn = 0;
    const changed = async () => {
      const mine = ++turn;
      const response = await fetch(props.list).catch(() => undefined);
      if (!response?.ok) return; // it is asked again with the next news
      const lines: JobLine[] = await response.json();
      if (mine === turn) setJobs(lines);
    };
    // the news tells of jobs that begin and end, not of each step
    const timer = setInterval(() => document.hidden || steps.current && changed(), STEPS_EVERY_MS);
    const stop = listen(props.events, { on: { changed }, again: changed });
    return () => {
      clearInterval(timer);
      stop();
    };
  }, []);
  return (
    <div class="joblist">
      <Lines
        title="Under way"
        jobs={jobs.filter((job) => !isOver(job))}
        none="Nothing is under way."
      />
      <Lines title="Ended" jobs={jobs.filter(isOver).reverse()} none="Nothing has ended yet." />
    </div>
  );
}
JobList.displayName = "JobList";
