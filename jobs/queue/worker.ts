/** Does tasks that come through a queue, for whoever sent them. */
import type { Consumer, JsMsg } from "../../deps/nats.ts";
import { UserError } from "../../core/errors.ts";
import { checked } from "../../core/checked.ts";
import { userCache } from "../../core/user_folder.ts";
import { platform } from "../../platform/mod.ts";
import { faultOf } from "../fault.ts";
import type { Hand } from "../hands.ts";
import { kinds } from "../kinds/mod.ts";
import { CONSUMER, type Queue, TASKS } from "./connect.ts";
import { isReadable, Receiver } from "./files.ts";
import { pack } from "./pack.ts";
import { type Message, readMessage, readState, type State, writeState } from "./states.ts";

/** How often a task is given to somebody before it is set aside. */
export const TRIES = 5;
/** How long one waits for the next task, and after an error of the connection, in ms. */
const WAIT_MS = 2000;

/** Bytes of a result that lies in the state of its task: more would be slow to look through. */
const MOST_IN_STATE = 2 ** 19;

/** What becomes of tasks here. */
export interface Listener {
  begun(label: string): void;
  done(label: string): void;
  failed(label: string, message: string): void;
}

interface Worker {
  readonly queue: Queue;
  readonly hands: readonly Hand[];
  readonly signal: AbortSignal;
  readonly listener: Listener;
}

/**
 * Takes tasks from the queue until it is aborted, as many at a time as there are hands. A task is
 * acknowledged after its result is stored; until then others get it should this program end.
 */
export async function work({ queue, hands, signal, ...rest }: Worker): Promise<void> {
  const folder = await platform.makeTemporaryFolder(await temporary());
  const receiver = new Receiver(queue.files, folder);
  try {
    await Promise.all(
      hands.map((hand) => lane({ queue, hand, signal, receiver, folder, ...rest })),
    );
  } finally {
    for (const hand of hands) hand.end();
    await platform.remove(folder);
  }
}

/** The folder for what only has to last as long as the program. */
async function temporary(): Promise<string> {
  const folder = `${userCache() ?? "."}/phosphene/worker`;
  await platform.makeFolder(folder);
  await platform.sweep(folder);
  return folder;
}

interface Lane extends Omit<Worker, "hands"> {
  readonly hand: Hand;
  readonly receiver: Receiver;
  readonly folder: string;
}

async function lane(lane: Lane): Promise<void> {
  const { queue, signal } = lane, { consumers } = queue.stream;
  let known: Consumer | undefined;
  while (!signal.aborted) {
    try {
      const consumer = known ??= await consumers.get(TASKS, CONSUMER);
      const message = await consumer.next({ expires: WAIT_MS });
      if (!message) continue;
      if (signal.aborted) message.nak();
      else await take(message, lane);
    } catch (error) {
      if (signal.aborted) return;
      if (queue.connection.isClosed()) throw error;
      // the server is away, or has just come back
      known = undefined;
      await new Promise((resolve) => setTimeout(resolve, WAIT_MS / 4));
    }
  }
}

async function take(message: JsMsg, lane: Lane): Promise<void> {
  const { queue, listener } = lane, sent = readMessage(message.data);
  if (!sent) return message.term("it is no task");
  const { key, label } = sent.task;
  const entry = await queue.states.get(key);
  const before = entry?.operation === "PUT" ? readState(entry.value) : undefined;
  if (before) return message.ack(); // it was sent twice
  const tries = message.info.deliveryCount;
  const told = async (state: State) => {
    await tell(queue, key, state);
    if (!await message.ackAck()) throw new Error("the queue does not answer");
  };
  if (tries > TRIES) {
    const text = `It was given up after ${TRIES} tries: whoever did it stopped before it was done`;
    listener.failed(label, text);
    return await told({ state: "failed", fault: { message: `${text}.`, code: "bad-input" } });
  }
  listener.begun(label);
  const alive = setInterval(() => message.working(), queue.silenceMs / 3);
  try {
    const piece = await performed(sent, lane);
    await told(await stored(queue, key, piece, message.info.streamSequence));
    listener.done(label);
  } catch (error) {
    if (lane.signal.aborted) return message.nak();
    const { stack: _, ...fault } = faultOf(error);
    if (fault.code === undefined && tries < TRIES) return message.nak(1000 * tries);
    listener.failed(label, fault.message);
    await told({ state: "failed", fault });
  } finally {
    clearInterval(alive);
  }
}

/** Says what became of a task, unless somebody else has. */
async function tell({ states, results }: Queue, key: string, state: State): Promise<void> {
  try {
    await states.create(key, writeState(state));
  } catch (error) {
    const entry = await states.get(key);
    if (entry?.operation !== "PUT") throw error;
    // it was done twice, and the other result is there already, or even fetched
    if (readState(entry.value)?.state === "fetched") await results.delete(key);
  }
}

/** Stores a result: a small one in the state, a large one among the results. */
async function stored(
  { results, connection }: Queue,
  key: string,
  piece: Uint8Array,
  message: number,
): Promise<State> {
  const most = Math.min(MOST_IN_STATE, (connection.info?.max_payload ?? 0) / 2);
  if (piece.length <= most) return { state: "done", piece, message };
  await results.putBlob({ name: key }, piece);
  return { state: "done", sha256: await platform.sha256(piece), message };
}

/** Does a task; its result, packed. */
async function performed({ task, out, files }: Message, lane: Lane): Promise<Uint8Array> {
  const { hand, receiver, signal } = lane, { kind } = task;
  const input = checked(kinds.get(kind).schema, task.input);
  if (!("data" in input)) throw new UserError(`Its ${input.path} ${input.message}.`);
  // within one that goes with the program, however that ends
  const folder = `${lane.folder}/${crypto.randomUUID()}`, places = new Map<string, string>();
  try {
    await platform.makeFolder(folder);
    for (const { path, sha256 } of files) places.set(path, await receiver.take(sha256, path));
    const { paths, texts } = kinds.get(kind);
    await checkSent(paths(input.data), platform.exists, places);
    await checkSent(texts(input.data), isReadable, places);
    const errand = { folder, out, places, signal };
    const told = await hand.perform({ ...task, input: input.data }, errand);
    signal.throwIfAborted();
    return await pack(folder, told);
  } finally {
    await platform.remove(folder);
    for (const { sha256 } of files) await receiver.release(sha256);
  }
}

/** @throws UserError for a text that names a file of this machine, or an address, that was not sent. */
async function checkSent(
  texts: readonly string[],
  isThere: (text: string) => Promise<boolean>,
  places: ReadonlyMap<string, string>,
) {
  for (const text of texts) {
    if (places.has(text) || !text.includes("://") && !await isThere(text)) continue;
    throw new UserError(
      `"${text}" names a file or an address of the machine that does it: a worker reads only what ` +
        "was sent with a task.",
      { code: "unsupported" },
    );
  }
}
