/** Runs asked for on the page: a queue in front of one worker. */
import { UserError } from "../core/errors.ts";
import { type Helper, platform } from "../platform/mod.ts";
import type { Fields } from "./_fields.ts";
import {
  end,
  type Entry,
  isOver,
  type Item,
  type Job,
  type JobState,
  type Mutable,
  type Wanted,
  withoutPicture,
} from "./_job.ts";
import type { Beginning } from "../jobs/begin.ts";
import type { News, Order } from "./worker.ts";

export { isOver };
export type { Item, Job, JobState, Wanted };

/** Runs that may wait; nobody waits for more. */
const MAX_WAITING = 1000;
/** Bytes of the pictures that they wait with. */
const MAX_WAITING_BYTES = 400_000_000;
/** Ended jobs that are remembered, and bytes of the frames that are remembered of them. */
const MAX_ENDED = 50, MAX_KEPT_BYTES = 100_000_000;
/** How long a worker may take to heed a cancel before it is replaced, in ms. */
const PATIENCE_MS = 10_000;

export interface JobsSettings extends Beginning {
  /** The runs folder. */
  readonly out: string;
  /** Runs that may wait. Default 1000. */
  readonly maxWaiting?: number;
  /** Bytes of the pictures that they may wait with. Default 400 MB. */
  readonly maxWaitingBytes?: number;
  /** Called with what went wrong on our side. */
  onFault(error: Error): void;
  /** Called when a run was saved. */
  onRun(): void;
}

/** Runs one job after another in a worker, and of each one run after another. */
export class Jobs {
  readonly #jobs = new Map<string, Entry>();
  readonly #listeners = new Set<(job: Job) => void>();
  #worker: Helper | undefined;
  #running: { readonly job: Entry; readonly item: Mutable<Item> } | undefined;
  #patience: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly settings: JobsSettings) {}

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
    const none = { step: 0, of: 0, losses: [], frames: 0, pictures: 0, kept: [] };
    const job: Entry = { id, items, fields, work, state: "queued", ...none };
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

  /** Starts the worker before it is needed: a run that is asked for later begins at once. */
  prepare(): void {
    this.#worker ??= this.#start();
  }

  /** Ends a job that waits or runs, with all its runs to come; others it leaves as they are. */
  cancel(id: string): void {
    const job = this.#jobs.get(id);
    if (!job || isOver(job)) return;
    for (const item of job.items) if (item.state === "queued") end(item, "cancelled");
    if (this.#running?.job !== job) return this.#end(job);
    this.#tell(job);
    this.#order({ type: "cancel", job: id });
    this.#patience ??= setTimeout(() => this.#replace("cancelled"), PATIENCE_MS);
  }

  /** Ends the worker and what it does. */
  close(): void {
    clearTimeout(this.#patience);
    if (this.#worker) this.#order({ type: "close" });
    this.#worker = undefined;
    this.#running = undefined;
    for (const job of this.#jobs.values()) {
      if (isOver(job)) continue;
      for (const item of job.items) if (!isOver(item)) end(item, "cancelled");
      this.#end(job);
    }
  }

  #next(): void {
    if (this.#running) return;
    const job = [...this.#jobs.values()].find((job) => !isOver(job));
    if (!job) return;
    const item = job.items.find(({ state }) => state === "queued");
    if (!item) {
      this.#end(job);
      return this.#next();
    }
    this.prepare();
    this.#running = { job, item };
    item.state = job.state = "running";
    const none = { step: 0, of: 0, losses: [], frames: 0, pictures: 0, picture: undefined };
    Object.assign(job, none, { work: item.work });
    this.#tell(job);
    this.#order({ type: "run", job: job.id, work: item.work });
  }

  #start(): Helper {
    const worker: Helper = platform.startHelper(new URL("./worker.ts", import.meta.url), {
      hear: (message) => this.#hear(message as News),
      broke: (fault) => {
        if (worker !== this.#worker) return;
        const message = `The process that makes runs has stopped: ${fault}`;
        this.settings.onFault(new Error(message));
        this.#replace("failed", message);
      },
    });
    const { out, backend, threads, plugins } = this.settings;
    worker.tell({ type: "start", out, backend, threads, plugins } satisfies Order);
    return worker;
  }

  #order(order: Order): void {
    this.#worker!.tell(order);
  }

  /** Gives up a worker that broke or does not listen. */
  #replace(state: JobState, message?: string): void {
    this.#worker?.end();
    this.#worker = undefined;
    this.#finish(state, { message });
  }

  #hear(news: News): void {
    const job = this.#running?.job;
    if (!job || job.id !== news.job) return;
    if (news.type === "progress") {
      job.step = news.step;
      job.of = news.of;
      job.losses.push(...news.losses);
      job.frames += news.frames;
      if (news.picture) {
        job.picture = news.picture;
        job.pictures++;
      }
      this.#tell(job);
    } else if (news.type === "done") {
      this.settings.onRun();
      this.#finish("done", { run: news.run });
    } else if (news.type === "failed") {
      if (news.stack) this.settings.onFault(Object.assign(new Error(news.message), news));
      this.#finish("failed", { message: news.message });
    } else {
      job.kept = news.kept;
      this.#finish("cancelled");
    }
  }

  /** Ends the run that is made, and goes on to the next one. */
  #finish(state: JobState, outcome: Pick<Item, "run" | "message"> = {}): void {
    clearTimeout(this.#patience);
    this.#patience = undefined;
    const running = this.#running;
    this.#running = undefined;
    if (!running) return;
    const { job, item } = running;
    end(item, state, outcome);
    job.work = item.work;
    if (job.items.every(isOver)) this.#end(job);
    else this.#tell(job);
    this.#next();
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
    if (job.items.length === 1) {
      Object.assign(job, { run: job.items[0].run, message: job.items[0].message });
    }
    this.#forget();
    this.#tell(job);
  }

  #tell(job: Job): void {
    for (const listener of this.#listeners) listener(job);
  }
}
