/** Runs, and scores of them, asked for on the page: a queue in front of one helper. */
import { UserError } from "../core/errors.ts";
import type { Beginning } from "../jobs/begin.ts";
import { errorOf, type Fault, faultOf } from "../jobs/fault.ts";
import { type Hand, helper, type Helping } from "../jobs/hands.ts";
import type { Results } from "../jobs/results.ts";
import { type Event, type Misfit, runTasks } from "../jobs/run.ts";
import type { Task } from "../jobs/task.ts";
import type { Watcher } from "../jobs/watch.ts";
import type { Fields } from "./_fields.ts";
import {
  end,
  type Entry,
  isJudging,
  isOver,
  type Item,
  type Job,
  type JobState,
  type Mutable,
  unbegun,
  type Wanted,
  withoutPicture,
  type Work,
} from "./_job.ts";
import { inLabels } from "./_say.ts";
import { sentWith, taskOf } from "./_task.ts";

export { isOver };
export type { Item, Job, JobState, Wanted };

/** Runs that may wait; nobody waits for more. */
const MAX_WAITING = 1000;
/** Bytes of the pictures that they wait with. */
const MAX_WAITING_BYTES = 400_000_000;
/** Ended jobs that are remembered, and bytes of the frames that are remembered of them. */
const MAX_ENDED = 50, MAX_KEPT_BYTES = 100_000_000;
const PATIENCE_MS = 10_000;

export interface JobsSettings extends Beginning {
  /** Where what is asked for goes, and what of it is there already; called for each job. */
  results(work: Work): Results;
  /** Runs that may wait. Default 1000. */
  readonly maxWaiting?: number;
  /** Bytes of the pictures that they may wait with. Default 400 MB. */
  readonly maxWaitingBytes?: number;
  /** How long a run may take to heed a cancel before its helper is replaced, in ms. Default 10 000. */
  readonly patienceMs?: number;
  /** Called with what went wrong on our side. */
  onFault(error: Error): void;
  /** Called when a run was saved. */
  onRun(): void;
}

/** The job that is worked on. */
interface Working {
  readonly job: Entry;
  /** The run that is made. */
  item: Mutable<Item>;
  readonly stop: AbortController;
}

/** Makes one job after another beside the server, and of each one run after another. */
export class Jobs {
  readonly #jobs = new Map<string, Entry>();
  readonly #listeners = new Set<(job: Job) => void>();
  readonly #helper: Helping;
  /** The same, for one job: it is there for the next one, too. */
  readonly #hand: Hand;
  #working: Working | undefined;
  /** Settles once nothing is worked on. */
  #idle: Promise<void> = Promise.resolve();

  constructor(readonly settings: JobsSettings) {
    const { backend, threads, plugins, patienceMs = PATIENCE_MS } = settings;
    this.#helper = helper({ backend, threads, plugins }, patienceMs);
    this.#hand = { ...this.#helper, end() {} };
  }

  get(id: string): Job | undefined {
    return this.#jobs.get(id);
  }

  /** All that are remembered, in the order in which they were asked for. */
  list(): readonly Job[] {
    return [...this.#jobs.values()];
  }

  /** How many runs are before this job's. */
  place(id: string): number {
    let before = 0;
    for (const job of this.#jobs.values()) {
      if (job.id === id) break;
      if (!isOver(job)) before += job.items.filter((item) => !isOver(item)).length;
    }
    return before;
  }

  /** Calls `listener` after every change of a job; returns what ends that. */
  watch(listener: (job: Job) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Asks for runs, as one job.
   *
   * @param fields The form that asked for them.
   * @throws UserError where too many wait already.
   */
  add(wanted: readonly Wanted[], fields: Fields = new Map()): Job {
    this.#checkRoom(wanted);
    const id = crypto.randomUUID().slice(0, 8);
    const items = wanted.map(({ work, label, fault }): Mutable<Item> => ({
      work: fault === undefined ? work : withoutPicture(work),
      label,
      state: fault === undefined ? "queued" : "failed",
      message: fault,
    }));
    const [{ work }] = items;
    const job: Entry = { id, items, fields, work, state: "queued", ...unbegun(), kept: [] };
    this.#jobs.set(id, job);
    this.#forget();
    this.#tell(job);
    this.#next();
    return job;
  }

  #checkRoom(wanted: readonly Wanted[]): void {
    const { maxWaiting = MAX_WAITING, maxWaitingBytes = MAX_WAITING_BYTES } = this.settings;
    const waiting = this.list().flatMap(({ items }) => items)
      .filter(({ state }) => state === "queued");
    const pictures = [...waiting, ...wanted].flatMap(({ work }) => work.image?.bytes ?? []);
    const bytes = [...new Set(pictures)].reduce((sum, { length }) => sum + length, 0);
    if (waiting.length + wanted.length <= maxWaiting && bytes <= maxWaitingBytes) return;
    throw new UserError(
      `Cannot take ${wanted.length === 1 ? "another run" : `${wanted.length} more runs`}: ` +
        `${waiting.length} are waiting already. Cancel some, or try again later.`,
    );
  }

  /** Forgets what ended long ago. */
  #forget(): void {
    const ended = this.list().filter(isOver);
    for (const { id } of ended.slice(0, -MAX_ENDED)) this.#jobs.delete(id);
    let bytes = 0;
    for (const job of [...this.#jobs.values()].reverse()) {
      bytes += job.kept.reduce((sum, { png }) => sum + png.length, 0);
      if (bytes > MAX_KEPT_BYTES) job.kept = [];
    }
  }

  /** Starts the helper before it is needed: a run that is asked for later begins at once. */
  prepare(): void {
    this.#helper.prepare();
  }

  /** Ends a job that waits or runs, with all its runs to come; others it leaves as they are. */
  cancel(id: string): void {
    const job = this.#jobs.get(id);
    if (!job || isOver(job)) return;
    for (const item of job.items) if (item.state === "queued") end(item, "cancelled");
    if (this.#working?.job !== job) return this.#end(job);
    this.#tell(job);
    this.#working.stop.abort();
  }

  /** Ends all jobs, and the helper; settles once nothing of them is left. */
  async close(): Promise<void> {
    for (const job of this.#jobs.values()) {
      if (isOver(job)) continue;
      for (const item of job.items) if (!isOver(item)) end(item, "cancelled");
      this.#end(job);
    }
    this.#working?.stop.abort();
    this.#helper.end();
    await this.#idle;
  }

  #next(): void {
    if (this.#working) return;
    for (const job of this.#jobs.values()) {
      if (isOver(job)) continue;
      const item = this.#begin(job);
      if (!item) {
        this.#end(job);
        continue;
      }
      this.#working = { job, item, stop: new AbortController() };
      this.#idle = this.#work(this.#working).finally(() => {
        this.#working = undefined;
        this.#next();
      });
      return;
    }
  }

