/** Runs asked for on the page: a queue in front of one worker. */
import { UserError } from "../core/errors.ts";
import { type Helper, platform } from "../platform/mod.ts";
import type { News, Order, Work } from "./worker.ts";

export type JobState = "queued" | "running" | "done" | "cancelled" | "failed";

/** A run that was asked for. */
export interface Job {
  readonly id: string;
  readonly work: Work;
  readonly state: JobState;
  readonly step: number;
  readonly of: number;
  readonly losses: readonly number[];
  /** How many frames are kept. */
  readonly frames: number;
  /** The newest picture as PNG, and how many there were. */
  readonly picture?: Uint8Array;
  readonly pictures: number;
  /** Id of the finished run. */
  readonly run?: string;
  /** Why it failed. */
  readonly message?: string;
}

/** Runs that may wait; more would only fill memory with pictures. */
const MAX_QUEUED = 20;
/** Ended jobs that are remembered. */
const MAX_ENDED = 50;
/** How long a worker may take to heed a cancel before it is replaced, in ms. */
const PATIENCE_MS = 10_000;

const isOver = ({ state }: Job) => state !== "queued" && state !== "running";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export interface JobsSettings {
  /** The runs folder. */
  readonly out: string;
  readonly backend: Extract<Order, { type: "start" }>["backend"];
  readonly plugins: readonly string[];
  /** Called with what went wrong on our side. */
  onFault(error: Error): void;
  /** Called when a run was saved. */
  onRun(): void;
}

/** Runs one job after another in a worker. */
export class Jobs {
  readonly #jobs = new Map<string, Mutable<Job>>();
  readonly #listeners = new Set<(job: Job) => void>();
  #worker: Helper | undefined;
  #running: Mutable<Job> | undefined;
  #patience: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly settings: JobsSettings) {}

  get(id: string): Job | undefined {
    return this.#jobs.get(id);
  }

  /** All that are remembered, in the order in which they were asked for. */
  list(): readonly Job[] {
    return [...this.#jobs.values()];
  }

  /** How many are before this one. */
  place(id: string): number {
    return this.list().filter((job) => !isOver(job)).findIndex((job) => job.id === id);
  }

  /** Calls `listener` after every change of a job; returns what ends that. */
  watch(listener: (job: Job) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Asks for a run.
   *
   * @throws UserError where too many wait already.
   */
  add(work: Work): Job {
    const waiting = this.list().filter(({ state }) => state === "queued").length;
    if (waiting >= MAX_QUEUED) {
      throw new UserError(
        `Cannot take another run: ${waiting} are waiting already. Cancel some, or try again later.`,
      );
    }
    const id = crypto.randomUUID().slice(0, 8);
    const none = { step: 0, of: 0, losses: [], frames: 0, pictures: 0 };
    const job: Mutable<Job> = { id, work, state: "queued", ...none };
    this.#jobs.set(id, job);
    const ended = this.list().filter(isOver);
    for (const { id } of ended.slice(0, -MAX_ENDED)) this.#jobs.delete(id);
    this.#tell(job);
    this.#next();
    return job;
  }

  /** Starts the worker before it is needed: a run that is asked for later begins at once. */
  prepare(): void {
    this.#worker ??= this.#start();
  }

  /** Ends a job that waits or runs; others it leaves as they are. */
  cancel(id: string): void {
    const job = this.#jobs.get(id);
    if (job?.state === "queued") this.#end(job, "cancelled");
    if (job?.state !== "running") return;
    this.#order({ type: "cancel", job: id });
    this.#patience ??= setTimeout(() => this.#replace("cancelled"), PATIENCE_MS);
  }

  /** Ends the worker and what it does. */
  close(): void {
    clearTimeout(this.#patience);
    if (this.#worker) this.#order({ type: "close" });
    this.#worker = undefined;
    for (const job of this.list()) if (!isOver(job)) this.#end(job, "cancelled");
  }

  #next(): void {
    if (this.#running) return;
    const job = [...this.#jobs.values()].find(({ state }) => state === "queued");
    if (!job) return;
    this.prepare();
    this.#running = job;
    job.state = "running";
    this.#tell(job);
    this.#order({ type: "run", job: job.id, work: job.work });
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
    const { out, backend, plugins } = this.settings;
    worker.tell({ type: "start", out, backend, plugins } satisfies Order);
    return worker;
  }

  #order(order: Order): void {
    this.#worker!.tell(order);
  }

  /** Gives up a worker that broke or does not listen. */
  #replace(state: JobState, message?: string): void {
    this.#worker?.end();
    this.#worker = undefined;
    if (this.#running) this.#finish(this.#running, state, message);
  }

  #hear(news: News): void {
    const job = this.#jobs.get(news.job);
    if (!job || job !== this.#running) return;
    if (news.type === "progress") {
      job.step = news.step;
      job.of = news.of;
      (job.losses as number[]).push(...news.losses);
      job.frames += news.frames;
      if (news.picture) {
        job.picture = news.picture;
        job.pictures++;
      }
      this.#tell(job);
    } else if (news.type === "done") {
      job.run = news.run;
      this.settings.onRun();
      this.#finish(job, "done");
    } else if (news.type === "failed") {
      if (news.stack) this.settings.onFault(Object.assign(new Error(news.message), news));
      this.#finish(job, "failed", news.message);
    } else {
      this.#finish(job, "cancelled");
    }
  }

  #finish(job: Mutable<Job>, state: JobState, message?: string): void {
    clearTimeout(this.#patience);
    this.#patience = undefined;
    this.#running = undefined;
    this.#end(job, state, message);
    this.#next();
  }

  #end(job: Mutable<Job>, state: JobState, message?: string): void {
    job.state = state;
    job.message = message;
    // what was sent is needed no more
    if (job.work.image) job.work = { ...job.work, image: { ...job.work.image, bytes: EMPTY } };
    this.#tell(job);
  }

  #tell(job: Job): void {
    for (const listener of this.#listeners) listener(job);
  }
}

const EMPTY = new Uint8Array(0);
