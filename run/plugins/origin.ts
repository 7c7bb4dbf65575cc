/** Which things are a plugin's, and which plugin's. */

/** The plugin that a thing came from. */
export interface Origin {
  /** As the user named it. */
  readonly file: string;
  /**
   * SHA-256 of that file, hexadecimal; what it imports is not in it. Absent for a package, whose
   * version says what it is.
   */
  readonly sha256?: string;
}

const origins = new WeakMap<object, Origin>();

/** Remembers where a plugin's thing came from. */
export const remember = (thing: object, origin: Origin): void => void origins.set(thing, origin);

/** Where a thing of a registry came from; undefined for the library's own. */
export const originOf = (thing: object): Origin | undefined => origins.get(thing);
