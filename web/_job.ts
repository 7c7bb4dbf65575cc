/** What was asked for at once, and how it stands. */
import type { Fields } from "./_fields.ts";
import type { KeptFrame, Work } from "./worker.ts";

export type JobState = "queued" | "running" | "done" | "cancelled" | "failed";

/** A run that is wanted. */
export interface Wanted {
  readonly work: Work;
  /** What tells it from the job's others; empty where it is the only one. */
  readonly label: string;
  /** Why it cannot be made. */
  readonly fault?: string;
}

/** One of a job's runs. */
export interface Item {
  readonly work: Work;
  readonly label: string;
  readonly state: JobState;
  /** Id of the finished run. */
  readonly run?: string;
  /** Why it failed. */
  readonly message?: string;
}

/** What was asked for at once: a run, or several of one technique. */
export interface Job {
  readonly id: string;
  readonly items: readonly Item[];
  /** The form that asked for it. */
  readonly fields: Fields;
  readonly state: JobState;
  /** What is made now, or was made last. */
  readonly work: Work;
  /** Of that: */
  readonly step: number;
  readonly of: number;
  readonly losses: readonly number[];
  /** How many frames are kept. */
  readonly frames: number;
  /** The newest picture as PNG, and how many there were. */
  readonly picture?: Uint8Array;
  readonly pictures: number;
  /** What a cancelled run had come to. */
  readonly kept: readonly KeptFrame[];
  /** Id of the finished run, where it is the only one. */
  readonly run?: string;
  /** Why it failed, where it is the only one. */
  readonly message?: string;
}

/** Whether nothing more will come of a job or a run. */
export const isOver = ({ state }: { readonly state: JobState }): boolean =>
  state !== "queued" && state !== "running";

/** What only the queue itself may change. */
export type Mutable<T> = { -readonly [K in keyof T]: T[K] };
/** A job as the queue holds it. */
export type Entry = Mutable<Omit<Job, "items" | "losses">> & {
  readonly items: readonly Mutable<Item>[];
  losses: number[];
};

const EMPTY = new Uint8Array();

/** Work that is over: what was sent is needed no more. */
export const withoutPicture = (work: Work): Work =>
  work.image ? { ...work, image: { ...work.image, bytes: EMPTY } } : work;

/** Ends one of a job's runs. */
export function end(
  item: Mutable<Item>,
  state: JobState,
  { run, message }: Pick<Item, "run" | "message"> = {},
): void {
  Object.assign(item, { state, run, message, work: withoutPicture(item.work) });
}
