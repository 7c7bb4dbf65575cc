/** How a job comes along, in a sentence. */
import type { ItemNews, JobNews } from "../_job_news.ts";
import { plural } from "../components/format.ts";

/** How one run comes along. */
export function sentence(news: JobNews): string {
  const { outcome, state, place, step, of, found, message } = news, isRun = outcome === "run";
  if (state === "queued") {
    return place > 0 ? `Waiting for ${plural(place, "run")} before this one` : "Waiting";
  }
  if (state === "running") return of > 0 ? `Step ${step} of ${of}` : "Starting: loading the model";
  if (state === "failed") {
    return `${isRun ? "This run failed" : "It cannot be judged so"}. ${message ?? ""}`.trim();
  }
  if (found) return `This very ${outcome} is there already, so it was not made again`;
  return state === "done" ? "Done" : `Cancelled: it was not saved as a ${outcome}`;
}

/** How several runs come along. */
export function sentenceOfAll(news: JobNews, items: readonly ItemNews[]): string {
  const isRun = news.outcome === "run";
  const count = (wanted: string) => items.filter(({ state }) => state === wanted).length;
  const over = items.filter(({ state }) => state !== "queued" && state !== "running").length;
  const failed = count("failed"), cancelled = count("cancelled");
  const found = items.filter((item) => item.found).length;
  const also = [
    found && `${found} there already`,
    failed && `${failed} failed`,
    cancelled && `${cancelled} cancelled`,
  ];
  if (news.state === "queued") return sentence(news);
  const first = news.state === "running"
    ? `${isRun ? "Run" : "Score"} ${Math.min(over + 1, news.total)} of ${news.total}`
    : `${count("done")} of ${news.total} done`;
  return [first, ...also].filter(Boolean).join(", ");
}
