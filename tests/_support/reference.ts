/** The shared reference data: real weights and pictures, and what PyTorch makes of them. */
import { readSafetensors } from "../../core/safetensors.ts";
import type { Values } from "../../core/values.ts";

const root = new URL("../../../shared/reference/", import.meta.url);

const exists = (url: URL) => {
  try {
    Deno.statSync(url);
    return true;
  } catch {
    return false;
  }
};

/** Whether the data are beside this checkout. */
export const hasReference = exists(root);

/** For a test's name where they are not. */
export const absence = hasReference ? "" : " (skipped: no reference data)";

/** The address of one of the files. */
export const reference = (path: string): string => decodeURIComponent(new URL(path, root).pathname);

/** The tensors of one of the `.safetensors` files. */
export const referenceTensors = (path: string): Map<string, Values> =>
  readSafetensors(Deno.readFileSync(reference(path)), path).tensors;

/** The content of one of the `.json` files, of the shape that the caller knows it has. */
export const referenceJson = <T>(path: string): T =>
  JSON.parse(Deno.readTextFileSync(reference(path)));
