/** What a campaign throws its inputs at. */
import { UserError } from "../../core/errors.ts";
import type { Random } from "../../core/random.ts";

export interface Target {
  /** What works, to begin with; called once in a process. */
  prepare?(): Promise<void>;
  /** An input that follows from the random numbers alone. */
  input(random: Random): Uint8Array | Promise<Uint8Array>;
  /**
   * Whether something came of it. A refusal in one line is as good.
   *
   * @throws anything else, which is a failure.
   */
  survives(input: Uint8Array): boolean | Promise<boolean>;
}

export const KINDS = ["images", "weights", "tfjs", "onnx", "manifest"] as const;
export type Kind = typeof KINDS[number];

export const targetOf = async (kind: string): Promise<Target> =>
  (await import(`./_target_${kind}.ts`)).default;

/** false for a refusal in one line; throws all else. */
export function refusal(error: unknown): false {
  if (!(error instanceof UserError)) throw error;
  if (/[\n\p{Cc}]/u.test(error.message) || error.message.length > 2100) {
    throw new Error(`no line for a terminal: ${JSON.stringify(error.message)}`);
  }
  return false;
}
