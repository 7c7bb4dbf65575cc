/** How many threads compute. */
import { platform } from "../../platform/mod.ts";

let count = platform.cores;

/** How many there shall be; all that the machine has unless somebody says otherwise. */
export const threadCount = (): number => count;

/** Says how many there shall be. */
export function setThreadCount(threads: number): void {
  count = threads;
}
