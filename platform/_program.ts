/** The program and its terminal, by what Deno and Node have in common. */
import { AsyncLocalStorage } from "node:async_hooks";
import { writeSync } from "node:fs";
import { networkInterfaces } from "node:os";
import process from "node:process";
import { isatty } from "node:tty";
import { inspect as describe } from "node:util";
import type { AsyncLocal } from "./platform.ts";

export function asyncLocal<T>(): AsyncLocal<T> {
  const storage = new AsyncLocalStorage<T>();
  return { run: (value, f) => storage.run(value, f), get: () => storage.getStore() };
}

/** Signals are heard only when the loop parks: an immediate keeps it busy, a timer does not. */
export const pause = () => new Promise<void>((resolve) => setTimeout(resolve, 1));

export const programArguments = (): readonly string[] => process.argv.slice(2);

export const exit = (code: number): never => process.exit(code);

/** The signals that mean "stop"; Windows knows no SIGTERM. */
const STOP = process.platform === "win32" ? ["SIGINT", "SIGBREAK"] : ["SIGINT", "SIGTERM"];

export function onStop(listener: () => void): void {
  for (const signal of STOP) process.on(signal, listener);
}

const STANDARD_ERROR = 2;

export const isTerminal = (): boolean => isatty(STANDARD_ERROR);

export const writeError = (text: string): void => void writeSync(STANDARD_ERROR, text);

export const inspect = (value: unknown): string => describe(value);

export const addresses = (): readonly string[] =>
  Object.values(networkInterfaces()).flatMap((found) => found ?? [])
    .filter(({ internal, address }) => !internal && !/^fe80:/i.test(address))
    .sort((a, b) => a.family.localeCompare(b.family))
    .map(({ address }) => address);
