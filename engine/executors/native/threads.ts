/** How many threads a session computes with. */

let count: number | undefined;

/** Of sessions that are made from now on; by default as many as there are cores. */
export const threads = (): number => count ?? navigator.hardwareConcurrency;

/** Sets it for sessions that are made from now on. */
export function setThreads(number: number): void {
  count = number;
}
