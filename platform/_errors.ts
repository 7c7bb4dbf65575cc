/** What the errors of Deno and Node mean. */
import type { Fault } from "./platform.ts";

/** What went wrong, by Deno's names of errors and by the system's codes, which Node has alone. */
const KINDS: Readonly<Record<string, Fault>> = {
  NotFound: "missing",
  ENOENT: "missing",
  AlreadyExists: "exists",
  EEXIST: "exists",
  NotCapable: "forbidden",
  PermissionDenied: "forbidden",
  EACCES: "forbidden",
  EPERM: "forbidden",
  ENOSPC: "full",
  EDQUOT: "full",
};

/** The system's code, where an error has one. */
const codeOf = (error: Error): string | undefined =>
  "code" in error && /^E[A-Z0-9]+$/.test(String(error.code)) ? String(error.code) : undefined;

/** The ways in which Deno's own errors say that the system refused. */
const isDenos = (error: Error) =>
  "Deno" in globalThis && Object.values(Deno.errors).some((kind) => error instanceof kind);

export function fault(error: unknown): Fault | undefined {
  if (!(error instanceof Error)) return undefined;
  const code = codeOf(error);
  const found = KINDS[code ?? ""] ?? (isDenos(error) ? KINDS[error.name] : undefined);
  if (found) return found;
  if (/\(os error (28|112|122)\)/.test(error.message)) return "full";
  return code || isDenos(error) || /\(os error /.test(error.message) ? "other" : undefined;
}

/** What `--allow-…` lets Deno do. */
const PERMISSIONS: Readonly<Record<string, string>> = {
  read: "read it",
  write: "write it",
  net: "connect",
  env: "read it",
  ffi: "load it",
  import: "import it",
};

/** Codes of the system whose own words are less plain. */
const WORDS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EEXIST: "a file is in the way",
  ENOTDIR: "a file is in the way",
  EISDIR: "it is a folder",
  EACCES: "Permission denied",
  EPERM: "Operation not permitted",
  ENOSPC: "No space left on device",
  EROFS: "Read-only file system",
};

export function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = codeOf(error);
  if (code && Object.hasOwn(WORDS, code)) return WORDS[code];
  if (isDenos(error) && error.name === "NotCapable") {
    const [, permission] = /--allow-([a-z]+)/.exec(error.message) ?? [];
    const what = PERMISSIONS[permission];
    if (what) return `Deno may not ${what} without --allow-${permission}`;
  }
  // what went wrong with a connection is hidden in the cause
  const hidden = /^fetch failed/.test(error.message) && error.cause instanceof Error
    ? error.cause.message.replace(/^error sending request.*?\): /s, "")
      .replace(/^client error \(\w+\): /, "")
    : error.message;
  return (hidden || error.name).replace(/ \(os error .*$/s, "")
    .replace(/^E[A-Z0-9]+: ([^,]+)(, .*)?$/s, "$1");
}
