/** A task: one piece of work, as data. What it is made of says what comes out, wherever it is done. */
import { z } from "../deps/zod.ts";
import { platform } from "../platform/mod.ts";

/** One piece of work. */
export interface Task {
  /** SHA-256 of all that its result follows from: of two tasks with one key, one is done. */
  readonly key: string;
  /** Id of its {@link Kind}. */
  readonly kind: string;
  /** What it is made of, as JSON; files by their SHA-256. */
  readonly input: unknown;
  /** What people read of it. */
  readonly label: string;
}

/** A SHA-256 in hexadecimal. */
export const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/);

/** A task as somebody else may have written it. */
export const taskSchema: z.ZodType<Task> = z.strictObject({
  key: sha256Schema,
  kind: z.string().min(1).max(100),
  input: z.unknown(),
  label: z.string().max(1000),
});

/** The key of what `identity` says. */
export const keyOf = async (kind: string, identity: string): Promise<string> =>
  await platform.sha256(new TextEncoder().encode(JSON.stringify([kind, identity])));
