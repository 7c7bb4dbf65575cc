/** What a lock on a file is. */

/** A file that was opened in order to lock it. */
export interface Lock {
  /** Ours; somebody else's; or there are no locks here, on this disk or on this system. */
  readonly state: "locked" | "busy" | "none";
  /** Closes the file, which lets go of the lock; so does the end of the process. */
  close(): Promise<void>;
}

/**
 * Opens a file for reading and writing, and asks for the lock on it without waiting.
 *
 * @param mode whether the file must be `new`, must be `there` (undefined where it is not), or is made
 * where it is missing (`any`)
 */
export type OpenLocked = (
  path: string,
  mode: "new" | "there" | "any",
) => Promise<Lock | undefined>;
