/** What went wrong with a task, as it travels between programs. */
import { UserError, type UserErrorCode } from "../core/errors.ts";

/** Why a task has no result. */
export interface Fault {
  readonly message: string;
  /** Of a {@link UserError}: another try would end alike. Left out: ours, or the machine's. */
  readonly code?: UserErrorCode;
  readonly option?: string;
  /** Where it broke, if the fault is ours. */
  readonly stack?: string;
}

export function faultOf(error: unknown): Fault {
  if (error instanceof UserError) {
    const { message, code, option } = error;
    return { message, code, option };
  }
  if (error instanceof Error) return { message: error.message, stack: error.stack };
  return { message: String(error) };
}

/** The error that a fault was. */
export function errorOf({ message, code, option, stack }: Fault): Error {
  if (code !== undefined) return new UserError(message, { code, option });
  return Object.assign(new Error(message), stack === undefined ? {} : { stack });
}
