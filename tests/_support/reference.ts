/**
 * Reference data: networks and pictures, and what PyTorch, Pillow and Captum make of them. The
 * project's own are small; beside a checkout there may be larger ones, laid out alike.
 */
import { readSafetensors } from "../../core/safetensors.ts";
import type { Values } from "../../core/values.ts";

/** A folder of reference data. */
export interface Reference {
  /** The path of one of its files. */
  path(name: string): string;
  /** Whether there is such a file. */
  has(name: string): boolean;
  /** The tensors of one of its `.safetensors` files. */
  tensors(name: string): Map<string, Values>;
  /** The content of one of its `.json` files, of the shape that the caller knows it has. */
  json<T>(name: string): T;
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

function dataIn(folder: string): Reference {
  const root = new URL(folder, import.meta.url);
  const path = (name: string) => decodeURIComponent(new URL(name, root).pathname);
  return {
    path,
    has: (name) => exists(path(name)),
    tensors: (name) => readSafetensors(Deno.readFileSync(path(name)), name).tensors,
    json: (name) => JSON.parse(Deno.readTextFileSync(path(name))),
  };
}

/** The project's own; `make.ts` there makes them again. */
export const own = dataIn("../fixtures/reference/");

/** Those that may be beside the checkout. */
export const shared = dataIn("../../../shared/reference/");

/** Small inputs from outside on which it was wrong once, with their right values. */
export const cases = dataIn("../../../shared/cases/");

export const hasCases = exists(cases.path("."));
export const casesAbsence = hasCases ? "" : " (skipped: no ../shared/cases)";

/** Whether {@link shared} is there. */
export const hasShared = exists(shared.path("."));

/** For a test's name where it is not. */
export const absence = hasShared ? "" : " (skipped: no ../shared/reference)";
