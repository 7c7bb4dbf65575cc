/** What was asked for at once, and how it stands. */
import type { ExplainInput } from "../jobs/kinds/explain.ts";
import type { KeptFrame } from "../jobs/watch.ts";
import type { Fields } from "./_fields.ts";
import type { ModelChoice } from "./model_choice.ts";
import type { Upload } from "./uploads.ts";

export type JobState = "queued" | "running" | "done" | "cancelled" | "failed";

/** What a page asks for. */
interface Asked extends Pick<ExplainInput, "technique" | "seed"> {
  readonly model: ModelChoice;
  /** Those that were given; the others have their defaults. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly image?: Omit<Upload, "token">;
}

/** A run to be made. */
export type Making = Asked & Pick<ExplainInput, "target">;

/** A run to be judged: its technique and model, the metric's options, and a mask in the picture's place. */
export interface Judging extends Asked {
  /** Its folder. */
  readonly run: string;
  readonly metric: string;
}

export type Work = Making | Judging;

export const isJudging = (work: Work): work is Judging => "metric" in work;

/** The id of the run that is judged. */
export const judgedRun = ({ run }: Judging): string => run.split("/").at(-1)!;

/** A run, or a score, that is wanted. */
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
  /** Whether that was there already. */
  readonly found?: boolean;
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
  /** Id of the finished run, where it is the only one; whether that was there already. */
  readonly run?: string;
  readonly found?: boolean;
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

/** What is known of a run before its first step. */
export const unbegun = () => (
  { step: 0, of: 0, losses: [], frames: 0, picture: undefined, pictures: 0 }
);

const EMPTY = new Uint8Array();

/** Work that is over: what was sent is needed no more. */
export const withoutPicture = <Some extends Work>(work: Some): Some =>
  work.image ? { ...work, image: { ...work.image, bytes: EMPTY } } : work;

/** Ends one of a job's runs. */
export function end(
  item: Mutable<Item>,
  state: JobState,
  outcome: Pick<Item, "run" | "found" | "message"> = {},
): void {
  Object.assign(item, { state, ...outcome, work: withoutPicture(item.work) });
}
