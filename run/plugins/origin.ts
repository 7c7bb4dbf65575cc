/** Which techniques and models are a plugin's, and which plugin's. */
import type { ModelAdapter } from "../model.ts";
import type { Technique } from "../technique.ts";

/** The file that a technique or a model adapter came from. */
export interface Origin {
  /** As the user named it. */
  readonly file: string;
  /** SHA-256 of that file, hexadecimal; what it imports is not in it. */
  readonly sha256: string;
}

const origins = new WeakMap<object, Origin>();

/** Remembers where a plugin's thing came from. */
export const remember = (thing: object, origin: Origin): void => void origins.set(thing, origin);

/** Where a technique or a model adapter came from; undefined for the library's own. */
export const originOf = (thing: Technique | ModelAdapter): Origin | undefined => origins.get(thing);
