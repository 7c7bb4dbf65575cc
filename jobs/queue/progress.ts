/** How far jobs have come, for who asks the queue. */
import { z } from "../../deps/zod.ts";
import { checked } from "../../core/checked.ts";
import { type Queue, subjectOf, TASKS } from "./connect.ts";

const progressSchema = z.object({
  tasks: z.int(),
  ended: z.int(),
  failed: z.int(),
  /** When it was told. */
  at: z.iso.datetime(),
});

/** How far a job had come when whoever runs it last told. */
export type JobProgress = z.output<typeof progressSchema>;

/** How a job stands in the queue. */
export interface JobState {
  /** Tasks that wait, or are being done. */
  readonly waiting: number;
  /** What was told last; nothing where nobody has run it for a week. */
  readonly told?: JobProgress;
}

/** How often it is told, in ms. */
const TELL_EVERY_MS = 1000;

const keyOf = (job: string) => `job.${job}`;

/** Tells how far a job has come, now and then, and at the end. */
export function progressTo({ states }: Queue, job: string) {
  let toldAt = -Infinity;
  return async (progress: Omit<JobProgress, "at">): Promise<void> => {
    const now = performance.now(), isOver = progress.ended === progress.tasks;
    if (!isOver && now - toldAt < TELL_EVERY_MS) return;
    toldAt = now;
    const told: JobProgress = { ...progress, at: new Date().toISOString() };
    // it is for those who look on: the work does not wait for it
    await states.put(keyOf(job), JSON.stringify(told)).catch(() => {});
  };
}

/** Asks how a job stands. */
export async function stateOfJob({ states, manager }: Queue, job: string): Promise<JobState> {
  const subject = subjectOf(job);
  const { state } = await manager.streams.info(TASKS, { subjects_filter: subject });
  const entry = await states.get(keyOf(job));
  const told = entry?.operation === "PUT" ? checked(progressSchema, entry.json()).data : undefined;
  return { waiting: state.subjects?.[subject] ?? 0, told };
}

/** Takes back the tasks of a job that nobody has begun; how many. */
export async function takeBack({ manager }: Queue, job: string): Promise<number> {
  const { purged } = await manager.streams.purge(TASKS, { filter: subjectOf(job) });
  return purged;
}