  /** Begins the first of a job's runs that waits. */
  #begin(job: Entry): Mutable<Item> | undefined {
    const item = job.items.find(({ state }) => state === "queued");
    if (!item) return undefined;
    item.state = job.state = "running";
    Object.assign(job, unbegun(), { work: item.work });
    this.#tell(job);
    return item;
  }

  /** Makes the runs of a job. */
  async #work(working: Working): Promise<void> {
    const { job, stop: { signal } } = working;
    try {
      await runTasks(this.#tasks(working), {
        ...{ hands: [this.#hand], results: this.settings.results(job.work), signal },
        hear: (event) => this.#hear(event, working),
        besides: () => ({ sent: sentWith(working.item.work), watcher: this.#watcher(job) }),
      });
    } catch (error) {
      // where results cannot be written, none of the others could be
      for (const item of job.items) {
        if (isOver(item)) continue;
        if (signal.aborted) end(item, "cancelled");
        else this.#fail(item, faultOf(error));
      }
    }
    if (!isOver(job)) this.#end(job);
  }

  /** The tasks of a job; each begins when it is asked for. */
  async *#tasks(working: Working): AsyncGenerator<Task | Misfit> {
    const { job, stop: { signal } } = working;
    for (let item: Mutable<Item> | undefined = working.item; item; item = this.#begin(job)) {
      working.item = item;
      try {
        yield await taskOf(item.work, this.#helper, signal);
      } catch (error) {
        signal.throwIfAborted();
        yield { label: item.label, fault: faultOf(error) };
      }
    }
  }

  /** What is seen of a run on its page: from the beginning at each try. */
  #watcher(job: Entry): Watcher {
    Object.assign(job, unbegun());
    return {
      see: ({ step, of, losses, frames, picture }) => {
        Object.assign(job, { step, of });
        job.losses.push(...losses);
        job.frames += frames;
        if (picture) {
          job.picture = picture;
          job.pictures++;
        }
        this.#tell(job);
      },
      keep: (frames) => job.kept = frames,
    };
  }

  /** Hears what became of the run that is made. */
  #hear(event: Event, { job, item }: Working): void {
    if (event.type === "failed") this.#fail(item, event.fault);
    else {
      const found = event.type === "skipped";
      end(item, "done", { run: event.path.split("/").at(-1), found });
      if (!found) this.settings.onRun();
    }
    job.work = item.work;
    if (job.items.every(isOver)) this.#end(job);
    else this.#tell(job);
  }

  #fail(item: Mutable<Item>, fault: Fault): void {
    const error = errorOf(fault), isOurs = !(error instanceof UserError);
    if (isOurs) this.settings.onFault(error);
    end(item, "failed", { message: isOurs ? error.message : inLabels(error) });
  }

  /** Ends a job whose runs have all ended. */
  #end(job: Entry): void {
    const states = job.items.map(({ state }) => state);
    job.state = states.includes("cancelled")
      ? "cancelled"
      : states.includes("done")
      ? "done"
      : "failed";
    job.work = withoutPicture(job.work);
    const [{ run, found, message }] = job.items;
    if (job.items.length === 1) Object.assign(job, { run, found, message });
    else if (isJudging(job.work) && job.items.every((item) => item.run === run)) {
      Object.assign(job, { run, found: false });
    }
    this.#forget();
    this.#tell(job);
  }

  #tell(job: Job): void {
    for (const listener of this.#listeners) listener(job);
  }
}
