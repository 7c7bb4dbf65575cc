/** What Deno's errors mean. */
import type { Fault } from "./platform.ts";

const { AlreadyExists, IsADirectory, NotADirectory, NotCapable, NotFound, PermissionDenied } =
  Deno.errors;

export function fault(error: unknown): Fault | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error instanceof NotFound) return "missing";
  if (error instanceof AlreadyExists) return "exists";
  if (error instanceof NotCapable || error instanceof PermissionDenied) return "forbidden";
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
  return (error.message || error.name).replace(/ \(os error .*$/s, "");
}
