/** What the browser hears of a job: plain data, with addresses in the place of ids. */
import { modelName } from "../run/model_name.ts";
import { techniques } from "../techniques/mod.ts";
import { queryOf } from "./_fields.ts";
import { isJudging, judgedRun, type Work } from "./_job.ts";
import { isOver, type Job, type Jobs, type JobState } from "./jobs.ts";
import { paths, SCORES_PLACE } from "./site.ts";

/** One of a job's runs. */
export interface ItemNews {
  /** From 0. */
  readonly n: number;
  readonly label: string;
  readonly state: JobState;
  /** Address of the finished run's page, and of its picture in small. */
  readonly run?: string;
  readonly thumbnail?: string;
  /** Whether it was there already. */
  readonly found?: boolean;
  /** Why it failed. */
  readonly message?: string;
}

/** What comes of a job. */
export type Outcome = "run" | "score";

export const outcomeOf = (work: Work): Outcome => isJudging(work) ? "score" : "run";

/** The page of the run that was made or judged. */
export const pageOf = (work: Work, run: string): string =>
  `${paths.run(run)}${isJudging(work) ? `#${SCORES_PLACE}` : ""}`;

/** What the page knows of a job, and hears of it. */
export interface JobNews {
  readonly outcome: Outcome;
  readonly state: JobState;
  /** How many runs are before it. */
  readonly place: number;
  /** How many outcomes it has. */
  readonly total: number;
  /** Of several, those of which there is news. */
  readonly items: readonly ItemNews[];
  /** Of the run that is made now: */
  readonly step: number;
  readonly of: number;
  readonly loss?: number;
  /** How many frames are kept. */
  readonly frames: number;
  /** How many pictures there were to see. */
  readonly pictures: number;
  /** What a cancelled run had come to: addresses, by step. */
  readonly kept: readonly { readonly step: number; readonly src: string }[];
  readonly message?: string;
  /** Address of the finished run's page, where it is the only one; whether it was there already. */
  readonly run?: string;
  readonly found?: boolean;
}

/** Tells news of one job: the first time of all its runs, then of those that have changed. */
export function reporter(jobs: Jobs, job: Job): () => JobNews {
  const told: JobState[] = [];
  return () => {
    const { id, state, step, of, losses, frames, pictures, message, run, found } = job;
    const items = job.items.length === 1 ? [] : job.items.flatMap((item, n): ItemNews[] => {
      const { label, state, run, found, message } = item;
      if (told[n] === state) return [];
      told[n] = state;
      return [{
        n,
        label,
        state,
        run: run && pageOf(job.work, run),
        thumbnail: run && paths.thumbnail(run),
        found,
        message,
      }];
    });
    return {
      outcome: outcomeOf(job.work),
      state,
      place: jobs.place(id),
      total: job.items.length,
      items,
      step,
      of,
      loss: losses.at(-1),
      frames,
      pictures,
      kept: job.kept.map(({ step }) => ({ step, src: paths.kept(id, step) })),
      message,
      run: run && pageOf(job.work, run),
      found,
    };
  };
}

/** A job in a list of all. */
export interface JobLine {
  readonly id: string;
  readonly title: string;
  readonly outcome: Outcome;
  /** What of, and with which model. */
  readonly about: string;
  readonly state: JobState;
  /** How many runs are before it. */
  readonly place: number;
  /** How many runs it has, how many of them are done, and how many failed. */
  readonly total: number;
  readonly done: number;
  readonly failed: number;
  readonly step: number;
  readonly of: number;
  /** Addresses: its own page or that of its run, what cancels it, its form filled in. */
  readonly page: string;
  readonly cancel: string;
  readonly again: string;
}

/** The pictures of a job in words: the name of the only one, or how many. */
function picturesOf({ items }: Job): string | undefined {
  const names = new Set(items.flatMap(({ work }) => work.image?.name ?? []));
  return names.size > 1 ? `${names.size} pictures` : [...names][0];
}

/** The ids of the runs that a job judges. */
const judgedBy = ({ items }: Job): string[] => [
  ...new Set(items.flatMap(({ work }) => isJudging(work) ? [judgedRun(work)] : [])),
];

/** What a job is called. */
export function titleOf(job: Job): string {
  const { work: { technique: id } } = job, judged = judgedBy(job).length;
  const title = techniques.has(id) ? techniques.get(id).title : id;
  if (judged === 0) return title;
  return `Judging ${judged === 1 ? title : `${judged} runs`}`;
}

/** The form that asked for a job, filled in: from what the server remembers, and from its address alone. */
export function formsOf(job: Job): { again: string; form: string } {
  const { id, work, fields } = job;
  if (!isJudging(work)) {
    const { technique } = work;
    return {
      again: paths.again(technique, { job: id }),
      form: `${paths.make(technique)}?${queryOf(fields)}`,
    };
  }
  const form = `${paths.judge(judgedBy(job))}&${queryOf(fields)}`;
  return { again: form, form };
}

/** A job as a list shows it. */
export function lineOf(jobs: Jobs, job: Job): JobLine {
  const { id, items, work, state, step, of, run } = job;
  const count = (wanted: JobState) => items.filter(({ state }) => state === wanted).length;
  return {
    id,
    title: titleOf(job),
    outcome: outcomeOf(work),
    about: [picturesOf(job), modelName(work.model.id)].filter(Boolean).join(" · "),
    state,
    place: isOver(job) ? 0 : jobs.place(id),
    total: items.length,
    done: count("done"),
    failed: count("failed"),
    step,
    of,
    page: run ? pageOf(work, run) : paths.job(id),
    cancel: `${paths.job(id)}/cancel`,
    again: formsOf(job).again,
  };
}
