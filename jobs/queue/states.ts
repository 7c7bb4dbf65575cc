/** What the queue is told of tasks, and knows of them. */
import { z } from "../../deps/zod.ts";
import { checked } from "../../core/checked.ts";
import type { Fault } from "../fault.ts";
import { sha256Schema, taskSchema } from "../task.ts";

const faultSchema = z.object({
  message: z.string(),
  code: z.string().optional(),
  option: z.string().optional(),
}) as unknown as z.ZodType<Fault>;

const stateSchema = z.discriminatedUnion("state", [
  /** Its result lies among the results, packed; its SHA-256 then, and its message's number. */
  z.strictObject({ state: z.literal("done"), sha256: sha256Schema, message: z.int() }),
  z.strictObject({ state: z.literal("failed"), fault: faultSchema }),
  /** Whoever asked for it has it: one who still does it has no one to do it for. */
  z.strictObject({ state: z.literal("fetched") }),
]);

/** What became of a task; a small result lies in it, packed. */
export type State =
  | z.output<typeof stateSchema>
  | { readonly state: "done"; readonly piece: Uint8Array; readonly message: number };

/** What a state that holds a result begins with, before the message's number (8 bytes) and the result. */
const HOLDS = 1, HEAD_BYTES = 9;

/** A state as it is written. */
export function writeState(state: State): Uint8Array | string {
  if (!("piece" in state)) return JSON.stringify(state);
  const bytes = new Uint8Array(HEAD_BYTES + state.piece.length);
  bytes[0] = HOLDS;
  new DataView(bytes.buffer).setFloat64(1, state.message, true);
  bytes.set(state.piece, HEAD_BYTES);
  return bytes;
}

const path = z.string().min(1).max(4096);

/** As many pictures as a task may look at, and what its model is made of. */
const MOST_FILES = 20_000;

const messageSchema = z.strictObject({
  task: taskSchema,
  /** The folder that its result will lie in. */
  out: path,
  /** The files that it reads: where they lay, and what they lie under among the files. */
  files: z.array(z.strictObject({ path, sha256: sha256Schema })).max(MOST_FILES),
});

/** A task on its way. */
export type Message = z.output<typeof messageSchema>;

const reader = <Schema extends z.ZodType>(schema: Schema) => (bytes: Uint8Array) => {
  try {
    return checked(schema, JSON.parse(new TextDecoder().decode(bytes))).data;
  } catch {
    return undefined;
  }
};

const readText = reader(stateSchema);

/** What was written of a task; undefined for what is none of ours. */
export function readState(bytes: Uint8Array): State | undefined {
  if (bytes[0] !== HOLDS || bytes.length < HEAD_BYTES) return readText(bytes);
  const message = new DataView(bytes.buffer, bytes.byteOffset).getFloat64(1, true);
  return { state: "done", piece: bytes.subarray(HEAD_BYTES), message };
}

/** A task as it came; likewise. */
export const readMessage = reader(messageSchema);
