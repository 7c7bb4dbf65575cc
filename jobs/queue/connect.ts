/** A NATS server with JetStream: where tasks wait, and results lie until they are fetched. */
import {
  AckPolicy,
  type ConsumerInfo,
  DiscardPolicy,
  jetstream,
  type JetStreamClient,
  type JetStreamManager,
  jetstreamManager,
  type KV,
  Kvm,
  nanos,
  type NatsConnection,
  type ObjectStore,
  Objm,
  RetentionPolicy,
  StorageType,
} from "../../deps/nats.ts";
import { entranceOf, optionsOf, type QueueAddress, refusal } from "./address.ts";
import { knock } from "./knock.ts";
import { reasonOf, refusedOf } from "./refused.ts";
import { connect } from "./transport.ts";

export type { QueueAddress };

/** The stream of tasks that wait; each is taken from it by one who has done it. */
export const TASKS = "PHOSPHENE_TASKS", CONSUMER = "workers";
/** What became of tasks, by key; how far jobs have come, by id. */
const STATES = "PHOSPHENE_STATES";
/** Files that tasks read, and the files of results. */
const FILES = "PHOSPHENE_FILES", RESULTS = "PHOSPHENE_RESULTS";

/** How long a worker may be silent before its task is given to another. */
const SILENCE_MS = 15_000;
/** How long a task that was sent twice is told to be the same. */
const TWICE_MS = 600_000;
/** How long a result waits for whoever asked for it: a week. */
const KEPT_MS = 7 * 24 * 3600 * 1000;

/** An open connection, and what it leads to. */
export interface Queue {
  readonly connection: NatsConnection;
  readonly stream: JetStreamClient;
  readonly manager: JetStreamManager;
  readonly states: KV;
  readonly files: ObjectStore;
  readonly results: ObjectStore;
  /** How long a worker may be silent, in ms, before its task is given to another. */
  readonly silenceMs: number;
}

/** The subject of a job's tasks. */
export const subjectOf = (job: string): string => `phosphene.tasks.${job}`;

/**
 * Connects, and makes the stream and the stores where they are not there yet.
 *
 * @param silenceMs how long a worker may be silent; whoever makes the stream decides it
 * @throws UserError where the server cannot be reached, does not let us in or has no JetStream.
 */
export async function openQueue(address: QueueAddress, silenceMs = SILENCE_MS): Promise<Queue> {
  const entrance = await entranceOf(address);
  const refused = await knock(entrance);
  if (refused) throw refusal(address, reasonOf(refused, entrance));
  let connection: NatsConnection | undefined;
  try {
    connection = await connect({ ...optionsOf(entrance), maxReconnectAttempts: -1 });
    return await prepared(connection, silenceMs);
  } catch (error) {
    await connection?.close().catch(() => {});
    throw refusal(address, reasonOf(refusedOf(error), entrance), error);
  }
}

async function prepared(connection: NatsConnection, silenceMs: number): Promise<Queue> {
  const manager = await jetstreamManager(connection), stream = jetstream(connection);
  await manager.streams.add({
    name: TASKS,
    subjects: [subjectOf("*")],
    retention: RetentionPolicy.Workqueue,
    storage: StorageType.File,
    discard: DiscardPolicy.New,
    duplicate_window: nanos(TWICE_MS),
  });
  const { config: { ack_wait } } = await consumerOf(manager, silenceMs);
  const objects = new Objm(stream), storage = StorageType.File, ttl = nanos(KEPT_MS);
  const [states, files, results] = await Promise.all([
    new Kvm(stream).create(STATES, { ttl: KEPT_MS, storage }),
    objects.create(FILES, { ttl, storage }),
    objects.create(RESULTS, { ttl, storage }),
  ]);
  return { connection, stream, manager, states, files, results, silenceMs: ack_wait! / 1e6 };
}

/** Who takes tasks from the stream; the patience of whoever made it first holds. */
async function consumerOf(manager: JetStreamManager, silenceMs: number): Promise<ConsumerInfo> {
  const there = await manager.consumers.info(TASKS, CONSUMER).catch(() => undefined);
  return there ?? await manager.consumers.add(TASKS, {
    durable_name: CONSUMER,
    ack_policy: AckPolicy.Explicit,
    ack_wait: nanos(silenceMs),
    max_deliver: -1,
    max_ack_pending: 10_000,
  });
}
