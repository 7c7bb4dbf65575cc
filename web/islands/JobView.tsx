/** @jsxImportSource npm:preact@10.29.8 */
/** A job that is under way: one run, or several. */
import { useEffect, useState } from "../../deps/preact_hooks.ts";
import type { LossPoint } from "../../run/curve.ts";
import type { ItemNews, JobNews } from "../_job_news.ts";
import { short } from "../components/format.ts";
import { LossChart } from "../components/LossChart.tsx";
import { listen } from "./_events.ts";
import { JobItems } from "./_JobItems.tsx";
import { sentence, sentenceOfAll } from "./_job_sentence.ts";
import { KeptFrames } from "./_KeptFrames.tsx";

export interface JobProps {
  readonly news: JobNews;
  readonly losses: readonly LossPoint[];
  /** Addresses: what is new, the newest picture, what cancels. */
  readonly events: string;
  readonly picture: string;
  readonly cancel: string;
  /** Its form filled in, from what the server remembers, and from what stands in the address itself. */
  readonly again: string;
  readonly form: string;
  /** Where runs are compared, and how many at once. */
  readonly compare: { readonly path: string; readonly most: number };
}

/** The address that compares the first runs of those that are done; nothing where there is but one. */
function compareOf(items: readonly ItemNews[], { path, most }: JobProps["compare"]) {
  const all = new Set(items.flatMap(({ run }) => run ? run.split("#")[0].split("/").at(-1)! : []));
  const ids = [...all].slice(0, most);
  return ids.length > 1 ? `${path}?${ids.map((id) => `run=${id}`).join("&")}` : undefined;
}

/** What is known of the items, brought up to the news. */
const merged = (items: readonly ItemNews[], news: readonly ItemNews[]): ItemNews[] => {
  const all = [...items];
  for (const item of news) all[item.n] = item;
  return all;
};

/** How the server can be heard: it can, it does not answer, it knows nothing of the job (any more). */
type Hearing = "there" | "lost" | "gone";

export function JobView(props: JobProps) {
  const [news, setNews] = useState(props.news);
  const [items, setItems] = useState(props.news.items);
  const [points, setPoints] = useState(props.losses);
  const [hearing, setHearing] = useState<Hearing>("there");
  const over = news.state !== "queued" && news.state !== "running";

  useEffect(() => {
    if (over) return;
    const hear = (data: string) => {
      const heard: JobNews = JSON.parse(data), { step, loss } = heard;
      setHearing("there");
      setNews(heard);
      setItems((old) => merged(old, heard.items));
      // of several, each begins anew
      setPoints((old) => {
        const before = old.length && step < old[old.length - 1][0] ? [] : old;
        const isNew = loss !== undefined &&
          !(before.length && before[before.length - 1][0] >= step);
        return isNew ? [...before, [step, loss]] : before;
      });
      if (heard.run && !heard.found) location.replace(heard.run);
    };
    return listen(props.events, {
      on: { message: hear },
      lost: () => setHearing("lost"),
      gone: () => setHearing("gone"),
    });
  }, [over]);

  if (hearing === "gone") {
    return (
      <div class="job">
        <p role="status">
          The gallery was restarted meanwhile, and knows nothing of this job any more. What was done
          by then is among the runs.
        </p>
        <p class="actions">
          <a class="button primary" href={props.form}>Ask for it again</a>
          <a class="button" href="/">See the runs</a>
        </p>
      </div>
    );
  }
  const several = news.total > 1;
  const comparison = over && several ? compareOf(items, props.compare) : undefined;
  return (
    <div class="job">
      <p role="status">
        {hearing === "lost"
          ? "The gallery does not answer. This page asks it again every few seconds."
          : several
          ? sentenceOfAll(news, items)
          : sentence(news)}
        {news.state === "running" && !several && news.loss !== undefined &&
          ` · loss ${short(news.loss)}`}
      </p>
      {!over && (
        <progress
          aria-label="Progress"
          max={Math.max(1, several ? news.total : news.of)}
          value={several
            ? items.filter(({ state }) => state !== "queued" && state !== "running").length +
              (news.state === "running" && news.of > 0 ? news.step / news.of : 0)
            : news.state === "queued"
            ? 0
            : news.step}
        />
      )}
      <div class="actions">
        {!over && (
          <form method="post" action={props.cancel}>
            <button type="submit">{several ? "Cancel all" : "Cancel"}</button>
          </form>
        )}
        {over && (
          <a class="button" href={props.again}>
            Change and {news.outcome === "run" ? "run" : "judge"} again
          </a>
        )}
        {comparison && <a class="button" href={comparison}>Compare the runs</a>}
      </div>
      {news.pictures > 0 && !(over && (several || news.kept.length > 0)) && (
        <figure>
          <img
            class="forming"
            src={`${props.picture}?${news.pictures}`}
            alt={over ? "The last picture" : "The picture as it is now"}
          />
          {over && (
            <figcaption>
              <a href={props.picture} download="last.png">Save the last picture</a>
            </figcaption>
          )}
        </figure>
      )}
      {over && news.kept.length > 0 && <KeptFrames kept={news.kept} />}
      <LossChart points={points} of={over ? undefined : news.of} />
      {several && <JobItems items={items} title={news.outcome === "run" ? "Runs" : "Scores"} />}
      {news.run && (
        <p>
          <a href={news.run}>Open the run</a>
        </p>
      )}
    </div>
  );
}
JobView.displayName = "JobView";
