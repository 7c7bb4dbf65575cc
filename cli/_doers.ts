/** Those who do tasks: this program with helpers beside it, or workers of a queue. */
import type { CrewSettings } from "../jobs/crew.ts";
import type { Hand } from "../jobs/hands.ts";
import type { QueueAddress } from "../jobs/queue/connect.ts";
import type { JobProgress } from "../jobs/queue/progress.ts";

/** Hands, and what there is to do once they have ended. */
export interface Doers extends AsyncDisposable {
  readonly hands: readonly Hand[];
  /** Hears how far they have come, where somebody may ask for that. */
  tell?(progress: Omit<JobProgress, "at">): unknown;
}

/** This program, and helpers beside it. */
export async function ownDoers(settings: CrewSettings): Promise<Doers> {
  const { crewFor } = await import("../jobs/crew.ts");
  return { hands: await crewFor(settings), [Symbol.asyncDispose]: () => Promise.resolve() };
}

/** Tasks that are on their way at most: as many as keep some hundred workers busy. */
const ON_THEIR_WAY = 256;

/**
 * Workers of other machines.
 *
 * @param job what the queue calls the work
 * @param tasks how many tasks there are, at most
 * @throws UserError where the queue cannot be used.
 */
export async function remoteDoers(
  address: QueueAddress,
  job: string,
  tasks: number,
): Promise<Doers> {
  const [{ openQueue }, { remoteHands }, { progressTo }] = await Promise.all([
    import("../jobs/queue/connect.ts"),
    import("../jobs/queue/hands.ts"),
    import("../jobs/queue/progress.ts"),
  ]);
  const queue = await openQueue(address);
  const remote = await remoteHands(queue, job, Math.min(ON_THEIR_WAY, Math.max(1, tasks)));
  return {
    hands: remote.hands,
    tell: progressTo(queue, job),
    async [Symbol.asyncDispose]() {
      await remote.forget().catch(() => {}); // the queue forgets by itself, in a week
      await queue.connection.close();
    },
  };
}
