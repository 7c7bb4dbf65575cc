/** A NATS server with JetStream: where tasks wait, and results lie until they are fetched. */
import {
  AckPolicy,
  type ConsumerInfo,
  credsAuthenticator,
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
import { UserError } from "../../core/errors.ts";
import { platform } from "../../platform/mod.ts";
import { connect } from "./transport.ts";

/** How a queue is reached. */
export interface QueueAddress {
  /** `nats://HOST:4222`, `tls://…`; several of one cluster between commas. */
  readonly queue: string;
  /** A file of credentials, as NATS's own tools write it. */
  readonly creds?: string;
  /** Files of the authority that the server's certificate is trusted by, and of one's own certificate. */
  readonly tlsCa?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
}

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
  const { queue } = address;
  const refuse = (reason: string, cause?: unknown) =>
    new UserError(`Cannot use the queue ${withoutPassword(queue)}: ${reason}.`, {
      code: "no-network",
      option: "queue",
      cause,
    });
  const { servers, user, pass } = serversIn(queue, refuse);
  const text = async (path: string | undefined, what: string) => {
    if (path === undefined) return undefined;
    return await platform.readText(path).catch((error) => {
      throw refuse(`its ${what} "${path}" cannot be read: ${platform.reason(error)}`, error);
    });
  };
  const [creds, ca, cert, key] = await Promise.all([
    text(address.creds, "credentials"),
    text(address.tlsCa, "authority"),
    text(address.tlsCert, "certificate"),
    text(address.tlsKey, "key"),
  ]);
  const secure = ca !== undefined || cert !== undefined || /^(tls|wss):/i.test(queue);
  let connection: NatsConnection | undefined;
  try {
    connection = await connect({
      servers,
      name: "phosphene",
      maxReconnectAttempts: -1,
      ...(user && { user, pass }),
      ...(creds && { authenticator: credsAuthenticator(new TextEncoder().encode(creds)) }),
      ...(secure && { tls: { ca, cert, key } }),
    });
    return await prepared(connection, silenceMs);
  } catch (error) {
    await connection?.close().catch(() => {});
    throw refuse(reasonOf(error), error);
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

/** The addresses in a text, and who asks, where the first of them says it. */
function serversIn(queue: string, refuse: (reason: string) => Error) {
  const urls = queue.split(",").map((text) => text.trim()).filter(Boolean).map((text) => {
    try {
      return new URL(text.includes("://") ? text : `nats://${text}`);
    } catch {
      throw refuse("an address such as nats://HOST:4222 is needed");
    }
  });
  if (urls.length === 0) throw refuse("an address such as nats://HOST:4222 is needed");
  const bad = urls.find(({ protocol }) => !/^(nats|tls):$/.test(protocol));
  if (bad) {
    throw refuse(`its address begins with ${bad.protocol}//, and not with nats:// or tls://`);
  }
  const [{ username, password }] = urls;
  return {
    servers: urls.map(({ host, port }) => port ? host : `${host}:4222`),
    user: decodeURIComponent(username),
    pass: decodeURIComponent(password),
  };
}

const withoutPassword = (queue: string) => queue.replaceAll(/\/\/[^@/,]*@/g, "//…@");

/** Why the server did not do it, in words. */
function reasonOf(error: unknown): string {
  const { message, name } = error as Error;
  if (/jetstream.*not enabled|no responders/i.test(message)) {
    return "it has no JetStream: start it with nats-server -js";
  }
  if (/authorization|authentication/i.test(`${name} ${message}`)) {
    return "it does not let this program in: give a name and a password in the address " +
      "(nats://NAME:PASSWORD@HOST:4222) or `creds`";
  }
  if (/refused|timeout/i.test(`${name} ${message}`)) return `no server answers there (${message})`;
  return message.replace(/\.$/, "");
}
