/** @jsxImportSource npm:preact@10.29.8 */
/** A run that is under way. */
import { useEffect, useState } from "../../deps/preact_hooks.ts";
import { plural, short } from "../components/format.ts";
import type { LossPoint } from "../../run/curve.ts";
import { LossChart } from "../components/LossChart.tsx";

/** What the page knows of a job, and hears of it. */
export interface JobNews {
  readonly state: "queued" | "running" | "done" | "cancelled" | "failed";
  /** How many are before it. */
  readonly place: number;
  readonly step: number;
  readonly of: number;
  readonly loss?: number;
  /** How many frames are kept. */
  readonly frames: number;
  /** How many pictures there were to see. */
  readonly pictures: number;
  readonly message?: string;
  /** Address of the finished run's page. */
  readonly run?: string;
}

export interface JobProps {
  readonly news: JobNews;
  readonly losses: readonly LossPoint[];
  /** Addresses: what is new, the newest picture, what cancels. */
  readonly events: string;
  readonly picture: string;
  readonly cancel: string;
}

function sentence({ state, place, step, of, message }: JobNews): string {
  if (state === "queued") {
    return place > 0 ? `Waiting for ${plural(place, "run")} before this one` : "Waiting";
  }
  if (state === "running") return of > 0 ? `Step ${step} of ${of}` : "Starting: loading the model";
  if (state === "failed") return `This run failed. ${message ?? ""}`.trim();
  return state === "done" ? "Done" : "Cancelled: nothing was kept";
}

export function JobView(props: JobProps) {
  const [news, setNews] = useState(props.news);
  const [points, setPoints] = useState(props.losses);
  const over = news.state !== "queued" && news.state !== "running";

  useEffect(() => {
    if (over) return;
    const source = new EventSource(props.events);
    source.onmessage = ({ data }) => {
      const heard: JobNews = JSON.parse(data);
      setNews(heard);
      const { step, loss } = heard;
      if (loss !== undefined) {
        setPoints((old) =>
          old.length && old[old.length - 1][0] >= step ? old : [...old, [step, loss]]
        );
      }
      if (heard.run) location.replace(heard.run);
    };
    return () => source.close();
  }, [over]);

  return (
    <div class="job">
      <p role="status">
        {sentence(news)}
        {news.state === "running" && news.loss !== undefined && ` · loss ${short(news.loss)}`}
      </p>
      {!over && (
        <progress
          aria-label="Progress"
          max={Math.max(1, news.of)}
          value={news.state === "queued" ? 0 : news.step}
        />
      )}
      {!over && (
        <form method="post" action={props.cancel}>
          <button type="submit">Cancel</button>
        </form>
      )}
      {news.pictures > 0 && (
        <img
          class="forming"
          src={`${props.picture}?${news.pictures}`}
          alt={over ? "The last picture" : "The picture as it is now"}
        />
      )}
      <LossChart points={points} of={news.of} />
      {news.run && (
        <p>
          <a href={news.run}>Open the run</a>
        </p>
      )}
    </div>
  );
}
JobView.displayName = "JobView";
