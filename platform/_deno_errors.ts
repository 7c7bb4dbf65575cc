/** What Deno's errors mean. */
import type { Fault } from "./platform.ts";

const { AlreadyExists, IsADirectory, NotADirectory, NotCapable, NotFound, PermissionDenied } =
  Deno.errors;

/** No room on the disk, or none left to the user. */
const FULL = /^(ENOSPC|EDQUOT)$/;

export function fault(error: unknown): Fault | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error instanceof NotFound) return "missing";
  if (error instanceof AlreadyExists) return "exists";
  if (error instanceof NotCapable || error instanceof PermissionDenied) return "forbidden";
  if (
    "code" in error && FULL.test(String(error.code)) ||
    /\(os error (28|112|122)\)/.test(error.message)
  ) {
    return "full";
  }
  const isSystems = Object.values(Deno.errors).some((kind) => error instanceof kind) ||
    "code" in error && /^E[A-Z0-9]+$/.test(String(error.code)) || /\(os error /.test(error.message);
  return isSystems ? "other" : undefined;
}

/** What `--allow-…` lets Deno do. */
const PERMISSIONS: Readonly<Record<string, string>> = {
  read: "read it",
  write: "write it",
  net: "connect",
};

export function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof NotFound) return "there is no such file";
  if (error instanceof AlreadyExists || error instanceof NotADirectory) {
    return "a file is in the way";
  }
  if (error instanceof IsADirectory) return "it is a folder";
  if (error instanceof NotCapable) {
    const [, permission] = /--allow-([a-z]+)/.exec(error.message) ?? [];
    const what = PERMISSIONS[permission];
    if (what) return `Deno may not ${what} without --allow-${permission}`;
  }
  // what went wrong with a connection, Deno hides in the cause
  const hidden = /^fetch failed/.test(error.message) && error.cause instanceof Error
    ? error.cause.message.replace(/^error sending request.*?\): /s, "")
      .replace(/^client error \(\w+\): /, "")
    : error.message;
  return (hidden || error.name).replace(/ \(os error .*$/s, "");
}
