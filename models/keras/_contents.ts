/** What any file of Keras's holds. */
import { isObject, parseJson } from "../../core/json.ts";
import type { Dataset } from "./_hdf5.ts";
import { type Fail, type Json, shown } from "./files.ts";

/** A model's topology, and its weights by name. */
export interface Contents {
  readonly topology: Json;
  readonly weights: ReadonlyMap<string, Dataset>;
}

/** JSON that stands in a file. */
export function topologyIn(text: unknown, what: string, fail: Fail): Json {
  let json: unknown;
  try {
    json = parseJson(String(text));
  } catch (cause) {
    fail(`its ${what} is no JSON`, cause);
  }
  return isObject(json) ? json : fail(`its ${what} is ${shown(json)}, not an object`);
}
